"""How a message of the outbox lies in the database: read and written inside somebody's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from app.address import Address
from app.delivery.parts import store_parts
from app.delivery.queued import NewMessage, QueuedMessage, State, require
from app.delivery.refusals import decode_refusals, encode_refusals
from app.errors import AddressError, DeliveryError, Problem, Reason, StorageError
from app.message.draft import Draft
from app.routing import Via
from app.storage.database import from_stamp, to_stamp
from app.storage.encoding import (
    decode_addresses,
    decode_draft,
    decode_problem,
    encode,
    encode_addresses,
    encode_problem,
)

__all__ = ["draft_of", "get", "look_at", "message_of", "put", "set_aside", "update"]

_UNREADABLE = "unreadable@address.invalid"
_INSERT = (
    "INSERT INTO outbox (id, state, sender, recipients, subject, message_id, size, via, host, queue, envelope_from, "
    "sender_header, has_draft, over_organisation, attempts, asked_for, due, problem, reply, queue_id, "
    "created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?, '', '', ?, ?)"
)
_UPDATE = (
    "UPDATE outbox SET state = ?, recipients = ?, left_out = ?, "
    "size = ?, via = ?, host = ?, queue = ?, envelope_from = ?, sender_header = ?, "
    "over_organisation = ?, attempts = ?, asked_for = ?, trying_since = ?, handed_over_at = ?, due = ?, "
    "problem = ?, reply = ?, queue_id = ?, changed_at = ? WHERE id = ?"
)
"""Not RETURNING what it has written: for that SQLite copies each page first, and more than four into a file."""


def put(connection: sqlite3.Connection, new: NewMessage, chunks: Iterable[bytes], now: datetime) -> QueuedMessage:
    """Write a new message with its bytes, in place of its draft; raises what `chunks` raises, and DeliveryError."""
    draft, route = new.draft, new.route
    if (existing := _find(connection, draft.id)) is not None:
        require(existing, [State.CANCELLED])
        connection.execute("DELETE FROM outbox WHERE id = ?", (draft.id,))
    size = store_parts(connection, draft.id, chunks)
    connection.execute(
        _INSERT,
        (
            draft.id,
            State.HELD if new.held else State.QUEUED,
            str(draft.sender),
            encode_addresses(new.recipients),
            draft.subject,
            new.message_id,
            size,
            route.via,
            route.server.host,
            route.server.queue,
            str(route.envelope_from),
            _text(route.sender_header),
            bool(draft.recipients),
            None if new.held else to_stamp(new.due or now),
            encode_problem(new.held),
            to_stamp(now),
            to_stamp(now),
        ),
    )
    if new.is_scheduled and new.due is not None:
        connection.execute("INSERT INTO schedule VALUES (?, ?, 'waiting')", (draft.id, to_stamp(new.due)))
    if draft.recipients:
        connection.execute("INSERT INTO outbox_draft VALUES (?, ?)", (draft.id, encode(draft)))
    connection.execute("DELETE FROM draft WHERE id = ?", (draft.id,))
    return get(connection, draft.id)


def _find(connection: sqlite3.Connection, message_id: str) -> QueuedMessage | None:
    row = connection.execute("SELECT * FROM outbox WHERE id = ?", (message_id,)).fetchone()
    return message_of(row) if row else None


def look_at(connection: sqlite3.Connection, message_id: str) -> QueuedMessage:
    """Return a message as far as it can be read; raises DeliveryError (OUTBOX_UNKNOWN)."""
    message = _find(connection, message_id)
    if message is None:
        raise DeliveryError.because(Reason.OUTBOX_UNKNOWN, id=message_id)
    return message


def get(connection: sqlite3.Connection, message_id: str) -> QueuedMessage:
    """Return a message that is to take a step; raises DeliveryError (OUTBOX_UNKNOWN) and StorageError (CORRUPT)."""
    message = look_at(connection, message_id)
    if not message.is_readable:
        raise StorageError(_damage(message.id))
    return message


def set_aside(connection: sqlite3.Connection, message: QueuedMessage, now: datetime) -> None:
    """Let a message that cannot be read wait for a person; what else is stored of it stays as it is."""
    sql = (
        "UPDATE outbox SET state = CASE state WHEN 'data_end' THEN 'uncertain' ELSE 'failed' END, due = NULL, "
        "problem = ?, changed_at = ? WHERE number = ?"
    )
    connection.execute(sql, (encode_problem(_damage(message.id)), to_stamp(now), message.number))


def update(connection: sqlite3.Connection, message: QueuedMessage, now: datetime) -> QueuedMessage:
    """Write a message that has taken a step, and return it as it stands now."""
    connection.execute(
        _UPDATE,
        (
            message.state,
            encode_addresses(message.recipients),
            encode_refusals(message.left_out),
            message.size,
            message.via,
            message.host,
            message.queue,
            str(message.envelope_from),
            _text(message.sender_header),
            message.over_organisation,
            message.attempts,
            message.asked_for,
            _stamp(message.trying_since),
            _stamp(message.handed_over_at),
            _stamp(message.due),
            encode_problem(message.problem),
            message.reply,
            message.queue_id,
            to_stamp(now),
            message.id,
        ),
    )
    return replace(message, changed_at=now)


def message_of(row: sqlite3.Row) -> QueuedMessage:
    """Return the message a row holds; one that cannot be read has failed, and must not keep the others from going."""
    try:
        return _message({**row})
    except (AddressError, msgspec.MsgspecError, ValueError):
        return _remains(row)


def _remains(row: sqlite3.Row) -> QueuedMessage:
    """Return what a damaged row still says."""
    state = row["state"] if row["state"] in set(State) else State.FAILED
    lost = dict.fromkeys(("sender", "envelope_from"), _UNREADABLE) | {"sender_header": None, "state": state}
    lost |= {"recipients": "[]", "left_out": "[]", "via": Via.ORGANISATION, "problem": None}
    return replace(_message({**row, **lost}), problem=_damage(row["id"]), is_readable=False)


def _damage(message_id: str) -> Problem:
    return Problem.of(Reason.STORAGE_CORRUPT, file=f"outbox/{message_id}")


def _message(row: Mapping[str, Any]) -> QueuedMessage:
    sender_header = row["sender_header"]
    return QueuedMessage(
        number=row["number"],
        id=row["id"],
        state=State(row["state"]),
        sender=Address.parse(row["sender"]),
        recipients=decode_addresses(row["recipients"]),
        subject=row["subject"],
        message_id=row["message_id"],
        size=row["size"],
        via=Via(row["via"]),
        host=row["host"],
        queue=row["queue"],
        envelope_from=Address.parse(row["envelope_from"]),
        sender_header=None if sender_header is None else Address.parse(sender_header),
        has_draft=bool(row["has_draft"]),
        over_organisation=bool(row["over_organisation"]),
        attempts=row["attempts"],
        asked_for=bool(row["asked_for"]),
        trying_since=_moment(row["trying_since"]),
        handed_over_at=_moment(row["handed_over_at"]),
        due=_moment(row["due"]),
        problem=decode_problem(row["problem"]),
        reply=row["reply"],
        queue_id=row["queue_id"],
        left_out=decode_refusals(row["left_out"]),
        created_at=from_stamp(row["created_at"]),
        changed_at=from_stamp(row["changed_at"]),
    )


def draft_of(connection: sqlite3.Connection, message_id: str) -> Draft:
    """Return the draft a message was made from; raises DeliveryError (OUTBOX_NO_DRAFT)."""
    look_at(connection, message_id)
    row = connection.execute("SELECT data FROM outbox_draft WHERE message_id = ?", (message_id,)).fetchone()
    if row is None:
        raise DeliveryError.because(Reason.OUTBOX_NO_DRAFT, id=message_id)
    return decode_draft(row[0])


def _text(address: Address | None) -> str | None:
    return None if address is None else str(address)


def _stamp(moment: datetime | None) -> int | None:
    return None if moment is None else to_stamp(moment)


def _moment(stamp: int | None) -> datetime | None:
    return None if stamp is None else from_stamp(stamp)
