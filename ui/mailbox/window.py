"""The main window: the policy on top, three lists at the side, messages and what there is to say about each."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.delivery.queued import QueuedMessage, State
from app.errors import DeliveryError, ExpectedError, KeychainError
from app.storage.drafts import SavedDraft
from ui import tasks
from ui.icons import application_icon, icon
from ui.language import moment
from ui.mailbox import work
from ui.mailbox.banner import PolicyBanner, why_policy
from ui.mailbox.case import Case, case_of
from ui.mailbox.detail import Detail
from ui.mailbox.draft_page import DraftPage
from ui.mailbox.entries import OUTBOX_STATES, Entry, Folder, folder_of, names_of
from ui.mailbox.folders import FolderList
from ui.mailbox.list_view import MessageList, empty_state
from ui.mailbox.menus import Menus
from ui.mailbox.message_page import MessagePage
from ui.mailbox.model import MessageModel, key_of
from ui.mailbox.steps import Step
from ui.mailbox.way_back import WayBack
from ui.messages import explain
from ui.widgets import Button, Notice, PrimaryButton, fit_to_screen

if TYPE_CHECKING:
    from app.services import Services
    from ui.desk import Desk

__all__ = ["MailboxWindow"]

_NARROW = 900
"""Below this many pixels a message stands under the list, not beside it."""
_DELETED_FOR = 10
"""Seconds in which a deletion can be undone."""
_SCHEDULED = 60
"""Seconds from which on a message counts as scheduled, and not as waiting for undo."""


class MailboxWindow(QMainWindow):
    """Drafts, Outbox and Sent of one data folder."""

    def __init__(self, services: Services, desk: Desk) -> None:
        super().__init__()
        self._services = services
        self._desk = desk
        self._changed: set[str] = set()
        self._running: set[asyncio.Task[Any]] = set()
        self._is_taking = False
        self._wanted = ""
        self.setObjectName("mailboxWindow")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowIcon(application_icon())
        self.setWindowTitle(self.tr("Mailbox"))
        self._model = MessageModel(services.outbox, services.drafts, services.now, self)
        self._build()
        self._connect()
        fit_to_screen(self, 1080, 680)
        self.show_policy()
        self.folders.choose(Folder.OUTBOX)
        self.messages.setFocus()
        self._start(self._count())

    def _build(self) -> None:
        self.menus = Menus(self)
        self.banner = PolicyBanner(self._check_policy, self._why_policy)
        self.notice = Notice(name="mailboxNotice", closable=True)
        self.way_back = WayBack()
        self.new_message = PrimaryButton(self.tr("&New message"), name="newMessageButton")
        self.new_message.setIcon(icon("pencil", "on_accent"))
        self.accounts = Button(self.tr("A&ccounts"), name="accountsButton")
        self.accounts.setIcon(icon("settings"))
        self.folders = FolderList()
        self.messages = MessageList(self._model, self._services.now)
        self.detail = Detail()
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.messages)
        self.splitter.addWidget(self.detail)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([320, 560])
        self._empty = {folder: empty_state(folder) for folder in Folder}
        self._stack = QStackedWidget()
        self._stack.addWidget(self.splitter)
        for state in self._empty.values():
            self._stack.addWidget(state)
        self.setCentralWidget(self._laid_out())

    def _laid_out(self) -> QWidget:
        side = QVBoxLayout()
        side.setSpacing(12)
        side.addWidget(self.new_message)
        side.addWidget(self.folders, 1)
        side.addWidget(self.accounts)
        main = QVBoxLayout()
        main.setSpacing(12)
        main.addWidget(self.banner)
        main.addWidget(self.notice)
        main.addWidget(self._stack, 1)
        body = QHBoxLayout()
        body.setContentsMargins(16, 12, 16, 16)
        body.setSpacing(16)
        body.addLayout(side)
        body.addLayout(main, 1)
        self.folders.setFixedWidth(max(152, self.new_message.sizeHint().width()))
        content = QWidget()
        outer = QVBoxLayout(content)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(body, 1)
        outer.addWidget(self.way_back)
        return content

    def _connect(self) -> None:
        menus, desk = self.menus, self._desk
        for button, action in ((self.new_message, menus.new), (self.accounts, menus.accounts)):
            button.clicked.connect(action.trigger)
            button.setToolTip(action.shortcut().toString())
        menus.connect(menus.new, desk.compose)
        menus.connect(menus.accounts, desk.accounts)
        menus.connect(menus.close, self.close)
        menus.connect(menus.quit, self._quit)
        menus.connect(menus.open, lambda: self._open(self.messages.current()))
        menus.connect(menus.drafts, lambda: self.folders.choose(Folder.DRAFTS))
        menus.connect(menus.outbox, lambda: self.folders.choose(Folder.OUTBOX))
        menus.connect(menus.sent, lambda: self.folders.choose(Folder.SENT))
        menus.connect(menus.why, self._why_policy)
        tasks.on_click(menus.check, self._check_policy)
        for step, action in menus.steps.items():
            menus.connect(action, partial(self._begin, step))
        self.folders.chosen.connect(self._choose_folder)
        self.messages.picked.connect(self._show_entry)
        self.messages.opened.connect(self._open)
        self._model.loaded.connect(self._loaded)
        desk.policy_changed.connect(self.show_policy)
        desk.profile_changed.connect(self.show_policy)
        self._unsubscribe = [
            self._services.outbox.subscribe(self._take_change),
            self._services.drafts.subscribe(self._take_change),
        ]

    # What is shown

    def show_policy(self) -> None:
        """Show how the policy stands now, in the banner and in what depends on it."""
        self.banner.show_policy(self._services.policy, self._services.now())
        self._show_entry(self.messages.current())

    def show_message(self, message_id: str) -> None:
        """Go to a message of the outbox."""
        self._start(self._go_to(message_id))

    def offer_undo(self, message_id: str) -> None:
        """Offer the way back for a message that was queued just now."""
        self._start(self._offer_undo(message_id))

    async def _go_to(self, message_id: str) -> None:
        entry = await self._services.outbox.get(message_id)
        self._wanted = message_id
        if folder_of(entry) is self._model.folder:
            self._loaded()
        else:
            self.folders.choose(folder_of(entry))

    def _choose_folder(self, folder: Folder) -> None:
        self.notice.clear()
        self._start(self._model.show_folder(folder))

    def _loaded(self) -> None:
        """Show the list as it is now: a row is current as long as there is any."""
        if self._model.rowCount() == 0:
            self._stack.setCurrentWidget(self._empty[self._model.folder])
            self._show_entry(None)
            return
        self._stack.setCurrentWidget(self.splitter)
        wanted = self._model.row_of(self._wanted) if self._wanted else -1
        if wanted >= 0:
            self._wanted = ""
            self.messages.pick(wanted)
        elif not self.messages.currentIndex().isValid():
            self.messages.pick(max(0, self._model.row_of(self.detail.key)))
        self._show_entry(self.messages.current())

    def _show_entry(self, entry: Entry | None) -> None:
        self.menus.show_entry(entry, self._services.policy.organisation)
        if entry is None:
            self.detail.clear()
        elif isinstance(entry, SavedDraft):
            self.detail.show_page(key_of(entry), entry, lambda: self._draft_page(entry))
        else:
            self._start(self._show_message(entry))

    def _draft_page(self, saved: SavedDraft) -> DraftPage:
        return DraftPage(saved, self._services.now(), lambda: self._open(saved), lambda: self._begin(Step.DELETE))

    async def _show_message(self, message: QueuedMessage) -> None:
        attempts = await self._services.journal.of(message.id)
        current = self.messages.current()
        if current is None or key_of(current) != message.id:
            return  # the person went on meanwhile
        case = case_of(message, attempts, self._services.the_profile, self._services.policy)
        self.detail.show_page(message.id, case, lambda: self._message_page(case))

    def _message_page(self, case: Case) -> MessagePage:
        return MessagePage(case, self._services.now(), self._act, self._give_password)

    # What changes by itself

    def _take_change(self, key: str) -> None:
        self._changed.add(key)
        if not self._is_taking:
            self._is_taking = True
            self._start(self._take_changes())

    async def _take_changes(self) -> None:
        try:
            while self._changed:
                keys, self._changed = self._changed, set()
                await self._model.take_changes(keys)
                await self._count()
        finally:
            self._is_taking = False

    async def _count(self) -> None:
        outbox = self._services.outbox
        self.folders.set_counts(
            {
                Folder.DRAFTS: len(await self._services.drafts.list()),
                Folder.OUTBOX: await outbox.count(OUTBOX_STATES),
                Folder.SENT: await outbox.count([State.SENT]),
            }
        )

    # What a person does

    def _begin(self, step: Step) -> None:
        """Take a step with the current message, from the menu or by a key."""
        entry = self.messages.current()
        if isinstance(entry, SavedDraft):
            self._start(self._delete_draft(entry))
        elif entry is not None:
            self._start(self._act(step, entry))

    async def _act(self, step: Step, message: QueuedMessage) -> None:
        self.notice.clear()
        if step is Step.DELETE:
            self._delete_message(message)
        else:
            await self._said(work.take(step, message, self._services))

    async def _give_password(self, case: Case, typed: str) -> None:
        server = case.password_for
        if server is None:
            return
        self.notice.clear()
        try:
            await work.save_password(server, typed, self._services)
        except KeychainError as error:
            words = explain(error.problem)

            def for_session() -> None:
                self.notice.clear()
                self._start(work.save_password(server, typed, self._services, for_session=True))

            action = (self.tr("Use it until Absender ends"), for_session)
            self.notice.show_text("bad", words.sentence, words.next_step, [action])

    async def _check_policy(self) -> None:
        await self._said(work.check_policy(self._services))
        self.show_policy()

    def _why_policy(self) -> None:
        why_policy(self._services.policy, self._services.now(), self).show()

    def _open(self, entry: Entry | None) -> None:
        if isinstance(entry, SavedDraft):
            self._start(self._edit(entry.draft.id))

    async def _edit(self, draft_id: str) -> None:
        draft = await self._services.drafts.load(draft_id)
        if draft is not None:
            self._desk.compose(draft)

    async def _offer_undo(self, message_id: str) -> None:
        message = await self._services.outbox.get(message_id)
        if message.state is State.HELD:
            reason = explain(message.problem).sentence if message.problem is not None else ""
            await self._go_to(message_id)
            self.notice.show_text("warn", self._about(message, self.tr("The message to {names} is held.")), reason)
            return
        now = self._services.now()
        seconds = math.ceil((message.due - now).total_seconds()) if message.due is not None else 0
        if seconds <= 0:
            return
        text = self._about(message, self.tr("Message to {names} is sent in a moment"))
        if seconds > _SCHEDULED and message.due is not None:
            when = moment(message.due, now)
            text = self._about(message, self.tr("Message to {names} goes out: {moment}"), moment=when)
        self.way_back.open_for(text, min(seconds, _SCHEDULED // 2), lambda: self._take_back(message_id))

    def _about(self, message: QueuedMessage, template: str, **facts: str) -> str:
        first, _, others = names_of(message).partition(", ")
        names = self.tr("{name} and others").format(name=first) if others else first
        return template.format(names=names, **facts)

    async def _take_back(self, message_id: str) -> None:
        """Undo sending: the message is a draft again, open as before."""
        try:
            draft = await work.back_to_drafts(message_id, self._services)
        except DeliveryError:
            self.notice.show_text("warn", self.tr("It was too late: the message is on its way."))
            return
        except ExpectedError as error:
            self._say(error)
            return
        self._desk.compose(draft)

    async def _delete_draft(self, saved: SavedDraft) -> None:
        if any(getattr(window, "draft_id", None) == saved.draft.id for window in self._desk.windows):
            self._desk.compose(saved.draft)  # its window comes to the front, where it can be discarded
            return
        await self._services.drafts.delete(saved.draft.id)

        async def back() -> None:
            self._wanted = saved.draft.id
            await self._said(self._services.drafts.save(saved.draft, saved.saved_at))

        self.way_back.open_for(self.tr("Draft deleted"), _DELETED_FOR, back)

    def _delete_message(self, message: QueuedMessage) -> None:
        """Take a message out of sight; its bytes cannot be brought back, so they go when the time is over."""

        async def back() -> None:
            self._model.unhide(message.id)
            self._wanted = message.id
            self._take_change(message.id)

        async def done() -> None:
            await self._services.outbox.delete(message.id)

        self.way_back.finish()
        self._model.hide(message.id)
        self._loaded()
        self.way_back.open_for(self.tr("Message deleted"), _DELETED_FOR, back, done)

    def _quit(self) -> None:
        for window in self._desk.windows:
            window.close()

    # Around it all

    def _start(self, task: Coroutine[Any, Any, None]) -> None:
        """Run something that ends with this window, and say what goes wrong with it."""
        running = tasks.start(self._said(task), name="mailbox")
        self._running.add(running)
        running.add_done_callback(self._running.discard)

    async def _said(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except ExpectedError as error:
            self._say(error)

    def _say(self, error: ExpectedError) -> None:
        if not isValid(self):
            return  # closed meanwhile; the message says the same when the window is opened again
        words = explain(error.problem)
        self.notice.show_text("bad", words.sentence, words.next_step)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = event.size().width() < _NARROW
        orientation = Qt.Orientation.Vertical if is_narrow else Qt.Orientation.Horizontal
        if self.splitter.orientation() != orientation:
            self.splitter.setOrientation(orientation)
            self.splitter.setSizes([160, 320] if is_narrow else [320, 560])

    def closeEvent(self, event: QCloseEvent) -> None:
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        self._model.stop()
        self.way_back.finish()
        for task in self._running:
            task.cancel()
        super().closeEvent(event)
