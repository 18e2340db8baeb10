"""The bytes of queued messages, in the database in small parts, so that no message is ever whole in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.errors import Reason, StorageError

__all__ = ["Part", "add_sender", "next_part", "parts_of", "store_parts"]

_PART = 256 * 1024
_NEXT_PART = (
    "SELECT seq, data, NOT EXISTS (SELECT 1 FROM outbox_part WHERE message_id = part.message_id AND seq > part.seq) "
    "FROM outbox_part AS part WHERE message_id = ? AND seq > ? ORDER BY seq LIMIT 1"
)


def store_parts(connection: sqlite3.Connection, message_id: str, chunks: Iterable[bytes]) -> int:
    """Store `chunks` as the parts of a message and return its size in octets; raises what `chunks` raises."""
    size = 0
    for seq, part in enumerate(_parts(chunks)):
        connection.execute("INSERT INTO outbox_part VALUES (?, ?, ?)", (message_id, seq, part))
        size += len(part)
    return size


@dataclass(frozen=True, slots=True)
class Part:
    """A stored part of a message."""

    seq: int
    data: bytes
    is_last: bool


def next_part(connection: sqlite3.Connection, message_id: str, after: int) -> Part | None:
    """Return the first part of a message whose number is greater than `after`; None where there is none."""
    row = connection.execute(_NEXT_PART, (message_id, after)).fetchone()
    return Part(row[0], row[1], bool(row[2])) if row else None


def parts_of(connection: sqlite3.Connection, message_id: str, size: int) -> Iterator[bytes]:
    """Yield the parts of a message of `size` octets within somebody's transaction; raises StorageError (CORRUPT)."""
    sql = "SELECT total(length(data)) FROM outbox_part WHERE message_id = ?"
    if connection.execute(sql, (message_id,)).fetchone()[0] != size:
        raise StorageError.because(Reason.STORAGE_CORRUPT, file=f"outbox/{message_id}")
    seq = -1
    while (part := next_part(connection, message_id, seq)) is not None:
        seq = part.seq
        yield part.data


def add_sender(connection: sqlite3.Connection, message_id: str, sender: str) -> int:
    """Give a stored message a `Sender:` field (RFC 5322 section 3.6.2) and return how many octets it has grown."""
    line = b"Sender: " + sender.encode("ascii") + b"\r\n"
    first = next_part(connection, message_id, -1)
    assert first is not None
    connection.execute(
        "UPDATE outbox_part SET data = ? WHERE message_id = ? AND seq = ?", (line + first.data, message_id, first.seq)
    )
    return len(line)


def _parts(chunks: Iterable[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= _PART:
            yield bytes(waiting[:_PART])
            del waiting[:_PART]
    if waiting:
        yield bytes(waiting)
