"""The system's dialogs for files, opened where a drive that does not answer cannot hold the window."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QDir, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from app.limited import call_with_limit
from ui import tasks

__all__ = ["ask_files", "chosen", "chosen_one", "documents", "new_file_dialog"]

_LOOK_SECONDS = 0.5
"""For a folder to show itself: Qt looks at the one it opens in on the window's own thread."""
_last_folder: list[Path] = []
"""Where files were chosen last, if they were."""


def documents() -> Path:
    """Return where people keep what they write."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))


async def new_file_dialog(parent: QWidget, title: str, first: Iterable[Path] = ()) -> QFileDialog:
    """Return a dialog that opens in one of the folders `first` or in the documents, whichever answers.

    In many organisations the documents lie on a share. Without a folder of ours, Qt would look at the one it showed
    last. Raises CancelledError where the window was closed meanwhile.
    """
    folder = await _start_folder(first)
    if not isValid(parent):
        raise asyncio.CancelledError  # nobody is there any more who could choose
    return QFileDialog(parent, title, folder)


async def chosen(dialog: QFileDialog) -> list[Path]:
    """Show `dialog` and return what was chosen; nothing if the person would rather not, or its window was closed."""
    accepted = await tasks.ask(dialog)
    if not isValid(dialog):  # its window was closed under it
        return []
    files = dialog.selectedFiles() if accepted else []
    dialog.deleteLater()
    return [Path(file) for file in files]


async def chosen_one(dialog: QFileDialog) -> Path | None:
    """Show `dialog` and return the one file or folder that was chosen, if any was."""
    return next(iter(await chosen(dialog)), None)


async def ask_files(parent: QWidget, title: str) -> list[Path]:
    """Return the files that a person chooses, any number of them; the next time from the same folder."""
    dialog = await new_file_dialog(parent, title, _last_folder)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    files = await chosen(dialog)
    if files:
        _last_folder[:] = [files[0].parent]
    return files


async def _start_folder(first: Iterable[Path]) -> str:
    for folder in (*first, documents(), Path.home()):
        try:
            if await call_with_limit(folder.is_dir, _LOOK_SECONDS):
                return str(folder)
        except TimeoutError:
            continue
    return QDir.rootPath()
