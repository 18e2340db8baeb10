"""Real services over a temporary folder, and the demo's servers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.demo.seed import seed_profile, store_passwords
from app.demo.world import DemoWorld
from app.services import Services, now, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain


@pytest.fixture
async def services(world: DemoWorld, tmp_path: Path) -> AsyncIterator[Services]:
    """The services of a person who is set up at the demo's organisation, with a fresh policy."""
    keychain = MemoryKeychain()
    async with open_services(DataFolder(tmp_path / "home"), keychain=keychain) as opened:
        profile = seed_profile(world, now())
        await store_passwords(world, keychain)
        await opened.profiles.save(profile)
        await opened.take_profile(profile)
        assert opened.watch is not None
        await opened.watch.refresh()
        yield opened
