"""Icons: one set of SVG outlines, tinted with the look's colours and drawn sharp at every scale."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from resources import FOLDER
from ui.theme import tokens

__all__ = ["application_icon", "icon", "pixmap"]


def icon(name: str, colour: str = "text") -> QIcon:
    """Return the icon `name` in a colour of `Tokens`; it follows changes of the look.

    Raises:
        FileNotFoundError: there is no such icon; that is a mistake in the program.
    """
    _outline(name)
    return QIcon(_OutlineEngine(name, colour))


def pixmap(name: str, colour: str = "text", *, side: int = 16, ratio: float = 1.0) -> QPixmap:
    """Return the icon as pixels of today's look, `side` logical pixels wide and high."""
    drawn = QPixmap(QSize(round(side * ratio), round(side * ratio)))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    _renderer(name, _tint(colour, enabled=True)).render(painter, QRectF(drawn.rect()))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def application_icon() -> QIcon:
    """Return the program's own icon."""
    return QIcon(str(FOLDER / "icons" / "absender.svg"))


class _OutlineEngine(QIconEngine):
    """Draws an outline in the colour the look has at that moment."""

    def __init__(self, name: str, colour: str) -> None:
        super().__init__()
        self._name = name
        self._colour = colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        tint = _tint(self._colour, enabled=mode is not QIcon.Mode.Disabled)
        _renderer(self._name, tint).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        drawn = QPixmap(size)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        self.paint(painter, drawn.rect(), mode, state)
        painter.end()
        return drawn

    def clone(self) -> QIconEngine:
        # PySide leaves the copy to Python, though Qt owns it from here on; without this it is freed under Qt's feet.
        copy = _OutlineEngine(self._name, self._colour)
        _owned_by_qt.append(copy)
        return copy


_owned_by_qt: list[QIconEngine] = []


def _tint(colour: str, *, enabled: bool) -> str:
    return str(getattr(tokens(), colour if enabled else "disabled"))


@lru_cache(maxsize=128)
def _outline(name: str) -> str:
    return (FOLDER / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def _renderer(name: str, tint: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_outline(name).replace("currentColor", tint).encode()))
