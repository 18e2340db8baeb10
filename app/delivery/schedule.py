"""Mail for a certain time, and what becomes of it when that time passed while nobody was there to send it.

A schedule follows the clock on the wall. What is noticed more than a quarter of an hour late was missed: the person's
rule says whether it goes all the same, and in either case it is told until they have taken note of it. Where only the
clock was set, nobody knows which of its times was right, so the person is asked whatever the rule.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.delivery import queued
from app.delivery.due import DueLook
from app.delivery.queued import QueuedMessage, State, require
from app.delivery.rows import get, message_of, update
from app.errors import Problem, Reason
from app.policy.watch import boot_clock
from app.profile import WhenMissed
from app.storage.database import Database, from_stamp, to_stamp

__all__ = ["LATE", "ClockWatch", "Scheduled", "Schedules", "Standing"]

LATE = timedelta(minutes=15)
"""How late the time of a message may be noticed without having been missed."""
_CLOCK_SLACK = timedelta(minutes=5)
"""How far the clock may be set without anybody minding."""
_LONGEST_WAIT = timedelta(minutes=61)
"""More than any back-off: who waits longer than that waits for a clock that has been set back."""
_LONGEST_UNDO = timedelta(seconds=31)
_RESCHEDULABLE = (*queued.HOLDABLE, State.FAILED)

_SET = "INSERT OR REPLACE INTO schedule (message_id, wanted, standing) VALUES (?, ?, ?)"
_DUE = (
    "SELECT outbox.*, wanted FROM schedule JOIN outbox ON id = schedule.message_id "
    "WHERE standing = 'waiting' AND wanted <= ? ORDER BY wanted"
)
_MISSED = (
    "SELECT outbox.*, wanted FROM schedule JOIN outbox ON id = schedule.message_id "
    "WHERE standing = 'missed' ORDER BY wanted"
)


class Standing(StrEnum):
    """Where the schedule of a message stands."""

    WAITING = "waiting"
    MET = "met"
    MISSED = "missed"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A message and the moment a person had chosen for it."""

    message: QueuedMessage
    wanted: datetime


class ClockWatch:
    """Notices that the clock on the wall was set, by one that nobody can set."""

    def __init__(self, clock: Callable[[], float] = boot_clock) -> None:
        self._clock = clock
        self._seen: tuple[datetime, float] | None = None

    def set_by(self, now: datetime) -> timedelta:
        """Return how far the clock was set forward, or back, since the last call; zero for less than five minutes."""
        seen, self._seen = self._seen, (now, self._clock())
        if seen is None:
            return timedelta()
        by = (now - seen[0]) - timedelta(seconds=self._seen[1] - seen[1])
        return by if abs(by) > _CLOCK_SLACK else timedelta()


class Schedules:
    """The schedules in the database; every method raises StorageError. `changed` is called after each change."""

    def __init__(self, database: Database, changed: Callable[[], None], due_look: DueLook | None = None) -> None:
        self._database = database
        self._changed = changed
        self._due_look = due_look or DueLook(database)
        self._has_looked = False

    async def look(self, now: datetime, rule: WhenMissed, set_by: timedelta = timedelta()) -> int:
        """Take note of every schedule whose time has come, before anything is sent; return how many were missed.

        `set_by` is how far the clock was set since the last look.
        """
        if set_by or not self._has_looked:  # nobody knows what was done to the clock while the program did not run
            await self._database.write(lambda connection: _follow_clock(connection, set_by, now))
            self._has_looked = True
        if not (await self._due_look.at(now)).is_scheduled:
            return 0

        def look(connection: sqlite3.Connection) -> int:
            due = [_scheduled(row) for row in connection.execute(_DUE, (to_stamp(now),)).fetchall()]
            return sum(_note(connection, each, now, rule, set_by) for each in due)

        missed = await self._database.write(look)
        self._changed()
        return missed

    async def missed(self) -> list[Scheduled]:
        """Return what was missed and not taken note of, the oldest first."""
        return await self._database.read(
            lambda connection: [_scheduled(row) for row in connection.execute(_MISSED).fetchall()]
        )

    async def wanted(self, message_id: str) -> datetime | None:
        """Return the moment a person chose for a message, or None."""
        sql = "SELECT wanted FROM schedule WHERE message_id = ?"
        row = await self._database.read(lambda connection: connection.execute(sql, (message_id,)).fetchone())
        return None if row is None else from_stamp(row[0])

    async def told(self, message_ids: Collection[str]) -> None:
        """Take it that the person knows of these messages."""
        sql = (
            "UPDATE schedule SET standing = 'told' WHERE standing = 'missed' "
            "AND message_id IN (SELECT value FROM json_each(?))"
        )
        wanted = json.dumps(list(message_ids))
        if await self._database.write(lambda connection: connection.execute(sql, (wanted,)).rowcount):
            self._changed()

    async def move(self, message_id: str, wanted: datetime, now: datetime) -> QueuedMessage:
        """Give a message that is not under way another time; raises DeliveryError."""

        def move(connection: sqlite3.Connection) -> QueuedMessage:
            message = require(get(connection, message_id), _RESCHEDULABLE)
            connection.execute(_SET, (message_id, to_stamp(wanted), Standing.WAITING))
            return update(connection, replace(queued.queued_again(message, now), due=wanted), now)

        message = await self._database.write(move)
        self._changed()
        return message


def _note(connection: sqlite3.Connection, each: Scheduled, now: datetime, rule: WhenMissed, set_by: timedelta) -> bool:
    """Write down whether a schedule was met, and hold the message if the person is to be asked; True if missed."""
    message = each.message
    # Sent, held or cancelled before its time, a message has no schedule to miss.
    is_waiting = message.state is State.QUEUED and message.due == each.wanted
    # What of a damaged row cannot be read is not written over: whoever claims it sets it aside.
    is_missed = is_waiting and message.is_readable and now - each.wanted > LATE
    standing = Standing.MISSED if is_missed else Standing.MET
    connection.execute(_SET, (message.id, to_stamp(each.wanted), standing))
    was_set = set_by > LATE and now - each.wanted < set_by
    if is_missed and (was_set or rule is WhenMissed.ASK):
        reason = Reason.SCHEDULE_CLOCK_SET if was_set else Reason.SCHEDULE_MISSED
        update(connection, queued.held(message, Problem.of(reason, wanted_at=each.wanted.isoformat())), now)
    return is_missed


def _follow_clock(connection: sqlite3.Connection, by: timedelta, now: datetime) -> None:
    """Let what waits for another attempt, or for undo, wait no longer for a clock that was set back."""
    connection.execute(
        "UPDATE outbox SET due = ?1 WHERE due > CASE state WHEN 'queued' THEN ?3 ELSE ?2 END "
        # What a person asked for before its time, and was put back or off, waits for that time no longer.
        "AND NOT EXISTS (SELECT 1 FROM schedule WHERE message_id = id AND standing = 'waiting' AND wanted = due)",
        (to_stamp(now), to_stamp(now + _LONGEST_WAIT), to_stamp(now + _LONGEST_UNDO)),
    )
    # Five days of trying are five days, whatever the clock says.
    connection.execute(
        "UPDATE outbox SET trying_since = min(trying_since + ?, ?) WHERE trying_since IS NOT NULL",
        (round(by / timedelta(microseconds=1)), to_stamp(now)),
    )


def _scheduled(row: sqlite3.Row) -> Scheduled:
    return Scheduled(message_of(row), from_stamp(row["wanted"]))
