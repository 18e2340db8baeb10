"""Files of the preview: which one to open, by dialog or dropped, and where to save; each is written whole or not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLocale, QMimeData
from PySide6.QtWidgets import QFileDialog, QWidget

from app.preview.csv_text import Separator
from app.storage.eml_file import EmlFile
from ui.file_dialog import chosen_one, new_file_dialog
from ui.texts import translate

__all__ = ["ask_csv_file", "ask_file", "ask_picture_folder", "dropped_file", "names_beside", "save_all"]


async def ask_file(parent: QWidget, title: str) -> Path | None:
    """Return a directory or policy to open; None if the person would rather not."""
    dialog = await new_file_dialog(parent, title)
    dialog.setObjectName("openPreview")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    kinds = [
        translate("preview", "Directories and policies (*.json *.jws)"),
        translate("preview", "All files (*)"),
    ]
    dialog.setNameFilters(kinds)
    return await chosen_one(dialog)


async def ask_csv_file(parent: QWidget) -> tuple[Path, Separator] | None:
    """Return where and how to save the table of those concerned; None if the person would rather not."""
    dialog = await new_file_dialog(parent, translate("preview", "Save the people concerned"))
    dialog.setObjectName("saveCsvFile")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    kinds = {
        translate("preview", "Tables with commas (*.csv)"): Separator.COMMA,
        translate("preview", "Tables with semicolons, for Excel with a decimal comma (*.csv)"): Separator.SEMICOLON,
    }
    dialog.setNameFilters(list(kinds))
    usual = Separator.SEMICOLON if QLocale.system().decimalPoint() == "," else Separator.COMMA
    dialog.selectNameFilter(next(kind for kind, separator in kinds.items() if separator is usual))
    chosen = []
    dialog.accepted.connect(lambda: chosen.append(kinds.get(dialog.selectedNameFilter(), usual)))
    dialog.setDefaultSuffix("csv")
    dialog.selectFile(translate("preview", "outbound-gateways.csv"))
    file = await chosen_one(dialog)
    return (file, chosen[0]) if file is not None else None


async def ask_picture_folder(parent: QWidget) -> Path | None:
    """Return a folder for the pictures; None if the person would rather not."""
    dialog = await new_file_dialog(parent, translate("preview", "Save the pictures in this folder"))
    dialog.setObjectName("savePictures")
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return await chosen_one(dialog)


def names_beside(first: Path | None, origin: str, second: Path) -> tuple[str, str]:
    """Return what two files are called beside each other: with their folders where they have the same name.

    Without a `first` file there is only what it is said to be from, `origin`.
    """
    if first is None or first.name != second.name:
        return origin, second.name
    return f"{first.parent.name}/{first.name}", f"{second.parent.name}/{second.name}"


def dropped_file(data: QMimeData) -> Path | None:
    """Return the one file that is dragged, or None."""
    urls = data.urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None


def save_all(files: Sequence[tuple[Path, bytes]]) -> None:
    """Write files, each in place of what had its name; raises StorageError."""
    for file, data in files:
        with EmlFile(file, replace=True) as opened:
            opened.write(data)
