"""A person stops a message that is being sent: at once, unless a server may have accepted it already."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from app.delivery.outbox import Outbox, State
from tests.app.delivery.letters import BYTES, put
from tests.app.delivery.post_office import AFTER_DOT, BEFORE_DOT, PostOffice
from tests.app.delivery.test_postman_server import delivering
from tests.servers.scripted import Polite, Talk


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005)


@asynccontextmanager
async def reached(office: PostOffice, place: str) -> AsyncIterator[None]:
    """Let the postman come as far as `place` with its first message, and in the end deliver one."""
    office.gateway.stops_at = place
    work = asyncio.create_task(office.postman.run_forever())
    await office.gateway.reached.wait()
    yield
    await until(lambda: len(office.arrived) == 1)
    await office.postman.stop()
    await work


async def test_what_is_stopped_before_its_end_is_cancelled_and_the_rest_goes(office: PostOffice) -> None:
    for number in (1, 2):
        await put(office.outbox, number)
    async with reached(office, BEFORE_DOT):
        office.gateway.stops_at = ""
        await office.postman.break_off("m1")
        stopped = await office.outbox.get("m1")
        assert (stopped.state, stopped.due, stopped.handed_over_at) == (State.CANCELLED, None, None)
    assert [message.state for message in await office.outbox.list()] == [State.CANCELLED, State.SENT]


async def test_what_a_server_may_have_accepted_is_not_stopped(office: PostOffice) -> None:
    await put(office.outbox)
    async with reached(office, AFTER_DOT):
        await office.postman.break_off("m1")
        assert (await office.outbox.get("m1")).state is State.DATA_END
        office.gateway.go.set()
    assert (await office.outbox.get("m1")).state is State.SENT


async def test_stopping_one_message_breaks_off_no_other(office: PostOffice) -> None:
    await put(office.outbox)
    async with reached(office, BEFORE_DOT):
        await office.postman.break_off("m2")
        assert (await office.outbox.get("m1")).state is State.ATTEMPTING
        office.gateway.go.set()


@pytest.mark.case("M2")
@pytest.mark.parametrize("verb", ["EHLO TLS", "MAIL", "RCPT", "DATA"])
async def test_m2_a_server_that_never_answers_is_left_at_once(outbox: Outbox, verb: str) -> None:
    stuck = asyncio.Event()

    async def silence(talk: Talk) -> None:
        if talk.server.connections == 1:
            stuck.set()
            await talk.hear()
        else:
            await Polite()._behave(talk, verb)

    async with delivering(Polite({verb: silence}), outbox) as (postman, running, _):
        work = asyncio.create_task(postman.run_forever())
        await stuck.wait()
        first = next(each.id for each in await outbox.list() if each.state is State.ATTEMPTING)
        await postman.break_off(first)
        assert (await outbox.get(first)).state is State.CANCELLED
        await until(lambda: len(running.messages) == 2)
        await postman.stop()
        await work
    assert running.messages == [BYTES + b".\r\n"] * 2
