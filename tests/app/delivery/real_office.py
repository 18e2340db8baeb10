"""A whole way of a message in few words: a draft, its route, the outbox, the postman, and a real server."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.address import Address, Mailbox
from app.delivery.outbox import Outbox, QueuedMessage, State
from app.delivery.posting import post
from app.delivery.postman import Postman
from app.delivery.schedule import Schedules
from app.message.draft import Draft
from app.policy.evaluate import standing
from app.profile import Profile, Security, SendAsAddress, SmtpServer, Verification, WhenMissed
from app.routing import Refusal, Route, choose_route
from app.storage.keychain import MemoryKeychain, Secret
from tests.app.delivery.letters import NOW, PARTNER, PRIMARY, minutes
from tests.app.policy.documents import document
from tests.app.sign_in.given import secrets_in
from tests.servers.exchange import LIMITS, PASSWORD, authority
from tests.servers.scripted import Script, ScriptedServer, scripted, server_for

__all__ = ["RealOffice", "office_at"]

POLICY = standing(document(), now=NOW, checked_at=NOW, origin="test")


class RealOffice:
    """Everything of one person whose mail all goes through one running server."""

    def __init__(self, running: ScriptedServer, server: SmtpServer, outbox: Outbox) -> None:
        self.running = running
        self.server = server
        self.outbox = outbox
        self.keychain = MemoryKeychain()
        self.schedules = Schedules(outbox._database, lambda: None)
        self.time = NOW
        self.postman = Postman(
            outbox,
            route_of=self._route_of,
            secret_of=secrets_in(self.keychain),
            tls=authority().trust,
            now=lambda: self.time,
            limits=LIMITS,
            look_at_time=self._look_at_time,
        )

    @property
    def profile(self) -> Profile:
        """The person's addresses, none of which has a server of its own."""
        accepted = Verification.ACCEPTED
        return Profile(
            id="p",
            addresses=(
                SendAsAddress("1", PRIMARY, verification=accepted, is_primary=True, is_default=True),
                SendAsAddress("2", PARTNER, verification=accepted),
            ),
            organisation_server=self.server,
            policy_source="https://policy.beispiel.example/",
        )

    async def give_password(self, password: str) -> None:
        await self.keychain.set(self.server.keychain_account, Secret(password))

    async def password(self) -> str:
        """Return the password that is kept."""
        secret = await self.keychain.get(self.server.keychain_account)
        return secret.reveal() if secret is not None else ""

    async def post(self, number: int = 1, *, due: datetime | None = None, **fields: Any) -> QueuedMessage:
        """Queue a draft."""
        to = (Mailbox.parse("kunde@extern.example"),)
        plain = Draft(id=f"m{number}", sender=PRIMARY, to=to, subject=f"Angebot {number}", text="Tag\n")
        draft = replace(plain, **fields)
        return await post(draft, profile=self.profile, policy=POLICY, outbox=self.outbox, now=self.time, due=due)

    async def deliver(self, *, after: float = 0) -> list[State]:
        """Deliver what is due, so many minutes later; return the states of all messages, oldest first."""
        self.time += minutes(after)
        await self.postman.run_due()
        return [message.state for message in await self.outbox.list()]

    @property
    def recipients(self) -> list[Address]:
        """To whom the server was asked to deliver."""
        return [
            Address.parse(line.decode()[len("RCPT TO:<") : -len(">\r\n")])
            for line in self.running.lines
            if line.startswith(b"RCPT")
        ]

    async def _look_at_time(self) -> None:
        await self.schedules.look(self.time, WhenMissed.SEND)

    async def _route_of(self, message: QueuedMessage) -> Route | Refusal:
        return choose_route(message.sender, self.profile, POLICY)


@contextlib.asynccontextmanager
async def office_at(
    script: Script,
    outbox: Outbox,
    security: Security = Security.STARTTLS,
    *,
    sign_in: bool = True,
    certificate: ssl.SSLContext | None = None,
) -> AsyncIterator[RealOffice]:
    """Run such a server and the office of somebody who sends through it."""
    implicit = security is Security.SSL
    async with scripted(script, certificate or authority().certify(), is_implicit=implicit) as running:
        office = RealOffice(running, server_for(running, security, sign_in=sign_in), outbox)
        await office.give_password(PASSWORD)
        yield office
        await office.postman.stop()
