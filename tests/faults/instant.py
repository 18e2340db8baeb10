"""A loop on which waiting costs no time, and a connection in memory: millions of exchanges can be tried on it."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Mapping
from typing import Any

from aiosmtplib.protocol import SMTPProtocol

__all__ = ["HangError", "InstantLoop", "Line"]


class HangError(Exception):
    """Nothing is left to happen, and somebody still waits: without a limit this would be for ever."""


class InstantLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next thing due. It sees no sockets: everything is in memory."""

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_Jumping(self._jump))

    def time(self) -> float:
        return self._now

    def _jump(self, seconds: float) -> None:
        self._now += seconds


class _Jumping(selectors.SelectSelector):
    def __init__(self, jump: Callable[[float], None]) -> None:
        super().__init__()
        self._jump = jump

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise HangError
        self._jump(max(0.0, timeout))
        return []


class Line(asyncio.Transport):
    """The client's end of a connection in memory. `written` hears what the client writes while the line stands."""

    _start_tls_compatible = True  # asyncio asks for this name

    def __init__(self, protocol: SMTPProtocol, written: Callable[[bytes], None]) -> None:
        super().__init__()
        self._protocol: asyncio.BaseProtocol = protocol
        self._written = written
        self._loop = asyncio.get_running_loop()
        self.is_cut = False

    def deliver(self, data: bytes) -> None:
        """Let octets of the server arrive."""
        if isinstance(self._protocol, asyncio.BufferedProtocol):
            while data and not self.is_cut:
                buffer = memoryview(self._protocol.get_buffer(len(data)))
                part = data[: len(buffer)]
                buffer[: len(part)] = part
                self._protocol.buffer_updated(len(part))
                data = data[len(part) :]
        elif isinstance(self._protocol, SMTPProtocol):
            self._protocol.data_received(data)

    def cut(self, error: Exception | None = None) -> None:
        """End the line from the server's side: with `error` at once, without it politely."""
        if self.is_cut:
            return
        if error is None and isinstance(self._protocol, asyncio.BufferedProtocol | SMTPProtocol):
            self._protocol.eof_received()
        self._force_close(error)

    def _force_close(self, error: Exception | None) -> None:
        """End the line, under the name by which asyncio's TLS layer asks for it."""
        if not self.is_cut:
            self.is_cut = True
            self._loop.call_soon(self._protocol.connection_lost, error)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    def pause_reading(self) -> None:
        """Nothing arrives between two turns of the loop without time passing."""

    def resume_reading(self) -> None:
        """As above."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self.is_cut:
            self._written(bytes(data))

    def abort(self) -> None:
        self._force_close(None)

    def close(self) -> None:
        self._force_close(None)

    def is_closing(self) -> bool:
        return self.is_cut

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        known: Mapping[str, object] = {"peername": ("127.0.0.1", 25)}
        return known.get(name, default)

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Nothing is ever kept here."""
