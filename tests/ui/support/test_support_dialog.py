"""The support bundle's window: shown before it is saved, masked unless told otherwise, never over another file."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QFileDialog, QLineEdit

from app.demo.authority import PRIMARY
from app.errors import Problem, Reason
from app.storage.folder import DataFolder
from ui.demo.start import Demo, open_demo
from ui.failure import FailureDialog
from ui.mailbox.window import MailboxWindow
from ui.salvage import SalvageDialog
from ui.support.dialog import SupportDialog

NOW = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)


@pytest.fixture
async def demo() -> AsyncIterator[Demo]:
    async with open_demo() as demo:
        yield demo
        for window in demo.desk.windows:
            window.close()
        await until(lambda: not demo.desk.windows)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


async def opened(home: Path) -> SupportDialog:
    dialog = SupportDialog(DataFolder(home), lambda: NOW)
    dialog.show()
    await until(dialog.save_button.isEnabled)
    return dialog


def read(dialog: SupportDialog, name: str) -> str:
    (item,) = dialog.files.findItems(name, Qt.MatchFlag.MatchExactly)
    dialog.files.setCurrentItem(item)
    return dialog.text.toPlainText()


async def save_as(dialog: SupportDialog, file: Path) -> None:
    dialog.save_button.click()
    await until(lambda: dialog.findChildren(QFileDialog, "saveSupport"))
    (asked,) = dialog.findChildren(QFileDialog, "saveSupport")
    (name,) = asked.findChildren(QLineEdit, "fileNameEdit")
    name.setText(str(file))
    asked.done(QDialog.DialogCode.Accepted.value)
    await until(lambda: dialog.notice.text())


async def test_every_text_can_be_read_before_it_is_saved(demo: Demo, tmp_path: Path) -> None:
    window = demo.desk.mailbox()
    assert isinstance(window, MailboxWindow)
    window.menus.support.trigger()
    (dialog,) = [each for each in demo.desk.windows if isinstance(each, SupportDialog)]
    await until(dialog.save_button.isEnabled)
    shown = {
        name: read(dialog, name) for name in [dialog.files.item(row).text() for row in range(dialog.files.count())]
    }
    assert "address-1@domain-1.example" in shown["routes.txt"]
    assert PRIMARY not in "".join(shown.values())
    await save_as(dialog, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == shown
    assert "b.zip" in dialog.notice.text()


async def test_the_mask_can_be_taken_off(demo: Demo) -> None:
    dialog = await opened(demo.services.folder.home)
    assert PRIMARY not in read(dialog, "profile.txt")
    dialog.mask_box.click()
    await until(lambda: PRIMARY in dialog.text.toPlainText())
    assert dialog.files.currentItem().text() == "profile.txt"
    dialog.mask_box.click()
    await until(lambda: PRIMARY not in dialog.text.toPlainText())


async def test_another_file_is_never_replaced(tmp_path: Path) -> None:
    dialog = await opened(tmp_path / "none")
    (tmp_path / "b.zip").write_text("mine")
    await save_as(dialog, tmp_path / "b.zip")
    assert dialog.notice.kind() == "bad"
    assert (tmp_path / "b.zip").read_text() == "mine"


async def test_a_damaged_data_folder_is_told_not_feared(tmp_path: Path) -> None:
    (tmp_path / "absender.db").write_bytes(b"damaged" * 1000)
    dialog = await opened(tmp_path)
    assert "could not be read" in read(dialog, "storage.txt")


async def test_closing_while_it_gathers_harms_nothing(tmp_path: Path) -> None:
    dialog = SupportDialog(DataFolder(tmp_path), lambda: NOW)
    dialog.show()
    dialog.close()
    await asyncio.sleep(0.3)
    QApplication.processEvents()


@pytest.mark.parametrize("kind", [SalvageDialog, FailureDialog])
async def test_it_is_offered_where_the_program_cannot_start(
    tmp_path: Path, kind: type[SalvageDialog | FailureDialog]
) -> None:
    (tmp_path / "absender.db").write_bytes(b"damaged" * 1000)
    dialog = kind(Problem.of(Reason.STORAGE_CORRUPT, file="absender.db"), DataFolder(tmp_path))
    dialog.open()
    (button,) = dialog.findChildren(QAbstractButton, "supportButton")
    assert dialog.focusWidget() is not button  # Enter does what it did
    button.click()
    (support,) = dialog.findChildren(SupportDialog)
    await until(support.save_button.isEnabled)
    assert "could not be read" in read(support, "storage.txt")
    support.close()
    dialog.close()
