"""The wizard's first page: name, address, alias mark and reply-to address."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QVBoxLayout, QWidget

from app.setup.enrolment import AskAddress, Enrolment
from app.setup.enrolment import Field as FormField
from ui.accounts.page import Page, clear_when_typed, first_wrong, show_field_problem
from ui.messages import name_of_target
from ui.texts import translate
from ui.widgets import Field, LinkButton, QuietLabel

__all__ = ["AddressPage"]

_FIELD_WIDTH = 560
_SIGNATURE_LINES = 4


class AddressPage(Page):
    """Asks for what recipients will see."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = Field(self.tr("&Name"), name="nameField")
        self.address = Field(self.tr("&Email address"), name="addressField")
        self.alias = QCheckBox(self.tr("&Treat as an alias"))
        self.alias.setObjectName("treatAsAlias")
        meaning = QuietLabel(
            self.tr(
                "Keep this for a mailbox or group of your own: mail to it then counts as mail to you. "
                "Clear it when you write for somebody else."
            )
        )
        meaning.setContentsMargins(26, 0, 0, 0)
        self.alias.setAccessibleDescription(meaning.text())
        self.reply_link = LinkButton(self.tr("Specify a different “&reply-to” address"), name="replyToLink")
        self.reply_to = Field(
            self.tr("&Reply-to address"), name="replyToField", hint=self.tr("Leave it empty for none.")
        )
        self.reply_link.clicked.connect(self._ask_reply_to)
        self._signature = QPlainTextEdit()
        self._signature.setTabChangesFocus(True)
        self._signature.setFixedHeight(self._signature.fontMetrics().lineSpacing() * _SIGNATURE_LINES + 16)
        self.signature = Field(
            self.tr("&Signature"),
            self._signature,
            name="signatureField",
            hint=self.tr("It stands below each new message from this address."),
        )
        clear_when_typed((self.name, self.address, self.reply_to))
        alias = QVBoxLayout()
        alias.setSpacing(4)
        alias.addWidget(self.alias)
        alias.addWidget(meaning)
        for field in (self.name, self.address, self.reply_to, self.signature):
            field.setMaximumWidth(_FIELD_WIDTH)
        self.body.addWidget(self.name)
        self.body.addWidget(self.address)
        self.body.addLayout(alias)
        self.body.addWidget(self.reply_link)
        self.body.addWidget(self.reply_to)
        self.body.addWidget(self.signature)

    def show_step(self, step: AskAddress, enrolment: Enrolment, *, with_problems: bool) -> None:
        """Show what was typed so far; what is wrong with it only after a first try."""
        self.name.set_text(enrolment.name)
        self.name.line.setPlaceholderText(step.name_if_empty)
        self.name.setEnabled(step.name_fixed_by is None)
        self.name.set_hint(_why_fixed(step.name_fixed_by))
        self.address.set_text(str(step.fixed_address) if step.fixed_address else enrolment.address)
        self.address.setEnabled(step.fixed_address is None)
        self.address.line.setPlaceholderText("name@partner.example")
        self.alias.setChecked(enrolment.treat_as_alias)
        self.reply_to.set_text(enrolment.reply_to)
        has_reply_to = bool(enrolment.reply_to)
        self.reply_to.setVisible(has_reply_to)
        self.reply_link.setVisible(not has_reply_to)
        self._signature.setPlainText(enrolment.signature)
        self.signature.setVisible(enrolment.is_change)
        problems = step.problems if with_problems else {}
        show_field_problem(self.name, problems.get(FormField.NAME))
        show_field_problem(self.address, problems.get(FormField.ADDRESS))
        show_field_problem(self.reply_to, problems.get(FormField.REPLY_TO))

    def answer(self, enrolment: Enrolment) -> Enrolment:
        """Return the value with what is typed now."""
        return enrolment.with_address(
            name=self.name.text(),
            address=self.address.text(),
            treat_as_alias=self.alias.isChecked(),
            reply_to=self.reply_to.text(),
            signature=self._signature.toPlainText(),
        )

    def first_field(self) -> QWidget:
        return first_wrong((self.name, self.address, self.reply_to)) or self.name.editor

    def _ask_reply_to(self) -> None:
        self.reply_link.hide()
        self.reply_to.show()
        self.reply_to.editor.setFocus()


def _why_fixed(target: str | None) -> str:
    """Return why the name cannot be changed; empty where it can."""
    if target is None:
        return ""
    line = translate("accounts", "Your organisation does not let this name be changed, as set for {target}.")
    return line.format(target=name_of_target(target))
