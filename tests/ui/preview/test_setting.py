"""The setting of a place at the left of the preview: what is unclear about it is said, and what can be taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.policy.directory import Directory
from app.preview.change import Change, Choice, apply_change
from app.preview.tree import unit_tree
from tests.app.policy.documents import gateway_policy
from tests.app.policy.test_evaluate import LICENCE
from tests.app.preview.organisation import ADMINS, NORTH, PARTNERS, ROOT, SALES, directory, ticked
from ui.preview.organisation import OrganisationPane


@pytest.fixture
def pane(qtbot: QtBot) -> OrganisationPane:
    """The left side of a preview, alone."""
    pane = OrganisationPane()
    qtbot.addWidget(pane)
    pane.show()
    return pane


def look(pane: OrganisationPane, there: Directory, place: str) -> None:
    pane.take(there, "test")
    pane.show_tree(there, unit_tree(there))
    pane.tree.choose(place)


def mark(pane: OrganisationPane, row: int) -> str:
    """Return what the tree says of the root's unit number `row`."""
    root = pane.tree.model().index(0, 0)
    return str(pane.tree.model().index(row, 1, root).data())


def test_after_a_change_the_whole_tree_is_drawn_anew(pane: OrganisationPane, qtbot: QtBot) -> None:
    look(pane, ticked(directory(), SALES), SALES)
    drawn = _Drawn(pane.tree.viewport())
    qtbot.wait(1)
    drawn.region = QRegion()
    pane.show_tree(directory(), unit_tree(directory()))
    qtbot.waitUntil(lambda: drawn.region.contains(pane.tree.viewport().rect()))
    assert mark(pane, 1) == "Off · Inherited"


class _Drawn(QObject):
    """Notes what is drawn of a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region = self.region.united(event.region())
        return False


CONDITION = "A policy with a condition, on licences perhaps, is set "


def test_a_condition_that_allows_is_told_where_it_is_set_and_in_the_tree(pane: OrganisationPane) -> None:
    look(pane, directory(gateway_policy(True, unit=SALES, order=202.0, query=LICENCE)), SALES)
    assert (
        pane.card.doubt.text()
        == f"{CONDITION}here too. Whether it applies cannot be told, so nothing is allowed by it."
    )
    assert mark(pane, 1) == "Off · With a condition"
    pane.tree.choose(NORTH)
    assert pane.card.doubt.isHidden()


def test_a_condition_that_forbids_is_told_with_the_place_where_it_is_set(pane: OrganisationPane) -> None:
    there = directory(gateway_policy(True, order=201.0), gateway_policy(False, unit=SALES, order=202.0, query=LICENCE))
    look(pane, there, SALES)
    assert pane.card.doubt.text().startswith(f"{CONDITION}here.")
    pane.tree.choose(NORTH)
    assert pane.card.doubt.text().startswith(f"{CONDITION}for /Vertrieb.")


def test_a_value_that_makes_no_sense_is_told_with_the_place_where_it_is_set(pane: OrganisationPane) -> None:
    there = directory(gateway_policy(True, order=201.0), gateway_policy("on", unit=SALES, order=202.0))
    look(pane, there, SALES)
    assert pane.card.doubt.text() == "The value that was set makes no sense, so it counts as off."
    assert mark(pane, 1) == "Off · Unclear"
    pane.tree.choose(NORTH)
    assert pane.card.doubt.text() == "The value that is set for /Vertrieb makes no sense, so it counts as off."


def test_only_what_is_set_in_a_box_can_be_taken_back(pane: OrganisationPane) -> None:
    link = pane.card.inherit
    licence = gateway_policy(False, unit=SALES, order=202.0, query=LICENCE)
    look(pane, directory(gateway_policy(True, order=201.0), licence), SALES)
    assert link.isHidden()
    pane.tree.choose(ROOT)
    assert (link.isHidden(), link.text(), link.toolTip()) == (False, "Reset", "Reset to Google's default")
    look(pane, ticked(directory(), SALES), SALES)
    assert (link.isHidden(), link.text()) == (False, "Inherit")
    look(pane, ticked(directory(), PARTNERS), PARTNERS)
    assert (link.isHidden(), link.text()) == (False, "Unset")


def test_the_group_of_all_administrators_can_be_set_unset_and_set_again(pane: OrganisationPane) -> None:
    there = ticked(directory(), ADMINS)
    look(pane, there, ADMINS)
    assert pane.card.place.text() == "All administrators"
    there = apply_change(there, Change(ADMINS, Choice.INHERIT))
    pane.show_tree(there, unit_tree(there))
    assert pane.card.place.text() == "All administrators"
    assert pane.card.box.checkState() is Qt.CheckState.PartiallyChecked
    assert pane.card.box.isEnabled()
    assert pane.tree.current_id() == ""
    pane.tree.choose(SALES)
    choose_group(pane, "administrators")
    assert (pane.place, pane.tree.current_id()) == (ADMINS, "")
    there = ticked(there, ADMINS)
    pane.show_tree(there, unit_tree(there))
    assert (pane.card.box.checkState(), pane.tree.current_id()) == (Qt.CheckState.Checked, ADMINS)


def choose_group(pane: OrganisationPane, words: str) -> None:
    pane.more_groups.click()
    search = pane.findChild(QLineEdit, "matchSearch")
    assert search is not None
    QTest.keyClicks(search, words)
    QTest.keyClick(search, Qt.Key.Key_Return)


def test_the_lines_of_the_tree_are_a_tree_after_each_change(pane: OrganisationPane) -> None:
    lines = pane.tree.model()
    fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
    tester = QAbstractItemModelTester(lines, fatal)
    there = directory()
    for change in (Change(NORTH, Choice.TICK), Change(PARTNERS, Choice.TICK), Change(PARTNERS, Choice.INHERIT)):
        there = apply_change(there, change)
        pane.show_tree(there, unit_tree(there))
    north = lines.index(0, 0, lines.index(1, 0, lines.index(0, 0)))
    assert north.data(Qt.ItemDataRole.AccessibleTextRole) == "Nord, On · Locally applied"
    assert north.data(Qt.ItemDataRole.ToolTipRole) == "<span>/Vertrieb/Nord · 1 person</span>"
    assert lines.rowCount() == 1
    assert tester.model() is lines
