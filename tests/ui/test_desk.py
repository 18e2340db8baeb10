"""The desk: one data folder's work and windows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo.world import DemoWorld
from tests.app.people import opened
from ui.desk import Desk


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    with DemoWorld() as world:
        yield world


def watches() -> list[asyncio.Task[object]]:
    return [task for task in asyncio.all_tasks() if task.get_name() == "policy watch"]


async def test_a_profile_changed_elsewhere_leaves_one_watch_over_the_policy(world: DemoWorld, tmp_path: Path) -> None:
    async with opened(world, tmp_path) as services:
        desk = Desk(services)
        desk.watch_policy()
        desk.watch_policy()
        await asyncio.sleep(0)
        (watch,) = watches()
        watch.cancel()
        await asyncio.wait([watch])
