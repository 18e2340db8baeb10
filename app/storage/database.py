"""The one SQLite connection, in one thread of its own, so that no other module meets locks or SQLite's errors."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import struct
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from app.errors import Problem, Reason, StorageError
from app.storage.folder import check_private_file, create_private_file

__all__ = ["SCHEMA_VERSION", "DamagedValueError", "Database", "from_stamp", "to_stamp", "upgrade"]

T = TypeVar("T")

SCHEMA_VERSION = 6
"""The number of the newest schema file."""
_SCHEMA = Path(__file__).resolve().parent / "schema"  # importlib.resources takes 3 ms of the start
_BUSY_SECONDS = 5.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PRAGMAS = (
    # Measured: a message of 25 MB is committed in 50 ms instead of 100, because pages are fewer and its commit does
    # not copy the whole journal (of up to 40 MB) into the database at once.
    "page_size=16384",
    "wal_autocheckpoint=2500",
    "journal_size_limit=40960000",
    "secure_delete=ON",
    "foreign_keys=ON",
    "synchronous=FULL",
    "journal_mode=WAL",
)

# Primary result codes (sqlite.org/rescode.html) that are the world's fault. Every other error is a bug and is not
# translated.
_REASONS = {
    sqlite3.SQLITE_PERM: Reason.STORAGE_READ_ONLY,
    sqlite3.SQLITE_BUSY: Reason.STORAGE_BUSY,
    sqlite3.SQLITE_LOCKED: Reason.STORAGE_BUSY,
    sqlite3.SQLITE_READONLY: Reason.STORAGE_READ_ONLY,
    sqlite3.SQLITE_IOERR: Reason.STORAGE_FAILED,
    sqlite3.SQLITE_CORRUPT: Reason.STORAGE_CORRUPT,
    sqlite3.SQLITE_FULL: Reason.STORAGE_FULL,
    sqlite3.SQLITE_CANTOPEN: Reason.STORAGE_FAILED,
    sqlite3.SQLITE_PROTOCOL: Reason.STORAGE_BUSY,
    sqlite3.SQLITE_NOTADB: Reason.STORAGE_CORRUPT,
}
# What a quota or a limit on file sizes (EDQUOT, EFBIG) becomes.
_NO_ROOM = {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}

_NO_TEXT = "Could not decode to UTF-8"
"""What Python's sqlite3 says itself, without a result code, when octets in a column of text are none."""


class DamagedValueError(ValueError):
    """A stored value is none that was ever written; as work's error it is damage of the database."""


class Database:
    """One data folder's database; `await`able from any event loop."""

    def __init__(self, file: Path, thread: ThreadPoolExecutor, connection: sqlite3.Connection) -> None:
        self._file = file
        self._thread = thread
        self._connection = connection
        self.writes = 0
        """How many transactions that may write were asked for here."""
        self._when_damaged: Callable[[Problem], None] = lambda _: None

    @classmethod
    async def open(cls, file: Path) -> Database:
        """Open the database, made if it is not there.

        Raises StorageError: UNSAFE for a link or another's file, NEWER for one written by a newer program,
        CORRUPT (an empty file and a missing log too: what was there is lost, and nothing is made in its place),
        READ_ONLY, FULL, BUSY, FAILED.
        """
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")
        try:
            connection = await asyncio.wrap_future(thread.submit(_open, file))
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(file, thread, connection)

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self._file.parent

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what `work` reads, all of it from one moment; raises StorageError."""
        return await self._in_thread("BEGIN", work)

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` as one transaction and return its result once it is on the disk.

        An error in `work` undoes all of it; the end of the task that asked does not. Raises StorageError, also for
        what `work` cannot decode.
        """
        self.writes += 1
        return await self._in_thread("BEGIN IMMEDIATE", work)

    def when_damaged(self, callback: Callable[[Problem], None]) -> None:
        """Call `callback` on the loop whenever work meets damage (CORRUPT), which is raised besides."""
        self._when_damaged = callback

    async def close(self) -> None:
        """Close the connection after the work already begun."""
        await asyncio.wrap_future(self._thread.submit(self._connection.close))
        self._thread.shutdown(wait=False)

    async def _in_thread(self, begin: str, work: Callable[[sqlite3.Connection], T]) -> T:
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = loop.create_future()

        def run() -> None:
            tell: Callable[[], None]
            try:
                tell = partial(_succeed, outcome, self._transact(begin, work))
            except BaseException as error:  # noqa: BLE001 - handed over to whoever awaits
                tell = partial(self._fail, outcome, error)
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(tell)

        # Nothing leads from the outcome back to the work: a verdict that waits for its turn must not be cancelled.
        self._thread.submit(run)
        return await outcome

    def _fail(self, outcome: asyncio.Future[T], error: BaseException) -> None:
        if isinstance(error, StorageError) and error.problem.reason is Reason.STORAGE_CORRUPT:
            self._when_damaged(error.problem)
        _fail(outcome, error)

    def _transact(self, begin: str, work: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._connection
        try:
            connection.execute(begin)
            try:
                result = work(connection)
                connection.execute("COMMIT")
            finally:
                # SQLite itself may have rolled back already (sqlite.org/lang_transaction.html, section 3).
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            return result
        except sqlite3.Error as error:
            raise _translated(error, self._file) from error
        except (msgspec.MsgspecError, DamagedValueError) as error:
            raise StorageError.because(Reason.STORAGE_CORRUPT, file=self._file) from error


def to_stamp(moment: datetime) -> int:
    """Return a moment (with a time zone) as it is stored: microseconds since 1970 in UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def from_stamp(stamp: int) -> datetime:
    """Return the moment stored as `stamp`, in UTC; raises DamagedValueError for what cannot be one."""
    try:
        return _EPOCH + timedelta(microseconds=stamp)
    except (OverflowError, TypeError):
        raise DamagedValueError from None


def _succeed(outcome: asyncio.Future[T], result: T) -> None:
    if not outcome.cancelled():
        outcome.set_result(result)


def _fail(outcome: asyncio.Future[T], error: BaseException) -> None:
    if not outcome.cancelled():
        outcome.set_exception(error)


def _open(file: Path) -> sqlite3.Connection:
    try:
        is_there = check_private_file(file)
        log_is_there = check_private_file(file.with_name(file.name + "-wal"))
        if not is_there and not log_is_there:
            _create(file)
        if (not is_there and log_is_there) or file.stat().st_size == 0 or (not log_is_there and _misses_log(file)):
            raise StorageError.because(Reason.STORAGE_CORRUPT, file=file)
        connection = _connect(file)
        try:
            upgrade(connection, file)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise _translated(error, file) from error
    # A damaged schema can make SQLite ask for any amount, and quote what is no text.
    except (MemoryError, UnicodeDecodeError) as error:
        raise StorageError.because(Reason.STORAGE_CORRUPT, file=file) from error
    return connection


def _misses_log(file: Path) -> bool:
    """Whether the log's index is there and names pages that were in the log alone (sqlite.org/walformat.html)."""
    try:
        index = file.with_name(file.name + "-shm").read_bytes()
        in_log, in_database = struct.unpack_from("=I", index, 16)[0], struct.unpack_from("=I", index, 96)[0]
    except (OSError, struct.error):
        return False
    return bool(in_log > in_database)


def _create(file: Path) -> None:
    """Make the database under another name and give it its own when it is whole, so that no half of one is found."""
    unfinished = file.with_name(f"{file.name}.{uuid.uuid4().hex}.new")
    os.close(create_private_file(unfinished, exclusive=True))
    try:
        with closing(_connect(unfinished)) as connection:
            upgrade(connection, unfinished)
        _publish(unfinished, file)
    finally:
        for end in ("", "-wal", "-shm"):
            unfinished.with_name(unfinished.name + end).unlink(missing_ok=True)


def _publish(unfinished: Path, file: Path) -> None:
    """Give the finished file its name unless another process was first."""
    try:
        os.link(unfinished, file)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        unfinished.rename(file)


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def upgrade(connection: sqlite3.Connection, file: Path) -> None:
    """Apply the schema files the database has not seen, each with its version in one transaction."""
    while (version := _version(connection)) != SCHEMA_VERSION:
        if version > SCHEMA_VERSION:
            raise StorageError.because(Reason.STORAGE_NEWER, file=file, version=version, known=SCHEMA_VERSION)
        script = _SCHEMA.joinpath(f"{version + 1:03}.sql").read_text(encoding="utf-8")
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _version(connection) == version:  # another process may have been faster
                for statement in _statements(script):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """Split a script; `executescript` would commit before it begins."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _translated(error: sqlite3.Error, file: Path) -> Exception:
    """Return the StorageError for what the world did, or the error itself for a bug."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None and str(error).startswith(_NO_TEXT):
        return StorageError.because(Reason.STORAGE_CORRUPT, file=file)
    if code is None:
        return error
    reason = _REASONS.get(code & 0xFF)
    if code in _NO_ROOM:
        reason = Reason.STORAGE_FULL
    if code & 0xFF == sqlite3.SQLITE_CANTOPEN and not os.access(file.parent, os.W_OK):
        reason = Reason.STORAGE_READ_ONLY
    if reason is None:
        return error
    return StorageError.because(reason, file=file, folder=file.parent, detail=error.sqlite_errorname)
