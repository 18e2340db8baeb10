"""An organisation read from files that hold answers of Google's API, as they came: with curl, Apps Script, gcloud.

A file holds one answer, or a list of them (the pages of a list, in any order): objects with `policies`,
`organizationUnits`, `groups`, `users` or `domains`. As members.list does not say whose members it lists, these stand
in an object of their own, by the id or address of their group: `{"members": {"partner@beispiel.example": [...]}}`.
"""

from __future__ import annotations

import msgspec

from app.errors import ExportError, PolicyError, Problem, Reason
from app.exporter.api import ApiDomain, ApiGroup, ApiMember, ApiOrgUnit, ApiUser
from app.exporter.collected import Collected
from app.policy.directory import DIRECTORY_FORMAT, DIRECTORY_MAX_BYTES, Directory, read_directory
from app.policy.document import OrgPolicy
from app.policy.strict_json import check_every_object, checked_text, decoded

__all__ = ["add_api_file", "check_is_whole", "directory_in"]


class _Answer(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An answer of any of the lists; which one it is, its fields say."""

    policies: tuple[OrgPolicy, ...] | None = None
    organization_units: tuple[ApiOrgUnit, ...] | None = None
    groups: tuple[ApiGroup, ...] | None = None
    users: tuple[ApiUser, ...] | None = None
    domains: tuple[ApiDomain, ...] | None = None
    members: dict[str, tuple[ApiMember, ...]] | None = None
    next_page_token: str = ""


class _Head(msgspec.Struct, frozen=True):
    """What tells the program's own directory from Google's answers."""

    format: str = ""


def directory_in(data: bytes, *, file: str) -> Directory | None:
    """Return the directory in a file, or None for a file of another kind; raises PolicyError as `read_directory`."""
    try:
        head = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_Head)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return read_directory(data, source=file) if head.format == DIRECTORY_FORMAT else None


def add_api_file(found: Collected, data: bytes, *, file: str) -> None:
    """Add what is in a file; raises ExportError (EXPORT_INPUT_WRONG) with the path of what is wrong."""
    try:
        text = checked_text(data, DIRECTORY_MAX_BYTES, source=file)
        check_every_object(text, source=file)
        is_list = text[:1] == b"["
        answers = decoded(text, tuple[_Answer, ...], source=file) if is_list else (decoded(text, _Answer, source=file),)
    except PolicyError as error:
        raise ExportError.because(Reason.EXPORT_INPUT_WRONG, file=file, detail=words(error.problem)) from error
    _check_pages(answers, file)
    for answer in answers:
        found.policies += answer.policies or ()
        found.units += answer.organization_units or ()
        found.groups += answer.groups or ()
        found.users += answer.users or ()
        found.domains += answer.domains or ()
        for group, members in (answer.members or {}).items():
            found.members.setdefault(group, []).extend(members)


def check_is_whole(found: Collected, *, file: str) -> None:
    """Raise ExportError (EXPORT_INPUT_WRONG) where a list that documents need is in none of the files."""
    for name, things in (("policies", found.policies), ("org units", found.units), ("users", found.users)):
        if not things:
            detail = f"there are no {name} in what was given"
            raise ExportError.because(Reason.EXPORT_INPUT_WRONG, file=file, detail=detail)


def words(problem: Problem) -> str:
    """Return what is wrong with a file that is no document, in the words for documents' mistakes."""
    match problem.reason:
        case Reason.POLICY_TOO_LARGE:
            return f"it is larger than {DIRECTORY_MAX_BYTES // 1024 // 1024} MiB"
        case Reason.POLICY_HTML:
            return "it is a web page"
        case _:
            return problem.fact("detail")


def _check_pages(answers: tuple[_Answer, ...], file: str) -> None:
    """Refuse a list whose last page is missing: who is not in it would lose their document."""
    for name in ("policies", "groups", "users"):
        pages = [answer for answer in answers if getattr(answer, name) is not None]
        if pages and all(page.next_page_token for page in pages):
            detail = f"{name}: the last page is missing, each says that another one follows"
            raise ExportError.because(Reason.EXPORT_INPUT_WRONG, file=file, detail=detail)
    if not any(_has_something(answer) for answer in answers):
        detail = "there is none of policies, organizationUnits, groups, users, members and domains in it"
        raise ExportError.because(Reason.EXPORT_INPUT_WRONG, file=file, detail=detail)


def _has_something(answer: _Answer) -> bool:
    fields = answer.__struct_fields__
    return any(getattr(answer, name) is not None for name in fields if name != "next_page_token")
