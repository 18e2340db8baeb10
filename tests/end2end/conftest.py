"""What a test from end to end stands on: a policy server, two real Postfix, a real keychain, and the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo.world import DemoWorld
from tests.end2end.program import Program
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
