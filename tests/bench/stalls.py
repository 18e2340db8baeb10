"""How long the window's thread does not come back."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimerEvent

__all__ = ["Stalls"]

_BREATH = 2  # milliseconds between two looks at the clock


class Stalls(QObject):
    """The longest time between two turns of the window's thread, beyond the timer's own interval, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self.work = 0.0
        """The most processor time this thread used between two turns: what is left on a machine with nothing else."""
        self._last, self._used = time.perf_counter(), time.thread_time()
        self.startTimer(_BREATH, Qt.TimerType.PreciseTimer)

    def timerEvent(self, event: QTimerEvent) -> None:
        moment, used = time.perf_counter(), time.thread_time()
        self.longest = max(self.longest, (moment - self._last) * 1000 - _BREATH)
        self.work = max(self.work, (used - self._used) * 1000)
        self._last, self._used = moment, used

    def reset(self) -> None:
        """Begin anew."""
        self._last, self._used = time.perf_counter(), time.thread_time()
        self.longest = self.work = 0.0
