"""The preview by code, as an administrator would go through it, each view of it saved as a picture."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app.preview.change import Choice
from app.services import now
from ui.preview.sides import View
from ui.preview.window import PreviewWindow

__all__ = ["drive_preview"]

_PATIENCE = 20.0
"""Seconds for one thing to happen."""
_SETTLE = 0.5
"""Seconds for layouts and pictures to come to rest."""
_NAMES = ("person", "accounts", "wizard", "composer", "organisation")


async def drive_preview(folder: Path, save: Callable[[PreviewWindow, Path], None] | None = None) -> None:
    """Take the box of a unit away, look at what that does, and save it all into `folder`.

    Raises TimeoutError where it does not go on, OSError where a picture cannot be saved.
    """
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    window = PreviewWindow(now)
    window.resize(1400, 900)
    window.show()
    window.view.choose(View.BOTH)
    await _until(lambda: window.comparison is not None)
    sales = list(window.plan.now.units)[1]
    window.organisation.tree.choose(sales)
    window.change(sales, Choice.UNTICK)
    await _until(lambda: window.comparison is not None)
    for number, name in enumerate(_NAMES):
        window.tabs.setCurrentIndex(number)
        await asyncio.sleep(_SETTLE)
        (save or _save)(window, folder / f"preview-{number + 1}-{name}.png")
    closed: list[bool] = []
    window.destroyed.connect(lambda: closed.append(True))
    window.close()
    await _until(lambda: closed)


def _save(window: PreviewWindow, file: Path) -> None:
    for _ in range(3):  # a layout may ask for another one
        QCoreApplication.sendPostedEvents()
    if not window.grab().save(str(file)):
        raise OSError(f"{file} cannot be written")


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(_PATIENCE):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)
