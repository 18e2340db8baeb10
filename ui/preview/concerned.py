"""Whom a change concerns, as lists: a person a row, or a unit a row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from app.preview.comparison import Kind, UnitCount, UserChange
from app.preview.pieces import PIECE, Pieces
from ui.texts import translate
from ui.theme import tokens
from ui.widgets.labels import plain_tool_tip
from ui.wording.changes import causes_line, kind_short, kind_word, settings_line, side_word
from ui.wording.facts import harmless
from ui.wording.preview import count_text

__all__ = ["PeopleTable", "UnitsTable", "folding"]

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_COLOURS = {Kind.GAINS: "good", Kind.LOSES: "bad"}
_WHAT = 2
"""The column of what happens."""


def folding(changes: Sequence[UserChange]) -> Pieces[list[str]]:
    """Return what is searched for each person, in pieces."""
    found = []
    for number, change in enumerate(changes):
        found.append(f"{change.email} {change.unit}".casefold())
        if not number % PIECE:
            yield
    return found


class _Table(QAbstractTableModel):
    """Rows that cannot be changed."""

    def texts(self, row: int) -> Sequence[str]:
        """Return what stands in a row."""
        raise NotImplementedError

    def titles(self) -> Sequence[str]:
        """Return what stands above the columns."""
        raise NotImplementedError

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.titles())

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        if role != _Role.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return self.titles()[section]

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> object:
        if not index.isValid() or role not in {_Role.DisplayRole, _Role.ToolTipRole}:
            return None
        text = harmless(self.texts(index.row())[index.column()], 1000)
        return plain_tool_tip(text) if role == _Role.ToolTipRole else text


class PeopleTable(_Table):
    """Those concerned, narrowed by what happens to them, by their unit, and by words."""

    def __init__(self) -> None:
        super().__init__()
        self._changes: Sequence[UserChange] = ()
        self._folded: Sequence[str] = ()
        self._shown: Sequence[int] = ()
        self._titles = _people_titles(are_exports=False)

    def take(self, changes: Sequence[UserChange], folded: Sequence[str], *, are_exports: bool) -> None:
        """Take all people concerned, each with what is searched; `narrow` shows them."""
        self.beginResetModel()
        self._changes, self._folded, self._shown = changes, folded, ()
        self._titles = _people_titles(are_exports=are_exports)
        self.endResetModel()

    def narrow(self, kind: Kind | None, text: str, unit: str | None = None) -> None:
        """Show only whom all of this fits; `unit` is a path."""
        self.beginResetModel()
        shown: Sequence[int] = range(len(self._changes))
        if kind is not None:
            shown = [number for number in shown if self._changes[number].kind is kind]
        if unit is not None:
            shown = [number for number in shown if self._changes[number].unit == unit]
        for word in text.casefold().split():
            shown = [number for number in shown if word in self._folded[number]]
        self._shown = shown
        self.endResetModel()

    def change_at(self, row: int) -> UserChange:
        """Return who is in a row."""
        return self._changes[self._shown[row]]

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def titles(self) -> Sequence[str]:
        return self._titles

    def texts(self, row: int) -> Sequence[str]:
        change = self.change_at(row)
        before, after = settings_line(change.before), settings_line(change.after)
        return (change.email, change.unit, kind_word(change.kind), before, after, causes_line(change))

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> object:
        if role == _Role.ForegroundRole and index.column() == _WHAT:
            colour = _COLOURS.get(self.change_at(index.row()).kind)
            return QColor(getattr(tokens(), colour)) if colour else None
        return super().data(index, role)


class UnitsTable(_Table):
    """The units where somebody is concerned, with how many gain, lose, and so on; sorted by any of them."""

    def __init__(self) -> None:
        super().__init__()
        self._units: list[UnitCount] = []
        self._kinds: tuple[Kind, ...] = ()

    def take(self, units: Sequence[UnitCount], kinds: Sequence[Kind]) -> None:
        """Show these units, with a column for each of these kinds."""
        self.beginResetModel()
        self._units, self._kinds = list(units), tuple(kinds)
        self.endResetModel()

    def unit_at(self, row: int) -> str:
        """Return the path of the unit in a row."""
        return self._units[row].unit

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._units)

    def titles(self) -> Sequence[str]:
        return (translate("preview", "Organisational unit"), *map(kind_short, self._kinds))

    def texts(self, row: int) -> Sequence[str]:
        unit = self._units[row]
        return (unit.unit, *(count_text(unit.counts[kind]) for kind in self._kinds))

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> object:
        if role == _Role.TextAlignmentRole and index.column():
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == _Role.ForegroundRole and index.column():
            kind = self._kinds[index.column() - 1]
            colour = _COLOURS.get(kind, "text") if self._units[index.row()].counts[kind] else "quiet"
            return QColor(getattr(tokens(), colour))
        return super().data(index, role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        if role == _Role.TextAlignmentRole and section:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return super().headerData(section, orientation, role)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; units of as many people stay by path."""
        self.layoutAboutToBeChanged.emit()
        self._units.sort(key=lambda unit: (unit.unit.casefold(), unit.unit))
        falls = order == Qt.SortOrder.DescendingOrder
        if column:
            kind = self._kinds[column - 1]
            self._units.sort(key=lambda unit: unit.counts[kind], reverse=falls)
        elif falls:
            self._units.reverse()
        self.layoutChanged.emit()


def _people_titles(*, are_exports: bool) -> tuple[str, ...]:
    titles = (
        translate("preview", "Person"),
        translate("preview", "Unit"),
        translate("preview", "What happens"),
        side_word(are_exports=are_exports),
        translate("preview", "After"),
    )
    # Of a box that was ticked one knows why anything changes.
    return (*titles, translate("preview", "Because of")) if are_exports else titles
