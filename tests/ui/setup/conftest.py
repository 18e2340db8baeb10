"""Services before any set-up, and the demo's servers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.services import Services, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    """The services of a fresh machine."""
    async with open_services(DataFolder(tmp_path / "home"), keychain=MemoryKeychain()) as opened:
        yield opened
