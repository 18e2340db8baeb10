"""What the preview foretells of drafts and waiting mail is what the program does: the same outbox, the same postman."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from app.address import Mailbox
from app.delivery.outbox import Outbox, QueuedMessage, State
from app.delivery.posting import post, send_through_organisation
from app.delivery.schedule import Schedules
from app.errors import MessageError, Problem
from app.message.draft import Draft
from app.policy.document import Organisation
from app.preview.effects import AddressEffect, Choice, DraftFate, QueuedFate, ScheduledFate, effects
from app.preview.person import example_profile, preview_policy
from app.profile import SendAsAddress, WhenMissed
from app.routing import HELD_REASONS, POLICY_REASONS, Refusal, Route, choose_route, without_gateway
from app.storage.database import Database
from app.storage.folder import DataFolder
from app.storage.keychain import Secret
from tests.app.delivery.letters import NOW
from tests.app.delivery.post_office import PostOffice
from tests.app.policy.documents import external_from_policy, gateway_policy, service_policy
from tests.app.preview.organisation import SALES, directory, person, ticked

NUTZER = person("nutzer")
HOSTED = Organisation(name="Beispiel GmbH", domains=("beispiel.example", "verein.example", "partner.example"))
ON = ticked(directory(), SALES)
STANDINGS = {
    "on": ON,
    "off": directory(),
    "off and needed": directory(external_from_policy(True)),
    "no mail": directory(service_policy("DISABLED"), gateway_policy(True)),
    "hosted": ticked(directory(organisation=HOSTED), SALES),
}
PROFILE = example_profile(ON, NUTZER, source="preview", now=NOW)
POLICIES = {name: preview_policy(there, NUTZER, now=NOW) for name, there in STANDINGS.items()}
PAIRS = [(before, after) for before in STANDINGS for after in STANDINGS]


class Program:
    """The outbox and the postman under a policy that a test changes."""

    def __init__(self, database: Database, office: PostOffice) -> None:
        self.outbox, self.office, self.policy = office.outbox, office, POLICIES["on"]
        self._schedules = Schedules(database, lambda: None)
        self._count = 0
        office.routes = self._route

    def _route(self, message: QueuedMessage) -> Route | Refusal:
        profile = without_gateway(message.sender, PROFILE) if message.over_organisation else PROFILE
        return choose_route(message.sender, profile, self.policy)

    async def send(self, entry: SendAsAddress, *, hours: int = 0) -> tuple[str, DraftFate]:
        """Press Send on a new draft, for a later hour if wanted."""
        self._count += 1
        draft = Draft(
            id=f"d{self._count}", sender=entry.address, to=(Mailbox.parse("kunde@extern.example"),), text="x\n"
        )
        now, due = self.office.time, self.office.time + timedelta(hours=hours) if hours else None
        try:
            sent = await post(draft, profile=PROFILE, policy=self.policy, outbox=self.outbox, now=now, due=due)
        except MessageError:
            return draft.id, DraftFate.REFUSED
        return draft.id, DraftFate.HELD if sent.state is State.HELD else DraftFate.GOES

    async def under(self, name: str) -> None:
        """Take another policy, as it was fetched: what it held is looked at again, and the postman goes on."""
        self.policy = POLICIES[name]

        def against(message: QueuedMessage) -> Problem | None:
            route = self._route(message)
            return route.problem if isinstance(route, Refusal) else None

        await self.outbox.reconsider(POLICY_REASONS, against, self.office.time)
        await self.office.postman.run_due()

    async def later(self, *, hours: int) -> None:
        """Let time pass, and what is due then go."""
        self.office.time += timedelta(hours=hours)
        await self._schedules.look(self.office.time, WhenMissed.SEND)
        await self.office.postman.run_due()

    async def waiting_under(self, name: str, entry: SendAsAddress, *, hours: int = 0) -> str:
        """Return a message that waits under a policy, though it may have been written under a kinder one."""
        effect = next(each for each in foretold(name, name) if each.entry == entry)
        self.policy = POLICIES["on" if effect.draft_before is DraftFate.REFUSED else name]
        message_id, fate = await self.send(entry, hours=hours)
        assert fate is not DraftFate.REFUSED
        self.policy = POLICIES[name]
        return message_id

    async def clear(self, message_id: str) -> None:
        """Keep a message that is held still from turning up later."""
        if (await self.outbox.get(message_id)).state is State.HELD:
            await self.outbox.cancel(message_id, self.office.time)


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    folder = DataFolder(tmp_path / "home")
    folder.prepare()
    database = await Database.open(folder.database)
    office = PostOffice(Outbox(database))
    for server in (PROFILE.organisation_server, PROFILE.get("gateway").smtp_msa):
        assert server is not None
        await office.keychain.set(server.keychain_account, Secret("x"))
    yield Program(database, office)
    await office.postman.stop()
    await database.close()


def foretold(before: str, after: str) -> tuple[AddressEffect, ...]:
    return effects(PROFILE, POLICIES[before], POLICIES[after]).addresses


@pytest.mark.parametrize("name", STANDINGS)
async def test_send_does_with_a_draft_what_was_foretold(name: str, program: Program) -> None:
    program.policy = POLICIES[name]
    for effect in foretold("on", name):
        assert (await program.send(effect.entry))[1] is effect.draft_after
    assert [effect.draft_before for effect in foretold(name, "on")] == [
        each.draft_after for each in foretold("on", name)
    ]


@pytest.mark.parametrize("before", STANDINGS)
async def test_mail_that_waits_fares_as_foretold(before: str, program: Program) -> None:
    for after in STANDINGS:
        for effect in foretold(before, after):
            message_id = await program.waiting_under(before, effect.entry)
            was_held = isinstance(effect.before, Refusal)
            if was_held:
                await program.under(before)
                assert (await program.outbox.get(message_id)).state is State.HELD
            await program.under(after)
            goes, held = (
                (QueuedFate.RELEASED, QueuedFate.STAYS_HELD) if was_held else (QueuedFate.GOES, QueuedFate.HELD)
            )
            message = await program.outbox.get(message_id)
            assert message.state in {State.SENT, State.HELD}
            assert (goes if message.state is State.SENT else held) is effect.queued, (after, effect.entry.id)
            assert bool(effect.choices) is (message.state is State.HELD)
            await _choices_come_true(program, message, effect)
            await program.clear(message_id)


async def _choices_come_true(program: Program, message: QueuedMessage, effect: AddressEffect) -> None:
    """Take the way through the organisation where it is offered, and only there."""
    if message.problem is None:
        return
    assert (Choice.WAIT in effect.choices) is (message.problem.reason in POLICY_REASONS)
    way = partial(
        send_through_organisation,
        message,
        profile=PROFILE,
        policy=program.policy,
        outbox=program.outbox,
        now=program.office.time,
    )
    if Choice.THROUGH_ORGANISATION in effect.choices:
        assert effect.view_instead is not None
        await way()
        await program.office.postman.run_due()
        assert (await program.outbox.get(message.id)).state is State.SENT
        assert program.office.arrived[-1].envelope.sender == effect.view_instead.return_path
    elif message.problem.reason in HELD_REASONS:
        with pytest.raises(MessageError):
            await way()


@pytest.mark.parametrize("before", STANDINGS)
async def test_mail_for_a_certain_time_fares_as_foretold(before: str, program: Program) -> None:
    for after in STANDINGS:
        for effect in foretold(before, after):
            message_id = await program.waiting_under(before, effect.entry, hours=1)
            await program.under(after)
            assert (await program.outbox.get(message_id)).state is State.QUEUED
            await program.later(hours=1)
            state = (await program.outbox.get(message_id)).state
            assert state in {State.SENT, State.HELD}
            fate = ScheduledFate.GOES if state is State.SENT else ScheduledFate.HELD
            assert fate is effect.scheduled, (after, effect.entry.id)
            await program.clear(message_id)
