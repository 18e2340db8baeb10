"""The database: whole or not at all, private, and every failure of the world a reason."""

import asyncio
import os
import resource
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest

import app.storage.database as module
from app.errors import Reason, StorageError
from app.storage.database import SCHEMA_VERSION, Database, from_stamp, to_stamp, upgrade
from app.storage.folder import DataFolder


async def opening_fails(file: Path) -> Reason:
    with pytest.raises(StorageError) as caught:
        await Database.open(file)
    return caught.value.problem.reason


def insert_draft(name: str, data: str = "{}") -> Callable[[sqlite3.Connection], object]:
    return lambda connection: connection.execute("INSERT INTO draft VALUES (?, ?, 0)", (name, data))


def count_drafts(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM draft").fetchone()[0])


async def test_what_is_written_is_there_after_closing(folder: DataFolder) -> None:
    database = await Database.open(folder.database)
    await database.write(insert_draft("a"))
    await database.close()
    database = await Database.open(folder.database)
    assert await database.read(count_drafts) == 1
    await database.close()


@pytest.mark.case("L4")
async def test_all_files_are_private_while_it_is_open(database: Database, folder: DataFolder) -> None:
    await database.write(insert_draft("a"))
    modes = {file.name: file.stat().st_mode & 0o777 for file in folder.home.iterdir()}
    assert modes == {"absender.db": 0o600, "absender.db-wal": 0o600, "absender.db-shm": 0o600}


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("secure_delete", 1), ("foreign_keys", 1), ("busy_timeout", 5000)],
)
async def test_the_connection_is_durable_and_strict(database: Database, pragma: str, value: object) -> None:
    assert await database.read(lambda connection: connection.execute(f"PRAGMA {pragma}").fetchone()[0]) == value


async def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    def half(connection: sqlite3.Connection) -> None:
        insert_draft("a")(connection)
        raise LookupError("on the way")

    with pytest.raises(LookupError):
        await database.write(half)
    assert await database.read(count_drafts) == 0


async def test_a_broken_statement_is_a_bug_and_not_reworded(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError):
        await database.read(lambda connection: connection.execute("SELECT nothing FROM nowhere"))
    with pytest.raises(sqlite3.IntegrityError):
        await database.write(insert_draft("a", "no JSON"))
    with pytest.raises(sqlite3.ProgrammingError):
        await database.read(lambda connection: connection.execute("SELECT ?"))


async def test_all_work_is_done_in_one_thread_that_is_not_the_loops(database: Database) -> None:
    threads = [await database.read(lambda _: threading.get_ident()) for _ in range(3)]
    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()


async def test_what_was_to_be_written_is_written_though_its_task_was_cancelled(database: Database) -> None:
    may_go_on = threading.Event()
    before = asyncio.create_task(database.read(lambda _: may_go_on.wait(10)))
    writing = asyncio.create_task(database.write(insert_draft("a")))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    may_go_on.set()
    await before
    assert await database.read(count_drafts) == 1


async def test_it_can_be_awaited_from_another_loop(database: Database) -> None:
    assert await asyncio.to_thread(lambda: asyncio.run(database.read(count_drafts))) == 0


async def test_two_processes_making_it_at_once_get_one_database(folder: DataFolder) -> None:
    databases = await asyncio.gather(*(Database.open(folder.database) for _ in range(4)))
    for number, database in enumerate(databases):
        await database.write(insert_draft(str(number)))
    assert await databases[0].read(count_drafts) == 4
    for database in databases:
        await database.close()
    assert [file.name for file in folder.home.iterdir()] == ["absender.db"]


async def test_the_database_of_a_process_that_was_first_is_not_written_over(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = module._publish

    def late(unfinished: Path, file: Path) -> None:
        file.write_bytes(whole)
        publish(unfinished, file)

    await (await Database.open(folder.database)).close()
    with closing(sqlite3.connect(folder.database)) as connection:
        insert_draft("kept")(connection)
        connection.commit()
    whole = folder.database.read_bytes()
    folder.database.unlink()
    monkeypatch.setattr(module, "_publish", late)
    database = await Database.open(folder.database)
    assert await database.read(count_drafts) == 1
    await database.close()


def test_what_another_process_has_upgraded_meanwhile_is_not_upgraded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as connection:
        upgrade(connection, tmp_path / "x.db")
        real, stale = module._version, [SCHEMA_VERSION - 1]
        monkeypatch.setattr(module, "_version", lambda each: stale.pop() if stale else real(each))
        upgrade(connection, tmp_path / "x.db")
        assert stale == []
        assert real(connection) == SCHEMA_VERSION


async def test_a_database_that_is_refused_leaves_no_thread(folder: DataFolder) -> None:
    folder.database.write_bytes(b"")
    before = set(threading.enumerate())
    assert await opening_fails(folder.database) is Reason.STORAGE_CORRUPT
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive()


async def test_it_is_made_where_hard_links_are_not_to_be_had(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    database = await Database.open(folder.database)
    assert await database.read(count_drafts) == 0
    await database.close()
    assert [file.name for file in folder.home.iterdir()] == ["absender.db"]


@pytest.mark.case("L3")
async def test_a_newer_database_is_refused_and_left_alone(folder: DataFolder) -> None:
    await (await Database.open(folder.database)).close()
    with closing(sqlite3.connect(folder.database)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = folder.database.read_bytes()
    with pytest.raises(StorageError) as caught:
        await Database.open(folder.database)
    assert caught.value.problem.reason is Reason.STORAGE_NEWER
    assert caught.value.problem.fact("version") == str(SCHEMA_VERSION + 1)
    assert folder.database.read_bytes() == before


@pytest.mark.case("L3")
async def test_an_empty_file_is_damage_and_not_a_new_beginning(folder: DataFolder) -> None:
    folder.database.touch(mode=0o600)
    assert await opening_fails(folder.database) is Reason.STORAGE_CORRUPT
    assert folder.database.stat().st_size == 0


@pytest.mark.case("L3")
async def test_a_file_that_is_no_database_is_refused_and_left_alone(folder: DataFolder) -> None:
    folder.database.write_bytes(b"<html>" * 1000)
    assert await opening_fails(folder.database) is Reason.STORAGE_CORRUPT
    assert folder.database.read_bytes() == b"<html>" * 1000


@pytest.mark.case("L3")
async def test_damage_found_while_reading_is_named(folder: DataFolder) -> None:
    database = await Database.open(folder.database)
    for number in range(200):
        await database.write(insert_draft(str(number), '"' + "x" * 2000 + '"'))
    await database.close()
    content = bytearray(folder.database.read_bytes())
    for place in range(8192, len(content), 4096):
        content[place : place + 64] = b"\xff" * 64
    folder.database.write_bytes(content)

    def read_all(connection: sqlite3.Connection) -> object:
        return connection.execute("SELECT * FROM draft ORDER BY id").fetchall()

    with pytest.raises(StorageError) as caught:  # noqa: PT012 - either step may find the damage
        database = await Database.open(folder.database)
        try:
            await database.read(read_all)
        finally:
            await database.close()
    assert caught.value.problem.reason is Reason.STORAGE_CORRUPT


@pytest.mark.case("L4")
async def test_a_link_in_place_of_the_database_is_refused(folder: DataFolder, tmp_path: Path) -> None:
    folder.database.symlink_to(tmp_path / "elsewhere.db")
    assert await opening_fails(folder.database) is Reason.STORAGE_UNSAFE
    assert not (tmp_path / "elsewhere.db").exists()


@pytest.mark.case("L2")
async def test_a_full_database_refuses_and_stays_whole(database: Database) -> None:
    await database.write(insert_draft("kept"))
    await database.read(
        lambda connection: connection.execute(
            f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}"
        ).fetchone()
    )
    with pytest.raises(StorageError) as caught:
        await database.write(insert_draft("too much", '"' + "x" * 1_000_000 + '"'))
    assert caught.value.problem.reason is Reason.STORAGE_FULL
    assert await database.read(count_drafts) == 1


@contextmanager
def largest_file(octets: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.case("L2")
async def test_a_disk_that_takes_no_more_is_full(database: Database) -> None:
    await database.write(insert_draft("kept"))
    with largest_file(300_000), pytest.raises(StorageError) as caught:
        await database.write(insert_draft("too much", '"' + "x" * 1_000_000 + '"'))
    assert caught.value.problem.reason is Reason.STORAGE_FULL
    assert await database.read(count_drafts) == 1
    await database.write(insert_draft("again"))
    assert await database.read(count_drafts) == 2


@pytest.mark.case("L2")
async def test_a_full_disk_leaves_no_half_made_database(folder: DataFolder) -> None:
    with largest_file(20_000):
        assert await opening_fails(folder.database) is Reason.STORAGE_FULL
    assert list(folder.home.iterdir()) == []


@pytest.mark.case("L2")
async def test_a_database_that_may_not_be_written_is_read_only(folder: DataFolder) -> None:
    await (await Database.open(folder.database)).close()
    folder.database.chmod(0o400)
    folder.home.chmod(0o500)
    try:
        with pytest.raises(StorageError) as caught:  # noqa: PT012 - either step may meet it
            database = await Database.open(folder.database)
            # Root may write anything: there, SQLite itself is told not to.
            await read_only_for_root(database)
    finally:
        folder.home.chmod(0o700)
    assert caught.value.problem.reason is Reason.STORAGE_READ_ONLY


async def read_only_for_root(database: Database) -> None:
    await database.read(lambda connection: connection.execute("PRAGMA query_only = ON").fetchone())
    try:
        await database.write(insert_draft("a"))
    finally:
        await database.close()


async def test_a_database_another_process_keeps_locked_is_busy(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BUSY_SECONDS", 0.05)
    database = await Database.open(folder.database)
    with closing(sqlite3.connect(folder.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError) as caught:
            await database.write(insert_draft("a"))
        other.execute("ROLLBACK")
    assert caught.value.problem.reason is Reason.STORAGE_BUSY
    await database.write(insert_draft("a"))
    await database.close()


def test_every_result_code_of_sqlite_is_the_worlds_or_a_bug() -> None:
    bugs = {"ERROR", "INTERNAL", "ABORT", "NOMEM", "INTERRUPT", "NOTFOUND", "EMPTY", "SCHEMA", "TOOBIG", "CONSTRAINT"}
    bugs |= {"MISMATCH", "MISUSE", "NOLFS", "AUTH", "FORMAT", "RANGE", "NOTICE", "WARNING", "OK", "ROW", "DONE"}
    bugs |= {"DENY", "IGNORE"}  # answers of an authorizer, no result codes
    primary = {name for name in vars(sqlite3) if name.startswith("SQLITE_") and name.count("_") == 1}
    known = {name for name in primary if getattr(sqlite3, name) in module._REASONS}
    actions = {"ALTER", "ANALYZE", "ATTACH", "DELETE", "DETACH", "FUNCTION", "INSERT", "PRAGMA", "READ", "RECURSIVE"}
    actions |= {"REINDEX", "SAVEPOINT", "SELECT", "TRANSACTION", "UPDATE"}
    assert {name.removeprefix("SQLITE_") for name in primary - known} <= bugs | actions


def test_times_come_back_as_they_were_whatever_their_zone() -> None:
    moment = datetime(2026, 11, 23, 10, 12, 13, 456789, tzinfo=timezone(timedelta(hours=1)))
    assert from_stamp(to_stamp(moment)) == moment
    assert from_stamp(to_stamp(moment)).tzinfo is UTC


def test_a_program_that_ends_without_closing_does_not_hang(folder: DataFolder) -> None:
    script = (
        "import asyncio, pathlib, sys; from app.storage.database import Database; "
        "asyncio.run(Database.open(pathlib.Path(sys.argv[1])))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(folder.database)], timeout=30, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.case("L3")
async def test_a_value_that_was_never_written_is_damage(database: Database) -> None:
    def decode_nothing(_: sqlite3.Connection) -> object:
        return msgspec.json.decode("{", type=int)

    for work in (decode_nothing, lambda _: from_stamp(2**62)):
        with pytest.raises(StorageError) as caught:
            await database.read(work)
        assert caught.value.problem.reason is Reason.STORAGE_CORRUPT


def copied(folder: DataFolder, place: Path, *ends: str) -> Path:
    """Return a copy of the database as a crash leaves it, with these files of it."""
    place.mkdir()
    for end in ends:
        found = folder.database.with_name(folder.database.name + end)
        (place / found.name).write_bytes(found.read_bytes())
    return place / folder.database.name


@pytest.mark.case("L3")
@pytest.mark.parametrize("ends", [("", "-shm"), ("-wal",)], ids=["log", "database"])
async def test_a_half_of_a_database_is_not_taken_for_all_of_it(
    database: Database, folder: DataFolder, tmp_path: Path, ends: tuple[str, ...]
) -> None:
    await database.write(insert_draft("a"))
    whole = await Database.open(copied(folder, tmp_path / "whole", "", "-wal", "-shm"))
    assert await whole.read(count_drafts) == 1
    await whole.close()
    half = copied(folder, tmp_path / "half", *ends)
    before = {each.name: each.read_bytes() for each in half.parent.iterdir()}
    assert await opening_fails(half) is Reason.STORAGE_CORRUPT
    assert {each.name: each.read_bytes() for each in half.parent.iterdir()} == before


@pytest.mark.case("L1")
async def test_who_reads_before_writing_waits_for_another_program_that_writes(
    database: Database, folder: DataFolder
) -> None:
    other = await Database.open(folder.database)
    writing, go = threading.Event(), threading.Event()

    def first(connection: sqlite3.Connection) -> None:
        insert_draft("a")(connection)
        writing.set()
        assert go.wait(4)

    def second(connection: sqlite3.Connection) -> int:
        count = count_drafts(connection)
        insert_draft("b")(connection)
        return count

    one = asyncio.create_task(database.write(first))
    await asyncio.to_thread(writing.wait, 4)
    two = asyncio.create_task(other.write(second))
    await asyncio.sleep(0.1)
    go.set()
    await one
    assert await two == 1
    await other.close()
