"""Dialogues as other mail programs' tests write them: a server that plays its lines and holds the client to its own.

One step a line: `S:` says a line (neighbours go in one segment), `C:` expects one, where `*` stands for anything,
`TLS` begins TLS, `DATA` takes a message, `X` hangs up. The client then has to go without another word.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import groupby

import pytest
from _pytest.mark.structures import ParameterSet

from app.address import Address
from app.delivery.data import Chunks
from app.delivery.smtp import Limits, Session, SessionError
from app.delivery.verdict import Delivered, Verdict
from app.errors import Reason
from app.profile import Security
from tests.servers.exchange import ANNA, LIMITS, MESSAGE, PASSWORD, SENDER, hand_over, opened, serving
from tests.servers.scripted import ScriptedServer, Talk

__all__ = ["BOTH", "QUITS", "SIGNED_IN", "begun", "meaning", "outcome", "playing", "row", "usual"]

BOTH = (Security.STARTTLS, Security.SSL)
"""Under which every case is tried that does not end before TLS."""
PLAIN = b64encode(f"\0nutzer\0{PASSWORD}".encode()).decode()
SIGNED_IN = f"C: AUTH PLAIN {PLAIN}\nS: 235 2.7.0 welcome"
QUITS = "C: QUIT\nS: 221 bye\nX"
_PATIENCE = 5


def begun(security: Security, *offers: str) -> str:
    """Return the dialogue up to the EHLO reply under TLS that offers `offers`."""
    replies = ["mail.example", *offers]
    ehlo = "\n".join(["C: EHLO *", *[f"S: 250-{line}" for line in replies[:-1]], f"S: 250 {replies[-1]}"])
    if security is not Security.STARTTLS:
        return f"S: 220 ready\n{ehlo}"
    clear = "S: 220 ready\nC: EHLO *\nS: 250-mail.example\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go ahead\nTLS"
    return f"{clear}\n{ehlo}"


def usual(security: Security, *steps: str, offers: Sequence[str] = ("AUTH PLAIN",)) -> str:
    """Return a whole dialogue: begun, signed in, `steps`, and the goodbye."""
    return "\n".join([begun(security, *offers), SIGNED_IN, *steps, QUITS])


class _Play:
    """One connection after the other, each with its own dialogue."""

    def __init__(self, dialogues: Sequence[str]) -> None:
        self._dialogues = [list(_steps(dialogue)) for dialogue in dialogues]
        self._begun = 0
        self.mistakes: list[str] = []
        self.over = [asyncio.Event() for _ in dialogues]

    async def __call__(self, talk: Talk) -> None:
        number, self._begun = self._begun, self._begun + 1
        if number >= len(self._dialogues):
            self.mistakes.append("a connection too many")
            return
        try:
            await self._play(talk, self._dialogues[number])
        finally:
            self.over[number].set()

    async def _play(self, talk: Talk, steps: list[tuple[str, str]]) -> None:
        for kind, text in steps:
            try:
                said = await _take(talk, kind, text)
            except (OSError, asyncio.IncompleteReadError):
                self.mistakes.append(f"the client went before {kind} {text!r}")
                return
            if said is not None and not re.fullmatch(re.escape(text).replace(r"\*", ".*"), said):
                self.mistakes.append(f"{said!r} instead of {text!r}")
                return
        with contextlib.suppress(OSError):
            while True:
                self.mistakes.append(f"{await talk.hear()!r} at the end")


async def _take(talk: Talk, kind: str, text: str) -> str | None:
    """Take one step; return what the client said where it had to say something."""
    if kind == "C":
        return (await talk.hear()).decode()
    if kind == "S":
        await talk.say(text.encode())
    elif kind == "TLS":
        await talk.start_tls()
    elif kind == "DATA":
        await talk.hear_message()
    else:
        talk.hang_up()
    return None


def _steps(dialogue: str) -> Iterator[tuple[str, str]]:
    lines = [line.partition(": " if line[:3] in {"S: ", "C: "} else "\n")[::2] for line in dialogue.splitlines()]
    for kind, group in groupby(lines, key=lambda step: step[0]):
        if kind == "S":
            yield kind, "".join(f"{text}\r\n" for _, text in group)
        else:
            yield from group


@contextlib.asynccontextmanager
async def playing(*dialogues: str, security: Security = Security.STARTTLS) -> AsyncIterator[ScriptedServer]:
    """Play one dialogue a connection; fails unless each was played to its end and nothing else was said."""
    play = _Play(dialogues)
    async with serving(play, implicit=security is Security.SSL) as running:
        yield running
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                for over in play.over:
                    await over.wait()
    unplayed = [number for number, over in enumerate(play.over) if not over.is_set()]
    assert (play.mistakes, unplayed) == ([], [])


async def outcome(
    running: ScriptedServer,
    security: Security,
    message: Chunks = (MESSAGE,),
    *,
    recipients: Sequence[Address] = (ANNA,),
    sender: Address = SENDER,
    size: int = len(MESSAGE),
    limits: Limits = LIMITS,
) -> Verdict:
    """Open a session, hand one message over, say goodbye; return what becomes of the message."""
    try:
        session: Session = await opened(running, security, limits)
    except SessionError as error:
        return error.as_verdict()
    verdict = await hand_over(session, message, recipients=recipients, sender=sender, size=size)
    await session.quit()
    return verdict


def row(case: str, *values: object) -> ParameterSet:
    """Return the parameters of a test that prove this case and bear its name."""
    return pytest.param(*values, id=case, marks=pytest.mark.case(case))


def meaning(verdict: Verdict) -> tuple[type[Verdict], Reason | None]:
    """Return the kind of a verdict and its reason."""
    return type(verdict), None if isinstance(verdict, Delivered) else verdict.problem.reason
