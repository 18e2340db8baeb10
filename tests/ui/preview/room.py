"""What the preview's tests do with its window."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from app.preview.change import Choice
from ui.preview.sides import View
from ui.preview.stage import Shown, Stage
from ui.preview.window import PreviewWindow


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


@dataclass(frozen=True, slots=True)
class Room:
    """A preview window, and ways to use it and to read it."""

    window: PreviewWindow

    async def settled(self) -> None:
        """Wait until all that was asked for is shown."""
        await until(lambda: self.window.comparison is not None)

    async def change(self, path: str, choice: Choice) -> None:
        """Change the setting of a unit."""
        self.window.change(self.unit(path), choice)
        await self.settled()

    async def look_as(self, email: str) -> None:
        """Look as somebody from the organisation."""
        self.window.look_as(next(user for user in self.window.plan.now.users if user.email == email))
        await self.settled()

    def unit(self, path: str) -> str:
        """Return the id of a unit."""
        return next(unit.id for unit in self.window.plan.now.units.values() if unit.path == path)

    def shown(self, stage: Stage, shown: Shown) -> QWidget:
        """Return a window of one side, which is looked at then; both sides are."""
        self.window.view.choose(View.BOTH)
        self.window.tabs.setCurrentIndex(list(Shown).index(shown) + 1)
        window = stage.window_shown(shown)
        assert window is not None
        return window

    async def close(self) -> None:
        """Close the window and wait until it is gone."""
        gone: list[bool] = []
        self.window.destroyed.connect(lambda: gone.append(True))
        self.window.close()
        await until(lambda: gone)


def texts(widget: QWidget) -> str:
    """Return all that can be read in a widget."""
    found = [label.text() for label in widget.findChildren(QLabel)]
    found += [button.text() for button in widget.findChildren(QAbstractButton)]
    return "\n".join(found)
