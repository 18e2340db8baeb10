"""Two directories side by side: who gains and who loses a gateway, and what else changes for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
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
    old, new = _settings(before), _settings(after)
    changes = []
    for key, (user, now) in new.items():
        was = old[key][1] if key in old else None
        kind = _kind(was, now)
        if kind is not None:
            changes.append(UserChange(user.email, _unit(after, user), kind, was, now))
    for key, (user, was) in old.items():
        if key not in new:
            changes.append(UserChange(user.email, _unit(before, user), Kind.REMOVED, was, None))
    changes.sort(key=_order)
    return Comparison(
        users_before=len(old),
        users_after=len(new),
        allowed_before=sum(settings.may_use_gateway for _, settings in old.values()),
        allowed_after=sum(settings.may_use_gateway for _, settings in new.values()),
        changes=tuple(changes),
        counts=_counts(changes),
        units=_unit_counts(changes),
    )


def _settings(directory: Directory) -> dict[str, tuple[User, Settings]]:
    rules = Rules(directory)
    return {user.email.lower(): (user, rules.of(user)) for user in directory.users}


def _values(settings: Settings) -> tuple[bool, bool, bool, bool]:
    return (settings.gateways.value, settings.mail.value, settings.names.value, settings.external_from.value)


def _kind(before: Settings | None, after: Settings) -> Kind | None:
    if before is None:
        return Kind.ADDED
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
