"""User name and where the password comes from: the keychain, a command, or nowhere on this machine itself."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.errors import Problem
from app.setup.enrolment import Field as FormField
from app.setup.enrolment import SignInKind
from app.storage.keychain import Secret
from ui.accounts.page import clear_when_typed, first_wrong, show_field_problem
from ui.widgets import Field, PasswordField

__all__ = ["SignInFields"]


class SignInFields(QWidget):
    """The fields of a sign-in; the password stays in its field and leaves it only as a `Secret`."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.username = Field(self.tr("&Username"), name="usernameField")
        self.kind_box = QComboBox()
        self.kind = Field(self.tr("Si&gn in with"), self.kind_box, name="signInKind")
        self.password = PasswordField(self.tr("&Password"), name="passwordField")
        self.command = Field(
            self.tr("Comma&nd that prints the password"),
            name="commandField",
            hint=self.tr("Its first line is the password. It runs whenever mail is sent, without a shell."),
        )
        self._offer_kinds(with_none=False)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.username, 3)
        row.addWidget(self.kind, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(row)
        column.addWidget(self.password)
        column.addWidget(self.command)
        self.kind_box.currentIndexChanged.connect(lambda _index: self._show_kind())
        for field in (self.username, self.password, self.command):
            field.line.textEdited.connect(lambda _text: self.changed.emit())
        clear_when_typed((self.username, self.password, self.command))
        self._show_kind()

    def set_values(self, username: str, kind: SignInKind, command: str, *, allow_none: bool = False) -> None:
        """Show what was typed or stored so far; a typed password is left alone."""
        self._offer_kinds(with_none=allow_none or kind is SignInKind.NONE)
        self.username.set_text(username)
        self.kind_box.setCurrentIndex(self.kind_box.findData(kind))
        self.command.set_text(command)
        self._show_kind()

    def allow_none(self, allowed: bool) -> None:
        """Offer no sign-in at all, or no longer."""
        kind = self.chosen_kind()
        if allowed != (self.kind_box.findData(SignInKind.NONE) >= 0):
            self._offer_kinds(with_none=allowed)
            self.kind_box.setCurrentIndex(max(self.kind_box.findData(kind), 0))

    def chosen_kind(self) -> SignInKind:
        """Return where the password comes from."""
        return SignInKind(self.kind_box.currentData() or SignInKind.PASSWORD)

    def secret(self) -> Secret | None:
        """Return the typed password, if there is one and it is wanted."""
        text = self.password.text()
        return Secret(text) if text and self.chosen_kind() is SignInKind.PASSWORD else None

    def show_problems(self, problems: Mapping[FormField, Problem]) -> None:
        """Show beside each field what is wrong with it."""
        show_field_problem(self.username, problems.get(FormField.USERNAME))
        show_field_problem(self.password, problems.get(FormField.PASSWORD))
        show_field_problem(self.command, problems.get(FormField.COMMAND))

    def first_wrong(self) -> QWidget | None:
        """Return the first field that shows an error."""
        return first_wrong((self.username, self.password, self.command))

    def _offer_kinds(self, *, with_none: bool) -> None:
        self.kind_box.blockSignals(True)
        self.kind_box.clear()
        self.kind_box.addItem(self.tr("Password"), SignInKind.PASSWORD)
        self.kind_box.addItem(self.tr("Password from a command"), SignInKind.COMMAND)
        if with_none:
            self.kind_box.addItem(self.tr("No sign-in"), SignInKind.NONE)
        self.kind_box.blockSignals(False)

    def _show_kind(self) -> None:
        kind = self.chosen_kind()
        self.password.setVisible(kind is SignInKind.PASSWORD)
        self.command.setVisible(kind is SignInKind.COMMAND)
        self.username.setEnabled(kind is not SignInKind.NONE)
        self.changed.emit()
