"""The rows in the pages of an SQLite file, whatever has become of the rest: damage takes only what it hit.

SQLite itself reads a table from its root, which the first page names: where those are damaged it reads nothing. Here
each leaf of a table is read for itself (sqlite.org/fileformat2.html, sections 1.6 and 2.1), and nothing is written.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.storage.wal import Log, read_log

__all__ = ["Pages", "Row", "Value", "open_pages"]

_PAGE_SIZE = 16384
"""Octets of a page in our own databases, where the file does not say."""
_MAGIC = b"SQLite format 3\0"
_FILE_HEADER = 100
_LEAF = 0x0D
_LEAF_HEADER = 8
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_TEXT = 12
"""From this kind of value on: octets and texts by turns."""

Value = int | float | str | bytes | None
_Data = mmap.mmap | bytes


@dataclass(frozen=True, slots=True)
class Row:
    """One row of some table; an INTEGER PRIMARY KEY is None among its values."""

    rowid: int
    values: tuple[Value, ...]
    place: tuple[int, int]
    """Its page and where in it the row begins."""


class _Damage(Exception):  # noqa: N818 - it never leaves this module
    """What was read makes no sense."""


class Pages:
    """The pages of a database, those in its log as they are there."""

    def __init__(self, data: _Data, log_data: _Data = b"") -> None:
        self._data = data
        self._log_data = log_data
        self._log = read_log(log_data)
        self._size = self._log.page_size or _page_size(data)
        self._count = self._log.pages or len(data) // self._size
        if not self._log.page_size:
            self._log = Log()

    def rows(self) -> Iterator[Row]:
        """Yield every row that can be read whole, page by page."""
        for number in range(1, self._count + 1):
            header = _FILE_HEADER if number == 1 else 0
            if self._slice(number, header, 1) != bytes([_LEAF]):
                continue
            cells = self._number(number, header + 3, 2)
            for index in range(min(cells, self._size // 4)):
                row = self.row((number, self._number(number, header + _LEAF_HEADER + 2 * index, 2)))
                if row is not None:
                    yield row

    def row(self, place: tuple[int, int]) -> Row | None:
        """Return the row that begins at `place`; None for one that cannot be read whole."""
        number, offset = place
        try:
            length, end = _varint(self._slice(number, offset, 9), 0)
            rowid, more = _varint(self._slice(number, offset + end, 9), 0)
            values = tuple(_values(self._payload(number, offset + end + more, length)))
        except _Damage:
            return None
        return Row(rowid, values, place)

    def _slice(self, number: int, offset: int, octets: int) -> bytes:
        """Return octets of a page, fewer or none where it ends."""
        octets = max(0, min(octets, self._size - offset))
        if (start := self._log.places.get(number)) is not None:
            return self._log_data[start + offset : start + offset + octets]
        start = (number - 1) * self._size + offset
        return self._data[start : start + octets]

    def _number(self, page: int, offset: int, octets: int) -> int:
        return int.from_bytes(self._slice(page, offset, octets), "big")

    def _payload(self, number: int, offset: int, length: int) -> bytes:
        """Return a row's record, the rest of which may lie in a chain of other pages (section 1.6)."""
        room = self._size
        local = length
        if length > room - 35:
            least = (room - 12) * 32 // 255 - 23
            local = least + (length - least) % (room - 4)
            local = local if local <= room - 35 else least
        if not 0 < length <= self._count * room:
            raise _Damage
        parts = [self._slice(number, offset, local)]
        following = self._number(number, offset + local, 4) if local < length else 0
        for begin in range(local, length, room - 4):
            if not 1 < following <= self._count:
                raise _Damage
            parts.append(self._slice(following, 4, min(length - begin, room - 4)))
            following = self._number(following, 0, 4)
        payload = b"".join(parts)
        if len(payload) != length:
            raise _Damage
        return payload


@contextmanager
def open_pages(file: Path) -> Iterator[Pages]:
    """Map a database while the context lasts; its log will do alone. Raises OSError."""
    with ExitStack() as stack:
        log = file.with_name(file.name + "-wal")
        # The log is copied: it may be begun anew while the database itself stays as it is.
        log_data = log.read_bytes() if log.exists() else b""
        yield Pages(_mapped(file, stack) if file.exists() or not log_data else b"", log_data)


def _mapped(file: Path, stack: ExitStack) -> _Data:
    opened = stack.enter_context(file.open("rb"))
    if file.stat().st_size == 0:
        return b""
    return stack.enter_context(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))


def _page_size(data: _Data) -> int:
    size = int.from_bytes(data[16:18], "big")
    size = 65536 if size == 1 else size
    is_possible = 512 <= size <= 65536 and size & (size - 1) == 0
    return size if is_possible and data[: len(_MAGIC)] == _MAGIC else _PAGE_SIZE


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a variable-length integer (section 1.6) and where it ends."""
    value = 0
    for index, octet in enumerate(data[at : at + 9]):
        if index == 8:
            value = value << 8 | octet
            return value - (1 << 64) if value >= 1 << 63 else value, at + 9
        value = value << 7 | octet & 0x7F
        if octet < 0x80:
            return value, at + index + 1
    raise _Damage


def _values(record: bytes) -> Iterator[Value]:
    """Yield a record's values (section 2.1)."""
    end, at = _varint(record, 0)
    if not 0 < end <= len(record):
        raise _Damage
    place = end
    while at < end:
        kind, at = _varint(record, at)
        octets = _octets(kind)
        if place + octets > len(record):
            raise _Damage
        yield _value(kind, record[place : place + octets])
        place += octets


def _octets(kind: int) -> int:
    if kind < 0 or kind in {10, 11}:
        raise _Damage
    if kind >= _TEXT:
        return (kind - _TEXT) // 2
    return 8 if kind == 7 else _INTEGERS.get(kind, 0)


def _value(kind: int, data: bytes) -> Value:
    if kind >= _TEXT:
        return data.decode(errors="replace") if kind % 2 else data
    if kind == 0:
        return None
    if kind == 7:
        return float(struct.unpack(">d", data)[0])
    return kind - 8 if kind >= 8 else int.from_bytes(data, "big", signed=True)
