"""What a person decides about a message can be said on the command line, too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from app.address import Address
from app.delivery.refusals import refusal_facts
from app.delivery.replies import Reply
from app.delivery.verdict import Rejected
from app.demo.authority import PRIMARY
from app.demo.inbox import Server
from app.demo.world import DemoWorld
from app.errors import Problem, Reason
from app.profile import WhenMissed
from app.services import Services, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from tests.end2end.shell import Shell, says

ONE, TWO = "eins@extern.example", "zwei@extern.example"


def with_services(shell: Shell, work: Callable[[Services], Awaitable[None]]) -> None:
    async def run() -> None:
        async with open_services(DataFolder(shell.home), keychain=MemoryKeychain()) as services:
            await work(services)

    asyncio.run(run())


def queued(shell: Shell, *more: str | Path) -> str:
    queue = ("send", "--from", PRIMARY, "--to", ONE, "--to", TWO, "--subject", "Angebot", "--body", "x", "--no-wait")
    return str(shell.run(*queue, "--json", *more).json["id"])


def uncertain(shell: Shell) -> str:
    message_id = queued(shell)

    async def die_after_the_dot(services: Services) -> None:
        moment = services.now()
        await services.outbox.claim(moment + timedelta(seconds=1))
        await services.outbox.mark_data_end(message_id, moment)
        await services.outbox.recover(moment)

    with_services(shell, die_after_the_dot)
    return message_id


def refused(shell: Shell, *addresses: str) -> str:
    message_id = queued(shell)

    async def refuse(services: Services) -> None:
        moment = services.now()
        await services.outbox.claim(moment + timedelta(seconds=1))
        reply = Reply(550, ("5.1.1 unknown",))
        facts = refusal_facts([(Address.parse(each), reply) for each in addresses])
        problem = Problem.of(Reason.SERVER_RECIPIENT_REJECTED, **facts)
        await services.outbox.settle(message_id, Rejected(problem, reply.text), moment)

    with_services(shell, refuse)
    return message_id


def state(shell: Shell, message_id: str) -> str:
    return str(shell.run("outbox", "show", message_id, "--json").json["state"])


def test_your_word_that_a_message_arrived_settles_it(ready: Shell, world: DemoWorld) -> None:
    message_id = uncertain(ready)
    outcome = ready.run("outbox", "arrived", message_id)
    assert (outcome.code, outcome.out, outcome.err) == (0, f"{message_id}\tsent\n", "")
    before = len(world.inbox.messages(Server.ORGANISATION))
    assert ready.run("outbox", "run").code == 0
    assert len(world.inbox.messages(Server.ORGANISATION)) == before
    says(ready.run("outbox", "arrived", message_id), Reason.OUTBOX_WRONG_STATE)


def test_what_no_server_was_given_cannot_have_arrived(ready: Shell) -> None:
    message_id = queued(ready)
    says(ready.run("outbox", "arrived", message_id), Reason.OUTBOX_WRONG_STATE)
    assert state(ready, message_id) == "queued"


def test_a_message_goes_to_all_but_those_who_were_refused(ready: Shell, world: DemoWorld) -> None:
    message_id = refused(ready, ONE)
    outcome = ready.run("outbox", "to-the-others", message_id, "--json")
    assert (outcome.code, outcome.json["state"]) == (0, "queued")
    assert ready.run("outbox", "run").code == 0
    assert world.inbox.messages(Server.ORGANISATION)[-1].recipients == (TWO,)
    assert state(ready, message_id) == "sent"


@pytest.mark.parametrize("addresses", [(), (ONE, TWO)])
def test_without_others_a_message_stays_as_it_is(ready: Shell, addresses: tuple[str, ...]) -> None:
    message_id = refused(ready, *addresses)
    says(ready.run("outbox", "to-the-others", message_id), Reason.OUTBOX_NO_OTHERS)
    assert state(ready, message_id) == "failed"


def test_a_message_goes_back_to_the_drafts_with_its_files(ready: Shell, tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_bytes(b"Plan")
    message_id = queued(ready, "--attach", file)
    assert ready.run("outbox", "cancel", message_id).code == 0
    file.unlink()
    outcome = ready.run("outbox", "back-to-drafts", message_id, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.json == {"id": message_id, "draft": message_id, "subject": "Angebot"}
    assert ready.run("outbox", "list", "--json").json["messages"] == []

    async def look(services: Services) -> None:
        draft = await services.drafts.load(message_id)
        assert draft is not None
        assert [mailbox.address.display for mailbox in draft.to] == [ONE, TWO]
        assert Path(draft.attachments[0].path).read_bytes() == b"Plan"

    with_services(ready, look)


def test_what_is_sent_does_not_go_back(ready: Shell) -> None:
    message_id = uncertain(ready)
    assert ready.run("outbox", "arrived", message_id).code == 0
    says(ready.run("outbox", "back-to-drafts", message_id), Reason.OUTBOX_WRONG_STATE)


def test_who_sends_a_missed_message_by_hand_is_not_told_that_it_was_missed(ready: Shell) -> None:
    message_id = queued(ready)

    async def miss(services: Services) -> None:
        moment = services.now()
        await services.schedules.move(message_id, moment - timedelta(hours=1), moment)
        assert await services.schedules.look(moment, WhenMissed.ASK) == 1

    async def look(services: Services) -> None:
        assert await services.schedules.missed() == []

    with_services(ready, miss)
    assert ready.run("outbox", "retry", message_id).code == 0
    with_services(ready, look)
