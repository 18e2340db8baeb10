"""How the program is told to end: by a signal, by the system's menu, by the end of the session.

Whoever asks, and however often, the program's one task is cancelled once; it then has a few seconds to keep what is
typed and to settle what is under way. What hangs longer, such as a dead disk, is not waited for: on the disk it
looks like a crash, from which everything recovers.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable

from PySide6.QtCore import QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

__all__ = ["LONGEST_END", "Application", "Ending", "commit_data"]

LONGEST_END = 7.0
"""Seconds after which the process ends whatever it is doing; the ordinary end is limited to five part by part."""
_QUIT = 15.0
"""Seconds the program has to end by itself when the system wants it to quit: mail that waited for undo still goes."""
_COMMIT_DATA = 1.0
"""Seconds the end of a session is held up for saving drafts."""


class Application(QApplication):
    """Qt's application, which leaves it to the program's one task to end."""

    quit_asked: Callable[[], None] | None = None
    """Called when the system or Qt wants the program to quit; before it is set, Qt does as usual."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Quit and self.quit_asked is not None:
            # Qt would stop the loop under everything that still runs on it.
            event.ignore()
            self.quit_asked()
            return True
        return super().event(event)


class Ending:
    """Cancels `task` when the program is told to end, and remembers the exit code that fits."""

    def __init__(self, task: asyncio.Task[int], *, last_resort: Callable[[int], object] = os._exit) -> None:
        self._task = task
        self._last_resort = last_resort
        self.code: int | None = None
        """The exit code for being told to end; None as long as nobody has."""

    def ask(self, code: int) -> None:
        """End with this exit code; to be told again changes nothing."""
        if self.code is not None:
            return
        self.code = code
        self._task.cancel()
        timer = threading.Timer(LONGEST_END, self._last_resort, [code])
        timer.daemon = True
        timer.start()

    def _quit(self, application: QApplication) -> None:
        """Close every window as a person would, after which the program ends by itself; if not, end it."""
        application.closeAllWindows()
        self._task.get_loop().call_later(_QUIT, self.ask, 0)

    def listen(self, application: QApplication) -> None:
        """Take notice of signals and of the system's wish to quit."""
        if isinstance(application, Application):
            application.quit_asked = lambda: self._quit(application)
        if sys.platform == "win32":
            return
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # What the caller had ignored, as nohup does, stays so.
            if signal.getsignal(number) is not signal.SIG_IGN:
                # As a shell reports a program that the signal ended (POSIX, "Exit Status for Commands").
                self._task.get_loop().add_signal_handler(number, self.ask, 128 + number)


def commit_data(saving: asyncio.Future[None]) -> None:
    """Hold the end of the session up until `saving` is done, for a second at most, and never call it off.

    Qt asks for this by `QGuiApplication.commitDataRequest`, and on return the system may end the process.
    """
    waiting = QEventLoop()
    saving.add_done_callback(lambda _: waiting.quit())
    QTimer.singleShot(round(_COMMIT_DATA * 1000), waiting.quit)
    if not saving.done():
        waiting.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
