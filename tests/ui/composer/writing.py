"""The demo with its composers, for tests that write messages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from app.delivery.outbox import QueuedMessage
from app.message.draft import Draft
from ui.composer.window import ComposerWindow
from ui.demo.start import Demo


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what a window shows has no event
            await asyncio.sleep(0.01)


@dataclass(slots=True)
class Writing:
    """The demo with its composers."""

    demo: Demo
    queued: list[str] = field(default_factory=list)
    windows: list[ComposerWindow] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    def open(self, draft: Draft | None = None) -> ComposerWindow:
        """Open a composer."""
        window = ComposerWindow(self.demo.services, self.demo.desk, draft)
        name = window.draft_id
        window.destroyed.connect(lambda: self.closed.append(name))
        window.show()
        self.windows.append(window)
        return window

    async def allow(self, allowed: bool) -> None:
        """Let the administrator decide, and the program learn of it."""
        self.demo.world.set_policy(allow=allowed)
        watch = self.demo.services.watch
        assert watch is not None
        await watch.refresh()
        self.demo.desk.policy_changed.emit()

    async def messages(self) -> list[QueuedMessage]:
        """Return what is in the outbox."""
        return await self.demo.services.outbox.list()
