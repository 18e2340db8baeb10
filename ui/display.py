"""Whether there is a screen to show windows on; without one Qt would end the program without a sentence."""

from __future__ import annotations

import os
import sys

__all__ = ["has_display"]


def has_display() -> bool:
    """Whether windows can be shown; elsewhere than on Linux they always can."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform != "linux" or any(os.environ.get(name) for name in names)
