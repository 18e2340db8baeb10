"""Data folders as after a finished set-up and much use, made without a server."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from app.address import Address, Mailbox
from app.delivery.outbox import NewMessage
from app.delivery.rows import put
from app.message.draft import Draft
from app.profile import NoSignIn, Profile, Security, SendAsAddress, SmtpServer, Verification
from app.routing import Route, choose_route
from app.services import Services, now, open_services
from app.storage.folder import DataFolder

__all__ = ["BODY", "profile_for", "seed_home", "seed_queue", "set_up"]

BODY = b"Subject: Bench\r\n\r\n" + b"Guten Tag\r\n" * 180
"""A small message, of 2 KB."""


def profile_for(port: int = 465, ca_file: str = "") -> Profile:
    """Return a profile of one address whose server is the sink; nobody signs in there."""
    server = SmtpServer("localhost", port, Security.SSL, "nutzer", NoSignIn())
    primary = SendAsAddress(
        id=uuid4().hex,
        address=Address.parse("nutzer@beispiel.example"),
        display_name="Nutzer",
        is_primary=True,
        is_default=True,
        verification=Verification.ACCEPTED,
    )
    return Profile(uuid4().hex, (primary,), server, policy_source="", mail_ca=ca_file, created_at=now())


async def set_up(services: Services, profile: Profile) -> None:
    """Finish the set-up of an open data folder."""
    await services.profiles.save(profile)
    await services.take_profile(profile)


def seed_home(home: Path) -> None:
    """Make a data folder with such a profile."""

    async def seed() -> None:
        async with open_services(DataFolder(home)) as services:
            await set_up(services, profile_for())

    asyncio.run(seed())


async def seed_queue(services: Services, count: int) -> None:
    """Queue so many small messages at once, all due."""
    profile = services.the_profile
    route = choose_route(profile.primary.address, profile, services.policy)
    assert isinstance(route, Route)
    moment, recipient = now(), Mailbox(Address.parse("kunde@extern.example"))

    def letters() -> Iterator[NewMessage]:
        for number in range(count):
            draft = Draft(
                id=uuid4().hex, sender=profile.primary.address, to=(recipient,), subject=f"Bench {number}", text="x"
            )
            yield NewMessage(draft, route, (recipient.address,), f"<{draft.id}@beispiel.example>")

    def seed(connection: sqlite3.Connection) -> None:
        for letter in letters():
            put(connection, letter, [BODY], moment)

    await services.database.write(seed)
