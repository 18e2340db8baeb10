"""The Accounts dialog: works on a copy; Save commits once, Cancel drops everything."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.delivery.outbox import State
from app.errors import ExpectedError, KeychainError
from app.profile import OAuthSignIn, SendAsAddress
from app.services import Services
from app.setup.adding import save_changes
from ui import tasks
from ui.accounts import edges
from ui.accounts.edits import Accounts, Edits
from ui.accounts.page import show_problem
from ui.accounts.panel import AccountsPanel
from ui.accounts.password_dialog import PasswordDialog
from ui.accounts.sign_in_dialog import SignInDialog
from ui.accounts.wizard import AddAddressDialog
from ui.mailbox.banner import why_policy
from ui.widgets import Button, Line, Notice, PrimaryButton, fit_to_screen, scrolled

if TYPE_CHECKING:
    from ui.desk import Desk

__all__ = ["AccountsDialog"]


class AccountsDialog(QDialog):
    """All addresses of the profile under its policy."""

    _outbox_changed = Signal()

    def __init__(self, services: Services, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._desk = desk
        self._edits = Edits()
        self._held: dict[str, int] = {}
        self._no_secret: frozenset[str] = frozenset()
        self._running: set[asyncio.Task[Any]] = set()
        self.setObjectName("accountsDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Accounts"))
        self.panel = AccountsPanel()
        self.notice = Notice(name="accountsNotice", closable=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scrolled(self.panel), 1)
        column.addWidget(Line())
        column.addWidget(self.notice)
        column.addLayout(self._footer())
        self._connect()
        fit_to_screen(self, 880, 696)
        self.show_now()
        self._start(self._look_around())

    def show_now(self) -> None:
        """Show profile and policy as they stand now, with the changes that are not saved yet."""
        stored = self._services.the_profile
        gone = self._edits.deleted
        deleted = tuple((place, entry) for place, entry in enumerate(stored.addresses) if entry.id in gone)
        self.panel.show_accounts(
            Accounts(
                profile=self._edits.applied(stored),
                policy=self._services.policy,
                now=self._services.now(),
                held=self._held,
                no_secret=self._no_secret,
                deleted=deleted,
            )
        )
        self.save_button.setEnabled(self._edits.applied(stored) != stored)

    def policy_changed(self) -> None:
        """Show the policy as it stands now."""
        self.show_now()

    def _footer(self) -> QHBoxLayout:
        cancel = Button(self.tr("Cancel"), name="cancelButton")
        cancel.clicked.connect(self.reject)
        self.save_button = PrimaryButton(self.tr("&Save"), name="saveAccounts")
        # Return in the search field is not meant to save.
        self.save_button.setDefault(False)
        self.save_button.setAutoDefault(False)
        tasks.on_click(self.save_button, self._save)
        row = QHBoxLayout()
        row.setContentsMargins(24, 12, 24, 16)
        row.setSpacing(12)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.save_button)
        return row

    def _connect(self) -> None:
        panel, desk = self.panel, self._desk
        panel.make_default.connect(lambda entry_id: self._change(replace(self._edits, default_id=entry_id)))
        panel.delete.connect(lambda each: self._change(replace(self._edits, deleted=self._edits.deleted | {each})))
        panel.restore.connect(lambda each: self._change(replace(self._edits, deleted=self._edits.deleted - {each})))
        panel.reply_from.connect(lambda value: self._change(replace(self._edits, reply_from=value)))
        panel.when_missed.connect(lambda value: self._change(replace(self._edits, when_missed=value)))
        panel.undo_seconds.connect(lambda value: self._change(replace(self._edits, undo_seconds=value)))
        panel.add.connect(lambda: self._open_wizard(None))
        panel.edit.connect(lambda each: self._open_wizard(self._entry(each)))
        panel.verify.connect(lambda each: self._open_wizard(self._entry(each), verify=True))
        panel.password.connect(self._ask_password)
        panel.choose.connect(lambda _entry_id: desk.mailbox())
        panel.check_now.connect(lambda: self._start(self._check()))
        panel.why.connect(self._why)
        desk.policy_changed.connect(self.show_now)
        desk.profile_changed.connect(self.show_now)
        services = self._services
        # The outbox and the watch may tell from within their own work; the window looks when that is done.
        self._outbox_changed.connect(lambda: self._start(self._count_held()), Qt.ConnectionType.QueuedConnection)
        self._stop: list[Callable[[], None]] = [services.outbox.subscribe(lambda _id: self._outbox_changed.emit())]
        if services.watch is not None:
            self._stop.append(services.watch.subscribe(lambda _policy: self.show_now()))
        self.finished.connect(lambda _result: self._end())

    def _change(self, edits: Edits) -> None:
        self._edits = edits
        self.notice.clear()
        self.show_now()

    def _entry(self, entry_id: str) -> SendAsAddress:
        return self._services.the_profile.get(entry_id)

    def _open_wizard(self, entry: SendAsAddress | None, *, verify: bool = False) -> None:
        wizard = AddAddressDialog(self._services, self, entry, verify=verify)
        wizard.profile_changed.connect(self._desk.profile_changed)
        wizard.finished.connect(lambda _result: self._start(self._look_for_secrets()))
        wizard.open()

    def _ask_password(self, entry_id: str) -> None:
        entry = self._entry(entry_id)
        server = entry.smtp_msa or self._services.the_profile.organisation_server
        kind = SignInDialog if isinstance(server.sign_in, OAuthSignIn) else PasswordDialog
        dialog = kind(server, entry.address, self._services, self)
        dialog.finished.connect(lambda _result: self._start(self._look_for_secrets()))
        dialog.open()

    def _why(self) -> None:
        why_policy(self._services.policy, self._services.now(), self).show()

    async def _check(self) -> None:
        if self._services.watch is not None:
            await self._services.watch.refresh()
        self.show_now()

    async def _save(self) -> None:
        """Commit all changes at once; what may not be is said, and everything stays as it is."""
        services = self._services
        changed = self._edits.applied(services.the_profile)
        try:
            kept = await save_changes(
                changed, profiles=services.profiles, keychain=services.keychain, outbox=services.outbox
            )
        except ExpectedError as error:
            show_problem(self.notice, error.problem)
            return
        await services.take_profile(kept)
        self._desk.profile_changed.emit()
        self.accept()

    async def _look_around(self) -> None:
        """Look at what takes a while: the policy, the outbox, the keychain."""
        if not await tasks.painted(self):
            return
        await self._count_held()
        if self._services.watch is not None:
            await self._services.watch.fresh_enough()
        self.show_now()
        await self._look_for_secrets()

    async def _count_held(self) -> None:
        senders = Counter(message.sender for message in await self._services.outbox.list([State.HELD]))
        self._held = {
            entry.id: senders[entry.address] for entry in self._services.the_profile.addresses if senders[entry.address]
        }
        self.show_now()

    async def _look_for_secrets(self) -> None:
        """Mark the addresses whose password, or sign-in, the keychain does not have."""
        profile, missing = self._services.the_profile, set()
        try:
            for entry in profile.addresses:
                server = entry.smtp_msa or (profile.organisation_server if entry.is_primary else None)
                if server is not None and await edges.lacks_secret(server, self._services):
                    missing.add(entry.id)
        except KeychainError as error:
            show_problem(self.notice, error.problem, kind="warn")
        self._no_secret = frozenset(missing)
        self.show_now()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = tasks.start(work, name="accounts")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _end(self) -> None:
        for stop in self._stop:
            stop()
        self._stop.clear()
        for task in self._running:
            task.cancel()
