"""A port on loopback that can be taken down and put up again under the same number."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from weakref import WeakSet

__all__ = ["HOST", "Listener", "Track"]

HOST = "localhost"
Track = Callable[[asyncio.BaseTransport], None]


class Listener:
    """One port, chosen by the system when it first goes up; `make` builds a protocol for each connection.

    The protocol hands its transport to the function it is given, so that `down` can cut what is open.
    """

    def __init__(self, make: Callable[[Track], asyncio.BaseProtocol], tls: ssl.SSLContext | None = None) -> None:
        self.port = 0
        self._make = make
        self._tls = tls
        self._servers: list[asyncio.Server] = []
        self._transports: WeakSet[asyncio.BaseTransport] = WeakSet()

    @property
    def is_up(self) -> bool:
        """Whether connections are accepted."""
        return bool(self._servers)

    async def up(self) -> None:
        """Accept connections; raises OSError when another program took the port meanwhile."""
        if self._servers:
            return
        server = await self._listen("127.0.0.1")
        self._servers.append(server)
        self.port = server.sockets[0].getsockname()[1]
        # "localhost" may mean either address; a machine without IPv6 does with one.
        with suppress(OSError):
            self._servers.append(await self._listen("::1"))

    def down(self) -> None:
        """Refuse new connections and cut the open ones."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        for transport in list(self._transports):
            # Python 3.11.2, Debian 12's, raises it where a TLS connection has ended already.
            with suppress(AttributeError):
                if isinstance(transport, asyncio.WriteTransport):
                    transport.abort()

    async def _listen(self, address: str) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: self._make(self._transports.add), address, self.port, ssl=self._tls)
