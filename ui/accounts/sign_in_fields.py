"""User name and how one signs in: with a password, the browser, a command, or not at all on this machine itself."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.address import Address
from app.errors import Problem, SetupError
from app.oauth_client import OAuthClient, client_for, provider_of
from app.profile import OAuthSignIn, SmtpServer
from app.services import Services
from app.setup.enrolment import Field as FormField
from app.setup.enrolment import ServerForm, SignInKind
from app.setup.oauth_form import OAuthForm
from app.setup.server_form import canonical_host
from app.storage.keychain import Secret
from ui.accounts.browser_sign_in import BrowserSignIn, Login
from ui.accounts.client_fields import ClientFields
from ui.accounts.page import clear_when_typed, first_wrong, show_field_problem
from ui.messages import explain
from ui.widgets import Field, LinkButton, PasswordField, QuietLabel

__all__ = ["SignInFields"]


class SignInFields(QWidget):
    """The fields of a sign-in; what is secret stays in its field and leaves it only as a `Secret`.

    `form` is the whole form they belong to, and `show` stands problems beside its fields.
    """

    changed = Signal()
    signed_in = Signal()
    """The sign-in with the browser is done."""

    def __init__(
        self,
        services: Services,
        form: Callable[[], ServerForm],
        show: Callable[[Mapping[FormField, Problem]], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._form = form
        self._show_all = show
        self._host = ""
        self._address: Address | None = None
        self._with_none = False
        self._is_kind_chosen = False
        self._is_username_typed = False
        self._changes_client = False
        """Whether the person enters another client than the one that is known."""
        self._make()
        self._lay_out()
        self._offer_kinds()
        self._connect()
        self._show_kind()

    def _make(self) -> None:
        self.username = Field(self.tr("&Username"), name="usernameField")
        self.kind_box = QComboBox()
        self.kind = Field(self.tr("Si&gn in with"), self.kind_box, name="signInKind")
        self.password = PasswordField(self.tr("&Password"), name="passwordField")
        self.command = Field(
            self.tr("Comma&nd that prints the password"),
            name="commandField",
            hint=self.tr("Its first line is the password. It runs whenever mail is sent, without a shell."),
        )
        self.client = ClientFields()
        self.browser = BrowserSignIn(self._services, self._sign_in)
        self._locked = QuietLabel()
        self._locked.setObjectName("browserLocked")
        self._known = QuietLabel()
        self._known.setObjectName("knownClient")
        self.change_client = LinkButton(self.tr("Use another client"), name="changeClient")

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.username, 3)
        row.addWidget(self.kind, 2)
        self._known_row = QWidget()
        known = QHBoxLayout(self._known_row)
        known.setContentsMargins(0, 0, 0, 0)
        known.setSpacing(8)
        known.addWidget(self._known, 1)
        known.addWidget(self.change_client)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(row)
        for part in (self._locked, self.password, self.command, self.client, self.browser, self._known_row):
            column.addWidget(part)

    def _connect(self) -> None:
        self.kind_box.currentIndexChanged.connect(lambda _index: self._take_kind())
        self.kind_box.activated.connect(self._choose_kind)
        for field in (self.username, self.password, self.command):
            field.line.textEdited.connect(lambda _text: self._take_typing())
        self.username.line.textEdited.connect(self._note_username)
        clear_when_typed((self.username, self.password, self.command))
        self.client.changed.connect(self._take_typing)
        self.change_client.clicked.connect(self._ask_for_client)
        self.browser.changed.connect(self.changed)
        self.browser.signed_in.connect(self.signed_in)

    # What is shown

    def set_form(
        self, form: ServerForm, *, address: Address | None = None, stored: SmtpServer | None = None, local: bool = False
    ) -> None:
        """Show what was typed or stored so far; a typed password, or a sign-in that was done, is left alone.

        `address` is whose server it is, `stored` the one that is signed in to now; at a `local` one nobody has to.
        """
        self._address = address
        self._host = _canonical(form.host or "")
        kind = form.kind or SignInKind.PASSWORD
        self._with_none = local or kind is SignInKind.NONE
        self._is_kind_chosen = kind is not self._proposed_kind()
        self.username.set_text(form.username or "")
        self._is_username_typed = False
        self.command.set_text(form.command)
        known = self._known_client()
        self._changes_client = known is not None and form.own_client is not None
        if form.own_client is not None:
            self.client.set_form(form.own_client)
        elif known is not None and not self._services.oauth_locked:
            self.client.set_form(OAuthForm.of(known))
        self._offer_kinds(kind)
        self._show_kind()
        is_kept = stored is not None and isinstance(stored.sign_in, OAuthSignIn) and known is not None
        self.browser.keep((stored.host, stored.username, None, None) if stored is not None and is_kept else None)

    def set_host(self, host: str, *, local: bool) -> None:
        """Take note of another host: how one signs in there may be known; at a `local` one nobody has to."""
        self._host = _canonical(host)
        self._with_none = local
        self._changes_client = False
        chosen = self.chosen_kind() if self._is_kind_chosen else self._proposed_kind()
        self._offer_kinds(chosen)
        self._take_kind()

    def chosen_kind(self) -> SignInKind:
        """Return how one signs in."""
        return SignInKind(self.kind_box.currentData() or SignInKind.PASSWORD)

    def own_client(self) -> OAuthForm | None:
        """Return the person's own client as typed; None where the known one is taken, or none may be entered."""
        if self.chosen_kind() is not SignInKind.BROWSER or not self._asks_for_client():
            return None
        form, known = self.client.form(), self._known_client()
        return None if known is not None and form == OAuthForm.of(known) else form

    def secret(self) -> Secret | None:
        """Return the typed password, or what lasts of the sign-in with the browser, where it is wanted."""
        kind, text = self.chosen_kind(), self.password.text()
        if kind is SignInKind.BROWSER:
            return self.browser.secret()
        return Secret(text) if text and kind is SignInKind.PASSWORD else None

    def forget_secret(self) -> None:
        """Empty what is secret: it is kept now, or was for something else."""
        self.password.set_text("")
        self.client.client_secret.set_text("")
        self.browser.forget()

    def show_problems(self, problems: Mapping[FormField, Problem]) -> None:
        """Show beside each field what is wrong with it."""
        show_field_problem(self.username, problems.get(FormField.USERNAME))
        show_field_problem(self.password, problems.get(FormField.PASSWORD))
        show_field_problem(self.command, problems.get(FormField.COMMAND))
        self.client.show_problems(problems)
        problem = problems.get(FormField.SIGN_IN) or problems.get(FormField.PASSWORD)
        words = explain(problem) if problem is not None else None
        self.browser.set_error(f"{words.sentence} {words.next_step}" if words is not None else "")

    def first_wrong(self) -> QWidget | None:
        """Return the first field that shows an error."""
        if self.chosen_kind() is not SignInKind.BROWSER:
            return first_wrong((self.username, self.password, self.command))
        wrong = first_wrong((self.username,)) or self.client.first_wrong()
        return wrong or (self.browser.first_field() if self.browser.error() else None)

    def first_field(self) -> QWidget | None:
        """Return where one goes on once the server is right; None for nowhere."""
        if self.chosen_kind() is SignInKind.BROWSER:
            return None if self._asks_for_client() else self.browser.first_field()
        return self.password.editor if self.chosen_kind() is SignInKind.PASSWORD else None

    # How one signs in

    def _known_client(self) -> OAuthClient | None:
        return client_for(self._host, self._services.oauth_clients)

    def _asks_for_client(self) -> bool:
        return not self._services.oauth_locked and (self._known_client() is None or self._changes_client)

    def _proposed_kind(self) -> SignInKind:
        return SignInKind.PASSWORD if self._known_client() is None else SignInKind.BROWSER

    def _offer_kinds(self, chosen: SignInKind = SignInKind.PASSWORD) -> None:
        is_locked = self._services.oauth_locked and self._known_client() is None
        offered = {
            SignInKind.PASSWORD: (self.tr("Password"), True),
            SignInKind.BROWSER: (self.tr("Browser (OAuth)"), not is_locked or chosen is SignInKind.BROWSER),
            SignInKind.COMMAND: (self.tr("Password from a command"), True),
            SignInKind.NONE: (self.tr("No sign-in"), self._with_none or chosen is SignInKind.NONE),
        }
        self.kind_box.blockSignals(True)
        self.kind_box.clear()
        for kind, (text, is_offered) in offered.items():
            if is_offered:
                self.kind_box.addItem(text, kind)
        self.kind_box.setCurrentIndex(max(self.kind_box.findData(chosen), 0))
        self.kind_box.blockSignals(False)
        self._locked.setText(self._why_locked() if is_locked else "")
        self._locked.setVisible(bool(self._locked.text()))

    def _why_locked(self) -> str:
        hosts = [host for client in self._services.oauth_clients for host in client.hosts]
        if not hosts:
            return ""
        text = self.tr("Your organisation set up the sign-in with the browser only for {hosts}.")
        return text.format(hosts=", ".join(hosts))

    def _choose_kind(self) -> None:
        self._is_kind_chosen = True
        if self.chosen_kind() is SignInKind.BROWSER and self._asks_for_client():
            self.client.first_field().setFocus()

    def _note_username(self) -> None:
        self._is_username_typed = True

    def _take_kind(self) -> None:
        is_browser, address = self.chosen_kind() is SignInKind.BROWSER, self._address
        is_proposed = address is not None and self.username.text() == address.local and not self._is_username_typed
        if is_browser and is_proposed:
            # Proposed for a password; who one is in a browser is the whole address.
            self.username.set_text(str(address))
        self._show_kind()

    def _show_kind(self) -> None:
        kind = self.chosen_kind()
        is_browser, known = kind is SignInKind.BROWSER, self._known_client()
        self.password.setVisible(kind is SignInKind.PASSWORD)
        self.command.setVisible(kind is SignInKind.COMMAND)
        self.browser.setVisible(is_browser)
        self.client.set_host(self._host)
        self.client.setVisible(is_browser and self._asks_for_client())
        is_own = known is not None and not self._services.oauth_locked
        self._known_row.setVisible(is_browser and is_own and not self._changes_client)
        if known is not None:
            self._known.setText(self.tr("Client ID: {client_id}").format(client_id=known.client_id))
        self.username.setEnabled(kind is not SignInKind.NONE)
        self._take_typing()

    def _ask_for_client(self) -> None:
        self._changes_client = True
        self._show_kind()
        self.client.first_field().setFocus()

    def _take_typing(self) -> None:
        known = self._known_client()
        own = self.own_client()
        provider = provider_of(self._host)
        name = known.name if known is not None else provider.name.title() if provider is not None else ""
        self.browser.follow(self._login_key(own), name)
        self.changed.emit()

    def _login_key(self, own: OAuthForm | None) -> Hashable:
        """Return what a sign-in belongs to: where the port is another one, it holds all the same."""
        client_secret = self.client.client_secret.text() if own is not None else None
        return self._host, self.username.text().strip(), own, client_secret

    def _sign_in(self) -> None:
        """Have the person sign in, once all that takes is there."""
        form = replace(self._form(), password_given=True)
        problems = form.problems(clients=self._services.oauth_clients)
        self._show_all(problems)
        if problems:
            if (wrong := self.first_wrong()) is not None:
                wrong.setFocus()
            return
        own, known = form.client(), self._known_client()
        asked = own or known
        assert asked is not None, "without a client there is a problem"
        self.browser.begin(Login(form.server(), asked.name, own, self.client.secret() if own is not None else None))


def _canonical(host: str) -> str:
    """Return a typed host as clients know it, or as it is while it is none."""
    try:
        return canonical_host(host)
    except SetupError:
        return host.strip().lower()
