"""A small organisation at the emulator of Google."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.exporter.world import Clock
from tests.servers.google_emulator import GoogleEmulator
from tests.servers.google_organisation import GoogleOrganisation


@pytest.fixture(scope="package")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoogleEmulator]:
    with GoogleEmulator(GoogleOrganisation.of(0), folder=tmp_path_factory.mktemp("google")) as running:
        yield running


@pytest.fixture
def google(emulator: GoogleEmulator) -> GoogleEmulator:
    """Google, with a fresh organisation of 40 people in it, and nothing asked yet."""
    emulator.reset(GoogleOrganisation.of(40))
    return emulator


@pytest.fixture
def organisation() -> GoogleOrganisation:
    """The same people, of whom a test knows without asking."""
    return GoogleOrganisation.of(40)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for documents that is not there yet."""
    return tmp_path / "published"
