"""Tests of windows run on the program's own loop, with its look."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from ui.loop import AppLoop
from ui.theme import apply_theme


def pytest_asyncio_loop_factories(config: Any, item: Any) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    def on_qt() -> asyncio.AbstractEventLoop:
        existing = QApplication.instance()
        application = existing if isinstance(existing, QApplication) else QApplication(["tests"])
        application.setQuitOnLastWindowClosed(False)
        apply_theme(application, "light")
        return AppLoop(application)

    return {"qt": on_qt}


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    """Each of the two looks in turn."""
    apply_theme(qapp, request.param)
    yield request.param
    apply_theme(qapp, "light")
