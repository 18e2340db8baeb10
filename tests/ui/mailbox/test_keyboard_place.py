"""Who works by keyboard stays in place while pages come and go, and never lands on a control that was not meant."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from app.delivery.outbox import State
from app.delivery.verdict import TryLater
from app.errors import Problem, Reason
from app.message.draft import Draft
from tests.ui.mailbox.room import Room, until
from ui.mailbox.entries import Folder
from ui.widgets import LinkButton

PRIMARY = "nutzer@beispiel.example"


def focused(room: Room) -> str:
    widget: QWidget | None = room.window.focusWidget()
    return widget.objectName() if widget is not None else ""


async def test_a_password_that_is_refused_again_can_be_typed_at_once(room: Room) -> None:
    await room.give_password("wrong")
    message = await room.post(room.draft())
    await room.deliver()
    await until(lambda: "savePasswordButton" in room.buttons())
    assert "not accepted either" not in room.said()
    page = room.window.detail.page()
    assert page is not None
    (field,) = page.findChildren(QLineEdit)
    field.setFocus()
    field.setText("wrong again")
    QTest.keyClick(field, Qt.Key.Key_Return)
    await room.wait_for_state(message, State.QUEUED)
    await until(lambda: "savePasswordButton" not in room.buttons())
    assert focused(room) == "messageList"
    await room.deliver()
    await until(lambda: "savePasswordButton" in room.buttons())
    assert focused(room) == "passwordField"
    assert "This password was not accepted either." in room.said()


async def test_a_step_taken_by_keyboard_leaves_the_keyboard_in_the_list(room: Room) -> None:
    outbox = room.demo.services.outbox
    message = await room.post(room.draft(PRIMARY))
    now = room.demo.services.now()
    assert await outbox.claim(now) is not None
    await outbox.settle(
        message.id, TryLater(Problem.of(Reason.SERVER_BUSY, host="x"), due=now + timedelta(hours=1)), now
    )
    await until(lambda: "cancelButton" in room.buttons())
    room.button("cancelButton").setFocus()
    QTest.keyClick(room.button("cancelButton"), Qt.Key.Key_Space)
    await room.wait_for_state(message, State.CANCELLED)
    await until(lambda: "cancelButton" not in room.buttons())
    assert focused(room) == "messageList"


async def test_when_a_list_becomes_empty_the_keyboard_is_in_the_list_of_lists(room: Room) -> None:
    message = await room.post(room.draft(PRIMARY), room.demo.services.now() + timedelta(hours=9))
    button = room.button("backToDraftsButton")
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    await until(lambda: room.window.messages.model().rowCount() == 0)
    assert focused(room) == "folderList"
    assert room.window.notice.text() == "The message is among your drafts again."
    opened: list[str] = []

    def compose(draft: Draft | None = None) -> None:
        assert draft is not None
        opened.append(draft.id)

    room.demo.desk.compose = compose  # type: ignore[method-assign, assignment]  # stands for the composer
    room.window.notice.findChildren(LinkButton)[0].click()
    await until(lambda: opened)
    assert opened == [message.id]
    assert len(await room.list_of(Folder.DRAFTS)) == 1


async def test_ctrl_z_takes_back_what_can_be_undone(room: Room) -> None:
    await room.post(room.draft(PRIMARY))
    await room.deliver()
    assert len(await room.list_of(Folder.SENT)) == 1
    await until(lambda: "deleteButton" in room.buttons())
    room.button("deleteButton").click()
    await until(lambda: room.window.messages.model().rowCount() == 0)
    QTest.keyClick(room.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: room.window.messages.model().rowCount() == 1)
    assert not room.window.way_back.isVisible()


async def test_what_a_person_can_end_says_how_besides_when_the_next_attempt_is(room: Room) -> None:
    outbox = room.demo.services.outbox
    for subject, reason, step in (
        (
            "one",
            Reason.SERVER_CERT_EXPIRED,
            "Tell whoever runs the server. Until it is renewed, nothing is sent there. ",
        ),
        ("two", Reason.SERVER_BUSY, ""),
    ):
        message = await room.post(room.draft(PRIMARY, subject))
        now = room.demo.services.now()
        assert await outbox.claim(now) is not None
        facts = {"host": "mail.example", "names": "mail.example", "issuer": "CA", "begins_at": "x", "expires_at": "y"}
        await outbox.settle(message.id, TryLater(Problem.of(reason, **facts), due=now + timedelta(days=30)), now)
        await until(lambda: "Next attempt" in room.said())
        assert f"\n{step}Next attempt: " in room.said()
        await outbox.delete((await outbox.cancel(message.id, now)).id)
