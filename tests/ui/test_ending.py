"""Told to end: once, in time, and whatever is typed is kept."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from ui import tasks
from ui.composer.window import ComposerWindow
from ui.demo.start import open_demo
from ui.ending import Ending, commit_data

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.case("L12")


async def endless() -> int:
    await asyncio.sleep(3600)
    return 0


async def test_to_be_told_twice_changes_nothing() -> None:
    task = asyncio.ensure_future(endless())
    ending = Ending(task, last_resort=lambda code: None)
    ending.ask(143)
    ending.ask(130)
    await asyncio.wait([task])
    assert (ending.code, task.cancelled()) == (143, True)


async def test_what_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.ending.LONGEST_END", 0.01)
    codes: list[int] = []
    ended = threading.Event()

    def end(code: int) -> None:
        codes.append(code)
        ended.set()

    async def stubborn() -> int:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            await asyncio.to_thread(ended.wait, 10)
        return 0

    task = asyncio.ensure_future(stubborn())
    await asyncio.sleep(0)
    Ending(task, last_resort=end).ask(143)
    await task
    assert codes == [143]


async def test_what_is_done_at_the_end_is_done_though_the_program_is_told_to_end_meanwhile() -> None:
    steps: list[str] = []
    begun = asyncio.Event()

    async def last_things() -> None:
        steps.append("begun")
        begun.set()
        await asyncio.sleep(0.02)
        steps.append("done")

    task = asyncio.ensure_future(tasks.through(last_things()))
    await begun.wait()
    task.cancel()
    await asyncio.wait([task])
    assert (steps, task.cancelled()) == (["begun", "done"], True)


QUIT = """
import asyncio, sys
from PySide6.QtWidgets import QApplication, QWidget
from ui import ending, loop

ending._QUIT = 0.2

async def main(application):
    window = QWidget()
    window.show()
    asyncio.get_running_loop().call_later(0.01, QApplication.quit)
    try:
        while window.isVisible() or sys.argv[1] == "stubborn":
            await asyncio.sleep(0.01)
        return 7
    finally:
        await asyncio.sleep(0.05)
        print("cleaned up", window.isVisible())

sys.exit(loop.run(main, ["test"]))
"""


@pytest.mark.parametrize(("kind", "code"), [("polite", 7), ("stubborn", 0)])
def test_the_systems_wish_to_quit_closes_the_windows_and_nothing_is_left_undone(kind: str, code: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", QUIT, kind], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT
    )
    assert (ended.returncode, ended.stdout) == (code, "cleaned up False\n"), ended.stderr


NOHUP = """
import asyncio, os, signal, sys
from ui import loop

async def main(application):
    os.kill(os.getpid(), signal.SIGHUP)
    await asyncio.sleep(0.05)
    return 7

signal.signal(signal.SIGHUP, signal.SIG_IGN)
sys.exit(loop.run(main, ["test"]))
"""


def test_a_signal_the_caller_had_ignored_stays_ignored() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", NOHUP], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT
    )
    assert ended.returncode == 7, ended.stderr


async def test_the_end_of_the_session_waits_for_the_drafts_and_ends_nothing() -> None:
    async with open_demo() as demo:
        composer = demo.desk.compose()
        assert isinstance(composer, ComposerWindow)
        await tasks.painted(composer)
        QTest.keyClicks(composer.header.subject, "Half written")
        demo.desk.commit_data(None)
        assert [saved.draft.subject for saved in await demo.services.drafts.list()] == ["Half written"]
        assert demo.desk.windows == (composer,)


async def test_the_end_of_the_session_is_not_held_up_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.ending._COMMIT_DATA", 0.01)
    never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    commit_data(never)
    assert not never.done()
