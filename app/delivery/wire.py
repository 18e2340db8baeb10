"""The connection under a session: aiosmtplib's protocol with a strict reader in place of its lax one.

aiosmtplib 5.1.3 keeps what it is good at: writing commands (it refuses control characters in them), the STARTTLS
upgrade, flow control. Its reading of replies is replaced, since it takes mixed codes, bare line feeds and `+25` for
replies and drops unsolicited lines unseen, each of which can shift a verdict; so are its waits, whose expiry would let
the transport flush the rest of a message, the final dot included.
"""

from __future__ import annotations

import asyncio
import math
import re
import ssl
from collections.abc import Sequence
from typing import cast

from aiosmtplib import SMTPResponse
from aiosmtplib.protocol import SMTPProtocol

from app.delivery.replies import Reply, ReplyError, ReplyReader

__all__ = ["Wire"]

_HIGH_WATER = 256 * 1024
_LOW_WATER = 64 * 1024
_CONTROLS = re.compile(rb"[\x00-\x1f\x7f]")


class Wire(SMTPProtocol):
    """One connection; a reply is only one that was awaited, whole, well-formed and followed by nothing unasked-for."""

    def __init__(self) -> None:
        super().__init__()
        self.reader = ReplyReader()
        self._arrived = asyncio.Event()
        self._is_lost = False
        self._socket_transport: asyncio.Transport | None = None
        self._deadline = math.inf
        self._alarm: asyncio.TimerHandle | None = None
        """Goes off at the deadline or before, and is kept from one reply to the next: most come long before it."""

    @property
    def is_quiet(self) -> bool:
        """Whether the connection stands, and no reply is awaited or has arrived without being asked for."""
        return self.is_connected and not self._is_lost and self.reader.is_empty and not self.reader.owed

    @property
    def tls(self) -> ssl.SSLObject | None:
        """The TLS layer, or None while the connection is in the clear."""
        found = self.transport.get_extra_info("ssl_object") if self.transport is not None else None
        return found if isinstance(found, ssl.SSLObject) else None

    @property
    def peer(self) -> tuple[str, int]:
        """The address and port of the other side."""
        found = self.transport.get_extra_info("peername") if self.transport is not None else None
        return (str(found[0]), int(found[1])) if found else ("", 0)

    @property
    def outstanding(self) -> int:
        """How many octets that were written have not reached the system's socket yet."""
        layers = {self._socket_transport, self.transport} - {None}
        return sum(cast("asyncio.Transport", layer).get_write_buffer_size() for layer in layers)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._socket_transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.reader.feed(data)
        if self.reader.is_overflowing:
            self.abort()
        self._arrived.set()

    def eof_received(self) -> bool:
        self._is_lost = True
        self._arrived.set()
        return super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._is_lost = True
        self._arrived.set()
        if self._alarm is not None:
            self._alarm.cancel()

    async def execute_command(self, *args: bytes, timeout: float | None = None) -> SMTPResponse:  # noqa: ASYNC109
        """Write a command and return its reply; raises what `read_response` does, and ReplyError before writing."""
        self._require_in_step()
        return await super().execute_command(*args, timeout=timeout)

    def send_together(self, commands: Sequence[bytes]) -> None:
        """Write commands at once (RFC 2920), whose replies `read_response` gives one after the other.

        Raises ReplyError before anything is written, ValueError for a control character, SMTPServerDisconnected.
        """
        self._require_in_step()
        if any(_CONTROLS.search(command) for command in commands):
            raise ValueError("a control character in a command")
        self.write(b"".join(command + b"\r\n" for command in commands))
        self.reader.owed = len(commands)

    def _require_in_step(self) -> None:
        if not self.reader.is_empty or self.reader.owed:
            raise ReplyError("a reply nobody asked for")

    async def read_response(self, timeout: float | None = None) -> SMTPResponse:  # noqa: ASYNC109
        """Return the next reply; raises ReplyError, ConnectionResetError, or TimeoutError after `timeout` seconds."""
        self._set_deadline(timeout)
        try:
            reply = await self._next_reply()
        finally:
            self._deadline = math.inf
        if not (self.reader.owed or self.reader.is_empty):
            raise ReplyError("more than one reply")
        return SMTPResponse(reply.code, "\n".join(reply.lines))

    async def _next_reply(self) -> Reply:
        while True:
            self._arrived.clear()
            if (reply := self.reader.take()) is not None:
                return reply
            if self._is_lost:
                raise ConnectionResetError("connection lost")
            if self._loop.time() >= self._deadline:
                raise TimeoutError
            await self._arrived.wait()

    def _set_deadline(self, seconds: float | None) -> None:
        self._deadline = math.inf if seconds is None else self._loop.time() + seconds
        if self._alarm is None or self._alarm.when() > self._deadline:
            self._set_alarm()

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        is_needed = self._deadline < math.inf and not self._is_lost
        self._alarm = self._loop.call_at(self._deadline, self._go_off) if is_needed else None

    def _go_off(self) -> None:
        if self._loop.time() >= self._deadline:
            self._alarm = None
            self._arrived.set()
        else:
            self._set_alarm()

    async def start_implicit_tls(self, context: ssl.SSLContext, host: str, limit: float) -> None:
        """Begin TLS before the first SMTP word (RFC 8314 section 3.3); raises OSError, ReplyError for clear text."""
        if not self.reader.is_empty or self._socket_transport is None:
            raise ReplyError("clear text before TLS")
        self.transport = await asyncio.get_running_loop().start_tls(
            self._socket_transport, self, context, server_hostname=host, ssl_handshake_timeout=limit
        )

    async def drain(self, idle_limit: float) -> None:
        """Wait until there is room to write; raises TimeoutError when nothing moves for `idle_limit` seconds.

        Raises ConnectionResetError where the connection goes, whatever the system calls it.
        """
        before = self.outstanding
        while self._paused or self._connection_lost:
            try:
                async with asyncio.timeout(idle_limit):
                    await self._drain_helper()
                return
            except TimeoutError:
                now = self.outstanding
                if now >= before:
                    raise
                before = now
            except OSError as error:
                raise ConnectionResetError("connection lost") from error

    async def flush(self, idle_limit: float) -> None:
        """Wait until all that was written is with the system; raises TimeoutError as `drain` does."""
        pause, idle, before = 0.001, 0.0, self.outstanding
        # asyncio has no event for an empty buffer below a TLS layer; only the last part of a message waits here.
        while (now := self.outstanding) and not self._is_lost:
            idle = 0.0 if now < before else idle
            if idle >= idle_limit:
                raise TimeoutError
            before = now
            await asyncio.sleep(pause)
            idle, pause = idle + pause, min(2 * pause, 0.05)

    def limit_buffers(self) -> None:
        """Keep little in memory while a message is written."""
        for layer in {self._socket_transport, self.transport} - {None}:
            cast("asyncio.Transport", layer).set_write_buffer_limits(high=_HIGH_WATER, low=_LOW_WATER)

    def abort(self) -> None:
        """Drop the connection at once, and with it everything that was not sent yet."""
        self._is_lost = True
        if self._socket_transport is not None:
            self._socket_transport.abort()
