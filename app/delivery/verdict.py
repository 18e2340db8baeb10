"""What became of an attempt to deliver a message, as a closed type."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.errors import Problem

__all__ = ["Delivered", "Held", "Rejected", "TryLater", "Uncertain", "Verdict"]


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
