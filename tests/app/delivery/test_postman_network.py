"""The postman when the computer slept, or its network went, came back or became another."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from app.delivery.outbox import QueuedMessage, State
from app.delivery.verdict import Delivered, TryLater
from app.errors import Problem, Reason
from app.profile import NoSignIn, Security, SmtpServer
from tests.app.delivery.letters import BUSY, GATEWAY, ORGANISATION, minutes, put, route
from tests.app.delivery.post_office import (
    AFTER_DOT,
    BEFORE_DOT,
    FakeServer,
    PostOffice,
    arrivals,
    not_found,
    states,
)

pytestmark = pytest.mark.case("L7")


async def test_what_no_server_can_have_accepted_goes_again_at_once_over_a_new_connection(office: PostOffice) -> None:
    await put(office.outbox)
    office.gateway.stops_at = BEFORE_DOT
    work = asyncio.create_task(office.postman.run_forever())
    await office.gateway.reached.wait()
    office.gateway.stops_at = ""
    await office.postman.interrupt()
    await arrivals(office, 1)
    assert [session.aborted for session in office.gateway.sessions] == [True, False]
    await office.postman.stop()
    await work
    assert await states(office.outbox) == ["sent"]


async def test_what_is_taken_while_the_network_changes_twice_is_not_left_under_way(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(office.outbox)
    taken, go = asyncio.Event(), asyncio.Event()
    claim = office.outbox.claim

    async def slow(*arguments: Any, **named: Any) -> QueuedMessage | None:
        message = await claim(*arguments, **named)
        taken.set()
        await go.wait()
        return message

    monkeypatch.setattr(office.outbox, "claim", slow)
    work = asyncio.create_task(office.postman.run_forever())
    await taken.wait()
    for _ in range(2):
        await office.postman.interrupt()
        await asyncio.sleep(0.01)
    go.set()
    await arrivals(office, 1)
    await office.postman.stop()
    await work
    assert await states(office.outbox) == ["sent"]


async def test_a_reply_that_lay_there_already_is_read_and_the_next_message_takes_a_new_connection(
    office: PostOffice,
) -> None:
    for number in range(2):
        await put(office.outbox, number)
    office.gateway.stops_at = AFTER_DOT
    work = asyncio.create_task(office.postman.run_due())
    await office.gateway.reached.wait()
    office.gateway.stops_at = ""
    interrupting = asyncio.create_task(office.postman.interrupt(grace=0.05))
    await asyncio.sleep(0)
    office.gateway.go.set()
    await work
    await interrupting
    assert await states(office.outbox) == ["sent", "sent"]
    assert [session.aborted for session in office.gateway.sessions] == [True, False]


async def test_a_reply_that_does_not_come_any_more_leaves_the_message_uncertain_soon(office: PostOffice) -> None:
    await put(office.outbox)
    office.gateway.stops_at = AFTER_DOT
    work = asyncio.create_task(office.postman.run_due())
    await office.gateway.reached.wait()
    await office.postman.interrupt(grace=0.01)
    await work
    message = await office.outbox.get("m1")
    assert message.problem == Problem.of(Reason.SERVER_UNCERTAIN, host=GATEWAY.host)
    assert message.state is State.UNCERTAIN


async def test_a_farewell_under_way_is_not_waited_for(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = asyncio.Event()

    async def never_answered(_: object) -> None:
        await silent.wait()

    monkeypatch.setattr("tests.app.delivery.post_office.FakeSession.quit", never_answered)
    await put(office.outbox)
    await office.postman.run_due()
    await office.postman.interrupt()
    assert office.gateway.sessions[0].aborted
    silent.set()


async def test_without_a_network_nothing_is_tried_or_counted(office: PostOffice) -> None:
    await office.postman.network_lost()
    await put(office.outbox)
    await office.postman.run_due()
    message = await office.outbox.get("m1")
    assert (message.state, message.attempts, office.gateway.secrets) == (State.QUEUED, 0, [])
    assert office.postman.is_offline
    await office.postman.network_back()
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"]


async def test_an_attempt_the_lost_network_broke_off_waits_for_it(office: PostOffice) -> None:
    await put(office.outbox)
    office.gateway.stops_at = BEFORE_DOT
    work = asyncio.create_task(office.postman.run_due())
    await office.gateway.reached.wait()
    await office.postman.network_lost()
    await work
    assert await states(office.outbox) == ["queued"]
    assert len(office.gateway.sessions) == 1


async def test_after_a_reply_that_still_came_nothing_more_is_tried_without_a_network(office: PostOffice) -> None:
    for number in range(2):
        await put(office.outbox, number)
    office.gateway.stops_at = AFTER_DOT
    work = asyncio.create_task(office.postman.run_due())
    await office.gateway.reached.wait()
    losing = asyncio.create_task(office.postman.network_lost())
    await asyncio.sleep(0)
    office.gateway.go.set()
    await work
    losing.cancel()
    waiting = await office.outbox.get("m1")
    assert (waiting.state, waiting.attempts) == (State.QUEUED, 0)
    assert await states(office.outbox) == ["sent", "queued"]
    assert len(office.gateway.sessions) == 1


async def test_a_server_on_this_computer_needs_no_network(office: PostOffice) -> None:
    here = SmtpServer("localhost", 2525, Security.NONE, "", NoSignIn())
    office.servers["localhost"] = FakeServer()
    office.routes = lambda message: route(here)
    await office.postman.network_lost()
    await put(office.outbox, 1, here)
    await put(office.outbox, 2, replace(here, host="127.0.0.1"))
    await office.postman.run_due()
    assert [mail.host for mail in office.arrived] == ["localhost", "localhost"]


async def test_what_a_person_asks_for_is_tried_whatever_the_system_says_of_its_network(office: PostOffice) -> None:
    await office.postman.network_lost()
    await put(office.outbox)
    await office.outbox.retry("m1", office.time)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"]


async def test_the_network_back_spares_what_had_no_way_to_its_server_the_wait(office: PostOffice) -> None:
    office.gateway.refuses_to_open = not_found()
    office.organisation.answer = lambda *_: TryLater(BUSY)
    await put(office.outbox, 1, GATEWAY)
    await put(office.outbox, 2, ORGANISATION)
    await office.postman.run_due()
    office.gateway.refuses_to_open = None
    office.organisation.answer = lambda *_: Delivered("250 ok")
    await office.postman.network_back()
    await office.postman.run_due()
    # A server that said that it is busy is not pressed.
    assert await states(office.outbox) == ["sent", "deferred"]
    office.time += minutes(1)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent", "sent"]
