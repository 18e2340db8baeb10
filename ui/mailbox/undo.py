"""What can be taken back: a message that was queued just now, a deletion."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from app.delivery.queued import QueuedMessage, State
from app.errors import DeliveryError, ExpectedError
from app.storage.drafts import SavedDraft
from ui.language import moment
from ui.mailbox import work
from ui.mailbox.entries import names_of
from ui.messages import explain
from ui.texts import translate

if TYPE_CHECKING:
    from app.services import Services
    from ui.desk import Desk
    from ui.mailbox.window import MailboxWindow

__all__ = ["Undo"]

_DELETED_FOR = 10
"""Seconds in which a deletion can be undone."""
_SCHEDULED = 60
"""Seconds from which on a message counts as scheduled, and not as waiting for undo."""


class Undo:
    """Offers ways back in a mailbox window, one at a time."""

    def __init__(self, services: Services, desk: Desk, window: MailboxWindow) -> None:
        self._services = services
        self._desk = desk
        self._window = window

    async def offer(self, message_id: str) -> None:
        """Offer the way back for a message that was queued just now; raises DeliveryError, StorageError."""
        message = await self._services.outbox.get(message_id)
        bar, notice, now = self._window.way_back, self._window.notice, self._services.now()
        if message.state is State.HELD:
            bar.finish()
            reason = explain(message.problem).sentence if message.problem is not None else ""
            await self._window.go_to(message_id)
            text = translate("mailbox", "The message to {names} is held.").format(names=_names(message))
            notice.show_text("warn", text, reason)
            return
        seconds = math.ceil((message.due - now).total_seconds()) if message.due is not None else 0
        if message.due is None or seconds <= 0:
            return
        text = translate("mailbox", "Message to {names} is sent in a moment").format(names=_names(message))
        if seconds > _SCHEDULED:
            when = moment(message.due, now)
            line = translate("mailbox", "Message to {names} goes out: {moment}")
            text = line.format(names=_names(message), moment=when)
        bar.open_for(text, min(seconds, _SCHEDULED // 2), lambda: self._take_back(message_id), key=message_id)

    async def take_changes(self, keys: set[str]) -> None:
        """End the offer for a message that is on its way already, or was taken back elsewhere."""
        bar = self._window.way_back
        if not bar.key or not keys & {bar.key, ""}:
            return
        try:
            message = await self._services.outbox.get(bar.key)
        except DeliveryError:
            bar.finish()
            return
        if message.state is not State.QUEUED or message.due is None or message.due <= self._services.now():
            bar.finish()

    async def to_drafts(self, message: QueuedMessage) -> None:
        """Make a message a draft again and say where it is; raises DeliveryError, StorageError."""
        draft = await work.back_to_drafts(message.id, self._services)
        self._services.postman.wake()
        notice = self._window.notice

        def edit() -> None:
            notice.clear()
            self._window.edit_draft(draft.id)

        text = translate("mailbox", "The message is among your drafts again.")
        notice.show_text("info", text, "", [(translate("mailbox", "&Edit draft"), edit)])

    async def delete_draft(self, saved: SavedDraft) -> None:
        """Delete a draft that is not open, with a way back; raises StorageError."""
        if any(getattr(window, "draft_id", None) == saved.draft.id for window in self._desk.windows):
            self._desk.compose(saved.draft)  # its window comes to the front, where it can be discarded
            return
        await self._services.drafts.delete(saved.draft.id)

        async def back() -> None:
            self._window.want(saved.draft.id)
            await self._window.said(self._services.drafts.save(saved.draft, saved.saved_at))

        self._window.way_back.open_for(translate("mailbox", "Draft deleted"), _DELETED_FOR, back)

    def delete_message(self, message: QueuedMessage) -> None:
        """Take a message out of sight; its bytes cannot be brought back, so they go when the time is over."""
        window = self._window

        async def back() -> None:
            window.model.unhide(message.id)
            window.want(message.id)
            window.take_change(message.id)

        async def done() -> None:
            await window.said(self._services.outbox.delete(message.id))

        window.way_back.finish()
        window.model.hide(message.id)
        window.way_back.open_for(translate("mailbox", "Message deleted"), _DELETED_FOR, back, done)

    async def _take_back(self, message_id: str) -> None:
        """Undo sending: the message is a draft again, open as before."""
        try:
            draft = await work.back_to_drafts(message_id, self._services)
        except DeliveryError:
            late = translate("mailbox", "It was too late: the message is on its way.")
            self._window.notice.show_text("warn", late)
        except ExpectedError as error:
            self._window.say(error)
        else:
            self._desk.compose(draft)


def _names(message: QueuedMessage) -> str:
    first, _, others = names_of(message).partition(", ")
    return translate("mailbox", "{name} and others").format(name=first) if others else first
