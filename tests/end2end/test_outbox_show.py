"""`absender outbox show`: what people read of a message that waits for them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.demo.authority import PRIMARY
from app.demo.inbox import Server
from app.demo.world import DemoWorld
from app.services import Services, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from tests.end2end.shell import Shell

SEND = ("send", "--from", PRIMARY, "--to", "eins@extern.example", "--to", "zwei@extern.example", "--subject", "Angebot")


@pytest.fixture(autouse=True)
def berlin() -> Iterator[None]:
    """A clock on the wall that is not UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


def lines_of(shell: Shell, message_id: str) -> dict[str, str]:
    shown = shell.run("outbox", "show", message_id).out.partition("\n\n")[0]
    return dict(line.split("\t") for line in shown.splitlines())


def test_a_delay_says_what_to_do_and_when_it_goes_on_by_the_clock_on_the_wall(ready: Shell, world: DemoWorld) -> None:
    world.set_mail_server(Server.ORGANISATION, up=False)
    try:
        sent = ready.run(*SEND, "--body", "x", "--json").json
    finally:
        world.set_mail_server(Server.ORGANISATION, up=True)
    shown = lines_of(ready, sent["id"])
    assert shown["to"] == "eins@extern.example, zwei@extern.example"
    assert shown["next"] == "Check server and port. Usual ports are 587 and 465."
    assert shown["due"].endswith(("+01:00", "+02:00"))
    assert "." not in shown["due"]


def test_what_may_have_been_sent_says_since_when_and_by_which_id(ready: Shell) -> None:
    message_id = ready.run(*SEND, "--body", "x", "--no-wait", "--json").json["id"]

    async def die_after_the_dot(services: Services) -> str:
        moment = services.now()
        assert await services.outbox.claim(moment + timedelta(seconds=1)) is not None
        await services.outbox.mark_data_end(message_id, moment)
        await services.outbox.recover(moment)
        return (await services.outbox.get(message_id)).message_id

    async def run() -> str:
        async with open_services(DataFolder(ready.home), keychain=MemoryKeychain()) as services:
            return await die_after_the_dot(services)

    own_id = asyncio.run(run())
    shown = lines_of(ready, message_id)
    assert shown["state"] == "uncertain"
    assert shown["message-id"] == own_id
    assert shown["handed over"].endswith(("+01:00", "+02:00"))


def test_the_journal_ends_with_the_servers_verdict(ready: Shell, world: DemoWorld) -> None:
    first = ready.run(*SEND, "--body", "x", "--no-wait", "--json").json["id"]
    second = ready.run(*SEND, "--body", "y", "--json").json["id"]
    for message_id in (first, second):
        (attempt,) = ready.run("outbox", "show", message_id, "--json").json["journal"]
        assert attempt["verdict"] == "delivered"
        assert attempt["dialogue"][-1].startswith("S: 250 ")
