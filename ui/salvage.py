"""What people see when their mail cannot be opened: what can still be read, saved as files, and a way to go on."""

from __future__ import annotations

import asyncio
from enum import IntEnum
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.delivery.export import export_all
from app.errors import ExpectedError, Problem, Reason, StorageError
from app.instance import FileLock
from app.limited import call_with_limit
from app.services import now
from app.storage.folder import DataFolder
from app.storage.salvage import Kind, Survey, survey
from ui import tasks
from ui.messages import explain
from ui.saving import ask_folder
from ui.support.dialog import support_button
from ui.texts import translate
from ui.widgets import Button, Heading, Notice, PlainLabel, PrimaryButton, QuietLabel

__all__ = ["SALVAGEABLE", "Choice", "SalvageDialog"]

SALVAGEABLE = frozenset(
    {
        Reason.STORAGE_CORRUPT,
        Reason.STORAGE_NEWER,
        Reason.STORAGE_FULL,
        Reason.STORAGE_READ_ONLY,
        Reason.STORAGE_FAILED,
    }
)
"""Problems with a data folder from which messages may be read all the same."""


class Choice(IntEnum):
    """How the dialog ended."""

    QUIT = QDialog.DialogCode.Rejected.value
    START_AFRESH = QDialog.DialogCode.Accepted.value


class SalvageDialog(QDialog):
    """The data folder cannot be used; its messages can be saved. Accepted when there is no database any more."""

    def __init__(self, problem: Problem, folder: DataFolder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._is_damaged = problem.reason is Reason.STORAGE_CORRUPT
        self.setObjectName("salvageDialog")
        self.setWindowTitle(self.tr("Absender cannot open your mail"))
        explained = explain(problem)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(Heading(self.tr("Absender cannot open your mail")))
        column.addWidget(PlainLabel(explained.sentence))
        if explained.next_step:
            column.addWidget(PlainLabel(explained.next_step))
        self.found = Notice(name="foundNotice")
        column.addWidget(self.found)
        self.notice = Notice(name="salvageNotice", closable=True)
        column.addWidget(self.notice)
        column.addWidget(QuietLabel(self.tr("Nothing in your data folder was changed.")))
        column.addStretch(1)
        column.addLayout(self._buttons())
        self.leave.setFocus()
        self.setMinimumWidth(624)
        tasks.start(self._look(), name="survey")

    def _buttons(self) -> QHBoxLayout:
        self.afresh = Button(self.tr("Start &afresh …"), name="startAfresh")
        self.afresh.clicked.connect(self._ask_afresh)
        self.afresh.setVisible(self._is_damaged)
        self.save = PrimaryButton(self.tr("&Save as .eml …"), name="saveAll")
        self.save.setEnabled(False)
        tasks.on_click(self.save, self._save)
        self.leave = Button(self.tr("&Quit"), name="quitButton")
        self.leave.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(support_button(self._folder, self))
        row.addWidget(self.afresh)
        row.addStretch(1)
        row.addWidget(self.leave)
        row.addWidget(self.save)
        return row

    async def _look(self) -> None:
        self.found.show_text("info", self.tr("Looking for what can be read …"))
        try:
            seen = await asyncio.to_thread(survey, self._folder.database)
        except ExpectedError:
            seen = Survey({}, 0)
        self._show_survey(seen)

    def _show_survey(self, seen: Survey) -> None:
        self.save.setEnabled(seen.saved > 0)
        if seen.saved == 0:
            self.found.show_text("warn", self.tr("No message in it can be read."))
            return
        self.save.setFocus()
        kinds = [f"{_name(kind)}: {seen.readable[kind]}" for kind in Kind if seen.readable.get(kind)]
        if seen.lost:
            text = self.tr("Your mail can be read in part: {saved} of {all} messages.")
        else:
            text = self.tr("Your mail can be read: {saved} messages.")
        text = text.format(saved=seen.saved, all=seen.saved + seen.lost)
        self.found.show_text("warn" if seen.lost else "good", text, " · ".join(kinds))

    async def _save(self) -> None:
        place = await ask_folder(self)
        if place is None:
            return
        try:
            done = await call_with_limit(partial(export_all, self._folder.database, place, now()), None)
        except ExpectedError as error:
            self._say(error)
            return
        missing = self.tr("Not in them: {names}").format(names=", ".join(done.left_out)) if done.left_out else ""
        text = self.tr("Saved in {folder}: {count} messages. Every mail program can open them.")
        self.notice.show_text("good", text.format(folder=_short(place), count=len(done.files)), missing)

    def _ask_afresh(self) -> None:
        self.notice.show_text(
            "warn",
            self.tr("Start with an empty data folder?"),
            self.tr("The damaged file is kept beside it under a new name. You set up your addresses again."),
            [(self.tr("Start afresh"), self._start_afresh), (self.tr("Cancel"), self.notice.clear)],
        )

    def _start_afresh(self) -> None:
        locks = [FileLock(self._folder.lock), FileLock(self._folder.delivery_lock)]
        try:
            if not all(lock.acquire() for lock in locks):
                raise StorageError.because(Reason.INSTANCE_RUNNING, folder=self._folder.home)
            self._folder.set_aside(now().astimezone())
        except StorageError as error:
            self._say(error)
            return
        finally:
            for lock in locks:
                lock.release()
        self.accept()

    def _say(self, error: ExpectedError) -> None:
        explained = explain(error.problem)
        self.notice.show_text("bad", explained.sentence, explained.next_step)


def _name(kind: Kind) -> str:
    match kind:
        case Kind.SENT:
            return translate("salvage", "Sent")
        case Kind.OUTBOX:
            return translate("salvage", "Outbox")
        case Kind.DRAFT:
            return translate("salvage", "Drafts")


def _short(place: Path) -> str:
    """Return a folder as people write it."""
    home = Path.home()
    return f"~/{place.relative_to(home)}" if place.is_relative_to(home) else str(place)
