"""Tasks that do not end when told to hold nobody up."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from app.delivery import finish as module
from app.delivery.finish import finish


@pytest.mark.case("L12")
async def test_a_task_that_does_not_end_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SETTLING", 0.05)
    told, released = asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        with suppress(asyncio.CancelledError):
            await released.wait()
        told.set()
        await released.wait()

    task = asyncio.create_task(stubborn())
    async with asyncio.timeout(10):
        await finish([task], 0.05)
    assert told.is_set()
    assert not task.done()
    released.set()
    await task


async def test_a_task_that_ends_in_time_is_not_told_to() -> None:
    task = asyncio.create_task(asyncio.sleep(0.01))
    await finish([task], 10)
    assert task.done()
    assert not task.cancelled()
    await finish([], 10)
