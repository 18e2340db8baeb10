"""Qt's libraries and the system's fonts, loaded on another processor while Python imports: 15 ms of the start.

What is loaded is what Qt would load itself a moment later; where it is not found, Qt loads it as it always does.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

__all__ = ["load_ahead"]

# One by one, since the system's loader does one at a time, and Python has modules to load meanwhile.
_LIBRARIES = ("libQt6Core.so.6", "libQt6Gui.so.6", "libQt6Widgets.so.6", "libQt6Svg.so.6")
_FONTS = "libfontconfig.so.1"


def load_ahead() -> Thread | None:
    """Begin to load what the first window needs; return the thread that does, None on other systems than Linux."""
    if sys.platform != "linux":
        return None
    spec = find_spec("PySide6")
    folders = spec.submodule_search_locations if spec is not None else None
    # A daemon: the program may end before it, and nothing is lost then.
    thread = Thread(target=_load, args=([Path(each, "Qt", "lib") for each in folders or ()],), daemon=True)
    thread.start()
    return thread


def _load(folders: list[Path]) -> None:
    import ctypes

    # Called through ctypes and not made by it, these let Python go on meanwhile; flags as Python's own (dlopen(3)).
    system = ctypes.CDLL(None)
    for file in (folder / name for folder in folders for name in _LIBRARIES):
        if file.exists():
            system.dlopen(bytes(file), sys.getdlopenflags())
    try:
        # What Qt asks for the first time it writes anything (fontconfig's FcInit(3), which may be called again).
        ctypes.CDLL(_FONTS).FcInit()
    except (OSError, AttributeError):  # no such library here
        return
