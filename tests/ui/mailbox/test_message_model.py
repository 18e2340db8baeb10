"""The list of messages as thousands of them change: in place, in order, and without beginning anew."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.delivery.outbox import Outbox
from app.delivery.verdict import Delivered
from app.services import Services, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from tests.bench.home import profile_for, seed_queue, set_up
from tests.ui.mailbox.room import until
from ui.mailbox.entries import Folder
from ui.mailbox.list_view import MessageList
from ui.mailbox.model import MessageModel, key_of

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
COUNT = 250


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with open_services(DataFolder(tmp_path / "home"), keychain=MemoryKeychain(), now=lambda: NOW) as services:
        await set_up(services, profile_for())
        await seed_queue(services, COUNT)
        yield services


@pytest.fixture
async def model(services: Services, qapp: QApplication) -> AsyncIterator[MessageModel]:
    parent = QObject()
    model = MessageModel(services.outbox, services.drafts, services.now, parent)
    await model.show_folder(Folder.OUTBOX)
    yield model
    model.stop()


async def keys(outbox: Outbox, folder: Folder) -> list[str]:
    """Return the ids of a list as it should be, newest first."""
    return [message.id for message in reversed(await outbox.list(folder.states))]


def shown(model: MessageModel) -> list[str]:
    """Return the ids that the model has read."""
    entries = [model.entry(model.index(row)) for row in range(model.rowCount())]
    return [key_of(entry) for entry in entries if entry is not None]


async def test_what_has_been_sent_leaves_the_outbox_without_reading_it_anew(
    services: Services, model: MessageModel
) -> None:
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    everything = await keys(services.outbox, Folder.OUTBOX)
    gone = set(everything[1::3])
    for key in gone:
        await services.outbox.cancel(key, NOW)
        await services.outbox.delete(key)
    await model.take_changes(gone)
    expected = await keys(services.outbox, Folder.OUTBOX)
    assert shown(model) == expected[: model.rowCount()]
    assert 0 < model.rowCount() < 100
    assert resets == []


async def test_what_was_sent_meanwhile_takes_its_place_in_the_order_of_sending(
    services: Services, model: MessageModel
) -> None:
    await model.show_folder(Folder.SENT)
    assert shown(model) == []
    sent: set[str] = set()
    for _ in range(40):
        claimed = await services.outbox.claim(datetime.now(UTC))
        assert claimed is not None
        await services.outbox.settle(claimed.id, Delivered("250 ok"), NOW)
        sent.add(claimed.id)
    await model.take_changes(sent)
    assert shown(model) == await keys(services.outbox, Folder.SENT)
    assert len(sent) == model.rowCount() == 40


async def test_a_message_behind_those_that_were_read_waits_for_its_page(
    services: Services, model: MessageModel
) -> None:
    oldest = (await keys(services.outbox, Folder.OUTBOX))[-1]
    await services.outbox.cancel(oldest, NOW)
    await model.take_changes({oldest, "unheard-of"})
    assert oldest not in shown(model)
    assert model.rowCount() == 100


async def test_end_goes_to_the_last_message_of_all_and_not_to_the_last_that_was_read(
    services: Services, model: MessageModel
) -> None:
    messages = MessageList(model, services.now)
    messages.pick(0)
    QTest.keyClick(messages, Qt.Key.Key_End)
    await until(lambda: messages.currentIndex().row() == COUNT - 1)
    assert shown(model) == await keys(services.outbox, Folder.OUTBOX)


async def test_who_went_elsewhere_while_the_rest_was_read_stays_there(services: Services, model: MessageModel) -> None:
    messages = MessageList(model, services.now)
    messages.pick(0)
    QTest.keyClick(messages, Qt.Key.Key_End)
    QTest.keyClick(messages, Qt.Key.Key_Home)
    await until(lambda: model.rowCount() == COUNT)
    assert messages.currentIndex().row() == 0
