"""Blocking calls into the system, in a thread that cannot hold up the program or its end."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections import deque
from collections.abc import Callable
from importlib import import_module
from typing import TypeVar

__all__ = ["call_with_limit", "import_beside"]

T = TypeVar("T")

_IDLE_SECONDS = 30.0
"""How long a thread waits for another call; starting one takes as long as most calls do."""
_idle: deque[_Thread] = deque()


async def call_with_limit(work: Callable[[], T], seconds: float | None) -> T:
    """Return what `work` returns or raise what it raises; TimeoutError once `seconds` are over, if they are given.

    A call that hangs is left behind in its thread, and does not keep the program from ending.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if outcome.cancelled():
            return
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)  # type: ignore[arg-type] # None only where T allows it

    def run() -> None:
        result: T | None = None
        failure: BaseException | None = None
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - handed over to whoever awaits
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, failure)

    _in_thread(run)
    async with asyncio.timeout(seconds):
        return await outcome


async def import_beside(module: str) -> None:
    """Import a module that takes longer to load than a window may stand still, in a thread; once it is there, nothing.

    What is wanted of it is imported by the usual statement afterwards.
    """
    if module not in sys.modules:
        await call_with_limit(lambda: import_module(module), None)


def _in_thread(run: Callable[[], None]) -> None:
    """Have `run` called in a thread that has nothing else to do, a new one if there is none."""
    with contextlib.suppress(IndexError):
        while not _idle.pop().take(run):
            pass
        return
    _Thread(run).start()


class _Thread(threading.Thread):
    """Makes one call, and then others for as long as they come; one that hangs gets no other."""

    def __init__(self, first: Callable[[], None]) -> None:
        super().__init__(name="limited", daemon=True)
        self._next: Callable[[], None] | None = first
        self._lock = threading.Lock()
        self._given = threading.Event()
        self._has_ended = False

    def take(self, run: Callable[[], None]) -> bool:
        """Make this call next; False for a thread that has just ended."""
        with self._lock:
            if self._has_ended:
                return False
            self._next = run
            self._given.set()
            return True

    def run(self) -> None:
        while (run := self._next) is not None:
            self._next = None
            self._given.clear()
            run()
            del run  # what it holds is not to wait for the next call
            _idle.append(self)
            self._given.wait(_IDLE_SECONDS)
            with self._lock:
                self._has_ended = self._next is None
        with contextlib.suppress(ValueError):
            _idle.remove(self)
