"""Where to save a message: the system's own dialog, which also asks before a file is written over."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from ui import tasks
from ui.texts import translate

__all__ = ["ask_eml_file", "ask_folder", "documents"]


async def ask_eml_file(parent: QWidget, name: str) -> Path | None:
    """Return where to save a message, `name` proposed; None if the person would rather not."""
    dialog = QFileDialog(parent, translate("saving", "Save as .eml"))
    dialog.setObjectName("saveEml")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setNameFilter(translate("saving", "Messages (*.eml)"))
    dialog.setDefaultSuffix("eml")
    dialog.setDirectory(str(documents()))
    dialog.selectFile(name)
    return await _chosen(dialog)


async def ask_folder(parent: QWidget) -> Path | None:
    """Return a folder to save several messages in; None if the person would rather not."""
    dialog = QFileDialog(parent, translate("saving", "Save the messages in this folder"))
    dialog.setObjectName("saveFolder")
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.setDirectory(str(documents()))
    return await _chosen(dialog)


def documents() -> Path:
    """Return where people keep what they write."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))


async def _chosen(dialog: QFileDialog) -> Path | None:
    accepted = await tasks.ask(dialog)
    if not isValid(dialog):  # its window was closed under it
        return None
    files = dialog.selectedFiles()
    dialog.deleteLater()
    return Path(files[0]) if accepted and files else None
