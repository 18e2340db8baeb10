"""A message of the outbox as a value, and every step it can take: pure, so that the rules can be read in one place.

    queued → attempting → data_end → sent
                 ↓            ↓
      deferred · failed · held · uncertain          cancelled

`attempting` is committed before connecting and `data_end` before the final dot is written. After a crash
`attempting` is therefore provably not accepted and goes again, and `data_end` may have been accepted and becomes
`uncertain`: nothing but a person sends it again. The Message-ID stays the same over all attempts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from app.address import Address
from app.delivery.refusals import RefusedRecipient, refusals_in
from app.delivery.verdict import Delivered, Held, Rejected, TryLater, Uncertain, Verdict
from app.errors import DeliveryError, Problem, Reason
from app.message.draft import Draft
from app.profile import SmtpServer
from app.routing import Route, Via

__all__ = [
    "CANCELLABLE",
    "DELETABLE",
    "GIVE_UP_AFTER",
    "HOLDABLE",
    "RETRIABLE",
    "TAKEN_BACK",
    "UNDER_WAY",
    "NewMessage",
    "QueuedMessage",
    "State",
    "arrived",
    "back_off",
    "cancelled",
    "changed_route",
    "claimed",
    "difference",
    "for_the_others",
    "given_back",
    "grown",
    "handed_over",
    "held",
    "queued_again",
    "recovered",
    "redirected",
    "require",
    "settled",
    "through_organisation",
]

GIVE_UP_AFTER = timedelta(days=5)
"""How long a message is tried by itself (RFC 5321 section 4.5.4.1)."""
_BACK_OFF = (1, 5, 15, 30, 60)
"""Minutes after the first, second, … attempt; the last one is kept."""


class State(StrEnum):
    """Where a message is on its way."""

    QUEUED = "queued"
    ATTEMPTING = "attempting"
    DATA_END = "data_end"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    HELD = "held"
    CANCELLED = "cancelled"


HOLDABLE = (State.QUEUED, State.DEFERRED, State.HELD)
UNDER_WAY = (State.ATTEMPTING, State.DATA_END)
RETRIABLE = (State.QUEUED, State.DEFERRED, State.FAILED, State.HELD, State.UNCERTAIN)
CANCELLABLE = (State.QUEUED, State.DEFERRED, State.FAILED, State.HELD)
TAKEN_BACK = (*RETRIABLE, State.CANCELLED)
DELETABLE = (State.SENT, State.FAILED, State.HELD, State.UNCERTAIN, State.CANCELLED)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What is queued besides the bytes. It takes the draft's id, so that no draft is ever queued twice."""

    draft: Draft
    """One without recipients stands for a message that came finished and cannot go back to the drafts."""
    route: Route
    recipients: tuple[Address, ...]
    message_id: str
    held: Problem | None = None
    """Why it is held from the beginning."""
    due: datetime | None = None
    """When it may go, for undo and for scheduled sending; at once by default."""
    is_scheduled: bool = False
    """Whether `due` is a time the person chose, and not the end of undo."""


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A message of the outbox as it stands; its bytes are read with `Outbox.chunks`."""

    number: int
    """Greater than that of all messages queued before."""
    id: str
    state: State
    sender: Address
    recipients: tuple[Address, ...]
    subject: str
    message_id: str
    size: int
    """Octets."""
    via: Via
    host: str
    queue: str
    """Which server's queue it waits in: messages with the same one share its fate."""
    envelope_from: Address
    sender_header: Address | None
    has_draft: bool
    """Whether it can go back to the drafts."""
    over_organisation: bool
    """Whether the person chose the organisation server although the address has a gateway."""
    attempts: int
    asked_for: bool
    """Whether a person asked for the next attempt: then it is made even if the server is known to refuse."""
    trying_since: datetime | None
    """When it was first tried since it was queued or a person last asked for it."""
    handed_over_at: datetime | None
    """When its end was last about to be written: from then on it may have been accepted."""
    due: datetime | None
    problem: Problem | None
    reply: str
    queue_id: str
    left_out: tuple[RefusedRecipient, ...]
    """Who was refused for good and left out by the person; the message still names them in To or Cc."""
    created_at: datetime
    changed_at: datetime
    is_readable: bool = True
    """Whether all that is stored of it could be read; it takes no step otherwise, but can be shown and taken back."""


def back_off(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts."""
    return timedelta(minutes=_BACK_OFF[min(max(attempts, 1), len(_BACK_OFF)) - 1])


def require(message: QueuedMessage, states: Collection[State]) -> QueuedMessage:
    """Return the message if it is in one of `states`; raises DeliveryError otherwise."""
    if message.state not in states:
        wanted = ", ".join(states)
        raise DeliveryError.because(Reason.OUTBOX_WRONG_STATE, id=message.id, state=message.state, wanted=wanted)
    return message


def difference(route: Route, message: QueuedMessage) -> Problem | None:
    """Say whether the message's bytes or envelope were made for another route than this one."""
    same = (route.via, route.envelope_from, route.sender_header) == (
        message.via,
        message.envelope_from,
        message.sender_header,
    )
    return None if same else changed_route(route, message)


def changed_route(route: Route, message: QueuedMessage) -> Problem:
    """Return that a message would take another route now than the one it was made for."""
    facts = {"host": route.server.host, "queued_host": message.host}
    return Problem.of(Reason.ROUTE_CHANGED, address=message.sender.display, **facts)


def settled(message: QueuedMessage, verdict: Verdict, now: datetime) -> QueuedMessage:
    """Return the message after an attempt."""
    match verdict:
        case Delivered(reply=reply, queue_id=queue_id):
            return _at_rest(message, State.SENT, None, reply, queue_id)
        case Rejected(problem=problem, reply=reply):
            return _at_rest(message, State.FAILED, problem, reply)
        case TryLater(problem=problem, reply=reply, due=due):
            return _tried(message, problem, reply, due, now)
        case Uncertain(problem=problem):
            return _at_rest(message, State.UNCERTAIN, problem)
        case Held(problem=problem):
            return held(replace(message, attempts=message.attempts - 1), problem)
        case _:
            assert_never(verdict)


def held(message: QueuedMessage, problem: Problem) -> QueuedMessage:
    """Return the message waiting for a person or the policy; an attempt that nobody could win is not counted."""
    return _at_rest(message, State.HELD, problem)


def queued_again(message: QueuedMessage, now: datetime, *, asked_for: bool = False) -> QueuedMessage:
    """Return the message due at once, with another five days before it is given up."""
    again = replace(message, state=State.QUEUED, due=now, trying_since=None, problem=None, reply="")
    return replace(again, asked_for=asked_for)


def claimed(message: QueuedMessage, now: datetime) -> QueuedMessage:
    """Return the message whose next attempt begins."""
    since = message.trying_since or now
    return replace(message, state=State.ATTEMPTING, attempts=message.attempts + 1, trying_since=since, due=None)


def handed_over(message: QueuedMessage, now: datetime) -> QueuedMessage:
    """Return the message whose end is about to be written."""
    return replace(message, state=State.DATA_END, handed_over_at=now)


def given_back(message: QueuedMessage, due: datetime | None) -> QueuedMessage:
    """Return a message whose attempt was broken off before the server could accept it; without `due`, cancelled."""
    if due is None:
        return replace(cancelled(message), handed_over_at=None)
    return replace(message, state=State.QUEUED, due=due, handed_over_at=None)


def recovered(message: QueuedMessage, now: datetime) -> QueuedMessage:
    """Return a message that the end of the program, or a bug, caught under way."""
    if message.state is State.ATTEMPTING:
        return given_back(message, now)
    return _at_rest(message, State.UNCERTAIN, Problem.of(Reason.CRASH_UNCERTAIN, host=message.host))


def redirected(message: QueuedMessage, server: SmtpServer, now: datetime) -> QueuedMessage:
    """Return a message that waits for the same kind of server at its new place; nothing was attempted."""
    moved = replace(message, host=server.host, queue=server.queue, attempts=message.attempts - 1)
    return replace(moved, state=State.QUEUED, due=now)


def through_organisation(message: QueuedMessage, route: Route, now: datetime) -> QueuedMessage:
    """Return a message that takes the organisation's route, as the person chose."""
    server = route.server
    moved = replace(message, via=route.via, host=server.host, queue=server.queue, over_organisation=True)
    return queued_again(replace(moved, envelope_from=route.envelope_from, sender_header=route.sender_header), now)


def for_the_others(message: QueuedMessage, now: datetime) -> QueuedMessage:
    """Return a message that goes to all but those who were refused for good; raises DeliveryError if none remain."""
    refused = tuple(each for each in refusals_in(message.problem) if each.is_final)
    left_out = {each.recipient for each in refused}
    others = tuple(each for each in message.recipients if each not in left_out)
    if not others or not refused:
        raise DeliveryError.because(Reason.OUTBOX_NO_OTHERS, id=message.id)
    going = replace(message, recipients=others, left_out=(*message.left_out, *refused))
    return queued_again(going, now, asked_for=True)


def grown(message: QueuedMessage, octets: int) -> QueuedMessage:
    """Return a message whose header has got another field."""
    return replace(message, size=message.size + octets)


def arrived(message: QueuedMessage) -> QueuedMessage:
    """Return a message of which a person knows that it arrived."""
    return _at_rest(message, State.SENT, None)


def cancelled(message: QueuedMessage) -> QueuedMessage:
    """Return a message the person does not want to send any more."""
    return _at_rest(message, State.CANCELLED, Problem.of(Reason.CANCELLED_BY_USER))


def _tried(message: QueuedMessage, problem: Problem, reply: str, due: datetime | None, now: datetime) -> QueuedMessage:
    if now - (message.trying_since or now) >= GIVE_UP_AFTER:
        return _at_rest(message, State.FAILED, problem, reply)
    later = due or now + back_off(message.attempts)
    waiting = replace(message, state=State.DEFERRED, due=later, problem=problem, reply=reply)
    return replace(waiting, asked_for=False, handed_over_at=None)


def _at_rest(
    message: QueuedMessage, state: State, problem: Problem | None, reply: str = "", queue_id: str = ""
) -> QueuedMessage:
    return replace(message, state=state, due=None, problem=problem, reply=reply, queue_id=queue_id, asked_for=False)
