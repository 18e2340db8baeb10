"""The attached files out of the bytes of a message that `build` wrote, piece by piece, so that size costs no memory."""

from __future__ import annotations

import binascii
from collections.abc import Iterable, Iterator
from email.message import Message
from email.parser import BytesHeaderParser

__all__ = ["attached_files"]

_LINE_END = b"\r\n"
_HEADER_END = b"\r\n\r\n"


def attached_files(chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield (place, bytes) pieces of the attachments, places from 0 in the order they were attached.

    An empty file gets one empty piece; an attached mail has CRLF line ends. Raises ValueError for bytes that are not
    a whole message of `build`.
    """
    reader = _Reader(chunks)
    boundary = _header(reader).get_boundary()
    if boundary is None:
        return
    mark = _LINE_END + b"--" + boundary.encode("ascii")
    reader.put_back(_LINE_END)
    for _ in reader.until(mark):
        pass
    place = -1  # the first part is the text
    while reader.take(2) != b"--":
        encoding = _header(reader).get("Content-Transfer-Encoding")
        body = reader.until(mark)
        for piece in _decoded(body) if encoding == "base64" else body:
            if place >= 0:
                yield place, piece
        place += 1


class _Reader:
    """Reads up to marks in what comes in pieces of any size."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._held = b""

    def put_back(self, data: bytes) -> None:
        """Have `data` read again."""
        self._held = data + self._held

    def until(self, mark: bytes) -> Iterator[bytes]:
        """Yield what comes before `mark`, at least one piece, and go on behind it; raises ValueError without one."""
        while (at := self._held.find(mark)) < 0:
            keep = max(len(self._held) - len(mark) + 1, 0)
            piece, self._held = self._held[:keep], self._held[keep:]
            yield piece
            self._more()
        piece, self._held = self._held[:at], self._held[at + len(mark) :]
        yield piece

    def take(self, count: int) -> bytes:
        """Return the next `count` octets; raises ValueError if there are fewer."""
        while len(self._held) < count:
            self._more()
        taken, self._held = self._held[:count], self._held[count:]
        return taken

    def _more(self) -> None:
        chunk = next(self._chunks, None)
        if chunk is None:
            raise ValueError("the message ends too early")
        self._held += chunk


def _header(reader: _Reader) -> Message:
    return BytesHeaderParser().parsebytes(b"".join(reader.until(_HEADER_END)))


def _decoded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Decode base64 lines; binascii.Error, which is a ValueError, for what is none."""
    held = b""
    for piece in pieces:
        held += piece.translate(None, _LINE_END)
        whole = len(held) // 4 * 4
        yield binascii.a2b_base64(held[:whole], strict_mode=True)
        held = held[whole:]
    if held:
        raise ValueError("base64 ends within a group")
