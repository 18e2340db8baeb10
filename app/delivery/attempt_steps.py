"""The two steps around an attempt, each within somebody's transaction: a message is claimed, and it is settled."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from app.delivery import queued
from app.delivery.journal import Attempt, write_attempt
from app.delivery.parts import Part, next_part
from app.delivery.queued import QueuedMessage, require
from app.delivery.rows import get, message_of, set_aside, update
from app.delivery.splitting import split, taken_of
from app.delivery.verdict import Verdict
from app.storage.database import to_stamp

__all__ = ["Beginning", "Claimed", "claim", "settle"]

_NEXT = (
    "SELECT * FROM outbox WHERE {} due <= ?1 "
    "AND NOT EXISTS (SELECT 1 FROM schedule WHERE message_id = outbox.id AND standing = 'waiting' AND wanted <= ?1) "
    "ORDER BY due, number LIMIT 1"
)
_NEXT_OF_ANY, _NEXT_OF_QUEUE = _NEXT.format(""), _NEXT.format("queue = ?2 AND")
Beginning = tuple[int, Part | None]
"""The size of a message and its first part."""
Claimed = tuple[QueuedMessage, Beginning | None]
"""A claimed message, with its beginning unless that cannot be read."""


def claim(connection: sqlite3.Connection, now: datetime, queue: str | None) -> Claimed | None:
    """Take the message that has been due longest, of one queue or of any; those that cannot be read are set aside."""
    sql = _NEXT_OF_ANY if queue is None else _NEXT_OF_QUEUE
    parameters = (to_stamp(now),) if queue is None else (to_stamp(now), queue)
    while (row := connection.execute(sql, parameters).fetchone()) is not None:
        message = message_of(row)
        if message.is_readable:
            message = update(connection, queued.claimed(message, now), now)
            try:
                return message, (message.size, next_part(connection, message.id, -1))
            except sqlite3.Error:
                if not connection.in_transaction:  # SQLite has undone the claim
                    raise
                return message, None  # met again, and told, when it is read to be sent
        set_aside(connection, message, now)
    return None


def settle(
    connection: sqlite3.Connection, message_id: str, verdict: Verdict, now: datetime, attempt: Attempt | None
) -> QueuedMessage:
    """Write what became of an attempt, with its entry in the journal; raises DeliveryError (OUTBOX_WRONG_STATE)."""
    message = require(get(connection, message_id), queued.UNDER_WAY)
    if attempt is not None:
        write_attempt(connection, attempt)
    if taken := taken_of(message, verdict):
        return split(connection, message, taken, now)
    return update(connection, queued.settled(message, verdict, now), now)
