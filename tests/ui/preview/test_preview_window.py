"""The policy preview: a tick is seen at once, for one person, on both sides, and for everybody."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QListView

from app.policy.directory import ADMINS, Directory, User, write_directory
from app.preview.change import Choice
from app.preview.comparison import Kind
from app.preview.pieces import Pieces
from app.profile import Profile
from tests.ui.preview.room import Room, texts, until
from ui.accounts.dialog import AccountsDialog
from ui.preview.example import example_directory
from ui.preview.invent import InventDialog
from ui.preview.matches import PeopleModel
from ui.preview.sides import View
from ui.preview.slices import little_by_little
from ui.preview.stage import Shown


async def test_unticking_a_unit_is_seen_for_the_person_and_on_the_side_of_afterwards_alone(room: Room) -> None:
    window = room.window
    assert window.person_page.headline.text() == "Nothing changes for this person."
    await room.change("/Sales", Choice.UNTICK)
    assert window.person_page.headline.text() == "This person may no longer use own SMTP servers."
    assert "is held in the Outbox" in texts(window.person_page)
    now, after = (room.shown(stage, Shown.ACCOUNTS) for stage in window.sides.stages)
    assert "Beispiel GmbH allows own SMTP servers for outside addresses" in texts(now)
    assert "Beispiel GmbH does not allow own SMTP servers" in texts(after)
    assert "not allowed" in texts(after)
    assert "not allowed" not in texts(now)


async def test_what_waits_is_told_with_the_three_choices_of_who_wrote_it(room: Room) -> None:
    card = room.window.person_page
    await room.change("/Sales", Choice.UNTICK)
    shown = texts(card)
    assert "is sent at its time\nis held at its time" in shown
    assert (
        "• Wait: it is sent by itself as soon as the organisation allows it\n"
        "• Send through the organisation: recipients see nutzer@beispiel.example on behalf of nutzer@partner.example\n"
        "• Back to drafts: change the message or its sender"
    ) in shown
    await room.look_as("buchhaltung@beispiel.example")
    await room.change("/Administration", Choice.TICK)
    shown = texts(card)
    assert "is held\nwas held, and is sent by itself" in shown
    assert "is held at its time\nis sent at its time" in shown
    assert "Wait" not in shown


async def test_windows_that_are_open_follow_the_box(room: Room) -> None:
    composer = room.shown(room.window.sides.after_side, Shown.COMPOSER)
    assert "Goes through smtp.partner.example:587" in texts(composer)
    await room.change("/Sales", Choice.UNTICK)
    assert room.shown(room.window.sides.after_side, Shown.COMPOSER) is composer
    assert "Your organisation does not allow own SMTP servers." in texts(composer)
    await room.change("/Sales", Choice.TICK)
    assert "Goes through smtp.partner.example:587" in texts(composer)


async def test_everybody_whom_a_change_concerns_is_counted_and_listed(room: Room) -> None:
    window = room.window
    await room.change("/Sales", Choice.UNTICK)
    await room.change("/Administration", Choice.TICK)
    line = "Own SMTP servers: newly allowed for 2 people, no longer allowed for 3 people."
    assert window.everyone.headline.text() == line
    assert window.band.detail() == f"Whole organisation: {line}"
    model = window.everyone.model
    assert [model.data(model.index(row, 0)) for row in range(model.rowCount())] == [
        "buchhaltung@beispiel.example",
        "personal@beispiel.example",
        "nutzer@beispiel.example",
        "verkauf1@beispiel.example",
        "verkauf2@beispiel.example",
    ]
    window.everyone.kinds.setCurrentIndex(window.everyone.kinds.findData(Kind.GAINS))
    window.everyone.search.setText("personal")
    assert model.rowCount() == 1


async def test_a_box_can_inherit_again_and_changes_be_taken_back(room: Room) -> None:
    window, card = room.window, room.window.organisation.card
    window.organisation.tree.choose(room.unit("/Sales/North"))
    assert card.source.text() == "Inherited from /Sales"
    card.box.click()
    await room.settled()
    assert (card.source.text(), card.box.isChecked()) == ("Locally applied", False)
    card.inherit.click()
    await room.settled()
    assert (card.source.text(), card.box.isChecked()) == ("Inherited from /Sales", True)
    window.menus.undo.trigger()
    await room.settled()
    assert card.source.text() == "Locally applied"
    window.menus.reset.trigger()
    await room.settled()
    assert not window.plan.is_changed
    assert window.band.detail() == "Nothing is changed yet: tick or untick the box at the left."


async def test_a_group_for_which_nothing_is_set_can_be_ticked(room: Room) -> None:
    window = room.window
    window.organisation.more_groups.click()
    search = window.organisation.findChild(QLineEdit, "matchSearch")
    assert search is not None
    QTest.keyClicks(search, "council")
    QTest.keyClick(search, Qt.Key.Key_Return)
    card = window.organisation.card
    assert card.box.checkState() is Qt.CheckState.PartiallyChecked
    card.box.click()
    await room.settled()
    assert card.box.checkState() is Qt.CheckState.Checked
    assert window.everyone.headline.text() == "Own SMTP servers: newly allowed for 1 person."


async def test_the_setting_and_the_baselines_stand_in_the_console_s_words(room: Room) -> None:
    shown = texts(room.window.organisation.card)
    for words in (
        "Apps > Google Workspace > Gmail > End User Access",
        "Allow per-user outbound gateways",
        "Allow users to send mail through an external SMTP server when configuring a “from” address hosted outside",
        "CISA SCuBA GWS.GMAIL.12.1\n",
        "3.1.3.5.3\ndemands “off” (Level 1) · met here",
    ):
        assert words in shown


async def test_an_invented_person_is_shown_like_any_other(room: Room) -> None:
    window = room.window
    window.organisation.tree.choose(room.unit("/Administration"))
    window.invent_button.click()
    dialog = window.findChild(InventDialog)
    assert dialog is not None
    dialog.address.set_text("neu@fremd.example")
    dialog.show_button.click()
    assert dialog.address.error()
    dialog.address.set_text("neu@beispiel.example")
    dialog.group_search.setText("partner")
    QTest.keyClick(dialog.groups, Qt.Key.Key_Down)
    QTest.keyClick(dialog.groups, Qt.Key.Key_Space)
    dialog.group_search.setText("administrators")
    dialog.group_model.setData(dialog.group_model.index(0), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    dialog.group_search.setText("works")
    assert [str(dialog.group_model.index(row).data()) for row in range(dialog.group_model.rowCount())] == [
        "Works council <betriebsrat@beispiel.example>"
    ]
    dialog.show_button.click()
    await room.settled()
    assert window.band.text() == "Preview as neu@beispiel.example; nothing is sent"
    assert window.plan.user.groups == ("groups/example0", ADMINS)
    accounts = room.shown(window.sides.now_side, Shown.ACCOUNTS)
    assert "<neu@beispiel.example>" in texts(accounts)


async def test_it_can_be_used_by_the_keyboard_alone(room: Room) -> None:
    window = room.window
    window.activateWindow()
    window.organisation.tree.setFocus()
    QTest.keyClick(window.organisation.tree, Qt.Key.Key_End)
    QTest.keyClick(window.organisation.tree, Qt.Key.Key_Home)
    QTest.keyClick(window.organisation.tree, Qt.Key.Key_Down)
    QTest.keyClick(window.organisation.tree, Qt.Key.Key_Down)
    box = window.organisation.card.box
    for following in (window.organisation.more_groups, box, window.organisation.card.inherit, window.person_field):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert window.focusWidget() is following
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    await room.settled()
    assert window.organisation.card.place.text() == "/Sales"
    assert window.plan.is_changed
    QTest.keyClick(window.person_field, Qt.Key.Key_Down)
    popup = window.person_field.findChild(QListView, "matchList")
    search = window.person_field.findChild(QLineEdit, "matchSearch")
    assert popup is not None
    assert search is not None
    QTest.keyClicks(search, "buch verw")
    assert popup.model().rowCount() == 0
    search.setText("adm")
    QTest.keyClick(search, Qt.Key.Key_Down)
    QTest.keyClick(search, Qt.Key.Key_Return)
    await room.settled()
    assert window.plan.user.email == "personal@beispiel.example"
    assert window.focusWidget() is not None


def test_what_is_typed_further_finds_what_a_new_search_would() -> None:
    directory = example_directory()
    users = tuple(User(email=f"{n:05}.n@beispiel.example", org_unit=f"orgUnits/example{n % 5}") for n in range(5000))
    model = PeopleModel(users, directory.units)
    for text in ("0", "01", "01 n", "01 nor", "1 nor", "", "4999"):
        model.narrow(text)
        words = text.split()
        paths = {unit.id: unit.path.casefold() for unit in directory.units.values()}
        wanted = [user for user in users if all(word in f"{user.email} {paths[user.org_unit]}" for word in words)]
        assert [model.at(row) for row in range(model.rowCount())] == wanted


async def test_everybody_is_compared_while_the_window_goes_on() -> None:
    turns = 0

    def turn() -> None:
        nonlocal turns
        turns += 1
        loop.call_soon(turn)

    def work() -> Pieces[int]:
        for number in range(20):
            time.sleep(0.002)
            yield
            began.append(number)
        return turns

    began: list[int] = []
    loop = asyncio.get_running_loop()
    loop.call_soon(turn)
    assert await little_by_little(work()) >= 5
    assert began == list(range(20))


async def test_only_the_last_of_many_quick_changes_is_told(room: Room) -> None:
    window = room.window
    for choice in (Choice.UNTICK, Choice.TICK, Choice.UNTICK, Choice.TICK, Choice.UNTICK):
        window.change(room.unit("/Sales"), choice)
    await room.settled()
    assert window.everyone.headline.text() == "Own SMTP servers: no longer allowed for 3 people."
    after = window.sides.after_side.services
    assert after is not None
    assert not after.policy.allows_gateways


@pytest.mark.parametrize(("number", "separator"), [(0, ","), (1, ";")])
async def test_the_table_is_saved(room: Room, tmp_path: Path, number: int, separator: str) -> None:
    await room.change("/Sales", Choice.UNTICK)
    room.window.everyone.save.click()
    await until(lambda: room.window.findChild(QFileDialog, "saveCsvFile"))
    dialog = room.window.findChild(QFileDialog, "saveCsvFile")
    assert dialog is not None
    file = tmp_path / "table.csv"
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    line.setText(str(file))
    dialog.selectNameFilter(dialog.nameFilters()[number])
    dialog.accept()
    await until(lambda: room.window.notice.text().startswith("The table was saved"))
    rows = file.read_text(encoding="utf-8-sig").splitlines()
    assert rows[0].split(separator)[:3] == ["Address", "Organisational unit", "Change"]
    wanted = ["nutzer@beispiel.example", "/Sales/North", "no longer allowed", "policy changed", "", "yes", "no"]
    assert rows[1].split(separator)[:7] == wanted
    assert len(rows) == 4


async def test_a_side_is_shown_alone_or_beside_the_other(room: Room) -> None:
    window, (now, after) = room.window, room.window.sides.stages
    room.shown(now, Shown.ACCOUNTS)
    window.view.choose(View.AFTER)
    assert (now.isVisible(), after.isVisible()) == (False, True)
    window.view.choose(View.BOTH)
    assert (now.isVisible(), after.isVisible()) == (True, True)


async def test_what_is_done_in_the_accounts_of_a_preview_stays_there(room: Room) -> None:
    side = room.window.sides.after_side
    accounts = room.shown(side, Shown.ACCOUNTS)
    assert isinstance(accounts, AccountsDialog)
    accounts.panel.make_default.emit("gateway")
    accounts.save_button.click()
    await until(lambda: side.services is not None and side.services.the_profile.default.id == "gateway")
    await until(lambda: side.window_shown(Shown.ACCOUNTS) not in {None, accounts})
    now = room.window.sides.now_side.services
    assert now is not None
    stored = await now.profiles.load()
    assert isinstance(stored, Profile)
    assert stored.default.id == "primary"


def directory_file(folder: Path, users: tuple[User, ...]) -> Path:
    example = example_directory()
    file = folder / "directory.json"
    directory = Directory(
        organisation=example.organisation,
        mail_servers=example.mail_servers,
        units=example.units,
        groups=example.groups,
        users=users,
        policies=example.policies,
    )
    file.write_bytes(write_directory(directory))
    return file


async def test_a_directory_without_people_can_be_looked_at(room: Room, tmp_path: Path) -> None:
    room.window.open_file(directory_file(tmp_path, ()))
    await until(lambda: room.window.notice.text() == "There are no people in directory.json.")
    await room.settled()
    assert room.window.plan.user.email == "name@beispiel.example"
    assert room.window.everyone.headline.text() == "Nobody gains or loses own SMTP servers."
