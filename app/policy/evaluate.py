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
    "NAME_FORMAT_FIELD",
    "NAME_FORMAT_SETTINGS",
    "SERVICE_FIELD",
    "SERVICE_SETTING",
    "SETTINGS",
    "Considered",
    "Effective",
    "Outcome",
    "Policy",
    "PolicyState",
    "YesOrNo",
    "effective",
    "external_needs_gateway",
    "gateways_allowed",
    "groups_named",
    "mail_enabled",
    "may_apply",
    "names_editable",
    "own_policy",
    "standing",
]

GATEWAY_SETTING = "settings/gmail.per_user_outbound_gateway"
GATEWAY_FIELD = "allowUsersToUseExternalSmtpServers"
EXTERNAL_FROM_SETTING = "settings/absender.external_from"
EXTERNAL_FROM_FIELD = "requireGateway"
SERVICE_SETTING = "settings/gmail.service_status"
SERVICE_FIELD = "serviceState"
NAME_FORMAT_SETTINGS = ("settings/gmail.gmail_name_format", "settings/gmail.name_format")
"""Google's answers have the first, its documentation the second."""
NAME_FORMAT_FIELD = "allowCustomDisplayNames"
SETTINGS = frozenset({GATEWAY_SETTING, EXTERNAL_FROM_SETTING, SERVICE_SETTING, *NAME_FORMAT_SETTINGS})
"""All settings that are evaluated here; documents need no others."""
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
class YesOrNo:
    """A setting that says yes or no: where it stands, what holds without it, and which value restricts.

    `safe`, the restrictive value, holds when the winning policy is malformed, when two winners of the same sort
    order disagree, and when a policy that outranks the winner may apply and would restrict.
    """

    types: tuple[str, ...]
    """All its names; where policies of several are found, the one that restricts counts."""
    field: str
    default: bool
    safe: bool
    yes: object = True
    no: object = False

    def restricts(self, value: object) -> bool:
        """Whether a value leads to the restrictive one; all but the plain opposite does."""
        opposite = self.no if self.safe else self.yes
        return type(value) is not type(opposite) or value != opposite

    def is_well_formed(self, value: object) -> bool:
        """Whether a value is one of the setting's two; 1 is not true."""
        return any(type(value) is type(known) and value == known for known in (self.yes, self.no))


_GATEWAYS = YesOrNo((GATEWAY_SETTING,), GATEWAY_FIELD, default=False, safe=False)
_EXTERNAL_FROM = YesOrNo((EXTERNAL_FROM_SETTING,), EXTERNAL_FROM_FIELD, default=False, safe=True)
_SERVICE = YesOrNo((SERVICE_SETTING,), SERVICE_FIELD, default=True, safe=False, yes="ENABLED", no="DISABLED")
_NAMES = YesOrNo(NAME_FORMAT_SETTINGS, NAME_FORMAT_FIELD, default=True, safe=False)


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
    is_managed: bool = False
    """Whether an administrator set where it is from."""

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

    @cached_property
    def mail(self) -> Effective:
        """Whether the organisation lets the person use mail at all, and why; a stale document's no counts, too."""
        if self.document is None:
            return Effective(value=True, decided_by=None)
        return mail_enabled(self.document)

    @cached_property
    def names(self) -> Effective:
        """Whether the person may change the name shown beside the primary address, and why."""
        if self.document is None:
            return Effective(value=True, decided_by=None)
        return names_editable(self.document)


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
    return effective(document, _GATEWAYS)


def external_needs_gateway(document: PolicyDocument) -> Effective:
    """Return whether external addresses need a gateway; default: no. A malformed value means yes."""
    return effective(document, _EXTERNAL_FROM)


def mail_enabled(document: PolicyDocument) -> Effective:
    """Return whether Gmail is switched on for the person; default: yes. A malformed value means no."""
    return effective(document, _SERVICE)


def names_editable(document: PolicyDocument) -> Effective:
    """Return whether people may change the name they are shown with; default: yes. A malformed value means no.

    The API lets changes of the primary address's name fail silently where they may not (Gmail API, SendAs).
    """
    return effective(document, _NAMES)


def may_apply(query: PolicyQuery, subject: Subject) -> bool:
    """Return whether a policy applies to the person, or cannot be told not to."""
    return _applicability(query, subject) in {Outcome.DECIDED, Outcome.UNDECIDABLE_QUERY}


def groups_named(query: PolicyQuery) -> frozenset[str]:
    """Return the groups one must be in for a policy to apply, as far as its query is understood."""
    return frozenset(resource for outcome, resource in _conditions(query) if outcome is Outcome.OTHER_GROUP)


def effective(document: PolicyDocument, setting: YesOrNo) -> Effective:
    """Return the effective value of a setting, with every policy that was looked at."""
    found = [_effective(document, name, setting) for name in setting.types]
    decided = [each for each in found if each.decided_by is not None]
    restricting = [each for each in decided if each.value is setting.safe]
    chosen = (restricting or decided or found)[0]
    considered = (each if each is chosen.decided_by else _outranked(each) for one in found for each in one.considered)
    return Effective(chosen.value, chosen.decided_by, tuple(considered))


def _effective(document: PolicyDocument, name: str, setting: YesOrNo) -> Effective:
    def rank(each: Considered) -> tuple[float, bool]:
        return (each.policy.policy_query.sort_order, _restricts(each, setting))

    safe = setting.safe
    looked_at = [_consider(policy, document, setting) for policy in document.policies if policy.setting.type == name]
    applying = [each for each in looked_at if each.outcome in {Outcome.DECIDED, Outcome.MALFORMED}]
    winner = max(applying, key=rank, default=None)
    value = setting.default if winner is None else (safe if _restricts(winner, setting) else not safe)
    if value is not safe:
        doubts = [each for each in looked_at if each.outcome is Outcome.UNDECIDABLE_QUERY and _restricts(each, setting)]
        doubt = max(doubts, key=rank, default=None)
        if doubt is not None and (winner is None or rank(doubt) > rank(winner)):
            winner, value = doubt, safe
    return Effective(value, winner, tuple(looked_at))


def _restricts(each: Considered, setting: YesOrNo) -> bool:
    """Whether this policy, should it win, leads to the restrictive value."""
    return each.policy.type not in _KNOWN_TYPES or setting.restricts(each.value)


def _outranked(each: Considered) -> Considered:
    if each.outcome not in {Outcome.DECIDED, Outcome.MALFORMED}:
        return each
    return Considered(each.policy, Outcome.OUTRANKED, each.target, each.value)


def _consider(policy: OrgPolicy, document: PolicyDocument, setting: YesOrNo) -> Considered:
    value = policy.setting.value.get(setting.field)
    well_formed = setting.is_well_formed(value) and policy.type in _KNOWN_TYPES
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
