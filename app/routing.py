"""`choose_route`: the only place that decides which server a message takes, and as whom.

Composer, outbox, Accounts dialog, command line and policy preview all call it, so they cannot disagree.
It never substitutes another sender and never falls back to another server.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from app.address import Address
from app.errors import Problem, Reason
from app.policy.evaluate import Effective, Policy, PolicyState
from app.profile import Profile, SendAsAddress, SmtpServer

__all__ = [
    "HELD_REASONS",
    "POLICY_REASONS",
    "Refusal",
    "Route",
    "Rule",
    "Step",
    "Via",
    "choose_route",
    "is_internal",
    "without_gateway",
]

HELD_REASONS = frozenset({Reason.ROUTE_FORBIDDEN, Reason.ROUTE_POLICY_STALE, Reason.ROUTE_POLICY_UNKNOWN})
"""Refusals that a later policy may lift: such a message is queued as held, with its choices."""

POLICY_REASONS = HELD_REASONS | {
    Reason.ROUTE_GATEWAY_REQUIRED,
    Reason.ROUTE_INTERNAL_GATEWAY,
    Reason.ROUTE_MAIL_DISABLED,
}
"""Refusals of a message in the outbox that a later policy may lift: it is then released by itself."""


class Via(StrEnum):
    """Whose server a message goes through."""

    ORGANISATION = "organisation"
    GATEWAY = "gateway"


class Rule(StrEnum):
    """The rules, in the order they are looked at; the comment says what the step's `detail` is."""

    IN_PROFILE = "in-profile"  # the address
    VERIFIED = "verified"  # accepted or pending
    MAIL_ENABLED = "mail-enabled"  # the unit or group that decided; looked at where the policy says anything of it
    NO_GATEWAY = "no-gateway"  # held: the organisation server's host; not held: the gateway's
    EXTERNAL = "external"  # the address's domain; not held for a domain of the organisation
    GATEWAY_NOT_REQUIRED = "gateway-not-required"  # the unit or group that decided; empty for the default
    POLICY_KNOWN = "policy-known"  # the URL or file; empty for the person's own statement
    POLICY_FRESH = "policy-fresh"  # when it was last confirmed (ISO 8601); empty for the person's own statement
    POLICY_ALLOWS = "policy-allows"  # the unit or group that decided; empty for the default


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that was looked at: whether it held, and the datum that decided it."""

    rule: Rule
    held: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Route:
    """The server, login and envelope a message takes, with the steps that led there."""

    entry: SendAsAddress
    via: Via
    server: SmtpServer
    envelope_from: Address
    sender_header: Address | None
    """The `Sender:` field (RFC 5322 section 3.6.2); None for no such field."""
    steps: tuple[Step, ...]

    @property
    def on_behalf_of(self) -> bool:
        """Whether some recipients see "primary on behalf of address"."""
        return self.sender_header is not None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no route."""

    address: Address
    problem: Problem
    steps: tuple[Step, ...]


def is_internal(address: Address, profile: Profile, policy: Policy) -> bool:
    """Whether the organisation hosts the address's domain; the primary address always is internal.

    Its own domain counts while no policy document says which domains there are. Where no organisation owns
    it, no other address is internal: nobody vouches for others of its domain, and they may have gateways.
    """
    primary = profile.primary.address
    if policy.state is PolicyState.OWN or address == primary:
        return address == primary
    return address.is_in(policy.domains or (primary.domain,))


def choose_route(sender: Address, profile: Profile, policy: Policy) -> Route | Refusal:
    """Return the route for mail from `sender`, or the refusal; never raises."""
    trail = _Trail(sender)
    entry = profile.find(sender)
    trail.note(Rule.IN_PROFILE, sender.display, held=entry is not None)
    if entry is None:
        return trail.refuse(Reason.ROUTE_UNKNOWN_ADDRESS)
    if not trail.note(Rule.VERIFIED, entry.verification, held=entry.is_verified):
        return trail.refuse(Reason.ROUTE_UNVERIFIED)
    if policy.mail.decided_by is not None:
        decided_by = _who_decided(policy.mail)
        if not trail.note(Rule.MAIL_ENABLED, decided_by, held=policy.mail.value):
            return trail.refuse(Reason.ROUTE_MAIL_DISABLED, organisation=policy.organisation, decided_by=decided_by)
    gateway = entry.smtp_msa
    trail.note(Rule.NO_GATEWAY, (gateway or profile.organisation_server).host, held=gateway is None)
    external = trail.note(Rule.EXTERNAL, sender.domain, held=not is_internal(sender, profile, policy))
    if gateway is None:
        return _through_organisation(entry, external, profile, policy, trail)
    if not external:
        return trail.refuse(Reason.ROUTE_INTERNAL_GATEWAY, domain=sender.domain)
    return _through_gateway(entry, gateway, policy, trail)


def without_gateway(sender: Address, profile: Profile) -> Profile:
    """Return the profile with the gateway of `sender` left out, for a message the person sends without it."""
    entry = profile.find(sender)
    return profile if entry is None else profile.with_changed(replace(entry, smtp_msa=None))


class _Trail:
    """The steps looked at so far."""

    def __init__(self, sender: Address) -> None:
        self._sender = sender
        self._steps: list[Step] = []

    def note(self, rule: Rule, detail: str, *, held: bool) -> bool:
        self._steps.append(Step(rule, held, detail))
        return held

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(self._steps)

    def refuse(self, reason: Reason, **facts: str) -> Refusal:
        return Refusal(self._sender, Problem.of(reason, address=self._sender.display, **facts), self.steps)


def _through_organisation(
    entry: SendAsAddress, external: bool, profile: Profile, policy: Policy, trail: _Trail
) -> Route | Refusal:
    """Return the default route; an external address goes "on behalf of" (RFC 5322 section 3.6.2)."""
    if not external:
        return Route(entry, Via.ORGANISATION, profile.organisation_server, entry.address, None, trail.steps)
    decided_by = _who_decided(policy.external_from)
    if not trail.note(Rule.GATEWAY_NOT_REQUIRED, decided_by, held=not policy.requires_gateway):
        return trail.refuse(Reason.ROUTE_GATEWAY_REQUIRED, domain=entry.address.domain, decided_by=decided_by)
    primary = profile.primary.address
    return Route(entry, Via.ORGANISATION, profile.organisation_server, primary, primary, trail.steps)


def _through_gateway(entry: SendAsAddress, gateway: SmtpServer, policy: Policy, trail: _Trail) -> Route | Refusal:
    """Return the gateway's route where the policy, fresh, allows it."""
    if not trail.note(Rule.POLICY_KNOWN, policy.origin, held=policy.state is not PolicyState.UNKNOWN):
        return trail.refuse(Reason.ROUTE_POLICY_UNKNOWN, host=gateway.host)
    checked = policy.checked_at.isoformat() if policy.checked_at else ""
    if not trail.note(Rule.POLICY_FRESH, checked, held=policy.state is not PolicyState.STALE):
        return trail.refuse(Reason.ROUTE_POLICY_STALE, host=gateway.host, checked_at=checked)
    decided_by = _who_decided(policy.gateways)
    if not trail.note(Rule.POLICY_ALLOWS, decided_by, held=policy.allows_gateways):
        return trail.refuse(Reason.ROUTE_FORBIDDEN, host=gateway.host, decided_by=decided_by)
    return Route(entry, Via.GATEWAY, gateway, entry.address, None, trail.steps)


def _who_decided(effective: Effective) -> str:
    """Return the unit or group whose policy decided, in people's words; empty for the default."""
    return effective.decided_by.target if effective.decided_by else ""
