"""Two directories side by side: who gains and who loses a gateway, and what else changes for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from app.policy.directory import Directory, User
from app.preview.rules import Rules, Settings

__all__ = ["Aspect", "Comparison", "Kind", "UnitCount", "UserChange", "compare"]


class Kind(StrEnum):
    """What happens to a person."""

    GAINS = "gains"
    LOSES = "loses"
    OTHER = "other"
    """The same as to gateways, but another setting changes."""
    ADDED = "added"
    REMOVED = "removed"


class Aspect(StrEnum):
    """A setting that can change for a person."""

    GATEWAYS = "gateways"
    MAIL = "mail"
    NAMES = "names"
    EXTERNAL_FROM = "external-from"


class UserChange(NamedTuple):
    """What changes for one person; `before` is None for one who is added, `after` for one who is removed."""

    email: str
    unit: str
    """The unit's path, as it is afterwards; its id where the directory does not know it."""
    kind: Kind
    before: Settings | None
    after: Settings | None

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """The settings that change; none for one who is added or removed."""
        if self.before is None or self.after is None:
            return ()
        pairs = zip(Aspect, _values(self.before), _values(self.after), strict=True)
        return tuple(aspect for aspect, before, after in pairs if before != after)


@dataclass(frozen=True, slots=True)
class UnitCount:
    """How many people of one unit, those below it not counted, are concerned."""

    unit: str
    """The unit's path."""
    counts: Mapping[Kind, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change does to everybody; `changes` by unit, then address."""

    users_before: int
    users_after: int
    allowed_before: int
    """How many may use a gateway."""
    allowed_after: int
    changes: tuple[UserChange, ...]
    counts: Mapping[Kind, int]
    units: tuple[UnitCount, ...]
    """Only those where somebody is concerned, by path."""

    def of(self, kind: Kind) -> tuple[UserChange, ...]:
        """Return the people to whom this happens, in the same order."""
        return tuple(change for change in self.changes if change.kind is kind)


def compare(before: Directory, after: Directory) -> Comparison:
    """Return what differs for people between two directories of one organisation; people are known by address."""
    old, new = Rules(before), Rules(after)
    cases: dict[tuple[int, int], _Case] = {}  # by identity: settings that are equal are one object
    changes = []
    for who, user, later in _people(before, after):
        was = None if user is None else old.of(user)
        now = None if later is None else new.of(later)
        case = cases.get((id(was), id(now)))
        if case is None:
            case = cases[id(was), id(now)] = _Case(was, now, _kind(was, now))
        case.people += 1
        if case.kind is not None:
            there = before if later is None else after
            changes.append(UserChange(who.email, _unit(there, who), case.kind, was, now))
    changes.sort(key=_order)
    return Comparison(
        users_before=len(before.users),
        users_after=len(after.users),
        allowed_before=sum(case.people for case in cases.values() if case.was and case.was.may_use_gateway),
        allowed_after=sum(case.people for case in cases.values() if case.now and case.now.may_use_gateway),
        changes=tuple(changes),
        counts=_counts(changes),
        units=_unit_counts(changes),
    )


@dataclass(slots=True)
class _Case:
    """What happens to all people with the same settings before and the same after."""

    was: Settings | None
    now: Settings | None
    kind: Kind | None
    people: int = 0


def _people(before: Directory, after: Directory) -> Iterable[tuple[User, User | None, User | None]]:
    """Return everybody as they are last known, before and after; None for who is not there."""
    if before.users is after.users:
        return zip(after.users, before.users, after.users, strict=True)
    old = {user.email.lower(): user for user in before.users}
    new = {user.email.lower(): user for user in after.users}
    return ((user, old.get(email), new.get(email)) for email, user in (old | new).items())


def _values(settings: Settings) -> tuple[bool, bool, bool, bool]:
    return (settings.gateways.value, settings.mail.value, settings.names.value, settings.external_from.value)


def _kind(before: Settings | None, after: Settings | None) -> Kind | None:
    if before is None:
        return Kind.ADDED
    if after is None:
        return Kind.REMOVED
    if before.may_use_gateway != after.may_use_gateway:
        return Kind.GAINS if after.may_use_gateway else Kind.LOSES
    return Kind.OTHER if _values(before) != _values(after) else None


def _unit(directory: Directory, user: User) -> str:
    unit = directory.units.get(user.org_unit)
    return unit.path if unit is not None else user.org_unit


def _order(change: UserChange) -> tuple[str, str, str]:
    return (change.unit.casefold(), change.unit, change.email.lower())


def _counts(changes: list[UserChange]) -> dict[Kind, int]:
    found = Counter(change.kind for change in changes)
    return {kind: found[kind] for kind in Kind}


def _unit_counts(changes: list[UserChange]) -> tuple[UnitCount, ...]:
    found: dict[str, Counter[Kind]] = {}
    for change in changes:
        found.setdefault(change.unit, Counter())[change.kind] += 1
    return tuple(UnitCount(unit, {kind: counted[kind] for kind in Kind}) for unit, counted in found.items())
