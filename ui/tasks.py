"""Coroutines in a window: started with one door for bugs, one run a click, dialogs awaited and never nested."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterable
from importlib import import_module
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QDialog, QWidget
from shiboken6 import isValid

__all__ = ["ask", "import_in_turns", "on_click", "painted", "settle", "start", "through"]

_T = TypeVar("_T")

_BREATH = 0.004
"""Seconds between two parts of work that can wait."""

_running: set[asyncio.Task[Any]] = set()
_LOOK_AGAIN = 0.05
"""Seconds after which what was started meanwhile is found, while cancelled tasks take their time to end."""


def start(work: Coroutine[Any, Any, Any], *, name: str = "") -> asyncio.Task[Any]:
    """Run `work` beside everything else; what it raises reaches sys.excepthook, as from any slot."""
    task = asyncio.get_running_loop().create_task(work, name=name or None)
    _running.add(task)
    task.add_done_callback(_ended)
    return task


async def settle(seconds: float) -> None:
    """Wait for all that was started to end, such as the saving of a draft; after `seconds` it is cancelled.

    So is what starts only then.
    """
    own, loop = asyncio.current_task(), asyncio.get_running_loop()
    end = loop.time() + seconds
    cancelled: set[asyncio.Task[Any]] = set()
    while running := {task for task in _running if task is not own and not task.done()}:
        left = end - loop.time()
        if left <= 0:
            for task in running - cancelled:
                task.cancel()
            cancelled |= running
        await asyncio.wait(running, timeout=left if left > 0 else _LOOK_AGAIN)


async def through(work: Coroutine[Any, Any, None]) -> None:
    """Await `work` to its end even if the awaiting task is cancelled meanwhile, which is then raised."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


async def import_in_turns(names: Iterable[str]) -> None:
    """Import modules one by one, each in a turn of the window's thread that lets painting and typing go between."""
    for name in names:
        # Through Qt's timers, which come after what was typed; a call that is only ready might be made at once.
        await asyncio.sleep(_BREATH)
        import_module(name)


def on_click(control: QAbstractButton | QAction, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    """Run `work` for a click, with the control disabled until it is done, so that two clicks run it once."""
    signal = control.triggered if isinstance(control, QAction) else control.clicked

    def begin() -> None:
        if control.isEnabled():
            start(_while_disabled(control, work, _disable(control)), name=control.objectName())

    signal.connect(lambda *_: begin())


async def ask(dialog: QDialog) -> int:
    """Show a dialog and return its result; `exec` would stop other tasks, so it is never used.

    A dialog whose window is closed under it was rejected; if the asking task is cancelled, so is the dialog.
    """
    finished: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    dialog.finished.connect(lambda result: _resolve(finished, result))
    dialog.destroyed.connect(lambda: _resolve(finished, QDialog.DialogCode.Rejected.value))
    dialog.open()
    try:
        return await finished
    except asyncio.CancelledError:
        if isValid(dialog):
            dialog.reject()
        raise


async def painted(window: QWidget) -> bool:
    """Return once `window` has been painted, so that slow work does not delay what people see first.

    False for a window that was closed, and is gone, before that.
    """
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    watcher = _PaintWatcher(window, lambda: _resolve(done, None))
    window.destroyed.connect(lambda: _resolve(done, None))
    # Where showing a window paints it at once, as offscreen, no other paint event would come.
    window.update()
    await done
    if not isValid(watcher):
        return False
    watcher.deleteLater()
    return True


def _resolve(future: asyncio.Future[_T], result: _T) -> None:
    if not future.done():
        future.set_result(result)


def _disable(control: QAbstractButton | QAction) -> QWidget | None:
    """Disable a control; return the widget that Qt gave its focus to, if it had it."""
    had_focus = isinstance(control, QWidget) and control.hasFocus()
    control.setEnabled(False)
    return control.window().focusWidget() if had_focus and isinstance(control, QWidget) else None


async def _while_disabled(
    control: QAbstractButton | QAction, work: Callable[[], Coroutine[Any, Any, Any]], focused: QWidget | None
) -> None:
    try:
        await work()
    finally:
        if isValid(control):
            control.setEnabled(True)
            # Who works by keyboard is not thrown out of place, unless they went elsewhere meanwhile.
            if isinstance(control, QWidget) and focused is not None and control.window().focusWidget() is focused:
                control.setFocus()


def _ended(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        sys.excepthook(type(error), error, error.__traceback__)


class _PaintWatcher(QObject):
    def __init__(self, window: QWidget, call: Callable[[], object]) -> None:
        super().__init__(window)
        self._call = call
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A window that its content covers is not painted itself; it is asked to bring everything up to date.
        if event.type() in {QEvent.Type.Paint, QEvent.Type.UpdateRequest}:
            # After this event has been handled, the pixels are there.
            QTimer.singleShot(0, self._call)
            watched.removeEventFilter(self)
        return False
