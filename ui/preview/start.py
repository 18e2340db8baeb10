"""`absender preview`: a window that needs no data folder, reads none, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.services import now
from ui import loop
from ui.display import has_display
from ui.texts import translate

__all__ = ["run_preview"]

_STARTED = 2.0
"""Seconds after which the window stands, and what it is made of is garbage no more."""


def run_preview(file: Path | None) -> int:
    """Show the preview until its window is closed, with what is in `file` at once; return the exit code."""
    if not has_display():
        sys.stderr.write(translate("preview", "The preview needs a display for its window.") + "\n")
        return 1

    async def main(application: QApplication) -> int:
        from ui.main import prepare
        from ui.preview.window import PreviewWindow

        prepare(application)
        closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        window = PreviewWindow(now, file)
        window.destroyed.connect(lambda: None if closed.done() else closed.set_result(None))
        window.show()
        asyncio.get_running_loop().call_later(_STARTED, gc.freeze)
        await closed
        return 0

    return loop.run(main)
