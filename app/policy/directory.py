"""The organisation as its directory knows it, from which each person's document is made: `absender-directory/1`.

It holds everybody's addresses: it is for the administrator alone, and never lies where documents are published.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TypeVar

import msgspec

from app.address import Address
from app.errors import AddressError, PolicyError, Problem, Reason
from app.policy.document import (
    ADMINS,
    FORMAT,
    LIST_LIMIT,
    MailServers,
    Organisation,
    OrgPolicy,
    PolicyDocument,
    Subject,
    bad_value,
    check_shared,
    check_texts,
)
from app.policy.evaluate import groups_named, may_apply
from app.policy.strict_json import check_every_object, checked_text, decoded

__all__ = [
    "ADMINS",
    "DIRECTORY_FORMAT",
    "DIRECTORY_MAX_BYTES",
    "Directory",
    "Group",
    "OrgUnit",
    "User",
    "read_directory",
    "write_directory",
]

DIRECTORY_FORMAT = "absender-directory/1"
DIRECTORY_MAX_BYTES = 256 * 1024 * 1024
"""100,000 people take about 30 MB."""


class _Struct(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Frozen, with camelCase names in JSON as in documents."""


class OrgUnit(_Struct, frozen=True):
    """An org unit; `id` as policies name it (`orgUnits/…`), `parent` another one's, empty for the root."""

    id: str
    path: str
    parent: str = ""


class Group(_Struct, frozen=True):
    """A group; `id` as policies name it (`groups/…`)."""

    id: str
    email: str
    name: str = ""


class User(_Struct, frozen=True, gc=False):
    """A person; `groups` holds ids, nested membership resolved, with `ADMINS` for an administrator."""

    email: str
    aliases: tuple[str, ...] = ()
    org_unit: str = ""
    """The unit's id; empty where it is not known."""
    groups: tuple[str, ...] = ()


class _Head(_Struct, frozen=True):
    """What every format has, so that another format is named as such and not as a mistake."""

    format: str


class _File(_Struct, frozen=True):
    """The directory as it stands in a file, where lists cannot name a thing otherwise than it does itself."""

    format: str
    organisation: Organisation
    mail_servers: MailServers
    units: tuple[OrgUnit, ...] = ()
    groups: tuple[Group, ...] = ()
    policies: tuple[OrgPolicy, ...] = ()
    users: tuple[msgspec.Raw, ...] = ()
    """Each decoded on its own: one step for all would not let a window's thread run meanwhile."""


class Directory(_Struct, frozen=True):
    """The whole organisation: units and groups by their id, people in the order they were read in."""

    organisation: Organisation
    mail_servers: MailServers
    units: dict[str, OrgUnit] = {}
    groups: dict[str, Group] = {}
    users: tuple[User, ...] = ()
    policies: tuple[OrgPolicy, ...] = ()

    def chain(self, unit_id: str) -> tuple[str, ...]:
        """Return the ids from the root to a unit; of one that hangs in the air, what is known of its way.

        A unit that is not in the directory (deleted meanwhile) ends the way up, and so does one that was met
        before. Then no policy of the units above counts as the person's, so that the default denies.
        """
        way: dict[str, None] = {}  # in its order, and quick to look up: files written by hand may be any depth
        while unit_id and unit_id not in way:
            way[unit_id] = None
            unit = self.units.get(unit_id)
            unit_id = unit.parent if unit is not None else ""
        return tuple(reversed(way))

    def subject(self, user: User) -> Subject:
        """Return the person as policies see it."""
        return Subject(email=user.email, aliases=user.aliases, org_units=self.chain(user.org_unit), groups=user.groups)

    def document(self, user: User, *, serial: int, issued_at: datetime, expires_at: datetime) -> PolicyDocument:
        """Return the person's document: the policies that may apply, and what these name.

        Nothing else of the organisation is in it: the other units and groups are not everybody's business, and
        what changes there leaves the document as it is.
        """
        subject = self.subject(user)
        policies = tuple(policy for policy in self.policies if may_apply(policy.policy_query, subject))
        named = {group for policy in policies for group in groups_named(policy.policy_query)}
        groups = tuple(group for group in subject.groups if group in named)
        return PolicyDocument(
            format=FORMAT,
            serial=serial,
            issued_at=issued_at,
            expires_at=expires_at,
            organisation=self.organisation,
            subject=msgspec.structs.replace(subject, groups=groups),
            mail_servers=self.mail_servers,
            policies=policies,
            names=self._names(subject.org_units, groups),
        )

    def _names(self, units: tuple[str, ...], groups: tuple[str, ...]) -> dict[str, str]:
        names = {unit: self.units[unit].path for unit in units if unit in self.units}
        return names | {group: self.groups[group].email for group in groups if group in self.groups}


def read_directory(data: bytes, *, source: str) -> Directory:
    """Return the directory in `data`, the bytes of the file `source`.

    Raises PolicyError (DIRECTORY_WRONG) with the path of what is wrong: `users[3].orgUnit: …`.
    """
    try:
        return _read(data, source)
    except PolicyError as error:
        raise PolicyError.because(Reason.DIRECTORY_WRONG, file=source, detail=_words(error.problem)) from error


def write_directory(directory: Directory) -> bytes:
    """Return the directory as `read_directory` takes it, a person a line; it is secret from everybody else."""
    file = _File(
        format=DIRECTORY_FORMAT,
        organisation=directory.organisation,
        mail_servers=directory.mail_servers,
        units=tuple(directory.units.values()),
        groups=tuple(directory.groups.values()),
        policies=directory.policies,
        users=(),
    )
    users = b",\n".join(map(msgspec.json.Encoder().encode, directory.users))
    return msgspec.json.encode(file).removesuffix(b"]}") + b"\n" + users + b"\n]}\n"


def _read(data: bytes, source: str) -> Directory:
    text = checked_text(data, DIRECTORY_MAX_BYTES, source=source)
    head = decoded(text, _Head, source=source)
    if head.format != DIRECTORY_FORMAT:
        raise PolicyError.because(Reason.POLICY_BAD_FORMAT, source=source, format=head.format[:80])
    check_every_object(text, source=source)  # first, while little else is in memory
    file = decoded(text, _File, source=source)
    check_shared(file.organisation, file.mail_servers, file.policies, source=source)
    check_texts(_texts(file), source=source)
    return Directory(
        organisation=file.organisation,
        mail_servers=file.mail_servers,
        units=_by_id("units", file.units, source),
        groups=_by_id("groups", file.groups, source),
        users=_shared(_checked_users(_users(file.users, source), source)),
        policies=file.policies,
    )


def _texts(file: _File) -> Iterator[tuple[str, str]]:
    for index, unit in enumerate(file.units):
        yield f"units[{index}].id", unit.id
        yield f"units[{index}].path", unit.path
    for index, group in enumerate(file.groups):
        yield f"groups[{index}].id", group.id
        yield f"groups[{index}].email", group.email
        yield f"groups[{index}].name", group.name


Named = TypeVar("Named", OrgUnit, Group)


def _by_id(path: str, things: tuple[Named, ...], source: str) -> dict[str, Named]:
    found: dict[str, Named] = {}
    for index, thing in enumerate(things):
        if not thing.id:
            raise bad_value(source, f"{path}[{index}].id", "Expected a text that is not empty")
        if found.setdefault(thing.id, thing) is not thing:
            raise bad_value(source, f"{path}[{index}].id", "Expected one that stands nowhere else in the list")
    return found


def _users(written: tuple[msgspec.Raw, ...], source: str) -> tuple[User, ...]:
    return tuple(decoded(each, User, source=source, at=f"users[{index}]") for index, each in enumerate(written))


def _checked_users(users: tuple[User, ...], source: str) -> tuple[User, ...]:
    seen: set[tuple[str, str]] = set()
    for index, user in enumerate(users):
        key = _address(user.email, f"users[{index}].email", source).key
        if key in seen:
            raise bad_value(source, f"users[{index}].email", "Expected nobody else's address")
        seen.add(key)
        if len(user.aliases) > LIST_LIMIT:
            raise bad_value(source, f"users[{index}].aliases", f"Expected at most {LIST_LIMIT} addresses")
        for number, alias in enumerate(user.aliases):
            _address(alias, f"users[{index}].aliases[{number}]", source)
    return users


def _address(text: str, path: str, source: str) -> Address:
    try:
        return Address.parse(text)
    except AddressError as error:
        raise bad_value(source, path, "Expected an email address") from error


def _shared(users: tuple[User, ...]) -> tuple[User, ...]:
    """Return the same people; equal units and groups among them are one object, which halves the memory."""
    units: dict[str, str] = {}
    groups: dict[tuple[str, ...], tuple[str, ...]] = {}
    return tuple(
        User(
            email=user.email,
            aliases=user.aliases,
            org_unit=units.setdefault(user.org_unit, user.org_unit),
            groups=groups.setdefault(user.groups, user.groups),
        )
        for user in users
    )


def _words(problem: Problem) -> str:
    """Return what is wrong with a file that is no document, in the words for documents' mistakes."""
    match problem.reason:
        case Reason.POLICY_TOO_LARGE:
            return f"it is larger than {DIRECTORY_MAX_BYTES // 1024 // 1024} MiB"
        case Reason.POLICY_HTML:
            return "it is a web page"
        case Reason.POLICY_BAD_FORMAT:
            return f"its format is {problem.fact('format')!r} instead of {DIRECTORY_FORMAT!r}"
        case _:
            return problem.fact("detail")
