"""Cuts a connection after any octet: a relay that cuts what is on the wire, and a server that stops in its talk."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from tests.servers.scripted import Polite, Script, Talk

__all__ = ["Cut", "How", "Relay", "Way", "cut_talk", "relaying"]


class Way(StrEnum):
    """The direction in which octets are counted."""

    UP = "up"
    """From the client to the server."""
    DOWN = "down"


class How(StrEnum):
    """What happens after the last octet that passes."""

    CLOSE = "close"
    RESET = "reset"
    STALL = "stall"
    """Nothing comes through any more, until the client has gone; then what it had sent still arrives."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a connection is cut, and how."""

    way: Way
    at: int
    """So many octets pass."""
    how: How


@dataclass
class Relay:
    """One connection through a relay that cuts it; without a cut it only counts."""

    port: int
    """The server's."""
    cut: Cut | None = None
    passed: dict[Way, int] = field(default_factory=lambda: {Way.UP: 0, Way.DOWN: 0})
    is_cut: bool = False
    _ends: dict[Way, asyncio.Transport] = field(default_factory=dict)
    """Where the octets of each way come from."""
    _held: bytearray = field(default_factory=bytearray)
    _early: bytearray = field(default_factory=bytearray)
    """What the client sent before the server was reached."""
    _gone: asyncio.Event = field(default_factory=asyncio.Event)
    _reaching: asyncio.Task[None] | None = None

    def begin(self, way: Way, end: asyncio.Transport) -> None:
        """Know one end; the client's comes first, and the server is reached then."""
        self._ends[way] = end
        if way is Way.UP:
            self._reaching = asyncio.create_task(self._reach())

    async def _reach(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: _End(self, Way.DOWN), "127.0.0.1", self.port)
        except OSError:  # the client was let in so late that the server has gone
            self._ends[Way.UP].abort()
            return
        if self.cut is not None and self.cut.at == 0:
            self._cut()
        early, self._early = bytes(self._early), bytearray()
        self.arrived(Way.UP, early)

    def arrived(self, way: Way, data: bytes) -> None:
        """Pass octets on, as far as they may go."""
        far = self._ends.get(Way.DOWN if way is Way.UP else Way.UP)
        if far is None:
            self._early += data
            return
        if self.cut is None or way is not self.cut.way:
            self._pass(way, far, data)
            return
        room = self.cut.at - self.passed[way]
        if room > 0:
            self._pass(way, far, data[:room])
        if not self.is_cut and len(data) >= room:
            self._cut()
        if self.cut.how is How.STALL and way is Way.UP:
            self._held += data[max(0, room) :]

    def _pass(self, way: Way, far: asyncio.Transport, data: bytes) -> None:
        if data and not far.is_closing():
            self.passed[way] += len(data)
            far.write(data)

    def _cut(self) -> None:
        self.is_cut = True
        assert self.cut is not None
        for end in self._ends.values():
            if self.cut.how is How.RESET:
                reset(end)
            elif self.cut.how is How.CLOSE:
                end.close()

    def ended(self, way: Way) -> None:
        """Take note that one end has gone."""
        far = self._ends.get(Way.DOWN if way is Way.UP else Way.UP)
        if way is Way.UP and far is not None:
            held, self._held = bytes(self._held), bytearray()
            self._pass(way, far, held)
        if far is not None:
            far.close()
        if way is Way.DOWN:
            self._gone.set()

    async def end(self) -> None:
        """Wait until the server's end has gone."""
        if self._reaching is not None:
            await asyncio.wait({self._reaching})
            if Way.DOWN in self._ends:
                self.ended(Way.UP)
                await self._gone.wait()


class _End(asyncio.Protocol):
    def __init__(self, relay: Relay, way: Way) -> None:
        self._relay = relay
        self._way = way

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._relay.begin(self._way, transport)

    def data_received(self, data: bytes) -> None:
        self._relay.arrived(self._way, data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._relay.ended(self._way)


@asynccontextmanager
async def relaying(relay: Relay) -> AsyncIterator[int]:
    """Listen for one connection through `relay` and yield the port; at the end all has arrived that will."""
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: _End(relay, Way.UP), "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        await relay.end()


def reset(end: asyncio.Transport) -> None:
    """Cut a connection with RST, and what was not read or sent yet with it."""
    connection: socket.socket = end.get_extra_info("socket")
    if connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.abort()


def cut_talk(polite: Polite, cut: Cut) -> tuple[Script, dict[Way, int]]:
    """Return a script that behaves like `polite` for so many octets of its talk, and what it has said and heard."""
    counted = {Way.UP: 0, Way.DOWN: 0}

    async def script(talk: Talk) -> None:
        await polite(_Rationed(talk, cut, counted))

    return script, counted


class _StoppedError(ConnectionError):
    """The server has stopped."""


class _Rationed(Talk):
    """A talk of which only so many octets are said, or heard."""

    def __init__(self, talk: Talk, cut: Cut, counted: dict[Way, int]) -> None:
        super().__init__(talk.reader, talk.writer, talk.server)
        self._cut = cut
        self._counted = counted

    async def say(self, data: bytes) -> None:
        room = max(0, self._cut.at - self._counted[Way.DOWN]) if self._cut.way is Way.DOWN else len(data)
        self._counted[Way.DOWN] += len(data[:room])
        await super().say(data[:room])
        if room < len(data):
            await self._stop()

    async def hear(self) -> bytes:
        line = await super().hear()
        await self._count(len(line) + 2)
        return line

    async def hear_message(self) -> bytes:
        data = await self.reader.readuntil(b"\r\n.\r\n")
        await self._count(len(data))
        self.server.messages.append(data)
        return data

    async def _count(self, octets: int) -> None:
        """Count what was heard; what ends beyond the ration was not heard."""
        self._counted[Way.UP] += octets
        if self._cut.way is Way.UP and self._counted[Way.UP] > self._cut.at:
            await self._stop()

    async def _stop(self) -> None:
        if self._cut.how is How.RESET:
            self.reset()
        elif self._cut.how is How.CLOSE:
            self.hang_up()
        else:
            await self.reader.read()
        raise _StoppedError
