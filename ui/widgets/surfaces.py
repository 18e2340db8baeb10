"""Cards, lines, and windows that fit the screen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ui.widgets.labels import restyle

__all__ = ["Card", "Line", "fit_to_screen", "scrolled"]


class Card(QFrame):
    """A rounded surface with a column of content in `body`."""

    def __init__(self, parent: QWidget | None = None, *, margin: int = 16) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(margin, margin, margin, margin)
        self.body.setSpacing(8)

    def set_selected(self, selected: bool) -> None:
        """Show whether this card is the chosen one."""
        restyle(self, "card", "selected" if selected else "true")


class Line(QFrame):
    """A thin horizontal line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("line", True)
        self.setFixedHeight(1)


def scrolled(content: QWidget, parent: QWidget | None = None) -> QScrollArea:
    """Return an area that scrolls `content` up and down only."""
    area = QScrollArea(parent)
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


def fit_to_screen(window: QWidget, width: int, height: int) -> None:
    """Give a window its size, smaller where the screen is."""
    available = window.screen().availableGeometry()
    window.resize(min(width, available.width() - 32), min(height, available.height() - 48))
