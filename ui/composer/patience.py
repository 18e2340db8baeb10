"""What Send does while attached files take long: the draft is kept, and the wait can be ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from app.errors import ExpectedError
from app.message.draft import Draft
from ui.texts import translate

if TYPE_CHECKING:
    from app.delivery.outbox import QueuedMessage
    from app.services import Services
    from ui.composer.attachments import AttachmentBar
    from ui.widgets import Notice

__all__ = ["SHORT_WAIT", "looked_at_with_patience", "queued_with_patience"]

SHORT_WAIT = 3.0
"""Seconds in which most messages are queued, large ones too."""


async def looked_at_with_patience(files: AttachmentBar, notice: Notice) -> bool:
    """Return whether all files can go; False where the person no longer wanted to wait until they were looked at."""
    looking = asyncio.ensure_future(files.looked_at())
    await _wait_for(looking, notice)
    return not looking.cancelled() and looking.result()


async def queued_with_patience(
    posting: Coroutine[Any, Any, QueuedMessage], draft: Draft, services: Services, notice: Notice
) -> QueuedMessage | None:
    """Return the queued message, or None where the person no longer wanted to wait; raises what `posting` raises."""

    async def keep() -> None:
        with suppress(ExpectedError):  # what is wrong with the disk is said when the message is stored
            await services.drafts.save(draft, services.now())

    task = asyncio.ensure_future(posting)
    await _wait_for(task, notice, keep)
    return await _stopped(draft, services) if task.cancelled() else task.result()


async def _wait_for(
    task: asyncio.Future[Any], notice: Notice, first: Callable[[], Coroutine[Any, Any, None]] | None = None
) -> None:
    """Wait for `task`; where it takes long call `first`, then say why and offer to stop it."""
    said = translate("waiting", "The attached files are still being read. The message is not in the outbox yet.")
    try:
        done, _ = await asyncio.wait({task}, timeout=SHORT_WAIT)
        if done:
            return
        if first is not None:
            await first()
        notice.show_text(
            "warn",
            said,
            translate("waiting", "A drive that does not answer may be why. Other messages are sent meanwhile."),
            [(translate("waiting", "Stop"), task.cancel)],
            stays=True,
        )
        await asyncio.wait({task})
        if notice.text() == said:  # else it says by now what is wrong with a file
            notice.clear()
    except asyncio.CancelledError:
        task.cancel()
        raise


async def _stopped(draft: Draft, services: Services) -> QueuedMessage | None:
    """Return the message if it was on its way into the outbox already, where nothing can be stopped."""
    from app.delivery.outbox import State

    message = (await services.outbox.find([draft.id])).get(draft.id)
    return None if message is None or message.state is State.CANCELLED else message
