"""The loop: exact timers, cancelled ones gone, nested Qt loops harmless."""

from __future__ import annotations

import asyncio
import contextvars
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from ui.loop import AppLoop

ROOT = Path(__file__).resolve().parents[2]


def the_loop() -> AppLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, AppLoop)
    return loop


@pytest.mark.parametrize("seconds", [0.0005, 0.001, 0.02, 0.05])
async def test_a_timer_never_fires_before_its_time(seconds: float) -> None:
    loop = the_loop()
    begun = loop.time()
    await asyncio.sleep(seconds)
    assert loop.time() - begun >= seconds


async def test_a_timer_knows_when_it_is_due() -> None:
    loop = the_loop()
    handle = loop.call_later(60, lambda: None)
    assert 59 < handle.when() - loop.time() <= 60
    handle.cancel()


async def test_cancelled_timers_do_not_stay_alive() -> None:
    before = the_loop().live_timers()
    for _ in range(200):
        await asyncio.wait_for(asyncio.sleep(0), 60)
    assert the_loop().live_timers() <= before


async def test_most_cancelled_timers_leave_the_rest_on_time() -> None:
    loop = the_loop()
    due: list[int] = []
    kept = [loop.call_later(0.001 * number, due.append, number) for number in range(1, 20)]
    dropped = [loop.call_later(0.0015 * number, due.append, -number) for number in range(1, 300)]
    for handle in (*dropped, *dropped):
        handle.cancel()
    await asyncio.sleep(0.05)
    assert due == list(range(1, 20))
    assert all(not handle.cancelled() for handle in kept)


async def test_an_earlier_timer_does_not_wait_for_a_later_one() -> None:
    due: list[str] = []
    later = the_loop().call_later(60, due.append, "later")
    the_loop().call_later(0.005, due.append, "earlier")
    await asyncio.sleep(0.03)
    later.cancel()
    assert due == ["earlier"]


async def test_calls_that_waited_go_on_in_a_nested_qt_loop() -> None:
    done: list[str] = []

    def nest() -> None:
        nested = QEventLoop()
        QTimer.singleShot(30, nested.quit)
        nested.exec()
        done.append("nested loop ended")

    loop = the_loop()
    loop.call_soon(nest)
    loop.call_soon(done.append, "first")
    loop.call_soon(done.append, "second")
    loop.call_later(0.005, done.append, "timer")
    await asyncio.sleep(0.06)
    assert done == ["first", "second", "timer", "nested loop ended"]


async def test_a_nested_qt_loop_loses_no_step_of_another_task() -> None:
    steps: list[int] = []

    async def other() -> None:
        for number in range(20):
            await asyncio.sleep(0.001)
            steps.append(number)

    task = asyncio.ensure_future(other())
    await asyncio.sleep(0)
    nested = QEventLoop()
    QTimer.singleShot(60, nested.quit)
    nested.exec()
    await task
    assert steps == list(range(20))


async def test_calls_from_another_thread_arrive_in_order() -> None:
    loop = the_loop()
    seen: list[int] = []

    def send() -> None:
        for number in range(100):
            loop.call_soon_threadsafe(seen.append, number)

    await asyncio.to_thread(send)
    await asyncio.sleep(0.01)
    assert seen == list(range(100))


async def test_a_call_keeps_its_context() -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="none")
    context = contextvars.copy_context()
    context.run(variable.set, "given")
    seen: list[str] = []
    the_loop().call_soon(lambda: seen.append(variable.get()), context=context)
    await asyncio.sleep(0.005)
    assert seen == ["given"]


async def test_qt_events_get_their_turn_among_busy_tasks() -> None:
    ticks: list[int] = []
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start(1)
    for _ in range(5000):
        await asyncio.sleep(0)
    timer.stop()
    assert ticks


async def test_an_exception_in_a_call_reaches_the_loop_s_handler() -> None:
    caught: list[object] = []
    loop = the_loop()
    loop.set_exception_handler(lambda _loop, context: caught.append(context.get("exception")))
    loop.call_soon(lambda: 1 / 0)
    await asyncio.sleep(0.005)
    loop.set_exception_handler(None)
    assert isinstance(caught[0], ZeroDivisionError)


def test_a_closed_loop_takes_no_more_calls(qapp: QApplication) -> None:
    loop = AppLoop(qapp)
    loop.close()
    with pytest.raises(RuntimeError):
        loop.call_soon(print)
    with pytest.raises(RuntimeError):
        loop.call_later(1, print)


ENDED_BY_SIGNAL = """
import asyncio, os, signal, sys
from ui import loop

async def main(application):
    try:
        asyncio.get_running_loop().call_later(0.01, os.kill, os.getpid(), getattr(signal, sys.argv[1]))
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0.01)
        print("cleaned up")

sys.exit(loop.run(main, ["test"]))
"""


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
@pytest.mark.case("L12")
def test_a_signal_ends_the_program_after_it_has_cleaned_up(name: str, code: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ENDED_BY_SIGNAL, name], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT
    )
    assert (ended.returncode, ended.stdout) == (code, "cleaned up\n"), ended.stderr


CLOSED = """
import asyncio, sys
from PySide6.QtWidgets import QWidget
from ui import loop

async def main(application):
    window = QWidget()
    window.show()
    window.close()
    await asyncio.sleep(0.05)
    return 7

sys.exit(loop.run(main, ["test"]))
"""


def test_the_last_window_does_not_end_the_loop_but_main_does() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", CLOSED], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT
    )
    assert ended.returncode == 7, ended.stderr


def test_no_call_is_made_while_the_loop_stands_still_and_none_is_lost(qapp: QApplication) -> None:
    loop = AppLoop(qapp)
    ran_in: list[bool] = []

    def note() -> None:
        ran_in.append(asyncio.get_running_loop() is loop)

    loop.call_soon(note)
    loop.call_later(0.001, note)
    for _ in range(20):
        qapp.processEvents()
        time.sleep(0.001)
    assert ran_in == []
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    assert ran_in == [True, True]


class Listener(asyncio.Protocol):
    """Hands on what arrives."""

    def __init__(self, heard: list[bytes], nested: QEventLoop | None = None) -> None:
        self.heard = heard
        self.nested = nested

    def data_received(self, data: bytes) -> None:
        self.heard.append(data)
        if self.nested is not None:
            nested, self.nested = self.nested, None
            nested.exec()
            self.heard.append(b"nested loop ended")


async def test_a_socket_is_heard_in_a_nested_qt_loop_but_not_within_its_own_call() -> None:
    heard: list[bytes] = []
    nested = QEventLoop()
    pairs = [socket.socketpair(), socket.socketpair()]
    transports = [
        (await the_loop().create_connection(partial(Listener, heard, opened), sock=ours))[0]
        for (ours, _), opened in zip(pairs, (nested, None), strict=True)
    ]
    (_, first), (_, second) = pairs
    with first, second:
        the_loop().call_later(0.01, first.send, b"again")
        the_loop().call_later(0.02, second.send, b"other")
        the_loop().call_later(0.05, nested.quit)
        first.send(b"first")
        await asyncio.sleep(0.1)
        assert heard == [b"first", b"other", b"nested loop ended", b"again"]
        for transport in transports:
            transport.abort()
        await asyncio.sleep(0)


async def test_what_a_socket_wakes_runs_before_anything_else_is_waited_for() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        reading = asyncio.ensure_future(the_loop().sock_recv(ours, 10))
        await asyncio.sleep(0)
        theirs.send(b"hello")
        assert await reading == b"hello"
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(the_loop().sock_recv(ours, 10), 0.01)


def test_a_socket_is_not_heard_while_the_loop_stands_still_and_nothing_is_lost(qapp: QApplication) -> None:
    loop, heard = AppLoop(qapp), list[bytes]()
    ours, theirs = socket.socketpair()
    with theirs:
        transport, _ = loop.run_until_complete(loop.create_connection(partial(Listener, heard), sock=ours))
        theirs.send(b"hello")
        for _ in range(20):
            qapp.processEvents()
        assert heard == []
        loop.run_until_complete(asyncio.sleep(0.01))
        assert heard == [b"hello"]
        transport.abort()
        loop.run_until_complete(asyncio.sleep(0))
    loop.close()


async def test_a_call_beside_the_window_s_thread_takes_one_thread_and_the_next_takes_the_same() -> None:
    before = threading.active_count()
    threads = [await asyncio.to_thread(threading.get_native_id) for _ in range(3)]
    assert len(set(threads)) == 1
    assert threading.active_count() <= before + 1
