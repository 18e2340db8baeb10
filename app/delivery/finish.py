"""Tasks that are given time to end."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

__all__ = ["SETTLING", "finish"]

SETTLING = 1.0
"""Seconds for writing down what became of a message that was broken off."""


async def finish(tasks: Collection[asyncio.Task[None]], seconds: float) -> None:
    """Let tasks end, and cancel those that take longer."""
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=SETTLING)
