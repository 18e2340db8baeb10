"""What one question for the policy costs on the wire, measured with the program's own client."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from app.address import Address
from app.policy.source import Fetched, NotModified, email_sha256, source_for
from tests.servers.relay import Relay
from tests.servers.web import WebServer

__all__ = ["Exchange", "measured"]


@dataclass(frozen=True)
class Exchange:
    """Octets of one request and its answer."""

    request: int
    """HTTP alone."""
    answer: int
    """HTTP alone, headers and content."""
    sent: int
    """Inside TCP by the program, with all that TLS takes."""
    received: int
    """Inside TCP by the server."""
    sealed: int
    """What TLS adds to both where the connection is there already."""


async def measured(server: WebServer, person: Address, ca_file: Path) -> tuple[Exchange, Exchange]:
    """Return what a whole document costs, and what the answer that it still holds (304) does."""
    async with Relay(server.port) as relay:
        source = source_for(f"https://localhost:{relay.port}/{{email_sha256}}.json", person, str(ca_file))
        found = await source.fetch("")
        assert isinstance(found, Fetched)
        again = await source.fetch(found.etag)
        assert isinstance(again, NotModified)
        await relay.settled()
        whole, same = relay.wires
    sizes = [tuple(map(int, line.split()[1:])) for line in server.sizes()][-2:]
    path = f"/{email_sha256(person)}.json"
    sealed = [await asyncio.to_thread(_sealed, server, path, etag, ca_file) for etag in ("", found.etag)]
    return (
        Exchange(sizes[0][0], sizes[0][1], whole.sent, whole.received, sealed[0]),
        Exchange(sizes[1][0], sizes[1][1], same.sent, same.received, sealed[1]),
    )


def _sealed(server: WebServer, path: str, etag: str, ca_file: Path) -> int:
    """Return what TLS adds to a request and its answer on a connection that has carried one before."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context(cafile=ca_file)
    tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    condition = f"If-None-Match: {etag}\r\n" if etag else ""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost:{server.port}\r\n{condition}\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as plain:
        _handshake(tls, plain, incoming, outgoing)
        _exchange(tls, plain, incoming, outgoing, request)
        wire, inside = _exchange(tls, plain, incoming, outgoing, request)
    return wire - inside


def _handshake(tls: ssl.SSLObject, plain: socket.socket, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO) -> None:
    while True:
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            plain.sendall(outgoing.read())
            incoming.write(plain.recv(65536))
        else:
            plain.sendall(outgoing.read())
            return


def _exchange(
    tls: ssl.SSLObject, plain: socket.socket, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, request: bytes
) -> tuple[int, int]:
    """Return octets of a request and its answer, sealed and plain."""
    tls.write(request)
    sealed = outgoing.read()
    plain.sendall(sealed)
    wire, answer = len(sealed), b""
    while not _is_whole(answer):
        try:
            answer += tls.read(65536)
        except ssl.SSLWantReadError:
            more = plain.recv(65536)
            assert more, "the server hung up"
            wire += len(more)
            incoming.write(more)
    return wire, len(request) + len(answer)


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    lengths = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    return b" 304 " in head.split(b"\r\n")[0] or len(body) == lengths[0]
