"""Says that a message was refused, or waits for a person, to whoever is looking at another list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.delivery.queued import QueuedMessage, State
from ui.mailbox.entries import Folder, names_of
from ui.mailbox.steps import missed_its_time
from ui.messages import explain
from ui.texts import translate

if TYPE_CHECKING:
    from app.services import Services
    from ui.mailbox.window import MailboxWindow

__all__ = ["Setbacks"]

_SETBACKS = frozenset({State.FAILED, State.UNCERTAIN, State.HELD})


class Setbacks:
    """Tells each setback once, when it happens; the outbox itself shows it as long as it lasts."""

    def __init__(self, services: Services, window: MailboxWindow) -> None:
        self._services = services
        self._window = window
        self._told: set[str] = set()

    async def take_changes(self, keys: set[str]) -> None:
        """Look at what has changed; raises StorageError."""
        found = await self._services.outbox.find(keys)
        setbacks = [each for each in found.values() if each.state in _SETBACKS and not missed_its_time(each)]
        fresh = [each for each in setbacks if each.id not in self._told]
        self._told = (self._told - keys) | {each.id for each in setbacks}
        # The outbox shows it by itself.
        if fresh and self._window.model.folder is not Folder.OUTBOX:
            self._tell(fresh)

    def _tell(self, fresh: list[QueuedMessage]) -> None:
        first = fresh[0]
        text = _line(first)
        reason = explain(first.problem).sentence if first.problem is not None else ""
        if len(fresh) > 1:
            text = translate("mailbox", "{count} messages could not be sent and wait for you.").format(count=len(fresh))
        show = (translate("mailbox", "Show"), lambda: self._window.show_message(first.id))
        kind = "bad" if first.state is State.FAILED else "warn"
        self._window.notice.show_text(kind, text, reason, [show])


def _line(message: QueuedMessage) -> str:
    first, _, others = names_of(message).partition(", ")
    names = translate("mailbox", "{name} and others").format(name=first) if others else first
    match message.state:
        case State.FAILED:
            return translate("mailbox", "The message to {names} was not sent.").format(names=names)
        case State.UNCERTAIN:
            return translate("mailbox", "The message to {names} may have been sent.").format(names=names)
        case _:
            return translate("mailbox", "The message to {names} is held.").format(names=names)
