"""The floors: a bare PySide6 window, and a message written to a TLS socket with nothing around it."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench.sink import Sink

__all__ = ["send_raw"]


def send_raw(sink: Sink, message: bytes) -> None:
    """Deliver `message`, dot-stuffed already, with one blocking socket."""
    import socket  # here, so that the bare window starts with nothing but itself
    import ssl

    context = ssl.create_default_context(cafile=str(sink.ca_file))
    with (
        socket.create_connection(("127.0.0.1", sink.port)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as server,
        server.makefile("rb") as replies,
    ):
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        replies.readline()
        for command in (
            b"EHLO [127.0.0.1]",
            b"AUTH PLAIN AGEAYg==",
            b"MAIL FROM:<a@b.example>",
            b"RCPT TO:<c@d.example>",
        ):
            server.sendall(command + b"\r\n")
            while replies.readline()[3:4] == b"-":
                pass
        server.sendall(b"DATA\r\n")
        replies.readline()
        server.sendall(message)
        server.sendall(b".\r\n")
        replies.readline()
        server.sendall(b"QUIT\r\n")
        replies.readline()


def bare_window() -> int:
    """Show an empty window, print when it was painted (CLOCK_MONOTONIC), and stay until standard input closes."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow, QTextEdit

    class Window(QMainWindow):
        painted = False

        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            if not self.painted:
                self.painted = True
                QTimer.singleShot(0, lambda: print(time.monotonic(), flush=True))

    application = QApplication(sys.argv[:1])
    window = Window()
    window.setCentralWidget(QTextEdit())
    window.resize(820, 640)
    window.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(bare_window())
