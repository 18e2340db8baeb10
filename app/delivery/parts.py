"""The bytes of queued messages, in the database in small parts, so that no message is ever whole in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from app.errors import Reason, StorageError

__all__ = ["add_sender", "next_part", "parts_of", "store_parts"]

_PART = 256 * 1024


def store_parts(connection: sqlite3.Connection, message_id: str, chunks: Iterable[bytes]) -> int:
    """Store `chunks` as the parts of a message and return its size in octets; raises what `chunks` raises."""
    size = 0
    for seq, part in enumerate(_parts(chunks)):
        connection.execute("INSERT INTO outbox_part VALUES (?, ?, ?)", (message_id, seq, part))
        size += len(part)
    return size


def next_part(connection: sqlite3.Connection, message_id: str, after: int) -> tuple[int, bytes] | None:
    """Return the first part of a message whose number is greater than `after`, with its number; None at the end."""
    row = connection.execute(
        "SELECT seq, data FROM outbox_part WHERE message_id = ? AND seq > ? ORDER BY seq LIMIT 1", (message_id, after)
    ).fetchone()
    return (row[0], row[1]) if row else None


def parts_of(connection: sqlite3.Connection, message_id: str, size: int) -> Iterator[bytes]:
    """Yield the parts of a message of `size` octets within somebody's transaction; raises StorageError (CORRUPT)."""
    sql = "SELECT total(length(data)) FROM outbox_part WHERE message_id = ?"
    if connection.execute(sql, (message_id,)).fetchone()[0] != size:
        raise StorageError.because(Reason.STORAGE_CORRUPT, file=f"outbox/{message_id}")
    seq = -1
    while (part := next_part(connection, message_id, seq)) is not None:
        seq, data = part
        yield data


def add_sender(connection: sqlite3.Connection, message_id: str, sender: str) -> int:
    """Give a stored message a `Sender:` field (RFC 5322 section 3.6.2) and return how many octets it has grown."""
    line = b"Sender: " + sender.encode("ascii") + b"\r\n"
    first = next_part(connection, message_id, -1)
    assert first is not None
    connection.execute(
        "UPDATE outbox_part SET data = ? WHERE message_id = ? AND seq = ?", (line + first[1], message_id, first[0])
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
