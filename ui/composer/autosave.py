"""When a draft is saved by itself: soon after the last key, and every few seconds while one goes on typing."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

__all__ = ["Autosave"]

_AFTER = 1000
"""Milliseconds without a key."""
_AT_LEAST = 2000
"""Milliseconds of typing; with the time that saving takes, what is kept is never older than three seconds."""
_AGAIN = 5000
"""Milliseconds after which a draft that could not be saved is tried again."""


class Autosave(QObject):
    """Says when to save."""

    due = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pause = self._timer()
        self._latest = self._timer()

    def touch(self) -> None:
        """Take note that something was typed."""
        self._pause.start(_AFTER)
        if not self._latest.isActive():
            self._latest.start(_AT_LEAST)

    def stop(self) -> None:
        """Wait for the next change: it is being saved."""
        self._pause.stop()
        self._latest.stop()

    def try_again(self) -> None:
        """Take note that it could not be saved."""
        if not self._pause.isActive():
            self._pause.start(_AGAIN)

    def _timer(self) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(self.due)
        return timer
