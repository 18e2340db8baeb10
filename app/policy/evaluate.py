"""The effective setting for one person, and why: pure, total, denying whatever it does not understand.

Reduction as Google documents it (Policy API concepts, "Max" reducer): of the policies of a setting whose
org unit and group the person is in, the one with the greatest `sortOrder` wins. A policy that may or may not
apply (a condition on licences, say) can only restrict: what it would forbid, and outranks, is forbidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from app.errors import Problem, Reason
from app.policy.document import OrgPolicy, PolicyDocument, PolicyQuery, Subject

__all__ = [
    "FRESH_FOR",
    "GATEWAY_FIELD",
    "GATEWAY_SETTING",
    "Considered",
    "Effective",
    "Outcome",
    "Policy",
    "PolicyState",
    "effective_bool",
    "external_needs_gateway",
    "gateways_allowed",
    "own_policy",
    "standing",
]

GATEWAY_SETTING = "settings/gmail.per_user_outbound_gateway"
GATEWAY_FIELD = "allowUsersToUseExternalSmtpServers"
EXTERNAL_FROM_SETTING = "settings/absender.external_from"
EXTERNAL_FROM_FIELD = "requireGateway"
FRESH_FOR = timedelta(hours=24)
CLOCK_SLACK = timedelta(minutes=5)
"""How far two clocks may differ before one of them counts as wrong."""

_KNOWN_TYPES = frozenset({"ADMIN", "SYSTEM"})
_UNIT_CLAUSE = re.compile(r"entity\.org_units\.exists\((\w+), *\1\.org_unit_id *== *orgUnitId\('([^']+)'\)\)")
_GROUP_CLAUSE = re.compile(r"entity\.groups\.exists\((\w+), *\1\.group_id *== *groupId\('([^']+)'\)\)")
_LICENCE_CLAUSE = re.compile(r"entity\.licenses\.exists\((\w+), *\1 in \[[^\[\]()]*\]\)")


class Outcome(StrEnum):
    """What became of one policy in the evaluation."""

    DECIDED = "decided"
    OUTRANKED = "outranked"
    OTHER_ORG_UNIT = "other-org-unit"
    OTHER_GROUP = "other-group"
    UNDECIDABLE_QUERY = "undecidable-query"
    """Whether it applies to the person cannot be told from the document."""
    MALFORMED = "malformed"
    """It applies, but its value is no boolean under the field's name, or its type is unknown."""


@dataclass(frozen=True, slots=True)
class Considered:
    """One policy that was looked at: its name, whom it is for (in people's words), and what became of it."""

    policy: OrgPolicy
    outcome: Outcome
    target: str
    value: object = None


@dataclass(frozen=True, slots=True)
class Effective:
    """The effective value of a boolean setting; `decided_by` is None where the default holds.

    `decided_by` may be malformed, or undecidable: then the doubt decided, for the restrictive value.
    """

    value: bool
    decided_by: Considered | None
    considered: tuple[Considered, ...] = ()


class PolicyState(StrEnum):
    """How far a policy can be relied on."""

    FRESH = "fresh"
    STALE = "stale"
    UNKNOWN = "unknown"
    OWN = "own"
    """The person stated that no organisation owns the address."""


@dataclass(frozen=True)
class Policy:
    """The policy as it stands now: what it says, where it is from, and whether it may be relied on.

    Everything that decides reads this value; `app.policy.watch` makes it. Without slots, so that the
    evaluation is kept: a list of ninety addresses asks for it ninety times.
    """

    state: PolicyState
    document: PolicyDocument | None = None
    checked_at: datetime | None = None
    """When a good answer last came from the source."""
    since: datetime | None = None
    """Since when gateways have been allowed, or forbidden, as they are now."""
    origin: str = ""
    """The URL or file; empty for the person's own statement."""
    problem: Problem | None = None
    """Why the last check failed, if it did."""

    @cached_property
    def gateways(self) -> Effective:
        """What the document says of gateways, however old it is; nothing known denies."""
        if self.state is PolicyState.OWN:
            return Effective(value=True, decided_by=None)
        if self.document is None:
            return Effective(value=False, decided_by=None)
        return gateways_allowed(self.document)

    @property
    def allows_gateways(self) -> bool:
        """Whether a gateway may be used now: the policy says so, and may be relied on."""
        return self.state in {PolicyState.FRESH, PolicyState.OWN} and self.gateways.value

    @cached_property
    def domains(self) -> tuple[str, ...]:
        """The organisation's domains as A-labels; none without an organisation."""
        return self.document.domains if self.document else ()

    @property
    def organisation(self) -> str:
        """The organisation's name, or an empty text."""
        return self.document.organisation.name if self.document else ""

    @cached_property
    def external_from(self) -> Effective:
        """Whether an external address may be used only with a gateway (Gmail's rule since 2014), and why."""
        if self.document is None:
            return Effective(value=False, decided_by=None)
        return external_needs_gateway(self.document)

    @property
    def requires_gateway(self) -> bool:
        """Whether an external address may be used only with a gateway."""
        return self.external_from.value


def own_policy() -> Policy:
    """Return the policy of an address that belongs to no organisation, as the person stated."""
    return Policy(PolicyState.OWN)


def standing(
    document: PolicyDocument,
    *,
    now: datetime,
    checked_at: datetime,
    origin: str,
    since: datetime | None = None,
    problem: Problem | None = None,
    elapsed: timedelta | None = None,
) -> Policy:
    """Return how a document last confirmed at `checked_at` stands `now`.

    It is fresh for 24 hours after the last good check or until it expires, whichever is sooner. `elapsed` is
    the time since that check by a clock nobody can set, where there is one: the longer of both times counts,
    and a wall clock that ran backwards makes the policy stale.
    """
    passed = now - checked_at
    age = max(passed, elapsed) if elapsed is not None else passed
    ran_backwards = passed < -CLOCK_SLACK or age - passed > CLOCK_SLACK
    expired = document.expires_at - checked_at <= age
    if expired and problem is None:
        problem = Problem.of(Reason.POLICY_EXPIRED, expires_at=document.expires_at.isoformat(), source=origin)
    usable = age <= FRESH_FOR and not expired and not ran_backwards
    state = PolicyState.FRESH if usable else PolicyState.STALE
    return Policy(state, document, checked_at, since, origin, problem)


def gateways_allowed(document: PolicyDocument) -> Effective:
    """Return whether the person may enter an own SMTP server for an external address; default: no."""
    return effective_bool(document, GATEWAY_SETTING, GATEWAY_FIELD, safe=False)


def external_needs_gateway(document: PolicyDocument) -> Effective:
    """Return whether external addresses need a gateway; default: no. A malformed value means yes."""
    return effective_bool(document, EXTERNAL_FROM_SETTING, EXTERNAL_FROM_FIELD, safe=True)


def effective_bool(document: PolicyDocument, setting: str, field: str, *, safe: bool) -> Effective:
    """Return the effective value of a boolean `field`, with every policy that was looked at.

    The default is false. `safe` is the restrictive value: it holds when the winning policy is malformed, when
    two winners of the same sort order disagree, and when a policy that outranks the winner may apply and
    would restrict.
    """

    def rank(each: Considered) -> tuple[float, bool]:
        return (each.policy.policy_query.sort_order, _restricts(each, safe))

    looked_at = [_consider(policy, document, field) for policy in document.policies if policy.setting.type == setting]
    applying = [each for each in looked_at if each.outcome in {Outcome.DECIDED, Outcome.MALFORMED}]
    winner = max(applying, key=rank, default=None)
    value = winner is not None and (safe if _restricts(winner, safe) else not safe)
    if value is not safe:
        doubts = [each for each in looked_at if each.outcome is Outcome.UNDECIDABLE_QUERY and _restricts(each, safe)]
        doubt = max(doubts, key=rank, default=None)
        if doubt is not None and (winner is None or rank(doubt) > rank(winner)):
            winner, value = doubt, safe
    return Effective(value, winner, tuple(each if each is winner else _outranked(each) for each in looked_at))


def _restricts(each: Considered, safe: bool) -> bool:
    """Whether this policy, should it win, leads to the restrictive value; all but the plain opposite does."""
    return each.policy.type not in _KNOWN_TYPES or each.value is not (not safe)


def _outranked(each: Considered) -> Considered:
    if each.outcome not in {Outcome.DECIDED, Outcome.MALFORMED}:
        return each
    return Considered(each.policy, Outcome.OUTRANKED, each.target, each.value)


def _consider(policy: OrgPolicy, document: PolicyDocument, field: str) -> Considered:
    value = policy.setting.value.get(field)
    well_formed = isinstance(value, bool) and policy.type in _KNOWN_TYPES
    outcome = _applicability(policy.policy_query, document.subject)
    if outcome is Outcome.DECIDED and not well_formed:
        outcome = Outcome.MALFORMED
    return Considered(policy, outcome, _target(policy, document), value)


def _applicability(query: PolicyQuery, subject: Subject) -> Outcome:
    """Return whether a policy applies, DECIDED for yes.

    `org_unit` and `group` only repeat what `query` says, and not all of it, so all three must hold. Without
    any of them a policy is the root's: it applies to everybody (seen in the API's answers).
    """
    conditions = list(_conditions(query))
    for outcome, resource in conditions:
        known = subject.org_units if outcome is Outcome.OTHER_ORG_UNIT else subject.groups
        if outcome is not Outcome.UNDECIDABLE_QUERY and resource not in known:
            return outcome
    doubtful = any(outcome is Outcome.UNDECIDABLE_QUERY for outcome, _ in conditions)
    return Outcome.UNDECIDABLE_QUERY if doubtful else Outcome.DECIDED


def _conditions(query: PolicyQuery) -> Iterator[tuple[Outcome, str]]:
    """Yield what must all be true for the policy to apply: the outcome if it is not, and the unit or group."""
    if query.org_unit:
        yield Outcome.OTHER_ORG_UNIT, query.org_unit
    if query.group:
        yield Outcome.OTHER_GROUP, query.group
    if query.query.strip():
        yield from _clauses(query.query)


def _clauses(query: str) -> list[tuple[Outcome, str]]:
    """Return the conditions of a CEL expression (API type PolicyQuery).

    Clauses on units, groups and licences may be joined by &&, || and !. Only a plain conjunction of known
    clauses is taken apart: of a part of anything else it is not known what it does to the whole.
    """
    conditions: list[tuple[Outcome, str]] = []
    for text in query.split("&&"):
        clause = text.strip()
        if unit := _UNIT_CLAUSE.fullmatch(clause):
            conditions.append((Outcome.OTHER_ORG_UNIT, f"orgUnits/{unit[2]}"))
        elif group := _GROUP_CLAUSE.fullmatch(clause):
            conditions.append((Outcome.OTHER_GROUP, f"groups/{group[2]}"))
        elif _LICENCE_CLAUSE.fullmatch(clause):
            conditions.append((Outcome.UNDECIDABLE_QUERY, clause))
        else:
            return [(Outcome.UNDECIDABLE_QUERY, query)]
    return conditions


def _target(policy: OrgPolicy, document: PolicyDocument) -> str:
    query = policy.policy_query
    return document.name_of(query.group or query.org_unit) if query.group or query.org_unit else "/"
