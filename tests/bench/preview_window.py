"""How long the preview's window stands still while a large organisation is changed in it, and pictures are taken."""

from __future__ import annotations

import asyncio
import gc
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from app.policy.directory import Directory, write_directory
from app.preview.change import Choice, root_of
from app.services import now
from tests.bench.figures import Figures, figure
from tests.bench.stalls import Stalls
from ui import loop

if TYPE_CHECKING:
    from ui.preview.window import PreviewWindow

__all__ = ["measure_stalls"]

_REST = 0.5
"""Seconds in which layouts and pictures come to rest, before and after."""
_AT_MOST = (16.0, "16 ms")


def measure_stalls(directory: Directory) -> Figures:
    """Return the longest stalls, in the processor time of the window's own thread."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    figures: Figures = {}

    async def main(application: QApplication) -> int:
        from ui.main import prepare
        from ui.preview.window import PreviewWindow

        prepare(application)
        gc.freeze()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "directory.json"
            file.write_bytes(write_directory(directory))
            window = PreviewWindow(now, file)
            window.show()
            await _until(lambda: window.plan.origin == file.name and window.comparison is not None)
            figures.update(await _measured(window))
        closed: list[bool] = []
        window.destroyed.connect(lambda: closed.append(True))
        window.close()
        await _until(lambda: closed)
        return 0

    loop.run(main)
    return figures


async def _measured(window: PreviewWindow) -> Figures:
    from ui.preview.pictures import take_pictures

    stalls = Stalls()
    window.tabs.setCurrentIndex(4)
    await asyncio.sleep(_REST)
    stalls.reset()
    window.change(root_of(window.plan.now), Choice.TICK)
    await _until(lambda: window.comparison is not None)
    await asyncio.sleep(_REST)
    ticked = stalls.work
    stalls.reset()
    await take_pictures(window.plan, window, now)
    return {
        "a tick, longest stall of the window (ms)": figure(ticked, at_most=_AT_MOST),
        "pictures, longest stall of the window (ms)": figure(stalls.work, at_most=_AT_MOST),
    }


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005)
