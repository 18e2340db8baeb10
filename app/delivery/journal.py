"""What happened at each attempt to deliver a message: facts for people and support, no secrets, no message text."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

import msgspec

from app.delivery.dialogue import DialogueLine
from app.delivery.verdict import Delivered, Held, Rejected, TryLater, Uncertain, Verdict
from app.errors import Problem
from app.routing import Step
from app.storage.database import Database, from_stamp, to_stamp
from app.storage.encoding import decode_problem, encode, encode_problem

__all__ = ["Attempt", "Ending", "Journal", "attempt_of", "ending_of", "write_attempt"]

_KEPT_AFTER_MESSAGE = timedelta(days=90)
"""How long the attempts at a message that is gone from the outbox are kept, for questions that come late."""
_FORGET = (
    # By the index alone as far as messages are still there, which nearly all are.
    "DELETE FROM attempt WHERE number IN (SELECT number FROM attempt WHERE NOT EXISTS "
    "(SELECT 1 FROM outbox WHERE outbox.id = attempt.message_id)) AND ended_at < ?"
)


class Ending(StrEnum):
    """How an attempt ended."""

    DELIVERED = "delivered"
    REJECTED = "rejected"
    TRY_LATER = "try-later"
    UNCERTAIN = "uncertain"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: when, where, by which rules, what was said, and how it ended."""

    message_id: str
    started_at: datetime
    ended_at: datetime
    host: str
    port: int
    """0 where no server was chosen."""
    tls_version: str
    """As OpenSSL names it; empty without a protected connection."""
    steps: tuple[Step, ...]
    verdict: Ending
    problem: Problem | None
    reply: str
    queue_id: str
    dialogue: tuple[DialogueLine, ...]


class Journal:
    """The attempts in the database; every method raises StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, message_id: str) -> list[Attempt]:
        """Return the attempts at one message, oldest first."""
        sql = "SELECT * FROM attempt WHERE message_id = ? ORDER BY number"
        return await self._database.read(
            lambda connection: [attempt_of(row) for row in connection.execute(sql, (message_id,))]
        )

    async def forget(self, now: datetime) -> int:
        """Remove the attempts at messages that are gone, 90 days after they were made; return how many.

        What is in the outbox, as sent mail is until it is deleted, keeps all of its attempts.
        """
        before = (to_stamp(now - _KEPT_AFTER_MESSAGE),)
        return await self._database.write(lambda connection: connection.execute(_FORGET, before).rowcount)


def ending_of(verdict: Verdict) -> Ending:
    """Return the journal's word for a verdict."""
    match verdict:
        case Delivered():
            return Ending.DELIVERED
        case Rejected():
            return Ending.REJECTED
        case TryLater():
            return Ending.TRY_LATER
        case Uncertain():
            return Ending.UNCERTAIN
        case Held():
            return Ending.HELD
        case _:
            assert_never(verdict)


def write_attempt(connection: sqlite3.Connection, attempt: Attempt) -> None:
    """Keep one attempt, as part of the transaction that settles its message."""
    connection.execute(
        "INSERT INTO attempt (message_id, started_at, ended_at, host, port, tls_version, steps, verdict, problem, "
        "reply, queue_id, dialogue) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            attempt.message_id,
            to_stamp(attempt.started_at),
            to_stamp(attempt.ended_at),
            attempt.host,
            attempt.port,
            attempt.tls_version,
            encode(attempt.steps),
            attempt.verdict,
            encode_problem(attempt.problem),
            attempt.reply,
            attempt.queue_id,
            encode(attempt.dialogue),
        ),
    )


def attempt_of(row: sqlite3.Row) -> Attempt:
    """Return the attempt a row holds."""
    return Attempt(
        message_id=row["message_id"],
        started_at=from_stamp(row["started_at"]),
        ended_at=from_stamp(row["ended_at"]),
        host=row["host"],
        port=row["port"],
        tls_version=row["tls_version"],
        steps=msgspec.json.decode(row["steps"], type=tuple[Step, ...]),
        verdict=msgspec.convert(row["verdict"], Ending),
        problem=decode_problem(row["problem"]),
        reply=row["reply"],
        queue_id=row["queue_id"],
        dialogue=msgspec.json.decode(row["dialogue"], type=tuple[DialogueLine, ...]),
    )
