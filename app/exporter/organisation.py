"""What Google does not know of an organisation: its name, its support, its submission server.

It stands in a small file, TOML or JSON, in the words of the policy document:

    [organisation]
    name = "Beispiel GmbH"
    domains = ["beispiel.example"]        # where the directory does not name them
    support = "it@beispiel.example"

    [mailServers.submission]
    host = "smtp.beispiel.example"
    port = 587
    securityMode = "starttls"

Policies of the program's own settings (`settings/absender.…`) may stand there too, in the form of Google's.
"""

from __future__ import annotations

import tomllib

import msgspec

from app.errors import ExportError, PolicyError, Problem, Reason
from app.policy.document import MailServers, Organisation, OrgPolicy, bad_value, check_shared
from app.policy.strict_json import check_every_object, checked_text, decoded

__all__ = ["ORGANISATION_MAX_BYTES", "OrganisationFile", "completed", "read_organisation"]

ORGANISATION_MAX_BYTES = 64 * 1024
_OWN_SETTINGS = "settings/absender."
_NO_DOMAIN = ("organisation.invalid",)
"""Stands in for the domains while all else is checked (RFC 2606 section 2)."""


class _Named(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """An organisation whose domains may be left to the directory."""

    name: str
    domains: tuple[str, ...] = ()
    customer: str = ""
    support: str = ""


class OrganisationFile(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """The file's content; a name it does not know is a mistake, because a person wrote it."""

    organisation: _Named
    mail_servers: MailServers
    policies: tuple[OrgPolicy, ...] = ()


def read_organisation(data: bytes, *, file: str) -> OrganisationFile:
    """Return what stands in the file: JSON where it begins with a brace, else TOML.

    Raises ExportError (ORGANISATION_WRONG) with the path of what is wrong.
    """
    try:
        found = _json(data, file) if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" else _toml(data, file)
        check_shared(
            _with_domains(found, found.organisation.domains or _NO_DOMAIN),
            found.mail_servers,
            found.policies,
            source=file,
        )
        for index, policy in enumerate(found.policies):
            if not policy.setting.type.startswith(_OWN_SETTINGS):
                raise bad_value(
                    file, f"policies[{index}].setting.type", f"Expected one that begins with {_OWN_SETTINGS}"
                )
    except PolicyError as error:
        raise ExportError.because(Reason.ORGANISATION_WRONG, file=file, detail=_words(error.problem)) from error
    return found


def completed(found: OrganisationFile, domains: tuple[str, ...], customer: str, *, file: str) -> Organisation:
    """Return the organisation with the directory's domains where the file names none, and its customer id.

    Raises ExportError (ORGANISATION_WRONG) where neither names a domain, or the directory a wrong one.
    """
    organisation = _with_domains(found, found.organisation.domains or domains)
    if not organisation.customer:
        organisation = msgspec.structs.replace(organisation, customer=customer)
    try:
        check_shared(organisation, found.mail_servers, found.policies, source=file)
    except PolicyError as error:
        raise ExportError.because(Reason.ORGANISATION_WRONG, file=file, detail=_words(error.problem)) from error
    return organisation


def _with_domains(found: OrganisationFile, domains: tuple[str, ...]) -> Organisation:
    named = found.organisation
    return Organisation(name=named.name, domains=domains, customer=named.customer, support=named.support)


def _json(data: bytes, file: str) -> OrganisationFile:
    text = checked_text(data, ORGANISATION_MAX_BYTES, source=file)
    check_every_object(text, source=file)
    return decoded(text, OrganisationFile, source=file)


def _toml(data: bytes, file: str) -> OrganisationFile:
    if len(data) > ORGANISATION_MAX_BYTES:
        raise PolicyError.because(Reason.POLICY_TOO_LARGE, source=file)
    try:
        found = tomllib.loads(data.removeprefix(b"\xef\xbb\xbf").decode())
    except RecursionError as error:
        raise PolicyError.because(Reason.POLICY_NOT_JSON, source=file, detail="nested too deep") from error
    except ValueError as error:  # of TOML, or of UTF-8
        raise PolicyError.because(Reason.POLICY_NOT_JSON, source=file, detail=str(error)) from error
    return decoded(msgspec.json.encode(found), OrganisationFile, source=file)


def _words(problem: Problem) -> str:
    if problem.reason is Reason.POLICY_TOO_LARGE:
        return f"it is larger than {ORGANISATION_MAX_BYTES // 1024} KiB"
    return problem.fact("detail")
