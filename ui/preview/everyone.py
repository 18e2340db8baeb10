"""What a change does to the whole organisation: how many gain and lose, who they are, and the table of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHBoxLayout, QHeaderView, QTableView, QVBoxLayout, QWidget

from app.preview.comparison import Comparison, Kind, UserChange
from ui.texts import translate
from ui.theme import tokens
from ui.widgets import Button, Heading, QuietLabel, SearchField
from ui.widgets.labels import plain_tool_tip
from ui.wording.facts import harmless
from ui.wording.preview import allowed_line, kind_word, summary_line

__all__ = ["EveryonePage"]

_Index = QModelIndex | QPersistentModelIndex
_COLOURS = {Kind.GAINS: "good", Kind.LOSES: "bad"}


class EveryonePage(QWidget):
    """The people concerned, narrowed by what happens to them and by words."""

    save_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("everyonePage")
        self.headline = Heading(self.tr("Counting…"))
        self.headline.setObjectName("everyoneHeadline")
        self.detail = QuietLabel()
        self.model = _ChangeModel()
        self.kinds = QComboBox()
        self.kinds.setObjectName("kindChoice")
        self.kinds.setAccessibleName(self.tr("What happens to them"))
        self.kinds.currentIndexChanged.connect(lambda _index: self._narrow())
        self.search = SearchField(self.tr("Search people and units"), name="changeSearch")
        self.search.textChanged.connect(lambda _text: self._narrow())
        self.save = Button(self.tr("Save as CS&V…"), name="saveCsv")
        self.save.clicked.connect(self.save_wanted)
        self.table = QTableView()
        self.table.setObjectName("changeTable")
        self.table.setAccessibleName(self.tr("People whom the change concerns"))
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.kinds)
        tools.addWidget(self.search, 1)
        tools.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.headline)
        column.addWidget(self.detail)
        column.addLayout(tools)
        column.addWidget(self.table, 1)

    def show_counting(self) -> None:
        """Say that the people are being counted."""
        self.headline.setText(self.tr("Counting…"))
        self.save.setEnabled(False)

    def show_comparison(self, comparison: Comparison) -> None:
        """Show who is concerned."""
        self.headline.setText(summary_line(comparison))
        self.detail.setText(allowed_line(comparison))
        self.save.setEnabled(bool(comparison.changes))
        chosen = self.kinds.currentData()
        self.kinds.blockSignals(True)
        self.kinds.clear()
        self.kinds.addItem(self.tr("All ({count})").format(count=self.locale().toString(len(comparison.changes))), None)
        for kind in Kind:
            if count := comparison.counts[kind]:
                self.kinds.addItem(f"{_short(kind)} ({self.locale().toString(count)})", kind)
        self.kinds.setCurrentIndex(max(0, self.kinds.findData(chosen)))
        self.kinds.blockSignals(False)
        self.model.take(comparison.changes)
        self._narrow()

    def _narrow(self) -> None:
        kind = self.kinds.currentData()  # Qt gives a plain text back
        self.model.narrow(Kind(kind) if kind else None, self.search.text())


class _ChangeModel(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self._changes: Sequence[UserChange] = ()
        self._shown: Sequence[UserChange] = ()

    def take(self, changes: Sequence[UserChange]) -> None:
        """Take all people concerned; `narrow` shows them."""
        self._changes = changes

    def narrow(self, kind: Kind | None, text: str) -> None:
        """Show only whom these words and this kind fit."""
        words = text.casefold().split()
        self.beginResetModel()
        shown = self._changes
        if kind is not None:
            shown = [change for change in shown if change.kind is kind]
        for word in words:
            shown = [change for change in shown if word in change.email.casefold() or word in change.unit.casefold()]
        self._shown = shown
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        titles = (
            translate("preview", "Person"),
            translate("preview", "Organisational unit"),
            translate("preview", "What happens"),
        )
        return titles[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        change = self._shown[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            text = harmless((change.email, change.unit, kind_word(change.kind))[index.column()])
            return plain_tool_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == 2 and change.kind in _COLOURS:
            return QColor(getattr(tokens(), _COLOURS[change.kind]))
        return None


def _short(kind: Kind) -> str:
    words = {
        Kind.GAINS: translate("preview", "Gain"),
        Kind.LOSES: translate("preview", "Lose"),
        Kind.OTHER: translate("preview", "Other settings"),
        Kind.ADDED: translate("preview", "New"),
        Kind.REMOVED: translate("preview", "Gone"),
    }
    return words[kind]
