"""The event loop: asyncio on Qt's own, with exact timers, cancelled ones removed, and safe nesting.

qasync's loop runs asyncio on the window's thread. This subclass mends what was seen to go wrong with it: timers
that fire early, timers of cancelled calls that stay alive for their whole delay, call_later without a
TimerHandle, and tasks that lose a step when somebody opens a nested Qt loop.
"""

from __future__ import annotations

import asyncio
import contextvars
import heapq
import itertools
import math
import sys
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVarTuple, Unpack

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSocketNotifier, Qt, QTimerEvent, SignalInstance
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from ui.ending import Application, Ending

__all__ = ["AppLoop", "run"]

_Args = TypeVarTuple("_Args")
_STYLE = ("-style", "fusion")
"""The style the look is drawn on; as an argument, since setStyle has PySide set up every class of styles (5 ms)."""
_READY = QEvent.Type(QEvent.registerEventType())
_TURN = 0.002
"""Seconds for which ready calls are made before painting and input have their turn."""
_THREADS = 10
"""Most calls at a time beside the window's thread; as many as qasync's own."""
_MOSTLY_DEAD = 64
"""Timers from which on cancelled ones are cleared away once they are the greater part."""


class AppLoop(QEventLoop):
    """qasync's loop with its own queue of ready calls, its own timers, and calls for sockets made at once."""

    _read_notifiers: dict[int, QSocketNotifier]
    _write_notifiers: dict[int, QSocketNotifier]

    def __init__(self, application: QCoreApplication) -> None:
        self._calls = _Calls(self)
        super().__init__(application)
        # qasync's own executor starts all its threads for the first call, 1 MB of them.
        self.set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="beside"))

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

    def _add_reader(self, fd: int, callback: Callable[[Unpack[_Args]], object], *args: *_Args) -> None:
        self._watch(self._read_notifiers, fd, QSocketNotifier.Type.Read, asyncio.Handle(callback, args, self))

    def _add_writer(self, fd: int, callback: Callable[[Unpack[_Args]], object], *args: *_Args) -> None:
        self._watch(self._write_notifiers, fd, QSocketNotifier.Type.Write, asyncio.Handle(callback, args, self))

    def _watch(
        self, notifiers: dict[int, QSocketNotifier], fd: int, kind: QSocketNotifier.Type, handle: asyncio.Handle
    ) -> None:
        """Make a call whenever a socket is ready, in the turn in which Qt says so; qasync ends the watch."""
        self._check_closed()
        if (former := notifiers.get(fd)) is not None:
            former.setEnabled(False)
            _activated(former).disconnect()
        watch = _Watch(self._calls, notifiers, fd, QSocketNotifier(fd, kind), handle)
        notifiers[fd] = watch.notifier
        _activated(watch.notifier).connect(lambda: watch.tell())  # for a method Qt would not keep the watch

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        # asyncio.TimerHandle.cancel calls this.
        self._calls.remove_timer(handle)


def _activated(notifier: QSocketNotifier) -> SignalInstance:
    """Return the signal that qasync, too, connects and disconnects."""
    found: SignalInstance = notifier.activated["int"]  # type: ignore[index] # PySide's stubs know no overloads
    return found


@dataclass
class _Watch:
    """A socket, and the call to make when it is ready."""

    calls: _Calls
    notifiers: dict[int, QSocketNotifier]
    fd: int
    notifier: QSocketNotifier
    handle: asyncio.Handle
    is_made: bool = False
    is_put_off: bool = False

    def tell(self) -> None:
        """Make the call, unless it is being made and has opened a nested Qt loop, or the loop stands still."""
        if self.is_made or not self.calls.are_made:
            self.is_put_off = True
            self.notifier.setEnabled(False)  # Qt would say it again and again
            if not self.is_made:
                self.calls.call(self.go_on)
            return
        self.is_made = True
        try:
            self.calls.run(self.handle)
        finally:
            self.is_made = False
            self.go_on()
        self.calls.run_ready()

    def go_on(self) -> None:
        """Listen to Qt again, unless the watch has ended."""
        if self.is_put_off:
            self.is_put_off = False
            if self.notifiers.get(self.fd) is self.notifier:
                self.notifier.setEnabled(True)


class _Calls(QObject):
    """Ready calls behind one posted event, later ones in a heap behind one precise Qt timer."""

    def __init__(self, loop: AppLoop) -> None:
        super().__init__()
        self._loop = loop
        self._ready: deque[asyncio.Handle] = deque()
        self._is_posted = False
        self._heap: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._waiting: set[int] = set()
        """The handles in the heap that were not cancelled, by their ids."""
        self._count = itertools.count()
        self._timer = 0
        self._timer_at = math.inf

    @property
    def timers(self) -> int:
        return len(self._waiting)

    def add(self, handle: asyncio.Handle) -> None:
        """Queue a call; safe from every thread, as deque.append and postEvent are."""
        self._ready.append(handle)
        # customEvent takes the mark away before it looks for calls: what is appended under it is found.
        if not self._is_posted:
            self._post()

    def add_timer(self, handle: asyncio.TimerHandle) -> None:
        when = handle.when()
        if when <= self._loop.time():
            self.add(handle)
            return
        self._waiting.add(id(handle))
        heapq.heappush(self._heap, (when, next(self._count), handle))
        if when < self._timer_at:
            self._set_timer(when)

    def remove_timer(self, handle: asyncio.TimerHandle) -> None:
        """Forget a cancelled call. It stays in the heap, without its callback, till its turn or till most are such."""
        if id(handle) not in self._waiting:
            return
        self._waiting.remove(id(handle))
        if len(self._heap) > _MOSTLY_DEAD and len(self._heap) > 2 * len(self._waiting):
            self._heap = [each for each in self._heap if id(each[2]) in self._waiting]
            heapq.heapify(self._heap)

    @property
    def are_made(self) -> bool:
        """Whether the loop runs."""
        return asyncio._get_running_loop() is self._loop  # noqa: SLF001 - get_running_loop raises instead

    def call(self, callback: Callable[[], object]) -> None:
        self.add(asyncio.Handle(callback, (), self._loop))

    def resume(self) -> None:
        """Have the calls made that came in while the loop did not run."""
        if self._ready:
            self._post()

    def clear(self) -> None:
        self._set_timer(math.inf)
        self._heap.clear()
        self._waiting.clear()
        self._ready.clear()

    def customEvent(self, event: QEvent) -> None:
        del event  # nobody else posts any
        self._is_posted = False
        # Whoever processes Qt's events while the loop stands still (its own end, a test's) makes no calls: coroutines
        # would miss their loop.
        if not self.are_made:
            return
        if len(self._ready) > 1:
            self._post()
        self.run_ready()

    def run_ready(self) -> None:
        """Make the calls that are ready; while one of them is made, an event is posted for those that wait for it.

        For those, when a call opens a nested Qt loop, and for the rest, when painting and input shall have their turn.
        """
        end = time.perf_counter() + _TURN
        while self._ready:
            self.run(self._ready.popleft())
            if time.perf_counter() > end:
                return
        if self._is_posted:
            QCoreApplication.removePostedEvents(self, _READY)
            self._is_posted = False
            if self._ready:  # another thread's, meanwhile
                self._post()

    def timerEvent(self, event: QTimerEvent) -> None:
        del event
        now = self._loop.time()
        while self._heap and (self._heap[0][0] <= now or id(self._heap[0][2]) not in self._waiting):
            handle = heapq.heappop(self._heap)[2]
            if id(handle) in self._waiting:
                self._waiting.remove(id(handle))
                self.add(handle)
        self._set_timer(self._heap[0][0] if self._heap else math.inf)

    def _post(self) -> None:
        self._is_posted = True
        QCoreApplication.postEvent(self, QEvent(_READY))

    def _set_timer(self, when: float) -> None:
        """Have timerEvent called at `when`, never before."""
        if self._timer:
            self.killTimer(self._timer)
        self._timer, self._timer_at = 0, when
        if when < math.inf:
            # Rounded up, because a timer must never fire before its time; capped at what Qt's int can hold.
            milliseconds = min(math.ceil((when - self._loop.time()) * 1000), 2**31 - 1)
            self._timer = self.startTimer(max(milliseconds, 0), Qt.TimerType.PreciseTimer)

    def run(self, handle: asyncio.Handle) -> None:
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
