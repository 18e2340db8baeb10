"""When a window can be used: it is painted, a letter typed into it then has arrived, and that is painted too."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

__all__ = ["Typist"]


class Typist(QObject):
    """Waits for the first paint of `field`, types a letter, and prints when (CLOCK_MONOTONIC) it can be seen.

    The letter goes through Qt's queue, as a person's does: whatever keeps the window's thread busy delays it.
    """

    def __init__(self, window: QWidget, field: QLineEdit) -> None:
        super().__init__(window)
        self._field = field
        self._is_typed = self._has_arrived = False
        field.textChanged.connect(self._arrived)
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and (not self._is_typed or self._has_arrived):
            # After this event has been handled, the pixels are there.
            QTimer.singleShot(0, self._say if self._has_arrived else self._type)
        return False

    def _type(self) -> None:
        if not self._is_typed:
            self._is_typed = True
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
                QCoreApplication.postEvent(self._field, event)

    def _arrived(self) -> None:
        self._has_arrived = True

    def _say(self) -> None:
        if self._has_arrived:
            print(time.monotonic(), flush=True)
            self.deleteLater()
            self._has_arrived = False
