"""Has somebody sign in with the browser again, tests that, and keeps it."""

from __future__ import annotations

import asyncio
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.address import Address
from app.errors import ExpectedError, KeychainError
from app.oauth_client import client_for
from app.profile import SmtpServer
from app.services import Services
from ui import tasks
from ui.accounts.browser_sign_in import BrowserSignIn, Login
from ui.accounts.connection import ConnectionTest, run_test
from ui.accounts.page import keep_for_now_label, show_problem
from ui.mailbox.work import save_secret
from ui.widgets import Button, Heading, Notice, QuietLabel, fit_to_screen

__all__ = ["SignInDialog"]


class SignInDialog(QDialog):
    """Accepted once the sign-in was tested and kept, which follows by itself."""

    def __init__(self, server: SmtpServer, sender: Address, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._server = server
        self._sender = sender
        self._services = services
        self._work: asyncio.Task[Any] | None = None
        client = client_for(server.host, services.oauth_clients)
        self._name = client.name if client is not None else ""
        self.setObjectName("signInDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Sign in again"))
        text = self.tr("Mail for {host} waits until you have signed in as {username}.")
        self.notice = Notice(name="signInNotice")
        self.browser = BrowserSignIn(services, self._sign_in)
        self.browser.follow(server, self._name)
        self.browser.signed_in.connect(lambda: self._begin(for_session=False))
        self.test = ConnectionTest()
        cancel = Button(self.tr("Cancel"), name="cancelButton")
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addWidget(Heading(self.tr("Sign in again for {host}").format(host=server.host)))
        column.addWidget(QuietLabel(text.format(username=server.username, host=server.host)))
        column.addWidget(self.notice)
        column.addWidget(self.browser)
        column.addWidget(self.test)
        column.addStretch(1)
        column.addLayout(buttons)
        self.browser.start_button.setFocus()
        self.finished.connect(self._end)
        self.setMinimumWidth(624)
        fit_to_screen(self, 624, 280)

    def _sign_in(self) -> None:
        if self._work is not None and not self._work.done():
            return
        self.notice.clear()
        self.test.forget()
        self.browser.begin(Login(self._server, self._name))

    def _begin(self, *, for_session: bool) -> None:
        if self._work is None or self._work.done():
            self._work = tasks.start(self._save(for_session=for_session), name="sign in again")

    async def _save(self, *, for_session: bool) -> None:
        secret, services = self.browser.secret(), self._services
        if secret is None:
            return
        self.notice.clear()
        self.browser.setEnabled(False)
        try:
            report = await run_test(
                self._server,
                secret,
                self._sender,
                secret_of=services.secret_of,
                tls=services.mail_tls,
                view=self.test,
            )
            if report is not None and report.ok:
                await save_secret(self._server, secret, services, for_session=for_session)
                self.accept()
        except KeychainError as error:
            keep = (keep_for_now_label(self._server), lambda: self._begin(for_session=True))
            show_problem(self.notice, error.problem, [keep])
        except ExpectedError as error:
            show_problem(self.notice, error.problem)
        finally:
            self.browser.setEnabled(True)
            self.adjustSize()
            (self.browser.first_field() or self.browser.again).setFocus()

    def _end(self, result: int) -> None:
        self.browser.cancel()
        if result == QDialog.DialogCode.Rejected.value and self._work is not None:
            self._work.cancel()
