"""A submission server that misbehaves to order: plain, STARTTLS or implicit TLS, on a port of the system's choice."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import trustme

from app.delivery.tls import tls_context
from app.profile import NoSignIn, PasswordSignIn, Security, SmtpServer

__all__ = ["Answer", "Authority", "Polite", "ScriptedServer", "Talk", "offer", "scripted", "server_for", "trickle"]

HOST = "localhost"
EHLO = ("AUTH PLAIN LOGIN", "SIZE 1000000", "8BITMIME", "ENHANCEDSTATUSCODES")


class Authority:
    """A certificate authority, the client's trust in it, and a server's certificate from it."""

    def __init__(self) -> None:
        self.ca = trustme.CA(organization_name="Beispiel CA")
        self._trust = tls_context()
        self._trust.load_verify_locations(cadata=self.ca.cert_pem.bytes().decode())

    def trust(self) -> ssl.SSLContext:
        """Return the client's usual context with trust in this authority."""
        return self._trust

    def certify(self, *names: str) -> ssl.SSLContext:
        """Return a server context with a certificate for `names`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(*(names or (HOST,))).configure_cert(context)
        return context


class Talk:
    """The server's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: ScriptedServer) -> None:
        self.reader = reader
        self.writer = writer
        self.server = server
        self.is_encrypted = writer.get_extra_info("ssl_object") is not None
        self.asked: dict[str, int] = {}

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def hear(self) -> bytes:
        """Return the next line without its end; raises ConnectionResetError at the end of the stream."""
        line = await self.reader.readline()
        if not line:
            raise ConnectionResetError
        self.server.heard(line, is_encrypted=self.is_encrypted)
        return line.rstrip(b"\r\n")

    async def hear_message(self) -> bytes:
        """Return a message's octets as they came, the final dot's line included."""
        data = await self.reader.readuntil(b"\r\n.\r\n")
        self.server.messages.append(data)
        return data

    async def start_tls(self) -> None:
        await self.writer.start_tls(self.server.tls)
        self.is_encrypted = True

    def hang_up(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        """Cut the connection with RST."""
        connection: socket.socket = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Answer = bytes | Callable[[Talk], Awaitable[None]]
"""What is said to a command, or what is done."""
Script = Callable[[Talk], Awaitable[None]]


@dataclass
class ScriptedServer:
    """A running server and what it has seen."""

    tls: ssl.SSLContext
    security: Security = Security.STARTTLS
    port: int = 0
    lines: list[bytes] = field(default_factory=list)
    in_clear: list[bytes] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)
    connections: int = 0
    talks: set[asyncio.Task[None]] = field(default_factory=set)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, verb: str) -> None:
        """Wait for a command."""
        while verb not in self.verbs():
            self.news.clear()
            await self.news.wait()

    async def until_quiet(self) -> None:
        """Wait until every connection so far has ended."""
        while self.talks:
            await asyncio.wait(self.talks)

    def heard(self, line: bytes, *, is_encrypted: bool) -> None:
        self.lines.append(line)
        self.news.set()
        if not is_encrypted:
            self.in_clear.append(line)

    def verbs(self, *, signed_in: bool = False) -> list[str]:
        """The commands that came, in order, or those after the sign-in; answers within a sign-in are left out."""
        known = re.compile(rb"(EHLO|HELO|STARTTLS|AUTH|MAIL|RCPT|DATA|RSET|QUIT)\b")
        lines = self.signed_in if signed_in else self.lines
        return [match[1].decode() for line in lines if (match := known.match(line))]

    @property
    def signed_in(self) -> list[bytes]:
        """The lines that came after the sign-in."""
        starts = [number for number, line in enumerate(self.lines) if line.startswith(b"AUTH")]
        return self.lines[starts[-1] + 1 :] if starts else []

    @property
    def credentials_seen(self) -> bool:
        return any(line.startswith(b"AUTH") for line in self.lines)


@contextlib.asynccontextmanager
async def scripted(script: Script, tls: ssl.SSLContext, *, is_implicit: bool = False) -> AsyncIterator[ScriptedServer]:
    """Run `script` for each connection."""
    running = ScriptedServer(tls, Security.SSL if is_implicit else Security.STARTTLS)
    talks = running.talks

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.connections += 1
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await script(Talk(reader, writer, running))
        finally:
            writer.transport.abort()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve(reader, writer))
        talks.add(task)
        task.add_done_callback(talks.discard)

    listener = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls if is_implicit else None, limit=1 << 27)
    running.port = listener.sockets[0].getsockname()[1]
    try:
        yield running
    finally:
        listener.close()
        for task in list(talks):
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await asyncio.sleep(0)


@dataclass
class Polite:
    """A server that does everything right, but for what `on` says of single commands.

    A sequence answers the first, second … time, its last entry every later time. "." is the end of a message,
    "EHLO TLS" the EHLO under TLS. `clear` and `ehlo` are what EHLO offers in the clear and under TLS.
    """

    on: Mapping[str, Answer | Sequence[Answer]] = field(default_factory=dict)
    greeting: Answer = b"220 ready\r\n"
    clear: Sequence[str] = ("STARTTLS",)
    ehlo: Sequence[str] = EHLO

    async def __call__(self, talk: Talk) -> None:
        await _give(talk, self.greeting)
        while True:
            verb = re.split(rb"[ :\r]", await talk.hear())[0].decode("latin-1").upper()
            await self._answer(talk, "EHLO TLS" if verb == "EHLO" and talk.is_encrypted else verb)

    async def _answer(self, talk: Talk, verb: str) -> None:
        found = self.on.get(verb)
        if found is None:
            await self._behave(talk, verb)
            return
        if isinstance(found, Sequence) and not isinstance(found, bytes):
            found = found[min(talk.asked.get(verb, 0), len(found) - 1)]
        talk.asked[verb] = talk.asked.get(verb, 0) + 1
        await _give(talk, found)

    async def _behave(self, talk: Talk, verb: str) -> None:
        if verb == "STARTTLS":
            await talk.say(b"220 go ahead\r\n")
            await talk.start_tls()
        elif verb == "DATA":
            await talk.say(b"354 go on\r\n")
            await talk.hear_message()
            await self._answer(talk, ".")
        else:
            usual = {
                "EHLO": offer(self.clear),
                "EHLO TLS": offer(self.ehlo),
                "AUTH": b"235 2.7.0 welcome\r\n",
                ".": b"250 2.0.0 Ok: queued as 4XQ1\r\n",
                "QUIT": b"221 bye\r\n",
            }
            await talk.say(usual.get(verb, b"250 2.1.0 Ok\r\n"))


async def _give(talk: Talk, answer: Answer) -> None:
    await (talk.say(answer) if isinstance(answer, bytes) else answer(talk))


def offer(extensions: Sequence[str]) -> bytes:
    """Return the EHLO reply that offers `extensions`."""
    lines = ("mail.example", *extensions)
    return b"".join(f"250-{line}\r\n".encode() for line in lines[:-1]) + f"250 {lines[-1]}\r\n".encode()


def trickle(data: bytes, pause: float) -> Answer:
    """Say `data` octet by octet."""

    async def say_slowly(talk: Talk) -> None:
        for octet in data:
            await talk.say(bytes([octet]))
            await asyncio.sleep(pause)

    return say_slowly


def server_for(
    running: ScriptedServer, security: Security = Security.STARTTLS, *, sign_in: bool = True, host: str = HOST
) -> SmtpServer:
    """Return the settings a client has for a running server."""
    kind = PasswordSignIn() if sign_in else NoSignIn()
    return SmtpServer(host, running.port, security, "nutzer" if sign_in else "", kind)
