"""What a person can do with each message in the mailbox does what it says."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app.address import Address, Mailbox
from app.delivery.outbox import State
from app.delivery.refusals import refusal_facts
from app.delivery.replies import Reply
from app.delivery.verdict import Rejected
from app.demo.inbox import Server
from app.demo.reading import shown
from app.demo.world import PARTNER
from app.errors import Problem, Reason
from app.message.draft import Attachment
from app.storage.drafts import SavedDraft
from tests.ui.mailbox.room import RECIPIENT, Room, until, until_async
from ui.mailbox.entries import Folder
from ui.mailbox.save_copy import save_copy
from ui.mailbox.steps import Step

PRIMARY = "nutzer@beispiel.example"


async def test_a_held_message_offers_three_choices_with_what_recipients_would_see(room: Room) -> None:
    await room.allow(False)
    message = await room.post(room.draft())
    assert await room.state(message) is State.HELD
    assert {"waitButton", "throughOrganisationButton", "backToDraftsButton"} <= room.buttons()
    assert "retryButton" not in room.buttons()
    assert f"{PRIMARY} on behalf of {PARTNER}" in room.said()


async def test_waiting_sends_a_held_message_through_its_gateway_once_the_policy_allows_it(room: Room) -> None:
    await room.give_password(room.demo.world.partner.password)
    await room.allow(False)
    message = await room.post(room.draft())
    room.button("waitButton").click()
    await until(lambda: len(room.demo.world.policy_requests) >= 3)
    assert await room.state(message) is State.HELD
    room.demo.world.set_policy(allow=True)
    await until(lambda: room.button("waitButton").isEnabled())
    room.button("waitButton").click()
    await room.wait_for_state(message, State.QUEUED)
    await room.deliver()
    assert await room.state(message) is State.SENT
    assert [each.server for each in room.demo.world.inbox.messages()] == [Server.PARTNER]


async def test_sending_a_held_message_through_the_organisation_arrives_on_behalf_of(room: Room) -> None:
    await room.allow(False)
    message = await room.post(room.draft())
    room.button("throughOrganisationButton").click()
    await room.wait_for_state(message, State.QUEUED)
    await room.deliver()
    (arrived,) = room.demo.world.inbox.messages()
    assert arrived.server is Server.ORGANISATION
    assert (shown(arrived).sender, shown(arrived).from_address) == (PRIMARY, PARTNER)


async def test_back_to_drafts_takes_a_held_message_out_of_the_outbox(room: Room) -> None:
    await room.allow(False)
    draft = room.draft()
    await room.post(draft)
    room.button("backToDraftsButton").click()
    await until(lambda: room.window.messages.model().rowCount() == 0)
    assert await room.demo.services.drafts.load(draft.id) == draft
    assert len(await room.list_of(Folder.DRAFTS)) == 1
    assert room.demo.world.inbox.messages() == ()


@pytest.mark.case("TB-browser-password-3")
async def test_a_wrong_password_typed_anew_lets_the_message_go(room: Room) -> None:
    await room.give_password("wrong")
    message = await room.post(room.draft())
    await room.deliver()
    assert await room.state(message) is State.HELD
    await room.show(message.id)
    await until(lambda: "passwordField" in {each.objectName() for each in fields(room)})
    assert "535" in room.said()
    field = next(each for each in fields(room) if each.objectName() == "passwordField")
    assert not room.button("savePasswordButton").isEnabled()
    field.setText(room.demo.world.partner.password)
    room.button("savePasswordButton").click()
    await room.wait_for_state(message, State.QUEUED)
    await room.deliver()
    assert await room.state(message) is State.SENT


async def test_an_uncertain_message_can_be_sent_again(room: Room) -> None:
    message = await room.post(room.draft(PRIMARY))
    await make_uncertain(room, message.id)
    assert {"retryButton", "arrivedButton", "backToDraftsButton"} <= room.buttons()
    room.button("retryButton").click()
    await room.wait_for_state(message, State.QUEUED)
    await room.deliver()
    assert await room.state(message) is State.SENT


async def test_an_uncertain_message_that_arrived_is_sent_and_not_sent_again(room: Room) -> None:
    message = await room.post(room.draft(PRIMARY))
    await make_uncertain(room, message.id)
    room.button("arrivedButton").click()
    await room.wait_for_state(message, State.SENT)
    await room.deliver()
    assert room.demo.world.inbox.messages() == ()
    assert len(await room.list_of(Folder.SENT)) == 1


async def test_sent_says_through_which_server_as_whom_and_what_the_server_replied(room: Room) -> None:
    message = await room.post(room.draft(PRIMARY, "Rechnung 118"))
    await room.deliver()
    assert await room.state(message) is State.SENT
    (row,) = await room.list_of(Folder.SENT)
    assert "Rechnung 118" in row
    sent = await room.demo.services.outbox.get(message.id)
    await until(lambda: sent.reply in room.said())
    server = room.demo.world.organisation.access()
    for words in (sent.reply, sent.queue_id, f"{server.host}:{server.port} as {server.username}", "TLSv1.3"):
        assert words in room.said()


async def test_undo_after_queueing_brings_the_message_back_as_a_draft(room: Room) -> None:
    draft = room.draft(PRIMARY)
    opened: list[object] = []
    room.demo.desk.compose = opened.append  # type: ignore[method-assign, assignment]  # stands for the composer
    due = room.demo.services.now() + timedelta(seconds=10)
    await room.post(draft, due)
    room.demo.desk.queued.emit(draft.id)
    await until(lambda: room.window.way_back.isVisible())
    room.window.way_back.button.click()
    await until(lambda: opened)
    assert opened == [draft]
    assert await room.demo.services.drafts.load(draft.id) == draft
    assert await room.demo.services.outbox.list() == []


async def test_undo_that_comes_too_late_says_so_and_changes_nothing(room: Room) -> None:
    message = await room.post(room.draft(PRIMARY), room.demo.services.now() + timedelta(seconds=30))
    room.demo.desk.queued.emit(message.id)
    await until(lambda: room.window.way_back.isVisible())
    await room.demo.services.outbox.claim(room.demo.services.now() + timedelta(minutes=1))
    room.window.way_back.button.click()
    await until(lambda: room.window.notice.isVisible())
    assert room.window.notice.text() == "It was too late: the message is on its way."
    assert await room.state(message) is State.ATTEMPTING


async def test_the_way_back_ends_when_the_message_is_sent_at_once(room: Room) -> None:
    message = await room.post(room.draft(PRIMARY), room.demo.services.now() + timedelta(seconds=30))
    room.demo.desk.queued.emit(message.id)
    await until(lambda: room.window.way_back.isVisible())
    await until(lambda: "retryButton" in room.buttons())
    room.button("retryButton").click()
    await until(lambda: not room.window.way_back.isVisible())
    await room.deliver()
    assert await room.state(message) is State.SENT


async def test_a_message_that_is_held_at_once_is_shown_with_its_reason(room: Room) -> None:
    await room.allow(False)
    message = await room.post(room.draft())
    room.demo.desk.queued.emit(message.id)
    await until(lambda: room.window.notice.isVisible())
    assert room.window.notice.detail() == "Your organisation does not allow own SMTP servers."
    assert not room.window.way_back.isVisible()


async def test_a_deleted_draft_comes_back_with_undo(room: Room) -> None:
    services = room.demo.services
    draft = room.draft()
    await services.drafts.save(draft, services.now())
    await room.list_of(Folder.DRAFTS)
    await until(lambda: room.window.detail.key == draft.id)
    room.window.menus.steps[Step.DELETE].trigger()
    await until(lambda: room.window.way_back.isVisible())
    assert await services.drafts.load(draft.id) is None
    room.window.way_back.button.click()

    async def is_back() -> bool:
        return await services.drafts.load(draft.id) == draft

    await until_async(is_back)
    await until(lambda: room.window.messages.model().rowCount() == 1)


async def test_a_deleted_message_comes_back_with_undo_and_is_gone_without(room: Room) -> None:
    message = await room.post(room.draft(PRIMARY))
    await room.deliver()
    await room.list_of(Folder.SENT)
    await until(lambda: room.window.detail.key == message.id and "deleteButton" in room.buttons())
    room.button("deleteButton").click()
    await until(lambda: room.window.messages.model().rowCount() == 0)
    room.window.way_back.button.click()
    await until(lambda: room.window.messages.model().rowCount() == 1)
    await until(lambda: room.window.detail.key == message.id and "deleteButton" in room.buttons())
    room.button("deleteButton").click()
    await until(lambda: room.window.messages.model().rowCount() == 0)
    room.window.way_back.finish()
    await until_async(lambda: outbox_is_empty(room))


async def test_a_changed_policy_shows_in_the_banner_and_check_now_asks(room: Room) -> None:
    assert room.window.banner.text() == "Beispiel GmbH allows own SMTP servers for outside addresses"
    room.demo.world.set_policy(allow=False)
    room.window.menus.check.trigger()
    await until(lambda: "does not allow" in room.window.banner.text())


async def test_an_unfolded_journal_stays_unfolded_when_the_message_changes(room: Room) -> None:
    await room.give_password("wrong")
    message = await room.post(room.draft())
    await room.deliver()
    await until(lambda: "journalButton" in room.buttons())
    room.button("journalButton").click()
    room.button("retryButton").click()
    await room.wait_for_state(message, State.QUEUED)
    await room.deliver()
    await until(lambda: "2 attempts" in room.button("journalButton").text())
    assert room.button("journalButton").isChecked()
    assert room.demo.world.partner.password not in room.said()


async def test_tab_goes_from_the_list_into_what_can_be_done_with_its_message(room: Room) -> None:
    await room.allow(False)
    await room.post(room.draft())
    room.window.messages.setFocus()
    following = room.window.messages.nextInFocusChain()
    while following is not None and not following.focusPolicy() & Qt.FocusPolicy.TabFocus:
        following = following.nextInFocusChain()
    assert following is not None
    assert following.objectName() == "waitButton"


async def test_home_and_end_go_to_the_first_and_last_message(room: Room) -> None:
    for subject in ("first", "second", "third"):
        await room.post(room.draft(PRIMARY, subject))
    QTest.keyClick(room.window.messages, Qt.Key.Key_End)
    assert "first" in room.window.messages.currentIndex().data()
    assert room.window.messages.selectedIndexes() == [room.window.messages.currentIndex()]
    QTest.keyClick(room.window.messages, Qt.Key.Key_Home)
    assert "third" in room.window.messages.currentIndex().data()


@pytest.mark.case("M13")
async def test_a_message_of_which_one_recipient_was_refused_can_go_to_the_others(room: Room) -> None:
    await room.allow(True)
    await room.give_password(room.demo.world.partner.password)
    other = Address.parse("kollegin@extern.example")
    draft = replace(room.draft(), to=(Mailbox(Address.parse(RECIPIENT)), Mailbox(other)))
    message = await room.post(draft)
    facts = {"host": "localhost"} | refusal_facts([(other, Reply(550, ("5.1.1 unknown",)))])
    outbox, now = room.demo.services.outbox, room.demo.services.now()
    await outbox.claim(now)
    await outbox.settle(message.id, Rejected(Problem.of(Reason.SERVER_RECIPIENT_REJECTED, **facts)), now)
    await room.show(message.id)
    await until(lambda: "toTheOthersButton" in room.buttons())
    room.button("toTheOthersButton").click()
    await room.wait_for_state(message, State.QUEUED)
    await room.deliver()
    assert (await outbox.get(message.id)).recipients == (Address.parse(RECIPIENT),)
    await room.list_of(Folder.SENT)
    await room.show(message.id)
    assert other.display in room.said()


async def test_a_right_click_and_the_menu_key_offer_what_can_be_done(room: Room) -> None:
    for subject in ("first", "second"):
        await room.post(room.draft(PRIMARY, subject))
    messages, menu = room.window.messages, room.window.menus.context
    position = messages.visualRect(messages.model().index(1, 0)).center()
    QTest.mouseClick(messages.viewport(), Qt.MouseButton.RightButton, pos=position)
    where = messages.viewport().mapToGlobal(position)
    QApplication.sendEvent(messages.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, position, where))
    assert menu.isVisible()
    assert {action.isEnabled() for action in menu.actions()} == {True}
    assert {"saveCopy", "retry", "cancel"} <= {action.objectName() for action in menu.actions()} < set(names(room))
    assert "first" in messages.currentIndex().data()
    menu.close()
    QApplication.sendEvent(messages, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint()))
    assert menu.isVisible()
    menu.close()


async def test_a_message_and_a_draft_are_saved_as_files_other_programs_read(room: Room, tmp_path: Path) -> None:
    services = room.demo.services
    asked = []

    async def ask(parent: QWidget, name: str) -> Path | None:
        asked.append(name)
        return tmp_path / name

    message = await room.post(room.draft(subject="Angebot: 17/4"))
    said = await save_copy(message, services, room.window, ask)
    gone = Attachment(str(tmp_path / "gone.pdf"), "gone.pdf", 3)
    draft = replace(room.draft(subject="Entwurf"), attachments=(gone,))
    told = await save_copy(SavedDraft(draft, services.now()), services, room.window, ask)
    assert [email.message_from_bytes((tmp_path / name).read_bytes())["Subject"] for name in asked] == [
        "Angebot: 17/4",
        "Entwurf",
    ]
    assert said == (f"Saved as {tmp_path / asked[0]}", "")
    assert told == (f"Saved as {tmp_path / asked[1]}", "Not in it: gone.pdf")


async def test_who_does_not_choose_a_file_saves_nothing(room: Room) -> None:
    async def ask(parent: QWidget, name: str) -> Path | None:
        return None

    services = room.demo.services
    message = await room.post(room.draft())
    assert await save_copy(message, services, room.window, ask) is None
    assert await save_copy(SavedDraft(room.draft(), services.now()), services, room.window, ask) is None


async def test_a_message_that_is_being_sent_can_be_stopped(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    services = room.demo.services
    message = await room.post(room.draft(PRIMARY))
    stopped = []

    async def break_off(message_id: str) -> None:
        stopped.append(message_id)
        await services.outbox.give_back(message_id, None, services.now())

    monkeypatch.setattr(services.postman, "break_off", break_off)
    assert "stopButton" not in room.buttons()
    await services.outbox.claim(services.now())
    await until(lambda: "stopButton" in room.buttons())
    room.button("stopButton").click()
    await room.wait_for_state(message, State.CANCELLED)
    assert stopped == [message.id]


async def test_a_message_that_is_handed_over_cannot_be_stopped_and_says_so(room: Room) -> None:
    services = room.demo.services
    message = await room.post(room.draft(PRIMARY))
    await services.outbox.claim(services.now())
    await until(lambda: "stopButton" in room.buttons())
    await services.outbox.mark_data_end(message.id, services.now())
    await until(lambda: "stopButton" not in room.buttons())
    assert "cannot be stopped" in room.said()
    await services.outbox.recover(services.now())


async def make_uncertain(room: Room, message_id: str) -> None:
    """Let the program die between the end of the message and the server's reply."""
    outbox, now = room.demo.services.outbox, room.demo.services.now()
    assert await outbox.claim(now) is not None
    await outbox.mark_data_end(message_id, now)
    assert await outbox.recover(now) == 1
    await until(lambda: "arrivedButton" in room.buttons())


def names(room: Room) -> list[str]:
    return [action.objectName() for action in room.window.menus.message.actions()]


async def outbox_is_empty(room: Room) -> bool:
    return not await room.demo.services.outbox.list()


def fields(room: Room) -> list[QLineEdit]:
    page = room.window.detail.page()
    return page.findChildren(QLineEdit) if page is not None else []
