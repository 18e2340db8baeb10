"""The organisation's units and groups with the box as the Admin console shows it: ticked or not, and where from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.policy.directory import ADMINS, Directory, OrgUnit
from app.policy.document import PolicyQuery
from app.policy.evaluate import GATEWAY_SETTING, Considered, Outcome, groups_named
from app.preview.change import boxes_of, root_of
from app.preview.pieces import PIECE, Pieces, whole
from app.preview.rules import Rules, units_named

__all__ = ["Box", "GroupRow", "Source", "UnitRow", "UnitTree", "growing", "unit_tree"]


_DOUBTS = frozenset({Outcome.MALFORMED, Outcome.UNDECIDABLE_QUERY})


class Source(StrEnum):
    """Where the value of a box is from, in the Admin console's words."""

    LOCAL = "locally-applied"
    INHERITED = "inherited"
    DEFAULT = "default"
    """Nobody set it at the root or above: what Google supplies holds."""


@dataclass(frozen=True, slots=True)
class Box:
    """The box of one place."""

    ticked: bool
    """Whether gateways are allowed there; never where that is in doubt."""
    source: Source
    inherited_from: str
    """The unit whose value it is, by id; empty unless inherited."""
    decided_by: Considered | None
    """The policy that decides; None where none was found."""
    doubtful: tuple[Considered, ...] = ()
    """Policies set at this very place that are malformed, or of which it cannot be told whether they apply."""
    is_set: bool = False
    """Whether there is something to take back here, by letting the place inherit again; at the root too."""

    @property
    def doubt(self) -> Outcome | None:
        """MALFORMED or UNDECIDABLE_QUERY where doubt decides, and so forbids; else None."""
        outcome = self.decided_by.outcome if self.decided_by else None
        return outcome if outcome in _DOUBTS else None


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit of the tree; `depth` is 0 for the root."""

    unit: OrgUnit
    depth: int
    children: tuple[str, ...]
    """The ids of the units directly below."""
    box: Box
    users: int
    """How many people are in this very unit."""
    users_below: int
    """How many are in it or anywhere below it."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group for which the box is set; the box is that of a member in the root."""

    id: str
    email: str
    """Its address; the id where the directory does not know the group."""
    name: str
    is_known: bool
    """Whether it can be changed: a group that was deleted is only told of."""
    box: Box
    members: int


@dataclass(frozen=True, slots=True)
class UnitTree:
    """The units, each above those below it and the siblings by path, and the groups, the highest priority first."""

    units: tuple[UnitRow, ...]
    groups: tuple[GroupRow, ...]

    def unit(self, unit_id: str) -> UnitRow:
        """Return the row of a unit; raises KeyError for one that is not there."""
        for row in self.units:
            if row.unit.id == unit_id:
                return row
        raise KeyError(unit_id)

    def group(self, group_id: str) -> GroupRow:
        """Return the row of a group; raises KeyError for one for which the box is not set."""
        for row in self.groups:
            if row.id == group_id:
                return row
        raise KeyError(group_id)


def unit_tree(directory: Directory) -> UnitTree:
    """Return the tree as it stands."""
    return whole(growing(directory))


def growing(directory: Directory) -> Pieces[UnitTree]:
    """Do as `unit_tree` does, in pieces."""
    boxes = _Boxes(directory)
    yield
    units = yield from _unit_rows(directory, boxes)
    groups = yield from _group_rows(directory, boxes)
    return UnitTree(tuple(units), tuple(groups))


def _unit_rows(directory: Directory, boxes: _Boxes) -> Pieces[list[UnitRow]]:
    direct = yield from _counted((user.org_unit,) for user in directory.users)
    below: Counter[str] = Counter()
    for unit_id, count in direct.items():
        below.update(dict.fromkeys(directory.chain(unit_id), count))
        yield
    rows = []
    for unit_id, depth, children in _in_order(directory):
        unit, box = directory.units[unit_id], boxes.of(unit_id)
        rows.append(UnitRow(unit, depth, children, box, direct[unit_id], below[unit_id]))
        yield
    return rows


def _counted(ids: Iterable[Iterable[str]]) -> Pieces[Counter[str]]:
    """Return how often each id stands there."""
    found: Counter[str] = Counter()
    for number, some in enumerate(ids):
        for each in some:
            found[each] += 1
        if not number % PIECE:
            yield
    return found


def _in_order(directory: Directory) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Yield each unit's id once, with its depth and its children; what hangs in the air stands beside the root."""
    ordered = sorted(directory.units.values(), key=lambda unit: (unit.path.casefold(), unit.path, unit.id))
    children: dict[str, list[str]] = defaultdict(list)
    for unit in ordered:
        children[unit.parent if unit.parent in directory.units else ""].append(unit.id)
    seen: set[str] = set()
    # Units that hang on each other are below none; the first of them by path is taken for the top.
    for top in (*children[""], *(unit.id for unit in ordered)):
        waiting = [(top, 0)] if top not in seen else []
        while waiting:
            unit_id, depth = waiting.pop()
            seen.add(unit_id)
            here = tuple(child for child in children[unit_id] if child not in seen)
            waiting += [(child, depth + 1) for child in reversed(here)]
            yield unit_id, depth, here


def _group_rows(directory: Directory, boxes: _Boxes) -> Pieces[list[GroupRow]]:
    set_for: dict[str, list[PolicyQuery]] = defaultdict(list)
    for policy in directory.policies:
        if policy.setting.type == GATEWAY_SETTING:
            for group_id in groups_named(policy.policy_query):
                set_for[group_id].append(policy.policy_query)
        yield
    members = yield from _counted(set_for.keys() & user.groups for user in directory.users)
    first = {group_id: max(queries, key=lambda query: query.sort_order) for group_id, queries in set_for.items()}
    rows = []
    for group_id in sorted(first, key=lambda each: (-first[each].sort_order, each)):
        group = directory.groups.get(group_id)
        rows.append(
            GroupRow(
                id=group_id,
                email=group.email if group else group_id,
                name=group.name if group else "",
                is_known=group is not None or group_id == ADMINS,
                box=boxes.of(_deepest(directory, first[group_id]), group_id),
                members=members[group_id],
            )
        )
        yield
    return rows


def _deepest(directory: Directory, query: PolicyQuery) -> str:
    """Return the lowest unit that a policy names, else the root."""
    return max(units_named(query), key=lambda unit: (len(directory.chain(unit)), unit), default=root_of(directory))


class _Boxes:
    """The boxes of one directory."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._rules = Rules(directory)
        self._set = {place for place, _ in boxes_of(directory)}

    def of(self, unit_id: str, group_id: str = "") -> Box:
        """Return the box of a unit, or of a group as its members in that unit have it."""
        effective = self._rules.at(unit_id, (group_id,) if group_id else ()).gateways
        decided_by = effective.decided_by
        chain = self._directory.chain(unit_id)
        place = _place(decided_by, chain, self._directory)
        source = Source.INHERITED
        if place == (unit_id, group_id) or (group_id and place[1]):
            is_googles = decided_by is None or decided_by.policy.type == "SYSTEM"
            source = Source.DEFAULT if is_googles else Source.LOCAL
        return Box(
            ticked=effective.value,
            source=source,
            inherited_from=place[0] if source is Source.INHERITED else "",
            decided_by=decided_by,
            doubtful=tuple(
                each
                for each in effective.considered
                if each.outcome in _DOUBTS and _place(each, chain, self._directory) == (unit_id, group_id)
            ),
            is_set=(group_id or unit_id) in self._set,
        )


def _place(each: Considered | None, chain: tuple[str, ...], directory: Directory) -> tuple[str, str]:
    """Return the unit and group where a policy is set; the top of the chain where it names no unit."""
    top = next((unit for unit in chain if unit in directory.units), "")
    if each is None:
        return top, ""
    units, groups = units_named(each.policy.policy_query), groups_named(each.policy.policy_query)
    return next((unit for unit in reversed(chain) if unit in units), top), min(groups, default="")
