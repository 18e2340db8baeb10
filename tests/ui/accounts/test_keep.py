"""What is kept of an address lets go what was held for it, wherever its server was before."""

from dataclasses import replace

import pytest

from app.delivery.outbox import State
from app.delivery.posting import post
from app.demo.world import DemoWorld
from app.errors import Reason
from app.profile import SmtpServer
from app.services import Services
from app.storage.keychain import Secret
from tests.app.people import letter_from, partner_entry
from ui.accounts.edges import keep


async def deliver(services: Services) -> tuple[State, Reason | None]:
    """Deliver what is due; return how the one message stands."""
    await services.postman.run_due()
    (message,) = await services.outbox.list()
    return message.state, message.problem.reason if message.problem else None


@pytest.mark.parametrize("wrong", ["username", "port", "password"])
async def test_mail_held_for_a_server_goes_once_its_settings_are_right(
    services: Services, world: DemoWorld, wrong: str
) -> None:
    world.set_policy(allow=True)
    assert services.watch is not None
    await services.watch.refresh()
    right = partner_entry(world)
    assert right.smtp_msa is not None
    mistaken: dict[str, SmtpServer] = {
        "username": replace(right.smtp_msa, username="somebody"),
        "port": replace(right.smtp_msa, port=world.organisation.access().port, username="somebody"),
        "password": right.smtp_msa,
    }
    password = Secret(world.partner.password)
    await keep(replace(right, smtp_msa=mistaken[wrong]), Secret("wrong"), services, is_new=True)
    await post(
        letter_from(right.address),
        profile=services.the_profile,
        policy=services.policy,
        outbox=services.outbox,
        now=services.now(),
    )
    assert await deliver(services) == (State.HELD, Reason.SERVER_AUTH_REJECTED)
    await keep(right, password, services, is_new=False)
    assert await deliver(services) == (State.SENT, None)
