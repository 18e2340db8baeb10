"""A list below a field, searched while one types: whom to look as, or which group to look at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListView, QVBoxLayout, QWidget

from ui.preview.matches import MatchDelegate, MatchModel
from ui.widgets import QuietLabel, SearchField

__all__ = ["MatchPopup"]

_ROWS = 9
_BATCH = 1000


class MatchPopup(QFrame):
    """All there are; typing narrows them."""

    picked = Signal(object)
    """The thing that was chosen."""

    def __init__(self, parent: QWidget, model: MatchModel, title: str, count_line: Callable[[int], str]) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("card", "true")
        self.setObjectName("matchPopup")
        self._model = model
        self._count_line = count_line
        self._search = SearchField(title, self, name="matchSearch")
        self._search.textChanged.connect(self._narrow)
        self._search.installEventFilter(self)
        self._list = QListView(self)
        self._list.setObjectName("matchList")
        self._list.setAccessibleName(title)
        self._list.setUniformItemSizes(True)
        # A hundred thousand rows at once would hold the window up.
        self._list.setLayoutMode(QListView.LayoutMode.Batched)
        self._list.setBatchSize(_BATCH)
        self._list.setItemDelegate(MatchDelegate(self._list))
        self._list.setProperty("side", True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setModel(model)
        self._list.clicked.connect(lambda index: self._pick(index.row()))
        self._count = QuietLabel(wrap=False)
        self._count.setObjectName("matchCount")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self._search)
        column.addWidget(self._list)
        column.addWidget(self._count)
        self._start_at_the_top()

    def open_below(self, field: QWidget) -> None:
        """Show the list as wide as `field`."""
        self.setFixedWidth(max(field.width(), 420))
        self._list.setFixedHeight(_ROWS * (self.fontMetrics().height() + 14) + 12)
        self.move(field.mapToGlobal(QPoint(0, field.height() + 2)))
        self.show()
        self._search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list while the search line has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps: dict[int, int] = {
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_PageDown: _ROWS - 1,
                Qt.Key.Key_PageUp: 1 - _ROWS,
            }
            if (step := steps.get(event.key())) is not None:
                self._go(self._list.currentIndex().row() + step)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._pick(self._list.currentIndex().row())
                return True
        return False

    def _narrow(self, text: str) -> None:
        self._model.narrow(text)
        self._start_at_the_top()

    def _start_at_the_top(self) -> None:
        self._go(0)
        self._count.setText(self._count_line(self._model.rowCount()))

    def _go(self, row: int) -> None:
        last = self._model.rowCount() - 1
        if last >= 0:
            self._list.setCurrentIndex(self._model.index(max(0, min(row, last))))

    def _pick(self, row: int) -> None:
        if row >= 0:
            chosen = self._model.at(row)
            self.close()
            self.picked.emit(chosen)
