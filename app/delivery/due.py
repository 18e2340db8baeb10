"""What is due in the outbox, so that those who ask one after the other wait for the database's thread once."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from app.storage.database import Database, from_stamp, to_stamp

__all__ = ["Due", "DueLook", "read_due"]

_KEPT = 0.02
"""Seconds for which a look counts: another program's message, of which nobody tells, is to be seen by the next."""
_QUEUES = "SELECT queue FROM outbox WHERE due <= ? GROUP BY queue ORDER BY min(due)"
_NEXT = (
    "SELECT (SELECT min(wanted) FROM schedule WHERE standing = 'waiting'), (SELECT min(due) FROM outbox WHERE due > ?)"
)


@dataclass(frozen=True, slots=True)
class Due:
    """What was due at a moment."""

    moment: datetime
    queues: tuple[str, ...]
    """The queues in which a message was due, the longest due first."""
    is_scheduled: bool
    """Whether the time of a scheduled message had come and nobody had taken note of it."""
    until: datetime | None
    """When the next message or schedule comes due; None for never."""

    def holds_at(self, now: datetime) -> bool:
        """Whether the same is due at that moment, if nothing was written since."""
        return self.moment <= now and (self.until is None or now < self.until)


def read_due(connection: sqlite3.Connection, now: datetime) -> Due:
    """Return what is due now; raises DamagedValueError for a time that is none."""
    stamp = to_stamp(now)
    queues = tuple(row[0] for row in connection.execute(_QUEUES, (stamp,)).fetchall())
    wanted, due = connection.execute(_NEXT, (stamp,)).fetchone()
    is_scheduled = wanted is not None and wanted <= stamp
    later = [each for each in (wanted, due) if each is not None and each > stamp]
    return Due(now, queues, is_scheduled, from_stamp(min(later)) if later else None)


class DueLook:
    """The last look, which counts until somebody writes, something else comes due, or a moment has passed."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._known: tuple[Due, int, float] | None = None

    async def at(self, now: datetime) -> Due:
        """Return what is due at `now`; raises StorageError."""
        if self._known is not None:
            due, writes, end = self._known
            if writes == self._database.writes and self._clock() < end and due.holds_at(now):
                return due
        writes = self._database.writes
        due = await self._database.read(partial(read_due, now=now))
        self.take(due, writes)
        return due

    def take(self, due: Due, writes: int) -> None:
        """Take a look that somebody had when the database had begun so many writes."""
        self._known = (due, writes, self._clock() + _KEPT)

    def forget(self) -> None:
        """Look anew: another program may have written."""
        self._known = None
