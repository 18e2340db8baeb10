"""A mailbox window over real services and the demo's servers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from PySide6.QtWidgets import QWidget

from app.address import Address
from app.demo.world import PARTNER
from app.profile import SendAsAddress, Verification
from tests.ui.mailbox.room import Room, until
from ui.demo.start import open_demo
from ui.mailbox.window import MailboxWindow


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    async with open_demo() as demo:
        services = demo.services
        entry = SendAsAddress(
            id=uuid4().hex,
            address=Address.parse(PARTNER),
            smtp_msa=demo.world.partner.access(),
            verification=Verification.ACCEPTED,
        )
        profile = services.the_profile.with_address(entry)
        await services.profiles.save(profile)
        await services.take_profile(profile)
        window = demo.desk.mailbox()
        assert isinstance(window, MailboxWindow)
        room = Room(demo, window)
        await room.allow(True)
        yield room
        closed: list[QWidget] = list(demo.desk.windows)
        for each in closed:
            each.close()
        await until(lambda: not demo.desk.windows)
