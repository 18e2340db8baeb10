"""A composer over real services and the demo's servers; the tests deliver when they say so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest
from PySide6.QtWidgets import QApplication

from app.address import Address
from app.demo.world import PARTNER
from app.profile import SendAsAddress, Verification
from app.storage.keychain import Secret
from tests.ui.composer.writing import Writing
from ui.demo.start import open_demo


@pytest.fixture
async def desk() -> AsyncIterator[Writing]:
    """A profile with the primary address and a partner address that has its own server, allowed by the policy."""
    async with open_demo() as demo:
        services, world = demo.services, demo.world
        partner = SendAsAddress(
            uuid4().hex,
            Address.parse(PARTNER),
            "N. Name",
            signature="Partner AG",
            smtp_msa=world.partner.access(),
            verification=Verification.ACCEPTED,
        )
        profile = replace(services.the_profile.with_address(partner), undo_seconds=0)
        profile = profile.with_changed(replace(profile.primary, signature="Beispiel GmbH"))
        await services.profiles.save(profile)
        await services.take_profile(profile)
        await services.keychain.set(world.partner.access().keychain_account, Secret(world.partner.password))
        here = Writing(demo)
        demo.desk.queued.disconnect()
        demo.desk.queued.connect(here.queued.append)
        await here.allow(True)
        yield here
        for window in here.windows:
            if window.draft_id not in here.closed:
                window.deleteLater()
        QApplication.sendPostedEvents()
        await asyncio.sleep(0.02)
