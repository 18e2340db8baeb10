"""Rows read from the pages are those SQLite itself reads, and damage takes only what it hit."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.storage.pages import Row, Value, open_pages
from app.storage.wal import read_log

NUMBERS = (0, 1, -1, 127, -128, 40_000, 2**31 - 1, -(2**40), 2**62, 0.5, -1e300, None)


def content(count: int) -> Iterator[tuple[Value, ...]]:
    chance = random.Random(7)
    for number in range(1, count + 1):
        text = "ä€😀x"[number % 4] * chance.choice((0, 1, 3, 90, 4_000, 60_000))
        yield number, text, chance.randbytes(chance.choice((0, 10, 5_000, 70_000))), NUMBERS[number % len(NUMBERS)]


def rows_of(file: Path) -> list[Row]:
    with open_pages(file) as pages:
        return list(pages.rows())


def table(file: Path, page_size: int, count: int = 60, *, wal: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute(f"PRAGMA page_size = {page_size}")
    if wal:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("CREATE TABLE t (number INTEGER PRIMARY KEY, text, octets, other)")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", content(count))
    connection.execute("COMMIT")
    return connection


def as_sqlite_reads(connection: sqlite3.Connection) -> dict[int, tuple[Value, ...]]:
    return {row[0]: (None, *row[1:]) for row in connection.execute("SELECT * FROM t")}


def found(file: Path) -> dict[int, tuple[Value, ...]]:
    return {row.rowid: row.values for row in rows_of(file) if len(row.values) == 4}


@pytest.mark.parametrize("page_size", [512, 4096, 16384, 65536])
def test_every_row_is_read_as_sqlite_reads_it(tmp_path: Path, page_size: int) -> None:
    with closing(table(tmp_path / "db", page_size)) as connection:
        assert found(tmp_path / "db") == as_sqlite_reads(connection)


def test_what_was_deleted_is_not_brought_back(tmp_path: Path) -> None:
    with closing(table(tmp_path / "db", 16384)) as connection:
        connection.execute("DELETE FROM t WHERE number % 3 <> 0")
        assert found(tmp_path / "db") == as_sqlite_reads(connection)
        assert len(found(tmp_path / "db")) == 20


def test_what_lies_in_the_log_alone_is_read_from_there(tmp_path: Path) -> None:
    with closing(table(tmp_path / "db", 4096, wal=True)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        connection.execute("UPDATE t SET text = 'new' WHERE number = 5")
        connection.execute("DELETE FROM t WHERE number > 50")
        assert found(tmp_path / "db") == as_sqlite_reads(connection)
        assert found(tmp_path / "db")[5][1] == "new"


def test_a_log_counts_up_to_where_it_is_damaged(tmp_path: Path) -> None:
    with closing(table(tmp_path / "db", 4096, 5, wal=True)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for text in ("one", "two"):
            connection.execute("UPDATE t SET text = ? WHERE number = 1", (text,))
        log = (tmp_path / "db-wal").read_bytes()
    whole = read_log(log)
    assert len(whole.places) == 1
    for damaged in (log[:-1], log[:-1] + b"\xff"):
        assert list(read_log(damaged).places.values()) == [32 + 24]
    for none in (b"", log[:31], b"\0" + log[1:], log[:5] + b"\xff" + log[6:]):
        assert read_log(none).page_size == 0


def test_a_damaged_page_takes_only_its_own_rows(tmp_path: Path) -> None:
    file = tmp_path / "db"
    with closing(table(file, 16384)) as connection:
        wanted = as_sqlite_reads(connection)
        root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 't'").fetchone()[0]
    data = bytearray(file.read_bytes())
    data[:16384] = bytes(16384)  # the first page, with what the tables are and where they begin
    data[(root - 1) * 16384 : root * 16384] = b"\xff" * 16384
    file.write_bytes(data)
    assert found(file) == wanted


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_damaged_nothing_breaks_and_most_is_read(tmp_path: Path, seed: int) -> None:
    file = tmp_path / "db"
    table(file, 16384).close()
    chance = random.Random(seed)
    data = bytearray(file.read_bytes())
    for _ in range(200):
        data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
    file.write_bytes(data)
    assert len(found(file)) > 40


@pytest.mark.parametrize("data", [b"", b"SQLite", b"<html>" * 9000, b"\x0d" * 50_000, b"\xff" * 50_000, bytes(50_000)])
def test_a_file_that_is_no_database_has_no_rows(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "db").write_bytes(data)
    (tmp_path / "db-wal").write_bytes(data)
    assert [row for row in rows_of(tmp_path / "db") if len(row.values) == 4] == []
