"""One client against one server, in few words: what most delivery tests do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from functools import cache

import pytest

from app.address import Address
from app.delivery.data import Chunks
from app.delivery.smtp import Envelope, Limits, Session, SessionError
from app.delivery.verdict import Verdict
from app.errors import Problem
from app.profile import Security
from app.storage.keychain import Secret
from tests.canary import canary
from tests.servers.scripted import Authority, Polite, Script, ScriptedServer, scripted, server_for

__all__ = ["ANNA", "BERND", "LIMITS", "MESSAGE", "PASSWORD", "SENDER", "Handing", "authority", "hand_over", "opened"]
__all__ += ["opening_fails", "send_to", "serving"]

LIMITS = Limits(
    connect=5, greeting_doubt=0.2, reply=1.5, envelope=3, data_idle=0.4, final_reply=0.6, quit=0.3
)  # fmt: skip
SENDER = Address.parse("nutzer.name@partnerdomain.example")
ANNA = Address.parse("anna@empfang.example")
BERND = Address.parse("bernd@empfang.example")
PASSWORD = canary("ge\u0448eim")
MESSAGE = b"From: nutzer.name@partnerdomain.example\r\nSubject: Angebot\r\n\r\nGuten Tag\r\n"


@cache
def authority() -> Authority:
    """Return the authority of the whole run."""
    return Authority()


@contextlib.asynccontextmanager
async def serving(script: Script | None = None, *, implicit: bool = False) -> AsyncIterator[ScriptedServer]:
    """Run a scripted server with a good certificate."""
    async with scripted(script or Polite(), authority().certify(), is_implicit=implicit) as running:
        yield running


async def opened(
    running: ScriptedServer, security: Security | None = None, limits: Limits = LIMITS
) -> Session:  # fmt: skip
    """Return a session with a running server, in the server's own kind of TLS unless `security` says otherwise."""
    server = server_for(running, security or running.security)
    return await Session.open(server, Secret(PASSWORD), tls=authority().trust(), limits=limits)


async def opening_fails(
    script: Script, security: Security | None = None, *, implicit: bool = False
) -> tuple[SessionError, ScriptedServer]:
    """Return how opening a session with such a server fails, and the server."""
    async with serving(script, implicit=implicit) as running:
        with pytest.raises(SessionError) as failed:
            await opened(running, security)
    return failed.value, running


@dataclass
class Handing:
    """What the caller of `deliver` has to give, and what became of it."""

    hold: Problem | None = None
    events: list[str] = field(default_factory=list)

    async def before_mail(self) -> Problem | None:
        self.events.append("before mail")
        return self.hold

    async def on_data_end(self) -> None:
        self.events.append("data end")


async def hand_over(
    session: Session,
    message: Chunks = (MESSAGE,),
    *,
    recipients: Sequence[Address] = (ANNA,),
    sender: Address = SENDER,
    size: int = len(MESSAGE),
    handing: Handing | None = None,
) -> Verdict:
    """Hand one message over."""
    calls = handing or Handing()
    envelope = Envelope(sender, tuple(recipients), size)
    return await session.deliver(envelope, message, before_mail=calls.before_mail, on_data_end=calls.on_data_end)


async def send_to(
    script: Script,
    message: Chunks = (MESSAGE,),
    *,
    recipients: Sequence[Address] = (ANNA,),
    sender: Address = SENDER,
    limits: Limits = LIMITS,
    handing: Handing | None = None,
    implicit: bool = False,
) -> tuple[Verdict, ScriptedServer]:
    """Open a session with such a server, hand a message over, close; return the verdict and what the server saw."""
    async with serving(script, implicit=implicit) as running:
        session = await opened(running, limits=limits)
        verdict = await hand_over(session, message, recipients=recipients, sender=sender, handing=handing)
        await session.quit()
        # The end of the stream and what came before it has to reach the server, too.
        for _ in range(5):
            await asyncio.sleep(0.005)
    return verdict, running
