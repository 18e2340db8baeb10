"""What the composer does while attached files take long to read: the draft is kept, and the wait can be ended."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from app.errors import ExpectedError
from app.message.draft import Draft
from ui.texts import translate

if TYPE_CHECKING:
    from app.delivery.outbox import QueuedMessage
    from app.services import Services
    from ui.widgets import Notice

__all__ = ["SHORT_WAIT", "queued_with_patience"]

SHORT_WAIT = 3.0
"""Seconds in which most messages are queued, large ones too."""


async def queued_with_patience(
    posting: Coroutine[Any, Any, QueuedMessage], draft: Draft, services: Services, notice: Notice
) -> QueuedMessage | None:
    """Return the queued message, or None where the person no longer wanted to wait; raises what `posting` raises."""
    task = asyncio.ensure_future(posting)
    try:
        done, _ = await asyncio.wait({task}, timeout=SHORT_WAIT)
        if done:
            return task.result()
        with suppress(ExpectedError):  # what is wrong with the disk is said when the message is stored
            await services.drafts.save(draft, services.now())
        notice.show_text(
            "warn",
            translate("waiting", "The attached files are still being read. The message is not in the outbox yet."),
            translate("waiting", "A drive that does not answer may be why. Other messages are sent meanwhile."),
            [(translate("waiting", "Stop"), task.cancel)],
            stays=True,
        )
        await asyncio.wait({task})
        notice.clear()
        return await _stopped(draft, services) if task.cancelled() else task.result()
    except asyncio.CancelledError:
        task.cancel()
        raise


async def _stopped(draft: Draft, services: Services) -> QueuedMessage | None:
    """Return the message if it was on its way into the outbox already, where nothing can be stopped."""
    from app.delivery.outbox import State

    message = (await services.outbox.find([draft.id])).get(draft.id)
    return None if message is None or message.state is State.CANCELLED else message
