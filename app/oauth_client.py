"""The programs an authorization server knows us as, each with the mail servers its tokens are for.

A desktop program is a public client (RFC 8252 section 8.4): who installs it can read its identifier, and the "secret"
that some providers add to it. What proves the person is the browser and PKCE, not this.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.address import domain_to_ascii, has_hidden_characters, host_to_ascii
from app.errors import AddressError

__all__ = [
    "AUTHORIZATION_PARAMETERS",
    "OAuthClient",
    "OAuthClientError",
    "Provider",
    "RedirectHost",
    "checked",
    "checked_authorization_endpoint",
    "checked_client_id",
    "checked_client_secret",
    "checked_endpoint",
    "checked_hosts",
    "checked_issuer",
    "checked_name",
    "checked_scopes",
    "checked_tenant",
    "client_for",
    "provider_of",
]

AUTHORIZATION_PARAMETERS = frozenset(
    {
        "response_type", "response_mode", "client_id", "client_secret", "redirect_uri", "scope", "state", "request",
        "request_uri", "code_challenge", "code_challenge_method",
    }
)  # fmt: skip
"""What only the program says in an authorization request; an address may add anything else."""
_LENGTH_LIMIT = 2048
_COUNT_LIMIT = 64
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})
_URL_CHARACTERS = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
# As text: compiled when first used, because the program's start has no use for it.
_URL = (
    rf"(https?)://([^\s/?#@:\[\]\\]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{{1,5}}))?(/{_URL_CHARACTERS}*)?"
    rf"(\?(?:{_URL_CHARACTERS}|\?)*)?"
)
_DEFAULT_PORTS = {"https": 443, "http": 80}
_VISIBLE = r"[\x20-\x7e]{1,2048}"
"""RFC 6749 appendix A: VSCHAR."""
_SCOPE = r"[\x21\x23-\x5b\x5d-\x7e]{1,512}"
"""RFC 6749 section 3.3: scope-token."""


class RedirectHost(StrEnum):
    """How the browser is led back to this machine; a provider compares it with what was registered."""

    ADDRESS = "127.0.0.1"
    """What RFC 8252 section 8.3 recommends."""
    NAME = "localhost"
    """What Microsoft takes with any port (learn.microsoft.com/entra/identity-platform/reply-url)."""


class Provider(StrEnum):
    """Providers whose addresses the program knows, so that a client's identifier is enough."""

    GOOGLE = "google"
    MICROSOFT = "microsoft"


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """A registration with an authorization server (RFC 6749 section 2), and what its tokens are for."""

    name: str
    """Who is asked for the sign-in, for people: “Google”."""
    client_id: str
    authorization_endpoint: str
    token_endpoint: str
    scopes: tuple[str, ...]
    hosts: tuple[str, ...]
    """The mail servers its tokens may be shown to, as A-labels; nobody else ever sees one."""
    client_secret: str = field(default="", repr=False)
    """Only as an administrator set it; a person's own lies in the keychain with the sign-in."""
    redirect_host: RedirectHost = RedirectHost.ADDRESS
    issuer: str = ""
    """What the authorization server calls itself; compared where it says so (RFC 9207). Empty where unknown."""
    ca_file: str = ""
    """Certificate authorities for its two addresses, beside the system's."""

    @property
    def redirect_uri(self) -> str:
        """What is registered with the authorization server; the port differs each time (RFC 8252 section 7.3)."""
        return f"http://{self.redirect_host.value}"

    def covers(self, host: str) -> bool:
        """Whether its tokens are for the mail server `host`."""
        return host.lower() in self.hosts

    @classmethod
    def of_provider(
        cls, provider: Provider, client_id: str, *, client_secret: str = "", name: str = "", tenant: str = "common"
    ) -> OAuthClient:
        """Return a client of a known provider; `tenant` is Microsoft's (a domain, an identifier, or “common”).

        Sources: developers.google.com/identity/protocols/oauth2/native-app and
        learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
        """
        if provider is Provider.GOOGLE:
            return cls(
                name=name or "Google",
                client_id=client_id,
                client_secret=client_secret,
                authorization_endpoint="https://accounts.google.com/o/oauth2/v2/auth",
                token_endpoint="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
                scopes=("https://mail.google.com/",),
                hosts=_HOSTS[provider],
                issuer="https://accounts.google.com",
            )
        return cls(
            name=name or "Microsoft",
            client_id=client_id,
            client_secret=client_secret,
            authorization_endpoint=f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
            token_endpoint=f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
            scopes=("https://outlook.office.com/SMTP.Send", "offline_access"),
            hosts=_HOSTS[provider],
            redirect_host=RedirectHost.NAME,
        )


_HOSTS = {
    Provider.GOOGLE: ("smtp.gmail.com", "smtp.googlemail.com"),
    Provider.MICROSOFT: ("smtp.office365.com", "smtp-mail.outlook.com"),
}


def provider_of(host: str) -> Provider | None:
    """Return the provider whose mail server `host` is, if the program knows it."""
    return next((provider for provider, hosts in _HOSTS.items() if host.lower() in hosts), None)


def client_for(host: str, clients: Sequence[OAuthClient]) -> OAuthClient | None:
    """Return the client whose tokens are for the mail server `host`, or None."""
    return next((client for client in clients if client.covers(host)), None)


class OAuthClientError(ValueError):
    """Something of a client that can be none; `field` is the name of it in OAuthClient."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(expected)
        self.field = field


def checked(client: OAuthClient) -> OAuthClient:
    """Return the client in the form it is stored in; raises OAuthClientError for the first field that can be none."""
    fields: dict[str, Callable[[], object]] = {
        "name": lambda: checked_name(client.name),
        "client_id": lambda: checked_client_id(client.client_id),
        "client_secret": lambda: checked_client_secret(client.client_secret),
        "authorization_endpoint": lambda: checked_authorization_endpoint(client.authorization_endpoint),
        "token_endpoint": lambda: checked_endpoint(client.token_endpoint),
        "scopes": lambda: checked_scopes(client.scopes),
        "hosts": lambda: checked_hosts(client.hosts),
        "issuer": lambda: checked_issuer(client.issuer),
    }
    found = {}
    for name, check in fields.items():
        try:
            found[name] = check()
        except ValueError as error:
            raise OAuthClientError(name, str(error)) from None
    return replace(client, **found)  # type: ignore[arg-type]  # each of its own field's type


def checked_endpoint(text: str) -> str:
    """Return an address of an authorization server as it is stored; raises ValueError.

    It is https, or http on this machine; without a user's name and a fragment (RFC 6749 section 3.1, 3.2).
    """
    bad = ValueError("Expected an https address")
    found = re.fullmatch(_URL, text.strip(), re.IGNORECASE | re.ASCII) if len(text) <= _LENGTH_LIMIT else None
    if found is None:
        raise bad
    scheme, port = found[1].lower(), int(found[3] or 0)
    try:
        host = _canonical_host(found[2])
    except ValueError:
        raise bad from None
    literal = f"[{host}]" if ":" in host else host
    if (scheme == "http" and literal not in _THIS_MACHINE) or not (found[3] is None or 0 < port < 65536):
        raise bad
    place = literal if port in {0, _DEFAULT_PORTS[scheme]} else f"{literal}:{port}"
    return f"{scheme}://{place}{found[4] or ''}{found[5] or ''}"


def checked_authorization_endpoint(text: str) -> str:
    """Return the address a browser is led to as it is stored; raises ValueError.

    It may have a query, to which the program adds its own (RFC 6749 section 3.1), so what the program says itself
    must not stand there: two readers could take the one or the other.
    """
    address = checked_endpoint(text)
    pairs = address.partition("?")[2].split("&")
    names = {re.sub("%(..)", lambda each: chr(int(each[1], 16)), pair.partition("=")[0]) for pair in pairs}
    if taken := sorted(names & AUTHORIZATION_PARAMETERS):
        raise ValueError(f"Expected an https address without “{taken[0]}”")
    return address


def checked_issuer(text: str) -> str:
    """Return what an authorization server calls itself, to the letter (RFC 9207 section 2.4); raises ValueError."""
    stripped = text.strip()
    if stripped and "?" in checked_endpoint(stripped):
        raise ValueError("Expected an https address without a query")
    return stripped


def checked_name(text: str) -> str:
    """Return a name for people; raises ValueError."""
    stripped = text.strip()
    if not 0 < len(stripped) <= 100 or has_hidden_characters(stripped):
        raise ValueError("Expected a name of at most 100 characters")
    return stripped


def checked_client_id(text: str) -> str:
    """Return a client's identifier (RFC 6749 appendix A.1); raises ValueError."""
    stripped = text.strip()
    if not re.fullmatch(_VISIBLE, stripped):
        raise ValueError("Expected a client ID of printable ASCII characters")
    return stripped


def checked_client_secret(text: str) -> str:
    """Return a client's secret (RFC 6749 appendix A.2), which may be empty; raises ValueError."""
    stripped = text.strip()
    if stripped and not re.fullmatch(_VISIBLE, stripped):
        raise ValueError("Expected a client secret of printable ASCII characters")
    return stripped


def checked_scopes(tokens: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes to ask for, each once (RFC 6749 section 3.3); raises ValueError."""
    found = tuple(dict.fromkeys(tokens))
    if not 0 < len(found) <= _COUNT_LIMIT or not all(re.fullmatch(_SCOPE, token) for token in found):
        raise ValueError("Expected scopes without spaces, quotation marks and backslashes")
    return found


def checked_hosts(hosts: Iterable[str]) -> tuple[str, ...]:
    """Return mail servers as A-labels or IP addresses, each once; raises ValueError."""
    try:
        found = tuple(dict.fromkeys(map(_canonical_host, hosts)))
    except ValueError:
        found = ()
    if not 0 < len(found) <= _COUNT_LIMIT:
        raise ValueError("Expected the names of mail servers")
    return found


def checked_tenant(text: str) -> str:
    """Return whose accounts Microsoft is to ask for: a domain, an identifier, or “common”; raises ValueError."""
    try:
        return domain_to_ascii(text.strip())
    except AddressError:
        raise ValueError("Expected a domain or a tenant's identifier") from None


def _canonical_host(text: str) -> str:
    """Return a host as it is stored; raises ValueError."""
    try:
        return host_to_ascii(text)
    except AddressError:
        raise ValueError("Expected a host's name") from None
