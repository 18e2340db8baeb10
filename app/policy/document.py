"""The policy document `absender-policy/1`: parsed strictly where it could allow something, leniently elsewhere.

The `policies` are those of Google's Cloud Identity Policy API, unchanged
(cloud.google.com/identity/docs/reference/rest/v1/policies). Unknown fields are ignored.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from app.address import Address, domain_to_ascii, has_hidden_characters
from app.errors import AddressError, PolicyError, Reason
from app.profile import NoSignIn, PasswordSignIn, Security, SmtpServer, is_ip_address, is_loopback

__all__ = [
    "FORMAT",
    "MAX_BYTES",
    "MAX_SERIAL",
    "MailServer",
    "OrgPolicy",
    "Organisation",
    "PolicyDocument",
    "PolicyQuery",
    "Setting",
    "Subject",
    "digest",
    "parse",
]

FORMAT = "absender-policy/1"
MAX_BYTES = 256 * 1024
MAX_SERIAL = 2**53 - 1
"""The largest whole number that every JSON reader and the database keep exactly (RFC 8259 section 6)."""
_DEPTH_LIMIT = 32
_LIST_LIMIT = 1000  # Google hosts 600 domains a customer and 30 aliases a user; each costs time to check
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))

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

    Both lists are complete: the person is in no other unit, and in no other group, nested ones and Google's own
    `WORKSPACE_ALL_ADMIN_GROUP` included.
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
    text = _checked_text(data, source)
    try:
        head = msgspec.json.decode(text, type=_Head)
        if head.format != FORMAT:
            raise PolicyError.because(Reason.POLICY_BAD_FORMAT, source=source, format=head.format[:80])
        document = msgspec.json.decode(text, type=PolicyDocument)
        _check_every_object(text)
    except msgspec.ValidationError as error:
        raise PolicyError.because(Reason.POLICY_BAD_DOCUMENT, source=source, detail=_detail(error)) from error
    except ValueError as error:  # of msgspec, of UTF-8, or of `_check_every_object`
        raise PolicyError.because(Reason.POLICY_NOT_JSON, source=source, detail=str(error)) from error
    _check_values(document, source)
    if expected is not None and document.subject_address != expected:
        raise PolicyError.because(
            Reason.POLICY_OTHER_USER, source=source, expected=expected.display, found=document.subject_address.display
        )
    return document


def digest(data: bytes) -> str:
    """Return what tells two documents of the same serial apart: SHA-256 of the bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def _checked_text(data: bytes, source: str) -> bytes:
    """Return the JSON text, refusing at once what is too large, a web page, or nested without end."""
    if len(data) > MAX_BYTES:
        raise PolicyError.because(Reason.POLICY_TOO_LARGE, source=source)
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    if text[:1] == b"<":
        raise PolicyError.because(Reason.POLICY_HTML, source=source, host=source)
    if _is_too_deep(text):
        raise PolicyError.because(
            Reason.POLICY_NOT_JSON, source=source, detail=f"nested deeper than {_DEPTH_LIMIT} levels"
        )
    return text


def _is_too_deep(text: bytes) -> bool:
    """Whether brackets nest deeper than the limit, strings left out; builds nothing and stops at once."""
    depth = 0
    for bracket in _STRING.sub(b"", text).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > _DEPTH_LIMIT:
            return True
    return False


def _check_every_object(text: bytes) -> None:
    """Refuse what readers of JSON disagree about, in fields the program ignores too; raises ValueError.

    Of a name that stands twice in an object one reader takes the first value and another the last
    (RFC 8259 section 4), so that what an admin sees refused could be allowed here. Values are dropped as
    they are read, so that memory stays flat.
    """
    json.loads(text.decode(), object_pairs_hook=_check_pairs, parse_float=_check_float, parse_int=len)


def _check_pairs(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise ValueError(f"the name {name[:80]!r} stands twice in one object")
        seen.add(name)


def _check_float(text: str) -> None:
    if not math.isfinite(float(text)):
        raise ValueError(f"the number {text[:40]} is out of range")


def _detail(error: msgspec.ValidationError) -> str:
    """Return msgspec's message with the path first: `policies[3].setting.value: Expected …`."""
    message, _, path = str(error).partition(" - at `$")
    return f"{path.rstrip('`').lstrip('.')}: {message}" if path else message


def _check_values(document: PolicyDocument, source: str) -> None:
    """Check what types cannot say; raises PolicyError."""

    def wrong(path: str, detail: str) -> PolicyError:
        return PolicyError.because(Reason.POLICY_BAD_DOCUMENT, source=source, detail=f"{path}: {detail}")

    if not 0 <= document.serial <= MAX_SERIAL:
        raise wrong("serial", f"Expected a number from 0 to {MAX_SERIAL}")
    for path, moment in (("issuedAt", document.issued_at), ("expiresAt", document.expires_at)):
        if moment.tzinfo is None:
            raise wrong(path, "Expected a time with its zone")
    for path, text in _texts(document):
        if has_hidden_characters(text):
            raise wrong(path, "Expected a text without line breaks and other hidden characters")
    _check_names(document, wrong)
    _check_server(document.mail_servers.submission, wrong)


def _texts(document: PolicyDocument) -> Iterator[tuple[str, str]]:
    """Yield every text that people will read or a server be sent, with its path."""
    yield "organisation.name", document.organisation.name
    yield "organisation.support", document.organisation.support
    yield "mailServers.submission.username", document.mail_servers.submission.username
    for resource, name in document.names.items():
        yield "names", resource
        yield f"names[{resource[:80]!r}]", name
    for index, policy in enumerate(document.policies):
        query = policy.policy_query
        yield f"policies[{index}].name", policy.name
        yield f"policies[{index}].policyQuery.orgUnit", query.org_unit
        yield f"policies[{index}].policyQuery.group", query.group


def _check_names(document: PolicyDocument, wrong: _Wrong) -> None:
    if not 0 < len(document.organisation.domains) <= _LIST_LIMIT:
        raise wrong("organisation.domains", f"Expected from 1 to {_LIST_LIMIT} domains")
    if len(document.subject.aliases) > _LIST_LIMIT:
        raise wrong("subject.aliases", f"Expected at most {_LIST_LIMIT} addresses")
    for index, domain in enumerate(document.organisation.domains):
        try:
            domain_to_ascii(domain)
        except AddressError as error:
            raise wrong(f"organisation.domains[{index}]", "Expected a domain name") from error
    for path, text in (
        ("subject.email", document.subject.email),
        *((f"subject.aliases[{index}]", alias) for index, alias in enumerate(document.subject.aliases)),
    ):
        try:
            Address.parse(text)
        except AddressError as error:
            raise wrong(path, "Expected an email address") from error


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
