"""How an address is drawn in the From list: dot, name and address, and its route in quiet text below."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.theme import tokens
from ui.widgets.labels import colour_of

__all__ = ["ADDRESS", "BAD", "NAME", "QUIET", "FromDelegate"]

ADDRESS = Qt.ItemDataRole.UserRole
NAME = Qt.ItemDataRole.UserRole + 1
QUIET = Qt.ItemDataRole.UserRole + 2
BAD = Qt.ItemDataRole.UserRole + 3


class FromDelegate(QStyledItemDelegate):
    """Draws rows of two lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, option.fontMetrics.height() * 2 + 16)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colours = tokens()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selection))
            painter.drawRoundedRect(option.rect, 6, 6)
        address = index.data(ADDRESS)
        name = str(index.data(NAME))
        room = option.rect.adjusted(12, 6, -12, -6)
        line = option.fontMetrics.height() + 2
        dot = QRect(room.left(), room.top() + (line - 10) // 2, 10, 10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour_of(str(address)))
        painter.drawEllipse(dot)
        left = room.left() + 20
        font = option.font
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        if name:
            painter.drawText(QRect(left, room.top(), room.right() - left, line), Qt.AlignmentFlag.AlignVCenter, name)
            left += painter.fontMetrics().horizontalAdvance(name) + 8
        font.setBold(False)
        painter.setFont(font)
        _elided(painter, QRect(left, room.top(), room.right() - left, line), f"<{address.display}>")
        painter.setPen(QColor(colours.bad if index.data(BAD) else colours.quiet))
        below = QRect(room.left() + 20, room.top() + line, room.width() - 20, line)
        _elided(painter, below, str(index.data(QUIET)))
        painter.restore()


def _elided(painter: QPainter, room: QRect, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
