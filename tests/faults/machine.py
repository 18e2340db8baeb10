"""A computer whose time passes only when nothing else is to be done, so that months of it fit into seconds.

Threads would run on in real time, so what the program gives to one is done at once in their place.
"""

from __future__ import annotations

import asyncio
import contextlib
import selectors
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any, TypeVar, TypeVarTuple

import app.limited
import app.storage.database

__all__ = ["Machine", "StandStillError", "no_threads", "runner"]

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

_TICK = 1e-6
"""Seconds that a turn of the loop takes at least: no clock stands still between two looks at it."""


class StandStillError(Exception):
    """Everybody waits, and nothing is going to happen: on a real computer this would hang."""


class Machine:
    """The clocks of a computer: the one on the wall, which anybody can set, and those since its start."""

    def __init__(self) -> None:
        self.awake = 0.0
        """Seconds it was awake: what timers count."""
        self.asleep = 0.0
        self.set_by = 0.0
        """Seconds by which the clock on the wall is wrong."""
        self._started = -1000.0

    @property
    def true(self) -> float:
        """Seconds since the beginning, as nobody on the machine knows them."""
        return self.awake + self.asleep

    def boot(self) -> float:
        """Return seconds since the machine was started, those in sleep too (CLOCK_BOOTTIME)."""
        return self.true - self._started

    def wall(self) -> float:
        """Return seconds since the beginning by the clock on the wall."""
        return self.true + self.set_by

    def now(self) -> datetime:
        """Return what the clock on the wall says."""
        return at(self.wall())

    def sleep(self, seconds: float) -> None:
        """Stand still for so long, as when the lid is closed, or switched off."""
        self.asleep += seconds

    def restart(self) -> None:
        """Begin to count anew."""
        self._started = self.true


def at(seconds: float) -> datetime:
    """Return a moment by its seconds since the beginning."""
    return BEGIN + timedelta(seconds=seconds)


class _NoWaiting(selectors.SelectSelector):
    """Lets time pass in place of waiting: nobody outside is there to wait for."""

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self._machine = machine

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise StandStillError
        self._machine.awake += max(timeout, _TICK)
        return []


class _Loop(asyncio.SelectorEventLoop):
    """An event loop by the machine's time, on which threads' work is done at once."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        super().__init__(_NoWaiting(machine))

    def time(self) -> float:
        return self._machine.awake

    def _write_to_self(self) -> None:
        """Wake nobody: there is one thread."""

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        del executor
        return asyncio.wrap_future(_done(func, *args), loop=self)


class _AtOnce(Executor):
    """A thread whose work is done before it is waited for."""

    def __init__(self, **_: Any) -> None:
        pass

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        return _done(fn, *args, **named)


def _done(work: Callable[..., Any], *args: Any, **named: Any) -> Future[Any]:
    outcome: Future[Any] = Future()
    try:
        outcome.set_result(work(*args, **named))
    except Exception as error:  # noqa: BLE001 - handed over to whoever awaits
        outcome.set_exception(error)
    return outcome


def runner(machine: Machine) -> asyncio.Runner:
    """Return what runs a coroutine on such a machine."""
    return asyncio.Runner(loop_factory=lambda: _Loop(machine))


@contextlib.contextmanager
def no_threads() -> Iterator[None]:
    """Do what the program gives to threads of its own at once, meanwhile."""
    with (
        _in_place_of(app.storage.database, "ThreadPoolExecutor", _AtOnce),
        _in_place_of(app.limited, "_in_thread", lambda run: run()),
    ):
        yield


@contextlib.contextmanager
def _in_place_of(module: ModuleType, name: str, other: object) -> Iterator[None]:
    real = getattr(module, name)
    setattr(module, name, other)
    try:
        yield
    finally:
        setattr(module, name, real)
