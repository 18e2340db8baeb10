"""Clicks, dialogs and bugs."""

from __future__ import annotations

import asyncio
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QMainWindow, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

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
    assert await asyncio.wait_for(tasks.painted(dialog), 5)


async def test_a_window_that_goes_before_it_is_painted_is_not_waited_for() -> None:
    waiting = []
    for _ in range(2):
        dialog = QDialog()
        waiting.append(asyncio.ensure_future(tasks.painted(dialog)))
        await asyncio.sleep(0)
        if waiting[1:]:
            dialog.show()
            dialog.grab()  # what it painted is told in the next turn, when it is gone
        delete(dialog)
    assert await asyncio.wait_for(asyncio.gather(*waiting), 5) == [False, False]


async def test_a_dialog_that_is_destroyed_counts_as_rejected(qtbot: QtBot) -> None:
    dialog = QDialog()
    answer = asyncio.ensure_future(tasks.ask(dialog))
    await asyncio.sleep(0.01)
    delete(dialog)
    assert await asyncio.wait_for(answer, 5) == QDialog.DialogCode.Rejected.value


async def test_a_dialog_closes_when_who_asked_gives_up(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    answer = asyncio.ensure_future(tasks.ask(dialog))
    await asyncio.sleep(0.01)
    assert dialog.isVisible()
    answer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answer
    assert not dialog.isVisible()


async def test_the_focus_comes_back_to_a_button_when_its_work_is_done(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = QVBoxLayout(window)
    button, other = QPushButton(), QPushButton()
    row.addWidget(button)
    row.addWidget(other)
    window.show()
    button.setFocus()
    window.activateWindow()
    for _ in range(100):
        if button.hasFocus():
            break
        await asyncio.sleep(0.01)
    go_on = asyncio.Event()
    tasks.on_click(button, go_on.wait)
    button.click()
    assert window.focusWidget() is other
    go_on.set()
    await asyncio.sleep(0.01)
    assert window.focusWidget() is button


async def test_an_action_runs_once_too(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    action = QAction(window)
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        await asyncio.sleep(0.01)

    tasks.on_click(action, work)
    action.trigger()
    action.trigger()
    await asyncio.sleep(0.05)
    assert runs == [1]
    assert action.isEnabled()


async def test_a_cancelled_task_is_no_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    caught: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: caught.append(kind))
    task = tasks.start(asyncio.sleep(60))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0.01)
    assert caught == []


async def test_a_window_painted_before_one_waits_for_it_counts_too(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.grab()
    await asyncio.sleep(0.05)
    assert await asyncio.wait_for(tasks.painted(dialog), 5)


async def test_a_window_covered_by_its_content_is_painted_too(qtbot: QtBot) -> None:
    window, content = QMainWindow(), QWidget()
    content.setAutoFillBackground(True)
    window.setCentralWidget(content)
    qtbot.addWidget(window)
    window.show()
    await asyncio.sleep(0.05)
    assert await asyncio.wait_for(tasks.painted(window), 5)


async def test_what_starts_while_others_are_cancelled_is_cancelled_too() -> None:
    late: list[asyncio.Task[bool]] = []

    async def starts_another() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            late.append(tasks.start(asyncio.Event().wait()))

    task = tasks.start(starts_another())
    async with asyncio.timeout(5):
        await tasks.settle(0.01)
    assert (task.cancelled(), [each.cancelled() for each in late]) == (True, [True])


async def test_what_is_imported_in_turns_leaves_what_is_typed_its_turn_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"imported_in_turns_{number}" for number in range(3)]
    for name in names:
        (tmp_path / f"{name}.py").write_text("import time\nAT = time.perf_counter()\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    typed: list[float] = []
    timer = QTimer()
    timer.timeout.connect(lambda: typed.append(time.perf_counter()))
    timer.start(0)
    await tasks.import_in_turns(names)
    timer.stop()
    moments = [sys.modules.pop(name).AT for name in names]
    assert all(any(first < moment < second for moment in typed) for first, second in pairwise(moments))
