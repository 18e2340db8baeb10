"""What a change of the policy does to one person's addresses, drafts and waiting mail; every route is `choose_route`'s.

The program asks for the route when Send is pressed and again at every attempt, so a waiting message follows the new
policy. Drafts, queued and scheduled messages themselves are never lost by a change.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.policy.evaluate import Policy
from app.profile import Profile, SendAsAddress
from app.recipient_view import RecipientView, recipient_view
from app.routing import (
    HELD_REASONS,
    POLICY_REASONS,
    Refusal,
    Route,
    Via,
    choose_route,
    is_internal,
    without_gateway,
)

__all__ = ["AddressEffect", "Choice", "DraftFate", "Effects", "QueuedFate", "ScheduledFate", "effects"]


class DraftFate(StrEnum):
    """What happens when Send is pressed on a draft."""

    GOES = "goes"
    HELD = "held"
    """It is kept in the Outbox until the policy allows it, with the person's choices."""
    REFUSED = "refused"
    """It stays a draft; the composer says why."""


class QueuedFate(StrEnum):
    """What becomes of a message that waits in the Outbox when the policy changes."""

    GOES = "goes"
    HELD = "held"
    """It would have gone, and is held now."""
    RELEASED = "released"
    """It was held, and goes by itself now."""
    STAYS_HELD = "stays-held"


class ScheduledFate(StrEnum):
    """What becomes of a message that waits for a certain time."""

    GOES = "goes"
    HELD = "held"
    """It waits for its time, and is held then."""


class Choice(StrEnum):
    """What a person can do with a held message."""

    WAIT = "wait"
    THROUGH_ORGANISATION = "through-organisation"
    BACK_TO_DRAFTS = "back-to-drafts"


@dataclass(frozen=True, slots=True)
class AddressEffect:
    """What changes for one address; the views are what recipients see, None where nothing is sent."""

    entry: SendAsAddress
    before: Route | Refusal
    after: Route | Refusal
    view_before: RecipientView | None
    view_after: RecipientView | None
    draft_before: DraftFate
    draft_after: DraftFate
    queued: QueuedFate
    scheduled: ScheduledFate
    choices: tuple[Choice, ...]
    """What the person can do with held mail of this address after the change; empty where none is held."""
    instead: Route | None
    """The organisation's route that THROUGH_ORGANISATION would take; None where that is no choice."""
    view_instead: RecipientView | None

    @property
    def changes(self) -> bool:
        """Whether mail from this address fares differently from before."""
        return _manner(self.before) != _manner(self.after)


@dataclass(frozen=True, slots=True)
class Effects:
    """What changes for one person."""

    addresses: tuple[AddressEffect, ...]
    """Every address of the profile, in its order."""
    gateways_before: bool
    """Whether a new address could get an own server."""
    gateways_after: bool
    names_before: bool
    """Whether the name beside the primary address could be changed."""
    names_after: bool

    @property
    def changed(self) -> tuple[AddressEffect, ...]:
        """The addresses whose mail fares differently."""
        return tuple(each for each in self.addresses if each.changes)


def effects(profile: Profile, before: Policy, after: Policy) -> Effects:
    """Return what differs for a person with these addresses between two policies."""
    return Effects(
        addresses=tuple(_effect(entry, profile, before, after) for entry in profile.addresses),
        gateways_before=before.allows_gateways and before.mail.value,
        gateways_after=after.allows_gateways and after.mail.value,
        names_before=before.names.value,
        names_after=after.names.value,
    )


def _effect(entry: SendAsAddress, profile: Profile, before: Policy, after: Policy) -> AddressEffect:
    was, will = choose_route(entry.address, profile, before), choose_route(entry.address, profile, after)
    queued = _queued(was, will, _written_under(entry, profile, before))
    is_held = queued in {QueuedFate.HELD, QueuedFate.STAYS_HELD}
    instead = _instead(entry, profile, after) if is_held and _draft(will) is DraftFate.HELD else None
    return AddressEffect(
        entry=entry,
        before=was,
        after=will,
        view_before=_view(was, profile),
        view_after=_view(will, profile),
        draft_before=_draft(was),
        draft_after=_draft(will),
        queued=queued,
        scheduled=ScheduledFate.HELD if is_held else ScheduledFate.GOES,
        choices=_choices(will, instead) if is_held else (),
        instead=instead,
        view_instead=_view(instead, profile),
    )


def _instead(entry: SendAsAddress, profile: Profile, policy: Policy) -> Route | None:
    chosen = choose_route(entry.address, without_gateway(entry.address, profile), policy)
    return chosen if isinstance(chosen, Route) else None


def _draft(decided: Route | Refusal) -> DraftFate:
    if isinstance(decided, Route):
        return DraftFate.GOES
    return DraftFate.HELD if decided.problem.reason in HELD_REASONS else DraftFate.REFUSED


def _queued(was: Route | Refusal, will: Route | Refusal, written_for: tuple[object, ...]) -> QueuedFate:
    # A message is sent only by a route like the one that its bytes and envelope were made for.
    goes = isinstance(will, Route) and _written_for(will) == written_for
    if isinstance(was, Refusal):
        return QueuedFate.RELEASED if goes else QueuedFate.STAYS_HELD
    return QueuedFate.GOES if goes else QueuedFate.HELD


def _choices(will: Route | Refusal, instead: Route | None) -> tuple[Choice, ...]:
    possible = {
        Choice.WAIT: isinstance(will, Refusal) and will.problem.reason in POLICY_REASONS,
        Choice.THROUGH_ORGANISATION: instead is not None,
        Choice.BACK_TO_DRAFTS: True,
    }
    return tuple(choice for choice in Choice if possible[choice])


def _written_for(route: Route) -> tuple[object, ...]:
    return (route.via, route.envelope_from, route.sender_header)


def _written_under(entry: SendAsAddress, profile: Profile, policy: Policy) -> tuple[object, ...]:
    """Return what messages of this address that wait were made for, even where they are held now."""
    if entry.smtp_msa is not None:
        return (Via.GATEWAY, entry.address, None)
    if is_internal(entry.address, profile, policy):
        return (Via.ORGANISATION, entry.address, None)
    return (Via.ORGANISATION, profile.primary.address, profile.primary.address)


def _manner(decided: Route | Refusal) -> tuple[object, ...]:
    """Return what people notice of a route: its server and sender, or why there is none."""
    if isinstance(decided, Refusal):
        return (decided.problem.reason,)
    return (*_written_for(decided), decided.server)


def _view(decided: Route | Refusal | None, profile: Profile) -> RecipientView | None:
    return recipient_view(decided, profile) if isinstance(decided, Route) else None
