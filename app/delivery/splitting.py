"""A message for more people than its server takes at a time goes out in several transactions; nobody is dropped.

RFC 5321 section 4.5.3.1.10: after "too many recipients" the client sends to the others in a further transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from app.address import Address
from app.delivery.queued import QueuedMessage, queued_again
from app.delivery.rows import draft_of, update
from app.delivery.verdict import Rejected, TryLater, Verdict
from app.errors import Reason
from app.message.draft import Draft
from app.storage.encoding import encode, encode_addresses

__all__ = ["split", "taken_of"]

_MOST_COPIED = 512 * 1024 * 1024
"""Octets that all parts of one message may have together."""
_COPY = (
    "INSERT INTO outbox (id, state, sender, recipients, left_out, subject, message_id, size, via, host, queue, "
    "envelope_from, sender_header, has_draft, over_organisation, attempts, asked_for, trying_since, due, problem, "
    "reply, queue_id, created_at, changed_at) SELECT ?, state, sender, ?, '[]', subject, message_id, size, via, host, "
    "queue, envelope_from, sender_header, has_draft, over_organisation, 0, asked_for, trying_since, due, problem, "
    "reply, queue_id, created_at, changed_at FROM outbox WHERE id = ?"
)


def taken_of(message: QueuedMessage, verdict: Verdict) -> int:
    """Return how many recipients a server takes at a time, where that alone is in the way; else 0.

    0, too, where so few are taken that the copies of a large message would fill the disk.
    """
    if not isinstance(verdict, TryLater | Rejected) or verdict.problem.reason is not Reason.SERVER_TOO_MANY_RECIPIENTS:
        return 0
    taken, count = int(verdict.problem.fact("taken") or 0), len(message.recipients)
    if not 0 < taken < count or message.size * -(-count // taken) > _MOST_COPIED:
        return 0
    return taken


def split(connection: sqlite3.Connection, message: QueuedMessage, taken: int, now: datetime) -> QueuedMessage:
    """Queue a message for the first `taken` of its recipients, and a copy of it for the others; return the first.

    Both have the same bytes and Message-ID; each one's draft has its own recipients only, so that going back to the
    drafts does not reach anybody twice.
    """
    first, rest = message.recipients[:taken], message.recipients[taken:]
    other = uuid4().hex
    going = update(connection, replace(queued_again(message, now), recipients=first), now)
    connection.execute(_COPY, (other, encode_addresses(rest), message.id))
    connection.execute(
        "INSERT INTO outbox_part SELECT ?, seq, data FROM outbox_part WHERE message_id = ?", (other, message.id)
    )
    if message.has_draft:
        draft = draft_of(connection, message.id)
        connection.execute(
            "UPDATE outbox_draft SET data = ? WHERE message_id = ?", (encode(_only(draft, first, draft.id)), message.id)
        )
        connection.execute("INSERT INTO outbox_draft VALUES (?, ?)", (other, encode(_only(draft, rest, other))))
    return going


def _only(draft: Draft, recipients: Collection[Address], draft_id: str) -> Draft:
    """Return the draft with these recipients alone."""
    to, cc, bcc = (
        tuple(mailbox for mailbox in field if mailbox.address in recipients)
        for field in (draft.to, draft.cc, draft.bcc)
    )
    return replace(draft, id=draft_id, to=to, cc=cc, bcc=bcc)
