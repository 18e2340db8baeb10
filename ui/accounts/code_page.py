"""The wizard's last page: the code that was mailed to the address."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.address import Address
from app.errors import Problem
from ui.accounts.page import Page, clear_when_typed, show_field_problem
from ui.widgets import Field, LinkButton, PlainLabel, QuietLabel

__all__ = ["CodePage"]


class CodePage(Page):
    """Asks for the confirmation code; spaces and dashes in it do no harm."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = PlainLabel()
        self.code = Field(
            self.tr("&Confirmation code"),
            name="codeField",
            hint=self.tr("Nine digits; it is valid for 24 hours."),
        )
        self.code.line.setMaximumWidth(240)
        self.code.line.setPlaceholderText("123 456 789")
        clear_when_typed((self.code,))
        self.resend = LinkButton(self.tr("&Resend email"), name="resendCode")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(QuietLabel(self.tr("Nothing arrived? Look into the spam folder, too."), wrap=False))
        row.addWidget(self.resend)
        row.addStretch(1)
        self.body.addWidget(self._text)
        self.body.addWidget(self.code)
        self.body.addLayout(row)

    def show_address(self, address: Address, *, is_only_step: bool) -> None:
        """Say where the code has gone."""
        self.set_heading(
            self.tr("Confirm {address}").format(address=address.display),
            "" if is_only_step else self.tr("Step 4 of 4"),
        )
        text = self.tr("Enter the confirmation code from the mail that was sent to {address}.")
        self._text.setText(text.format(address=address.display))

    def show_wrong(self, problem: Problem) -> None:
        """Say that the code is not right; what was typed stays."""
        show_field_problem(self.code, problem)
        self.code.line.selectAll()
        self.code.line.setFocus()

    def forget(self) -> None:
        """Empty the field: what stands there belongs to an older mail."""
        self.code.set_text("")
        self.code.set_error(None)

    def first_field(self) -> QWidget:
        return self.code.editor
