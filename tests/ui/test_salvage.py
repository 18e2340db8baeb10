"""When the mail cannot be opened: what can be read is counted and saved, and nothing is thrown away."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit

from app.cli import WindowRequest
from app.errors import Problem, Reason, StorageError
from app.instance import FileLock
from app.services import open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from tests.app.storage.test_salvage import DRAFTS, MESSAGES, typed
from tests.app.storage.test_salvage import filled as filled  # noqa: PLC0414 - a fixture is found by its name here
from tests.ui.composer.writing import until
from ui.composer.window import ComposerWindow
from ui.demo.start import open_demo
from ui.failure import DamageDialog
from ui.main import _mended, until_closed
from ui.salvage import SalvageDialog
from ui.widgets.buttons import LinkButton

pytestmark = pytest.mark.case("L3")

CORRUPT = Problem.of(Reason.STORAGE_CORRUPT, file="absender.db")


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> DataFolder:
    """A data folder whose database lost its first page."""
    shutil.copytree(filled, tmp_path / "home")
    folder = DataFolder(tmp_path / "home")
    folder.database.write_bytes(bytes(16384) + folder.database.read_bytes()[16384:])
    return folder


async def shown(folder: DataFolder, problem: Problem = CORRUPT) -> SalvageDialog:
    dialog = SalvageDialog(problem, folder)
    dialog.open()
    await until(lambda: "Looking" not in dialog.found.text() and dialog.found.text())
    return dialog


def links(dialog: SalvageDialog) -> dict[str, LinkButton]:
    return {link.text(): link for link in dialog.notice.findChildren(LinkButton) if not link.isHidden()}


async def choose(dialog: QDialog, place: Path) -> None:
    await until(lambda: dialog.findChildren(QFileDialog))
    (chooser,) = dialog.findChildren(QFileDialog)
    (name,) = chooser.findChildren(QLineEdit, "fileNameEdit")
    name.setText(str(place))
    chooser.accept()


async def test_what_can_be_read_is_counted_and_saved(folder: DataFolder, tmp_path: Path) -> None:
    dialog = await shown(folder)
    assert dialog.found.text() == f"Your mail can be read: {MESSAGES + DRAFTS} messages."
    assert dialog.found.detail() == f"Outbox: {MESSAGES} · Drafts: {DRAFTS}"
    (tmp_path / "out").mkdir()
    dialog.save.click()
    await choose(dialog, tmp_path / "out")
    await until(lambda: f"{MESSAGES + DRAFTS} messages" in dialog.notice.text())
    assert len(list((tmp_path / "out").rglob("*.eml"))) == MESSAGES + DRAFTS
    assert dialog.notice.kind() == "good"


async def test_a_place_that_takes_nothing_is_told(folder: DataFolder, tmp_path: Path) -> None:
    dialog = await shown(folder)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "outbox").write_text("mine")
    dialog.save.click()
    await choose(dialog, tmp_path / "out")
    await until(lambda: dialog.notice.kind() == "bad" and dialog.save.isEnabled())
    assert "outbox could not be saved" in dialog.notice.text()


async def test_starting_afresh_asks_and_keeps_the_damaged_file(folder: DataFolder) -> None:
    damaged = folder.database.read_bytes()
    dialog = await shown(folder)
    dialog.afresh.click()
    links(dialog)["Cancel"].click()
    assert folder.database.exists()
    dialog.afresh.click()
    links(dialog)["Start afresh"].click()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert not folder.database.exists()
    (broken,) = folder.home.glob("absender.broken-*.db")
    assert broken.read_bytes() == damaged
    async with open_services(folder, keychain=MemoryKeychain()) as services:
        assert await services.drafts.list() == []


async def test_nothing_is_set_aside_while_a_command_delivers(folder: DataFolder) -> None:
    held = FileLock(folder.delivery_lock)
    assert held.acquire()
    dialog = await shown(folder)
    dialog.afresh.click()
    links(dialog)["Start afresh"].click()
    assert dialog.notice.kind() == "bad"
    assert folder.database.exists()
    held.release()


async def test_a_newer_database_is_never_set_aside(folder: DataFolder) -> None:
    dialog = await shown(folder, Problem.of(Reason.STORAGE_NEWER, file="absender.db", version=9, known=4))
    assert dialog.afresh.isHidden()
    assert dialog.save.isEnabled()


async def test_a_file_without_any_message_offers_none_to_save(folder: DataFolder) -> None:
    folder.database.write_bytes(b"")
    dialog = await shown(folder)
    assert dialog.found.text() == "No message in it can be read."
    assert not dialog.save.isEnabled()
    dialog.reject()


async def open_dialog(kind: type[QDialog]) -> QDialog:
    await until(
        lambda: [each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()]
    )
    (dialog,) = [each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()]
    return dialog


async def test_the_start_goes_on_only_when_the_database_was_set_aside(folder: DataFolder) -> None:
    starting = asyncio.ensure_future(_mended(CORRUPT, folder))
    dialog = await open_dialog(SalvageDialog)
    dialog.reject()
    assert not await starting
    assert WindowRequest(folder).folder.has_database


async def test_damage_met_while_running_is_told_once_and_drafts_are_kept() -> None:
    async with open_demo() as demo:
        desk, services = demo.desk, demo.services
        desk.mailbox()
        composer = desk.compose(typed(1))
        running = asyncio.ensure_future(until_closed(desk))
        await asyncio.sleep(0.05)

        def damaged(_: object) -> None:
            raise StorageError(CORRUPT)

        for _ in range(3):
            with pytest.raises(StorageError):
                await services.database.read(damaged)
        dialog = await open_dialog(DamageDialog)
        assert composer.isVisible()
        assert isinstance(composer, ComposerWindow)
        composer.body.textCursor().insertText("Noch ein Satz. ")
        dialog.accept()
        async with asyncio.timeout(20):
            await running
        assert desk.damage == CORRUPT
        (kept,) = await services.drafts.list()
        assert "Noch ein Satz." in kept.draft.text


async def test_who_would_rather_go_on_is_not_asked_again() -> None:
    async with open_demo() as demo:
        window = demo.desk.mailbox()
        demo.desk._take_damage(CORRUPT)
        (await open_dialog(DamageDialog)).reject()
        demo.desk._take_damage(CORRUPT)
        await asyncio.sleep(0.05)
        assert demo.desk.damage is None
        assert window.isVisible()
