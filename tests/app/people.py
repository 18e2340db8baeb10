"""A person of the demo's organisation with a data folder, for the tests of what ties the parts together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.address import Address, Mailbox
from app.demo.authority import PRIMARY
from app.demo.seed import seed_profile, store_passwords
from app.demo.world import PARTNER, DemoWorld
from app.message.draft import Draft
from app.profile import SendAsAddress, Verification
from app.services import Services, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import Keychain, MemoryKeychain, Secret

__all__ = ["CUSTOMER", "PARTNER_ADDRESS", "PRIMARY_ADDRESS", "Clock", "letter_from", "opened", "partner_entry"]

PRIMARY_ADDRESS = Address.parse(PRIMARY)
PARTNER_ADDRESS = Address.parse(PARTNER)
CUSTOMER = Mailbox.parse("Kunde <kunde@extern.example>")


@dataclass
class Clock:
    """The time, as the test wants it."""

    moment: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **by: float) -> None:
        self.moment += timedelta(**by)


def partner_entry(world: DemoWorld, *, verified: bool = True, gateway: bool = True) -> SendAsAddress:
    """Return the partner's address, with its own gateway or without."""
    return SendAsAddress(
        id="partner",
        address=PARTNER_ADDRESS,
        display_name="Nutzer",
        smtp_msa=world.partner.access() if gateway else None,
        verification=Verification.ACCEPTED if verified else Verification.PENDING,
    )


def letter_from(sender: Address, subject: str = "Hallo", *, id: str = "") -> Draft:  # noqa: A002 - the field's name
    return Draft(id=id or subject, sender=sender, to=(CUSTOMER,), subject=subject, text="Guten Tag\n")


@asynccontextmanager
async def opened(
    world: DemoWorld,
    home: Path,
    *entries: SendAsAddress,
    keychain: Keychain | None = None,
    clock: Callable[[], datetime] | None = None,
) -> AsyncIterator[Services]:
    """Open a data folder that is set up at the demo's organisation, with more addresses and all passwords."""
    vault = keychain or MemoryKeychain()
    await store_passwords(world, vault)
    await vault.set(world.partner.access().keychain_account, Secret(world.partner.password))
    async with open_services(DataFolder(home), keychain=vault, now=clock or Clock()) as services:
        profile = seed_profile(world, services.now())
        for entry in entries:
            profile = profile.with_address(entry)
        await services.profiles.save(profile)
        await services.take_profile(profile)
        yield services
