"""An outbox in a folder of its own, and messages to put in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.delivery.outbox import Outbox
from app.storage.database import Database
from app.storage.folder import DataFolder
from tests.app.delivery.post_office import PostOffice


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "home")
    folder.prepare()
    return folder


@pytest.fixture
async def database(folder: DataFolder) -> AsyncIterator[Database]:
    database = await Database.open(folder.database)
    yield database
    await database.close()


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)


@pytest.fixture
async def office(outbox: Outbox) -> AsyncIterator[PostOffice]:
    office = PostOffice(outbox)
    await office.give_passwords()
    yield office
    await office.postman.stop()


@pytest.fixture(params=[False, True], ids=["starttls", "implicit"])
def implicit(request: pytest.FixtureRequest) -> bool:
    """Whether the server speaks TLS from the first octet on: what holds for one kind has to hold for the other."""
    return bool(request.param)
