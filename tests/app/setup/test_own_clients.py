"""A person's own OAuth client is kept with what is signed in to with it, and goes with the last of that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.address import Address
from app.demo.authority import PRIMARY
from app.demo.world import DemoWorld
from app.errors import Reason, SetupError, StorageError
from app.oauth_client import OAuthClient
from app.policy.evaluate import own_policy
from app.profile import OAuthSignIn, PasswordSignIn, Profile, SendAsAddress, Verification
from app.services import Services
from app.setup.adding import add_address, change_address, remove_address
from app.setup.first_start import Wish, new_profile, set_up
from app.storage.keychain import MemoryKeychain, Secret
from tests.app.people import opened, partner_entry
from tests.app.setup.enrolments import SERVER
from tests.app.setup.refusing import FullProfiles
from tests.app.sign_in.given import secrets_in
from tests.canary import canary

GRANT = Secret(canary("typed"))


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    with DemoWorld() as world:
        yield world


def client_for(*hosts: str, client_id: str = "absender") -> OAuthClient:
    place = "https://sso.partner.example"
    return OAuthClient("sso.partner.example", client_id, f"{place}/authorize", f"{place}/token", ("smtp",), hosts)


def signed_in(world: DemoWorld) -> SendAsAddress:
    entry = partner_entry(world)
    assert entry.smtp_msa is not None
    return replace(entry, smtp_msa=replace(entry.smtp_msa, sign_in=OAuthSignIn()))


def own(profile: Profile) -> list[OAuthClient]:
    return [client for client in profile.oauth_clients if client.token_endpoint == "https://sso.partner.example/token"]


async def added(services: Services, entry: SendAsAddress, client: OAuthClient | None) -> Profile:
    return await add_address(entry, GRANT, profiles=services.profiles, keychain=services.keychain, client=client)


async def test_a_client_is_kept_with_the_address_and_the_grant_in_the_keychain(
    world: DemoWorld, tmp_path: Path
) -> None:
    vault, entry = MemoryKeychain(), signed_in(world)
    assert entry.smtp_msa is not None
    client = client_for(entry.smtp_msa.host)
    async with opened(world, tmp_path, keychain=vault) as services:
        profile = await added(services, entry, client)
        assert client in profile.oauth_clients
        assert profile == await services.profiles.load()
    assert await vault.get(entry.smtp_msa.keychain_account) == GRANT


async def test_what_cannot_be_kept_leaves_no_client(world: DemoWorld, tmp_path: Path) -> None:
    entry = signed_in(world)
    assert entry.smtp_msa is not None
    async with opened(world, tmp_path) as services:
        with pytest.raises(StorageError):
            await add_address(
                entry,
                GRANT,
                profiles=FullProfiles(services.database),
                keychain=services.keychain,
                client=client_for(entry.smtp_msa.host),
            )
        assert await services.keychain.get(entry.smtp_msa.keychain_account) is None
        stored = await services.profiles.load()
        assert stored is not None
        assert stored == services.the_profile


async def test_the_client_goes_with_the_last_address_that_needs_it(world: DemoWorld, tmp_path: Path) -> None:
    entry = signed_in(world)
    assert entry.smtp_msa is not None
    second = replace(
        entry,
        id="second",
        address=Address.parse("zweite@partner.example"),
        smtp_msa=replace(entry.smtp_msa, username="zweite"),
    )
    client = client_for(entry.smtp_msa.host)
    async with opened(world, tmp_path) as services:
        await added(services, entry, client)
        await added(services, second, None)
        profile = await remove_address(entry.id, profiles=services.profiles, keychain=services.keychain)
        assert own(profile) == [client]
        with_password = replace(second, smtp_msa=replace(second.smtp_msa or entry.smtp_msa, sign_in=PasswordSignIn()))
        profile = await change_address(
            with_password, Secret("password"), profiles=services.profiles, keychain=services.keychain
        )
        assert own(profile) == []
        assert await services.keychain.get(f"zweite@{entry.smtp_msa.host}:{entry.smtp_msa.port} OAuth") is None


async def test_another_client_takes_the_place_of_the_first(world: DemoWorld, tmp_path: Path) -> None:
    entry = signed_in(world)
    assert entry.smtp_msa is not None
    host = entry.smtp_msa.host
    async with opened(world, tmp_path) as services:
        await added(services, entry, client_for(host))
        profile = await change_address(
            entry,
            GRANT,
            profiles=services.profiles,
            keychain=services.keychain,
            client=client_for(host, client_id="another"),
        )
        assert own(profile) == [client_for(host, client_id="another")]


def test_one_client_is_known_for_a_mail_server() -> None:
    profile = Profile("p", (SendAsAddress("a", Address.parse(PRIMARY)),), SERVER, "")
    first = client_for("a.example", "b.example")
    profile = profile.with_oauth_client(first).with_oauth_client(client_for("c.example"))
    replaced = profile.with_oauth_client(client_for("b.example", client_id="another"))
    assert [(each.client_id, each.hosts) for each in replaced.oauth_clients] == [
        ("absender", ("c.example",)),
        ("another", ("b.example",)),
    ]


# At the first start


async def test_the_first_start_keeps_the_client_and_the_grant(world: DemoWorld, tmp_path: Path) -> None:
    server = world.organisation.access()
    client = client_for(server.host)
    wish = Wish(Address.parse(PRIMARY), "N. Name", "", in_browser=True, client=client, server=server)
    async with opened(world, tmp_path) as services:
        profile = new_profile(wish, own_policy(), services.now())
    assert profile.oauth_clients == (client,)
    assert profile.organisation_server == replace(server, sign_in=OAuthSignIn())
    assert profile.primary.verification is Verification.ACCEPTED
    assert new_profile(replace(wish, in_browser=False), own_policy(), services.now()).oauth_clients == ()


async def test_the_first_start_asks_for_the_sign_in(world: DemoWorld, tmp_path: Path) -> None:
    wish = Wish(Address.parse(PRIMARY), "N. Name", "", in_browser=True, server=world.organisation.access())
    async with opened(world, tmp_path) as services:
        profile = new_profile(wish, own_policy(), services.now())
        await services.database.write(lambda connection: connection.execute("DELETE FROM profile"))
        with pytest.raises(SetupError, check=lambda error: error.problem.reason is Reason.SETUP_NO_SIGN_IN):
            await set_up(
                profile,
                None,
                profiles=services.profiles,
                keychain=services.keychain,
                secret_of=secrets_in(services.keychain),
                tls=services.mail_tls,
            )
