"""Icons: one set of SVG outlines, tinted with the look's colours and drawn sharp at every scale."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui.theme import tokens

__all__ = ["application_icon", "icon", "pixmap"]


def icon(name: str, colour: str = "text") -> QIcon:
    """Return the icon `name` in a colour of `Tokens`; it follows changes of the look."""
    return QIcon(_OutlineEngine(name, colour))


def pixmap(name: str, colour: str = "text", *, side: int = 16, ratio: float = 1.0) -> QPixmap:
    """Return the icon as pixels, `side` logical pixels wide and high."""
    drawn = QPixmap(QSize(round(side * ratio), round(side * ratio)))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    _renderer(name, _tint(colour, enabled=True)).render(painter, QRectF(0, 0, drawn.width(), drawn.height()))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def application_icon() -> QIcon:
    """Return the program's own icon."""
    return QIcon(str(files("resources") / "icons" / "absender.svg"))


class _OutlineEngine(QIconEngine):
    """Draws an outline in the colour the look has at that moment."""

    def __init__(self, name: str, colour: str) -> None:
        super().__init__()
        self._name = name
        self._colour = colour

    def paint(self, painter: QPainter, rect: object, mode: QIcon.Mode, state: QIcon.State) -> None:
        del state
        renderer = _renderer(self._name, _tint(self._colour, enabled=mode is not QIcon.Mode.Disabled))
        renderer.render(painter, QRectF(rect))  # type: ignore[call-overload]  # a QRect, by Qt's contract

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        drawn = QPixmap(size)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        self.paint(painter, drawn.rect(), mode, state)
        painter.end()
        return drawn

    def clone(self) -> QIconEngine:
        return _OutlineEngine(self._name, self._colour)


def _tint(colour: str, *, enabled: bool) -> str:
    return str(getattr(tokens(), colour if enabled else "disabled"))


@lru_cache(maxsize=256)
def _renderer(name: str, tint: str) -> QSvgRenderer:
    svg = (files("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(svg.replace("currentColor", tint).encode()))
