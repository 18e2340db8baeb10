"""A message whose bytes were made for another route waits, and goes by itself once it fits its route again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.delivery.outbox import QueuedMessage, State
from app.delivery.posting import post
from app.demo.inbox import Server
from app.demo.world import DemoWorld
from app.errors import Reason
from app.profile import SmtpServer
from app.services import Services
from tests.app.people import PARTNER_ADDRESS, letter_from, opened, partner_entry


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    with DemoWorld() as world:
        world.set_policy(allow=True)
        yield world


async def give_gateway(services: Services, gateway: SmtpServer | None) -> None:
    entry = services.the_profile.find(PARTNER_ADDRESS)
    assert entry is not None
    await services.take_profile(services.the_profile.with_changed(replace(entry, smtp_msa=gateway)))


async def tried(services: Services, message: QueuedMessage) -> tuple[State, Reason | None]:
    await services.release_held()
    await services.postman.run_due()
    found = await services.outbox.get(message.id)
    return found.state, found.problem.reason if found.problem else None


async def test_it_goes_when_the_address_has_its_old_route_again(world: DemoWorld, tmp_path: Path) -> None:
    async with opened(world, tmp_path / "home", partner_entry(world, gateway=False)) as services:
        await services.checked_policy()
        message = await post(
            letter_from(PARTNER_ADDRESS),
            profile=services.the_profile,
            policy=services.policy,
            outbox=services.outbox,
            now=services.now(),
        )
        await give_gateway(services, world.partner.access())
        for _ in range(2):
            assert await tried(services, message) == (State.HELD, Reason.ROUTE_CHANGED)
        attempts = len(await services.journal.of(message.id))
        assert attempts == 1  # what cannot go is not tried again and again
        await give_gateway(services, None)
        assert await tried(services, message) == (State.SENT, None)
    (arrived,) = world.inbox.messages()
    assert arrived.server is Server.ORGANISATION
