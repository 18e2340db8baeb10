"""The lines of the organisation's tree: what thousands of units show is made only for those that are looked at."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from app.policy.directory import ADMINS
from app.preview.tree import Box, GroupRow, Source, UnitRow, UnitTree
from ui.texts import translate
from ui.theme import tokens
from ui.widgets.labels import plain_tool_tip
from ui.wording.facts import harmless
from ui.wording.preview import doubt_line, group_name, mark_line, people_line

__all__ = ["ID", "LinesModel"]

ID = Qt.ItemDataRole.UserRole + 1
"""The id of a unit or group; empty for a heading."""
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


@dataclass(slots=True)
class _Line:
    id: str
    parent: int
    """The number of the line above it in the tree; -1 for none."""
    place: int
    """Which of the lines below that one it is."""
    row: UnitRow | GroupRow | None = None
    """None for a heading."""
    below: list[int] = field(default_factory=list)


class LinesModel(QAbstractItemModel):
    """Units below their parents, then the groups below their heading; each with its mark."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[_Line] = []
        self._tops: list[int] = []
        self._numbers: dict[str, int] = {}

    def show_tree(self, tree: UnitTree) -> bool:
        """Take these; returns whether there are others than before. Where not, a view draws its lines anew by itself.

        To be told of each line that changed would hold it up: it looks for every one of thousands.
        """
        ids = [row.unit.id for row in tree.units] + [row.id for row in tree.groups]
        if ids == list(self._numbers):
            rows: list[UnitRow | GroupRow] = [*tree.units, *tree.groups]
            for number, row in zip(self._numbers.values(), rows, strict=True):
                self._lines[number].row = row
            return False
        self.beginResetModel()
        self._lines, self._tops, self._numbers = [], [], {}
        way = [-1]
        for unit in tree.units:
            del way[unit.depth + 1 :]
            way.append(self._add(unit.unit.id, way[-1], unit))
        if tree.groups:
            heading = self._add("", -1, None)
            for group in tree.groups:
                self._add(group.id, heading, group)
        self.endResetModel()
        return True

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all units and groups, in order."""
        return tuple(self._numbers)

    def of(self, place: str) -> QModelIndex:
        """Return where a unit or group is; nowhere for one that is not there."""
        number = self._numbers.get(place)
        return _NOWHERE if number is None else self.createIndex(self._lines[number].place, 0, number)

    def heading(self) -> int:
        """Return the row of the groups' heading at the top; -1 for none."""
        return len(self._tops) - 1 if self._tops and self._lines[self._tops[-1]].row is None else -1

    def marks(self) -> set[str]:
        """Return every mark that there is."""
        boxes = [line.row.box for line in self._lines if line.row is not None]
        plain = {(box.ticked, box.source): box for box in boxes if not box.doubtful}
        return {mark_line(box) for box in (*plain.values(), *(box for box in boxes if box.doubtful))}

    def index(self, row: int, column: int, parent: _Index = _NOWHERE) -> QModelIndex:
        below = self._below(parent)
        return self.createIndex(row, column, below[row]) if 0 <= row < len(below) else QModelIndex()

    def parent(self, index: _Index) -> QModelIndex:  # type: ignore[override]  # QObject.parent() is another method
        above = self._line(index).parent if index.isValid() else -1
        return QModelIndex() if above < 0 else self.createIndex(self._lines[above].place, 0, above)

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.column() > 0 else len(self._below(parent))

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 2

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if index.isValid() and self._line(index).row is None:
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (translate("preview", "Unit"), translate("preview", "Outbound gateways"))[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line = self._line(index)
        if role == ID:
            return line.id
        if line.row is None:
            is_name = role == Qt.ItemDataRole.DisplayRole and index.column() == 0
            return translate("preview", "Groups that override") if is_name else None
        if role == Qt.ItemDataRole.DisplayRole:
            return _name(line.row) if index.column() == 0 else mark_line(line.row.box)
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == 0:
            return f"{_name(line.row)}, {mark_line(line.row.box)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tool_tip(_tip(line.row))
        return _look(line.row.box, role) if index.column() == 1 else None

    def _add(self, place: str, parent: int, row: UnitRow | GroupRow | None) -> int:
        number, beside = len(self._lines), self._tops if parent < 0 else self._lines[parent].below
        self._lines.append(_Line(place, parent, len(beside), row))
        beside.append(number)
        if row is not None:
            self._numbers[place] = number
        return number

    def _line(self, index: _Index) -> _Line:
        return self._lines[int(index.internalId())]

    def _below(self, parent: _Index) -> list[int]:
        return self._line(parent).below if parent.isValid() else self._tops


def _name(row: UnitRow | GroupRow) -> str:
    if isinstance(row, GroupRow):
        return group_name(row)
    return harmless(row.unit.path.rpartition("/")[2] or row.unit.path)


def _tip(row: UnitRow | GroupRow) -> str:
    if isinstance(row, UnitRow):
        whole_name, people = row.unit.path, row.users_below
    else:
        whole_name, people = group_name(row) if row.id == ADMINS else row.email, row.members
    doubt = doubt_line(row.box, "") if row.box.doubtful else ""
    return " · ".join(filter(None, (harmless(whole_name), people_line(people), doubt)))


def _look(box: Box, role: int) -> object:
    """Return the letters and the colour of a mark: strong where something is set."""
    is_local = box.source is Source.LOCAL or bool(box.doubtful)
    if role == Qt.ItemDataRole.ForegroundRole:
        return QColor(tokens().text if is_local else tokens().quiet)
    if role == Qt.ItemDataRole.FontRole and is_local:
        font = QFont()
        font.setWeight(QFont.Weight.DemiBold)
        return font
    return None
