"""All that a bundle is made of, read from a data folder in whatever state it is: what cannot be read is noted."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from app.delivery.journal import Attempt, attempt_of
from app.delivery.queued import QueuedMessage
from app.delivery.rows import message_of
from app.errors import ExpectedError, PolicyError
from app.policy.document import parse
from app.policy.evaluate import Policy, PolicyState, own_policy, standing
from app.policy.managed import Managed, load_managed, managed_file
from app.policy.signature import open_document, pinned_keys
from app.policy.watch import StoredPolicy
from app.profile import Profile
from app.storage.database import SCHEMA_VERSION, upgrade
from app.storage.folder import DataFolder
from app.storage.policies import load_policy
from app.storage.profiles import load_profile

__all__ = ["Material", "read_material"]

T = TypeVar("T")

_UNFINISHED, _FINISHED = 500, 100
_ATTEMPTS = 300
_SUBJECTS_LOOKED_FOR = 2000
_CHECK_SECONDS = 5.0
_LOG_OCTETS = 64 * 1024
_TABLES = ("send_as", "code", "draft", "contact", "outbox", "outbox_part", "attempt", "policy")
_COPIED = ("profile", "send_as", "draft", "outbox", "attempt", "policy")
"""What is read of a database; the messages' own octets are not."""
_MESSAGES = (
    "SELECT * FROM (SELECT * FROM outbox WHERE state NOT IN ('sent', 'cancelled') ORDER BY number DESC LIMIT ?) "
    "UNION ALL SELECT * FROM (SELECT * FROM outbox WHERE state IN ('sent', 'cancelled') ORDER BY number DESC LIMIT ?) "
    "ORDER BY number"
)
_SUBJECTS = (
    "SELECT subject FROM (SELECT subject FROM outbox ORDER BY number DESC LIMIT ?) "
    "UNION SELECT json_extract(data, '$.subject') FROM draft"
)


@dataclass
class Material:
    """What was found. Foreign text in it is as it was."""

    notes: list[str] = field(default_factory=list)
    """What could not be read, in the program's own words."""
    files: list[str] = field(default_factory=list)
    """The data folder's own files, one a line."""
    schema: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    check: str = "not done"
    profile: Profile | None = None
    managed: Managed | None = None
    """What an administrator set for this machine."""
    stored: StoredPolicy | None = None
    policy: Policy = field(default_factory=lambda: Policy(PolicyState.UNKNOWN))
    subjects: list[str] | None = None
    """What people wrote above their messages, so that it can be left out of what servers said; None if unknown."""
    messages: list[QueuedMessage] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    log: list[str] = field(default_factory=list)


def read_material(folder: DataFolder, now: datetime) -> Material:
    """Return what a data folder holds; it is only read, and never waited for longer than some seconds."""
    found = Material()
    with _noting(found, "the data folder"):
        found.files = _files(folder)
    with _noting(found, "the administrator's settings"):
        found.managed = load_managed(managed_file())
    with _noting(found, "the log"):
        found.log = _log_tail(folder.log)
    with _noting(found, "the database"), _opened(folder.database) as connection:
        _read_database(connection, folder.database, found, now)
    return found


def _read_database(connection: sqlite3.Connection, file: Path, found: Material, now: datetime) -> None:
    found.schema = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found.schema > SCHEMA_VERSION:
        found.notes.append(f"the database is of version {found.schema}; this program knows {SCHEMA_VERSION}")
    with _noting(found, "the check of the database"):
        found.check = _check(connection)
    for table in _TABLES:
        with _noting(found, f"the table {table}"):
            found.counts[table] = int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - a name of ours
    if 0 < found.schema < SCHEMA_VERSION:
        found.notes.append(f"the database is of version {found.schema}; it was read as {SCHEMA_VERSION}")
        with _noting(found, "the older database"), _brought_up(file, found.schema) as copy:
            _read_rows(copy, found, now)
    else:
        _read_rows(connection, found, now)


def _read_rows(connection: sqlite3.Connection, found: Material, now: datetime) -> None:
    with _noting(found, "the profile"):
        found.profile = load_profile(connection)
    with _noting(found, "the policy"):
        _read_policy(connection, found, now)
    with _noting(found, "the subjects"):
        found.subjects = [str(row[0]) for row in connection.execute(_SUBJECTS, (_SUBJECTS_LOOKED_FOR,))]
    with _noting(found, "the outbox"):
        found.states = dict(connection.execute("SELECT state, count(*) FROM outbox GROUP BY state ORDER BY state"))
        found.messages = _rows(found, connection, message_of, _MESSAGES, (_UNFINISHED, _FINISHED))
    with _noting(found, "the journal"):
        newest = "SELECT * FROM (SELECT * FROM attempt ORDER BY number DESC LIMIT ?) ORDER BY number"
        found.attempts = _rows(found, connection, attempt_of, newest, (_ATTEMPTS,))


def _read_policy(connection: sqlite3.Connection, found: Material, now: datetime) -> None:
    """Say how the policy stands by the last good copy; nothing is fetched."""
    profile = found.profile
    if profile is None:
        return
    if not profile.policy_source:
        found.policy = own_policy()
        return
    from app.policy.source import source_for

    person = profile.primary.address
    origin = source_for(profile.policy_source, person, profile.policy_ca).origin
    stored = found.stored = load_policy(connection, origin)
    if stored is None:
        found.policy = Policy(PolicyState.UNKNOWN, origin=origin)
        return
    try:
        opened = open_document(stored.data, pinned_keys(profile.policy_keys), source=origin)
        document = parse(opened.payload, source=origin, expected=person)
    except PolicyError as error:
        found.policy = Policy(PolicyState.UNKNOWN, origin=origin, problem=error.problem)
        return
    found.policy = standing(
        document, now=now, checked_at=stored.checked_at, origin=origin, since=stored.since, problem=stored.problem
    )


def _rows(
    found: Material,
    connection: sqlite3.Connection,
    read: Callable[[sqlite3.Row], T],
    query: str,
    parameters: tuple[int, ...],
) -> list[T]:
    """Return the rows that can be read; one that cannot does not hide the others."""
    rows: list[T] = []
    for row in connection.execute(query, parameters):
        with _noting(found, f"the row {row['number']}"):
            rows.append(read(row))
    return rows


def _check(connection: sqlite3.Connection) -> str:
    end = time.monotonic() + _CHECK_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > end, 10_000)
    try:
        return "\n".join(str(row[0]) for row in connection.execute("PRAGMA quick_check(5)"))
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return f"not finished within {_CHECK_SECONDS:.0f} seconds"
        raise
    finally:
        connection.set_progress_handler(None, 0)


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """Open a database for reading, one in a folder that cannot be written to as well; raises OSError, sqlite3.Error."""
    if not stat.S_ISREG(file.lstat().st_mode):
        raise OSError("not a plain file")
    # Where nobody has it open it has no log, and reading it the usual way would leave an empty one there.
    is_in_use = os.path.lexists(file.with_name(f"{file.name}-wal"))
    for way in ("mode=ro",) * is_in_use + ("mode=ro&immutable=1",):
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?{way}", uri=True, timeout=2.0)) as connection:
            connection.row_factory = sqlite3.Row
            try:
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
                    continue
                raise
            connection.execute("PRAGMA query_only = ON")
            yield connection
            return
    raise OSError("cannot be opened for reading")


@contextmanager
def _brought_up(file: Path, version: int) -> Iterator[sqlite3.Connection]:
    """Copy what is read of an older database into memory and bring it up to date there; raises sqlite3.Error."""
    with closing(sqlite3.connect(":memory:", isolation_level=None, uri=True)) as copy:
        copy.row_factory = sqlite3.Row
        copy.execute("ATTACH ? AS older", (f"{file.absolute().as_uri()}?mode=ro",))
        made = "SELECT sql FROM older.sqlite_schema WHERE sql NOT NULL ORDER BY type = 'table' DESC, rowid"
        for (sql,) in copy.execute(made).fetchall():
            copy.execute(sql)
        for table in _COPIED:
            copy.execute(f"INSERT INTO main.{table} SELECT * FROM older.{table}")  # noqa: S608 - a name of ours
        copy.execute("DETACH older")
        copy.execute(f"PRAGMA user_version = {version}")
        upgrade(copy, file)
        yield copy


@contextmanager
def _noting(found: Material, what: str) -> Iterator[None]:
    """Go on after any fault, and note it without its words, which may hold anything."""
    try:
        yield
    except FileNotFoundError:
        found.notes.append(f"{what}: not there")
    except ExpectedError as error:
        found.notes.append(f"{what}: {error.problem.reason}")
    except Exception as error:  # noqa: BLE001 - what is broken beyond all expectation is what a bundle is asked for
        detail = getattr(error, "sqlite_errorname", None) or getattr(error, "strerror", None)
        found.notes.append(f"{what}: could not be read ({type(error).__name__}{f', {detail}' if detail else ''})")


def _files(folder: DataFolder) -> list[str]:
    own = [folder.database.with_name(folder.database.name + end) for end in ("", "-wal", "-shm", "-journal")]
    own += [folder.lock, folder.delivery_lock, folder.log, folder.instance]
    lines = [_file_line(folder.home, "data folder")]
    lines += [_file_line(file, file.name) for file in own if os.path.lexists(file)]
    others = sum(1 for each in folder.home.iterdir() if each not in own)
    free = shutil.disk_usage(folder.home).free // 2**20
    return [*lines, f"other files: {others}", f"free on its disk: {'1 GB or more' if free >= 1024 else f'{free} MB'}"]


def _file_line(file: Path, name: str) -> str:
    found = file.lstat()
    return f"{name}: {stat.filemode(found.st_mode)}, {found.st_size} octets, {found.st_nlink} link(s)"


def _log_tail(file: Path) -> list[str]:
    if not os.path.lexists(file):
        return []
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as stream:  # noqa: PTH123 - a descriptor, so that no link is followed
        stream.seek(max(0, os.fstat(descriptor).st_size - _LOG_OCTETS))
        return stream.read(_LOG_OCTETS).decode("utf-8", "replace").splitlines()
