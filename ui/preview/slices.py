"""Long work on the window's own thread, a few milliseconds at a time.

A thread beside the window's would be no better: whoever waits for Python's lock waits for 5 ms each time, and
painting one list asks for it a hundred times.
"""

from __future__ import annotations

import asyncio
import time
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
    while True:
        end = time.perf_counter() + _SLICE
        while time.perf_counter() < end:
            try:
                next(work)
            except StopIteration as done:
                value: Value = done.value
                return value
        await breath()


async def breath() -> None:
    """Let keys, the pointer and painting come first."""
    await asyncio.sleep(_BREATH)
