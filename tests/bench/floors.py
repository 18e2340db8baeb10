"""The floors: a bare PySide6 window, and a message written to a TLS socket with nothing around it."""

from __future__ import annotations

import sys
import time
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from types import TracebackType
    from typing import Self

__all__ = ["RawClient"]


@cache
def _trust(ca_file: str) -> ssl.SSLContext:
    """Return how the sink is trusted; made once, as everybody else's is."""
    import ssl

    return ssl.create_default_context(cafile=ca_file)


class RawClient:
    """One blocking TLS connection that knows nothing of messages but their octets, dot-stuffed already."""

    def __init__(self, port: int, ca_file: str) -> None:
        import socket  # here, so that the bare window starts with nothing but itself

        plain = socket.create_connection(("127.0.0.1", port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._server = _trust(ca_file).wrap_socket(plain, server_hostname="localhost")
        self._replies = self._server.makefile("rb")
        self._replies.readline()
        self._say(b"EHLO [127.0.0.1]\r\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._say(b"QUIT\r\n")
        self._replies.close()
        self._server.close()

    def send(self, message: bytes) -> None:
        """Deliver one message."""
        for command in (b"MAIL FROM:<a@b.example>\r\n", b"RCPT TO:<c@d.example>\r\n", b"DATA\r\n"):
            self._say(command)
        self._server.sendall(message)
        self._say(b".\r\n")

    def _say(self, command: bytes) -> None:
        self._server.sendall(command)
        while self._replies.readline()[3:4] == b"-":
            pass


def bare_window() -> int:
    """Show an empty window, and stay; print when a letter in it can be seen (CLOCK_MONOTONIC), as `Typist` does.

    Nothing here asks Qt for an enumeration, the first of which takes longer than the window.
    """
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow, QTextEdit

    class Text(QTextEdit):
        paints = 0

        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            self.paints += 1
            if self.paints == 1:
                QTimer.singleShot(0, lambda: self.insertPlainText("a"))
            elif self.toPlainText() and not self.isReadOnly():
                self.setReadOnly(True)
                QTimer.singleShot(0, lambda: print(time.monotonic(), flush=True))

    application = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.setCentralWidget(Text())
    window.resize(820, 640)
    window.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(bare_window())
