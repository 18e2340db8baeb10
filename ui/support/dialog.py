"""The support bundle in a window: what is in it, to be read before it is saved, and whether names are replaced."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.errors import StorageError
from app.limited import call_with_limit
from app.storage.folder import DataFolder
from ui import tasks
from ui.file_dialog import chosen_one, new_file_dialog
from ui.messages import explain, support_readme
from ui.texts import translate
from ui.widgets import Button, Heading, Notice, PrimaryButton, QuietLabel, fit_to_screen

if TYPE_CHECKING:
    from app.support.bundle import Bundle

__all__ = ["SupportDialog", "support_button"]

_LIST_WIDTH = 168


class SupportDialog(QDialog):
    """Shows the texts of a bundle as they would be saved; needs nothing but the data folder, in any state."""

    def __init__(self, folder: DataFolder, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._now = now
        self._bundle: Bundle | None = None
        self._work: asyncio.Task[None] | None = None
        self.setObjectName("supportDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Support bundle"))
        self._build()
        self._lay_out()
        self.finished.connect(self._end)
        self.mask_box.toggled.connect(self._gather_soon)
        self.files.currentRowChanged.connect(self._show_file)
        tasks.on_click(self.save_button, self._save)
        self._gather_soon()

    def _build(self) -> None:
        self.notice = Notice(name="supportNotice")
        self.mask_box = QCheckBox(self.tr("&Replace addresses, names, servers and paths"))
        self.mask_box.setObjectName("maskBox")
        self.mask_box.setChecked(True)
        self.files = QListWidget()
        self.files.setObjectName("supportFiles")
        self.files.setAccessibleName(self.tr("Files of the bundle"))
        self.files.setFixedWidth(_LIST_WIDTH)
        self.text = QPlainTextEdit()
        self.text.setObjectName("supportText")
        self.text.setAccessibleName(self.tr("Content of the file"))
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.close_button = Button(self.tr("&Close"), name="closeButton")
        self.close_button.clicked.connect(self.reject)
        self.save_button = PrimaryButton(self.tr("&Save…"), name="saveButton")
        self.save_button.setEnabled(False)

    def _lay_out(self) -> None:
        introduction = self.tr(
            "When something does not work, these files show somebody who helps you what Absender did. They hold no "
            "passwords and nothing that you wrote. Look at them before you pass them on; nothing is sent by itself."
        )
        content = QHBoxLayout()
        content.setSpacing(12)
        content.addWidget(self.files)
        content.addWidget(self.text, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addWidget(Heading(self.tr("Support bundle")))
        column.addWidget(QuietLabel(introduction))
        column.addWidget(self.mask_box, 0, Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self.notice)
        column.addLayout(content, 1)
        column.addLayout(buttons)
        fit_to_screen(self, 880, 640)

    def _gather_soon(self) -> None:
        if self._work is not None:
            self._work.cancel()
        self.notice.clear()
        self.save_button.setEnabled(False)
        self._work = tasks.start(self._gather(), name="support bundle")

    async def _gather(self) -> None:
        from app.support.bundle import gather

        masked = self.mask_box.isChecked()
        bundle = await asyncio.to_thread(
            gather,
            self._folder,
            self._now(),
            mask=masked,
            readme=support_readme(mask=masked),
            window=_window_facts(),
        )
        self._bundle = bundle
        row = max(0, self.files.currentRow())
        self.files.clear()
        self.files.addItems([each.name for each in bundle.files])
        self.files.setCurrentRow(min(row, self.files.count() - 1))
        self.save_button.setEnabled(True)

    def _show_file(self, row: int) -> None:
        if self._bundle is not None and row >= 0:
            self.text.setPlainText(self._bundle.files[row].text)

    async def _save(self) -> None:
        bundle = self._bundle
        if bundle is None:
            return
        self.notice.clear()
        file = await self._ask_file(f"absender-support-{self._now().astimezone():%Y-%m-%d-%H%M}.zip")
        if file is None or not isValid(self):
            return
        from app.support.bundle import save

        try:
            await call_with_limit(partial(save, bundle, file), None)
        except StorageError as error:
            words = explain(error.problem)
            self.notice.show_text("bad", words.sentence, words.next_step)
        else:
            self.notice.show_text("good", self.tr("The bundle was saved as {file}.").format(file=file))

    async def _ask_file(self, name: str) -> Path | None:
        """Return where to save; None if the person would rather not. What is there already is never replaced."""
        dialog = await new_file_dialog(self, self.tr("Save the support bundle"))
        dialog.setObjectName("saveSupport")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setNameFilter(self.tr("Zip files (*.zip)"))
        dialog.setDefaultSuffix("zip")
        dialog.selectFile(name)
        return await chosen_one(dialog)

    def _end(self) -> None:
        if self._work is not None:
            self._work.cancel()


def support_button(folder: DataFolder, window: QWidget) -> Button:
    """Return a button that opens the support bundle of a data folder over a window that says what is wrong with it."""
    button = Button(translate("support", "Support &bundle…"), name="supportButton")
    button.clicked.connect(lambda: SupportDialog(folder, lambda: datetime.now(UTC), window).open())
    return button


def _window_facts() -> dict[str, str]:
    """Return what only the windows know; none of it is foreign."""
    screens = QGuiApplication.screens()
    sizes = [f"{each.size().width()} x {each.size().height()} at {each.devicePixelRatio():g}" for each in screens]
    return {
        "Qt": qVersion(),
        "platform": QGuiApplication.platformName(),
        "style": QApplication.style().objectName(),
        "look": QGuiApplication.styleHints().colorScheme().name.lower(),
        "language": QLocale().name(),
        "screens": "; ".join(sizes),
    }
