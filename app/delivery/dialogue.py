"""What a session says of itself: its stages, its limits, its redacted dialogue, and how it can fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Literal

from app.delivery.verdict import Held, Rejected, TryLater
from app.errors import ExpectedError, Problem

__all__ = ["Consequence", "DialogueLine", "Limits", "SessionError", "Stage", "Watch"]


class Stage(StrEnum):
    """The steps of a session, in their order under STARTTLS; with implicit TLS the greeting follows TLS."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    GREETING = "greeting"
    TLS = "tls"
    EHLO = "ehlo"
    SIGN_IN = "sign-in"
    SENDER = "sender"
    RECIPIENTS = "recipients"
    DATA = "data"
    END_OF_DATA = "end-of-data"
    DONE = "done"


Watch = Callable[[Stage, str], None]
"""Told of each stage twice: when it begins, with no detail, and when it has succeeded, with one."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session waits, in seconds. RFC 5321 section 4.5.3.2 asks for ten minutes at the final reply."""

    connect: float = 20.0
    """For the look-up of the host, and again for all its addresses together, and for TLS."""
    greeting_doubt: float = 3.0
    """After so long without a greeting it is tried whether the port speaks TLS; the greeting may still come."""
    reply: float = 60.0
    """For one whole reply, however slowly it trickles in."""
    envelope: float = 300.0
    """For MAIL, all RCPT and DATA together, and so much more …"""
    recipient: float = 2.0
    """… for each recipient: hundreds take their time with a server that does nothing wrong."""
    data_idle: float = 60.0
    """Without any progress while the message is written; a slow line is no fault."""
    final_reply: float = 600.0
    quit: float = 2.0


@dataclass(frozen=True, slots=True)
class DialogueLine:
    """A line of the journal: what we said (`C`), what the server said (`S`), or what happened (`*`)."""

    direction: Literal["C", "S", "*"]
    text: str


class Consequence(Enum):
    """What has to happen after a session failed."""

    RETRY = auto()
    """Another attempt is made by itself."""
    REJECT = auto()
    """A person has to change the message."""
    STOP = auto()
    """Nothing can go through this server until a person has acted."""


class SessionError(ExpectedError):
    """A session could not be opened, or a message not be handed over; provably nothing was accepted."""

    def __init__(
        self, problem: Problem, *, stage: Stage, reply: str = "", consequence: Consequence = Consequence.RETRY
    ) -> None:
        super().__init__(problem)
        self.stage = stage
        self.reply = reply
        self.consequence = consequence
        self.dialogue: list[DialogueLine] = []
        """What was said until then, where a session could not be opened; secrets left out."""

    def as_verdict(self) -> TryLater | Rejected | Held:
        """Return what this means for the message that was to be sent."""
        if self.consequence is Consequence.STOP:
            return Held(self.problem, stops_server=True)
        if self.consequence is Consequence.RETRY:
            return TryLater(self.problem, self.reply)
        return Rejected(self.problem, self.reply)
