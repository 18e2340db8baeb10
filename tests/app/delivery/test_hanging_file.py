"""A file on a drive that no longer answers keeps its own message waiting, and nobody else's."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest

from app.delivery import restored
from app.delivery.outbox import Outbox, State
from app.delivery.posting import post
from app.message import attachments
from app.message.draft import Attachment, Draft
from tests.app.delivery.letters import BYTES, NOW, PRIMARY, content, draft, letter, put
from tests.app.delivery.test_posting import ALLOWED, PROFILE


class Drive:
    """A network drive that answers when it is told to."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.answers = threading.Event()

    def wait(self) -> None:
        self.asked.set()
        assert self.answers.wait(30)


@pytest.fixture
def drive(monkeypatch: pytest.MonkeyPatch) -> Iterator[Drive]:
    """Let every attached file lie on it."""
    drive, read = Drive(), attachments._read

    def waits(attachment: Attachment, file: BinaryIO) -> bytes:
        drive.wait()
        return read(attachment, file)

    monkeypatch.setattr(attachments, "_read", waits)
    yield drive
    drive.answers.set()


def with_file(folder: Path) -> Draft:
    file = folder / "a.bin"
    file.write_bytes(bytes(100_000))
    return replace(draft(1, PRIMARY), attachments=(Attachment(str(file), file.name, 100_000),))


def queueing(outbox: Outbox, written: Draft) -> asyncio.Task[object]:
    return asyncio.create_task(post(written, profile=PROFILE, policy=ALLOWED, outbox=outbox, now=NOW))


async def test_other_messages_are_queued_and_sent_meanwhile(outbox: Outbox, tmp_path: Path, drive: Drive) -> None:
    task = queueing(outbox, with_file(tmp_path))
    await asyncio.to_thread(drive.asked.wait, 30)
    await put(outbox, 2)
    claimed = await outbox.claim(NOW)
    assert claimed is not None
    assert (claimed.id, task.done()) == ("m2", False)
    drive.answers.set()
    await task
    message = await outbox.get("m1")
    assert (message.state, len(await content(outbox, "m1"))) == (State.QUEUED, message.size)


async def test_who_gives_up_waiting_finds_nothing_queued(outbox: Outbox, tmp_path: Path, drive: Drive) -> None:
    task = queueing(outbox, with_file(tmp_path))
    await asyncio.to_thread(drive.asked.wait, 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    drive.answers.set()
    assert await outbox.list() == []
    # It can be queued after all.
    await queueing(outbox, with_file(tmp_path))
    assert [message.id for message in await outbox.list()] == ["m1"]


async def test_who_gives_up_waiting_ends_the_reading_too(outbox: Outbox) -> None:
    begun, goes_on, has_ended, is_asked_again = (threading.Event() for _ in range(4))

    def chunks() -> Iterator[bytes]:
        try:
            begun.set()
            assert goes_on.wait(30)
            yield BYTES
            is_asked_again.set()
        finally:
            has_ended.set()

    task = asyncio.create_task(outbox.put(letter(1), chunks(), NOW))
    await asyncio.to_thread(begun.wait, 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    goes_on.set()
    assert await asyncio.to_thread(has_ended.wait, 30)
    assert not is_asked_again.is_set()
    assert await outbox.list() == []


async def test_a_message_comes_back_with_its_own_copy_of_the_file(
    outbox: Outbox, tmp_path: Path, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive.answers.set()
    written = with_file(tmp_path)
    await queueing(outbox, written)
    drive.answers.clear()
    drive.asked.clear()
    look = restored._is_as_it_was

    def waits(attachment: Attachment) -> bool:
        drive.wait()
        return look(attachment)

    monkeypatch.setattr(restored, "_is_as_it_was", waits)
    monkeypatch.setattr(restored, "_LOOK_SECONDS", 0.2)
    taking = asyncio.create_task(outbox.to_draft("m1", NOW, tmp_path / "copies"))
    await asyncio.to_thread(drive.asked.wait, 30)
    await outbox.put(letter(2), [b"x"], NOW)
    back = await taking
    assert Path(back.attachments[0].path).parent.parent == tmp_path / "copies"
    assert Path(back.attachments[0].path).read_bytes() == bytes(100_000)
