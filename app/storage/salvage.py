"""Messages and drafts taken out of a database whatever state it is in: damaged, newer, read-only or healthy.

Nothing is written to it. The rows are known by their shape, because what says which table they belong to may be lost.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain
from pathlib import Path

from app.message.draft import Draft
from app.storage.database import from_stamp
from app.storage.encoding import readable_draft
from app.storage.folder import storage_error
from app.storage.pages import Pages, Row, open_pages

__all__ = ["Found", "Kind", "Salvage", "Survey", "salvaged", "survey"]

_OUTBOX_COLUMNS = 25


class Kind(StrEnum):
    """Where a message was."""

    OUTBOX = "outbox"
    SENT = "sent"
    DRAFT = "drafts"


@dataclass(frozen=True, slots=True)
class Found:
    """A message that can be read."""

    id: str
    kind: Kind
    subject: str
    moment: datetime
    """When it was queued or last saved; 1970 where that is lost."""
    draft: Draft | None = None
    """What was typed, for a draft and for a message of which no more is left."""
    parts: tuple[tuple[int, int], ...] = ()
    """Where its bytes are."""


@dataclass
class _Traces:
    """All that was found of one message."""

    row: Row | None = None
    parts: dict[int, tuple[tuple[int, int], int]] = field(default_factory=dict)
    """By its number the place and the size of each part."""
    typed: Draft | None = None
    saved: tuple[Draft, int] | None = None


class Salvage:
    """What can be read of one database."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        traces: dict[str, _Traces] = {}
        for row in pages.rows():
            _take(row, traces)
        found = [tuple(_found(message_id, each)) for message_id, each in traces.items()]
        self.messages = tuple(sorted(chain.from_iterable(found), key=lambda each: each.moment))
        """Every message that can be read, the oldest first."""
        self.lost = found.count(())
        """How many more have left traces."""

    def chunks(self, message: Found) -> Iterator[bytes]:
        """Yield the stored bytes of a message; none for a draft."""
        for place in message.parts:
            row = self._pages.row(place)
            if row is not None and isinstance(row.values[2], bytes):
                yield row.values[2]


@dataclass(frozen=True, slots=True)
class Survey:
    """How much of a database can be read."""

    readable: Mapping[Kind, int]
    lost: int

    @property
    def saved(self) -> int:
        """How many messages can be saved."""
        return sum(self.readable.values())


def survey(database: Path) -> Survey:
    """Return how much of a database can be read, as `salvaged` does; it blocks for a while."""
    with salvaged(database) as salvage:
        return Survey(Counter(message.kind for message in salvage.messages), salvage.lost)


@contextmanager
def salvaged(database: Path) -> Iterator[Salvage]:
    """Read a database while the context lasts; raises StorageError where the system does not give it.

    Not for a database that this process has open: SQLite's locks of it would be lost with the file that is closed
    (sqlite.org/howtocorrupt.html, section 2.2).
    """
    try:
        with _held_still(database), open_pages(database) as pages:
            yield Salvage(pages)
    except OSError as error:
        raise storage_error(error, database) from error


@contextmanager
def _held_still(database: Path) -> Iterator[None]:
    """Keep other processes from moving pages meanwhile, as far as SQLite can open the database."""
    with ExitStack() as stack:
        # Whoever has it open has a log.
        if database.exists() and database.with_name(database.name + "-wal").exists():
            with suppress(sqlite3.Error, MemoryError):
                connection = stack.enter_context(closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)))
                connection.isolation_level = None
                connection.execute("BEGIN")
                connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
        yield


def _take(row: Row, traces: dict[str, _Traces]) -> None:
    """Add a row to the traces of its message, if it is of one."""
    match row.values:
        case (str(message_id), int(number), bytes(data)):
            traces.setdefault(message_id, _Traces()).parts[number] = (row.place, len(data))
        case (str(message_id), str(data), int(saved_at)) if data.startswith("{"):
            traces.setdefault(message_id, _Traces()).saved = (readable_draft(message_id, data), saved_at)
        case (str(message_id), str(data)) if data.startswith('{"id":'):
            traces.setdefault(message_id, _Traces()).typed = readable_draft(message_id, data)
        case (None, str(message_id), str(), str(sender), *_) if "@" in sender and len(row.values) >= _OUTBOX_COLUMNS:
            traces.setdefault(message_id, _Traces()).row = row


def _found(message_id: str, traces: _Traces) -> Iterator[Found]:
    """Yield what can be read of a message; nothing where too little is left."""
    values = traces.row.values if traces.row else ()
    moment = _moment(values[23] if values else 0)
    if _is_whole(traces):
        kind = Kind.SENT if values and values[2] == "sent" else Kind.OUTBOX
        subject = str(values[5]) if values else traces.typed.subject if traces.typed else ""
        places = tuple(traces.parts[number][0] for number in sorted(traces.parts))
        yield Found(message_id, kind, subject, moment, parts=places)
    elif traces.typed is not None and traces.saved is None:
        yield Found(message_id, Kind.DRAFT, traces.typed.subject, moment, draft=traces.typed)
    if traces.saved is not None:
        draft, saved_at = traces.saved
        yield Found(message_id, Kind.DRAFT, draft.subject, _moment(saved_at), draft=draft)


def _is_whole(traces: _Traces) -> bool:
    """Whether all bytes of a message are there, as far as can be told."""
    if sorted(traces.parts) != list(range(len(traces.parts))):
        return False
    size = sum(size for _, size in traces.parts.values())
    return size > 0 and (traces.row is None or traces.row.values[7] == size)


def _moment(stamp: object) -> datetime:
    try:
        return from_stamp(stamp) if isinstance(stamp, int) else datetime.fromtimestamp(0, UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
