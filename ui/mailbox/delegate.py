"""A row of the message list: to whom and when, below it the subject and the state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.mailbox.entries import row_text
from ui.mailbox.model import ENTRY
from ui.theme import tokens

__all__ = ["RowDelegate"]

_MARGIN = 12
_GAP = 8


class RowDelegate(QStyledItemDelegate):
    """Draws rows of one height; a hundred thousand cost no more than those in sight."""

    def __init__(self, now: Callable[[], datetime], parent: QWidget) -> None:
        super().__init__(parent)
        self._now = now

    def row_height(self, font: QFont) -> int:
        """Return the height of each row in pixels."""
        return 2 * QFontMetrics(font).height() + 2 * _GAP + 4

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(160, self.row_height(option.font))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry = index.data(ENTRY)
        if entry is None:
            return
        colours = tokens()
        painter.save()
        self._ground(painter, option)
        text = row_text(entry, self._now())
        inner = option.rect.adjusted(_MARGIN, _GAP, -_MARGIN, -_GAP)
        half = inner.height() // 2
        top = QRect(inner.left(), inner.top(), inner.width(), half)
        bottom = QRect(inner.left(), inner.top() + half, inner.width(), inner.height() - half)
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        small = QFont(option.font)
        small.setPointSizeF(option.font.pointSizeF() * 0.93)
        strong_small = QFont(small)
        strong_small.setWeight(QFont.Weight.DemiBold)
        _line(painter, top, (bold, colours.text, text.to), (small, colours.quiet, text.when))
        state_colour = str(getattr(colours, text.kind))
        _line(painter, bottom, (small, colours.quiet, text.subject), (strong_small, state_colour, text.state))
        painter.restore()

    @staticmethod
    def _ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
        colours = tokens()
        rect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, QColor(colours.selection))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(colours.hover))
        painter.setPen(QColor(colours.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if selected and option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(QRect(_leading(option, rect, 3), rect.top(), 3, rect.height()), QColor(colours.accent))


def _leading(option: QStyleOptionViewItem, rect: QRect, width: int) -> int:
    return rect.left() if option.direction == Qt.LayoutDirection.LeftToRight else rect.right() - width + 1


def _line(painter: QPainter, rect: QRect, first: tuple[QFont, str, str], last: tuple[QFont, str, str]) -> None:
    """Draw a text at the beginning of a line, shortened, and one at its end."""
    font, colour, text = last
    width = QFontMetrics(font).horizontalAdvance(text)
    right_to_left = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
    end, start = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
    if right_to_left:
        end, start = start, end
    middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute | Qt.TextFlag.TextSingleLine
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(rect, int(middle | end), text)
    font, colour, text = first
    room = rect.width() - (width + _MARGIN if width else 0)
    left = rect.left() + (rect.width() - room if right_to_left else 0)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.drawText(QRect(left, rect.top(), room, rect.height()), int(middle | start), shown)
