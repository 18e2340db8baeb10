"""Where to save a message: the system's own dialog, which also asks before a file is written over."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from ui.file_dialog import chosen_one, new_file_dialog
from ui.texts import translate

__all__ = ["ask_eml_file", "ask_folder"]


async def ask_eml_file(parent: QWidget, name: str) -> Path | None:
    """Return where to save a message, `name` proposed; None if the person would rather not."""
    dialog = await new_file_dialog(parent, translate("saving", "Save as .eml"))
    dialog.setObjectName("saveEml")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setNameFilter(translate("saving", "Messages (*.eml)"))
    dialog.setDefaultSuffix("eml")
    dialog.selectFile(name)
    return await chosen_one(dialog)


async def ask_folder(parent: QWidget) -> Path | None:
    """Return a folder to save several messages in; None if the person would rather not."""
    dialog = await new_file_dialog(parent, translate("saving", "Save the messages in this folder"))
    dialog.setObjectName("saveFolder")
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return await chosen_one(dialog)
