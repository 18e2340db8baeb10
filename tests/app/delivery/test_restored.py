"""Attached files of a message that goes back to the drafts: those that are gone come out of the message itself."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.address import Address, Mailbox
from app.delivery.outbox import Outbox
from app.delivery.restored import remove_unused
from app.errors import Reason, StorageError
from app.message.draft import Attachment, Draft
from app.message.mime import build
from app.services import open_services
from app.storage.database import Database
from app.storage.drafts import Drafts
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from tests.app.delivery.letters import NOW, PARTNER, content, draft, letter

DATA = os.urandom(700_000)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return tmp_path / "copies"


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    return tmp_path


async def queued(outbox: Outbox, folder: Path, *contents: bytes) -> Draft:
    """Queue a message with these files attached."""
    attachments = []
    for number, data in enumerate(contents):
        file = folder / f"{number}.pdf"
        file.write_bytes(data)
        attachments.append(Attachment(str(file), file.name, len(data)))
    written = replace(draft(), attachments=tuple(attachments))
    await outbox.put(letter(written=written), message(written), NOW)
    return written


def message(written: Draft) -> Iterator[bytes]:
    return build(
        written, sender=Mailbox(PARTNER), sender_header=None, reply_to=None, now=NOW, message_id="<1@partner.example>"
    )


async def test_files_that_are_still_there_are_used(outbox: Outbox, files: Path, originals: Path) -> None:
    written = await queued(outbox, originals, DATA)
    assert await outbox.to_draft("m1", NOW, files) == written
    assert not files.exists()


@pytest.mark.parametrize("damage", ["gone", "shorter", "a folder"])
async def test_a_file_that_is_not_as_it_was_comes_out_of_the_message(
    outbox: Outbox, database: Database, files: Path, originals: Path, damage: str
) -> None:
    written = await queued(outbox, originals, b"first", DATA, b"")
    original = originals / "1.pdf"
    original.unlink()
    if damage == "shorter":
        original.write_bytes(b"x")
    if damage == "a folder":
        original.mkdir()
    back = await outbox.to_draft("m1", NOW, files)
    copy = Path(back.attachments[1].path)
    assert copy.read_bytes() == DATA
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
    assert replace(back.attachments[1], path=written.attachments[1].path) == written.attachments[1]
    assert (back.attachments[0], back.attachments[2]) == (written.attachments[0], written.attachments[2])
    assert [saved.draft for saved in await Drafts(database).list()] == [back]
    # The draft can go out as the message was.
    await outbox.put(letter(written=back), message(back), NOW)
    assert (await outbox.get("m1")).has_draft


async def test_an_empty_file_comes_back_too(outbox: Outbox, files: Path, originals: Path) -> None:
    await queued(outbox, originals, b"")
    (originals / "0.pdf").unlink()
    back = await outbox.to_draft("m1", NOW, files)
    assert Path(back.attachments[0].path).read_bytes() == b""


async def test_a_pipe_in_the_place_of_an_empty_file_is_not_taken_for_it(
    outbox: Outbox, files: Path, originals: Path
) -> None:
    await queued(outbox, originals, b"")
    (originals / "0.pdf").unlink()
    os.mkfifo(originals / "0.pdf")
    restored = await outbox.to_draft("m1", NOW, files)
    assert Path(restored.attachments[0].path) == files / "m1" / "0"


async def test_what_an_earlier_try_has_left_is_in_nobodys_way(outbox: Outbox, files: Path, originals: Path) -> None:
    await queued(outbox, originals, DATA)
    (originals / "0.pdf").unlink()
    (files / "m1").mkdir(parents=True)
    (files / "m1" / "0").write_bytes(b"half")
    (files / "m1" / "5").write_bytes(b"of another draft")
    restored = await outbox.to_draft("m1", NOW, files)
    assert Path(restored.attachments[0].path).read_bytes() == DATA
    assert [each.name for each in (files / "m1").iterdir()] == ["0"]


async def test_a_place_that_cannot_be_written_leaves_the_message(outbox: Outbox, files: Path, originals: Path) -> None:
    await queued(outbox, originals, DATA)
    (originals / "0.pdf").unlink()
    before = await content(outbox, "m1")
    files.write_text("in the way")
    with pytest.raises(StorageError) as caught:
        await outbox.to_draft("m1", NOW, files)
    assert caught.value.problem.reason is Reason.STORAGE_UNSAFE
    files.unlink()
    files.symlink_to(originals)
    with pytest.raises(StorageError):
        await outbox.to_draft("m1", NOW, files)
    assert await content(outbox, "m1") == before
    assert not (originals / "m1").exists()


async def test_a_message_that_has_lost_bytes_stays_and_leaves_no_copies(
    outbox: Outbox, database: Database, files: Path, originals: Path
) -> None:
    await queued(outbox, originals, DATA)
    (originals / "0.pdf").unlink()
    await database.write(lambda connection: connection.execute("DELETE FROM outbox_part WHERE seq = 1"))
    with pytest.raises(StorageError) as caught:
        await outbox.to_draft("m1", NOW, files)
    assert caught.value.problem.reason is Reason.STORAGE_CORRUPT
    assert len(await outbox.list()) == 1
    assert list(files.iterdir()) == []


async def test_a_message_without_all_its_files_stays_and_leaves_no_copies(
    outbox: Outbox, files: Path, originals: Path
) -> None:
    names = [originals / "0.pdf", originals / "1.pdf"]
    for name in names:
        name.write_bytes(DATA)
    attached = tuple(Attachment(str(name), name.name, len(DATA)) for name in names)
    both = replace(draft(), attachments=attached)
    await outbox.put(letter(written=both), message(replace(both, attachments=attached[:1])), NOW)
    for name in names:
        name.unlink()
    with pytest.raises(StorageError) as caught:
        await outbox.to_draft("m1", NOW, files)
    assert caught.value.problem.reason is Reason.STORAGE_CORRUPT
    assert len(await outbox.list()) == 1
    assert list(files.iterdir()) == []


@pytest.mark.case("L2")
@pytest.mark.parametrize("which", range(3), ids=["file", "its folder", "the folder of all"])
async def test_copies_that_do_not_reach_the_disk_leave_the_message(
    outbox: Outbox, files: Path, originals: Path, monkeypatch: pytest.MonkeyPatch, which: int
) -> None:
    await queued(outbox, originals, DATA)
    (originals / "0.pdf").unlink()
    synced: list[int] = []

    def fsync(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) == which + 1:
            raise OSError(errno.EIO, "I/O error")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(StorageError) as caught:
        await outbox.to_draft("m1", NOW, files)
    assert caught.value.problem.reason is Reason.STORAGE_FAILED
    assert len(await outbox.list()) == 1
    assert list(files.iterdir()) == []


def test_copies_go_when_no_draft_has_used_them_for_a_day(files: Path) -> None:
    now = datetime.now(UTC)
    for name in ("used", "unused", "new"):
        (files / name).mkdir(parents=True)
        (files / name / "0").write_bytes(DATA)
    two_days_ago = (now - timedelta(days=2)).timestamp()
    for name in ("used", "unused"):
        os.utime(files / name, (two_days_ago, two_days_ago))
    (files / "link").symlink_to(files / "used")
    remove_unused(files, {"used"}, now)
    assert {each.name for each in files.iterdir()} == {"used", "new", "link"}
    remove_unused(files / "nothing here", set(), now)


async def test_copies_of_attached_files_go_with_the_draft_that_used_them(tmp_path: Path) -> None:
    async with open_services(DataFolder(tmp_path / "home"), keychain=MemoryKeychain()) as services:
        await services.tidy_up()  # nothing there yet
        kept = Draft(id="kept", sender=Address.parse("nutzer@beispiel.example"))
        await services.drafts.save(kept, services.now())
        for name in ("kept", "gone"):
            (services.folder.attachments / name).mkdir(parents=True)
            os.utime(services.folder.attachments / name, (0, 0))
        await services.tidy_up()
        assert [each.name for each in services.folder.attachments.iterdir()] == ["kept"]
