"""The first start: the organisation's server from the policy, tested, then all of it kept, or nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.address import Address
from app.demo.authority import PRIMARY
from app.demo.inbox import Server
from app.demo.world import DemoWorld
from app.errors import AddressError, ExpectedError, KeychainError, ProfileError, Reason, SetupError, StorageError
from app.policy.evaluate import Policy, PolicyState, own_policy
from app.profile import CommandSignIn, NoSignIn, PasswordSignIn, Security, SmtpServer, Verification
from app.services import Services, open_services
from app.setup.first_start import Wish, new_profile, set_up
from app.setup.probe import ProbeReport, ProbeStep
from app.storage.folder import DataFolder
from app.storage.keychain import Keychain, MemoryKeychain, Secret
from app.storage.profiles import Profiles
from tests.app.people import Clock
from tests.app.setup.refusing import FullProfiles, RefusingKeychain
from tests.app.sign_in.given import secrets_in
from tests.canary import OWN, canary

CANARY = canary("typed")


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    with DemoWorld() as world:
        yield world


@pytest.fixture
def wish(world: DemoWorld) -> Wish:
    return Wish(
        address=Address.parse(PRIMARY),
        name=" N. Name ",
        policy_source=world.policy_url,
        policy_ca=world.policy_ca,
        mail_ca=world.mail_ca,
    )


@pytest.fixture
def vault() -> MemoryKeychain:
    return MemoryKeychain()


@pytest.fixture
async def services(tmp_path: Path, vault: MemoryKeychain) -> AsyncIterator[Services]:
    async with open_services(DataFolder(tmp_path / "home"), keychain=vault, now=Clock()) as services:
        yield services


async def looked_up(services: Services, wish: Wish) -> Policy:
    return await services.look_up_policy(wish.address, wish.policy_source, wish.policy_ca)


async def started(
    services: Services,
    wish: Wish,
    password: str | None,
    *,
    profiles: Profiles | None = None,
    keychain: Keychain | None = None,
    watched: list[ProbeStep] | None = None,
) -> ProbeReport:
    policy = await looked_up(services, wish)
    return await set_up(
        new_profile(wish, policy, services.now()),
        None if password is None else Secret(password),
        profiles=profiles or services.profiles,
        keychain=keychain or services.keychain,
        secret_of=secrets_in(keychain or services.keychain),
        tls=lambda: services.mail_tls_for(wish.mail_ca),
        watch=None if watched is None else watched.append,
    )


async def rows(services: Services) -> dict[str, int]:
    """Return how many rows each table has."""
    return await services.database.read(
        lambda connection: {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        }
    )


def refused_by(reason: Reason, kind: type[ExpectedError] = ExpectedError) -> pytest.RaisesExc[ExpectedError]:
    return pytest.raises(kind, check=lambda error: error.problem.reason is reason)


async def test_the_profile_takes_its_server_from_the_policy(world: DemoWorld, services: Services, wish: Wish) -> None:
    profile = new_profile(wish, await looked_up(services, wish), services.now())
    (primary,) = profile.addresses
    assert (primary.is_primary, primary.is_default, primary.verification) == (True, True, Verification.ACCEPTED)
    assert primary.display_name == "N. Name"
    assert profile.organisation_server == world.organisation.access()
    assert (profile.policy_source, profile.policy_ca, profile.mail_ca) == (
        world.policy_url,
        world.policy_ca,
        world.mail_ca,
    )
    assert profile.created_at == services.now()


async def test_user_name_and_command_replace_the_policys_proposal(services: Services, wish: Wish) -> None:
    changed = replace(wish, username=" n.name ", command=("pass", "mail"))
    server = new_profile(changed, await looked_up(services, wish), services.now()).organisation_server
    assert (server.username, server.sign_in) == ("n.name", CommandSignIn(("pass", "mail")))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("A\r\nBcc: x@y.example", Reason.NAME_CONTROL),
        ("\u202egpj.exe", Reason.NAME_CONTROL),
        ("=?utf-8?q?x?=", Reason.NAME_ENCODED_WORD),
        ("x" * 321, Reason.NAME_TOO_LONG),
    ],
)
async def test_a_name_that_cannot_stand_in_a_header_is_refused(
    services: Services, wish: Wish, name: str, reason: Reason
) -> None:
    with refused_by(reason, AddressError):
        new_profile(replace(wish, name=name), await looked_up(services, wish), services.now())


async def test_a_user_name_with_hidden_characters_is_refused(services: Services, wish: Wish) -> None:
    with refused_by(Reason.NAME_CONTROL, SetupError):
        new_profile(replace(wish, username="a\0b"), await looked_up(services, wish), services.now())


def test_somebody_without_an_organisation_brings_the_server() -> None:
    server = SmtpServer("localhost", 2525, Security.NONE)
    wish = Wish(Address.parse("ich@privat.example"), "Ich", policy_source="", server=server)
    assert new_profile(wish, own_policy(), Clock()()).organisation_server.sign_in == NoSignIn()
    with refused_by(Reason.SETUP_BAD_HOST, SetupError):
        new_profile(replace(wish, server=None), own_policy(), Clock()())


async def test_a_good_start_keeps_password_profile_and_policy(
    world: DemoWorld, services: Services, wish: Wish, vault: MemoryKeychain
) -> None:
    watched: list[ProbeStep] = []
    report = await started(services, wish, world.organisation.password, watched=watched)
    assert report.ok
    assert watched == list(ProbeStep)
    profile = await services.profiles.load()
    assert profile is not None
    account = profile.organisation_server.keychain_account
    assert await vault.get(account) == Secret(world.organisation.password)
    await services.take_profile(profile)
    assert services.policy.state is PolicyState.FRESH
    assert (await rows(services))["policy"] == 1
    assert not world.inbox.messages(Server.ORGANISATION)


async def test_a_wrong_password_keeps_nothing_and_is_in_no_file(
    services: Services, wish: Wish, vault: MemoryKeychain, world: DemoWorld
) -> None:
    before = await rows(services)
    report = await started(services, wish, CANARY)
    assert report.problem is not None
    assert report.problem.reason is Reason.SERVER_AUTH_REJECTED
    assert CANARY not in repr(report)
    assert await rows(services) == before
    assert await vault.get(world.organisation.access().keychain_account) is None
    assert not [file for file in services.folder.home.iterdir() if CANARY.encode() in file.read_bytes()]


@pytest.mark.parametrize("password", [None, ""])
async def test_a_missing_password_is_named_before_the_server_is_asked(
    services: Services, wish: Wish, password: str | None
) -> None:
    watched: list[ProbeStep] = []
    with refused_by(Reason.SETUP_NO_PASSWORD, SetupError):
        await started(services, wish, password, watched=watched)
    assert watched == []


async def test_a_server_that_is_down_keeps_nothing(world: DemoWorld, services: Services, wish: Wish) -> None:
    before = await rows(services)
    world.set_mail_server(Server.ORGANISATION, up=False)
    try:
        report = await started(services, wish, world.organisation.password)
    finally:
        world.set_mail_server(Server.ORGANISATION, up=True)
    assert report.problem is not None
    assert report.problem.reason is Reason.SERVER_REFUSED
    assert await rows(services) == before


async def test_a_server_of_an_unknown_authority_keeps_nothing(services: Services, wish: Wish) -> None:
    before = await rows(services)
    report = await started(services, replace(wish, mail_ca=""), CANARY)
    assert report.problem is not None
    assert report.problem.reason is Reason.SERVER_CERT_UNKNOWN_CA
    assert await rows(services) == before


@pytest.mark.parametrize("reason", [Reason.KEYCHAIN_MISSING, Reason.KEYCHAIN_LOCKED, Reason.KEYCHAIN_REFUSED])
async def test_a_keychain_that_refuses_leaves_no_profile(
    world: DemoWorld, services: Services, wish: Wish, reason: Reason
) -> None:
    before = await rows(services)
    with refused_by(reason, KeychainError):
        await started(services, wish, world.organisation.password, keychain=RefusingKeychain(reason))
    assert await rows(services) == before


async def test_a_full_disk_leaves_no_password(
    world: DemoWorld, services: Services, wish: Wish, vault: MemoryKeychain
) -> None:
    with refused_by(Reason.STORAGE_FULL, StorageError):
        await started(services, wish, world.organisation.password, profiles=FullProfiles(services.database))
    assert await vault.get(world.organisation.access().keychain_account) is None


async def test_a_second_start_is_refused_before_anything_is_asked(
    world: DemoWorld, services: Services, wish: Wish
) -> None:
    await started(services, wish, world.organisation.password)
    first = await services.profiles.load()
    watched: list[ProbeStep] = []
    with refused_by(Reason.PROFILE_EXISTS, ProfileError):
        await started(services, replace(wish, name="Anders"), CANARY, watched=watched)
    assert watched == []
    assert await services.profiles.load() == first


async def test_a_command_gives_the_password_and_the_keychain_stays_out_of_it(
    world: DemoWorld, services: Services, wish: Wish, tmp_path: Path
) -> None:
    secret = tmp_path / OWN / "password"
    secret.parent.mkdir()
    secret.write_text(f"{world.organisation.password}\nsecond line\n")
    with_command = replace(wish, command=("cat", str(secret)))
    report = await started(services, with_command, None, keychain=RefusingKeychain())
    assert report.ok
    profile = await services.profiles.load()
    assert profile is not None
    assert not isinstance(profile.organisation_server.sign_in, PasswordSignIn)


async def test_a_command_that_fails_is_named_and_keeps_nothing(services: Services, wish: Wish) -> None:
    before = await rows(services)
    with refused_by(Reason.SETUP_COMMAND_FAILED, SetupError):
        await started(services, replace(wish, command=("false",)), None)
    assert await rows(services) == before


async def test_a_policy_that_cannot_be_had_is_a_problem_and_not_kept(
    world: DemoWorld, services: Services, wish: Wish
) -> None:
    before = await rows(services)
    policy = await looked_up(services, replace(wish, policy_ca=""))
    assert (policy.state, policy.document) == (PolicyState.UNKNOWN, None)
    assert policy.problem is not None
    assert policy.problem.reason is Reason.POLICY_TLS
    assert await rows(services) == before


async def test_a_first_look_already_refuses_what_is_older_than_known(
    world: DemoWorld, services: Services, wish: Wish
) -> None:
    world.set_policy(allow=True)
    old = world.policy_document()
    world.set_policy(allow=False)
    await started(services, wish, world.organisation.password)
    profile = await services.profiles.load()
    assert profile is not None
    await services.take_profile(profile)
    world.publish_raw(old)
    policy = await looked_up(services, wish)
    world.set_policy(allow=False)
    assert policy.problem is not None
    assert policy.problem.reason is Reason.POLICY_ROLLBACK
    assert not policy.allows_gateways
