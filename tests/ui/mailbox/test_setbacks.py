"""A refusal is told where people are, once, and shown where it is."""

from __future__ import annotations

import asyncio

from app.delivery.outbox import QueuedMessage, State
from app.delivery.verdict import Rejected
from app.errors import Problem, Reason
from tests.ui.mailbox.room import PRIMARY, Room, until
from ui.mailbox.entries import Folder
from ui.widgets import LinkButton


async def refuse(room: Room, message: QueuedMessage) -> None:
    services = room.demo.services
    assert await services.outbox.claim(services.now()) is not None
    verdict = Rejected(Problem.of(Reason.SERVER_MESSAGE_REJECTED, host="mail.example", reply="554 5.7.1 spam"))
    await services.outbox.settle(message.id, verdict, services.now())


async def test_a_refusal_is_told_to_who_looks_at_another_list_and_leads_to_the_message(room: Room) -> None:
    message = await room.post(room.draft(PRIMARY))
    await room.list_of(Folder.DRAFTS)
    await refuse(room, message)
    notice = room.window.notice
    await until(lambda: notice.isVisible())
    assert (notice.kind(), notice.text()) == ("bad", "The message to kunde@extern.example was not sent.")
    assert notice.detail() == "mail.example refused the message. It was not sent."
    notice.findChildren(LinkButton)[0].click()
    await until(lambda: room.window.detail.key == message.id)
    assert room.window.model.folder is Folder.OUTBOX
    assert not notice.isVisible()


async def test_a_refusal_that_was_closed_is_not_told_again_by_other_changes(room: Room) -> None:
    message = await room.post(room.draft(PRIMARY))
    await room.list_of(Folder.DRAFTS)
    await refuse(room, message)
    await until(lambda: room.window.notice.isVisible())
    room.window.notice.clear()
    room.window.take_change(message.id)
    await until(lambda: not room.window._changed)
    await asyncio.sleep(0.1)
    assert not room.window.notice.isVisible()
    assert await room.state(message) is State.FAILED


async def test_who_looks_at_the_outbox_sees_it_there(room: Room) -> None:
    message = await room.post(room.draft(PRIMARY))
    await refuse(room, message)
    await until(lambda: "refused the message" in room.said())
    assert not room.window.notice.isVisible()
