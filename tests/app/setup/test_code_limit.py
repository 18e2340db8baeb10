"""The hourly limit of codes belongs to the address: deleting and adding it again does not lift it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.address import Address
from app.demo.world import PARTNER, DemoWorld
from app.errors import Reason, SetupError
from app.services import Services
from app.setup.adding import Mailer, add_address, mail_code, remove_address
from app.setup.codes import HOURLY_LIMIT
from tests.app.people import Clock, opened, partner_entry


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    with DemoWorld() as world:
        yield world


def words(address: Address, code: str) -> tuple[str, str]:
    return f"Confirm {address}", f"{code}\n"


async def add_and_mail(services: Services, world: DemoWorld, entry_id: str, spelling: str) -> None:
    entry = replace(partner_entry(world, verified=False), id=entry_id, address=Address.parse(spelling))
    await add_address(entry, None, profiles=services.profiles, keychain=services.keychain)
    mailer = Mailer(services.secret_of, services.mail_tls, words)
    await mail_code(entry, profiles=services.profiles, mailer=mailer, now=services.now())


async def test_deleting_and_adding_an_address_again_does_not_lift_the_limit(world: DemoWorld, tmp_path: Path) -> None:
    clock = Clock()
    async with opened(world, tmp_path, clock=clock) as services:
        for number in range(HOURLY_LIMIT):
            await add_and_mail(services, world, f"entry{number}", PARTNER if number else PARTNER.upper())
            await remove_address(f"entry{number}", profiles=services.profiles, keychain=services.keychain)
        with pytest.raises(SetupError) as caught:
            await add_and_mail(services, world, "last", PARTNER)
        assert caught.value.problem.reason is Reason.SETUP_CODE_LIMIT
        await remove_address("last", profiles=services.profiles, keychain=services.keychain)
        clock.forward(hours=1)
        await add_and_mail(services, world, "later", PARTNER)
