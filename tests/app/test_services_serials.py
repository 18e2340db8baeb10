"""The highest serial in the keychain: a folder that was set back is found out, and set-up leaves no trace there."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.demo.world import DemoWorld
from app.errors import Reason
from app.policy.evaluate import PolicyState
from app.routing import Refusal, choose_route
from app.services import Services, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from tests.app.people import PARTNER_ADDRESS, PRIMARY_ADDRESS, opened, partner_entry


@pytest.fixture(scope="module")
def servers() -> Iterator[DemoWorld]:
    with DemoWorld() as world:
        yield world


@pytest.fixture
def world(servers: DemoWorld) -> Iterator[DemoWorld]:
    servers.set_policy_server(up=True)
    servers.set_policy(allow=True)
    yield servers
    servers.set_policy_server(up=True)


def stored(home: Path) -> tuple[object, ...]:
    """Return the copy of the policy as a backup of the folder would hold it."""
    with closing(sqlite3.connect(DataFolder(home).database)) as connection:
        return tuple(connection.execute("SELECT * FROM policy").fetchone())


def set_back(home: Path, copy: tuple[object, ...]) -> None:
    with closing(sqlite3.connect(DataFolder(home).database)) as connection, connection:
        connection.execute(f"REPLACE INTO policy VALUES ({', '.join('?' * len(copy))})", copy)


@pytest.mark.case("P4")
async def test_a_folder_that_was_set_back_to_an_allowing_policy_allows_nothing(
    world: DemoWorld, tmp_path: Path
) -> None:
    home, keychain = tmp_path / "home", MemoryKeychain()
    async with opened(world, home, partner_entry(world), keychain=keychain) as services:
        assert (await services.checked_policy()).allows_gateways
    backup = stored(home)
    world.set_policy(allow=False)
    async with open_services(DataFolder(home), keychain=keychain) as services:
        assert services.watch is not None
        assert not (await services.watch.refresh()).allows_gateways
    set_back(home, backup)
    world.set_policy_server(up=False)
    async with open_services(DataFolder(home), keychain=keychain) as services:
        policy = await services.checked_policy()
        assert policy.state is PolicyState.UNKNOWN
        assert isinstance(choose_route(PARTNER_ADDRESS, services.the_profile, policy), Refusal)
    # An emptied folder knows it no better: what is served must not be older than what the keychain has seen.
    (emptied := tmp_path / "emptied").mkdir(mode=0o700)
    world.set_policy_server(up=True)
    assert isinstance(backup[1], bytes)
    world.publish_raw(backup[1])
    async with opened(world, emptied, partner_entry(world), keychain=keychain) as services:
        assert services.watch is not None
        policy = await services.watch.refresh()
        assert policy.problem is not None
        assert (policy.problem.reason, policy.allows_gateways) == (Reason.POLICY_ROLLBACK, False)


async def known_to(keychain: MemoryKeychain, services: Services) -> int | None:
    assert services.watch is not None
    seen = await services.watch._serials.get(services.watch.origin) if services.watch._serials else None
    return seen.serial if seen else None


@pytest.mark.case("P3", "P4")
async def test_a_look_at_set_up_asks_the_keychain_and_tells_it_nothing(world: DemoWorld, tmp_path: Path) -> None:
    keychain = MemoryKeychain()
    document = json.loads(world.policy_document())
    async with opened(world, tmp_path / "home", keychain=keychain) as services:
        await services.checked_policy()
        assert await known_to(keychain, services) == document["serial"]
        world.publish_raw(json.dumps(document | {"serial": document["serial"] + 5}).encode())
        looked = await services.look_up_policy(PRIMARY_ADDRESS, world.policy_url, world.policy_ca)
        assert looked.document is not None
        assert looked.document.serial == document["serial"] + 5
        assert await known_to(keychain, services) == document["serial"]
    world.publish_raw(json.dumps(document | {"serial": document["serial"] - 1}).encode())
    async with open_services(DataFolder(tmp_path / "new"), keychain=keychain) as services:
        looked = await services.look_up_policy(PRIMARY_ADDRESS, world.policy_url, world.policy_ca)
        assert looked.problem is not None
        assert looked.problem.reason is Reason.POLICY_ROLLBACK
