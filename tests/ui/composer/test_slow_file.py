"""While an attached file does not answer, the composer says so, keeps the draft, and lets the wait be ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.message import attachments
from app.message.draft import Attachment
from tests.ui.composer.writing import Writing, until
from ui.composer import patience
from ui.composer.window import ComposerWindow
from ui.widgets.buttons import LinkButton


@pytest.fixture(autouse=True)
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Let attached files be read only once this is set."""
    answers, read = threading.Event(), attachments._read

    def waits(attachment: Attachment, file: BinaryIO) -> bytes:
        assert answers.wait(30)
        return read(attachment, file)

    monkeypatch.setattr(attachments, "_read", waits)
    monkeypatch.setattr(patience, "SHORT_WAIT", 0.1)
    yield answers
    answers.set()


def stop_link(window: ComposerWindow) -> LinkButton | None:
    links = [link for link in window.notice.findChildren(LinkButton) if not link.isHidden()]
    return links[0] if window.notice.isVisible() and links else None


async def waiting(desk: Writing, folder: Path) -> ComposerWindow:
    """Return a composer that waits for its file after a press of Send."""
    window = desk.open()
    QTest.keyClicks(window.header.fields["to"].line, "kunde@extern.example,")
    QTest.keyClicks(window.header.subject, "Angebot")
    file = folder / "a.bin"
    file.write_bytes(b"x")
    window.attachments.add_files([str(file)])
    QTest.keyClicks(window.body, "Im Anhang.")
    window.bar.send.click()
    await until(lambda: stop_link(window) is not None)
    return window


async def test_the_wait_is_said_and_the_draft_kept(desk: Writing, tmp_path: Path, answers: threading.Event) -> None:
    window = await waiting(desk, tmp_path)
    (saved,) = await desk.demo.services.drafts.list()
    assert (saved.draft.subject, window.body.isEnabled(), desk.queued) == ("Angebot", False, [])
    answers.set()
    await until(lambda: desk.queued == [window.draft_id])
    assert await desk.demo.services.drafts.list() == []


async def test_to_stop_waiting_gives_the_message_back(desk: Writing, tmp_path: Path, answers: threading.Event) -> None:
    window = await waiting(desk, tmp_path)
    link = stop_link(window)
    assert link is not None
    QTest.keyClick(window, Qt.Key.Key_Tab)
    assert link.hasFocus()
    QTest.keyClick(link, Qt.Key.Key_Space)
    await until(window.body.isEnabled)
    assert (desk.queued, window.notice.isVisible(), window.bar.send.isEnabled()) == ([], False, True)
    assert await desk.demo.services.outbox.list() == []
    answers.set()
    window.bar.send.click()
    await until(lambda: desk.queued == [window.draft_id])
