"""What a change does to the whole organisation: how many gain and lose, who they are, and in which units."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.preview.comparison import Comparison, Kind
from ui.preview.concerned import PeopleTable, UnitsTable
from ui.preview.tables import RowTable
from ui.widgets import Button, EmptyState, Heading, LinkButton, QuietLabel, SearchField
from ui.wording.changes import allowed_line, kind_short, others_line, summary_line
from ui.wording.facts import harmless
from ui.wording.preview import count_text, people_line

__all__ = ["EveryonePage"]

_PEOPLE, _UNITS = range(2)
_SHARES = (5, 4, 3, 4, 4, 4)
"""How wide the columns of people are to each other."""


class EveryonePage(QWidget):
    """The people concerned, narrowed by what happens to them and by words, or their units."""

    save_wanted = Signal()
    person_wanted = Signal(str)
    """The address of somebody in the list whom one wants to look at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("everyonePage")
        self._unit: str | None = None
        self.headline = Heading(self.tr("Counting…"))
        self.headline.setObjectName("everyoneHeadline")
        self.detail = QuietLabel()
        self.detail.setObjectName("everyoneDetail")
        self.model, self.units_model = PeopleTable(), UnitsTable()
        self._build_tools()
        self.table = RowTable(self.model, self.tr("People whom the change concerns"), "changeTable")
        self.table.picked.connect(lambda row: self.person_wanted.emit(self.model.change_at(row).email))
        self.units = RowTable(self.units_model, self.tr("Units whose people the change concerns"), "unitTable")
        self.units.setSortingEnabled(True)
        self.units.picked.connect(lambda row: self._show_unit(self.units_model.unit_at(row)))
        self.nobody = EmptyState(
            "circle-check", self.tr("Nobody is concerned"), self.tr("Everybody may do what they may do already.")
        )
        self.nothing_fits = EmptyState(
            "search", self.tr("Nobody fits"), self.tr("Search for other words, or show all that happens.")
        )
        self._views = QStackedWidget()
        for view in (self.table, self.units, self.nobody, self.nothing_fits):
            self._views.addWidget(view)
        self.hint = QuietLabel(wrap=False)
        self.hint.setObjectName("everyoneHint")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(12)
        column.addWidget(self.headline)
        column.addWidget(self.detail)
        column.addLayout(self._tools())
        column.addWidget(self._views, 1)
        column.addWidget(self.hint)

    def _build_tools(self) -> None:
        self.rows = QComboBox()
        self.rows.setObjectName("rowChoice")
        self.rows.setAccessibleName(self.tr("What a row is"))
        self.rows.addItem(self.tr("People"), _PEOPLE)
        self.rows.addItem(self.tr("Units"), _UNITS)
        self.rows.currentIndexChanged.connect(lambda _index: self._narrow())
        self.kinds = QComboBox()
        self.kinds.setObjectName("kindChoice")
        self.kinds.setAccessibleName(self.tr("What happens to them"))
        self.kinds.currentIndexChanged.connect(lambda _index: self._narrow())
        self.search = SearchField(self.tr("Search people and units"), name="changeSearch")
        self.search.textChanged.connect(lambda _text: self._narrow())
        self.unit_link = LinkButton("", self, name="allUnits")
        self.unit_link.clicked.connect(lambda: self._show_unit(None))
        self.unit_link.hide()
        self.save = Button(self.tr("Save as CS&V…"), name="saveCsv")
        self.save.clicked.connect(self.save_wanted)

    def _tools(self) -> QVBoxLayout:
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.rows)
        tools.addWidget(self.kinds)
        tools.addWidget(self.search, 1)
        tools.addWidget(self.save)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(tools)
        column.addWidget(self.unit_link, 0, Qt.AlignmentFlag.AlignLeading)
        return column

    @property
    def shows_units(self) -> bool:
        """Whether a row is a unit."""
        return bool(self.rows.currentData() == _UNITS)

    def show_counting(self) -> None:
        """Say that the people are being counted."""
        self.headline.setText(self.tr("Counting…"))
        self.save.setEnabled(False)

    def show_comparison(self, comparison: Comparison, folded: Sequence[str], *, are_exports: bool) -> None:
        """Show who is concerned; `folded` is what is searched for each of them."""
        self.headline.setText(summary_line(comparison))
        lines = (allowed_line(comparison, are_exports=are_exports), others_line(comparison))
        self.detail.setText(" ".join(filter(None, lines)))
        self.save.setEnabled(bool(comparison.changes))
        self._offer_kinds(comparison)
        self.model.take(comparison.changes, folded, are_exports=are_exports)
        kinds = [kind for kind in Kind if comparison.counts[kind]]
        self.units_model.take(comparison.units, kinds)
        self.units.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        if self._unit not in {unit.unit for unit in comparison.units}:
            self._unit = None
        self.table.share(_SHARES[: self.model.columnCount()])
        self.units.share_first()
        self._narrow()

    def go_to_rows(self) -> None:
        """Have the keyboard in the list that is shown, on its first row."""
        (self.units if self.shows_units else self.table).setFocus()

    def _offer_kinds(self, comparison: Comparison) -> None:
        chosen = self.kinds.currentData()
        self.kinds.blockSignals(True)
        self.kinds.clear()
        self.kinds.addItem(self.tr("All ({count})").format(count=count_text(len(comparison.changes))), None)
        for kind in Kind:
            if count := comparison.counts[kind]:
                self.kinds.addItem(f"{kind_short(kind)} ({count_text(count)})", kind)
        self.kinds.setCurrentIndex(max(0, self.kinds.findData(chosen)))
        self.kinds.blockSignals(False)

    def _show_unit(self, path: str | None) -> None:
        """Show the people of one unit, or of all."""
        self._unit = path
        self.rows.setCurrentIndex(_PEOPLE)
        self._narrow()
        self.table.setFocus()

    def _narrow(self) -> None:
        is_units, unit = self.shows_units, self._unit
        kind = self.kinds.currentData()  # Qt gives a plain text back
        self.model.narrow(Kind(kind) if kind else None, self.search.text(), unit)
        for tool in (self.kinds, self.search):
            tool.setEnabled(not is_units)
        self.unit_link.setVisible(unit is not None and not is_units)
        self.unit_link.setText(self.tr("Only {unit} · show all units").format(unit=harmless(unit or "")))
        view: QWidget = self.units if is_units else self.table
        if not self.units_model.rowCount():
            view = self.nobody
        elif not is_units and not self.model.rowCount():
            view = self.nothing_fits
        self._views.setCurrentWidget(view)
        self._tell(is_units=is_units)

    def _tell(self, *, is_units: bool) -> None:
        """Say how many are shown, and what can be done with them."""
        shown = self.model.rowCount()
        hint = self.tr("{people} shown. Press Return on one to look as this person.").format(people=people_line(shown))
        if is_units:
            hint = self.tr("Press Return on a unit to see its people.")
        self.hint.setText(hint)
        self.hint.setVisible(self._views.currentWidget() in {self.table, self.units})
