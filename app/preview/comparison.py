"""Two directories side by side: who gains and who loses a gateway, and what else changes for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from app.policy.directory import Directory, User
from app.preview.pieces import PIECE, Pieces, in_order, whole
from app.preview.rules import Rules, Settings

__all__ = ["Aspect", "Cause", "Comparison", "Kind", "UnitCount", "UserChange", "compare", "comparing"]


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


class Cause(StrEnum):
    """What makes the difference for a person."""

    POLICY = "policy"
    """What is set for units and groups."""
    UNIT = "unit"
    """The person is in another unit."""
    GROUPS = "groups"
    """The person is in other groups."""


class UserChange(msgspec.Struct, frozen=True, gc=False):
    """What changes for one person; `before` is None for one who is added, `after` for one who is removed.

    Nothing in it leads back to it, so that nobody need look for garbage among a hundred thousand of them.
    """

    email: str
    unit: str
    """The unit's path, as it is afterwards; its id where the directory does not know it."""
    kind: Kind
    before: Settings | None
    after: Settings | None
    causes: tuple[Cause, ...] = (Cause.POLICY,)
    """What would have changed something by itself; none for one who is added or removed."""
    moved_from: str = ""
    """The path of the unit where the person was before; empty for who stayed."""

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
    return whole(comparing(before, after))


def comparing(before: Directory, after: Directory) -> Pieces[Comparison]:
    """Do as `compare` does, in pieces."""
    counting = _Counting(before, after)
    people = yield from _people(before, after)
    yield
    for number, (user, later) in enumerate(people):
        counting.take(user, later)
        if not number % PIECE:
            yield
    cases, units = counting.cases.values(), counting.by_unit
    changes: list[UserChange] = []
    for unit in sorted(units, key=lambda path: (path.casefold(), path)):
        changes += yield from in_order(units[unit])
    return Comparison(
        users_before=len(before.users),
        users_after=len(after.users),
        allowed_before=sum(case.people for case in cases if case.was and case.was.may_use_gateway),
        allowed_after=sum(case.people for case in cases if case.now and case.now.may_use_gateway),
        changes=tuple(changes),
        counts={kind: sum(case.people for case in cases if case.kind is kind) for kind in Kind},
        units=tuple((yield from _unit_counts(changes))),
    )


class _Counting:
    """What was found of the people so far."""

    def __init__(self, before: Directory, after: Directory) -> None:
        self._before, self._after = before, after
        self._old, self._new = Rules(before), Rules(after)
        self.cases: dict[tuple[int, int], _Case] = {}
        """By identity: settings that are equal are one object."""
        self.by_unit: dict[str, list[tuple[tuple[str, ...], UserChange]]] = {}
        """Those concerned by the path of their unit, each with the address to sort by."""

    def take(self, user: User | None, later: User | None) -> None:
        """Look at one person, as before and as after."""
        was = None if user is None else self._old.of(user)
        now = None if later is None else self._new.of(later)
        case = self.cases.get((id(was), id(now)))
        if case is None:
            case = self.cases[id(was), id(now)] = _Case(was, now, _kind(was, now))
        case.people += 1
        if case.kind is not None:
            change = self._change(case, user, later)
            self.by_unit.setdefault(change.unit, []).append(((change.email.lower(),), change))

    def _change(self, case: _Case, user: User | None, later: User | None) -> UserChange:
        assert case.kind is not None
        if user is None or later is None:
            where = self._before if later is None else self._after
            who = user or later
            assert who is not None
            return UserChange(who.email, _unit(where, who), case.kind, case.was, case.now, ())
        unit = _unit(self._after, later)
        if later is user:
            return UserChange(later.email, unit, case.kind, case.was, case.now)
        causes = self._causes(case, user, later)
        moved_from = _unit(self._before, user) if user.org_unit != later.org_unit else ""
        return UserChange(later.email, unit, case.kind, case.was, case.now, causes, moved_from)

    def _causes(self, case: _Case, user: User, later: User) -> tuple[Cause, ...]:
        """Return each that would have changed something by itself; where none would, all there are."""
        has_moved, has_joined = user.org_unit != later.org_unit, set(user.groups) != set(later.groups)
        if not has_moved and not has_joined:
            return (Cause.POLICY,)
        tried = {
            Cause.POLICY: self._new.of(user),
            Cause.UNIT: self._old.at(later.org_unit, user.groups),
            Cause.GROUPS: self._old.at(user.org_unit, later.groups),
        }
        alone = tuple(cause for cause, settings in tried.items() if _kind(case.was, settings) is not None)
        there = {Cause.POLICY: True, Cause.UNIT: has_moved, Cause.GROUPS: has_joined}
        return alone or tuple(cause for cause in Cause if there[cause])


@dataclass(slots=True)
class _Case:
    """What happens to all people with the same settings before and the same after."""

    was: Settings | None
    now: Settings | None
    kind: Kind | None
    people: int = 0


def _people(before: Directory, after: Directory) -> Pieces[Iterator[tuple[User | None, User | None]]]:
    """Return everybody, before and after; None for who is not there."""
    if before.users is after.users:
        return zip(after.users, after.users, strict=True)
    old: dict[str, User] = {}
    for number, user in enumerate(before.users):
        old[user.email.lower()] = user
        if not number % PIECE:
            yield
    return _matched(old, after)


def _matched(old: dict[str, User], after: Directory) -> Iterator[tuple[User | None, User | None]]:
    for user in after.users:
        yield old.pop(user.email.lower(), None), user
    for user in old.values():
        yield user, None


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


def _unit_counts(changes: list[UserChange]) -> Pieces[list[UnitCount]]:
    found: dict[str, Counter[Kind]] = {}
    for number, change in enumerate(changes):
        found.setdefault(change.unit, Counter())[change.kind] += 1
        if not number % PIECE:
            yield
    return [UnitCount(unit, {kind: counted[kind] for kind in Kind}) for unit, counted in found.items()]
