"""Where windows are drawn: on a screen, if there is one, or in memory only."""

from __future__ import annotations

import os
import sys

__all__ = ["draw_unseen", "has_display"]


def has_display() -> bool:
    """Whether windows can be shown; without a screen Qt would end the program without a sentence."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform != "linux" or any(os.environ.get(name) for name in names)


def draw_unseen() -> None:
    """Have all windows drawn in memory only; called before the application is made."""
    from PySide6.QtCore import qInstallMessageHandler

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    qInstallMessageHandler(_pass_on)


def _pass_on(_kind: object, _context: object, message: str) -> None:
    """Write what Qt says to standard error, but for what it cannot do without a screen."""
    if not message.startswith("This plugin does not support"):
        sys.stderr.write(f"{message}\n")
