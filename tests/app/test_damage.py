"""A damaged database: whatever part of the program meets it says so; nothing breaks that nobody expected."""

from __future__ import annotations

import random
import shutil
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest

from app.delivery.outbox import State
from app.delivery.posting import post
from app.demo.world import DemoWorld
from app.errors import ExpectedError
from app.message.draft import Draft
from app.services import Services, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from tests.app.people import CUSTOMER, PRIMARY_ADDRESS, letter_from, opened

MESSAGES = 12
_FIRST_PAGE = 16384


async def queue(services: Services, name: str) -> None:
    await post(
        letter_from(PRIMARY_ADDRESS, name),
        profile=services.the_profile,
        policy=services.policy,
        outbox=services.outbox,
        now=services.now(),
    )


@pytest.fixture(scope="module")
async def healthy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    """A data folder with mail sent and waiting, drafts, contacts, a journal and a policy."""
    home = tmp_path_factory.mktemp("damage") / "home"
    with DemoWorld() as world:
        async with opened(world, home) as services:
            await services.checked_policy()
            for number in range(MESSAGES):
                await services.contacts.remember([CUSTOMER], services.now())
                draft = Draft(f"draft {number}", PRIMARY_ADDRESS, text="Entwurf " * 300)
                await services.drafts.save(draft, services.now())
                await queue(services, f"sent {number}")
            await services.postman.run_due()
            for number in range(MESSAGES):
                await queue(services, f"waiting {number}")
        yield home


async def use(services: Services) -> int:
    """Use everything that reads or writes; return how often it was said that something is wrong."""
    outbox, now = services.outbox, services.now()
    told = 0

    async def tell(work: Awaitable[object]) -> None:
        nonlocal told
        try:
            await work
        except ExpectedError:
            told += 1

    await tell(outbox.recover(now))
    await tell(services.release_held())
    await tell(services.drafts.list())
    await tell(services.contacts.complete("kun"))
    await tell(services.drafts.save(Draft("new", PRIMARY_ADDRESS, text="x"), now))
    await tell(outbox.due_queues(now))
    await tell(outbox.count([State.SENT]))
    await tell(outbox.list())
    await tell(outbox.claim(now))
    for number in range(MESSAGES):
        for name in (f"sent {number}", f"waiting {number}"):
            await tell(services.journal.of(name))
            await tell(outbox.draft(name))
            await tell(anext(outbox.chunks(name)))
    return told


@pytest.mark.case("L3")
async def test_damage_is_told_wherever_it_is_met(healthy: Path, tmp_path: Path) -> None:
    told = refused = 0
    for seed in range(24):
        chance = random.Random(seed)
        folder = DataFolder(tmp_path / str(seed))
        shutil.copytree(healthy, folder.home)
        data = bytearray(folder.database.read_bytes())
        for _ in range((5, 40, 200)[seed % 3]):
            data[chance.randrange(0 if seed % 4 == 0 else _FIRST_PAGE, len(data))] ^= chance.randrange(1, 256)
        folder.database.write_bytes(data)
        try:
            async with open_services(folder, keychain=MemoryKeychain()) as services:
                told += await use(services)
        except ExpectedError:
            refused += 1
    assert told >= 20
    assert refused >= 1
