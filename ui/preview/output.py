"""What the preview saves: the table of those concerned, and pictures of what people will see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.errors import ExpectedError, StorageError
from app.limited import call_with_limit
from app.preview.comparison import Comparison
from app.preview.csv_text import writing, writing_units
from ui.accounts.page import show_problem
from ui.preview.files import ask_csv_file, ask_picture_folder, save_all
from ui.preview.plan import Plan
from ui.preview.slices import little_by_little
from ui.texts import translate
from ui.widgets import Notice
from ui.wording.changes import csv_words
from ui.wording.facts import harmless

__all__ = ["save_pictures", "save_table"]


async def save_table(
    comparison: Comparison, window: QWidget, notice: Notice, *, of_units: bool, are_exports: bool
) -> None:
    """Ask where, and save the people concerned or their units; `notice` says what came of it."""
    chosen = await ask_csv_file(window)
    if chosen is None or not isValid(window):
        return
    (file, separator), words = chosen, csv_words(are_exports=are_exports)
    try:
        text = await little_by_little((writing_units if of_units else writing)(comparison, words, separator))
        await call_with_limit(partial(save_all, [(file, text.encode())]), None)
    except StorageError as error:
        _show(notice, error)
    else:
        _tell(notice, "good", translate("preview", "The table was saved as {file}.").format(file=harmless(str(file))))


async def save_pictures(plan: Plan, window: QWidget, notice: Notice, now: Callable[[], datetime]) -> None:
    """Ask where, and save the pictures of the plan; `notice` says what came of it."""
    from ui.preview.pictures import take_pictures  # late: few ask for them

    folder = await ask_picture_folder(window)
    if folder is None or not isValid(window):
        return
    _tell(notice, "info", translate("preview", "The pictures are being taken…"))
    try:
        files = await take_pictures(plan, window, now)
        await call_with_limit(partial(save_all, [(folder / name, data) for name, data in files]), None)
    except ExpectedError as error:
        _show(notice, error)
    else:
        saved = translate("preview", "{count} files were saved in {folder}.")
        _tell(notice, "good", saved.format(count=len(files), folder=harmless(str(folder))))


def _show(notice: Notice, error: ExpectedError) -> None:
    if isValid(notice):
        show_problem(notice, error.problem)


def _tell(notice: Notice, kind: str, text: str) -> None:
    if isValid(notice):
        notice.show_text(kind, text)
