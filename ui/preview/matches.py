"""Lists that are searched while one types, however long they are: the people of an export, and its groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec.structs import replace
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.policy.directory import ADMINS, Directory, Group, OrgUnit, User
from ui.theme import tokens
from ui.wording.facts import harmless
from ui.wording.preview import group_name

__all__ = ["BESIDE", "GroupModel", "MatchDelegate", "MatchModel", "PeopleModel", "TickModel", "groups_of"]

BESIDE = Qt.ItemDataRole.UserRole + 1
"""What stands beside the text of a row."""
_Index = QModelIndex | QPersistentModelIndex


class MatchModel(QAbstractListModel):
    """Things with a text and a quiet one beside it; `narrow` leaves those in whose texts every word stands."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count
        self._shown: Sequence[int] = range(count)
        self._words: tuple[str, ...] = ()

    def text(self, number: int) -> str:
        """Return the text of a thing."""
        raise NotImplementedError

    def beside(self, number: int) -> str:
        """Return what stands beside it."""
        raise NotImplementedError

    def thing(self, number: int) -> object:
        """Return the thing itself."""
        raise NotImplementedError

    def at(self, row: int) -> object:
        """Return the thing in a row that is shown."""
        return self.thing(self._shown[row])

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        number = self._shown[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self.text(number)
        if role in {BESIDE, Qt.ItemDataRole.AccessibleDescriptionRole}:
            return self.beside(number)
        return None

    def narrow(self, text: str) -> None:
        """Show only what these words fit; what is typed further is looked for among what fits already."""
        words = tuple(text.casefold().split())
        if words == self._words:
            return
        self.beginResetModel()
        goes_on = len(words) >= len(self._words) and all(map(str.startswith, words, self._words))
        found: Sequence[int] = self._shown if goes_on else range(self._count)
        for word in words:
            found = [number for number in found if word in self._folded[number]]
        self._shown, self._words = found, words
        self.endResetModel()

    @cached_property
    def _folded(self) -> list[str]:
        return [f"{self.text(number)} {self.beside(number)}".casefold() for number in range(self._count)]


class PeopleModel(MatchModel):
    """Addresses with the paths of their units."""

    def __init__(self, users: Sequence[User], units: Mapping[str, OrgUnit]) -> None:
        super().__init__(len(users))
        self._users = users
        self._units = units

    def text(self, number: int) -> str:
        return self._users[number].email

    def beside(self, number: int) -> str:
        unit = self._units.get(self._users[number].org_unit)
        return unit.path if unit is not None else ""

    @cached_property
    def _folded(self) -> list[str]:
        # As the other models have it, in a third of the time: for a hundred thousand people that is felt.
        paths = {unit.id: unit.path.casefold() for unit in self._units.values()}
        return [f"{user.email.casefold()} {paths.get(user.org_unit, '')}" for user in self._users]

    def thing(self, number: int) -> User:
        return self._users[number]


class GroupModel(MatchModel):
    """Groups with their addresses."""

    def __init__(self, groups: Sequence[Group]) -> None:
        super().__init__(len(groups))
        self._groups = groups

    def text(self, number: int) -> str:
        return harmless(self._groups[number].name) or self.beside(number)

    def beside(self, number: int) -> str:
        return harmless(self._groups[number].email)

    def thing(self, number: int) -> Group:
        return self._groups[number]


class TickModel(GroupModel):
    """Groups of which any may be ticked; what is narrowed away stays ticked."""

    def __init__(self, groups: Sequence[Group]) -> None:
        super().__init__(groups)
        self._ticked: dict[str, None] = {}

    def ticked(self) -> tuple[str, ...]:
        """Return the ids of those that are ticked, in the order in which they were."""
        return tuple(self._ticked)

    def text(self, number: int) -> str:
        name, address = super().text(number), self.beside(number)
        return f"{name} <{address}>" if address not in {"", name} else name

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.CheckStateRole and index.isValid():
            is_ticked = self._group_at(index).id in self._ticked
            return Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked
        return super().data(index, role)

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        group = self._group_at(index)
        if Qt.CheckState(value) is Qt.CheckState.Checked:
            self._ticked[group.id] = None
        else:
            self._ticked.pop(group.id, None)
        self.dataChanged.emit(index, index, [role])
        return True

    def _group_at(self, index: _Index) -> Group:
        return self.thing(self._shown[index.row()])


def groups_of(directory: Directory) -> list[Group]:
    """Return all groups that there can be a policy for, by name; Google's own of all administrators among them."""
    own = Group(id=ADMINS, email="")
    groups = [*(group for group in directory.groups.values() if group.id != ADMINS), replace(own, name=group_name(own))]
    return sorted(groups, key=lambda group: (group.name or group.email).casefold())


class MatchDelegate(QStyledItemDelegate):
    """Draws a text, and what stands beside it in quiet letters at the end of the row."""

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
        path = metrics.elidedText(str(index.data(BESIDE)), Qt.TextElideMode.ElideMiddle, room.width() * 2 // 5)
        right = metrics.horizontalAdvance(path)
        painter.setPen(QColor(colours.quiet))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, path)
        left = QRect(room.left(), room.top(), room.width() - right - 16, room.height())
        address = metrics.elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, left.width())
        painter.setPen(QColor(colours.text))
        painter.drawText(left, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, address)
        painter.restore()
