"""A real policy server for tests: HTTPS or HTTP on a port of the system's choice, as well behaved as it is told."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One request, answered by whatever the server was told for its path."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))
        self.close_connection = True
        self.server.answers.get(self.path, not_found)(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the standard library
        """Keep the test's output clean."""

    def reply(self, status: int, body: bytes, **headers: str) -> None:
        """Send a whole answer; header names are written with underscores."""
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), "Connection": "close", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.answers: dict[str, Answer] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.silent = threading.Event()
        self._context = context
        super().__init__(("127.0.0.1", 0), Handler)

    def get_request(self) -> tuple[socket.socket, object]:
        """Leave the handshake to the connection's own thread, so that a failed one stops nobody else."""
        plain, address = super().get_request()
        if self._context is None:
            return plain, address
        return self._context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: the other side went away, and the test is about what it says to that."""


class PolicyServer:
    """The server, as a context manager: `answers` maps paths to what they do, `seen` holds the requests."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._server = _Server(context)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        scheme = "https" if context else "http"
        self.port = self._server.server_address[1]
        self.url = f"{scheme}://localhost:{self.port}"
        self.answers = self._server.answers
        self.seen = self._server.seen
        self.silent = self._server.silent

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


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
