"""What a test from end to end stands on: a policy server, two real Postfix, a real keychain, and the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo.world import DemoWorld
from tests.end2end.program import Program
from tests.end2end.shell import Shell
from tests.servers.fixtures import PostOffices
from tests.servers.keyring_session import KeyringSession


@pytest.fixture
def organisation(post_offices: PostOffices) -> Iterator[DemoWorld]:
    """The organisation's policy, whose submission server is a real Postfix; the demo's own servers take nothing."""
    with DemoWorld(submission=post_offices.organisation.access()) as world:
        yield world
        assert world.inbox.messages() == ()


@pytest.fixture
def program(tmp_path: Path, keyring_session: KeyringSession) -> Program:
    """The program on a fresh machine: no data folder yet, an empty keychain that is open."""
    return Program(tmp_path, keyring_session.env)


@pytest.fixture(scope="module")
def servers() -> Iterator[DemoWorld]:
    """The demo's servers for a whole module of quick tests."""
    with DemoWorld() as world:
        yield world


@pytest.fixture
def world(servers: DemoWorld) -> DemoWorld:
    """The module's servers, with a policy that allows gateways."""
    servers.set_policy(allow=True)
    return servers


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A terminal with a data folder of its own, before set-up."""
    return Shell(tmp_path / "home", capsys, monkeypatch)


@pytest.fixture
def ready(shell: Shell, world: DemoWorld) -> Shell:
    """The same after set-up."""
    shell.get_ready(world)
    return shell
