"""The organisation at the left, as in the Admin console: units, and below them the groups that override them."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget

from app.preview.tree import UnitTree
from ui.preview.lines import ID, LinesModel
from ui.theme import on_theme_change

__all__ = ["OrganisationTree"]

_LEVELS_OPEN = 3
_MARGINS = 24
"""Pixels beside a mark."""
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
        self._lines = LinesModel()
        self.setModel(self._lines)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        on_theme_change(self, self.viewport().update)

    def current_id(self) -> str:
        """Return the unit or group that is chosen; empty for none."""
        return str(self.currentIndex().data(ID) or "")

    def choose(self, place: str) -> None:
        """Make a unit or group the current one; of a place that is not there none is."""
        self.setCurrentIndex(self._lines.of(place))

    def show_tree(self, tree: UnitTree) -> None:
        """Show the organisation as it stands; who was on a unit stays on it."""
        current = self.current_id()
        self.blockSignals(True)
        if self._lines.show_tree(tree):
            self.expandToDepth(_LEVELS_OPEN - 1)
            if (heading := self._lines.heading()) >= 0:
                self.setFirstColumnSpanned(heading, self.rootIndex(), True)
            ids = self._lines.ids()
            self.choose(current if current in ids else next(iter(ids), ""))
        self.viewport().update()
        self.blockSignals(False)
        self._make_room()

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        if found := self.current_id():
            self.chosen.emit(found)

    def _make_room(self) -> None:
        """Make the second column as wide as its widest mark; asking every line would take long."""
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        widest = max(map(QFontMetrics(font).horizontalAdvance, self._lines.marks()), default=0)
        self.header().resizeSection(1, max(widest + _MARGINS, self.header().sectionSizeHint(1)))
