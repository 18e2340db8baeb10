"""The fields of a mail server: name, port, sign-in, and how the connection is protected."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from app.address import Address
from app.errors import Problem
from app.profile import Security, SmtpServer, is_loopback
from app.services import Services
from app.setup.enrolment import PORTS, ServerForm, recommended
from app.setup.enrolment import Field as FormField
from app.storage.keychain import Secret
from ui.accounts.page import clear_when_typed, first_wrong, show_field_problem
from ui.accounts.sign_in_fields import SignInFields
from ui.messages import explain
from ui.widgets import Field, PlainLabel

__all__ = ["ServerFields"]


class ServerFields(QWidget):
    """Collects a `ServerForm`; "(recommended)" moves with the port, and the choice with it until it is touched."""

    changed = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._touched = False
        self.host = Field(self.tr("&SMTP server"), name="hostField")
        self.port_box = QComboBox()
        self.port_box.setEditable(True)
        self.port_box.addItems([str(port) for port in PORTS])
        self.port = Field(self.tr("P&ort"), self.port_box, name="portField")
        self.sign_in = SignInFields(services, self.form, self.show_problems)
        self.radios = {security: QRadioButton() for security in Security}
        self._security_problem = PlainLabel()
        self._security_problem.setProperty("bad", True)
        self._security_problem.hide()
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.host, 4)
        top.addWidget(self.port, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(top)
        column.addWidget(self.sign_in)
        column.addLayout(self._protection())
        self.host.line.textEdited.connect(lambda _text: self._take_host())
        self.port_box.currentTextChanged.connect(lambda _text: self._look_again())
        self.sign_in.changed.connect(self.changed)
        clear_when_typed((self.host,))
        self.port_box.currentTextChanged.connect(lambda _text: self.port.set_error(None))

    def set_form(
        self, form: ServerForm, *, address: Address, address_is_new: bool, stored: SmtpServer | None = None
    ) -> None:
        """Show a form; the password or sign-in of another address is not kept. `stored` is the server used now."""
        if address_is_new:
            self.sign_in.forget_secret()
        self._touched = form.security is not None and form.security is not form.recommended
        self.host.set_text(form.host or "")
        self.port_box.setCurrentText(form.port)
        local = is_loopback(form.host or "")
        self.sign_in.set_form(form, address=address, stored=stored, local=local)
        self._show_recommended()
        self.radios[form.security or form.recommended].setChecked(True)

    def form(self) -> ServerForm:
        """Return what is typed now."""
        security = next(each for each, radio in self.radios.items() if radio.isChecked())
        return ServerForm(
            host=self.host.text(),
            port=self.port_box.currentText(),
            security=security,
            username=self.sign_in.username.text(),
            kind=self.sign_in.chosen_kind(),
            command=self.sign_in.command.text(),
            own_client=self.sign_in.own_client(),
            password_given=self.secret() is not None,
        )

    def secret(self) -> Secret | None:
        """Return the typed password, or what lasts of the sign-in with the browser, if there is one."""
        return self.sign_in.secret()

    def show_problems(self, problems: Mapping[FormField, Problem]) -> None:
        """Show beside each field what is wrong with it."""
        show_field_problem(self.host, problems.get(FormField.HOST))
        show_field_problem(self.port, problems.get(FormField.PORT))
        security = problems.get(FormField.SECURITY)
        self._security_problem.setText(explain(security).sentence if security else "")
        self._security_problem.setVisible(security is not None)
        self.sign_in.show_problems(problems)

    def first_wrong(self) -> QWidget | None:
        """Return the first field that shows an error."""
        return first_wrong((self.host, self.port)) or self.sign_in.first_wrong()

    def _protection(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        group = QButtonGroup(self)
        for security, radio in self.radios.items():
            radio.setObjectName(f"security-{security}")
            group.addButton(radio)
            column.addWidget(radio)
            radio.clicked.connect(self._touch)
        self.radios[Security.STARTTLS].setChecked(True)
        self._show_recommended()
        column.addWidget(self._security_problem)
        return column

    def _touch(self) -> None:
        self._touched = True
        self.changed.emit()

    def _take_host(self) -> None:
        host = self.host.text().strip()
        self.sign_in.set_host(host, local=is_loopback(host))
        self._look_again()

    def _look_again(self) -> None:
        self._show_recommended()
        if not self._touched:
            self.radios[self._recommended()].setChecked(True)
        self.changed.emit()

    def _recommended(self) -> Security:
        return recommended(465 if self.port_box.currentText().strip() == "465" else 587)

    def _show_recommended(self) -> None:
        labels = {
            Security.STARTTLS: (
                self.tr("Secured connection using &TLS"),
                self.tr("Secured connection using &TLS (recommended)"),
            ),
            Security.SSL: (
                self.tr("Secured connection using SS&L"),
                self.tr("Secured connection using SS&L (recommended)"),
            ),
            Security.NONE: (self.tr("Unse&cured connection"), self.tr("Unse&cured connection")),
        }
        best = self._recommended()
        for security, radio in self.radios.items():
            text = labels[security][security is best]
            radio.setText(text)
            radio.setAccessibleName(text.replace("&", ""))
        # Without protection only to this machine itself; elsewhere it is not even offered.
        unsecured = self.radios[Security.NONE]
        unsecured.setVisible(is_loopback(self.host.text().strip()) or unsecured.isChecked())
