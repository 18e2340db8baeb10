"""The one thing that can be undone just now: a message that waits a few seconds, or a deletion."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QWidget

from ui import tasks
from ui.widgets import UndoBar

__all__ = ["WayBack"]

_Work = Callable[[], Coroutine[Any, Any, None]]


class WayBack(UndoBar):
    """An undo bar that knows what going back means, and what to do when the time for it is over."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._back: _Work | None = None
        self._done: _Work | None = None
        self.key = ""
        """The id of the message that can still be taken back; empty for none."""
        self.undone.connect(self._go_back)
        self.expired.connect(self.finish)

    def open_for(self, text: str, seconds: int, back: _Work, done: _Work | None = None, *, key: str = "") -> None:
        """Offer the way back; what was offered before is final now."""
        self.finish()
        self._back, self._done, self.key = back, done, key
        self.offer(text, seconds)

    def finish(self) -> None:
        """End the offer: what was to be done is done."""
        done, self._back, self._done, self.key = self._done, None, None, ""
        self.end()
        if done is not None:
            tasks.start(done(), name="end of undo")

    def _go_back(self) -> None:
        back, self._back, self._done, self.key = self._back, None, None, ""
        if back is not None:
            tasks.start(back(), name="undo")
