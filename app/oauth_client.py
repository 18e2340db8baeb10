"""The programs an authorization server knows us as, each with the mail servers its tokens are for.

A desktop program is a public client (RFC 8252 section 8.4): who installs it can read its identifier, and the "secret"
that some providers add to it. What proves the person is the browser and PKCE, not this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["OAuthClient", "Provider", "RedirectHost", "client_for", "provider_of"]


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
