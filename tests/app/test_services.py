"""The wiring: opened and closed together, one policy for all, and held mail that goes by itself once it may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from app.address import Address
from app.delivery.outbox import QueuedMessage, State
from app.delivery.posting import post, send_through_organisation
from app.delivery.postman import Postman
from app.demo.inbox import Server
from app.demo.world import PARTNER, DemoWorld
from app.errors import ExpectedError, PolicyError, Problem, ProfileError, Reason, SetupError, StorageError
from app.policy.evaluate import PolicyState
from app.policy.watch import RECENT
from app.routing import Refusal, Route, Via
from app.services import Services, now, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from tests.app.people import PARTNER_ADDRESS, PRIMARY_ADDRESS, Clock, letter_from, opened, partner_entry


@pytest.fixture(scope="module")
def servers() -> Iterator[DemoWorld]:
    with DemoWorld() as world:
        yield world


@pytest.fixture
def world(servers: DemoWorld) -> DemoWorld:
    servers.set_policy(allow=True)
    return servers


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def services(world: DemoWorld, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    """Set up, with a confirmed partner's address that has its own gateway, and the policy known."""
    async with opened(world, tmp_path / "home", partner_entry(world), clock=clock) as services:
        await services.checked_policy()
        yield services


async def posted(services: Services, sender: Address = PARTNER_ADDRESS, subject: str = "Hallo") -> QueuedMessage:
    return await post(
        letter_from(sender, subject),
        profile=services.the_profile,
        policy=services.policy,
        outbox=services.outbox,
        now=services.now(),
    )


async def revoked(services: Services, world: DemoWorld, *, require_gateway: bool = False) -> None:
    assert services.watch is not None
    world.set_policy(allow=False, require_gateway=require_gateway)
    await services.watch.refresh()


async def allowed_again(services: Services, world: DemoWorld) -> None:
    assert services.watch is not None
    world.set_policy(allow=True)
    await services.watch.refresh()


def refused_by(reason: Reason, kind: type[ExpectedError] = ExpectedError) -> pytest.RaisesExc[ExpectedError]:
    return pytest.raises(kind, check=lambda error: error.problem.reason is reason)


# Opening and closing


async def test_a_new_folder_has_no_profile_and_an_unknown_policy(tmp_path: Path) -> None:
    async with open_services(DataFolder(tmp_path / "home"), keychain=MemoryKeychain()) as services:
        assert services.profile is None
        assert services.policy.state is PolicyState.UNKNOWN
        assert (await services.checked_policy()).state is PolicyState.UNKNOWN
        await services.release_held()
        with refused_by(Reason.PROFILE_MISSING, ProfileError):
            services.the_profile  # noqa: B018 - asking is the test
    assert now().tzinfo is not None


async def test_what_was_kept_is_there_when_the_folder_is_opened_again(world: DemoWorld, tmp_path: Path) -> None:
    async with opened(world, tmp_path, partner_entry(world)) as services:
        await services.checked_policy()
        profile = services.profile
    async with open_services(DataFolder(tmp_path), keychain=MemoryKeychain()) as services:
        assert services.profile == profile
        assert services.policy.state is PolicyState.FRESH
        assert services.policy.allows_gateways


class EndedError(Exception):
    """What the body, or the postman, ends with."""


async def ends_with(error: BaseException, world: DemoWorld, home: Path) -> Services:
    """Return the services of a body that failed in the middle of its work."""
    seen: list[Services] = []

    async def fail() -> None:
        async with opened(world, home) as services:
            seen.append(services)
            assert services.delivery_lock.acquire()
            await posted(services, PRIMARY_ADDRESS)
            work = asyncio.create_task(services.postman.run_forever())
            await asyncio.sleep(0)
            work.add_done_callback(lambda _: seen.append(services))
            raise error

    with pytest.raises(type(error)):
        await fail()
    async with asyncio.timeout(10):
        while len(seen) < 2:  # noqa: ASYNC110 - the postman's own end is what is waited for
            await asyncio.sleep(0.001)
    return seen[0]


@pytest.mark.parametrize("error", [EndedError(), asyncio.CancelledError()])
async def test_however_the_body_ends_everything_is_closed(
    world: DemoWorld, tmp_path: Path, error: BaseException
) -> None:
    services = await ends_with(error, world, tmp_path)
    assert not services.delivery_lock.held
    with pytest.raises(RuntimeError):
        await services.profiles.load()
    async with open_services(DataFolder(tmp_path), keychain=MemoryKeychain()) as again:
        assert again.delivery_lock.acquire()
        assert len(await again.outbox.list()) == 1


async def test_a_postman_that_cannot_stop_keeps_neither_lock_nor_database(
    world: DemoWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: Postman, timeout: float = 5.0) -> None:  # noqa: ASYNC109 - as the postman's own
        raise EndedError

    monkeypatch.setattr(Postman, "stop", broken)
    context = opened(world, tmp_path)
    services = await context.__aenter__()
    assert services.delivery_lock.acquire()
    with pytest.raises(EndedError):
        await context.__aexit__(None, None, None)
    assert not services.delivery_lock.held
    with pytest.raises(RuntimeError):
        await services.profiles.load()


async def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with refused_by(Reason.STORAGE_UNSAFE, StorageError):
        async with open_services(DataFolder(tmp_path / "home")):
            pass


# Trust in mail servers


async def test_trust_is_made_once_until_the_authorities_change(services: Services, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    first = services.mail_tls_for(str(file))
    assert services.mail_tls_for(str(file)) is first
    assert services.mail_tls() is services.mail_tls()
    assert services.mail_tls() is not first
    trustme.CA().cert_pem.write_to_path(str(file), append=True)
    second = services.mail_tls_for(str(file))
    assert second is not first
    assert len(second.get_ca_certs()) == len(first.get_ca_certs()) + 1


async def test_an_authorities_file_that_has_gone_is_not_trusted_from_memory(services: Services, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    services.mail_tls_for(str(file))
    file.unlink()
    with refused_by(Reason.POLICY_CA_UNREADABLE, SetupError):
        services.mail_tls_for(str(file))


async def test_before_set_up_only_the_systems_authorities_count(tmp_path: Path) -> None:
    async with open_services(DataFolder(tmp_path), keychain=MemoryKeychain()) as services:
        assert services.mail_tls() is services.mail_tls_for("")


# The policy


async def test_a_changed_profile_keeps_its_watch_unless_the_source_changes(services: Services) -> None:
    watch = services.watch
    await services.take_profile(services.the_profile.with_default("partner"))
    assert services.watch is watch
    assert services.the_profile.default.address == PARTNER_ADDRESS
    await services.take_profile(replace(services.the_profile, policy_source=""))
    assert services.watch is not watch
    assert services.policy.state is PolicyState.OWN


async def test_a_profile_whose_source_cannot_be_one_is_not_taken(services: Services) -> None:
    before, watch = services.profile, services.watch
    with refused_by(Reason.POLICY_BAD_SOURCE, PolicyError):
        await services.take_profile(replace(services.the_profile, policy_source="ftp://policy.example/"))
    assert (services.profile, services.watch) == (before, watch)


async def test_the_policy_is_asked_anew_after_fifteen_minutes_and_not_before(
    services: Services, world: DemoWorld, clock: Clock
) -> None:
    asked = len(world.policy_requests)
    clock.forward(minutes=14)
    await services.checked_policy()
    assert len(world.policy_requests) == asked
    clock.forward(minutes=2)
    await services.checked_policy()
    assert len(world.policy_requests) == asked + 1


# The route of a queued message


async def test_a_gateways_route_is_decided_with_a_policy_of_at_most_fifteen_minutes(
    services: Services, world: DemoWorld, clock: Clock
) -> None:
    message = await posted(services)
    world.set_policy(allow=False)
    assert isinstance(await services.route_of(message), Route)
    clock.forward(seconds=RECENT.total_seconds() + 1)
    refused = await services.route_of(message)
    assert isinstance(refused, Refusal)
    assert refused.problem.reason is Reason.ROUTE_FORBIDDEN


async def test_a_stale_policy_stops_gateways_and_nothing_else(
    services: Services, world: DemoWorld, clock: Clock
) -> None:
    external, internal = await posted(services), await posted(services, PRIMARY_ADDRESS, "Intern")
    world.set_policy_server(up=False)
    clock.forward(hours=25)
    refused = await services.route_of(external)
    assert isinstance(refused, Refusal)
    assert refused.problem.reason is Reason.ROUTE_POLICY_STALE
    assert isinstance(await services.route_of(internal), Route)
    world.set_policy_server(up=True)


async def test_the_organisations_mail_never_waits_for_the_policy_server(
    services: Services, world: DemoWorld, clock: Clock
) -> None:
    internal = await posted(services, PRIMARY_ADDRESS)
    clock.forward(hours=25)
    asked = len(world.policy_requests)
    await services.route_of(internal)
    assert len(world.policy_requests) == asked


async def test_without_a_profile_no_route_is_made_up(services: Services) -> None:
    message = await posted(services)
    services.profile = None
    with refused_by(Reason.PROFILE_MISSING, ProfileError):
        await services.route_of(message)


async def test_the_organisations_way_once_chosen_leaves_the_gateway_out(services: Services, world: DemoWorld) -> None:
    message = await posted(services)
    await services.outbox.hold(message.id, _problem(Reason.ROUTE_FORBIDDEN), services.now())
    sent = await send_through_organisation(
        await services.outbox.get(message.id),
        profile=services.the_profile,
        policy=services.policy,
        outbox=services.outbox,
        now=services.now(),
    )
    route = await services.route_of(sent)
    assert isinstance(route, Route)
    assert (route.via, route.sender_header) == (Via.ORGANISATION, PRIMARY_ADDRESS)
    await services.postman.run_due()
    arrived = world.inbox.messages()[-1]
    assert (arrived.server, arrived.envelope_from) == (Server.ORGANISATION, str(PRIMARY_ADDRESS))
    assert arrived.data.count(b"Sender: nutzer@beispiel.example\r\n") == 1


def _problem(reason: Reason) -> Problem:
    return Problem.of(reason, address=PARTNER, host="localhost")


# Held mail


@pytest.mark.case("P6")
async def test_held_mail_goes_by_itself_once_the_policy_allows_it(services: Services, world: DemoWorld) -> None:
    await revoked(services, world)
    held = await posted(services)
    assert held.state is State.HELD
    await services.release_held()
    assert (await services.outbox.get(held.id)).state is State.HELD
    await allowed_again(services, world)
    await services.release_held()
    await services.postman.run_due()
    assert (await services.outbox.get(held.id)).state is State.SENT
    arrived = world.inbox.messages()[-1]
    assert (arrived.server, arrived.envelope_from) == (Server.PARTNER, PARTNER)
    assert b"Sender:" not in arrived.data


async def test_queued_mail_is_held_and_not_rerouted_when_the_gateway_is_revoked(
    services: Services, world: DemoWorld
) -> None:
    message = await posted(services)
    seen = len(world.inbox.messages())
    await revoked(services, world)
    await services.postman.run_due()
    held = await services.outbox.get(message.id)
    assert (held.state, held.via) == (State.HELD, Via.GATEWAY)
    assert len(world.inbox.messages()) == seen


async def test_held_mail_says_why_it_is_held_now(services: Services, world: DemoWorld, clock: Clock) -> None:
    await revoked(services, world)
    held = await posted(services)
    clock.forward(hours=25)
    await services.release_held()
    problem = (await services.outbox.get(held.id)).problem
    assert problem is not None
    assert problem.reason is Reason.ROUTE_POLICY_STALE


async def test_mail_held_because_a_gateway_was_required_goes_when_it_no_longer_is(
    world: DemoWorld, tmp_path: Path
) -> None:
    async with opened(world, tmp_path, partner_entry(world, gateway=False)) as services:
        await services.checked_policy()
        message = await posted(services)
        await revoked(services, world, require_gateway=True)
        await services.postman.run_due()
        held = await services.outbox.get(message.id)
        assert held.problem is not None
        assert (held.state, held.problem.reason) == (State.HELD, Reason.ROUTE_GATEWAY_REQUIRED)
        await allowed_again(services, world)
        await services.release_held()
        await services.postman.run_due()
        assert (await services.outbox.get(message.id)).state is State.SENT


async def test_what_is_held_for_another_cause_waits_for_a_person(services: Services) -> None:
    message = await posted(services)
    await services.outbox.hold(message.id, _problem(Reason.SERVER_AUTH_REJECTED), services.now())
    await services.release_held()
    assert (await services.outbox.get(message.id)).state is State.HELD


async def test_mail_of_a_deleted_address_stays_held_with_that_reason(services: Services, world: DemoWorld) -> None:
    await revoked(services, world)
    held = await posted(services)
    await services.take_profile(services.the_profile.without("partner"))
    await services.release_held()
    problem = (await services.outbox.get(held.id)).problem
    assert problem is not None
    assert problem.reason is Reason.ROUTE_UNKNOWN_ADDRESS


async def test_what_a_person_cancelled_meanwhile_stays_cancelled(services: Services, world: DemoWorld) -> None:
    await revoked(services, world)
    first, second = await posted(services), await posted(services, subject="Zwei")
    await services.outbox.cancel(first.id, services.now())
    await allowed_again(services, world)
    await services.release_held()
    assert (await services.outbox.get(first.id)).state is State.CANCELLED
    assert (await services.outbox.get(second.id)).state is State.QUEUED


async def test_what_was_held_while_mail_was_switched_off_goes_by_itself(services: Services) -> None:
    message = await posted(services)
    await services.outbox.hold(message.id, _problem(Reason.ROUTE_MAIL_DISABLED), services.now())
    await services.release_held()
    assert (await services.outbox.get(message.id)).state is State.QUEUED
