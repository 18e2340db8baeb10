"""How the browser comes back: a port of this machine, open for one sign-in (RFC 8252 section 7.3)."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus

from app.oauth_client import RedirectHost
from app.sign_in.page import BrowserWords, page, redirect, response
from app.sign_in.request import parameters, parse_request
from app.storage.keychain import Secret

__all__ = ["Loopback", "Parameters", "open_loopback"]

Parameters = Mapping[str, tuple[Secret, ...]]
"""What the authorization server added to the address; secret, because the code is among it."""

_HEAD_LIMIT = 16 * 1024
"""Octets of a request: cookies that other programs on "localhost" set come along."""
_CONNECTIONS = 16
_REQUEST_SECONDS = 10.0
_PAGE_SECONDS = 2.0
"""How long the browser is waited for to fetch the last page."""
_PORT_TRIES = 8


class Loopback:
    """Waits for the one request that brings the `state`; everything else is turned away, and ends nothing."""

    def __init__(self, host: RedirectHost, port: int, words: BrowserWords) -> None:
        self._authority = f"{host.value}:{port}"
        self._words = words
        self._rounds: list[_Round] = []
        self._connections: list[_Connection] = []

    @property
    def redirect_uri(self) -> str:
        """Where the authorization server is to send the browser."""
        return f"http://{self._authority}"

    def expect(self, state: Secret) -> None:
        """Take the browser that brings `state`, once, for the one that is meant."""
        self._rounds.append(_Round(state))

    async def answer(self, *, seconds: float) -> Parameters:
        """Wait for the browser that is expected, and return what it brings; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            return await self._rounds[-1].answer

    async def lead_on(self, address: str, state: Secret) -> bool:
        """Lead the browser that came back on to `address`, from where it brings `state`; False if it is gone."""
        last = self._rounds[-1]
        self.expect(state)
        return await last.end(redirect(address))

    async def say(self, text: str) -> None:
        """Let the browser that came back say `text`, and wait a moment until it does."""
        if self._rounds and self._rounds[-1].has_come:
            await self._rounds[-1].end(response(HTTPStatus.OK, page(self._words, text)))

    def heard(self, connection: _Connection, head: bytes) -> None:
        """Answer a request, or keep it waiting for what there is to say in the end."""
        request = parse_request(head)
        if request is None or request.host != self._authority:
            connection.reply(response(HTTPStatus.BAD_REQUEST))
        elif request.method != "GET":
            connection.reply(response(HTTPStatus.METHOD_NOT_ALLOWED))
        elif request.path == "/" and request.query:
            connection.reply(self._came_back(request.query))
        elif stop := next((each for each in self._rounds if each.has_come and request.path == each.path), None):
            stop.keep_waiting(connection)
        else:
            connection.reply(response(HTTPStatus.NOT_FOUND))

    def made(self, connection: _Connection) -> None:
        """Take a connection; of too many the oldest ends, so that nobody can keep the browser from being heard."""
        self._connections.append(connection)
        if len(self._connections) > _CONNECTIONS:
            self._connections.pop(0).abort()

    def abort(self) -> None:
        """End all connections at once."""
        for connection in self._connections:
            connection.abort()

    def lost(self, connection: _Connection) -> None:
        """Take note that a connection is over."""
        with contextlib.suppress(ValueError):  # it was one too many
            self._connections.remove(connection)
        for each in self._rounds:
            each.lost(connection)

    def _came_back(self, query: str) -> bytes:
        found = parameters(query) or {}
        states = found.get("state", ())
        for each in self._rounds:
            if len(states) == 1 and not each.answer.done() and _is_same(states[0], each.state):
                each.answer.set_result({name: tuple(map(Secret, values)) for name, values in found.items()})
                return redirect(each.path)
        return response(HTTPStatus.BAD_REQUEST, page(self._words, self._words.declined))


def _is_same(text: str, state: Secret) -> bool:
    return secrets.compare_digest(text.encode(), state.reveal().encode())


class _Round:
    """One way out to the authorization server and back, to a place where the browser waits for its last page."""

    def __init__(self, state: Secret) -> None:
        self.state = state
        self.path = f"/{secrets.token_urlsafe(12)}"
        self.answer: asyncio.Future[Parameters] = asyncio.get_running_loop().create_future()
        self._last: bytes | None = None
        self._waiting: list[_Connection] = []
        self._seen = asyncio.Event()

    @property
    def has_come(self) -> bool:
        """Whether the browser came back."""
        return self.answer.done() and not self.answer.cancelled()

    def keep_waiting(self, connection: _Connection) -> None:
        """Answer as soon as there is something to say."""
        connection.wait()
        self._waiting.append(connection)
        if self._last is not None:
            connection.reply(self._last)

    async def end(self, last: bytes) -> bool:
        """Answer whoever waits, or comes in a moment, with `last`; False if nobody does."""
        self._last = last
        for connection in self._waiting:
            connection.reply(last)
        try:
            async with asyncio.timeout(_PAGE_SECONDS):
                return await self._seen.wait()
        except TimeoutError:
            return False

    def lost(self, connection: _Connection) -> None:
        """Take note that a connection is over."""
        if connection in self._waiting:
            self._waiting.remove(connection)
            if self._last is not None:
                self._seen.set()


class _Connection(asyncio.Protocol):
    """One request, within its limits of size and time."""

    def __init__(self, loopback: Loopback) -> None:
        self._loopback = loopback
        self._head = bytearray()
        self._is_heard = False
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._loopback.made(self)
        self._timer = asyncio.get_running_loop().call_later(_REQUEST_SECONDS, transport.abort)

    def data_received(self, data: bytes) -> None:
        if self._is_heard:
            return
        self._head += data
        head, end, _ = bytes(self._head[:_HEAD_LIMIT]).partition(b"\r\n\r\n")
        if end:
            self._is_heard = True
            self._loopback.heard(self, head)
        elif len(self._head) >= _HEAD_LIMIT:
            self._is_heard = True
            self.reply(response(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE))

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - the protocol's
        if self._timer is not None:
            self._timer.cancel()
        self._head.clear()
        self._loopback.lost(self)

    def wait(self) -> None:
        """Stay open until the last page is known."""
        if self._timer is not None:
            self._timer.cancel()

    def reply(self, answer: bytes) -> None:
        """Send the answer and close."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)
            self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()


@contextlib.asynccontextmanager
async def open_loopback(host: RedirectHost, words: BrowserWords) -> AsyncIterator[Loopback]:
    """Listen on a free port until the block ends; raises OSError where there is none."""
    sockets = _sockets(host)
    servers: list[asyncio.Server] = []
    loopback = Loopback(host, sockets[0].getsockname()[1], words)
    loop = asyncio.get_running_loop()
    try:
        for each in sockets:
            server = await loop.create_server(lambda: _Connection(loopback), sock=each)
            servers.append(server)
        yield loopback
    finally:
        for server in servers:
            server.close()
        for each in sockets:
            each.close()
        loopback.abort()
        await asyncio.sleep(0)  # the transports close their sockets in the loop's next round


def _sockets(host: RedirectHost) -> list[socket.socket]:
    """Return sockets on the same free port of every address that `host` stands for; raises OSError.

    "localhost" is IPv6's loopback as well, where there is IPv6: a browser tries that first, and whoever listened there
    would be told the code. So a port that is taken there is not used.
    """
    for _ in range(_PORT_TRIES):
        first = _bound(socket.AF_INET, "127.0.0.1", 0)
        if host is RedirectHost.ADDRESS:
            return [first]
        try:
            return [first, _bound(socket.AF_INET6, "::1", first.getsockname()[1])]
        except OSError as error:
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                return [first]
            first.close()
    raise OSError(errno.EADDRINUSE, "no port is free on all addresses of this machine")


def _bound(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # learn.microsoft.com/windows/win32/winsock/using-so-reuseaddr-and-so-exclusiveaddruse
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        bound.settimeout(0)
        bound.bind((address, port))
    except OSError:
        bound.close()
        raise
    return bound
