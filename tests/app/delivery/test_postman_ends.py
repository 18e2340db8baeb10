"""The postman when things go wrong: sign-in refused, a bug, a full disk, the end of the program."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from app.delivery.outbox import Outbox, QueuedMessage, State
from app.delivery.verdict import Delivered, Held
from app.errors import Problem, Reason, StorageError
from app.profile import CommandSignIn
from app.storage.database import Database
from tests.app.delivery.letters import (
    BUSY,
    BYTES,
    GATEWAY,
    NOW,
    ORGANISATION,
    draft,
    letter,
    minutes,
    put,
    route,
)
from tests.app.delivery.post_office import (
    AFTER_DOT,
    BEFORE_DOT,
    PostOffice,
    arrivals,
    refusal,
    states,
    the_route,
    wrong_password,
)


@contextmanager
def bugs() -> Iterator[list[BaseException]]:
    """Collect what reaches the loop's exception handler."""
    loop = asyncio.get_running_loop()
    found: list[BaseException] = []

    def take(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        found.append(context["exception"])

    loop.set_exception_handler(take)
    try:
        yield found
    finally:
        loop.set_exception_handler(None)


# Sign-in.


async def test_a_wrong_password_is_tried_once_and_stops_its_own_server_only(office: PostOffice) -> None:
    office.gateway.refuses_to_open = wrong_password()
    for number in range(5):
        await put(office.outbox, number)
    await put(office.outbox, 5, ORGANISATION)
    await office.postman.run_due()
    assert await states(office.outbox) == ["held"] * 5 + ["sent"]
    assert len(office.gateway.secrets) == 1
    messages = await office.outbox.list([State.HELD])
    assert [message.problem for message in messages] == [wrong_password().problem] * 5
    assert {message.attempts for message in messages} == {0}
    assert office.postman.blocked == {GATEWAY.queue: wrong_password().problem}
    await put(office.outbox, 6)
    await office.postman.run_due()
    assert len(office.gateway.secrets) == 1
    assert (await office.outbox.get("m6")).state is State.HELD


async def test_a_new_password_lets_everything_held_for_it_go(office: PostOffice) -> None:
    office.gateway.refuses_to_open = wrong_password()
    await put(office.outbox, 1)
    await office.outbox.put(letter(2, held=refusal(Reason.ROUTE_FORBIDDEN).problem), [BYTES], NOW)
    await office.postman.run_due()
    office.gateway.refuses_to_open = None
    await office.postman.unblock(GATEWAY.queue)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent", "held"]
    assert office.postman.blocked == {}


async def test_a_manual_retry_is_made_though_the_server_is_known_to_refuse(office: PostOffice) -> None:
    office.gateway.refuses_to_open = wrong_password()
    for number in range(3):
        await put(office.outbox, number)
    await office.postman.run_due()
    for number in range(2):
        await office.outbox.retry(f"m{number}", NOW)
    await office.postman.run_due()
    assert len(office.gateway.secrets) == 2
    assert await states(office.outbox) == ["held"] * 3
    office.gateway.refuses_to_open = None
    await office.outbox.retry("m1", NOW)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"] * 3
    assert office.postman.blocked == {}


async def test_a_missing_password_holds_the_message_without_connecting(office: PostOffice) -> None:
    await office.keychain.delete(GATEWAY.keychain_account)
    await put(office.outbox, 1)
    await put(office.outbox, 2, ORGANISATION)
    await office.postman.run_due()
    assert await states(office.outbox) == ["held", "sent"]
    held = await office.outbox.get("m1")
    assert held.problem == Problem.of(Reason.KEYCHAIN_NO_PASSWORD, username=GATEWAY.username, host=GATEWAY.host)
    assert office.gateway.secrets == []


async def test_a_password_command_that_fails_holds_the_message(office: PostOffice) -> None:
    server = replace(GATEWAY, sign_in=CommandSignIn(("/nowhere/pass",)))
    office.routes = lambda message: route(server)
    await put(office.outbox, 1, server)
    await office.postman.run_due()
    message = await office.outbox.get("m1")
    assert message.state is State.HELD
    assert message.problem is not None
    assert message.problem.reason is Reason.SETUP_COMMAND_FAILED


async def test_a_server_that_stops_at_a_message_holds_all_of_its_queue(office: PostOffice) -> None:
    office.gateway.answer = lambda *_: Held(BUSY, stops_server=True)
    await put(office.outbox, 1)
    await put(office.outbox, 2)
    await office.postman.run_due()
    assert await states(office.outbox) == ["held", "held"]


# Bugs and a failing disk.


async def test_a_bug_with_one_message_stops_no_other_and_is_shown(office: PostOffice) -> None:
    def fails(message: Any) -> Any:
        if message.id == "m1":
            raise ZeroDivisionError
        return the_route(message)

    await put(office.outbox, 1)
    await put(office.outbox, 2)
    office.routes = fails
    with bugs() as found:
        await office.postman.run_due()
    assert [type(error) for error in found] == [ZeroDivisionError]
    assert await states(office.outbox) == ["queued", "sent"]
    assert (await office.outbox.get("m1")).due == NOW + minutes(1)


async def test_a_bug_after_the_dot_leaves_the_message_uncertain(office: PostOffice) -> None:
    office.gateway.answer = lambda *_: ZeroDivisionError()
    await put(office.outbox)
    with bugs() as found:
        await office.postman.run_due()
    assert len(found) == 1
    message = await office.outbox.get("m1")
    assert message.state is State.UNCERTAIN
    assert message.handed_over_at == NOW


async def fill_disk(database: Database) -> None:
    await database.read(lambda c: c.execute(f"PRAGMA max_page_count = {pages(c)}").fetchone())


def pages(connection: Any) -> int:
    return int(connection.execute("PRAGMA page_count").fetchone()[0])


async def test_a_disk_that_fills_up_after_the_reply_loses_no_verdict(office: PostOffice, database: Database) -> None:
    await put(office.outbox)
    office.gateway.answer = lambda *_: Delivered("250 " + "x" * 50_000)
    office.gateway.stops_at = AFTER_DOT
    work = asyncio.create_task(office.postman.run_due())
    await office.gateway.reached.wait()
    await fill_disk(database)
    office.gateway.go.set()
    with pytest.raises(StorageError):
        await work
    assert await states(office.outbox) == ["data_end"]
    with pytest.raises(StorageError):
        await office.postman.run_due()
    await database.read(lambda c: c.execute("PRAGMA max_page_count = 1000000").fetchone())
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"]
    assert len(office.arrived) == 1


async def test_a_failing_disk_lets_the_other_servers_finish_first(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = office.outbox.settle

    async def fails_for_one(message_id: str, *arguments: Any) -> Any:
        if message_id == "m1":
            raise StorageError.because(Reason.STORAGE_FULL, folder="x")
        return await real(message_id, *arguments)

    monkeypatch.setattr(office.outbox, "settle", fails_for_one)
    await put(office.outbox, 1, GATEWAY)
    await put(office.outbox, 2, ORGANISATION)
    office.organisation.stops_at = AFTER_DOT
    work = asyncio.create_task(office.postman.run_due())
    await arrivals(office, 1)
    office.organisation.go.set()
    with pytest.raises(StorageError):
        await work
    assert await states(office.outbox) == ["data_end", "sent"]


async def test_nothing_is_sent_when_the_end_cannot_be_committed(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> Any:
        raise StorageError.because(Reason.STORAGE_FULL, folder="x")

    await put(office.outbox)
    monkeypatch.setattr(office.outbox, "mark_data_end", full)
    await office.postman.run_due()
    assert office.arrived == []
    assert (await office.outbox.get("m1")).problem == Problem.of(Reason.STORAGE_FULL, folder="x")
    assert await states(office.outbox) == ["deferred"]


# Side by side, and the end.


async def test_a_slow_server_delays_no_other(office: PostOffice) -> None:
    await put(office.outbox, 1, GATEWAY)
    office.gateway.stops_at = BEFORE_DOT
    work = asyncio.create_task(office.postman.run_due())
    await office.gateway.reached.wait()
    await put(office.outbox, 2, ORGANISATION)
    other = asyncio.create_task(office.postman.run_due())
    await arrivals(office, 1)
    assert [mail.host for mail in office.arrived] == [ORGANISATION.host]
    office.gateway.go.set()
    await asyncio.gather(work, other)
    assert len(office.arrived) == 2


async def test_the_window_delivers_as_messages_come_and_become_due(office: PostOffice) -> None:
    work = asyncio.create_task(office.postman.run_forever())
    await put(office.outbox, 1)
    office.postman.wake()
    await arrivals(office, 1)
    await office.outbox.put(letter(2, due=NOW + minutes(0.0005)), [BYTES], NOW)
    office.postman.wake()
    await asyncio.sleep(0)
    office.time += minutes(0.0005)
    await arrivals(office, 2)
    await office.postman.stop()
    await asyncio.wait_for(work, 5)


async def test_the_window_goes_on_when_the_disk_failed_once(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = office.outbox.due_queues, []

    async def fails_once(now: Any) -> list[str]:
        calls.append(now)
        if len(calls) == 1:
            raise StorageError.because(Reason.STORAGE_FULL, folder="x")
        return await real(now)

    monkeypatch.setattr(office.outbox, "due_queues", fails_once)
    await put(office.outbox)
    work = asyncio.create_task(office.postman.run_forever())
    async with asyncio.timeout(10):
        while not calls:  # noqa: ASYNC110 - the fake has no event
            await asyncio.sleep(0)
    office.postman.wake()
    await arrivals(office, 1)
    await office.postman.stop()
    await work


async def test_a_bug_in_a_worker_is_shown_and_the_window_goes_on(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = office.outbox.claim, []

    async def fails_once(*arguments: Any, **options: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 1:
            raise ZeroDivisionError
        return await real(*arguments, **options)

    monkeypatch.setattr(office.outbox, "claim", fails_once)
    await put(office.outbox)
    with bugs() as found:
        work = asyncio.create_task(office.postman.run_forever())
        while not found:
            await asyncio.sleep(0)
            office.postman.wake()
        office.postman.wake()
        await arrivals(office, 1)
        await office.postman.stop()
        await work
    assert [type(error) for error in found] == [ZeroDivisionError]


async def test_stopping_breaks_off_what_no_server_can_have_accepted(office: PostOffice) -> None:
    await put(office.outbox)
    office.gateway.stops_at = BEFORE_DOT
    work = asyncio.create_task(office.postman.run_due())
    await office.gateway.reached.wait()
    await office.postman.stop()
    await work
    assert await states(office.outbox) == ["queued"]
    assert office.gateway.sessions[0].aborted
    assert (await office.outbox.get("m1")).due == NOW


async def test_stopping_waits_for_a_reply_after_the_dot(office: PostOffice) -> None:
    await put(office.outbox, 1)
    await put(office.outbox, 2)
    office.gateway.stops_at = AFTER_DOT
    work = asyncio.create_task(office.postman.run_due())
    await office.gateway.reached.wait()
    stopping = asyncio.create_task(office.postman.stop())
    await asyncio.sleep(0.01)
    assert not stopping.done()
    office.gateway.go.set()
    await stopping
    await work
    assert await states(office.outbox) == ["sent", "queued"]


async def test_stopping_ends_in_time_and_says_what_it_cannot_know(office: PostOffice) -> None:
    await put(office.outbox)
    office.gateway.stops_at = AFTER_DOT
    work = asyncio.create_task(office.postman.run_due())
    await office.gateway.reached.wait()
    await office.postman.stop(timeout=0.05)
    await work
    message = await office.outbox.get("m1")
    assert message.state is State.UNCERTAIN
    assert message.problem == Problem.of(Reason.CRASH_UNCERTAIN, host=GATEWAY.host)
    assert office.gateway.sessions[0].aborted


async def test_a_stopped_postman_does_nothing_more(office: PostOffice) -> None:
    await office.postman.stop()
    await put(office.outbox)
    await office.postman.run_due()
    await office.postman.run_forever()
    assert await states(office.outbox) == ["queued"]
    await office.postman.stop()


async def test_two_drafts_for_two_servers_from_one_address_stay_apart(office: PostOffice) -> None:
    await office.outbox.put(letter(1, written=draft(1)), [b"one\r\n"], NOW)
    await office.outbox.put(letter(2, ORGANISATION, written=draft(2)), [b"two\r\n"], NOW)
    await office.postman.run_due()
    assert {(mail.host, mail.data) for mail in office.arrived} == {
        (GATEWAY.host, b"one\r\n"),
        (ORGANISATION.host, b"two\r\n"),
    }


class SlowOutbox(Outbox):
    """Its answer to a claim comes later than the claim is committed."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.claimed = asyncio.Event()
        self.go = asyncio.Event()

    async def claim(self, now: datetime, *, queue: str | None = None) -> QueuedMessage | None:
        message = await super().claim(now, queue=queue)
        self.claimed.set()
        await self.go.wait()
        return message


async def test_a_message_claimed_while_the_program_ends_is_put_back(database: Database) -> None:
    outbox = SlowOutbox(database)
    office = PostOffice(outbox)
    await put(outbox, 1)
    delivery = asyncio.create_task(office.postman.run_due())
    await outbox.claimed.wait()
    end = asyncio.create_task(office.postman.stop())
    await asyncio.sleep(0)
    outbox.go.set()
    await asyncio.gather(end, delivery)
    assert await states(outbox) == ["queued"]
