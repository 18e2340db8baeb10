"""The last good policy document of each source, so that a restart without a network knows it."""

from __future__ import annotations

import sqlite3

from app.policy.watch import MemoryPolicies, StoredPolicy
from app.storage.database import Database, from_stamp, to_stamp
from app.storage.encoding import decode_problem, encode_problem

__all__ = ["FirstLook", "Policies", "StoredPolicy", "load_policy"]


class Policies:
    """The policies in the database; `app.policy.watch.MemoryPolicies` is the twin in memory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, source: str) -> StoredPolicy | None:
        """Return what is kept of a source, or None; raises StorageError."""
        return await self._database.read(lambda connection: load_policy(connection, source))

    async def save(self, stored: StoredPolicy) -> None:
        """Keep it in place of what was kept of its source; raises StorageError.

        A lower serial than the one kept changes nothing: a second program on the same folder was ahead.
        """
        await self._database.write(lambda connection: _save(connection, stored))


class FirstLook:
    """Keeps a policy in memory until set-up has succeeded, on top of what is known of its source already."""

    def __init__(self, looked_up: MemoryPolicies, known: Policies) -> None:
        self._looked_up = looked_up
        self._known = known

    async def load(self, source: str) -> StoredPolicy | None:
        return await self._looked_up.load(source) or await self._known.load(source)

    async def save(self, stored: StoredPolicy) -> None:
        await self._looked_up.save(stored)


def load_policy(connection: sqlite3.Connection, source: str) -> StoredPolicy | None:
    """Return what is kept of a source, or None."""
    row = connection.execute(
        "SELECT data, etag, serial, digest, checked_at, since, problem FROM policy WHERE source = ?", (source,)
    ).fetchone()
    if row is None:
        return None
    data, etag, serial, digest, checked_at, since, problem = row
    return StoredPolicy(
        source=source,
        data=data,
        etag=etag,
        serial=serial,
        digest=digest,
        checked_at=from_stamp(checked_at),
        since=None if since is None else from_stamp(since),
        problem=decode_problem(problem),
    )


def _save(connection: sqlite3.Connection, stored: StoredPolicy) -> None:
    connection.execute(
        """
        INSERT INTO policy (source, data, etag, serial, digest, checked_at, since, problem)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (source) DO UPDATE SET
            data = excluded.data, etag = excluded.etag, serial = excluded.serial, digest = excluded.digest,
            checked_at = excluded.checked_at, since = excluded.since, problem = excluded.problem
        WHERE excluded.serial >= policy.serial
        """,
        (
            stored.source,
            stored.data,
            stored.etag,
            stored.serial,
            stored.digest,
            to_stamp(stored.checked_at),
            None if stored.since is None else to_stamp(stored.since),
            encode_problem(stored.problem),
        ),
    )
