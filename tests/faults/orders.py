"""What the program is told to do in a proof, and the messages it writes: the same in every run with the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

from app.address import Address, Mailbox
from app.message.draft import Attachment, Draft

__all__ = ["PARTNER", "PRIMARY", "LoginData", "MessagePlan", "Order", "SetUp", "message_plan"]

PRIMARY = "nutzer@beispiel.example"
PARTNER = "nutzer.name@partnerdomain.example"
_FEW_OCTETS = (200, 2_000, 6_000)


@dataclass(frozen=True)
class LoginData:
    """A server as the set-up needs it."""

    port: int
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class SetUp:
    """What a finished set-up has put into a new data folder and the keychain."""

    starttls: LoginData
    implicit: LoginData
    policy: str
    ca: str


@dataclass(frozen=True)
class Order:
    """What one process does."""

    home: str
    set_up: SetUp | None = None
    seed: int = 0
    run: int = 0
    """How many processes there were before this one."""
    start: int = 0
    """The number of the first message to write."""
    count: int = 0
    after_start: bool = False
    """Whether they are written only when the program has nothing left to do of its start."""
    burst: int = 1
    """How many messages are written at one go."""
    pause: float = 0.0
    """Seconds between them."""
    attachments: tuple[tuple[str, float], ...] = ()
    """Files, and the share of the messages that have them."""
    clock: float = 0.0
    """Seconds by which its clock is ahead."""
    jumps: tuple[tuple[float, float], ...] = ()
    """After how many seconds the clock jumps by how many."""
    settle: float = 0.0
    """Seconds of quiet, once all is sent, before it says that it is idle, and half of them after that."""
    more: int = 0
    """How many messages are written after that."""
    more_pause: float = 0.0
    """Seconds between each of these."""
    drain: bool = False
    """Send all that waits, whatever the time, and end."""
    die_at: str = ""
    """The point at which it kills itself."""
    die_on: int = 1
    """At which time it comes there."""
    kill_after: float = 0.0
    """Seconds after which it is killed; 0 for not at all."""
    from_ready: bool = False
    """Whether these count from when it begins to deliver, and not from its start."""
    limit: int = 60
    """Seconds after which something has gone wrong."""


@dataclass(frozen=True)
class MessagePlan:
    """One message, the same in every run with the same seed."""

    draft: Draft
    due_in: float
    """Seconds; 0 for at once."""
    is_undone: bool


def message_plan(order: Order, number: int) -> MessagePlan:
    """Return what the message with this number is like."""
    chance = random.Random(f"{order.seed}:{number}")
    lines = [f"Zeile {line}, {chance.random():.12f}" for line in range(chance.choice(_FEW_OCTETS) // 24)]
    which = chance.random()
    attached: tuple[Attachment, ...] = ()
    for file, share in order.attachments:
        if 0 <= which < share:
            attached = (Attachment(file, Path(file).name, Path(file).stat().st_size),)
        which -= share
    kind = chance.random()
    others = chance.randrange(3)
    draft = Draft(
        id=f"m{number}",
        sender=Address.parse(chance.choice((PRIMARY, PARTNER))),
        to=tuple(Mailbox(Address.parse(f"leser{each}@empfang.example"), "") for each in range(1 + others)),
        subject=f"Nachricht {number}",
        text="\n".join(lines),
        attachments=attached,
    )
    # 3 % scheduled for some hour of the next two days, 4 % with time to undo, which half of them use.
    due_in = chance.uniform(3600, 172_800) if kind < 0.03 else 10.0 if kind < 0.07 else 0.0
    return MessagePlan(draft, due_in, is_undone=0.03 <= kind < 0.05)
