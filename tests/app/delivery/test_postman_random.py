"""The postman under everything at once, by seed: servers, disk, clock, network and person, in any order."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from app.delivery.outbox import Outbox, State
from app.delivery.smtp import Envelope
from app.delivery.verdict import Delivered, Held, Rejected, TryLater, Uncertain, Verdict
from app.errors import DeliveryError, Reason, StorageError
from tests.app.delivery.letters import BUSY, FORBIDDEN, GATEWAY, ORGANISATION, put
from tests.app.delivery.post_office import PostOffice, not_found, wrong_password

STEPS = (
    "claim",
    "settle",
    "settle_and_claim",
    "mark_data_end",
    "give_back",
    "hold_queue",
    "defer_queue",
    "release_all",
)
UNDER_WAY = (State.ATTEMPTING, State.DATA_END)


class Chaos:
    """An office where anything may happen, and what is true of each message."""

    def __init__(self, outbox: Outbox, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.dice = random.Random(seed)
        self.office = PostOffice(outbox)
        self.outbox = outbox
        self.arrived: Counter[bytes] = Counter()
        self.allowed: Counter[bytes] = Counter()
        self.is_calm = False
        self.count = 0
        for name in STEPS:
            monkeypatch.setattr(outbox, name, self._unreliable(getattr(outbox, name)))
        for server in self.office.servers.values():
            server.answer = self._answer

    def _unreliable(self, real: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def step(*arguments: Any, **named: Any) -> Any:
            if not self.is_calm and self.dice.random() < 0.04:
                raise StorageError.because(Reason.STORAGE_FULL, folder="x")
            return await real(*arguments, **named)

        return step

    def _answer(self, envelope: Envelope, data: bytes) -> Verdict | BaseException:
        if self.is_calm or self.dice.random() < 0.4:
            self.arrived[data] += 1
            return Delivered("250 ok", "Q")
        choices: list[Verdict | BaseException] = [TryLater(BUSY), Rejected(BUSY), Held(FORBIDDEN), ZeroDivisionError()]
        if self.dice.random() < 0.3:
            self.arrived[data] += self.dice.random() < 0.5
            return Uncertain(BUSY)
        return self.dice.choice(choices)

    async def act(self) -> None:
        """Do one thing."""
        act = self.dice.choice([self._queue, self._queue, self._deliver, self._deliver, self._person, self._world])
        await act()

    async def _queue(self) -> None:
        self.count += 1
        server = self.dice.choice([GATEWAY, ORGANISATION])
        text = b"Subject: %d\r\n\r\n%d\r\n" % (self.count, self.count)
        self.allowed[text] = 1
        await put(self.outbox, self.count, server, chunks=[text], now=self.office.time)

    async def _deliver(self) -> None:
        self.office.time += timedelta(minutes=self.dice.choice([0, 1, 5, 70]))
        work = asyncio.create_task(self.office.postman.run_due())
        if self.dice.random() < 0.3:
            for _ in range(self.dice.randrange(60)):
                await asyncio.sleep(0)
            await self.office.postman.interrupt(grace=0)
        with suppress(StorageError):
            await work

    async def _person(self) -> None:
        messages = await self.outbox.list()
        if not messages:
            return
        message = self.dice.choice(messages)
        if self.dice.random() < 0.6:
            if message.state is State.UNCERTAIN:
                self.allowed[b"".join([chunk async for chunk in self.outbox.chunks(message.id)])] += 1
            with suppress(DeliveryError):
                await self.outbox.retry(message.id, self.office.time)
        elif self.dice.random() < 0.5:
            with suppress(DeliveryError):
                await self.outbox.cancel(message.id, self.office.time)
        else:
            with suppress(StorageError):
                await self.office.postman.unblock(message.queue)

    async def _world(self) -> None:
        server = self.dice.choice([self.office.gateway, self.office.organisation])
        server.refuses_to_open = self.dice.choice([None, None, wrong_password(), not_found()])
        server.messages_a_connection = self.dice.choice([1, 2, 1000])

    async def calm_down(self) -> None:
        """Let everything be well, and have everything sent that was not cancelled."""
        self.is_calm = True
        for server in self.office.servers.values():
            server.refuses_to_open, server.messages_a_connection = None, 1000
        with suppress(StorageError):  # of a worker that had failed before
            await self.office.postman.run_due()
        await self.office.postman.run_due()
        for message in await self.outbox.list():
            assert message.state not in UNDER_WAY
            if message.state in {State.FAILED, State.HELD, State.DEFERRED, State.QUEUED}:
                await self.outbox.retry(message.id, self.office.time)
        await self.office.postman.run_due()


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 23])
async def test_whatever_happens_each_message_has_a_true_end(
    seed: int, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # bugs are among what happens
    chaos = Chaos(outbox, seed, monkeypatch)
    await chaos.office.give_passwords()
    for _ in range(40):
        await chaos.act()
    await chaos.calm_down()
    await chaos.office.postman.stop()
    asyncio.get_running_loop().set_exception_handler(None)
    for message in await outbox.list():
        text = b"".join([chunk async for chunk in outbox.chunks(message.id)])
        assert message.state in {State.SENT, State.CANCELLED, State.UNCERTAIN}
        assert chaos.arrived[text] <= chaos.allowed[text]
        assert chaos.arrived[text] or message.state is not State.SENT
        # Who has an uncertain message sent again and then cancels it may have sent it.
        assert not chaos.arrived[text] or chaos.allowed[text] > 1 or message.state is not State.CANCELLED
    assert chaos.count == len(await outbox.list()) > 0
