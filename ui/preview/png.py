"""PNG files without Qt, so that a thread can make them while the window goes on.

Qt's own writer takes 80 ms for a picture, and from another thread PySide may wait for ever: it sets its types up when
they are first used. `zlib` lets go of Python's lock while it works.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

__all__ = ["Pixels", "png"]

_RGB, _NO_FILTER, _PER_METRE = 2, b"\0", 1
"""The colour type, the filter of a row, and the unit of its resolution (PNG specification, 11.2.2, 9.2, 11.3.5.3)."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture of three bytes a pixel: red, green, blue."""

    width: int
    height: int
    data: bytes
    stride: int
    """Bytes from one row to the next."""
    density: int
    """Pixels a metre."""


def png(picture: Pixels) -> bytes:
    """Return a picture as a PNG file (PNG specification, third edition); needs neither Qt nor the window's thread."""
    view, row = memoryview(picture.data), 3 * picture.width
    starts = range(0, picture.height * picture.stride, picture.stride)
    rows = b"".join(part for start in starts for part in (_NO_FILTER, view[start : start + row]))
    head = struct.pack(">IIBBBBB", picture.width, picture.height, 8, _RGB, 0, 0, 0)
    density = struct.pack(">IIB", picture.density, picture.density, _PER_METRE)
    chunks = ((b"IHDR", head), (b"pHYs", density), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
