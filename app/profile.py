"""A person's send-as addresses and the servers their mail goes through, as values.

Fields and rules follow Gmail's `users.settings.sendAs` resource: exactly one address is the primary one,
exactly one is the default, and the primary one cannot be deleted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from app.address import Address
from app.errors import ProfileError, Reason
from app.oauth_client import OAuthClient

__all__ = [
    "ADDRESS_LIMIT",
    "CommandSignIn",
    "NoSignIn",
    "OAuthSignIn",
    "PasswordSignIn",
    "Profile",
    "ReplyFrom",
    "Security",
    "SendAsAddress",
    "SignIn",
    "SmtpServer",
    "Verification",
    "WhenMissed",
    "is_ip_address",
    "is_loopback",
]

ADDRESS_LIMIT = 99
"""How many addresses Gmail lets a person add (support.google.com/mail/answer/22370)."""


class Security(StrEnum):
    """How a connection to a server is protected (Gmail's `smtpMsa.securityMode`)."""

    STARTTLS = "starttls"
    SSL = "ssl"
    NONE = "none"


class Verification(StrEnum):
    """Whether the owner has proved an address (Gmail's `verificationStatus`)."""

    ACCEPTED = "accepted"
    PENDING = "pending"


class ReplyFrom(StrEnum):
    """Which address a reply is written from."""

    SAME = "same"
    DEFAULT = "default"


class WhenMissed(StrEnum):
    """What becomes of a scheduled message whose time passed while nobody was there to send it."""

    SEND = "send"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class PasswordSignIn:
    """The password lies in the system's keychain, under the server and user name."""


@dataclass(frozen=True, slots=True)
class CommandSignIn:
    """A command whose first output line is the password; run without a shell. Its words stay out of logs."""

    argv: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class NoSignIn:
    """No sign-in at all; for servers on this machine only."""


@dataclass(frozen=True, slots=True)
class OAuthSignIn:
    """The person signs in with the browser (OAuth 2.0, RFC 8252); what lasts of that lies in the system's keychain."""


SignIn = PasswordSignIn | CommandSignIn | NoSignIn | OAuthSignIn


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A submission server and how to sign in to it (Gmail's `smtpMsa`); never its password."""

    host: str
    port: int
    security: Security
    username: str = ""
    sign_in: SignIn = field(default_factory=PasswordSignIn)

    @property
    def keychain_account(self) -> str:
        """The name under which the keychain holds this login's password, or its sign-in with the browser."""
        login = f"{self.username}@{self.host}:{self.port}"
        # Behind the port: in front of it a user name could say the same, and get the other's secret.
        return f"{login} OAuth" if isinstance(self.sign_in, OAuthSignIn) else login

    @property
    def keeps_secret(self) -> bool:
        """Whether the keychain holds something for this login."""
        return isinstance(self.sign_in, PasswordSignIn | OAuthSignIn)

    @property
    def queue(self) -> str:
        """The name of this server's queue: messages with the same one share its fate."""
        return f"{self.username}@{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class SendAsAddress:
    """One address the person may put in From, and the server it goes through."""

    id: str
    address: Address
    display_name: str = ""
    reply_to: Address | None = None
    signature: str = ""
    is_primary: bool = False
    is_default: bool = False
    treat_as_alias: bool = True
    smtp_msa: SmtpServer | None = None
    verification: Verification = Verification.PENDING

    @property
    def is_verified(self) -> bool:
        """Whether mail may be sent from this address."""
        return self.verification is Verification.ACCEPTED


@dataclass(frozen=True, slots=True)
class Profile:
    """All addresses of one person, the organisation server, and where the policy comes from."""

    id: str
    addresses: tuple[SendAsAddress, ...]
    organisation_server: SmtpServer
    policy_source: str
    """URL or file of the policy; empty when the person stated that no organisation owns the address."""
    policy_ca: str = ""
    """A PEM file with certificate authorities for the policy server; empty for the system's."""
    policy_keys: tuple[str, ...] = ()
    """The organisation's public keys as text; with one, only what is signed with it is a policy."""
    mail_ca: str = ""
    """A PEM file with additional certificate authorities for mail servers; empty for none."""
    oauth_clients: tuple[OAuthClient, ...] = ()
    """As whom the program asks for sign-ins with the browser; one for a mail server at most."""
    reply_from: ReplyFrom = ReplyFrom.DEFAULT
    undo_seconds: int = 10
    when_missed: WhenMissed = WhenMissed.SEND
    created_at: datetime | None = None

    @property
    def primary(self) -> SendAsAddress:
        """The login address."""
        return next(entry for entry in self.addresses if entry.is_primary)

    @property
    def default(self) -> SendAsAddress:
        """The address new messages start with."""
        return next(entry for entry in self.addresses if entry.is_default)

    @property
    def servers(self) -> tuple[SmtpServer, ...]:
        """The organisation server, and the gateways in the order of their addresses."""
        return self.organisation_server, *(entry.smtp_msa for entry in self.addresses if entry.smtp_msa is not None)

    def find(self, address: Address) -> SendAsAddress | None:
        """Return the entry for `address`, or None."""
        return next((entry for entry in self.addresses if entry.address == address), None)

    def get(self, entry_id: str) -> SendAsAddress:
        """Return the entry with this id; raises KeyError for an unknown one."""
        for entry in self.addresses:
            if entry.id == entry_id:
                return entry
        raise KeyError(entry_id)

    def name_for(self, entry: SendAsAddress) -> str:
        """Return the name in From: the entry's own, else the primary's (Gmail's `displayName`)."""
        return entry.display_name or self.primary.display_name

    def with_address(self, entry: SendAsAddress) -> Profile:
        """Return the profile with `entry` added; raises ProfileError for a duplicate or a full list."""
        if self.find(entry.address) is not None:
            raise ProfileError.because(Reason.PROFILE_DUPLICATE, address=entry.address.display)
        if len(self.addresses) > ADDRESS_LIMIT:
            raise ProfileError.because(Reason.PROFILE_TOO_MANY, limit=ADDRESS_LIMIT)
        added = replace(entry, is_primary=False, is_default=False)
        return replace(self, addresses=(*self.addresses, added))

    def with_changed(self, entry: SendAsAddress) -> Profile:
        """Return the profile with the entry of the same id replaced.

        The address itself, primary and default marks cannot be changed this way.
        """
        old = self.get(entry.id)
        kept = replace(entry, address=old.address, is_primary=old.is_primary, is_default=old.is_default)
        return replace(self, addresses=tuple(kept if each.id == entry.id else each for each in self.addresses))

    def without(self, entry_id: str) -> Profile:
        """Return the profile without this entry; a deleted default falls back to the primary address.

        Raises ProfileError for the primary address.
        """
        gone = self.get(entry_id)
        if gone.is_primary:
            raise ProfileError.because(Reason.PROFILE_PRIMARY_FIXED, address=gone.address.display)
        rest = tuple(each for each in self.addresses if each.id != entry_id)
        if gone.is_default:
            rest = tuple(replace(each, is_default=each.is_primary) for each in rest)
        return replace(self, addresses=rest)

    def with_default(self, entry_id: str) -> Profile:
        """Return the profile with another default; raises ProfileError for an unverified address."""
        chosen = self.get(entry_id)
        if not chosen.is_verified:
            raise ProfileError.because(Reason.PROFILE_NOT_VERIFIED, address=chosen.address.display)
        marked = tuple(replace(each, is_default=each.id == entry_id) for each in self.addresses)
        return replace(self, addresses=marked)

    def with_oauth_client(self, client: OAuthClient) -> Profile:
        """Return the profile with `client` in place of those for the same mail servers."""
        others = tuple(each for each in self.oauth_clients if not set(each.hosts) & set(client.hosts))
        return replace(self, oauth_clients=(*others, client))

    def without_idle_clients(self, before: Profile) -> Profile:
        """Return the profile without the clients that servers of `before` needed, and none of it needs any more."""
        idle = [client for client in self.oauth_clients if before.needs(client) and not self.needs(client)]
        return replace(self, oauth_clients=tuple(client for client in self.oauth_clients if client not in idle))

    def needs(self, client: OAuthClient) -> bool:
        """Whether a server is signed in to with `client`."""
        return any(client.covers(each.host) for each in self.servers if isinstance(each.sign_in, OAuthSignIn))


def is_ip_address(host: str) -> bool:
    """Whether a host is an IP address and no name."""
    from ipaddress import ip_address

    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether a host, by name or IP address, is this machine itself, where a connection needs no protection."""
    from ipaddress import ip_address

    bare = host.removeprefix("[").removesuffix("]")
    return ip_address(bare).is_loopback if is_ip_address(bare) else host.lower() == "localhost"
