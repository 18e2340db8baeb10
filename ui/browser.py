"""The system's browser: the one place where the program opens a web address in it.

`QDesktopServices.setUrlHandler` puts something else in its place, as the demo and tests do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

__all__ = ["open_in_browser"]

_LIBRARIES = "LD_LIBRARY_PATH"


def open_in_browser(address: str) -> bool:
    """Have the browser show a web address; return whether there was a browser to ask."""
    with _system_libraries():
        return QDesktopServices.openUrl(QUrl(address, QUrl.ParsingMode.StrictMode))


@contextmanager
def _system_libraries() -> Iterator[None]:
    """Let a program that is started meanwhile find the system's libraries, and not those of this bundle.

    Source: pyinstaller.org/en/stable/common-issues-and-pitfalls.html, “Launching external programs”.
    """
    ours = os.environ.get(_LIBRARIES) if getattr(sys, "frozen", False) else None
    if ours is None:
        yield
        return
    theirs = os.environ.get(f"{_LIBRARIES}_ORIG")
    try:
        if theirs is None:
            del os.environ[_LIBRARIES]
        else:
            os.environ[_LIBRARIES] = theirs
        yield
    finally:
        os.environ[_LIBRARIES] = ours
