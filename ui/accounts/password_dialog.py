"""Asks for a server's password that is not in the keychain, tests it, and keeps it."""

from __future__ import annotations

import asyncio
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.address import Address
from app.errors import ExpectedError, KeychainError
from app.profile import SmtpServer
from app.services import Services
from app.storage.keychain import Secret
from ui import tasks
from ui.accounts.connection import ConnectionTest, run_test
from ui.accounts.page import keep_for_now_label, show_problem
from ui.mailbox.work import save_secret
from ui.widgets import Button, Heading, Notice, PasswordField, PrimaryButton, QuietLabel, fit_to_screen

__all__ = ["PasswordDialog"]


class PasswordDialog(QDialog):
    """Accepted once the password was tested and kept."""

    def __init__(self, server: SmtpServer, sender: Address, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._server = server
        self._sender = sender
        self._services = services
        self._work: asyncio.Task[Any] | None = None
        self.setObjectName("passwordDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Enter password"))
        text = self.tr("The keychain has no password for {username} at {host}.")
        self.notice = Notice(name="passwordNotice")
        self.password = PasswordField(self.tr("&Password"), name="passwordField")
        self.test = ConnectionTest()
        cancel = Button(self.tr("Cancel"), name="cancelButton")
        cancel.clicked.connect(self.reject)
        self.save_button = PrimaryButton(self.tr("&Save"), name="savePassword")
        self.save_button.clicked.connect(lambda: self._begin(for_session=False))
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addWidget(Heading(self.tr("Password for {host}").format(host=server.host)))
        column.addWidget(QuietLabel(text.format(username=server.username, host=server.host)))
        column.addWidget(self.notice)
        column.addWidget(self.password)
        column.addWidget(self.test)
        column.addStretch(1)
        column.addLayout(buttons)
        self.password.setFocus()
        self.finished.connect(self._end)
        self.setMinimumWidth(624)
        fit_to_screen(self, 624, 240)

    def _begin(self, *, for_session: bool) -> None:
        if self._work is None or self._work.done():
            self._work = tasks.start(self._save(for_session=for_session), name="password")

    async def _save(self, *, for_session: bool) -> None:
        typed = self.password.text()
        if not typed:
            self.password.set_error(self.tr("Enter the password."))
            self.password.setFocus()
            return
        self.password.set_error(None)
        self.notice.clear()
        self.save_button.setEnabled(False)
        services = self._services
        try:
            report = await run_test(
                self._server,
                Secret(typed),
                self._sender,
                secret_of=services.secret_of,
                tls=services.mail_tls,
                view=self.test,
            )
            if report is not None and report.ok:
                await save_secret(self._server, Secret(typed), services, for_session=for_session)
                self.accept()
        except KeychainError as error:
            keep = (keep_for_now_label(self._server), lambda: self._begin(for_session=True))
            show_problem(self.notice, error.problem, [keep])
        except ExpectedError as error:
            show_problem(self.notice, error.problem)
        finally:
            self.save_button.setEnabled(True)
            self.adjustSize()
            self.password.setFocus()

    def _end(self, result: int) -> None:
        if result == QDialog.DialogCode.Rejected.value and self._work is not None:
            self._work.cancel()
