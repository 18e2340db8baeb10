"""A relay on loopback that counts what goes over each connection: sizes as they are on the wire, TLS and all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import Self

__all__ = ["Relay", "Wire"]


@dataclass
class Wire:
    """Octets inside TCP on one connection so far."""

    sent: int = 0
    """By the client."""
    received: int = 0


class Relay:
    """Passes connections on to a port of this machine, as an asynchronous context manager."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._tasks: set[asyncio.Task[None]] = set()
        self._more = asyncio.Event()
        self.wires: list[Wire] = []
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def settled(self) -> None:
        """Wait until both sides have ended every connection, so that the counts are complete."""
        await asyncio.gather(*self._tasks)

    async def has_passed(self, octets: int) -> None:
        """Wait until so many have come from the server over the first connection."""
        while not self.wires or self.wires[0].received < octets:
            self._more.clear()
            await self._more.wait()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        wire = Wire()
        self.wires.append(wire)
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target)

        async def up() -> None:
            while data := await reader.read(65536):
                wire.sent += len(data)
                server_writer.write(data)
            server_writer.write_eof()

        async def down() -> None:
            while data := await server_reader.read(65536):
                wire.received += len(data)
                self._more.set()
                writer.write(data)
                await writer.drain()

        try:
            await asyncio.gather(up(), down())
        except ConnectionError:  # whichever side hangs up first
            pass
        finally:
            server_writer.close()
            writer.close()
            self._tasks.discard(task)
