"""The policy document `absender-policy/1`: parsed strictly where it could allow something, leniently elsewhere.

The `policies` are those of Google's Cloud Identity Policy API, unchanged
(cloud.google.com/identity/docs/reference/rest/v1/policies). Unknown fields are ignored.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from app.address import Address, domain_to_ascii
from app.errors import AddressError, PolicyError, Reason
from app.profile import NoSignIn, PasswordSignIn, Security, SmtpServer

__all__ = [
    "FORMAT",
    "MAX_BYTES",
    "MailServer",
    "OrgPolicy",
    "Organisation",
    "PolicyDocument",
    "PolicyQuery",
    "Setting",
    "Subject",
    "parse",
]

FORMAT = "absender-policy/1"
MAX_BYTES = 256 * 1024
_DEPTH_LIMIT = 32
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class _Struct(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Frozen, with camelCase names in JSON as in Google's API."""


class Organisation(_Struct, frozen=True):
    """Who the document is from."""

    name: str
    domains: tuple[str, ...]
    customer: str = ""
    support: str = ""


class Subject(_Struct, frozen=True):
    """Whom the document is for; `org_units` runs from the root to the leaf."""

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
        """Return the organisation server, its user name filled in."""
        server = self.mail_servers.submission
        username = server.username.replace("{email}", str(self.subject_address))
        sign_in = PasswordSignIn() if username else NoSignIn()
        return SmtpServer(server.host, server.port, server.security_mode, username, sign_in)


def parse(data: bytes, *, source: str, expected: Address | None = None) -> PolicyDocument:
    """Return the document in `data`; raises PolicyError with the path of what is wrong.

    `source` names where it came from, for the error; `expected` is the person it must be for.
    """
    text = _checked_text(data, source)
    try:
        document = msgspec.json.decode(text, type=PolicyDocument)
    except msgspec.ValidationError as error:
        raise PolicyError.because(Reason.POLICY_BAD_DOCUMENT, source=source, detail=_detail(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PolicyError.because(Reason.POLICY_NOT_JSON, source=source, detail=str(error)) from error
    if document.format != FORMAT:
        raise PolicyError.because(Reason.POLICY_BAD_FORMAT, source=source, format=document.format[:80])
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
        raise PolicyError.because(Reason.POLICY_HTML, source=source)
    if _depth(text) > _DEPTH_LIMIT:
        raise PolicyError.because(
            Reason.POLICY_NOT_JSON, source=source, detail=f"nested deeper than {_DEPTH_LIMIT} levels"
        )
    return text


def _depth(text: bytes) -> int:
    """Return how deep brackets nest, strings left out, without building anything."""
    bare = re.sub(rb'"(?:[^"\\]|\\.)*"?', b"", text, flags=re.DOTALL)
    depth = deepest = 0
    for bracket in re.findall(rb"[\[\]{}]", bare):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _detail(error: msgspec.ValidationError) -> str:
    """Return msgspec's message with the path first: `policies[3].setting.value: Expected …`."""
    message, _, path = str(error).partition(" - at `$")
    return f"{path.rstrip('`').lstrip('.')}: {message}" if path else message


def _check_values(document: PolicyDocument, source: str) -> None:
    """Check what types cannot say; raises PolicyError."""

    def wrong(path: str, detail: str) -> PolicyError:
        return PolicyError.because(Reason.POLICY_BAD_DOCUMENT, source=source, detail=f"{path}: {detail}")

    if document.serial < 0:
        raise wrong("serial", "Expected a number of at least 0")
    for path, moment in (("issuedAt", document.issued_at), ("expiresAt", document.expires_at)):
        if moment.tzinfo is None:
            raise wrong(path, "Expected a time with its zone")
    _check_names(document, wrong)
    server = document.mail_servers.submission
    if not 0 < server.port < 65536:
        raise wrong("mailServers.submission.port", "Expected a port from 1 to 65535")
    if server.security_mode is Security.NONE and server.host not in _LOOPBACK:
        raise wrong("mailServers.submission.securityMode", "Expected starttls or ssl")


def _check_names(document: PolicyDocument, wrong: Callable[[str, str], PolicyError]) -> None:
    if not document.organisation.domains:
        raise wrong("organisation.domains", "Expected at least one domain")
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
