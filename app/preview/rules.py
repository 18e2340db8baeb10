"""What the settings say for each person of a directory, evaluated once per distinct combination of units and groups."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.policy.directory import Directory, User
from app.policy.document import FORMAT, OrgPolicy, PolicyDocument, PolicyQuery, Subject
from app.policy.evaluate import (
    EXTERNAL_FROM_SETTING,
    GATEWAY_SETTING,
    NAME_FORMAT_SETTINGS,
    SERVICE_SETTING,
    Effective,
    Outcome,
    Policy,
    PolicyState,
    groups_named,
)

__all__ = ["Rules", "Settings", "is_plain", "units_named"]

_TYPES = frozenset({GATEWAY_SETTING, EXTERNAL_FROM_SETTING, SERVICE_SETTING, *NAME_FORMAT_SETTINGS})
_UNIT = re.compile(r"orgUnitId\('([^']+)'\)")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the organisation's policies say for one person, each with who decided it."""

    gateways: Effective
    mail: Effective
    names: Effective
    external_from: Effective

    @property
    def may_use_gateway(self) -> bool:
        """Whether the person can send through an own gateway: it is allowed, and mail is not switched off."""
        return self.gateways.value and self.mail.value


class Rules:
    """The settings of everybody in one directory; what was found once is kept.

    Policies that cannot apply to a person are left out before they are evaluated, which changes no value.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._names = {unit.id: unit.path for unit in directory.units.values()} | {
            group.id: group.email for group in directory.groups.values()
        }
        self._by_target: dict[tuple[str, str], list[tuple[int, OrgPolicy]]] = defaultdict(list)
        units: set[str] = set()
        groups: set[str] = set()
        for number, policy in enumerate(directory.policies):
            if policy.setting.type in _TYPES:
                query = policy.policy_query
                self._by_target[query.org_unit, query.group].append((number, policy))
                units |= units_named(query)
                groups |= groups_named(query)
        self._units, self._groups = frozenset(units), frozenset(groups)
        self._chains: dict[str, tuple[str, ...]] = {}
        self._found: dict[tuple[tuple[str, ...], frozenset[str]], Settings] = {}

    def of(self, user: User) -> Settings:
        """Return what holds for a person."""
        return self.at(user.org_unit, user.groups)

    def at(self, unit_id: str, groups: Iterable[str] = ()) -> Settings:
        """Return what holds for somebody in this unit and these groups."""
        chain = self._chains.get(unit_id)
        if chain is None:
            chain = tuple(unit for unit in self._directory.chain(unit_id) if unit in self._units)
            self._chains[unit_id] = chain
        key = (chain, self._groups.intersection(groups))
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._evaluated(chain, tuple(sorted(key[1])))
        return found

    def _evaluated(self, units: tuple[str, ...], groups: tuple[str, ...]) -> Settings:
        targets = ((unit, group) for unit in ("", *units) for group in ("", *groups))
        found = [each for target in targets for each in self._by_target.get(target, ())]
        # In the order of the file: of two policies that say the same with the same rank the first is named.
        policies = tuple(policy for _, policy in sorted(found, key=lambda each: each[0]))
        policy = Policy(PolicyState.FRESH, _document(self._directory, units, groups, policies, self._names))
        return Settings(policy.gateways, policy.mail, policy.names, policy.external_from)


def units_named(query: PolicyQuery) -> frozenset[str]:
    """Return every unit that a policy speaks of, in whatever way."""
    spoken_of = {f"orgUnits/{name}" for name in _UNIT.findall(query.query)}
    return frozenset(spoken_of | {query.org_unit} - {""})


def is_plain(policy: OrgPolicy, directory: Directory) -> bool:
    """Whether units and groups alone say whom a policy is for, so that the Admin console shows it as a box."""
    query = policy.policy_query
    if not query.query.strip():
        return True
    units, groups = tuple(units_named(query)), tuple(groups_named(query))
    looked_at = Policy(PolicyState.FRESH, _document(directory, units, groups, (policy,), {})).gateways.considered
    return all(each.outcome is not Outcome.UNDECIDABLE_QUERY for each in looked_at)


def _document(
    directory: Directory,
    units: tuple[str, ...],
    groups: tuple[str, ...],
    policies: tuple[OrgPolicy, ...],
    names: dict[str, str],
) -> PolicyDocument:
    """Return the document of somebody in these units and groups, who has no address."""
    return PolicyDocument(
        format=FORMAT,
        serial=0,
        issued_at=_NEVER,
        expires_at=_NEVER,
        organisation=directory.organisation,
        subject=Subject(email="", org_units=units, groups=groups),
        mail_servers=directory.mail_servers,
        policies=policies,
        names=names,
    )
