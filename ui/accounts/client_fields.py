"""A person's own OAuth client: what one needs to sign in with the browser where nobody set that up."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.errors import Problem
from app.oauth_client import Provider, provider_of
from app.setup.enrolment import Field as FormField
from app.setup.oauth_form import OAuthForm
from app.storage.keychain import Secret
from ui.accounts.page import clear_when_typed, first_wrong, show_field_problem
from ui.widgets import Field, PasswordField, QuietLabel

__all__ = ["ClientFields"]


class ClientFields(QWidget):
    """Asks what the provider needs; the client secret leaves its field only as a `Secret`."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("clientFields")
        self._intro = QuietLabel()
        self._intro.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.client_id = Field(self.tr("&Client ID"), name="clientIdField")
        self.client_secret = PasswordField(self.tr("Client secret, i&f you were given one"), name="clientSecretField")
        self.tenant = Field(
            self.tr("&Directory (tenant) ID"),
            name="tenantField",
            hint=self.tr("Only if the client is registered for one organisation alone."),
        )
        self.authorization = Field(
            self.tr("Aut&horization endpoint"),
            name="authorizationField",
            hint=self.tr("The web address at which you sign in."),
        )
        self.token = Field(
            self.tr("To&ken endpoint"),
            name="tokenField",
            hint=self.tr("The web address at which Absender renews the sign-in."),
        )
        self.scopes = Field(
            self.tr("Sco&pe"),
            name="scopesField",
            hint=self.tr("What your provider names for sending mail; several are separated by spaces."),
        )
        self.authorization.line.setPlaceholderText("https://sso.partner.example/authorize")
        self.token.line.setPlaceholderText("https://sso.partner.example/token")
        self._by_field = {
            FormField.CLIENT_ID: self.client_id,
            FormField.TENANT: self.tenant,
            FormField.AUTHORIZATION_ENDPOINT: self.authorization,
            FormField.TOKEN_ENDPOINT: self.token,
            FormField.SCOPES: self.scopes,
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self._intro)
        for field in (self.authorization, self.token, self.scopes, self.client_id, self.client_secret, self.tenant):
            column.addWidget(field)
            field.line.textEdited.connect(lambda _text: self.changed.emit())
        clear_when_typed(tuple(self._by_field.values()))
        self.set_host("")

    def set_host(self, host: str) -> None:
        """Ask for what the provider of this mail server needs."""
        provider = provider_of(host)
        self.tenant.setVisible(provider is Provider.MICROSOFT)
        for field in (self.authorization, self.token, self.scopes):
            field.setVisible(provider is None)
        self._intro.setText(self._where_from(provider))

    def set_form(self, form: OAuthForm) -> None:
        """Show what was typed or stored so far; a typed client secret is left alone."""
        self.client_id.set_text(form.client_id)
        self.tenant.set_text(form.tenant)
        self.authorization.set_text(form.authorization_endpoint)
        self.token.set_text(form.token_endpoint)
        self.scopes.set_text(form.scopes)

    def form(self) -> OAuthForm:
        """Return what is typed now."""
        return OAuthForm(
            client_id=self.client_id.text(),
            tenant=self.tenant.text(),
            authorization_endpoint=self.authorization.text(),
            token_endpoint=self.token.text(),
            scopes=self.scopes.text(),
            secret_given=self.secret() is not None,
        )

    def secret(self) -> Secret | None:
        """Return the typed client secret, if there is one."""
        text = self.client_secret.text().strip()
        return Secret(text) if text else None

    def show_problems(self, problems: Mapping[FormField, Problem]) -> None:
        """Show beside each field what is wrong with it."""
        for name, field in self._by_field.items():
            show_field_problem(field, problems.get(name))

    def first_field(self) -> QWidget:
        """Return where typing begins."""
        return self.client_id.editor if self.authorization.isHidden() else self.authorization.editor

    def first_wrong(self) -> QWidget | None:
        """Return the first field that shows an error."""
        return first_wrong((self.authorization, self.token, self.scopes, self.client_id, self.tenant))

    def _where_from(self, provider: Provider | None) -> str:
        if provider is Provider.GOOGLE:
            return self.tr(
                "Google lets a mail program in with a client ID. You create one at console.cloud.google.com under "
                "“APIs & Services”, “Credentials”, as an OAuth client ID of the type “Desktop app”."
            )
        if provider is Provider.MICROSOFT:
            return self.tr(
                "Microsoft lets a mail program in with a client ID. You create one at entra.microsoft.com under “App "
                "registrations”, for “Mobile and desktop applications” with the redirect URI http://localhost."
            )
        return self.tr(
            "Whoever runs the mail server gives you these. They register Absender as a desktop program, with the "
            "redirect URI http://127.0.0.1 and any port."
        )
