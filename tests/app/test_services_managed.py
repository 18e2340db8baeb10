"""A machine with a managed configuration: it counts before the profile, and where it is wrong nothing is opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.demo.seed import seed_profile
from app.demo.world import DemoWorld
from app.errors import PolicyError, Problem, Reason
from app.policy.evaluate import PolicyState
from app.routing import Refusal, Route, choose_route
from app.services import open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from tests.app.people import PARTNER_ADDRESS, PRIMARY_ADDRESS, opened, partner_entry
from tests.app.policy.signers import ORG


@pytest.fixture(scope="module")
def servers() -> Iterator[DemoWorld]:
    with DemoWorld() as world:
        yield world


@pytest.fixture
def world(servers: DemoWorld) -> DemoWorld:
    servers.set_policy(allow=True)
    return servers


@pytest.fixture
def managed(tmp_path: Path, world: DemoWorld) -> Path:
    """Return a file as an administrator writes it for the organisation of `world`."""
    file = tmp_path / "managed.toml"
    file.write_text(
        f'format = "absender-managed/1"\n[policy]\nsource = "{world.policy_url}"\nca_file = "{world.policy_ca}"\n'
    )
    file.chmod(0o644)
    return file


async def set_up(world: DemoWorld, home: Path, source: str) -> None:
    """Leave a data folder behind whose profile names another source of the policy."""
    async with opened(world, home, partner_entry(world)) as services:
        await services.profiles.save(replace(services.the_profile, policy_source=source, policy_ca=""))


@pytest.mark.parametrize("own", ["", "https://elsewhere.example/p.json", "/tmp/own.json"])
async def test_what_is_managed_counts_before_what_the_profile_says(
    world: DemoWorld, managed: Path, tmp_path: Path, own: str
) -> None:
    home = tmp_path / "home"
    await set_up(world, home, own)
    async with open_services(DataFolder(home), keychain=MemoryKeychain(), managed=managed) as services:
        policy = await services.checked_policy()
        assert (policy.state, policy.is_managed, policy.problem) == (PolicyState.FRESH, True, None)
        assert policy.origin.startswith(world.policy_url.partition("{")[0])
        assert services.the_profile.policy_source == world.policy_url
        assert isinstance(choose_route(PARTNER_ADDRESS, services.the_profile, policy), Route)
        await services.take_profile(replace(services.the_profile, policy_source=own))
        assert services.policy.origin == policy.origin


async def test_a_managed_key_is_asked_of_every_document_the_copy_included(
    world: DemoWorld, managed: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    async with opened(world, home, partner_entry(world)) as services:
        assert (await services.checked_policy()).allows_gateways
    with managed.open("a") as file:
        file.write(f'keys = ["{ORG.key}"]\n')
    async with open_services(DataFolder(home), keychain=MemoryKeychain(), managed=managed) as services:
        assert services.policy.problem is not None
        assert services.policy.problem.reason is Reason.POLICY_UNSIGNED
        assert not (await services.checked_policy()).allows_gateways
        world.publish_raw(ORG.signs(world.policy_document()))
        assert services.watch is not None
        assert (await services.watch.refresh()).allows_gateways


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        'format = "absender-managed/1"\n[policy]\nsource = "http://policy.beispiel.example/p.json"\n',
        'format = "absender-managed/1"\n[policy]\nurl = "https://x.example"\n',
    ],
)
async def test_a_wrong_file_opens_nothing_and_leaves_the_organisations_mail_alone(
    world: DemoWorld, managed: Path, tmp_path: Path, text: str
) -> None:
    home = tmp_path / "home"
    async with opened(world, home, partner_entry(world)) as services:
        assert (await services.checked_policy()).allows_gateways
    managed.write_text(text)
    async with open_services(DataFolder(home), keychain=MemoryKeychain(), managed=managed) as services:
        policy = await services.checked_policy()
        assert policy.problem is not None
        assert (policy.problem.reason, policy.state) == (Reason.MANAGED_WRONG, PolicyState.UNKNOWN)
        refused = choose_route(PARTNER_ADDRESS, services.the_profile, policy)
        assert isinstance(refused, Refusal)
        assert refused.problem.reason is Reason.ROUTE_POLICY_UNKNOWN
        assert isinstance(choose_route(PRIMARY_ADDRESS, services.the_profile, policy), Route)
        with pytest.raises(PolicyError) as caught:
            await services.look_up_policy(PRIMARY_ADDRESS, world.policy_url, world.policy_ca)
        assert caught.value.problem == policy.problem


async def test_the_statement_of_no_organisation_does_not_help_where_the_file_is_wrong(
    world: DemoWorld, managed: Path, tmp_path: Path
) -> None:
    managed.write_text("format = 1")
    async with open_services(DataFolder(tmp_path / "home"), keychain=MemoryKeychain(), managed=managed) as services:
        await services.take_profile(replace(seed_profile(world, services.now()), policy_source=""))
        assert (services.policy.state, services.policy.allows_gateways) == (PolicyState.UNKNOWN, False)
        assert services.policy.problem == Problem.of(
            Reason.MANAGED_WRONG, file=managed, detail="format: Expected `str`, got `int`"
        )
