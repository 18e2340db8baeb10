"""Buttons."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolButton, QWidget

from ui.icons import icon

__all__ = ["Button", "LinkButton", "PrimaryButton", "icon_button"]


class Button(QPushButton):
    """An ordinary button."""

    def __init__(self, text: str, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(text, parent)
        self.setObjectName(name)
        self.setAutoDefault(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _press_by_return(self, event):
            super().keyPressEvent(event)


class PrimaryButton(Button):
    """The one thing to do in a window; Return presses it."""

    def __init__(self, text: str, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(text, parent, name=name)
        self.setProperty("primary", True)
        self.setAutoDefault(True)
        self.setDefault(True)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # The second click of a double click would answer what the first one has only just shown.
        event.accept()


class LinkButton(QPushButton):
    """A secondary action that looks like a link; reached by the keyboard like any button."""

    def __init__(self, text: str, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(text, parent)
        self.setObjectName(name)
        self.setProperty("link", True)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _press_by_return(self, event):
            super().keyPressEvent(event)


def _press_by_return(button: QPushButton, event: QKeyEvent) -> bool:
    """Press the button that has the focus; without this, Return on Cancel would press the window's primary one."""
    plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter} or not plain:
        return False
    if not event.isAutoRepeat():
        button.click()
    return True


def icon_button(icon_name: str, text: str, parent: QWidget | None = None, *, name: str = "") -> QToolButton:
    """Return a button that shows an icon; `text` is its tool tip and what a screen reader says."""
    button = QToolButton(parent)
    button.setIcon(icon(icon_name))
    button.setIconSize(QSize(18, 18))
    plain = text.replace("&", "")
    button.setToolTip(plain)
    button.setAccessibleName(plain)
    button.setObjectName(name)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
