"""The policy document `absender-policy/1`: parsed strictly where it could allow something, leniently elsewhere.

The `policies` are those of Google's Cloud Identity Policy API, unchanged
(cloud.google.com/identity/docs/reference/rest/v1/policies). Unknown fields are ignored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from app.address import Address, domain_to_ascii, has_hidden_characters
from app.errors import AddressError, PolicyError, Reason
from app.policy.strict_json import check_every_object, checked_text, decoded
from app.profile import NoSignIn, PasswordSignIn, Security, SmtpServer, is_ip_address, is_loopback

__all__ = [
    "ADMINS",
    "FORMAT",
    "LIST_LIMIT",
    "MAX_BYTES",
    "MAX_SERIAL",
    "MailServer",
    "MailServers",
    "OrgPolicy",
    "Organisation",
    "PolicyDocument",
    "PolicyQuery",
    "Setting",
    "Subject",
    "bad_value",
    "check_shared",
    "check_texts",
    "digest",
    "parse",
]

ADMINS = "WORKSPACE_ALL_ADMIN_GROUP"
"""What the Policy API calls the group of all administrators; it has no `groups/…` name."""
FORMAT = "absender-policy/1"
MAX_BYTES = 256 * 1024
MAX_SERIAL = 2**53 - 1
"""The largest whole number that every JSON reader and the database keep exactly (RFC 8259 section 6)."""
LIST_LIMIT = 1000
"""How many domains, and how many aliases: Google hosts 600 a customer and 30 a user; each costs time to check."""

_Wrong = Callable[[str, str], PolicyError]
"""Makes the error for a path in the document and what was expected there."""


class _Struct(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Frozen, with camelCase names in JSON as in Google's API."""


class _Head(_Struct, frozen=True):
    """What every format has, so that another format is named as such and not as a mistake."""

    format: str = FORMAT


class Organisation(_Struct, frozen=True):
    """Who the document is from."""

    name: str
    domains: tuple[str, ...]
    customer: str = ""
    support: str = ""


class Subject(_Struct, frozen=True):
    """Whom the document is for; `org_units` runs from the root to the leaf.

    Both lists are complete: the person is in no other unit, and in no other group that the policies beside them
    name, nested ones and Google's own `WORKSPACE_ALL_ADMIN_GROUP` included.
    """

    email: str
    aliases: tuple[str, ...] = ()
    org_units: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class MailServer(_Struct, frozen=True):
    """A submission server of the organisation; `{email}` in the user name stands for the subject's address."""

    host: str
    port: int
    security_mode: Security = Security.STARTTLS
    username: str = "{email}"


class MailServers(_Struct, frozen=True):
    """The organisation's servers."""

    submission: MailServer


class PolicyQuery(_Struct, frozen=True):
    """Whom a policy applies to (API type PolicyQuery)."""

    org_unit: str = ""
    group: str = ""
    query: str = ""
    sort_order: float = 0.0


class Setting(_Struct, frozen=True):
    """What a policy sets (API type Setting)."""

    type: str
    value: dict[str, Any] = {}


class OrgPolicy(_Struct, frozen=True):
    """One policy as the Cloud Identity Policy API returns it."""

    name: str
    setting: Setting
    policy_query: PolicyQuery = PolicyQuery()
    customer: str = ""
    type: str = "ADMIN"


class PolicyDocument(_Struct, frozen=True):
    """A whole policy document for one person."""

    format: str
    serial: int
    issued_at: datetime
    expires_at: datetime
    organisation: Organisation
    subject: Subject
    mail_servers: MailServers
    policies: tuple[OrgPolicy, ...] = ()
    names: dict[str, str] = {}

    @property
    def domains(self) -> tuple[str, ...]:
        """The organisation's domains as A-labels."""
        return tuple(domain_to_ascii(domain) for domain in self.organisation.domains)

    @property
    def subject_address(self) -> Address:
        """Whom the document is for."""
        return Address.parse(self.subject.email)

    @property
    def aliases(self) -> tuple[Address, ...]:
        """Addresses the organisation vouches for as the person's own."""
        return tuple(Address.parse(text) for text in self.subject.aliases)

    def name_of(self, resource: str) -> str:
        """Return what people call an org unit or group, else its resource name."""
        return self.names.get(resource, resource)

    def submission_server(self) -> SmtpServer:
        """Return the organisation server, its host as A-labels and its user name filled in."""
        server = self.mail_servers.submission
        username = server.username.replace("{email}", str(self.subject_address))
        sign_in = PasswordSignIn() if username else NoSignIn()
        return SmtpServer(_checked_host(server.host), server.port, server.security_mode, username, sign_in)


def parse(data: bytes, *, source: str, expected: Address | None = None) -> PolicyDocument:
    """Return the document in `data`; raises PolicyError with the path of what is wrong.

    `source` names where it came from, for the error; `expected` is the person it must be for.
    """
    text = checked_text(data, MAX_BYTES, source=source)
    head = decoded(text, _Head, source=source)
    if head.format != FORMAT:
        raise PolicyError.because(Reason.POLICY_BAD_FORMAT, source=source, format=head.format[:80])
    document = decoded(text, PolicyDocument, source=source)
    check_every_object(text, source=source)
    _check_values(document, source)
    if expected is not None and document.subject_address != expected:
        raise PolicyError.because(
            Reason.POLICY_OTHER_USER, source=source, expected=expected.display, found=document.subject_address.display
        )
    return document


def digest(data: bytes) -> str:
    """Return what tells two documents of the same serial apart: SHA-256 of the bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def check_shared(
    organisation: Organisation, servers: MailServers, policies: tuple[OrgPolicy, ...], *, source: str
) -> None:
    """Check what types cannot say of the parts that all documents of an organisation share.

    Raises PolicyError with the path of what is wrong.
    """

    def wrong(path: str, detail: str) -> PolicyError:
        return bad_value(source, path, detail)

    if not 0 < len(organisation.domains) <= LIST_LIMIT:
        raise wrong("organisation.domains", f"Expected from 1 to {LIST_LIMIT} domains")
    for index, domain in enumerate(organisation.domains):
        try:
            domain_to_ascii(domain)
        except AddressError as error:
            raise wrong(f"organisation.domains[{index}]", "Expected a domain name") from error
    _check_server(servers.submission, wrong)
    check_texts(_shared_texts(organisation, servers, policies), source=source)


def check_texts(texts: Iterable[tuple[str, str]], *, source: str) -> None:
    """Check each text that people will read or a server be sent; raises PolicyError with its path."""
    for path, text in texts:
        if has_hidden_characters(text):
            raise bad_value(source, path, "Expected a text without line breaks and other hidden characters")


def bad_value(source: str, path: str, detail: str) -> PolicyError:
    """Return the error for a value at `path` that is not what was expected there."""
    return PolicyError.because(Reason.POLICY_BAD_DOCUMENT, source=source, detail=f"{path}: {detail}")


def _check_values(document: PolicyDocument, source: str) -> None:
    """Check what types cannot say; raises PolicyError."""
    if not 0 <= document.serial <= MAX_SERIAL:
        raise bad_value(source, "serial", f"Expected a number from 0 to {MAX_SERIAL}")
    for path, moment in (("issuedAt", document.issued_at), ("expiresAt", document.expires_at)):
        if moment.tzinfo is None:
            raise bad_value(source, path, "Expected a time with its zone")
    check_shared(document.organisation, document.mail_servers, document.policies, source=source)
    check_texts(_name_texts(document.names), source=source)
    if len(document.subject.aliases) > LIST_LIMIT:
        raise bad_value(source, "subject.aliases", f"Expected at most {LIST_LIMIT} addresses")
    for path, text in (
        ("subject.email", document.subject.email),
        *((f"subject.aliases[{index}]", alias) for index, alias in enumerate(document.subject.aliases)),
    ):
        try:
            Address.parse(text)
        except AddressError as error:
            raise bad_value(source, path, "Expected an email address") from error


def _shared_texts(
    organisation: Organisation, servers: MailServers, policies: tuple[OrgPolicy, ...]
) -> Iterator[tuple[str, str]]:
    yield "organisation.name", organisation.name
    yield "organisation.support", organisation.support
    yield "mailServers.submission.username", servers.submission.username
    for index, policy in enumerate(policies):
        query = policy.policy_query
        yield f"policies[{index}].name", policy.name
        yield f"policies[{index}].policyQuery.orgUnit", query.org_unit
        yield f"policies[{index}].policyQuery.group", query.group


def _name_texts(names: dict[str, str]) -> Iterator[tuple[str, str]]:
    for resource, name in names.items():
        yield "names", resource
        yield f"names[{resource[:80]!r}]", name


def _check_server(server: MailServer, wrong: _Wrong) -> None:
    try:
        host = _checked_host(server.host)
    except AddressError as error:
        raise wrong("mailServers.submission.host", "Expected a host name") from error
    if not 0 < server.port < 65536:
        raise wrong("mailServers.submission.port", "Expected a port from 1 to 65535")
    if server.security_mode is Security.NONE and not is_loopback(host):
        raise wrong("mailServers.submission.securityMode", "Expected starttls or ssl")
    if not server.username and not is_loopback(host):
        raise wrong("mailServers.submission.username", "Expected a user name")


def _checked_host(host: str) -> str:
    """Return an IP address as it is, a name as A-labels; raises AddressError."""
    return host if is_ip_address(host) else domain_to_ascii(host)
