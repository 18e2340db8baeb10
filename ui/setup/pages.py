"""The three pages of the set-up: who, under whose policy, and how to sign in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QGridLayout, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.address import Address
from app.errors import Problem
from app.policy.evaluate import Policy, PolicyState
from app.policy.managed import Managed
from app.profile import SmtpServer
from app.services import Services
from app.setup.enrolment import Field as FormField
from app.setup.enrolment import ServerForm
from app.storage.keychain import Secret
from ui import tasks
from ui.accounts.connection import ConnectionTest
from ui.accounts.page import Page, clear_when_typed, first_wrong
from ui.accounts.server_fields import ServerFields
from ui.accounts.sign_in_fields import SignInFields
from ui.file_dialog import chosen_one, new_file_dialog
from ui.messages import policy_headline, security_line
from ui.widgets import Button, Card, Field, Heading, LinkButton, Notice, PlainLabel, QuietLabel

__all__ = ["PersonPage", "PolicyPage", "SignInPage"]


class PersonPage(Page):
    """Asks for the work address and the name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_heading(self.tr("Welcome to Absender"), self.tr("Step 1 of 3"))
        self.address = Field(
            self.tr("Your &work address"),
            name="workAddress",
            hint=self.tr("The address you sign in with. You add further addresses later."),
        )
        self.address.line.setPlaceholderText("name@organisation.example")
        self.name = Field(self.tr("Your &name"), name="workName", hint=self.tr("Recipients see it on mail you send."))
        clear_when_typed((self.address, self.name))
        self.body.addWidget(self.address)
        self.body.addWidget(self.name)

    def first_field(self) -> QWidget:
        return first_wrong((self.address, self.name)) or self.address.editor


class PolicyPage(Page):
    """Asks where the organisation's policy is, or for the statement that there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_heading(self.tr("Your organisation's policy"), self.tr("Step 2 of 3"))
        text = self.tr(
            "The policy says which mail server you use and whether outside addresses may have their own. "
            "Your administrator knows where it is."
        )
        self.theirs = QRadioButton(self.tr("My address belongs to an &organisation"))
        self.theirs.setObjectName("hasOrganisation")
        self.source = Field(
            self.tr("Web address or file of the &policy"),
            name="policySource",
            hint=self.tr("{email}, {email_sha256} and {domain} are replaced with what belongs to your address."),
        )
        self.source.line.setPlaceholderText("https://policy.organisation.example/{email}.json")
        self.own = QRadioButton(self.tr("This address belongs to &no organisation"))
        self.own.setObjectName("noOrganisation")
        self._meaning = QuietLabel(
            self.tr("You state this yourself. You then enter your mail server on the next page.")
        )
        self._meaning.setContentsMargins(26, 0, 0, 0)
        group = QButtonGroup(self)
        for radio in (self.theirs, self.own):
            group.addButton(radio)
        self.theirs.setChecked(True)
        self.own.toggled.connect(lambda is_own: self.source.setEnabled(not is_own))
        self._place = QVBoxLayout()
        self._place.setContentsMargins(26, 0, 0, 0)
        self._place.addWidget(self.source)
        self.body.addWidget(QuietLabel(text))
        self.body.addWidget(self.theirs)
        self.body.addLayout(self._place)
        own = QVBoxLayout()
        own.setSpacing(4)
        own.addWidget(self.own)
        own.addWidget(self._meaning)
        self.body.addLayout(own)
        self.body.addLayout(self._more())
        clear_when_typed((self.source, self.policy_ca, self.mail_ca))

    def first_field(self) -> QWidget:
        wrong = first_wrong((self.source, self.policy_ca, self.mail_ca))
        return wrong or (self.own if self.own.isChecked() else self.source.editor)

    def forget_problems(self) -> None:
        """Take the errors beside the fields away."""
        for field in (self.source, self.policy_ca, self.mail_ca):
            field.set_error(None)

    def lock(self, managed: Managed) -> None:
        """Show what an administrator set as what cannot be changed here."""
        self.offer_no_statement()
        hint = self.tr("Set by your administrator in {file}.").format(file=managed.file)
        fixed = (
            (self.source, managed.policy_source),
            (self.policy_ca, managed.policy_ca),
            (self.mail_ca, managed.mail_ca),
        )
        for field, text in fixed:
            if text:
                field.set_text(text)
                field.line.setCursorPosition(0)
                field.line.setReadOnly(True)
                field.set_hint(hint)
                if field in self._choose_buttons:
                    self._choose_buttons[field].hide()

    def offer_no_statement(self) -> None:
        """Offer no statement that no organisation owns the address: an administrator set up this machine."""
        self.theirs.setChecked(True)
        for part in (self.theirs, self.own, self._meaning):
            part.hide()
        self._place.setContentsMargins(0, 0, 0, 0)

    def _more(self) -> QVBoxLayout:
        self.more = LinkButton(self.tr("&More"), name="moreSettings")
        self._files = QWidget()
        self._files.hide()
        self.policy_ca = Field(self.tr("Certificate authorities of the policy &server (PEM file)"), name="policyCa")
        self.mail_ca = Field(self.tr("Certificate authorities of the mail server (P&EM file)"), name="mailCa")
        self._choose_buttons: dict[Field, Button] = {}
        files = QGridLayout(self._files)
        files.setContentsMargins(0, 0, 0, 0)
        files.setSpacing(8)
        for row, field in enumerate((self.policy_ca, self.mail_ca)):
            choose = Button(self.tr("Choose…"), name=f"choose-{field.editor.objectName()}")
            tasks.on_click(choose, partial(self._choose, field))
            files.addWidget(field, row, 0)
            self._choose_buttons[field] = choose
            files.addWidget(choose, row, 1, Qt.AlignmentFlag.AlignBottom)
        self.more.clicked.connect(self._show_more)
        column = QVBoxLayout()
        column.addWidget(self.more)
        column.addWidget(self._files)
        return column

    def _show_more(self) -> None:
        self.more.hide()
        self._files.show()
        self.policy_ca.editor.setFocus()

    async def _choose(self, field: Field) -> None:
        dialog = await new_file_dialog(self, self.tr("Choose a PEM file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Certificates (*.pem *.crt *.cer)"), self.tr("All files (*)")])
        file = await chosen_one(dialog)
        if file is not None and isValid(field):
            field.set_text(str(file))


class SignInPage(Page):
    """Shows the organisation server and asks for the sign-in, or asks for everything where there is none."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found = Notice(name="foundPolicy")
        self._card = Card()
        self._server = Heading(level=3)
        self._protection = QuietLabel()
        self._card.body.addWidget(QuietLabel(self.tr("Your mail goes through")))
        self._card.body.addWidget(self._server)
        self._card.body.addWidget(self._protection)
        self._intro = PlainLabel(self.tr("Enter the server your provider names for outgoing mail (SMTP)."))
        self._services = services
        self.sign_in = SignInFields(services, self.form, self._show_all)
        self.server = ServerFields(services)
        self.test = ConnectionTest()
        self.test_button = Button(self.tr("T&est connection"), name="testConnection")
        for fields in (self.sign_in, self.server.sign_in):
            fields.signed_in.connect(self.test_button.setFocus)
        row = QHBoxLayout()
        row.addWidget(self.test_button)
        row.addStretch(1)
        self.body.addWidget(self._found)
        self.body.addWidget(self._card)
        self.body.addWidget(self._intro)
        self.body.addWidget(self.sign_in)
        self.body.addWidget(self.server)
        self.body.addLayout(row)
        self.body.addWidget(self.test)
        self._is_own = False
        self._address: Address | None = None
        self._organisation_server: SmtpServer | None = None

    def show_policy(self, policy: Policy, address: Address, detail: str = "") -> None:
        """Show the server the policy names, or the fields for one; what was typed for the same one stays."""
        self.set_heading(self.tr("Sign in to your mail server"), self.tr("Step 3 of 3"))
        self._is_own = policy.state is PolicyState.OWN
        server = policy.document.submission_server() if policy.document else None
        is_new = (self._address, self._organisation_server) != (address, server)
        self._address, self._organisation_server = address, server
        self._card.setVisible(not self._is_own)
        self.sign_in.setVisible(not self._is_own)
        self._intro.setVisible(self._is_own)
        self.server.setVisible(self._is_own)
        if is_new:
            self.test.forget()
        if self._is_own:
            self._found.clear()
            form = ServerForm() if is_new else self.server.form()
            proposed = form.proposed_for(address, self._services.oauth_clients)
            self.server.set_form(proposed, address=address, address_is_new=is_new)
        elif server is not None:
            self._found.show_text("good" if policy.gateways.value else "plain", policy_headline(policy), detail)
            self._server.setText(server.host)
            self._protection.setText(security_line(server))
            if is_new:
                username = server.username or str(address)
                form = ServerForm(host=server.host, username=username)
                self.sign_in.forget_secret()
                self.sign_in.set_form(form.proposed_for(address, self._services.oauth_clients))

    def form(self) -> ServerForm:
        """Return what is typed now, for the server the policy names or the typed one."""
        if self._is_own or self._organisation_server is None:
            return self.server.form()
        known = ServerForm.of(self._organisation_server)
        return ServerForm(
            host=known.host,
            port=known.port,
            security=known.security,
            username=self.sign_in.username.text(),
            kind=self.sign_in.chosen_kind(),
            command=self.sign_in.command.text(),
            own_client=self.sign_in.own_client(),
            password_given=self.secret() is not None,
        )

    def secret(self) -> Secret | None:
        """Return the typed password, or what lasts of the sign-in with the browser, if there is one."""
        return self.server.secret() if self._is_own else self.sign_in.secret()

    def show_problems(self, form: ServerForm) -> bool:
        """Show beside the fields what is wrong with `form`; return whether anything is."""
        problems = form.problems(clients=self._services.oauth_clients)
        self._show_all(problems)
        return bool(problems)

    def _show_all(self, problems: Mapping[FormField, Problem]) -> None:
        (self.server if self._is_own else self.sign_in).show_problems(problems)

    def first_field(self) -> QWidget:
        sign_in = self.server.sign_in if self._is_own else self.sign_in
        wrong = self.server.first_wrong() if self._is_own else sign_in.first_wrong()
        if wrong is not None:
            return wrong
        return sign_in.first_field() or sign_in.username.editor
