"""A disk that takes nothing: Send says so before it says 'queued', the text stays, and can go elsewhere."""

from __future__ import annotations

import email
import email.policy
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from app.errors import Reason
from app.storage.reserve import RESERVE_SIZE
from tests.servers.disk import fill, filled, small_disk
from tests.ui.composer.writing import Writing, until
from ui.composer.window import ComposerWindow
from ui.messages import WORDS
from ui.widgets.buttons import LinkButton

pytestmark = [pytest.mark.system("mount"), pytest.mark.case("L2")]

TEXT = "Guten Tag, das soll nicht verloren gehen."


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small disk on which the demo has its data folder."""
    with small_disk(tmp_path / "disk", "8m") as disk:
        monkeypatch.setattr(tempfile, "tempdir", str(disk))
        yield disk


def write(window: ComposerWindow) -> None:
    QTest.keyClicks(window.header.fields["to"].line, "kunde@extern.example,")
    QTest.keyClicks(window.header.subject, "Angebot")
    QTest.keyClicks(window.body, TEXT)


def actions(window: ComposerWindow) -> dict[str, LinkButton]:
    return {link.text(): link for link in window.notice.findChildren(LinkButton) if not link.isHidden()}


@contextmanager
def without_reserve(desk: Writing, disk: Path) -> Iterator[None]:
    """Let nothing at all be kept until the context ends."""
    desk.demo.services.folder.reserve.unlink()
    with filled(disk):
        yield


def says(window: ComposerWindow, reason: Reason) -> bool:
    happened = WORDS[reason]()[0]
    return window.notice.isVisible() and window.notice.text().startswith(happened.partition("{")[0])


async def is_refused(desk: Writing, window: ComposerWindow, reason: Reason) -> None:
    """Press Send and see that nothing was queued, that the window says so, and that its text is as it was."""
    window.bar.send.click()
    await until(lambda: says(window, reason) and window.bar.send.isEnabled())
    assert desk.queued == []
    assert await desk.messages() == []
    assert window.isVisible()
    assert window.body.content().text.startswith(TEXT)
    assert {"Save as .eml …", "Copy text"} <= actions(window).keys()


async def test_send_on_a_full_disk_queues_nothing_and_the_draft_is_saved_from_the_reserve(
    disk: Path, desk: Writing
) -> None:
    window = desk.open()
    folder = desk.demo.services.folder
    assert folder.reserve.stat().st_size == RESERVE_SIZE
    with filled(disk):
        write(window)
        await until(lambda: window.bar.saved.text().startswith("Draft saved"))
        assert not folder.reserve.exists()
        fill(disk)
        await is_refused(desk, window, Reason.STORAGE_FULL)
        (saved,) = await desk.demo.services.drafts.list()
        assert saved.draft.text.startswith(TEXT)
    window.bar.send.click()
    await until(lambda: desk.queued)


async def test_a_draft_that_no_room_is_left_for_is_saved_once_there_is(
    disk: Path, desk: Writing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.composer.autosave._AGAIN", 100)
    window = desk.open()
    with without_reserve(desk, disk):
        write(window)
        await until(lambda: says(window, Reason.STORAGE_FULL))
        assert window.bar.saved.text() == "Draft not saved"
    await until(lambda: window.bar.saved.text().startswith("Draft saved"))
    assert window.notice.isHidden()
    assert (await desk.demo.services.drafts.list())[0].draft.text.startswith(TEXT)


async def test_a_text_that_cannot_be_kept_can_be_saved_elsewhere_or_copied(
    disk: Path, desk: Writing, tmp_path: Path
) -> None:
    window = desk.open()
    write(window)
    with without_reserve(desk, disk):
        await is_refused(desk, window, Reason.STORAGE_FULL)
        actions(window)["Copy text"].click()
        assert QApplication.clipboard().text().startswith(TEXT)
        await is_refused(desk, window, Reason.STORAGE_FULL)
        actions(window)["Save as .eml …"].click()
        await until(lambda: window.findChildren(QFileDialog))
        (dialog,) = window.findChildren(QFileDialog)
        assert dialog.selectedFiles()[0].endswith("Angebot.eml")
        (name,) = dialog.findChildren(QLineEdit, "fileNameEdit")
        name.setText(str(tmp_path / "Angebot.eml"))
        dialog.accept()
        await until((tmp_path / "Angebot.eml").exists)
        await until(lambda: "Close this window" in actions(window))
    message = email.message_from_bytes((tmp_path / "Angebot.eml").read_bytes(), policy=email.policy.default)
    assert (message["X-Unsent"], message["Subject"]) == ("1", "Angebot")
    assert message.get_content().startswith(TEXT)


async def test_a_window_whose_text_cannot_be_kept_closes_only_when_told_so_twice(disk: Path, desk: Writing) -> None:
    window = desk.open()
    write(window)
    with without_reserve(desk, disk):
        window.close()
        await until(lambda: "Close without saving" in actions(window))
        assert window.isVisible()
        actions(window)["Close without saving"].click()
        await until(lambda: window.draft_id in desk.closed)


async def test_a_draft_that_was_never_saved_can_be_discarded(disk: Path, desk: Writing) -> None:
    window = desk.open()
    with without_reserve(desk, disk):
        write(window)
        window.bar.discard.click()
        await until(lambda: "Discard" in actions(window))
        actions(window)["Discard"].click()
        await until(lambda: window.draft_id in desk.closed)
