"""Each message can be taken along: a queued one as its stored bytes, a draft as an unsent message."""

from pathlib import Path

import pytest

from app.delivery.export import eml_name, write_draft_eml, write_eml
from app.delivery.outbox import Outbox
from app.errors import DeliveryError, Reason, StorageError
from app.storage.database import Database
from tests.app.delivery.letters import BYTES, NOW, draft, letter


async def test_a_message_of_the_outbox_is_saved_as_it_goes_out(outbox: Outbox, tmp_path: Path) -> None:
    message = await outbox.put(letter(), [BYTES], NOW)
    await write_eml(outbox, message.id, tmp_path / "a.eml")
    assert (tmp_path / "a.eml").read_bytes() == BYTES
    with pytest.raises(StorageError) as caught:
        await write_eml(outbox, message.id, tmp_path / "a.eml")
    assert caught.value.problem.reason is Reason.EXPORT_EXISTS
    await write_eml(outbox, message.id, tmp_path / "a.eml", replace=True)


async def test_a_message_that_is_not_there_makes_no_file(outbox: Outbox, tmp_path: Path) -> None:
    with pytest.raises(DeliveryError):
        await write_eml(outbox, "nothing", tmp_path / "a.eml")
    assert not (tmp_path / "a.eml").exists()


async def test_a_message_with_missing_bytes_makes_no_file(outbox: Outbox, database: Database, tmp_path: Path) -> None:
    await outbox.put(letter(), [BYTES], NOW)
    await database.write(lambda connection: connection.execute("DELETE FROM outbox_part"))
    with pytest.raises(StorageError) as caught:
        await write_eml(outbox, "m1", tmp_path / "a.eml")
    assert caught.value.problem.reason is Reason.STORAGE_CORRUPT
    assert not (tmp_path / "a.eml").exists()


async def test_a_draft_is_saved_as_unsent(tmp_path: Path) -> None:
    file = tmp_path / eml_name("Hallo", NOW)
    assert await write_draft_eml(draft(), file, NOW) == ()
    assert file.read_bytes().startswith(b"X-Unsent: 1\r\n")
