"""What happens to the computer while the program runs: it sleeps and wakes, its network goes, comes or changes.

The postman is told, because none of its connections can be relied on afterwards. A sleep shows in the clocks: one of
them stands still meanwhile, or a second takes much longer than one, as after SIGSTOP or in a paused virtual machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.errors import ExpectedError
from app.policy.watch import boot_clock
from ui import tasks
from ui.network import Network, SystemNetwork

if TYPE_CHECKING:
    from app.services import Services

__all__ = ["Pulse", "Surroundings"]

_TICK = 1.0
"""Seconds between two looks at the clocks; one takes less than 0.1 ms."""
_LATE = 2.5
"""Seconds a look may come late on a computer that is merely busy."""
_ASLEEP = 0.5
"""Seconds a clock has to have stood still, to be sure."""
_LATER = 3.0
"""Seconds after the first window, or after the first mail, until the network is looked at."""


class Pulse:
    """Says of each beat how long the computer or the program stood still before it."""

    def __init__(self, *, boot: Callable[[], float] = boot_clock, awake: Callable[[], float] = time.monotonic) -> None:
        self._boot = boot
        self._awake = awake
        self._last = boot(), awake()

    def beat(self, interval: float) -> float:
        """Return the seconds since the last beat that are missing, 0.0 for none; one is due each `interval`."""
        boot, awake = self._boot(), self._awake()
        asleep = (boot - self._last[0]) - (awake - self._last[1])
        late = boot - self._last[0] - interval
        self._last = boot, awake
        return max(asleep if asleep > _ASLEEP else 0.0, late if late > _LATE else 0.0)


class Surroundings(QObject):
    """Watches for sleep and for the network, and has the postman do what follows."""

    changed = Signal()
    """The network went or came back."""

    def __init__(
        self,
        services: Services,
        *,
        pulse: Pulse | None = None,
        open_network: Callable[[], Network] = SystemNetwork,
    ) -> None:
        super().__init__()
        self._services = services
        self._pulse = pulse or Pulse()
        self._open_network = open_network
        self._network: Network | None = None
        self._was_there = True
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.setInterval(round(_TICK * 1000))
        self._timer.timeout.connect(self.look)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(round(_LATER * 1000))
        self._later.timeout.connect(lambda: self._do(self.look_if_needed()))
        self._unsubscribe: Callable[[], None] = lambda: None

    @property
    def is_offline(self) -> bool:
        """Whether mail waits for the network."""
        return not self._was_there

    def start(self) -> None:
        """Watch from now on; the network only when `look_if_needed` is called, or a while later."""
        self._pulse.beat(_TICK)
        self._timer.start()
        self._later.start()

    def end(self) -> None:
        """Watch no longer."""
        self._timer.stop()
        self._later.stop()
        self._unsubscribe()
        self._unsubscribe = lambda: None
        if self._network is not None:
            self._network.end()
            self._network = None

    def look(self) -> None:
        """Look at the clocks, and at the network where that is known to tell only half."""
        slept = self._pulse.beat(_TICK)
        if self._network is not None and self._network.is_there is not self._was_there:
            self._network_changed()
        elif slept:
            self._do(self._renew())

    async def look_if_needed(self) -> None:
        """Begin to watch the network as soon as there is mail for it, which spares who only writes 3 MB.

        Raises StorageError.
        """
        from app.delivery.outbox import State

        outbox = self._services.outbox
        if await outbox.count([State.QUEUED, State.ATTEMPTING, State.DATA_END, State.DEFERRED]):
            self.look_at_network()
        elif self._timer.isActive():
            self._unsubscribe()
            self._unsubscribe = outbox.subscribe(lambda _id: self._later.start())

    def look_at_network(self) -> None:
        """Begin to watch the network."""
        self._unsubscribe()
        self._unsubscribe = lambda: None
        if self._network is not None:
            return
        self._network = self._open_network()
        self._network.subscribe(self._network_changed)
        if not self._network.is_there:
            self._network_changed()

    def _network_changed(self) -> None:
        if self._network is None:
            return
        was_there, self._was_there = self._was_there, self._network.is_there
        if self._was_there:
            self._do(self._renew())
        elif was_there:
            self._do(self._services.postman.network_lost())
        if self._was_there is not was_there:
            self.changed.emit()

    async def _renew(self) -> None:
        """Leave old connections, and try at once what had no way to its server; raises StorageError."""
        postman = self._services.postman
        if self._was_there:
            await postman.network_back()
        await postman.interrupt()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        running = tasks.start(_in_peace(work), name="surroundings")
        running.add_done_callback(lambda _: work.close())  # it may have been cancelled before it began


async def _in_peace(work: Coroutine[Any, Any, None]) -> None:
    """Run what is only to speed things up: a data folder that fails says so where mail is handled."""
    try:
        await work
    except ExpectedError:
        return
