"""Two submission servers that fail in a tenth of what they do, and know for certain which messages they accepted."""

from __future__ import annotations

import asyncio
import base64
import random
import re
import secrets
import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import trustme

from tests.servers.process import wait_until

__all__ = ["FaultyServers", "Ledger", "Login"]

HOST = "localhost"
_ON_CONNECTING = ("greeting 421", "greeting close", "ehlo reset", "auth 454", "auth close")
_ON_MESSAGE = (
    *(f"{step} {how}" for step in ("mail", "rcpt", "data") for how in ("close", "reset", "451", "421", "slow")),
    *(f"upload {how}" for how in ("close", "reset", "451", "close", "reset")),
    # A message that is whole but never answered: first those that are accepted, then those that are not.
    *("dot accept-close", "dot accept-reset", "dot drop-close", "dot drop-reset"),
    *("dot 451", "dot 421", "dot 554", "dot slow", "dot ok-reset"),
)
"""Where a message's fault happens, and what it is."""
_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
_HEAD = 16 * 1024
_END = b"\r\n.\r\n"
_EHLO = b"250-mail.example\r\n250-AUTH PLAIN\r\n250-SIZE 40000000\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"
_REPLIES = {
    b"451": b"451 4.3.0 Try again later\r\n",
    b"421": b"421 4.3.2 Service shutting down\r\n",
    b"454": b"454 4.7.0 Temporary authentication failure\r\n",
    b"554": b"554 5.6.0 Message refused\r\n",
}


@dataclass
class Ledger:
    """What the servers accepted, by Message-ID; it outlives every client."""

    accepted: dict[str, int] = field(default_factory=dict)
    """How often each was accepted."""
    octets: dict[str, int] = field(default_factory=dict)
    """How long it was, before dot-stuffing; no test message has a line that starts with a dot."""
    dropped: set[str] = field(default_factory=set)
    """Whole messages that were neither accepted nor answered: the client cannot know."""
    unanswered: set[str] = field(default_factory=set)
    """Accepted messages whose reply was not sent, or not taken."""
    faults: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    """How often MAIL was said."""

    def times(self, message_id: str) -> int:
        """Return how often a message was accepted."""
        return self.accepted.get(message_id, 0)

    def accept(self, message_id: str, octets: int) -> None:
        """Count a message, before the client is told."""
        self.accepted[message_id] = self.times(message_id) + 1
        self.octets[message_id] = octets


@dataclass(frozen=True)
class Login:
    """How a client reaches one of the servers."""

    port: int
    username: str
    password: str = field(repr=False)


class FaultyServers:
    """A STARTTLS and an implicit-TLS server in a thread of their own, as a context manager."""

    def __init__(self, seed: int, *, share: float = 0.1, think: tuple[float, float] = (0.0, 0.0)) -> None:
        self.ledger = Ledger()
        self.share = share
        """Of the messages that meet a fault, and half as much of the connections."""
        self.bugs: list[str] = []
        self.authority = trustme.CA(organization_name="Beispiel CA")
        self.starttls = Login(0, "nutzer@beispiel.example", secrets.token_urlsafe(12))
        self.implicit = Login(0, "nutzer.name", secrets.token_urlsafe(12))
        self._think = think
        self._chance = random.Random(seed)
        self._open = 0
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(HOST).configure_cert(self.tls)
        self._thread = threading.Thread(target=self._run, name="faulty-servers", daemon=True)
        self._ready: Future[Callable[[], object]] = Future()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.result(20)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ready.result()()
        self._thread.join(20)

    def settle(self) -> None:
        """Wait until all that dead clients left on the way is read and decided."""
        wait_until(lambda: self._open == 0, "the end of the servers' connections", seconds=60)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self._ready.done():
                raise
            self._ready.set_exception(error)

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._report)
        ending = asyncio.Event()
        clear = await asyncio.start_server(lambda r, w: self._talk(r, w, self.starttls), "127.0.0.1", 0)
        under_tls = await asyncio.start_server(
            lambda r, w: self._talk(r, w, self.implicit), "127.0.0.1", 0, ssl=self.tls
        )
        self.starttls = Login(_port(clear), self.starttls.username, self.starttls.password)
        self.implicit = Login(_port(under_tls), self.implicit.username, self.implicit.password)
        self._ready.set_result(lambda: loop.call_soon_threadsafe(ending.set))
        await ending.wait()
        for server in (clear, under_tls):
            server.close()
        if rest := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in rest:
                task.cancel()
            await asyncio.wait(rest, timeout=2)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, login: Login) -> None:
        self._open += 1
        try:
            await _Talk(self, reader, writer, login).run()
        except (OSError, EOFError, ssl.SSLError, asyncio.IncompleteReadError):
            pass  # the client has gone, or a fault made it go
        finally:
            self._open -= 1
            # Python 3.11.2 raises it where a TLS connection has ended already.
            with suppress(AttributeError):
                writer.transport.abort()

    def _report(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        del loop
        if not isinstance(context.get("exception"), OSError | ssl.SSLError):
            self.bugs.append(f"{context.get('message')}: {context.get('exception')!r}")

    def draw(self, faults: tuple[str, ...], share: float) -> tuple[str, str]:
        """Return the step at which the next connection or message fails, and how; mostly nothing."""
        if self._chance.random() >= share:
            return "", ""
        step, _, how = self._chance.choice(faults).partition(" ")
        return step, how

    def after(self) -> int:
        """Return after how many octets an upload breaks."""
        return self._chance.choice((1, 300, 3_000, 100_000))

    async def think(self) -> None:
        """Take the time a server takes to put a message away."""
        await asyncio.sleep(self._chance.uniform(*self._think))


class _Talk:
    """One connection."""

    def __init__(
        self, servers: FaultyServers, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, login: Login
    ) -> None:
        self._servers = servers
        self._ledger = servers.ledger
        self._reader = reader
        self._writer = writer
        self._login = login
        self._fault = ("", "")

    async def run(self) -> None:
        """Serve the connection; raises OSError or EOFError when it ends."""
        self._fault = self._servers.draw(_ON_CONNECTING, self._servers.share / 2)
        if not await self._fails("greeting"):
            await self._say(b"220 mail.example ESMTP\r\n")
        while line := await self._reader.readline():
            await self._answer(line)

    async def _answer(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"STAR":
            await self._say(b"220 2.0.0 go ahead\r\n")
            await self._writer.start_tls(self._servers.tls)
        elif verb == b"EHLO" and self._writer.get_extra_info("ssl_object") is None:
            await self._say(b"250-mail.example\r\n250 STARTTLS\r\n")
        elif verb == b"MAIL":
            self._ledger.messages += 1
            self._fault = self._servers.draw(_ON_MESSAGE, self._servers.share)
            await self._usual("mail", b"250 2.1.0 Ok\r\n")
        elif verb == b"DATA":
            if not await self._fails("data"):
                await self._say(b"354 go on\r\n")
                await self._receive()
        elif verb == b"AUTH":
            await self._usual("auth", self._sign_in(line))
        elif verb == b"EHLO":
            await self._usual("ehlo", _EHLO)
        elif verb == b"RCPT":
            await self._usual("rcpt", b"250 2.1.5 Ok\r\n")
        else:
            await self._say(b"221 2.0.0 bye\r\n" if verb == b"QUIT" else b"250 2.0.0 Ok\r\n")

    def _sign_in(self, line: bytes) -> bytes:
        said = base64.b64decode(line.split()[2]).split(b"\0")
        right = said[1:] == [self._login.username.encode(), self._login.password.encode()]
        if not right:
            self._servers.bugs.append("a sign-in with a wrong password")
        return b"235 2.7.0 welcome\r\n" if right else b"535 5.7.8 wrong\r\n"

    async def _usual(self, step: str, reply: bytes) -> None:
        if not await self._fails(step):
            await self._say(reply)

    async def _fails(self, step: str) -> bool:
        """Do what is to go wrong at this step; whether the usual reply must not follow."""
        at, how = self._fault
        if at != step:
            return False
        self._fault = ("", "")
        self._ledger.faults[f"{at} {how}"] += 1
        if how == "slow":
            await asyncio.sleep(0.3)
            return False
        if (reply := _REPLIES.get(how.encode())) is None:
            self._end(how)
        await self._say(reply or b"")
        if how == "421":
            self._end("close")
        return True

    def _end(self, how: str) -> None:
        """Close the connection or cut it with RST; raises EOFError."""
        if how.endswith("reset"):
            connection: socket.socket | None = self._writer.get_extra_info("socket")
            if connection is None:
                raise EOFError("gone already")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._writer.transport.abort()
        else:
            self._writer.close()
        raise EOFError(how)

    async def _receive(self) -> None:
        """Take a message to its final dot and decide about it; raises OSError or EOFError when the client goes."""
        head, tail, octets = b"", b"\r\n", 0
        breaks_after = self._servers.after() if self._fault[0] == "upload" else None
        while not tail.endswith(_END):
            data = await self._reader.read(65536)
            if not data:
                raise EOFError
            octets += len(data)
            head += data[: _HEAD - len(head)]
            tail = (tail + data)[-len(_END) :]
            if breaks_after is not None and octets >= breaks_after:
                if tail.endswith(_END) and self._fault[1] != "451":  # which is an answer
                    self._ledger.dropped.add(_message_id(head))
                await self._fails("upload")
                self._end("close")
        await self._decide(_message_id(head), octets - len(b".\r\n"))

    async def _decide(self, message_id: str, octets: int) -> None:
        at, how = self._fault if self._fault[0] == "dot" else ("", "")
        if how.startswith("drop"):
            self._ledger.dropped.add(message_id)
        elif how not in {"451", "421", "554"}:
            await self._servers.think()
            self._ledger.accept(message_id, octets)
        if how.startswith("accept"):
            self._ledger.unanswered.add(message_id)
        if how != "ok-reset" and await self._fails("dot"):
            return
        await self._say(b"250 2.0.0 Ok: queued as %s\r\n" % secrets.token_hex(5).encode())
        if how == "ok-reset":
            self._ledger.faults[f"{at} {how}"] += 1
            await asyncio.sleep(0.05)  # a RST at once may overtake the reply, which would be another fault
            self._end("reset")

    async def _say(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()


def _message_id(head: bytes) -> str:
    found = _MESSAGE_ID.search(head)
    return found[1].decode() if found else "none"


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])
