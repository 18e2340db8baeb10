"""A file that an administrator opens in the preview: a directory, or one person's policy, signed or not."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.errors import PolicyError, Reason
from app.ordinary_file import read_ordinary
from app.policy.directory import DIRECTORY_MAX_BYTES, Directory, Group, OrgUnit, User, read_directory
from app.policy.document import FORMAT, PolicyDocument, parse
from app.policy.signature import is_signed, open_document

__all__ = ["directory_of", "read_file"]


class _Head(msgspec.Struct):
    format: str = ""


def read_file(file: Path) -> Directory:
    """Return the organisation in a file; raises PolicyError with what is wrong, and where in the file.

    It takes seconds for a large one: call it in a thread.
    """
    data, source = _read(file), str(file)
    if is_signed(data):
        return directory_of(parse(open_document(data, (), source=source).payload, source=source))
    if _format(data) == FORMAT:
        return directory_of(parse(data, source=source))
    return read_directory(data, source=source)


def directory_of(document: PolicyDocument) -> Directory:
    """Return the organisation as far as one person's document tells of it."""
    subject, units = document.subject, dict[str, OrgUnit]()
    parent = ""
    for number, unit in enumerate(subject.org_units):
        path = document.names.get(unit, "/" if number == 0 else f"/{unit.removeprefix('orgUnits/')}")
        units[unit] = OrgUnit(id=unit, path=path, parent=parent)
        parent = unit
    groups = {each: Group(id=each, email=document.name_of(each)) for each in subject.groups}
    user = User(email=subject.email, aliases=subject.aliases, org_unit=parent, groups=subject.groups)
    return Directory(
        organisation=document.organisation,
        mail_servers=document.mail_servers,
        units=units,
        groups=groups,
        users=(user,),
        policies=document.policies,
    )


def _read(file: Path) -> bytes:
    try:
        return read_ordinary(file, DIRECTORY_MAX_BYTES)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise PolicyError.because(Reason.POLICY_UNREADABLE, source=str(file), detail=detail) from error


def _format(data: bytes) -> str:
    """Return the format a file says it has; empty where it says none, or is no JSON."""
    try:
        return msgspec.json.decode(data, type=_Head).format
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""
