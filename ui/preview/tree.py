"""The organisation at the left, as in the Admin console: units, and below them the groups that override them."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget

from app.policy.directory import ADMINS
from app.preview.tree import Box, Source, UnitRow, UnitTree
from ui.theme import on_theme_change, tokens
from ui.widgets.labels import plain_tool_tip
from ui.wording.facts import harmless
from ui.wording.preview import doubt_line, group_name, mark_line, people_line

__all__ = ["OrganisationTree"]

_ID = Qt.ItemDataRole.UserRole + 1
_LEVELS_OPEN = 3
_Line = tuple[QStandardItem, QStandardItem]
_Index = QModelIndex | QPersistentModelIndex


class OrganisationTree(QTreeView):
    """Units and groups with their marks; one of them is the current one."""

    chosen = Signal(str)
    """The id of a unit or group."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("organisationTree")
        self.setAccessibleName(self.tr("Organisational units and groups"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setIndentation(16)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lines: dict[str, _Line] = {}
        self._tree: UnitTree | None = None
        self._items = QStandardItemModel(0, 2, self)
        self._items.setHorizontalHeaderLabels([self.tr("Unit"), self.tr("Outbound gateways")])
        self.setModel(self._items)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        on_theme_change(self, self._show_values)

    def current_id(self) -> str:
        """Return the unit or group that is chosen; empty for none."""
        return str(self.currentIndex().siblingAtColumn(0).data(_ID) or "")

    def choose(self, place: str) -> None:
        """Make a unit or group the current one; of a place that is not there none is."""
        line = self._lines.get(place)
        self.setCurrentIndex(line[0].index() if line is not None else QModelIndex())

    def show_tree(self, tree: UnitTree) -> None:
        """Show the organisation as it stands; who was on a unit stays on it."""
        ids = [row.unit.id for row in tree.units] + [row.id for row in tree.groups]
        self._tree = tree
        if ids != list(self._lines):
            current = self.current_id()
            self.blockSignals(True)
            self._build(tree)
            self.choose(current if current in self._lines else next(iter(self._lines), ""))
            self.blockSignals(False)
        self._show_values()

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        if found := self.current_id():
            self.chosen.emit(found)

    def _build(self, tree: UnitTree) -> None:
        self._items.removeRows(0, self._items.rowCount())
        self._lines.clear()
        parents = [self._items.invisibleRootItem()]
        for row in tree.units:
            del parents[row.depth + 1 :]
            line = self._add(parents[-1], row.unit.id, _unit_name(row))
            parents.append(line[0])
        if tree.groups:
            heading = QStandardItem(self.tr("Groups that override"))
            heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
            filler = QStandardItem()
            filler.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self._items.appendRow([heading, filler])
            self.setFirstColumnSpanned(heading.row(), self.rootIndex(), True)
            for group in tree.groups:
                self._add(heading, group.id, group_name(group))
        self.expandToDepth(_LEVELS_OPEN - 1)

    def _add(self, parent: QStandardItem, place: str, name: str) -> _Line:
        line = QStandardItem(harmless(name)), QStandardItem()
        line[0].setData(place, _ID)
        parent.appendRow(list(line))
        self._lines[place] = line
        return line

    def _show_values(self) -> None:
        if self._tree is None:
            return
        # Measured once in the end, and not anew for every line that is written.
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        for row in self._tree.units:
            self._show_value(row.unit.id, row.box, row.unit.path, row.users_below)
        for group in self._tree.groups:
            whole_name = group_name(group) if group.id == ADMINS else group.email
            self._show_value(group.id, group.box, whole_name, group.members)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)

    def _show_value(self, place: str, box: Box, whole_name: str, people: int) -> None:
        name, value = self._lines[place]
        colours = tokens()
        is_local = box.source is Source.LOCAL or bool(box.doubtful)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if is_local else QFont.Weight.Normal)
        value.setFont(font)
        value.setForeground(QColor(colours.text if is_local else colours.quiet))
        value.setText(mark_line(box))
        doubt = doubt_line(box, "") if box.doubtful else ""
        tip = plain_tool_tip(f"{harmless(whole_name)} · {people_line(people)}" + (f" · {doubt}" if doubt else ""))
        for item in (name, value):
            item.setToolTip(tip)
        name.setAccessibleText(f"{name.text()}, {value.text()}")


def _unit_name(row: UnitRow) -> str:
    return row.unit.path.rpartition("/")[2] or row.unit.path
