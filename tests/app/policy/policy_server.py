"""A real policy server for tests: HTTPS or HTTP on a port of the system's choice, as well behaved as it is told."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from typing import ClassVar

from tests.servers.https import HttpsHandler, HttpsServer, Served

Answer = Callable[["Handler"], None]


class Handler(HttpsHandler):
    """One request, answered by whatever the server was told for its path."""

    always: ClassVar[dict[str, str]] = {"Connection": "close"}
    server: _Server

    def do_GET(self) -> None:  # noqa: N802 - named by the standard library
        self.server.seen.append((self.path, dict(self.headers)))
        self.close_connection = True
        self.server.answers.get(self.path, not_found)(self)


class _Server(HttpsServer):
    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.answers: dict[str, Answer] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.silent = threading.Event()
        super().__init__(Handler, context)


class PolicyServer(Served):
    """The server, as a context manager: `answers` maps paths to what they do, `seen` holds the requests."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._server = _Server(context)
        scheme = "https" if context else "http"
        self.port = self._server.server_address[1]
        self.url = f"{scheme}://localhost:{self.port}"
        self.answers = self._server.answers
        self.seen = self._server.seen
        self.silent = self._server.silent


def not_found(handler: Handler) -> None:
    handler.reply(404, b"no such policy")


def document_answer(data: bytes, etag: str = '"one"', **headers: str) -> Answer:
    """Answer with `data`, or 304 to whoever has it already."""

    def answer(handler: Handler) -> None:
        if handler.headers.get("If-None-Match") == etag:
            handler.reply(304, b"", ETag=etag, **headers)
        else:
            handler.reply(200, data, ETag=etag, Content_Type="application/json", **headers)

    return answer


def status_answer(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(handler: Handler) -> None:
        handler.reply(status, body, **headers)

    return answer


def endless_answer(handler: Handler) -> None:
    """Send without an end and without saying how much."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(4096):
        handler.wfile.write(b" " * 65536)


def cut_answer(data: bytes) -> Answer:
    """Promise all of `data`, send half of it and hang up."""

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data[: len(data) // 2])

    return answer


def silent_answer(release: threading.Event) -> Answer:
    """Say nothing until the test is over."""

    def answer(handler: Handler) -> None:
        handler.server.silent.set()
        release.wait(30)

    return answer


def raw_answer(text: str) -> Answer:
    """Send exactly this."""

    def answer(handler: Handler) -> None:
        handler.wfile.write(text.encode("latin-1"))

    return answer
