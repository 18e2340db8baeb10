"""Long work on the window's own thread, a few milliseconds at a time.

A thread beside the window's would be no better: whoever waits for Python's lock waits for 5 ms each time, and
painting one list asks for it a hundred times.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from app.preview.pieces import Pieces

__all__ = ["breath", "little_by_little"]

Value = TypeVar("Value")
_SLICE = 0.006
"""Seconds of work before the window has its turn: with what it does then, less than a picture of 60 a second takes."""
_BREATH = 0.001
"""Seconds; a timer's, as what is only put behind other calls can come before what the window system says."""


async def little_by_little(work: Pieces[Value]) -> Value:
    """Do all of the work, and return its value; whoever is told to stop does so after a slice."""
    with _garbage_left():
        while True:
            end = time.perf_counter() + _SLICE
            while time.perf_counter() < end:
                try:
                    next(work)
                except StopIteration as done:
                    value: Value = done.value
                    return value
            await breath()


@contextmanager
def _garbage_left() -> Iterator[None]:
    """Look for no garbage meanwhile: what the work is made of is none, and to look takes 40 ms each time.

    Most of it goes by itself when the work is done.
    """
    was_looked_for = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looked_for:
            gc.enable()


async def breath() -> None:
    """Let keys, the pointer and painting come first."""
    await asyncio.sleep(_BREATH)
