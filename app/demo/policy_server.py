"""The demo's policy server: one file a person over HTTPS, as any static web server would serve it."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from app.demo.listener import HOST, Listener, Track

__all__ = ["Page", "PolicyRequest", "PolicyServer"]

_HEAD_LIMIT = 16 * 1024
_PATIENCE = 10.0  # seconds for a whole request


@dataclass(frozen=True, slots=True)
class Page:
    """What the server answers with."""

    data: bytes
    content_type: str = "application/json"
    status: int = HTTPStatus.OK
    location: str = ""
    """Where a redirect leads."""

    @property
    def etag(self) -> str:
        """A strong validator (RFC 9110 section 8.8.3)."""
        return f'"{hashlib.sha256(self.data).hexdigest()[:32]}"'


@dataclass(frozen=True, slots=True)
class PolicyRequest:
    """A request that was answered."""

    path: str
    status: int


class PolicyServer:
    """Serves `page` at `/policy/{email}.json`; everything else is not found."""

    def __init__(self, email: str, tls: ssl.SSLContext) -> None:
        self.page = Page(b"", status=HTTPStatus.SERVICE_UNAVAILABLE)
        self.requests: deque[PolicyRequest] = deque(maxlen=1000)
        self.listener = Listener(self._protocol, tls)
        self._path = f"/policy/{email}.json"

    @property
    def url(self) -> str:
        """The address of the policy, with `{email}` to fill in."""
        return f"https://{HOST}:{self.listener.port}/policy/{{email}}.json"

    def _protocol(self, track: Track) -> asyncio.BaseProtocol:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            track(writer.transport)
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    writer.write(self._answer(await reader.readuntil(b"\r\n\r\n")))
                    await writer.drain()
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

        return asyncio.StreamReaderProtocol(asyncio.StreamReader(limit=_HEAD_LIMIT), serve)

    def _answer(self, head: bytes) -> bytes:
        """Return the whole response to a request with this head; one request a connection."""
        request, *lines = head.decode("latin-1").split("\r\n")
        method, _, rest = request.partition(" ")
        path = rest.partition(" ")[0].partition("?")[0].replace("%40", "@")
        fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        page = self._page_for(method, path, fields.get("if-none-match", ""))
        self.requests.append(PolicyRequest(path, page.status))
        return _response(page, with_body=method != "HEAD")

    def _page_for(self, method: str, path: str, known: str) -> Page:
        if method not in {"GET", "HEAD"}:
            return Page(b"", status=HTTPStatus.METHOD_NOT_ALLOWED)
        if path != self._path:
            return Page(b"", status=HTTPStatus.NOT_FOUND)
        if self.page.status == HTTPStatus.OK and self.page.etag in known:
            return Page(self.page.data, self.page.content_type, HTTPStatus.NOT_MODIFIED)
        return self.page


def _response(page: Page, *, with_body: bool) -> bytes:
    status = HTTPStatus(page.status)
    body = b"" if status == HTTPStatus.NOT_MODIFIED else page.data
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        f"ETag: {page.etag}",
        "Cache-Control: private, no-cache",
        "Connection: close",
    ]
    if page.location:
        lines.append(f"Location: {page.location}")
    if status != HTTPStatus.NOT_MODIFIED:
        lines += [f"Content-Type: {page.content_type}", f"Content-Length: {len(body)}"]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head + (body if with_body else b"")
