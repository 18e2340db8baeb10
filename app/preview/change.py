"""What an administrator does with the box in the Admin console, and the policies Google's API would return afterwards.

The box is "Allow per-user outbound gateways" (Apps > Google Workspace > Gmail > End User Access;
support.google.com/a/answer/176054). A place where it was set has one ADMIN policy; a place that inherits has none.
"""

from __future__ import annotations

import hashlib
import math
from base64 import b32encode
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from app.policy.directory import ADMINS, Directory
from app.policy.document import OrgPolicy, PolicyQuery, Setting
from app.policy.evaluate import GATEWAY_FIELD, GATEWAY_SETTING, groups_named
from app.preview.rules import is_plain, units_named

__all__ = ["Change", "Choice", "apply_change", "boxes_of", "root_of"]

_ROOT_BAND, _GROUP_BAND, _STEP = 201.0, 399.0, 0.00001
"""Sort orders as the API's answers have them: the root's from 201, each level below one more, groups from 399."""
_FIRST_GROUP = 399.5
"""The first group's, so that those set after it find room below."""


class Choice(StrEnum):
    """What is done with the box."""

    TICK = "tick"
    UNTICK = "untick"
    INHERIT = "inherit"


@dataclass(frozen=True, slots=True)
class Change:
    """One change at one place: `target` is the id of a unit or a group."""

    target: str
    choice: Choice


def apply_change(directory: Directory, change: Change) -> Directory:
    """Return the directory as Google's API would show it after the change; the same one where nothing changes.

    The value before the change is what undoes it. At the root, where there is nothing to inherit, INHERIT leaves
    Google's default. Raises KeyError for a unit or group that the directory does not have.
    """
    place = _Place(directory, change.target)
    boxes = [policy for where, policy in boxes_of(directory) if where == change.target]
    allows = change.choice is Choice.TICK
    if change.choice is Choice.INHERIT:
        return _replaced(directory, boxes, None)
    if not boxes:
        return _replaced(directory, boxes, place.new_policy(allows=allows))
    decisive = max(boxes, key=lambda policy: policy.policy_query.sort_order)
    return _replaced(directory, boxes, _saying(decisive, allows=allows))


def root_of(directory: Directory) -> str:
    """Return the id of the topmost unit; empty if the directory has none."""
    tops = [unit for unit in directory.units.values() if not unit.parent]
    return next((unit.id for unit in tops if unit.path == "/"), tops[0].id if tops else "")


def boxes_of(directory: Directory) -> Iterator[tuple[str, OrgPolicy]]:
    """Yield each policy that a box in the Admin console shows, with the unit or group whose box it is.

    A policy for a group within a unit, or for a licence, is in no box, and neither is one of Google's own.
    """
    root = root_of(directory)
    for policy in directory.policies:
        if policy.setting.type == GATEWAY_SETTING and policy.type == "ADMIN" and is_plain(policy, directory):
            query = policy.policy_query
            places = (units_named(query) - {root}) | groups_named(query)
            if len(places) < 2:
                yield next(iter(places), root), policy


class _Place:
    """A unit or group of a directory, and how the policies there are stand to it."""

    def __init__(self, directory: Directory, target: str) -> None:
        self._is_group = target in directory.groups or target == ADMINS
        if not self._is_group and target not in directory.units:
            raise KeyError(target)
        self._directory = directory
        self._target = target
        self._root = root_of(directory)
        self._chain = frozenset() if self._is_group else frozenset(directory.chain(target))

    def new_policy(self, *, allows: bool) -> OrgPolicy:
        """Return what the API would add for a place where nothing was set; a group's carries the root unit, too."""
        digest = hashlib.sha256(f"{GATEWAY_SETTING} {self._target}".encode()).digest()
        return OrgPolicy(
            name=f"policies/{b32encode(digest).decode().lower()[:27]}",
            customer=self._directory.organisation.customer,
            policy_query=PolicyQuery(
                org_unit=self._root if self._is_group else self._target,
                group=self._target if self._is_group else "",
                sort_order=self._free_order(),
            ),
            setting=Setting(type=GATEWAY_SETTING, value={GATEWAY_FIELD: allows}),
        )

    def _free_order(self) -> float:
        """Return a sort order above all that this place outranks, and below all that outranks it."""
        there = [each for each in self._directory.policies if each.setting.type == GATEWAY_SETTING]
        ranks = [(self._rank(policy), policy.policy_query.sort_order) for policy in there]
        floor = max((order for rank, order in ranks if rank < 0), default=-math.inf)
        ceiling = min((order for rank, order in ranks if rank > 0), default=math.inf)
        band = _GROUP_BAND if self._is_group else min(_ROOT_BAND + len(self._chain) - 1, _GROUP_BAND - 1)
        if self._is_group and floor < (last := round(min(ceiling, _FIRST_GROUP) - _STEP, 5)) and last >= _GROUP_BAND:
            return last
        return _free_between(floor, ceiling, band, {order for _, order in ranks})

    def _rank(self, policy: OrgPolicy) -> int:
        """Return -1 for a policy that this place outranks, 1 for one that outranks it, 0 where they never meet.

        Groups outrank units, units those above them (support.google.com/a/answer/9224126); a group that is set
        anew comes after the groups that were set before. What is set at this very place for a licence, say, is
        more exact than its box.
        """
        if groups_named(policy.policy_query):
            return 1
        units = units_named(policy.policy_query) or self._chain & {self._root}
        if self._is_group or (self._target not in units and units <= self._chain) or policy.type == "SYSTEM":
            return -1
        return 1 if any(self._target in self._directory.chain(unit) for unit in units) else 0


def _free_between(floor: float, ceiling: float, band: float, taken: Collection[float]) -> float:
    """Return the first free number of a band; where the band does not lie between floor and ceiling, one that does.

    Where the two contradict each other, as Google's numbers never do, it is one above the floor.
    """
    orders = (round(band + number * _STEP, 5) for number in range(len(taken) + 1))
    order = next(each for each in orders if each not in taken)
    if floor < order < ceiling:
        return order
    if math.isinf(floor):
        return math.floor(ceiling) - 1.0
    gap = ceiling - floor if floor < ceiling < math.inf else 2.0
    while (order := floor + (gap := gap / 2)) in taken and order > floor:
        pass
    while order <= floor or order in taken:
        order = math.nextafter(order, math.inf)
    return order


def _saying(policy: OrgPolicy, *, allows: bool) -> OrgPolicy:
    """Return the policy with this value and no other; the same one if it says just that. 1 is not true."""
    value = policy.setting.value
    if value.keys() == {GATEWAY_FIELD} and value[GATEWAY_FIELD] is allows:
        return policy
    return msgspec.structs.replace(policy, setting=Setting(type=GATEWAY_SETTING, value={GATEWAY_FIELD: allows}))


def _replaced(directory: Directory, boxes: list[OrgPolicy], policy: OrgPolicy | None) -> Directory:
    """Return the directory with one policy, or none, in place of `boxes`; others stay where they stand."""
    if len(boxes) == (policy is not None) and (not boxes or boxes[0] is policy):
        return directory
    gone = {id(box) for box in boxes}
    kept = tuple(each for each in directory.policies if id(each) not in gone)
    return msgspec.structs.replace(directory, policies=kept if policy is None else (*kept, policy))
