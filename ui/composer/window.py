"""The composer: one message from the first key to the outbox."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QPalette, QShortcut, QTextCursor
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.address import Address
from app.errors import ExpectedError, Problem
from app.message.draft import Draft
from app.policy.evaluate import Policy
from app.profile import Profile
from app.services import Services
from ui import tasks
from ui.composer.attachments import AttachmentBar
from ui.composer.autosave import Autosave
from ui.composer.body import BodyEditor, local_files
from ui.composer.format_bar import FormatBar
from ui.composer.header import Header
from ui.composer.send_bar import SendBar
from ui.composer.signature import block_of
from ui.language import moment
from ui.theme import on_theme_change
from ui.widgets import Line, Notice, fit_to_screen

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent

    from ui.composer.checks import Warned
    from ui.desk import Desk

__all__ = ["ComposerWindow"]


class ComposerWindow(QMainWindow):
    """A message being written."""

    def __init__(self, services: Services, desk: Desk, draft: Draft | None = None) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("composer")
        self.setAcceptDrops(True)
        self._services = services
        self._desk = desk
        self._origin = draft or Draft(uuid4().hex, services.the_profile.default.address)
        self._is_saved = draft is not None
        self._is_dirty = False
        self._may_close = False
        self._is_sending = False
        self._accepted: tuple[Warned, ...] = ()
        self._unsaved: Problem | None = None
        self._saving = asyncio.Lock()
        self._build()
        self._load(self._origin)
        self._connect()

    @property
    def draft_id(self) -> str:
        """The draft's id; the message's in the outbox is the same."""
        return self._origin.id

    def _build(self) -> None:
        self.header = Header(self, self._facts, self._services, self._origin.sender)
        self.body = BodyEditor(self)
        self.tools = FormatBar(self, self.body)
        self.attachments = AttachmentBar(self)
        self.notice = Notice(self, name="composerNotice", closable=True)
        self.bar = SendBar(self)
        self.bar.show_sender(self._origin.sender)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.header, self.tools, Line()):
            column.addWidget(part)
        column.addWidget(self.body, 1)
        column.addWidget(self.attachments)
        column.addWidget(self.notice)
        column.addWidget(self.bar)
        inside.setProperty("composer", True)
        self.setCentralWidget(inside)
        self._parts = (self.header, self.tools, self.body, self.attachments, self.bar)
        inside.setAutoFillBackground(True)
        inside.setBackgroundRole(QPalette.ColorRole.Base)
        self.setMinimumSize(480, 360)
        fit_to_screen(self, 1000, 680)
        self.header.put_in_order()
        order = [self.header.subject, self.body, *self.bar.controls]
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def _connect(self) -> None:
        self._autosave = Autosave(self)
        self._autosave.due.connect(lambda: tasks.start(self._save(), name="draft"))
        self.header.changed.connect(self._changed)
        self.header.sender_changed.connect(self._switch_sender)
        self.header.subject.textChanged.connect(self._show_title)
        self.body.document().contentsChange.connect(lambda *_: self._changed())
        self.body.files_dropped.connect(self.attachments.add_files)
        self.attachments.changed.connect(self._changed)
        self.attachments.refused.connect(partial(self.notice.show_text, "bad"))
        tasks.on_click(self.tools.attach, self._choose_files)
        self.bar.send.clicked.connect(lambda: self._send_soon(None))
        self.bar.later.connect(self._send_soon)
        self.bar.discard.clicked.connect(self._ask_discard)
        for keys, call in (
            ("Ctrl+Return", self.bar.send.click),
            ("Ctrl+Enter", self.bar.send.click),
            ("Ctrl+Shift+A", self.tools.attach.click),
        ):
            QShortcut(QKeySequence(keys), self, call)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Close), self, self.close)
        self._desk.policy_changed.connect(self.header.refresh)
        self._desk.profile_changed.connect(self._follow_profile)
        on_theme_change(self, self.body.retint)

    def _load(self, draft: Draft) -> None:
        self.header.load(draft)
        self.body.load(draft.text, draft.html, draft.signature)
        if not draft.signature:
            self._take_signature(draft.sender)
            self.body.document().clearUndoRedoStacks()
            self.body.moveCursor(QTextCursor.MoveOperation.Start)
        self.attachments.show_all(draft.attachments)
        self._show_title()
        target = self.header.fields["to"].line if not draft.to else self.body if draft.subject else self.header.subject
        target.setFocus()

    def _facts(self) -> tuple[Profile, Policy]:
        return self._services.the_profile, self._services.policy

    def _show_title(self) -> None:
        subject = " ".join(self.header.subject.text().split())
        self.setWindowTitle(subject or self.tr("New message"))

    def _switch_sender(self, sender: Address) -> None:
        self._take_signature(sender)
        self.bar.show_sender(sender)

    def _take_signature(self, sender: Address) -> None:
        entry = self._services.the_profile.find(sender)
        if entry is not None:
            self.body.take_signature(block_of(entry.signature))

    def _follow_profile(self) -> None:
        self.header.refresh()
        self._take_signature(self.header.from_address)

    def _changed(self) -> None:
        self._is_dirty = True
        if self._accepted:
            self._accepted = ()
            self.notice.clear()
            self.bar.show_sender(self.header.from_address)
        self._autosave.touch()

    # Drafts

    async def current_draft(self) -> Draft:
        """Return what is typed now; a long rich text is made safe beside the window's own work."""
        content = self.body.content()
        header = self.header
        draft = replace(
            self._origin,
            sender=header.from_address,
            to=header.mailboxes("to"),
            cc=header.mailboxes("cc"),
            bcc=header.mailboxes("bcc"),
            unfinished=header.unfinished,
            subject=header.subject.text(),
            text=content.text,
            html="",
            signature=self.body.signature,
            attachments=self.attachments.attachments,
        )
        if not content.html:
            return draft
        from app.message.html import sanitise

        return replace(draft, html=await asyncio.to_thread(sanitise, content.html))

    async def keep(self) -> bool:
        """Save the draft now, as it stands; False where something prevents it, which is said in the window."""
        return await self._save()

    async def _save(self) -> bool:
        """Keep the draft; False where it could not be kept, which the window then says."""
        async with self._saving:
            if not self._is_dirty or self._may_close:  # the second may have come true before this began to run
                return True
            self._autosave.stop()
            self._is_dirty = False
            draft = await self.current_draft()
            now = self._services.now()
            try:
                if not draft.is_empty:
                    await self._services.drafts.save(draft, now)
                elif self._is_saved:
                    await self._services.drafts.delete(draft.id)
            except ExpectedError as error:
                if isValid(self):  # else it was left meanwhile
                    self._is_dirty = True
                    self._autosave.try_again()
                    self._say_unsaved(error.problem)
                return not isValid(self)
            self._is_saved = not draft.is_empty
            if isValid(self):
                self._say_saved(now)
            return True

    def _say_unsaved(self, problem: Problem) -> None:
        self.bar.saved.setText(self.tr("Draft not saved"))
        if problem != self._unsaved:  # who has closed the notice is not told every few seconds
            self._unsaved = problem
            self.show_problem(problem)

    def _say_saved(self, now: datetime) -> None:
        if self._unsaved is not None:
            self._unsaved = None
            self.bar.saved.clear()
            self.notice.clear()
        if self._is_saved:
            self.bar.saved.setText(self.tr("Draft saved {time}").format(time=moment(now, now)))

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close or not (self._is_dirty or self._is_sending or self._saving.locked()):
            event.accept()
            return
        event.ignore()
        if not self._is_sending:
            self.header.finish()
            self.hide()
            tasks.start(self._save_and_close(), name="draft")

    async def _save_and_close(self) -> None:
        if await self._save():
            self.leave()
        else:
            self.show()
            if self._unsaved is not None:
                self.show_problem(self._unsaved, leaving=True)

    def leave(self) -> None:
        """Close, whatever is not saved."""
        self._may_close = True
        self.close()

    def _ask_discard(self) -> None:
        if not (self._is_dirty or self._is_saved):
            self.leave()
            return
        self.notice.show_text(
            "warn",
            self.tr("Discard this draft? It cannot be brought back."),
            actions=[
                (self.tr("Discard"), lambda: tasks.start(self._discard(), name="discard")),
                (self.tr("Keep"), self.notice.clear),
            ],
        )

    async def _discard(self) -> None:
        async with self._saving:
            try:
                if self._is_saved:
                    await self._services.drafts.delete(self.draft_id)
            except ExpectedError as error:
                self.show_problem(error.problem, leaving=True)
                return
            self.leave()

    # Attachments

    async def _choose_files(self) -> None:
        from ui.file_dialog import ask_files

        files = await ask_files(self, self.tr("Attach files"))
        if isValid(self):
            self.attachments.add_files(map(str, files))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not self._is_sending and local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if files := local_files(event.mimeData()):
            event.acceptProposedAction()
            self.attachments.add_files(files)

    # Sending

    def _send_soon(self, due: datetime | None) -> None:
        if not self._is_sending:
            self._is_sending = True
            self.bar.setEnabled(False)
            tasks.start(self._send(due), name="send")

    async def _send(self, due: datetime | None) -> None:
        from ui.composer.patience import looked_at_with_patience

        self.header.finish()
        focused = self.focusWidget()
        self._enable(False)
        try:
            if await looked_at_with_patience(self.attachments, self.notice):
                await self._post(due)
        finally:
            self._is_sending = False
            if not self._may_close:
                self._enable(True)
                if focused is not None:
                    focused.setFocus()
                self.header.show_wrong()
        if self._may_close:
            self.close()

    def _enable(self, enabled: bool) -> None:
        """Let the message be changed or not; what is said below it stays as it is."""
        for part in self._parts:
            part.setEnabled(enabled)

    async def _post(self, due: datetime | None) -> None:
        """Queue the message; what stands against it is said in place."""
        from app.delivery.posting import post
        from ui.composer.checks import checked
        from ui.composer.patience import queued_with_patience

        async with self._saving:
            draft = await self.current_draft()
            warned = () if draft.unfinished or not draft.recipients else checked(draft)
            if warned and warned != self._accepted:
                self._show_warnings(warned)
                return
            services = self._services
            try:
                policy = await services.checked_policy()
                now = services.now()
                undo = now + timedelta(seconds=services.the_profile.undo_seconds)
                posting = post(
                    draft,
                    profile=services.the_profile,
                    policy=policy,
                    outbox=services.outbox,
                    now=now,
                    due=due or undo,
                )
                message = await queued_with_patience(posting, draft, services, self.notice)
            except ExpectedError as error:
                self.show_problem(error.problem)
                return
            if message is None:
                return
            self._may_close = True
        await self._remember(draft)
        self._desk.queued.emit(message.id)
        services.postman.wake()

    async def _remember(self, draft: Draft) -> None:
        try:
            await self._services.contacts.remember(draft.recipients, self._services.now())
        except ExpectedError:
            # The message is in the outbox; an address book that cannot be written is no reason to say otherwise.
            return

    def _show_warnings(self, warned: tuple[Warned, ...]) -> None:
        from ui.composer.checks import Check
        from ui.composer.warnings import warning_line

        lines = [warning_line(each) for each in warned]
        kinds = {each.check for each in warned}
        actions = []
        if Check.NO_ATTACHMENT in kinds:
            actions.append((self.tr("Attach …"), self.tools.attach.click))
        if Check.NO_SUBJECT in kinds:
            actions.append((self.tr("Add a subject"), self.header.subject.setFocus))
        if Check.MANY_VISIBLE in kinds:
            actions.append((self.tr("Move to Bcc"), self.header.move_to_bcc))
        self._accepted = warned
        self.notice.show_text("warn", lines[0], "\n".join(lines[1:]), actions)
        self.bar.show_sender(self.header.from_address, anyway=True)

    def show_problem(self, problem: Problem, *, leaving: bool = False) -> None:
        """Say what went wrong; where nothing can be kept, with what to do with the text, when `leaving` too."""
        from ui.composer.rescue import ways_out
        from ui.messages import explain

        explained = explain(problem)
        actions = ways_out(self, problem, leaving=leaving)
        self.notice.show_text("bad", explained.sentence, explained.next_step, actions)
