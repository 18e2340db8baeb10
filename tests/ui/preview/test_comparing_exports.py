"""Two exports beside each other: who gains and who loses between them, why, and how one person fares."""

from __future__ import annotations

import csv
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit

from app.policy.directory import Directory, User, write_directory
from app.preview.change import Change, Choice, apply_change
from app.preview.comparison import Kind
from app.preview.pieces import whole
from tests.ui.preview.room import Room, texts, until
from ui.preview.example import example_directory
from ui.preview.plan import Plan, looking_up, of_both
from ui.preview.stage import Shown

NORTH, OFFICE = "orgUnits/example2", "orgUnits/example4"
BEFORE = example_directory()


def later() -> Directory:
    """Return the example a day later: a unit ticked, one person moved, one gone, one new."""
    ticked = apply_change(BEFORE, Change(OFFICE, Choice.TICK))
    moved = User(email="Leitung@beispiel.example", org_unit=NORTH)
    new = User(email="neu@beispiel.example", org_unit=OFFICE)
    kept = [user for user in ticked.users if user.email.partition("@")[0] not in {"leitung", "messe"}]
    return msgspec.structs.replace(ticked, users=(*kept, moved, new))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Two exports of the same name, each in the folder of its day."""
    made = []
    for day, directory in (("monday", BEFORE), ("tuesday", later())):
        file = tmp_path / day / "directory.json"
        file.parent.mkdir()
        file.write_bytes(write_directory(directory))
        made.append(file)
    return made[0], made[1]


async def compare(room: Room, files: tuple[Path, Path]) -> None:
    window = room.window
    window.open_file(files[0])
    await until(lambda: window.plan.origin == "directory.json")
    await room.settled()
    window.compare_with(files[1])
    await until(lambda: window.plan.later is not None)
    await room.settled()


def rows(room: Room) -> list[list[str]]:
    model = room.window.everyone.model
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


async def test_who_gains_and_who_loses_between_two_exports_is_listed_with_the_reasons(
    room: Room, files: tuple[Path, Path]
) -> None:
    await compare(room, files)
    window = room.window
    off, on = "Off · Google's default", "On · /Administration"
    assert rows(room) == [
        ["buchhaltung@beispiel.example", "/Administration", "newly allowed", off, on, "policy changed"],
        ["neu@beispiel.example", "/Administration", "is new", "", on, ""],
        ["personal@beispiel.example", "/Administration", "newly allowed", off, on, "policy changed"],
        ["messe@beispiel.example", "/Sales", "is gone", "On · partner@beispiel.example", "", ""],
        ["Leitung@beispiel.example", "/Sales/North", "newly allowed", off, "On · /Sales", "moved from /"],
    ]
    pair = "monday/directory.json → tuesday/directory.json"
    assert window.band.detail() == f"{pair}: Own SMTP servers: newly allowed for 3 people."
    assert window.tabs.currentIndex() == 4
    allowed = "Allowed before: 5 of 8 people. Allowed after: 8 of 8 people."
    assert window.everyone.detail.text() == f"{allowed} New: 1 person. Gone: 1 person."
    assert window.organisation.compared.whole_text() == "Compared with monday/directory.json"
    assert window.sides.now_side.accessibleName() == "Before"


async def test_a_row_leads_to_the_person_on_both_sides(room: Room, files: tuple[Path, Path]) -> None:
    await compare(room, files)
    window = room.window
    table = window.everyone.table
    assert window.focusWidget() is table
    assert table.currentIndex().row() == 0
    QTest.keyClick(table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(table, Qt.Key.Key_Return)
    await until(lambda: window.plan.user.email == "Leitung@beispiel.example")
    await room.settled()
    assert window.tabs.currentIndex() == 0
    assert window.person_page.headline.text() == "This person may use own SMTP servers from now on."
    now, after = (room.shown(stage, Shown.ACCOUNTS) for stage in window.sides.stages)
    assert "Beispiel GmbH does not allow own SMTP servers" in texts(now)
    assert "Beispiel GmbH allows own SMTP servers for outside addresses" in texts(after)


@pytest.mark.parametrize(
    ("email", "there", "said"),
    [
        ("messe@beispiel.example", 0, "messe@beispiel.example is gone: not in tuesday/directory.json."),
        ("neu@beispiel.example", 1, "neu@beispiel.example is new: not in monday/directory.json."),
    ],
)
async def test_who_is_in_one_export_alone_is_shown_on_that_side(
    room: Room, files: tuple[Path, Path], email: str, there: int, said: str
) -> None:
    await compare(room, files)
    window = room.window
    window.everyone.person_wanted.emit(email)
    await until(lambda: window.plan.user.email == email)
    await room.settled()
    assert window.person_page.headline.text() == said
    stages = window.sides.stages
    room.shown(stages[there], Shown.ACCOUNTS)
    assert stages[1 - there].services is None
    assert "This person is not in" in texts(stages[1 - there])
    await room.look_as("nutzer@beispiel.example")
    assert stages[1 - there].services is not None
    assert "This person is not in" not in texts(stages[1 - there])


async def test_the_sides_are_swapped_and_the_comparison_ends(room: Room, files: tuple[Path, Path]) -> None:
    await compare(room, files)
    window = room.window
    window.menus.swap.trigger()
    await room.settled()
    assert window.everyone.headline.text() == "Own SMTP servers: no longer allowed for 3 people."
    assert window.plan.later_origin == "monday/directory.json"
    window.menus.alone.trigger()
    await room.settled()
    assert window.plan.later is None
    assert window.plan.now == BEFORE
    assert window.band.detail() == "Nothing is changed yet: tick or untick the box at the left."
    assert not window.menus.swap.isEnabled()
    assert window.organisation.compared.isHidden()
    assert window.sides.now_side.accessibleName() == "Now"


async def test_a_box_can_be_ticked_on_top_of_the_later_export(room: Room, files: tuple[Path, Path]) -> None:
    await compare(room, files)
    window = room.window
    window.change(OFFICE, Choice.INHERIT)
    await room.settled()
    assert window.everyone.headline.text() == "Own SMTP servers: newly allowed for 1 person."
    assert "with your changes" in window.band.detail()
    window.menus.undo.trigger()
    await room.settled()
    assert window.everyone.headline.text() == "Own SMTP servers: newly allowed for 3 people."


async def test_the_comparison_is_saved_with_the_reasons_and_by_unit(room: Room, files: tuple[Path, Path]) -> None:
    await compare(room, files)
    everyone = room.window.everyone
    for units, name in ((False, "people.csv"), (True, "units.csv")):
        everyone.rows.setCurrentIndex(int(units))
        everyone.save.click()
        file = files[0].parent / name
        await until(lambda: room.window.findChild(QFileDialog, "saveCsvFile"))
        dialog = room.window.findChild(QFileDialog, "saveCsvFile")
        assert dialog is not None
        line = dialog.findChild(QLineEdit, "fileNameEdit")
        assert line is not None
        line.setText(str(file))
        dialog.selectNameFilter(dialog.nameFilters()[0])
        dialog.accept()
        await until(file.exists)
        await until(lambda: room.window.findChild(QFileDialog, "saveCsvFile") is None)
    people = list(csv.reader((files[0].parent / "people.csv").read_text("utf-8-sig").splitlines()))
    assert people[0][3:7] == ["Because of", "Formerly in", "Own SMTP servers before", "Own SMTP servers after"]
    assert people[-1][:5] == ["Leitung@beispiel.example", "/Sales/North", "newly allowed", "moved to another unit", "/"]
    by_unit = list(csv.reader((files[0].parent / "units.csv").read_text("utf-8-sig").splitlines()))
    assert by_unit[1] == ["/Administration", "2", "0", "0", "1", "0"]


async def test_units_are_listed_sorted_and_lead_to_their_people(room: Room, files: tuple[Path, Path]) -> None:
    await compare(room, files)
    everyone = room.window.everyone
    everyone.rows.setCurrentIndex(1)
    model = everyone.units_model
    assert [model.unit_at(row) for row in range(3)] == ["/Administration", "/Sales", "/Sales/North"]
    titles = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
    assert titles == ["Organisational unit", "Gain", "New", "Gone"]
    everyone.units.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert [model.unit_at(row) for row in range(3)] == ["/Administration", "/Sales/North", "/Sales"]
    everyone.units.setFocus()
    QTest.keyClick(everyone.units, Qt.Key.Key_Return)
    assert not everyone.shows_units
    assert [row[0].partition("@")[0] for row in rows(room)] == ["buchhaltung", "neu", "personal"]
    everyone.kinds.setCurrentIndex(everyone.kinds.findData(Kind.ADDED))
    assert [row[0] for row in rows(room)] == ["neu@beispiel.example"]
    everyone.unit_link.click()
    everyone.kinds.setCurrentIndex(0)
    assert len(rows(room)) == 5


async def test_a_second_file_that_is_none_leaves_the_first_and_strangers_are_told(
    room: Room, files: tuple[Path, Path]
) -> None:
    window = room.window
    plan = window.plan
    files[1].write_bytes(b"<!doctype html>")
    window.compare_with(files[1])
    await until(lambda: "it is a web page" in window.notice.text())
    assert window.plan is plan
    other = msgspec.structs.replace(BEFORE.organisation, name="Andere AG", domains=("andere.example",))
    files[1].write_bytes(write_directory(msgspec.structs.replace(BEFORE, organisation=other)))
    window.compare_with(files[1])
    told = "These exports are of two organisations: Beispiel GmbH and Andere AG."
    await until(lambda: window.notice.text() == told)
    await room.settled()


async def test_everybody_of_both_exports_can_be_chosen(room: Room, files: tuple[Path, Path]) -> None:
    await compare(room, files)
    room.window.person_field.open_list()
    search = room.window.person_field.findChild(QLineEdit, "matchSearch")
    assert search is not None
    for name in ("messe", "neu"):
        search.setText(name)
        model = room.window.person_field._model
        assert model is not None
        assert model.rowCount() == 1
    QTest.keyClick(search, Qt.Key.Key_Escape)


def test_somebody_invented_is_the_same_on_both_sides() -> None:
    invented = User(email="x@beispiel.example", org_unit=OFFICE)
    plan = Plan(BEFORE, "a", invented)
    assert whole(looking_up(plan)) == (invented, invented)
    assert whole(looking_up(plan.against(later(), "a", "b"))) == (invented, invented)
    assert plan.swapped() is plan
    assert plan.alone() is plan
    everybody = whole(of_both(BEFORE, later()))
    assert [user.email.partition("@")[0] for user in everybody[-3:]] == ["Leitung", "neu", "messe"]
