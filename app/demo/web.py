"""The demo's web pages: small ones, one request a connection."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus

from app.demo.listener import Listener, Track

__all__ = ["Page", "Request", "WebServer"]

_HEAD_LIMIT = 16 * 1024
_BODY_LIMIT = 64 * 1024
_PATIENCE = 10.0  # seconds for a whole request


@dataclass(frozen=True, slots=True)
class Page:
    """What a server answers with."""

    data: bytes
    content_type: str = "application/json"
    status: int = HTTPStatus.OK
    location: str = ""
    """Where a redirect leads."""
    cache: str = "private, no-cache"

    @property
    def etag(self) -> str:
        """A strong validator (RFC 9110 section 8.8.3)."""
        return f'"{hashlib.sha256(self.data).hexdigest()[:32]}"'


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for."""

    method: str
    path: str
    query: str = field(default="", repr=False)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The header's, by lower-case name."""
    body: bytes = field(default=b"", repr=False)


class WebServer:
    """A port that answers each request with what `answer` returns."""

    def __init__(self, answer: Callable[[Request], Page], tls: ssl.SSLContext | None = None) -> None:
        self.listener = Listener(self._protocol, tls)
        self._answer = answer

    def _protocol(self, track: Track) -> asyncio.BaseProtocol:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            track(writer.transport)
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    request = await _read(reader)
                    writer.write(_response(self._answer(request), with_body=request.method != "HEAD"))
                    await writer.drain()
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

        return asyncio.StreamReaderProtocol(asyncio.StreamReader(limit=_HEAD_LIMIT), serve)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = await reader.readuntil(b"\r\n\r\n")
    request, *lines = head.decode("latin-1").split("\r\n")
    method, _, rest = request.partition(" ")
    path, _, query = rest.partition(" ")[0].partition("?")
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = fields.get("content-length", "0")
    size = int(length) if length.isascii() and length.isdigit() else 0
    body = await reader.readexactly(min(size, _BODY_LIMIT))
    return Request(method, path.replace("%40", "@"), query, fields, body)


def _response(page: Page, *, with_body: bool) -> bytes:
    status = HTTPStatus(page.status)
    body = b"" if status == HTTPStatus.NOT_MODIFIED else page.data
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        f"ETag: {page.etag}",
        f"Cache-Control: {page.cache}",
        "Connection: close",
    ]
    if page.location:
        lines.append(f"Location: {page.location}")
    if status != HTTPStatus.NOT_MODIFIED:
        lines += [f"Content-Type: {page.content_type}", f"Content-Length: {len(body)}"]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head + (body if with_body else b"")
