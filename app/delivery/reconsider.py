"""Held messages looked at again when the policy has changed: all of them in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from datetime import datetime

from app.delivery.queued import QueuedMessage, held, queued_again
from app.delivery.rows import message_of, update
from app.errors import Problem, Reason

__all__ = ["Against", "reconsider"]

Against = Callable[[QueuedMessage], Problem | None]
"""Says what stands against sending a message now; called in the database's thread."""


def reconsider(
    connection: sqlite3.Connection, reasons: Collection[Reason], against: Against, now: datetime
) -> list[str]:
    """Queue what is held for one of `reasons` and has nothing against it any more; return the ids that changed.

    Where something else stands against it now, that is kept as the reason.
    """
    changed = []
    for row in connection.execute("SELECT * FROM outbox WHERE state = 'held' ORDER BY number").fetchall():
        message = message_of(row)
        if message.problem is None or message.problem.reason not in reasons:
            continue
        problem = against(message)
        if problem is not None and problem.reason is message.problem.reason:
            continue
        update(connection, queued_again(message, now) if problem is None else held(message, problem), now)
        changed.append(message.id)
    return changed
