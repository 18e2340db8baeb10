"""On a disk that takes nothing no message is handed to a server: what became of it could not be kept."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.delivery.outbox import State
from app.delivery.posting import post
from app.demo.world import DemoWorld
from app.errors import Reason, StorageError
from app.services import Services
from tests.app.people import PRIMARY_ADDRESS, letter_from, opened
from tests.servers.disk import filled, small_disk

pytestmark = [pytest.mark.system("mount"), pytest.mark.case("L2")]


async def queue(services: Services) -> None:
    await post(
        letter_from(PRIMARY_ADDRESS),
        profile=services.the_profile,
        policy=services.policy,
        outbox=services.outbox,
        now=services.now(),
    )


@pytest.mark.parametrize("reason", [Reason.STORAGE_FULL, Reason.STORAGE_READ_ONLY])
async def test_no_send_starts_when_its_state_cannot_be_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: Reason
) -> None:
    begun: list[object] = []

    async def never(*arguments: object, **_: object) -> object:
        begun.append(arguments)
        raise ConnectionError

    with DemoWorld() as world, small_disk(tmp_path / "disk") as disk:
        async with opened(world, disk / "home") as services:
            await queue(services)
        async with opened(world, disk / "home") as services:
            with monkeypatch.context() as patch:
                patch.setattr("app.delivery.postman._open_session", never)
                if reason is Reason.STORAGE_FULL:
                    with filled(disk):
                        await sending_fails(services, reason)
                else:
                    # A disk cannot be made read-only by hand while files are open on it; SQLite can be told it is.
                    await services.database.read(
                        lambda connection: connection.execute("PRAGMA query_only = ON").fetchall()
                    )
                    await sending_fails(services, reason)
            assert begun == []
            (message,) = await services.outbox.list()
            assert (message.state, message.attempts) == (State.QUEUED, 0)


async def sending_fails(services: Services, reason: Reason) -> None:
    with pytest.raises(StorageError) as caught:
        await asyncio.wait_for(services.postman.run_due(), 10)
    assert caught.value.problem.reason is reason
