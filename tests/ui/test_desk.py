"""The desk: nothing a person has sent is left lying when the last window closes."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from app.address import Address, Mailbox
from app.delivery.outbox import State
from app.delivery.posting import post
from app.demo.authority import PRIMARY
from app.message.draft import Draft
from ui.demo.start import Demo, open_demo
from ui.main import until_closed


async def queue(demo: Demo, key: str, seconds: int) -> None:
    services = demo.services
    draft = Draft(id=key, sender=Address.parse(PRIMARY), to=(Mailbox(Address.parse("kunde@extern.example")),), text="x")
    await post(
        draft,
        profile=services.the_profile,
        policy=services.policy,
        outbox=services.outbox,
        now=services.now(),
        due=services.now() + timedelta(seconds=seconds),
    )


async def test_closing_the_last_window_sends_what_waited_for_undo_and_keeps_what_is_scheduled() -> None:
    async with open_demo() as demo:
        window = demo.desk.mailbox()
        running = asyncio.ensure_future(until_closed(demo.desk))
        await asyncio.sleep(0)
        await queue(demo, "undo", 20)
        await queue(demo, "scheduled", 3600)
        window.close()
        async with asyncio.timeout(20):
            await running
        assert (await demo.services.outbox.get("undo")).state is State.SENT
        assert (await demo.services.outbox.get("scheduled")).state is State.QUEUED
        assert len(demo.world.inbox.messages()) == 1
