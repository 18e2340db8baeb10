"""The mailed code: sent through the organisation, known to nobody else, and right once."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.address import Address
from app.delivery.tls import tls_context
from app.delivery.verdict import Delivered, Held, TryLater
from app.demo.inbox import Server
from app.demo.reading import shown, verification_code
from app.demo.world import PARTNER, DemoWorld
from app.errors import ExpectedError, KeychainError, Reason, SetupError
from app.profile import Profile
from app.services import Services
from app.setup.adding import Mailer, add_address, confirm_code, mail_code, remove_address
from app.setup.codes import HOURLY_LIMIT, TRIES
from app.storage.keychain import Keychain, MemoryKeychain, Secret
from tests.app.people import Clock, opened, partner_entry
from tests.app.setup.refusing import RefusingKeychain
from tests.app.sign_in.given import secrets_in
from tests.canary import canary, found_in

TYPED = Secret(canary("typed"))


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    with DemoWorld() as world:
        yield world


def words(address: Address, code: str) -> tuple[str, str]:
    return f"Confirm {address}", f"The code is {code[:3]} {code[3:6]} {code[6:]}.\n"


def mailer(services: Services, keychain: Keychain | None = None) -> Mailer:
    return Mailer(secrets_in(keychain) if keychain else services.secret_of, services.mail_tls, words)


async def mailed(services: Services, world: DemoWorld, entry_id: str = "partner") -> str:
    """Mail a code and return it as its reader sees it."""
    entry = services.the_profile.get(entry_id)
    verdict = await mail_code(entry, profiles=services.profiles, mailer=mailer(services), now=services.now())
    assert isinstance(verdict, Delivered)
    code = verification_code(world.inbox.messages(Server.ORGANISATION)[-1])
    assert code is not None
    return code


async def confirmed(services: Services, typed: str) -> Profile:
    return await confirm_code("partner", typed, profiles=services.profiles, now=services.now())


def refused_by(reason: Reason, kind: type[ExpectedError] = ExpectedError) -> pytest.RaisesExc[ExpectedError]:
    return pytest.raises(kind, check=lambda error: error.problem.reason is reason)


@pytest.mark.case("F4")
async def test_the_codes_of_a_deleted_address_go_with_it(world: DemoWorld, tmp_path: Path) -> None:
    async with opened(world, tmp_path, partner_entry(world, verified=False)) as services:
        code = await mailed(services, world)
        await remove_address("partner", profiles=services.profiles, keychain=services.keychain)
        entry = partner_entry(world, verified=False)
        await add_address(entry, None, profiles=services.profiles, keychain=services.keychain)
        with refused_by(Reason.SETUP_CODE_WRONG, SetupError):
            await confirmed(services, code)


@pytest.mark.case("F4")
async def test_a_code_goes_through_the_organisation_and_leaves_no_copy(world: DemoWorld, tmp_path: Path) -> None:
    seen = len(world.inbox.messages())
    async with opened(world, tmp_path, partner_entry(world, verified=False)) as services:
        code = await mailed(services, world)
        (arrived,) = world.inbox.messages()[seen:]
        assert await services.outbox.list() == []
        assert await services.drafts.list() == []
    mail = shown(arrived)
    assert (arrived.server, arrived.envelope_from) == (Server.ORGANISATION, "nutzer@beispiel.example")
    assert (arrived.recipients, mail.from_address) == ((PARTNER,), "nutzer@beispiel.example")
    for file in tmp_path.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert code.encode() not in data
            assert b" ".join(code.encode()[at : at + 3] for at in (0, 3, 6)) not in data


@pytest.mark.case("F4")
async def test_the_right_code_confirms_once_however_it_is_typed(world: DemoWorld, tmp_path: Path) -> None:
    async with opened(world, tmp_path, partner_entry(world, verified=False)) as services:
        code = await mailed(services, world)
        profile = await confirmed(services, f" {code[:3]}-{code[3:6]} {code[6:]} ")
        assert profile.get("partner").is_verified
        assert await services.profiles.load() == profile
        assert (await confirmed(services, "whatever")).get("partner").is_verified


@pytest.mark.case("F4")
async def test_a_wrong_code_confirms_nothing_and_tries_are_counted_on_disk(world: DemoWorld, tmp_path: Path) -> None:
    async with opened(world, tmp_path, partner_entry(world, verified=False)) as services:
        code = await mailed(services, world)
        wrong = f"{(int(code) + 1) % 10**9:09}"
        for _ in range(TRIES):
            with refused_by(Reason.SETUP_CODE_WRONG, SetupError):
                await confirmed(services, wrong)
        with refused_by(Reason.SETUP_CODE_WRONG, SetupError):
            await confirmed(services, code)
        profile = await services.profiles.load()
        assert profile is not None
        assert not profile.get("partner").is_verified


async def test_without_a_code_none_is_right(world: DemoWorld, tmp_path: Path) -> None:
    async with opened(world, tmp_path, partner_entry(world, verified=False)) as services:
        with refused_by(Reason.SETUP_CODE_WRONG, SetupError):
            await confirmed(services, "123456789")


async def test_a_new_code_voids_the_older_and_a_fourth_within_the_hour_is_refused(
    world: DemoWorld, tmp_path: Path
) -> None:
    clock = Clock()
    async with opened(world, tmp_path, partner_entry(world, verified=False), clock=clock) as services:
        old = await mailed(services, world)
        latest = [await mailed(services, world) for _ in range(HOURLY_LIMIT - 1)][-1]
        seen = len(world.inbox.messages())
        with refused_by(Reason.SETUP_CODE_LIMIT, SetupError) as refused:
            await mailed(services, world)
        assert 1 <= int(refused.value.problem.fact("minutes")) <= 60
        assert len(world.inbox.messages()) == seen
        with refused_by(Reason.SETUP_CODE_WRONG, SetupError):
            await confirmed(services, old)
        assert (await confirmed(services, latest)).get("partner").is_verified


@pytest.mark.case("F4")
async def test_an_old_code_is_as_wrong_as_any(world: DemoWorld, tmp_path: Path) -> None:
    clock = Clock()
    async with opened(world, tmp_path, partner_entry(world, verified=False), clock=clock) as services:
        code = await mailed(services, world)
        clock.moment += timedelta(hours=24, seconds=1)
        with refused_by(Reason.SETUP_CODE_WRONG, SetupError):
            await confirmed(services, code)


async def test_a_confirmed_address_gets_no_code(world: DemoWorld, tmp_path: Path) -> None:
    async with opened(world, tmp_path, partner_entry(world)) as services:
        with refused_by(Reason.SETUP_ALREADY_VERIFIED, SetupError):
            await mailed(services, world)


async def test_a_code_that_was_not_sent_counts_for_nothing(world: DemoWorld, tmp_path: Path) -> None:
    async with opened(world, tmp_path, partner_entry(world, verified=False)) as services:
        code = await mailed(services, world)
        entry = services.the_profile.get("partner")
        world.set_mail_server(Server.ORGANISATION, up=False)
        try:
            for _ in range(HOURLY_LIMIT + 1):
                verdict = await mail_code(
                    entry, profiles=services.profiles, mailer=mailer(services), now=services.now()
                )
                assert isinstance(verdict, TryLater)
                assert verdict.problem.reason is Reason.SERVER_REFUSED
        finally:
            world.set_mail_server(Server.ORGANISATION, up=True)
        with refused_by(Reason.KEYCHAIN_LOCKED, KeychainError):
            await mail_code(
                entry,
                profiles=services.profiles,
                mailer=mailer(services, RefusingKeychain(Reason.KEYCHAIN_LOCKED)),
                now=services.now(),
            )
        assert (await confirmed(services, code)).get("partner").is_verified


async def test_a_server_that_refuses_the_password_is_a_verdict_and_not_an_error(
    world: DemoWorld, tmp_path: Path
) -> None:
    async with opened(world, tmp_path, partner_entry(world, verified=False)) as services:
        wrong = MemoryKeychain()
        await wrong.set(world.organisation.access().keychain_account, TYPED)
        verdict = await mail_code(
            services.the_profile.get("partner"),
            profiles=services.profiles,
            mailer=mailer(services, wrong),
            now=services.now(),
        )
        assert isinstance(verdict, Held)
        assert verdict.problem.reason is Reason.SERVER_AUTH_REJECTED
        assert found_in(repr(verdict)) == []


async def test_an_authority_the_system_does_not_know_is_not_trusted_for_a_code(
    world: DemoWorld, tmp_path: Path
) -> None:
    def strict() -> ssl.SSLContext:
        return tls_context()

    async with opened(world, tmp_path, partner_entry(world, verified=False)) as services:
        seen = len(world.inbox.messages())
        verdict = await mail_code(
            services.the_profile.get("partner"),
            profiles=services.profiles,
            mailer=Mailer(services.secret_of, strict, words),
            now=services.now(),
        )
        assert not isinstance(verdict, Delivered)
        assert verdict.problem.reason is Reason.SERVER_CERT_UNKNOWN_CA
        assert len(world.inbox.messages()) == seen
