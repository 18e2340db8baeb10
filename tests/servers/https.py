"""What HTTPS servers of the tests are made of: TLS that is negotiated in the thread of its connection, and no noise."""

from __future__ import annotations

import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

__all__ = ["HttpsHandler", "HttpsServer"]


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
    """Listens on a free port of this machine."""

    daemon_threads = True

    def __init__(self, handler: type[HttpsHandler], context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(("127.0.0.1", 0), handler)

    def get_request(self) -> tuple[Any, Any]:
        """Accept a connection; its TLS begins with the first octets that are read."""
        plain, address = super().get_request()
        return self._context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: the other side went away."""
