"""The pages that lie in an SQLite write-ahead log and not yet in the database, found without writing to either.

sqlite.org/fileformat2.html, section 4.
"""

from __future__ import annotations

import mmap
import struct
import sys
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Log", "read_log"]

_MAGIC = 0x377F0682
"""The lowest bit says that the checksums are of big-endian words."""
_HEADER = 32
_FRAME = 24
_WORD = 0xFFFF_FFFF


@dataclass(frozen=True)
class Log:
    """What a log holds."""

    page_size: int = 0
    """Octets of a page; 0 for a log that cannot be read, or is none."""
    pages: int = 0
    """Pages of the database after the last commit."""
    places: Mapping[int, int] = field(default_factory=dict)
    """Where in the log the committed state of a page begins."""


def read_log(data: mmap.mmap | bytes) -> Log:
    """Return what was committed, up to the first frame that is damaged or from before."""
    if len(data) < _HEADER:
        return Log()
    magic, _, page_size, _, *salts, first, second = struct.unpack(">8I", data[:_HEADER])
    is_big = bool(magic & 1)
    sums = _checksum(data[:_FRAME], (0, 0), is_big=is_big)
    if magic & ~1 != _MAGIC or sums != (first, second):
        return Log()
    pages, places, waiting = 0, dict[int, int](), dict[int, int]()
    for start in range(_HEADER, len(data) - _FRAME - page_size + 1, _FRAME + page_size):
        number, commit, *found, first, second = struct.unpack(">6I", data[start : start + _FRAME])
        if found != salts:
            break
        sums = _checksum(data[start : start + 8], sums, is_big=is_big)
        sums = _checksum(data[start + _FRAME : start + _FRAME + page_size], sums, is_big=is_big)
        if sums != (first, second):
            break
        waiting[number] = start + _FRAME
        if commit:
            pages = commit
            places |= waiting
            waiting.clear()
    return Log(page_size, pages, places)


def _checksum(data: bytes, sums: tuple[int, int], *, is_big: bool) -> tuple[int, int]:
    first, second = sums
    words = array("I", data)
    if is_big != (sys.byteorder == "big"):
        words.byteswap()
    pairs = iter(words)
    for even, odd in zip(pairs, pairs, strict=True):
        first = (first + even + second) & _WORD
        second = (second + odd + first) & _WORD
    return first, second
