"""The main window: the policy on top, three lists at the side, messages and what there is to say about each."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.delivery.queued import QueuedMessage, State
from app.errors import ExpectedError, Problem
from app.storage.drafts import SavedDraft
from ui import tasks
from ui.icons import application_icon, icon
from ui.mailbox import work
from ui.mailbox.banner import PolicyBanner, why_policy
from ui.mailbox.case import Case, case_of, what_stands_against
from ui.mailbox.detail import Detail, has_keyboard
from ui.mailbox.draft_page import DraftPage
from ui.mailbox.entries import OUTBOX_STATES, Entry, Folder, folder_of
from ui.mailbox.folders import FolderList
from ui.mailbox.list_view import MessageList, empty_state
from ui.mailbox.menus import Menus
from ui.mailbox.message_page import MessagePage
from ui.mailbox.model import MessageModel, key_of
from ui.mailbox.new_time import TimeDialog
from ui.mailbox.passwords import Passwords
from ui.mailbox.save_copy import save_copy
from ui.mailbox.setbacks import Setbacks
from ui.mailbox.steps import Step
from ui.mailbox.tidings import Tidings
from ui.mailbox.undo import Undo
from ui.mailbox.way_back import WayBack
from ui.messages import explain
from ui.widgets import Button, LinkButton, Notice, PrimaryButton, fit_to_screen

if TYPE_CHECKING:
    from app.services import Services
    from ui.desk import Desk

__all__ = ["MailboxWindow"]

_NARROW = 900
"""Below this many pixels a message stands under the list, not beside it."""


_REST = 0.2
"""Seconds between two looks at what has changed, so that showing thousands of deliveries does not hold them up."""


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
        self.model = MessageModel(services.outbox, services.drafts, services.now, self)
        self._build()
        self._undo = Undo(services, desk, self)
        self._passwords = Passwords(services, self)
        self._setbacks = Setbacks(services, self)
        self._connect()
        fit_to_screen(self, 1080, 680)
        self.show_policy()
        self.folders.choose(Folder.OUTBOX)
        self.messages.setFocus()
        self.start(self._count())
        self.start(self.tidings.look())

    def _build(self) -> None:
        self.menus = Menus(self)
        self.banner = PolicyBanner(self._check_policy, self._why_policy)
        self.tidings = Tidings(self._services, self._desk)
        self.notice = Notice(name="mailboxNotice", closable=True)
        self.way_back = WayBack()
        self.new_message = PrimaryButton(self.tr("&New message"), name="newMessageButton")
        self.new_message.setIcon(icon("pencil", "on_accent"))
        self.accounts = Button(self.tr("A&ccounts"), name="accountsButton")
        self.accounts.setIcon(icon("settings"))
        self.folders = FolderList()
        self.messages = MessageList(self.model, self._services.now)
        self.detail = Detail(self.messages)
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
        main.addWidget(self.tidings)
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
        menus.connect(menus.support, desk.support)
        menus.connect(menus.preview, desk.preview)
        menus.connect(menus.close, self.close)
        menus.connect(menus.quit, self._quit)
        menus.connect(menus.open, lambda: self._open(self.messages.current()))
        tasks.on_click(menus.save, self._save_copy)
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
        self.messages.menu_wanted.connect(menus.popup)
        self.model.loaded.connect(self._loaded)
        self.tidings.wanted.connect(self.show_message)
        desk.surroundings.changed.connect(lambda: self.take_change(""))
        desk.policy_changed.connect(self.show_policy)
        desk.profile_changed.connect(self.show_policy)
        self._unsubscribe = [
            self._services.outbox.subscribe(self.take_change),
            self._services.drafts.subscribe(self.take_change),
        ]

    # What is shown

    def show_policy(self) -> None:
        """Show how the policy stands now, in the banner and in what depends on it."""
        self.banner.show_policy(self._services.policy, self._services.now())
        self.tidings.show_clock()
        self._show_entry(self.messages.current())

    def show_message(self, message_id: str) -> None:
        """Go to a message of the outbox."""
        self.start(self.go_to(message_id))

    def offer_undo(self, message_id: str) -> None:
        """Offer the way back for a message that was queued just now."""
        self.start(self._undo.offer(message_id))

    async def go_to(self, message_id: str) -> None:
        """Go to a message of the outbox; raises DeliveryError, StorageError."""
        entry = await self._services.outbox.get(message_id)
        self._wanted = message_id
        if folder_of(entry) is self.model.folder:
            self._loaded()
        else:
            self.folders.choose(folder_of(entry))

    def _choose_folder(self, folder: Folder) -> None:
        self.notice.clear()
        self.start(self.model.show_folder(folder))

    def want(self, key: str) -> None:
        """Make an entry the current one when the list next changes."""
        self._wanted = key

    def _loaded(self) -> None:
        """Show the list as it is now: a row is current as long as there is any."""
        if self.model.rowCount() == 0:
            if has_keyboard(self.splitter):
                self.folders.setFocus()
            self._stack.setCurrentWidget(self._empty[self.model.folder])
            self._show_entry(None)
            return
        self._stack.setCurrentWidget(self.splitter)
        wanted = self.model.row_of(self._wanted) if self._wanted else -1
        if wanted >= 0:
            self._wanted = ""
            self.messages.pick(wanted)
        elif not self.messages.currentIndex().isValid():
            self.messages.pick(max(0, self.model.row_of(self.detail.key)))
        self._show_entry(self.messages.current())

    def _show_entry(self, entry: Entry | None) -> None:
        self.menus.show_entry(entry, self._services.policy.organisation)
        if entry is None:
            self.detail.clear()
        elif isinstance(entry, SavedDraft):
            problem = what_stands_against(entry.draft, self._services.the_profile, self._services.policy)
            self.detail.show_page(key_of(entry), (entry, problem), lambda: self._draft_page(entry, problem))
            self._order_tabs()
        else:
            self.start(self._show_message(entry))

    def _order_tabs(self) -> None:
        """Let Tab go from the list into what is said about its current row, though that was made last."""
        links = self.banner.findChildren(LinkButton)
        reached = [each for each in self.detail.findChildren(QWidget) if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
        chain = [self.new_message, self.accounts, *links, self.folders, self.messages, *reached]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    def _draft_page(self, saved: SavedDraft, problem: Problem | None) -> DraftPage:
        discard = partial(self._begin, Step.DELETE)
        return DraftPage(saved, problem, self._services.now(), lambda: self._open(saved), discard)

    async def _show_message(self, message: QueuedMessage) -> None:
        attempts = await self._services.journal.of(message.id)
        wanted = await self._services.schedules.wanted(message.id)
        current = self.messages.current()
        if current is None or key_of(current) != message.id:
            return  # the person went on meanwhile
        services = self._services
        case = case_of(message, attempts, services.the_profile, services.policy, wanted)
        case = replace(case, refused_again=self._passwords.is_refused_again(message))
        self.detail.show_page(message.id, case, lambda: self._message_page(case))
        self._order_tabs()

    def _message_page(self, case: Case) -> MessagePage:
        return MessagePage(case, self._services.now(), self._act, self._passwords.give, self._passwords.sign_in)

    # What changes by itself

    def take_change(self, key: str) -> None:
        """Bring up to date what the change of a draft or message concerns."""
        self._changed.add(key)
        # What was about to be told when the window closed still comes.
        if not self._is_taking and not self.model.is_stopped:
            self._is_taking = True
            self.start(self._take_changes())

    async def _take_changes(self) -> None:
        try:
            while self._changed:
                keys, self._changed = self._changed, set()
                await self.model.take_changes(keys)
                await self._undo.take_changes(keys)
                await self._setbacks.take_changes(keys)
                await self._count()
                await self.tidings.look()
                await asyncio.sleep(_REST)
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
            self.start(self._undo.delete_draft(entry))
        elif entry is not None:
            self.start(self._act(step, entry))

    async def _act(self, step: Step, message: QueuedMessage) -> None:
        self.notice.clear()
        if step is Step.DELETE:
            self._undo.delete_message(message)
        elif step is Step.NEW_TIME:
            await self.said(self._choose_time(message))
        elif step is Step.BACK_TO_DRAFTS:
            await self.said(self._undo.to_drafts(message))
        else:
            await self.said(work.take(step, message, self._services))

    async def _choose_time(self, message: QueuedMessage) -> None:
        dialog = TimeDialog(self._services.now(), self)
        if await tasks.ask(dialog) and dialog.chosen is not None:
            await self._services.schedules.move(message.id, dialog.chosen, self._services.now())
            self._services.postman.wake()

    async def _check_policy(self) -> None:
        await self.said(work.check_policy(self._services))
        self.show_policy()

    def _why_policy(self) -> None:
        why_policy(self._services.policy, self._services.now(), self).show()

    def _open(self, entry: Entry | None) -> None:
        if isinstance(entry, SavedDraft):
            self.edit_draft(entry.draft.id)

    def edit_draft(self, draft_id: str) -> None:
        """Open a draft in a composer, if it is still there."""
        self.start(self._edit(draft_id))

    async def _edit(self, draft_id: str) -> None:
        draft = await self._services.drafts.load(draft_id)
        if draft is not None:
            self._desk.compose(draft)

    async def _save_copy(self) -> None:
        entry = self.messages.current()
        if entry is not None:
            await self.said(self._save_entry(entry))

    async def _save_entry(self, entry: Entry) -> None:
        saved = await save_copy(entry, self._services, self)
        if saved is not None and isValid(self):
            self.notice.show_text("good", *saved)

    def _quit(self) -> None:
        for window in self._desk.windows:
            window.close()

    # Around it all

    def start(self, task: Coroutine[Any, Any, None]) -> None:
        """Run something that ends with this window, and say what goes wrong with it."""
        running = tasks.start(self.said(task), name="mailbox")
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        running.add_done_callback(lambda _: task.close())  # it may have been cancelled before it began

    async def said(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something, and say here what goes wrong with it."""
        try:
            await work
        except ExpectedError as error:
            self.say(error)

    def say(self, error: ExpectedError) -> None:
        """Show what went wrong."""
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
        self.model.stop()
        self.way_back.finish()
        for task in self._running:
            task.cancel()
        super().closeEvent(event)
