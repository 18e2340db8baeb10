"""The message on its way: dot-stuffed, written with back-pressure, and cut off whole when anything is wrong.

Nothing here ends the message: the final dot is the session's, after the outbox has noted it durably.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from contextlib import aclosing

from app.delivery.wire import Wire

__all__ = ["Chunks", "DotStuffing", "EarlyReplyError", "upload"]

Chunks = AsyncIterable[bytes] | Iterable[bytes]
"""A message in parts, canonical as the gate checked it: 7-bit, CRLF only, lines of at most 998 octets."""

_PIECE = 128 * 1024
"""The most that is encrypted at one go; larger pieces would hold up the windows."""


class EarlyReplyError(Exception):
    """The server answered, or went, before the message had ended."""


class DotStuffing:
    """Doubles the dot at the start of each line (RFC 5321 section 4.5.2), also where a line starts a chunk."""

    def __init__(self) -> None:
        self._at_line_start = True

    def stuff(self, chunk: bytes) -> bytes:
        """Return the next chunk as it goes on the wire."""
        # Base64 has no dot. Looking for one octet is 20 times as fast as looking for two.
        stuffed = chunk.replace(b"\n.", b"\n..") if b"." in chunk else chunk
        if self._at_line_start and chunk.startswith(b"."):
            stuffed = b"." + stuffed
        if chunk:
            self._at_line_start = chunk.endswith(b"\n")
        return stuffed

    def close_line(self) -> bytes:
        """Return what is missing to the end of the last line."""
        return b"" if self._at_line_start else b"\r\n"


async def upload(wire: Wire, chunks: Chunks, idle_limit: float) -> None:
    """Write the whole message but for the final dot, until the system has taken all of it.

    Raises EarlyReplyError, TimeoutError after `idle_limit` seconds without progress, OSError or aiosmtplib's
    SMTPServerDisconnected where the connection goes, and whatever `chunks` raises.
    """
    wire.limit_buffers()
    stuffing = DotStuffing()
    async with aclosing(_pieces(chunks)) as pieces:
        async for piece in pieces:
            await _write(wire, stuffing.stuff(piece), idle_limit)
    if rest := stuffing.close_line():
        await _write(wire, rest, idle_limit)
    await wire.flush(idle_limit)
    check_quiet(wire)


def check_quiet(wire: Wire) -> None:
    """Raise EarlyReplyError if the server has spoken or gone."""
    if not wire.is_quiet:
        raise EarlyReplyError


async def _write(wire: Wire, piece: bytes, idle_limit: float) -> None:
    check_quiet(wire)
    wire.write(piece)
    await wire.drain(idle_limit)
    # A fast line never makes us wait; the windows, an early reply and a cancellation need their turn all the same.
    await asyncio.sleep(0)


async def _pieces(chunks: Chunks) -> AsyncGenerator[bytes, None]:
    async with aclosing(_each(chunks)) as each:
        async for chunk in each:
            for start in range(0, len(chunk), _PIECE):
                yield chunk[start : start + _PIECE]


async def _each(chunks: Chunks) -> AsyncGenerator[bytes, None]:
    """Yield the chunks of either kind, and end their source when nobody wants more of them."""
    if not isinstance(chunks, AsyncIterable):
        for chunk in chunks:
            yield chunk
        return
    try:
        async for chunk in chunks:
            yield chunk
    finally:
        if isinstance(chunks, AsyncGenerator):
            await chunks.aclose()
