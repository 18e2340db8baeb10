"""The effective setting for one person, and why: pure, total, denying whatever it does not understand.

Reduction as Google documents it (Policy API concepts, "Max" reducer): of the policies of a setting whose
org unit and group the person is in, the one with the greatest `sortOrder` wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.errors import Problem
from app.policy.document import OrgPolicy, PolicyDocument

__all__ = [
    "FRESH_FOR",
    "GATEWAY_FIELD",
    "GATEWAY_SETTING",
    "Considered",
    "Effective",
    "Outcome",
    "Policy",
    "PolicyState",
    "external_needs_gateway",
    "gateways_allowed",
]

GATEWAY_SETTING = "settings/gmail.per_user_outbound_gateway"
GATEWAY_FIELD = "allowUsersToUseExternalSmtpServers"
EXTERNAL_FROM_SETTING = "settings/absender.external_from"
EXTERNAL_FROM_FIELD = "requireGateway"
FRESH_FOR = timedelta(hours=24)
_CLOCK_SLACK = timedelta(minutes=5)


class Outcome(StrEnum):
    """What became of one policy in the evaluation."""

    DECIDED = "decided"
    OUTRANKED = "outranked"
    OTHER_ORG_UNIT = "other-org-unit"
    OTHER_GROUP = "other-group"
    UNDECIDABLE_QUERY = "undecidable-query"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Considered:
    """One policy that was looked at: its name, whom it is for (in people's words), and what became of it."""

    policy: OrgPolicy
    outcome: Outcome
    target: str
    value: object = None


@dataclass(frozen=True, slots=True)
class Effective:
    """The effective value of a boolean setting; `decided_by` is None where the default holds."""

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


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy as it stands now: what it says, where it is from, and whether it may be relied on.

    Everything that decides reads this value; `app.policy.source` makes it.
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

    @property
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

    @property
    def domains(self) -> tuple[str, ...]:
        """The organisation's domains as A-labels; none without an organisation."""
        return self.document.domains if self.document else ()

    @property
    def organisation(self) -> str:
        """The organisation's name, or an empty text."""
        return self.document.organisation.name if self.document else ""

    @property
    def requires_gateway(self) -> bool:
        """Whether an external address may be used only with a gateway (Gmail's rule since 2014)."""
        return self.document is not None and external_needs_gateway(self.document).value


def standing(
    document: PolicyDocument,
    *,
    now: datetime,
    checked_at: datetime,
    origin: str,
    since: datetime | None = None,
    problem: Problem | None = None,
) -> Policy:
    """Return how a document last confirmed at `checked_at` stands `now`.

    It is fresh for 24 hours after the last good check or until it expires, whichever is sooner; a clock
    that ran backwards makes it stale.
    """
    age = now - checked_at
    usable = -_CLOCK_SLACK <= age <= FRESH_FOR and now < document.expires_at
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

    The default is false. `safe` is the value taken when the winning policy is malformed. Of two winners with
    the same sort order that disagree the `safe` value holds.
    """
    looked_at = [_consider(policy, document, field) for policy in document.policies if policy.setting.type == setting]
    applying = [each for each in looked_at if each.outcome in {Outcome.DECIDED, Outcome.MALFORMED}]
    if not applying:
        return Effective(value=False, decided_by=None, considered=tuple(looked_at))
    top = max(each.policy.policy_query.sort_order for each in applying)
    winners = [each for each in applying if each.policy.policy_query.sort_order == top]
    winner = winners[0]
    clear = all(each.outcome is Outcome.DECIDED and each.value is winner.value for each in winners)
    value = bool(winner.value) if clear else safe
    result = tuple(_ranked(each, winner, winners) for each in looked_at)
    return Effective(value=value, decided_by=winner, considered=result)


def _ranked(each: Considered, winner: Considered, winners: list[Considered]) -> Considered:
    if each is winner or each in winners or each.outcome not in {Outcome.DECIDED, Outcome.MALFORMED}:
        return each
    return Considered(each.policy, Outcome.OUTRANKED, each.target, each.value)


def _consider(policy: OrgPolicy, document: PolicyDocument, field: str) -> Considered:
    query, subject = policy.policy_query, document.subject
    target = _target(policy, document)
    value = policy.setting.value.get(field)
    # A policy without an org unit is the root's: it applies to everybody (seen in the API's answers).
    if query.org_unit and query.org_unit not in subject.org_units:
        return Considered(policy, Outcome.OTHER_ORG_UNIT, target, value)
    if query.group and query.group not in subject.groups:
        return Considered(policy, Outcome.OTHER_GROUP, target, value)
    if "entity.licenses" in query.query:
        return Considered(policy, Outcome.UNDECIDABLE_QUERY, target, value)
    outcome = Outcome.DECIDED if isinstance(value, bool) else Outcome.MALFORMED
    return Considered(policy, outcome, target, value)


def _target(policy: OrgPolicy, document: PolicyDocument) -> str:
    query = policy.policy_query
    return document.name_of(query.group or query.org_unit) if query.group or query.org_unit else "/"
