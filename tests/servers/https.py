"""What HTTPS servers of the tests are made of: TLS that is negotiated in the thread of its connection, and no noise."""

from __future__ import annotations

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Self

__all__ = ["HttpsHandler", "HttpsServer", "Served"]


class HttpsHandler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    always: ClassVar[dict[str, str]] = {}
    """Headers of every answer that does not say otherwise, with underscores."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the standard library
        """Keep the test's output clean."""

    def reply(self, status: int, body: bytes, **headers: str) -> None:
        """Send a whole answer; header names are written with underscores."""
        self.send_response(status)
        for name, value in {**self.always, "Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class HttpsServer(ThreadingHTTPServer):
    """Listens on a free port of this machine; without a context it speaks plain HTTP."""

    daemon_threads = True

    def __init__(self, handler: type[HttpsHandler], context: ssl.SSLContext | None) -> None:
        self._context = context
        super().__init__(("127.0.0.1", 0), handler)

    def get_request(self) -> tuple[Any, Any]:
        """Leave the handshake to the connection's own thread, so that a failed one stops nobody else."""
        plain, address = super().get_request()
        if self._context is None:
            return plain, address
        return self._context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: the other side went away."""


class Served:
    """A server that answers in a thread of its own while the context lasts, so that it serves any event loop."""

    _server: ThreadingHTTPServer

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
