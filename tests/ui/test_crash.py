"""What nobody expected is shown once, stays until it is read, and repeats no private words."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox

from app.errors import Reason, StorageError
from ui import crash


@pytest.fixture(autouse=True)
async def door(qapp: QApplication) -> AsyncIterator[None]:
    before = sys.excepthook
    crash.install()
    yield
    sys.excepthook = before
    asyncio.get_running_loop().set_exception_handler(None)
    for box in open_boxes():
        box.reject()
    qapp.processEvents()


def open_boxes() -> list[QDialog]:
    gc.collect()
    found = QApplication.topLevelWidgets()
    return [widget for widget in found if isinstance(widget, QDialog) and widget.isVisible()]


def happen(error: Exception) -> None:
    sys.excepthook(type(error), error, None)


async def test_a_bug_is_shown_until_it_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    happen(ValueError("private words"))
    (box,) = open_boxes()
    assert isinstance(box, QMessageBox)
    assert "ValueError" in box.detailedText()
    assert "private" not in box.detailedText() + capsys.readouterr().err


async def test_a_bug_that_happens_again_and_again_is_shown_once_at_a_time() -> None:
    for _ in range(3):
        happen(ValueError())
    (box,) = open_boxes()
    box.reject()
    assert open_boxes() == []
    happen(ValueError())
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    assert len(open_boxes()) == 1


async def test_a_bug_in_a_callback_of_the_loop_is_shown_too() -> None:
    loop = asyncio.get_running_loop()
    loop.call_exception_handler({"message": "a bug in the delivery", "exception": ValueError()})
    assert len(open_boxes()) == 1


async def test_what_the_world_did_is_said_in_a_sentence() -> None:
    happen(StorageError.because(Reason.STORAGE_FULL, folder="/data"))
    (box,) = open_boxes()
    assert isinstance(box, QMessageBox)
    assert "/data" in box.text()
    assert box.textFormat() is Qt.TextFormat.PlainText
    assert box.detailedText() == ""
