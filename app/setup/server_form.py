"""The fields of a mail server as they are typed: proposals, what is wrong with each, and the server they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from app.address import Address, has_hidden_characters, host_to_ascii
from app.errors import AddressError, Problem, Reason, SetupError
from app.oauth_client import OAuthClient, client_for
from app.profile import CommandSignIn, NoSignIn, OAuthSignIn, PasswordSignIn, Security, SignIn, SmtpServer, is_loopback
from app.setup.field import Field
from app.setup.oauth_form import OAuthForm

__all__ = ["PORTS", "Field", "ServerForm", "SignInKind", "canonical_host", "command_words", "recommended"]

PORTS = (587, 465, 25)
"""What Gmail offers (support.google.com/mail/answer/22370); any other may be typed."""


class SignInKind(StrEnum):
    """Where the password comes from."""

    PASSWORD = "password"  # noqa: S105
    COMMAND = "command"
    NONE = "none"
    BROWSER = "browser"
    """From nowhere: the person signs in with the browser (OAuth)."""


@dataclass(frozen=True, slots=True)
class ServerForm:
    """A mail server as typed. None stands for what nobody has typed yet: the proposal shows there."""

    host: str | None = None
    port: str = "587"
    security: Security | None = None
    username: str | None = None
    kind: SignInKind | None = None
    command: str = ""
    """The command line whose first output line is the password."""
    own_client: OAuthForm | None = None
    """The person's own OAuth client as typed; None where one is known for the host, or may not be entered."""
    password_given: bool = False
    """Whether a password was typed, or a sign-in with the browser was done; neither is anywhere in this value."""

    @classmethod
    def of(cls, server: SmtpServer) -> ServerForm:
        """Return the form for a stored server."""
        from shlex import join

        kind, command = SignInKind.PASSWORD, ""
        match server.sign_in:
            case CommandSignIn(argv=argv):
                kind, command = SignInKind.COMMAND, join(argv)
            case NoSignIn():
                kind = SignInKind.NONE
            case PasswordSignIn():
                pass
            case OAuthSignIn():
                kind = SignInKind.BROWSER
            case _:
                assert_never(server.sign_in)
        return cls(server.host, str(server.port), server.security, server.username, kind, command)

    def proposed_for(self, address: Address, clients: Sequence[OAuthClient] = ()) -> ServerForm:
        """Return the form with proposals where nothing was typed: host and user name as Gmail forms them.

        Where one of `clients` is for the host, one signs in with the browser, and as the whole address.
        """
        host = f"smtp.{address.domain}" if self.host is None else self.host
        kind = self.kind or _proposed_kind(host, clients)
        username = str(address) if kind is SignInKind.BROWSER else address.local
        return replace(
            self,
            host=host,
            security=self.security or self.recommended,
            username=username if self.username is None else self.username,
            kind=kind,
        )

    @property
    def recommended(self) -> Security:
        """What goes with the typed port."""
        port = _port(self.port)
        return Security.STARTTLS if port is None else recommended(port)

    def problems(
        self, *, stored: SmtpServer | None = None, clients: Sequence[OAuthClient] = ()
    ) -> Mapping[Field, Problem]:
        """Return what is wrong, by field.

        `stored` is a server whose password or sign-in is in the keychain already; `clients` are those that are known.
        """
        found = {
            Field.HOST: self._host_problem(),
            Field.PORT: Problem.of(Reason.SETUP_BAD_PORT, port=self.port) if _port(self.port) is None else None,
            Field.SECURITY: self._security_problem(),
            Field.USERNAME: self._username_problem(),
            **self._sign_in_problems(clients),
        }
        if self._keeps_secret and not self.password_given:
            known = stored is not None and not any(found.values()) and self._is_login_of(stored, clients)
            missing = Reason.SETUP_NO_SIGN_IN if self.kind is SignInKind.BROWSER else Reason.SETUP_NO_PASSWORD
            found[Field.PASSWORD] = None if known else Problem.of(missing, host=self.host or "")
        return {field: problem for field, problem in found.items() if problem is not None}

    def client(self) -> OAuthClient | None:
        """Return the person's own client, None where none was typed; raises SetupError while it has problems."""
        if self.kind is not SignInKind.BROWSER or self.own_client is None:
            return None
        return self.own_client.client(canonical_host(self.host or ""))

    def server(self) -> SmtpServer:
        """Return the server the form names; raises SetupError while the form has problems."""
        port = _port(self.port)
        if port is None:
            raise SetupError.because(Reason.SETUP_BAD_PORT, port=self.port)
        username = "" if self.kind is SignInKind.NONE else (self.username or "").strip()
        host = canonical_host(self.host or "")
        return SmtpServer(host, port, self.security or self.recommended, username, self._sign_in())

    def _sign_in(self) -> SignIn:
        match self.kind:
            case SignInKind.PASSWORD | None:
                return PasswordSignIn()
            case SignInKind.COMMAND:
                return CommandSignIn(command_words(self.command))
            case SignInKind.NONE:
                return NoSignIn()
            case SignInKind.BROWSER:
                return OAuthSignIn()
            case _:
                assert_never(self.kind)

    @property
    def _keeps_secret(self) -> bool:
        return self.kind in {None, SignInKind.PASSWORD, SignInKind.BROWSER}

    def _sign_in_problems(self, clients: Sequence[OAuthClient]) -> Mapping[Field, Problem | None]:
        if self.kind is SignInKind.COMMAND:
            return {Field.COMMAND: self._command_problem()}
        if self.kind is not SignInKind.BROWSER or self._host_problem() is not None:
            return {}
        host = canonical_host(self.host or "")
        if self.own_client is not None:
            return self.own_client.problems(host)
        lacks_client = client_for(host, clients) is None
        return {Field.SIGN_IN: Problem.of(Reason.SIGN_IN_NO_CLIENT, host=host) if lacks_client else None}

    def _is_login_of(self, stored: SmtpServer, clients: Sequence[OAuthClient]) -> bool:
        """Whether the keychain's secret for `stored` is for this login, and with the same client, too."""
        if not _same_login(self.server(), stored):
            return False
        own = self.client()
        return own is None or (own == client_for(stored.host, clients) and not self._has_new_client_secret)

    @property
    def _has_new_client_secret(self) -> bool:
        return self.own_client is not None and self.own_client.secret_given

    def _host_problem(self) -> Problem | None:
        try:
            canonical_host(self.host or "")
        except SetupError as error:
            return error.problem
        return None

    @property
    def _is_local(self) -> bool:
        return self._host_problem() is None and is_loopback(canonical_host(self.host or ""))

    def _security_problem(self) -> Problem | None:
        if self.security is Security.NONE and not self._is_local:
            return Problem.of(Reason.SETUP_PLAINTEXT, host=self.host or "")
        return None

    def _username_problem(self) -> Problem | None:
        username = (self.username or "").strip()
        if self.kind is SignInKind.NONE:
            return None if self._is_local else Problem.of(Reason.SETUP_NO_USERNAME, host=self.host or "")
        if not username:
            return Problem.of(Reason.SETUP_NO_USERNAME, host=self.host or "")
        if has_hidden_characters(username):
            return Problem.of(Reason.NAME_CONTROL, text=username)
        return None

    def _command_problem(self) -> Problem | None:
        try:
            command_words(self.command)
        except SetupError as error:
            return error.problem
        return None


def recommended(port: int) -> Security:
    """Return what goes with a port: implicit TLS at 465, STARTTLS elsewhere (RFC 8314 section 3.3)."""
    return Security.SSL if port == 465 else Security.STARTTLS


def _proposed_kind(host: str, clients: Sequence[OAuthClient]) -> SignInKind:
    try:
        known = client_for(canonical_host(host), clients)
    except SetupError:
        known = None
    return SignInKind.PASSWORD if known is None else SignInKind.BROWSER


def canonical_host(text: str) -> str:
    """Return a host as it is stored: a name as A-labels, or an IP address; raises SetupError."""
    try:
        return host_to_ascii(text)
    except AddressError as error:
        raise SetupError.because(Reason.SETUP_BAD_HOST, host=text.strip()) from error


def _same_login(server: SmtpServer, stored: SmtpServer) -> bool:
    return stored.keeps_secret and server.keychain_account == stored.keychain_account


def _port(text: str) -> int | None:
    typed = text.strip()
    if not typed.isdecimal() or len(typed) > 5:
        return None
    number = int(typed)
    return number if 0 < number < 65536 else None


def command_words(command: str) -> tuple[str, ...]:
    """Return the words of a command line as a POSIX shell would part them; raises SetupError."""
    from shlex import split

    try:
        words = tuple(split(command))
    except ValueError as error:
        raise SetupError.because(Reason.SETUP_COMMAND_FAILED, program="", detail=str(error)) from error
    if not words:
        raise SetupError.because(Reason.SETUP_NO_PASSWORD)
    return words
