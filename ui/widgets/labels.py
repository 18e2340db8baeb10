"""Labels, chips and dots."""

from __future__ import annotations

import hashlib

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

__all__ = ["Chip", "ColourDot", "ElidedLabel", "Heading", "PlainLabel", "QuietLabel", "restyle"]

_DOT_HUES = (211, 140, 28, 280, 345, 175, 95, 245)


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property and have the style sheet look at it again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class PlainLabel(QLabel):
    """A label that shows its text as it is, wrapped, never as markup."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, wrap: bool = True) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        self.setText(text)


class QuietLabel(PlainLabel):
    """Secondary text."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, wrap: bool = True) -> None:
        super().__init__(text, parent, wrap=wrap)
        self.setProperty("quiet", True)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.93)
        self.setFont(font)


class Heading(PlainLabel):
    """A title: level 1 for a window's, level 2 for a section's, level 3 for a card's."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, level: int = 2) -> None:
        super().__init__(text, parent)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * {1: 1.35, 2: 1.2}.get(level, 1.05))
        font.setWeight(QFont.Weight.DemiBold)
        self.setFont(font)


class ElidedLabel(QLabel):
    """One line that is shortened where it does not fit; the whole text is its tool tip then."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        quiet: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._mode = mode
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if quiet:
            self.setProperty("quiet", True)
            font = self.font()
            font.setPointSizeF(font.pointSizeF() * 0.93)
            self.setFont(font)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show `text` on one line."""
        self._whole = " ".join(text.split())
        self.setAccessibleName(self._whole)
        self.updateGeometry()
        self._fit()

    def whole_text(self) -> str:
        """Return the text before it was shortened."""
        return self._whole

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 4, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(48, self.sizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, self._mode, max(self.width(), 8))
        self.setText(shown)
        # A tool tip may be taken for markup; this one is foreign text.
        self.setToolTip("" if shown == self._whole else _plain_tool_tip(self._whole))


class Chip(PlainLabel):
    """A state in one or two words; `kind` is accent, good, warn, bad or quiet."""

    def __init__(self, text: str, kind: str = "quiet", parent: QWidget | None = None) -> None:
        super().__init__(text, parent, wrap=False)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.85)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_kind(kind)

    def set_kind(self, kind: str) -> None:
        """Show the chip in the colour of `kind`."""
        restyle(self, "chip", kind)


class ColourDot(QWidget):
    """The colour of an address: the same one in every window."""

    def __init__(self, seed: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(10, 10)
        self.setAccessibleName("")
        self._colour = QColor()
        self.set_seed(seed)

    def set_seed(self, seed: str) -> None:
        """Take the colour of `seed`, an address."""
        self._colour = colour_of(seed)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour)
        painter.drawEllipse(self.rect())


def colour_of(seed: str) -> QColor:
    """Return the stable colour of an address."""
    number = hashlib.sha256(seed.encode()).digest()[0]
    return QColor.fromHsl(_DOT_HUES[number % len(_DOT_HUES)], 150, 120)


def _plain_tool_tip(text: str) -> str:
    from html import escape

    return f"<span>{escape(text)}</span>"
