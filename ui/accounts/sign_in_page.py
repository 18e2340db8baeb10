"""The wizard's third page: the address's own server, with a live test of the connection."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.address import Address
from app.services import Services
from app.setup.enrolment import AskSignIn, ServerForm
from app.storage.keychain import Secret
from ui.accounts.connection import ConnectionTest
from ui.accounts.page import Page
from ui.accounts.server_fields import ServerFields
from ui.messages import security_line
from ui.widgets import Button, QuietLabel

__all__ = ["SignInPage"]

_FIELDS_WIDTH = 640


class SignInPage(Page):
    """Asks for server, user name and password, or for a sign-in with the browser."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._address: Address | None = None
        self._current = QuietLabel()
        self.fields = ServerFields(services)
        self.test_button = Button(self.tr("T&est connection"), name="testConnection")
        self.test = ConnectionTest()
        self.fields.setMaximumWidth(_FIELDS_WIDTH)
        self.fields.sign_in.signed_in.connect(self.test_button.setFocus)
        row = QHBoxLayout()
        row.addWidget(self.test_button)
        row.addStretch(1)
        self.body.addWidget(self._current)
        self.body.addWidget(self.fields)
        self.body.addLayout(row)
        self.body.addWidget(self.test)

    def show_step(self, step: AskSignIn, *, with_problems: bool) -> None:
        """Show the server's fields with proposals where nothing was typed."""
        is_new = self._address != step.address
        self._address = step.address
        domain = step.address.display.rpartition("@")[2]
        self.set_heading(self.tr("Send mail through your SMTP server"), self.tr("Step 3 of 4"))
        if step.current is not None:
            text = self.tr("You are currently using: {host}. {protection}.")
            self._current.setText(text.format(host=step.current.host, protection=security_line(step.current)))
        else:
            text = self.tr("Configure your mail to be sent through {domain} SMTP servers.")
            self._current.setText(text.format(domain=domain))
        password = self.fields.sign_in.password.line
        password.setPlaceholderText(self.tr("unchanged") if step.current is not None else "")
        if is_new:
            self.test.forget()
        self.fields.set_form(step.form, address=step.address, address_is_new=is_new, stored=step.current)
        self.fields.show_problems(step.problems if with_problems else {})

    def form(self) -> ServerForm:
        """Return what is typed now."""
        return self.fields.form()

    def secret(self) -> Secret | None:
        """Return the typed password, or what lasts of the sign-in with the browser, if there is one."""
        return self.fields.secret()

    def first_field(self) -> QWidget:
        wrong = self.fields.first_wrong()
        return wrong or self.fields.sign_in.first_field() or self.fields.host.editor
