"""A browser in place of the system's: what is opened is remembered, and nothing is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

__all__ = ["FakeBrowser", "fake_browser"]

_SCHEMES = ("http", "https")


class FakeBrowser(QObject):
    """Takes addresses; `visit` is what a person does with each, in a thread."""

    def __init__(self, visit: Callable[[str], object] | None = None) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.visit = visit
        self._visits: set[asyncio.Future[object]] = set()

    @Slot(QUrl)
    def open(self, address: QUrl) -> None:
        """Take an address, as the system's browser does."""
        text = address.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        self.opened.append(text)
        if self.visit is not None:
            self._visits.add(asyncio.ensure_future(asyncio.to_thread(self.visit, text)))


@contextmanager
def fake_browser() -> Iterator[FakeBrowser]:
    """Put a browser of the test in the place of the system's."""
    browser = FakeBrowser()
    for scheme in _SCHEMES:
        QDesktopServices.setUrlHandler(scheme, browser, "open")  # type: ignore[arg-type]  # its stub errs: bytes are refused
    try:
        yield browser
    finally:
        for scheme in _SCHEMES:
            QDesktopServices.unsetUrlHandler(scheme)
