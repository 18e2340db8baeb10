"""The people of an export as a list that is searched while one types, however many they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.policy.directory import OrgUnit, User
from ui.theme import tokens

__all__ = ["UNIT", "PeopleModel", "PersonDelegate"]

UNIT = Qt.ItemDataRole.UserRole + 1
"""The path of the person's unit."""
_Index = QModelIndex | QPersistentModelIndex


class PeopleModel(QAbstractListModel):
    """Addresses with their units; `narrow` leaves those whose address or unit has every word."""

    def __init__(self, users: Sequence[User], units: Mapping[str, OrgUnit]) -> None:
        super().__init__()
        self._users = users
        self._units = units
        self._shown: Sequence[int] = range(len(users))
        self._words: tuple[str, ...] = ()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        user = self._users[self._shown[index.row()]]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return user.email
        if role in {UNIT, Qt.ItemDataRole.AccessibleDescriptionRole}:
            return self._path(user)
        return None

    def user(self, row: int) -> User:
        """Return the person in a row that is shown."""
        return self._users[self._shown[row]]

    def narrow(self, text: str) -> None:
        """Show only whom these words fit; what is typed further is looked for among those that fit already."""
        words = tuple(text.casefold().split())
        if words == self._words:
            return
        self.beginResetModel()
        goes_on = len(words) >= len(self._words) and all(map(str.startswith, words, self._words))
        found: Sequence[int] = self._shown if goes_on else range(len(self._users))
        for word in words:
            found = [number for number in found if word in self._texts[number]]
        self._shown, self._words = found, words
        self.endResetModel()

    @cached_property
    def _texts(self) -> list[str]:
        paths = {unit.id: unit.path.casefold() for unit in self._units.values()}
        return [f"{user.email.casefold()} {paths.get(user.org_unit, '')}" for user in self._users]

    def _path(self, user: User) -> str:
        unit = self._units.get(user.org_unit)
        return unit.path if unit is not None else ""


class PersonDelegate(QStyledItemDelegate):
    """Draws an address with its unit in quiet text at the end of the row."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(100, option.fontMetrics.height() + 14)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        colours = tokens()
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selection))
            painter.drawRoundedRect(option.rect, 6, 6)
        room = option.rect.adjusted(10, 0, -10, 0)
        metrics = option.fontMetrics
        path = metrics.elidedText(str(index.data(UNIT)), Qt.TextElideMode.ElideMiddle, room.width() * 2 // 5)
        right = metrics.horizontalAdvance(path)
        painter.setPen(QColor(colours.quiet))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, path)
        left = QRect(room.left(), room.top(), room.width() - right - 16, room.height())
        address = metrics.elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, left.width())
        painter.setPen(QColor(colours.text))
        painter.drawText(left, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, address)
        painter.restore()
