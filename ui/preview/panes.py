"""The parts of the preview's window: the organisation at the left, and at the right a page for each tab."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from ui.preview.everyone import EveryonePage
from ui.preview.organisation import OrganisationPane
from ui.preview.person import PersonPage
from ui.preview.picker import PersonField
from ui.preview.sides import Sides, View, ViewChoice
from ui.preview.stage import Shown
from ui.widgets import Button, Card, ElidedLabel, Line, Notice

__all__ = ["EVERYONE", "Panes"]

EVERYONE = 4
"""The tab of the whole organisation."""
_WINDOWS = {1: Shown.ACCOUNTS, 2: Shown.WIZARD, 3: Shown.COMPOSER}
"""Which tab shows which of the program's windows."""


class Panes(QSplitter):
    """All parts, laid out; each can be had by its name."""

    def __init__(self, now: Callable[[], datetime], tabs: Sequence[str]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.organisation = OrganisationPane()
        self.organisation.setMinimumWidth(296)
        self.person_field = PersonField()
        self.invent_button = Button(self.tr("&Invent…"), name="inventButton")
        self.band = Notice(name="previewBand")
        self.notice = Notice(name="previewNotice", closable=True)
        self.view = ViewChoice()
        self.sides = Sides(now)
        self.person_page = PersonPage()
        self.everyone = EveryonePage()
        self.tabs = QTabBar()
        self.tabs.setObjectName("previewTabs")
        self.tabs.setAccessibleName(self.tr("What is shown"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for tab in tabs:
            self.tabs.addTab(tab)
        self._stack = QStackedWidget()
        self._windows = self._windows_page()
        for page in (self.person_page, self._windows, self.everyone):
            self._stack.addWidget(page)
        self.setChildrenCollapsible(False)
        self.addWidget(self.organisation)
        self.addWidget(self._right())
        self.setStretchFactor(1, 1)
        self.setSizes([368, 1032])
        self.tabs.currentChanged.connect(self._show_tab)
        self.view.chosen.connect(self._show_view)
        self._show_tab(0)

    def _windows_page(self) -> QWidget:
        """Return the windows of both sides, with the choice of sides above them."""
        self.side_line = ElidedLabel("", quiet=True)
        self.side_line.setObjectName("sideLine")
        row = QHBoxLayout()
        row.setContentsMargins(16, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self.side_line, 1)
        row.addWidget(self.view)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(Line())
        column.addWidget(self.sides, 1)
        return page

    def _right(self) -> QWidget:
        label = QLabel(self.tr("Pr&eview as"))
        label.setBuddy(self.person_field)
        who = QHBoxLayout()
        who.setSpacing(8)
        who.addWidget(label)
        who.addWidget(self.person_field, 1)
        who.addWidget(self.invent_button)
        card = Card(margin=1)
        card.body.addWidget(self._stack)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(12, 12, 16, 16)
        column.setSpacing(12)
        column.addLayout(who)
        column.addWidget(self.band)
        column.addWidget(self.notice)
        column.addWidget(self.tabs)
        column.addWidget(card, 1)
        return right

    def _show_tab(self, number: int) -> None:
        window = _WINDOWS.get(number)
        if window is not None:
            self.sides.show_window(window)
            self._stack.setCurrentWidget(self._windows)
        else:
            self._stack.setCurrentWidget(self.everyone if number == EVERYONE else self.person_page)

    def _show_view(self, view: View) -> None:
        self.sides.show_view(view)
        self.side_line.set_text(self.sides.headline())
