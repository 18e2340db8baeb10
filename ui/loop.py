"""The event loop: asyncio on Qt's own, with exact timers, cancelled ones removed, and safe nesting.

qasync's loop runs asyncio on the window's thread. This subclass mends what was seen to go wrong with it: timers
that fire early, timers of cancelled calls that stay alive for their whole delay, call_later without a
TimerHandle, and tasks that lose a step when somebody opens a nested Qt loop.
"""

from __future__ import annotations

import asyncio
import contextvars
import math
import sys
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVarTuple, Unpack

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimerEvent
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from ui.ending import Application, Ending

__all__ = ["AppLoop", "run"]

_Args = TypeVarTuple("_Args")
_STYLE = ("-style", "fusion")
"""The style the look is drawn on; as an argument, since setStyle has PySide set up every class of styles (5 ms)."""
_READY = QEvent.Type(QEvent.registerEventType())


class AppLoop(QEventLoop):
    """qasync's loop with its own queue of ready calls and its own timers."""

    def __init__(self, application: QCoreApplication) -> None:
        self._calls = _Calls(self)
        super().__init__(application)

    def call_soon(
        self,
        callback: Callable[[Unpack[_Args]], object],
        *args: *_Args,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        self._check_closed()
        handle = asyncio.Handle(callback, args, self, context)
        self._calls.add(handle)
        return handle

    def call_soon_threadsafe(
        self,
        callback: Callable[[Unpack[_Args]], object],
        *args: *_Args,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        return self.call_soon(callback, *args, context=context)

    def call_later(
        self,
        delay: float,
        callback: Callable[[Unpack[_Args]], object],
        *args: *_Args,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[_Args]], object],
        *args: *_Args,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        self._check_closed()
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        self._calls.add_timer(handle)
        return handle

    def run_forever(self) -> Any:
        """Run until stopped; calls whose turn came while the loop stood still are made now."""
        self._calls.resume()
        return super().run_forever()

    def close(self) -> None:
        """Close the loop and drop every timer."""
        super().close()
        self._calls.clear()

    def live_timers(self) -> int:
        """Return how many timers are waiting; for tests."""
        return self._calls.timers

    def _add_callback(self, handle: asyncio.Handle, delay: float = 0) -> asyncio.Handle:
        # qasync's socket notifiers come in here.
        del delay
        self._calls.add(handle)
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        # asyncio.TimerHandle.cancel calls this.
        self._calls.remove_timer(handle)


class _Calls(QObject):
    """Ready calls as one posted event, later ones as precise Qt timers."""

    def __init__(self, loop: AppLoop) -> None:
        super().__init__()
        self._loop = loop
        self._ready: deque[asyncio.Handle] = deque()
        self._by_timer: dict[int, asyncio.TimerHandle] = {}
        self._by_handle: dict[int, int] = {}

    @property
    def timers(self) -> int:
        return len(self._by_timer)

    def add(self, handle: asyncio.Handle) -> None:
        """Queue a call; safe from every thread, as deque.append and postEvent are."""
        self._ready.append(handle)
        QCoreApplication.postEvent(self, QEvent(_READY))

    def add_timer(self, handle: asyncio.TimerHandle) -> None:
        delay = handle.when() - self._loop.time()
        if delay <= 0:
            self.add(handle)
            return
        # Rounded up, because a timer must never fire before its time; capped at what Qt's int can hold.
        milliseconds = min(math.ceil(delay * 1000), 2**31 - 1)
        timer = self.startTimer(milliseconds, Qt.TimerType.PreciseTimer)
        self._by_timer[timer] = handle
        self._by_handle[id(handle)] = timer

    def remove_timer(self, handle: asyncio.TimerHandle) -> None:
        timer = self._by_handle.pop(id(handle), None)
        if timer is not None:
            self.killTimer(timer)
            del self._by_timer[timer]

    def resume(self) -> None:
        """Have the calls made that came in while the loop did not run."""
        for _ in range(len(self._ready)):
            QCoreApplication.postEvent(self, QEvent(_READY))

    def clear(self) -> None:
        for timer in self._by_timer:
            self.killTimer(timer)
        self._by_timer.clear()
        self._by_handle.clear()
        self._ready.clear()

    def event(self, event: QEvent) -> bool:
        if event.type() != _READY:
            return super().event(event)
        # One call an event, so that painting and input get their turn between them. Whoever processes Qt's events
        # while the loop stands still (its own end, a test's) makes none: coroutines would miss their loop.
        if self._ready and self._is_running():
            self._run(self._ready.popleft())
        return True

    def timerEvent(self, event: QTimerEvent) -> None:
        handle = self._by_timer.get(event.timerId())
        if handle is None:
            return
        self.remove_timer(handle)
        if not self._is_running():
            self._ready.append(handle)
        elif handle.when() - self._loop.time() > 0:
            self.add_timer(handle)
        else:
            self._run(handle)

    def _is_running(self) -> bool:
        return asyncio._get_running_loop() is self._loop  # noqa: SLF001 - get_running_loop raises instead

    def _run(self, handle: asyncio.Handle) -> None:
        """Run a call; inside a nested Qt loop the task that opened it is set aside meanwhile."""
        if handle.cancelled():
            return
        running = asyncio.current_task(self._loop)
        if running is None:
            handle._run()  # noqa: SLF001 - what every asyncio loop does with its handles
            return
        asyncio.tasks._leave_task(self._loop, running)  # noqa: SLF001
        try:
            handle._run()  # noqa: SLF001
        finally:
            asyncio.tasks._enter_task(self._loop, running)  # noqa: SLF001


def run(main: Callable[[QApplication], Coroutine[Any, Any, int]], arguments: Sequence[str] | None = None) -> int:
    """Make the application, run `main` on its loop and return what it returns.

    A signal cancels `main`, which may still clean up; the result is then 128 and the signal's number. The system's wish
    to quit closes the windows. The end of the last window does not end the loop.
    """
    existing = QApplication.instance()
    application = (
        existing if isinstance(existing, QApplication) else Application([*(arguments or sys.argv[:1]), *_STYLE])
    )
    application.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: AppLoop(application)) as runner:
        return runner.run(_until_told(main, application))


async def _until_told(main: Callable[[QApplication], Coroutine[Any, Any, int]], application: QApplication) -> int:
    task = asyncio.ensure_future(main(application))
    ending = Ending(task)
    ending.listen(application)
    try:
        return await task
    except asyncio.CancelledError:
        return 1 if ending.code is None else ending.code
