"""Tests of windows run on the program's own loop, with its look, in English."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow
from shiboken6 import delete, isValid

from tests.ui.browsers import FakeBrowser, fake_browser
from ui.language import load_translators
from ui.loop import AppLoop
from ui.theme import apply_theme


def pytest_asyncio_loop_factories(config: Any, item: Any) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    def on_qt() -> asyncio.AbstractEventLoop:
        existing = QApplication.instance()
        application = existing if isinstance(existing, QApplication) else QApplication(["tests", "-style", "fusion"])
        return AppLoop(_prepared(application))

    return {"qt": on_qt}


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """The application as the program prepares it, whatever the machine's language and scheme are."""
    return _prepared(qapp)


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    """Each of the two looks in turn."""
    apply_theme(qapp, request.param)
    yield request.param
    apply_theme(qapp, "light")


@pytest.fixture
def browser() -> Iterator[FakeBrowser]:
    """A browser in the place of the system's."""
    with fake_browser() as browser:
        yield browser


@pytest.fixture(autouse=True)
def no_window_outlives_its_test(qapp: QApplication) -> Iterator[None]:
    """Delete what a test left open at once, without asking it: its timers must not fire in another test."""
    yield
    for window in QApplication.topLevelWidgets():
        if isValid(window) and window.parent() is None and isinstance(window, QDialog | QMainWindow):
            delete(window)


def _prepared(application: QApplication) -> QApplication:
    application.setQuitOnLastWindowClosed(False)
    apply_theme(application, "light")
    load_translators(application, "en")
    QLocale.setDefault(QLocale("en_GB"))
    return application
