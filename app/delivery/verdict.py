"""What became of an attempt to deliver a message, as a closed type."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.errors import Problem, Reason

__all__ = ["NO_WAY", "SERVERS_OWN", "Delivered", "Held", "Rejected", "TryLater", "Uncertain", "Verdict"]

SERVERS_OWN = frozenset(reason for reason in Reason if not reason.value.startswith(("route-", "schedule-")))
"""Reasons to hold a message that lie with its server or its sign-in, and not with its route."""
NO_WAY = frozenset(
    {
        Reason.SERVER_NOT_FOUND,
        Reason.SERVER_OFFLINE,
        Reason.SERVER_LOOKUP_FAILED,
        Reason.SERVER_UNREACHABLE,
        Reason.SERVER_REFUSED,
        Reason.SERVER_TIMEOUT,
        Reason.SERVER_CONNECTION_LOST,
        Reason.SERVER_NOT_SMTP,
        Reason.SERVER_TLS_FAILED,
        Reason.SIGN_IN_UNREACHABLE,
        Reason.SIGN_IN_TIMEOUT,
        Reason.SIGN_IN_TLS,
        Reason.SIGN_IN_STATUS,
        Reason.SIGN_IN_ANSWER,
    }
)
"""Reasons to try later that another network, or one that is back, may have ended."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The server took the message: a 2yz reply came after the end of its data."""

    reply: str
    queue_id: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The server will not take the message as it is; a person has to act."""

    problem: Problem
    reply: str = ""


@dataclass(frozen=True, slots=True)
class TryLater:
    """Provably not accepted; another attempt is due at `due`, or after the usual back-off."""

    problem: Problem
    reply: str = ""
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The end of the message was on its way when the connection went: it may have been accepted."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Held:
    """Not attempted: the policy or a missing password stands against it, until that changes or a person decides."""

    problem: Problem
    stops_server: bool = False
    """Whether everything else for this server has to wait too (a wrong password)."""


Verdict = Delivered | Rejected | TryLater | Uncertain | Held
