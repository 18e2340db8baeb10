"""Clicks, dialogs and bugs."""

from __future__ import annotations

import asyncio
import sys

import pytest
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from ui import tasks


async def test_two_clicks_run_once(qtbot: QtBot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        await asyncio.sleep(0.02)

    tasks.on_click(button, work)
    button.click()
    button.click()
    await asyncio.sleep(0)
    assert not button.isEnabled()
    await asyncio.sleep(0.05)
    assert runs == [1]
    assert button.isEnabled()


async def test_a_button_that_is_gone_after_its_work_does_no_harm(qtbot: QtBot) -> None:
    button = QPushButton()

    async def work() -> None:
        await asyncio.sleep(0.01)

    tasks.on_click(button, work)
    button.click()
    button.deleteLater()
    await asyncio.sleep(0.05)


async def test_a_dialog_is_awaited_and_other_tasks_go_on(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    ticks: list[int] = []

    async def other() -> None:
        for _ in range(3):
            await asyncio.sleep(0.001)
            ticks.append(1)
        dialog.accept()

    tasks.start(other())
    assert await tasks.ask(dialog) == QDialog.DialogCode.Accepted
    assert len(ticks) == 3


async def test_what_a_task_raises_reaches_the_one_door_for_bugs(monkeypatch: pytest.MonkeyPatch) -> None:
    caught: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: caught.append(kind))

    async def bug() -> None:
        raise ZeroDivisionError

    tasks.start(bug())
    await asyncio.sleep(0.01)
    assert caught == [ZeroDivisionError]


async def test_a_painted_window_is_waited_for(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    await asyncio.wait_for(tasks.painted(dialog), 5)
