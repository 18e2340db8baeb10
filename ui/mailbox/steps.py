"""What a person can do with a message in its state: pure, so that menu, buttons and keys agree."""

from __future__ import annotations

from enum import StrEnum

from app.address import Address
from app.delivery.queued import CANCELLABLE, DELETABLE, RETRIABLE, TAKEN_BACK, QueuedMessage, State
from app.delivery.refusals import refusals_in
from app.errors import Reason
from app.routing import HELD_REASONS, Via

__all__ = [
    "PASSWORD_REASONS",
    "Step",
    "has_choices",
    "is_held_by_policy",
    "missed_its_time",
    "needs_password",
    "needs_sign_in",
    "others_of",
    "steps_for",
]

PASSWORD_REASONS = frozenset(
    {
        Reason.SERVER_AUTH_REJECTED,
        Reason.SERVER_AUTH_APP_PASSWORD,
        Reason.KEYCHAIN_NO_PASSWORD,
        Reason.KEYCHAIN_MISSING,
        Reason.KEYCHAIN_INSECURE,
        Reason.KEYCHAIN_LOCKED,
        Reason.KEYCHAIN_REFUSED,
        Reason.KEYCHAIN_TIMEOUT,
        Reason.KEYCHAIN_BROKEN,
    }
)
"""Problems that a password typed anew can end, kept only until the program ends where there is no keychain."""


SIGN_IN_REASONS = frozenset({Reason.SIGN_IN_NEEDED, Reason.SIGN_IN_ENDED, Reason.SERVER_TOKEN_REJECTED})
"""Problems that another sign-in with the browser can end; and so it can those of the keychain above."""

SCHEDULE_REASONS = frozenset({Reason.SCHEDULE_MISSED, Reason.SCHEDULE_CLOCK_SET})
"""Problems of messages whose time has passed."""


class Step(StrEnum):
    """What can be done with a message of the outbox."""

    RETRY = "retry"
    NEW_TIME = "new-time"
    CHECK_POLICY = "check-policy"
    THROUGH_ORGANISATION = "through-organisation"
    TO_THE_OTHERS = "to-the-others"
    ARRIVED = "arrived"
    BACK_TO_DRAFTS = "back-to-drafts"
    STOP = "stop"
    CANCEL = "cancel"
    DELETE = "delete"


def is_held_by_policy(message: QueuedMessage) -> bool:
    """Whether only the policy stands against this message."""
    return message.state is State.HELD and message.problem is not None and message.problem.reason in HELD_REASONS


def has_choices(message: QueuedMessage) -> bool:
    """Whether a person has to choose what becomes of the message, and is told what follows from each choice."""
    return is_held_by_policy(message) or message.state is State.UNCERTAIN or bool(others_of(message))


def others_of(message: QueuedMessage) -> tuple[Address, ...]:
    """Return whom a message that failed could still go to because only others were refused; nobody for the rest."""
    refused = {each.recipient for each in refusals_in(message.problem) if each.is_final}
    if message.state is not State.FAILED or not refused:
        return ()
    return tuple(each for each in message.recipients if each not in refused)


def missed_its_time(message: QueuedMessage) -> bool:
    """Whether a scheduled message waits for a person because its time was missed."""
    return message.state is State.HELD and message.problem is not None and message.problem.reason in SCHEDULE_REASONS


def needs_password(message: QueuedMessage) -> bool:
    """Whether the message waits for a password, or for what else its server is signed in to with."""
    return _is_held_for(message, PASSWORD_REASONS)


def needs_sign_in(message: QueuedMessage) -> bool:
    """Whether the message waits for a sign-in with the browser, where its server is signed in to with one."""
    return _is_held_for(message, PASSWORD_REASONS | SIGN_IN_REASONS)


def _is_held_for(message: QueuedMessage, reasons: frozenset[Reason]) -> bool:
    return message.state is State.HELD and message.problem is not None and message.problem.reason in reasons


def steps_for(message: QueuedMessage) -> tuple[Step, ...]:
    """Return what can be done with a message, the most useful first."""
    held_by_policy = is_held_by_policy(message)
    possible = {
        Step.CHECK_POLICY: held_by_policy,
        Step.THROUGH_ORGANISATION: held_by_policy and message.via is Via.GATEWAY,
        Step.RETRY: message.state in RETRIABLE and not held_by_policy,
        Step.NEW_TIME: message.state is State.QUEUED or missed_its_time(message),
        Step.TO_THE_OTHERS: bool(others_of(message)),
        Step.ARRIVED: message.state is State.UNCERTAIN,
        Step.BACK_TO_DRAFTS: message.state in TAKEN_BACK and message.has_draft,
        Step.STOP: message.state is State.ATTEMPTING,
        Step.CANCEL: message.state in CANCELLABLE and message.state not in DELETABLE,
        Step.DELETE: message.state in DELETABLE,
    }
    return tuple(step for step in Step if possible.get(step, False))
