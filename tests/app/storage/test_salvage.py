"""What can be read of a database in any state is saved, and the database stays as it was."""

from __future__ import annotations

import email
import email.policy
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.address import Address, Mailbox
from app.delivery.export import Exported, export_all
from app.delivery.outbox import Outbox
from app.errors import Problem, Reason, StorageError
from app.message.draft import Attachment, Draft
from app.storage.database import SCHEMA_VERSION, Database
from app.storage.drafts import Drafts
from app.storage.folder import DataFolder
from app.storage.salvage import Kind, _found, _Traces, salvaged
from tests.app.delivery.letters import GATEWAY, draft, letter

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
MESSAGES = 10
DRAFTS = 4
BODY = "Ein Satz, der zu lesen sein soll. "


def mail(number: int) -> bytes:
    """Return a message's bytes; some have several parts of 256 KiB."""
    lines = 8_000 if number % 4 == 0 else 60
    return f"Subject: Hallo {number}\r\n\r\n".encode() + f"{number} {BODY}{'x' * 30}\r\n".encode() * lines


def typed(number: int) -> Draft:
    return Draft(
        id=f"d{number}",
        sender=Address.parse("nutzer@beispiel.example"),
        to=(Mailbox.parse("a@empfang.example"),),
        subject=f"Entwurf {number}",
        text=f"{number} {BODY}" * 50,
    )


@pytest.fixture(scope="module")
async def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with messages and drafts, closed."""
    folder = DataFolder(tmp_path_factory.mktemp("filled") / "home")
    folder.prepare()
    database = await Database.open(folder.database)
    outbox, drafts = Outbox(database), Drafts(database)
    for number in range(1, MESSAGES + 1):
        await outbox.put(letter(number, GATEWAY), [mail(number)], NOW)
    for number in range(DRAFTS):
        await drafts.save(typed(number), NOW)
    await database.close()
    return folder.home


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> DataFolder:
    shutil.copytree(filled, tmp_path / "home")
    return DataFolder(tmp_path / "home")


def contents(folder: DataFolder) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.home.iterdir() if not file.name.endswith("-shm")}


def exported(folder: DataFolder, place: Path) -> Exported:
    """Save everything and see that the data folder is as it was, and every file a private message."""
    before = contents(folder)
    done = export_all(folder.database, place, NOW)
    assert contents(folder) == before
    assert sorted(done.files) == sorted(file for file in place.rglob("*") if file.is_file())
    for file in done.files:
        assert file.stat().st_mode & 0o777 == 0o600
    return done


async def refusal(folder: DataFolder) -> Problem:
    with pytest.raises(StorageError) as caught:
        await (await Database.open(folder.database)).close()
    return caught.value.problem


def test_everything_in_a_healthy_database_is_saved_as_it_is(folder: DataFolder, tmp_path: Path) -> None:
    done = exported(folder, tmp_path / "out")
    assert (len(done.files), done.lost, done.left_out) == (MESSAGES + DRAFTS, 0, ())
    saved = {file.read_bytes() for file in (tmp_path / "out" / "outbox").iterdir()}
    assert saved == {mail(number) for number in range(1, MESSAGES + 1)}
    for file in (tmp_path / "out" / "drafts").iterdir():
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        assert message["X-Unsent"] == "1"
        assert BODY in message.get_content()


def test_two_messages_with_one_name_are_two_files(folder: DataFolder, tmp_path: Path) -> None:
    first, second = exported(folder, tmp_path / "out"), export_all(folder.database, tmp_path / "out", NOW)
    assert not set(first.files) & set(second.files)
    assert (tmp_path / "out" / "drafts" / "2026-11-23 Entwurf 1 (2).eml").exists()


@pytest.mark.case("L3")
@pytest.mark.parametrize("seed", range(8))
async def test_of_a_damaged_database_nearly_everything_is_saved(folder: DataFolder, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(folder.database.read_bytes())
    places = [chance.randrange(len(data)) for _ in range(200)]
    if seed % 2:
        places[:60] = [chance.randrange(16384) for _ in range(60)]  # the first page
    for place in places:
        data[place] ^= chance.randrange(1, 256)
    folder.database.write_bytes(data)
    if seed % 2:
        assert (await refusal(folder)).reason is Reason.STORAGE_CORRUPT
        assert folder.database.read_bytes() == data
    done = exported(folder, tmp_path / "out")
    assert len(done.files) >= MESSAGES + DRAFTS - 4
    texts = [file.read_text(encoding="utf-8", errors="replace") for file in done.files]
    assert sum(BODY[:20] in text for text in texts) >= MESSAGES + DRAFTS - 4


@pytest.mark.case("L3")
async def test_a_message_whose_bytes_are_gone_is_saved_as_it_was_typed(folder: DataFolder, tmp_path: Path) -> None:
    database = await Database.open(folder.database)
    await database.write(lambda connection: connection.execute("DELETE FROM outbox_part WHERE message_id = 'm4'"))
    await database.close()
    with salvaged(folder.database) as salvage:
        (message,) = [each for each in salvage.messages if each.id == "m4"]
    assert (message.kind, message.draft) == (Kind.DRAFT, draft(4))


@pytest.mark.case("L3")
async def test_a_message_of_which_too_little_is_left_is_counted(folder: DataFolder, tmp_path: Path) -> None:
    database = await Database.open(folder.database)
    for table in ("outbox_draft", "outbox_part"):
        sql = f"DELETE FROM {table} WHERE message_id = 'm4'"
        await database.write(lambda connection, sql=sql: connection.execute(sql))  # type: ignore[misc]  # bound at once
    await database.close()
    done = exported(folder, tmp_path / "out")
    assert (len(done.files), done.lost) == (MESSAGES + DRAFTS - 1, 1)


async def test_a_draft_that_is_no_json_any_more_keeps_its_text(folder: DataFolder, tmp_path: Path) -> None:
    data = folder.database.read_bytes()
    assert b'"subject":"Entwurf 2' in data
    folder.database.write_bytes(data.replace(b'"subject":"Entwurf 2', b'"subject"\x00"Entwurf 2'))
    done = exported(folder, tmp_path / "out")
    assert done.lost == 0
    assert sum(f"2 {BODY}".rstrip() in file.read_text() for file in done.files) >= 1


@pytest.mark.case("L3")
@pytest.mark.parametrize(
    ("damage", "least"),
    [
        (lambda data: b"", 0),
        (lambda data: b"this is no database", 0),
        (lambda data: data[: len(data) // 2], 3),
        (lambda data: bytes(16384) + data[16384:], MESSAGES + DRAFTS),
        (lambda data: b"\xff" * 16384 + data[16384:], MESSAGES + DRAFTS),
    ],
    ids=["empty", "no database", "cut in half", "first page empty", "first page overwritten"],
)
async def test_no_damage_makes_a_new_database_or_changes_the_old_one(
    folder: DataFolder, tmp_path: Path, damage: Callable[[bytes], bytes], least: int
) -> None:
    folder.database.write_bytes(damage(folder.database.read_bytes()))
    before = contents(folder)
    assert (await refusal(folder)).reason is Reason.STORAGE_CORRUPT
    assert contents(folder) == before
    assert len(exported(folder, tmp_path / "out").files) >= least


@pytest.mark.case("L3")
async def test_a_newer_database_is_left_alone_and_its_messages_can_be_saved(folder: DataFolder, tmp_path: Path) -> None:
    with closing(sqlite3.connect(folder.database)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        connection.execute("ALTER TABLE outbox ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'")
        connection.execute("CREATE TABLE later (a TEXT, b TEXT, c INTEGER)")
        connection.execute("INSERT INTO later VALUES ('a', 'b', 1)")
        connection.commit()
    assert (await refusal(folder)).reason is Reason.STORAGE_NEWER
    assert len(exported(folder, tmp_path / "out").files) == MESSAGES + DRAFTS


async def die_with_a_log(folder: DataFolder) -> Path:
    """Leave the files as a process leaves them that is killed while its last draft is in the log alone."""
    database = await Database.open(folder.database)
    await Drafts(database).save(typed(99), NOW)
    left = {file: file.read_bytes() for file in folder.home.iterdir()}
    await database.close()
    for file, data in left.items():
        file.write_bytes(data)
    return folder.database.with_name("absender.db-wal")


@pytest.mark.case("L3")
async def test_what_only_the_log_has_is_saved_too(folder: DataFolder, tmp_path: Path) -> None:
    await die_with_a_log(folder)
    assert len(exported(folder, tmp_path / "out").files) == MESSAGES + DRAFTS + 1
    folder.database.write_bytes(bytes(16384) + folder.database.read_bytes()[16384:])
    assert len(exported(folder, tmp_path / "again").files) == MESSAGES + DRAFTS + 1


@pytest.mark.case("L3")
async def test_a_log_that_was_taken_away_is_missed(folder: DataFolder, tmp_path: Path) -> None:
    (await die_with_a_log(folder)).unlink()
    assert (await refusal(folder)).reason is Reason.STORAGE_CORRUPT
    assert len(exported(folder, tmp_path / "out").files) == MESSAGES + DRAFTS


@pytest.mark.case("L3")
async def test_a_database_that_was_taken_away_from_its_log_is_not_made_anew(folder: DataFolder, tmp_path: Path) -> None:
    await die_with_a_log(folder)
    folder.database.unlink()
    assert (await refusal(folder)).reason is Reason.STORAGE_CORRUPT
    assert not folder.database.exists()
    saved = [file.name for file in exported(folder, tmp_path / "out").files]
    assert "2026-11-23 Entwurf 99.eml" in saved


async def test_a_log_without_its_index_is_read_all_the_same(folder: DataFolder, tmp_path: Path) -> None:
    await die_with_a_log(folder)
    folder.database.with_name("absender.db-shm").unlink()
    assert len(exported(folder, tmp_path / "out").files) == MESSAGES + DRAFTS + 1
    database = await Database.open(folder.database)
    assert await Drafts(database).load("d99") is not None
    await database.close()


PARTS = {1: ((7, 70), 20), 0: ((9, 90), 10)}
"""By number the place and the size of each, as they are met."""


def test_the_parts_of_a_message_are_put_in_their_order() -> None:
    (found,) = _found("m", _Traces(parts=PARTS))
    assert (found.kind, found.parts) == (Kind.OUTBOX, ((9, 90), (7, 70)))


@pytest.mark.parametrize("parts", [{}, {1: PARTS[1]}, {0: PARTS[0], 2: PARTS[1]}], ids=["none", "end", "gap"])
def test_of_a_message_without_all_its_parts_only_what_was_typed_is_left(
    parts: dict[int, tuple[tuple[int, int], int]],
) -> None:
    assert list(_found("m", _Traces(parts=parts))) == []
    (found,) = _found("m", _Traces(parts=parts, typed=typed(1)))
    assert (found.kind, found.draft, found.parts) == (Kind.DRAFT, typed(1), ())
    (found,) = _found("m", _Traces(parts=parts, typed=typed(1), saved=(typed(2), 0)))
    assert (found.kind, found.draft) == (Kind.DRAFT, typed(2))


async def test_the_broken_database_is_kept_beside_a_new_one(folder: DataFolder) -> None:
    await die_with_a_log(folder)
    before = contents(folder)
    broken = folder.set_aside(NOW)
    assert broken.name == "absender.broken-2026-11-23.db"
    after = contents(folder)
    assert after == {name.replace("absender.db", broken.name): data for name, data in before.items()}
    await (await Database.open(folder.database)).close()
    assert folder.set_aside(NOW).name == "absender.broken-2026-11-23-2.db"
    assert broken.read_bytes() == before["absender.db"]


async def test_damage_met_while_running_is_told_once_for_each_time(folder: DataFolder) -> None:
    database = await Database.open(folder.database)
    told: list[Problem] = []
    database.when_damaged(told.append)

    def damaged(_: sqlite3.Connection) -> None:
        error = sqlite3.DatabaseError("malformed")
        error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_CORRUPT, "SQLITE_CORRUPT"
        raise error

    with pytest.raises(StorageError):
        await database.read(damaged)
    assert [problem.reason for problem in told] == [Reason.STORAGE_CORRUPT]
    await database.close()


def test_an_attachment_that_is_gone_is_named(tmp_path: Path, folder: DataFolder) -> None:
    gone = Attachment(str(tmp_path / "gone"), "Größe.pdf", 1)
    with closing(sqlite3.connect(folder.database)) as connection:
        connection.execute("UPDATE draft SET data = replace(data, '\"attachments\":[]', ?)", (_json(gone),))
        connection.commit()
    assert exported(folder, tmp_path / "out").left_out == ("Größe.pdf",) * DRAFTS


def _json(attachment: Attachment) -> str:
    from app.storage.encoding import encode

    return f'"attachments":[{encode(attachment)}]'


def test_a_place_that_cannot_be_written_is_told(folder: DataFolder, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(StorageError) as caught:
        export_all(folder.database, tmp_path / "file", NOW)
    assert caught.value.problem.reason is Reason.EXPORT_FAILED
