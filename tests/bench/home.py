"""A data folder as after a finished set-up, made without a server."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

from app.address import Address
from app.profile import Profile, Security, SendAsAddress, SmtpServer, Verification
from app.services import now, open_services
from app.storage.folder import DataFolder
from tests.bench.sink import Sink

__all__ = ["profile_for", "seed_home"]


def profile_for(sink: Sink | None) -> Profile:
    """Return a profile of one address whose server is the sink."""
    server = SmtpServer("localhost", sink.port if sink else 465, Security.SSL, "nutzer")
    primary = SendAsAddress(
        id=uuid4().hex,
        address=Address.parse("nutzer@beispiel.example"),
        display_name="Nutzer",
        is_primary=True,
        is_default=True,
        verification=Verification.ACCEPTED,
    )
    mail_ca = str(sink.ca_file) if sink else ""
    return Profile(uuid4().hex, (primary,), server, policy_source="", mail_ca=mail_ca, created_at=now())


def seed_home(home: Path) -> None:
    """Make a data folder with such a profile."""

    async def seed() -> None:
        async with open_services(DataFolder(home)) as services:
            await services.profiles.save(profile_for(None))

    asyncio.run(seed())
