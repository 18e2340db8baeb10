"""A table of rows: columns that share the width there is, and Return or a double click for a row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

__all__ = ["RowTable"]

_LEAST = 34
"""Pixels a column has at least for each share of its; what does not fit then is scrolled."""
_BESIDE = 36
"""Pixels beside a title, the arrow of the order among them."""


class RowTable(QTableView):
    """Rows of which one is the current one."""

    picked = Signal(int)
    """The number of a row on which Return was pressed, or that was clicked twice."""

    def __init__(self, model: QAbstractTableModel, title: str, name: str) -> None:
        super().__init__()
        self._shares: Sequence[int] = ()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.doubleClicked.connect(lambda index: self.picked.emit(index.row()))

    def share(self, shares: Sequence[int]) -> None:
        """Give the columns widths in these proportions; who pulls at one has it so until the window's width changes."""
        self._shares = shares
        self._divide()

    def share_first(self) -> None:
        """Give the first column all that the titles of the others leave."""
        header = self.horizontalHeader()
        header.setStretchLastSection(False)
        for column in range(self.model().columnCount()):
            title = str(self.model().headerData(column, Qt.Orientation.Horizontal))
            mode = QHeaderView.ResizeMode.Fixed if column else QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(column, mode)
            header.resizeSection(column, header.fontMetrics().horizontalAdvance(title) + _BESIDE)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Be on a row at once, for whoever works by keyboard."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model().rowCount():
            self.setCurrentIndex(self.model().index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self.picked.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._divide()

    def _divide(self) -> None:
        room, whole = self.viewport().width(), sum(self._shares)
        for column, share in enumerate(self._shares):
            self.setColumnWidth(column, max(_LEAST * share, room * share // whole))
