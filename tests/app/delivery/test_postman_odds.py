"""The postman where two things go wrong at once: nothing gets stuck, nothing waits longer than it has to."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.delivery.outbox import Outbox, QueuedMessage, State
from app.delivery.schedule import Schedules
from app.delivery.smtp import Envelope
from app.delivery.verdict import Delivered, TryLater, Verdict
from app.errors import DeliveryError, KeychainError, Reason, StorageError
from app.profile import Security, SmtpServer, WhenMissed
from app.routing import Route
from app.storage.database import Database
from app.storage.keychain import Secret
from tests.app.delivery.letters import (
    BUSY,
    BYTES,
    GATEWAY,
    LOCKED,
    NOW,
    ORGANISATION,
    PRIMARY,
    in_state,
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
    not_found,
    states,
    wrong_password,
)

FULL = StorageError.because(Reason.STORAGE_FULL, folder="x")


class Failing:
    """Something of the outbox that fails once, as on a disk that is full for a moment."""

    def __init__(self, office: PostOffice, name: str, monkeypatch: pytest.MonkeyPatch, *, fails_at: int = 1) -> None:
        self._real = getattr(office.outbox, name)
        self.fails_at = fails_at
        self.calls = self.failures = 0
        monkeypatch.setattr(office.outbox, name, self)

    async def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.calls += 1
        if self.calls == self.fails_at:
            self.failures += 1
            raise FULL
        return await self._real(*arguments, **named)


@contextmanager
def expected_bugs() -> Iterator[None]:
    """Let a bug be told without failing the test."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)
    try:
        yield
    finally:
        loop.set_exception_handler(None)


async def test_a_message_whose_move_could_not_be_written_is_moved_later(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = replace(GATEWAY, host="neu.partner.example")
    office.servers[moved.host] = office.gateway
    await office.keychain.set(moved.keychain_account, Secret("canary"))
    office.routes = lambda _: route(moved)
    Failing(office, "redirect", monkeypatch)
    await put(office.outbox)
    with pytest.raises(StorageError):
        await office.postman.run_due()
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"]
    assert office.arrived[0].host == moved.host


async def test_a_message_that_could_not_be_put_back_after_a_bug_goes_all_the_same(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.routes = lambda _: route(object())  # type: ignore[arg-type] # a bug
    failing = Failing(office, "give_back", monkeypatch)
    await put(office.outbox)
    with expected_bugs(), pytest.raises(StorageError):
        await office.postman.run_due()
    assert failing.failures == 1
    office.routes = lambda _: route(GATEWAY)
    await office.postman.run_due()
    office.time += minutes(1)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"]


async def test_what_an_earlier_run_held_goes_although_its_release_failed_at_first(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.gateway.refuses_to_open = wrong_password()
    await put(office.outbox, 1)
    await office.postman.run_due()
    again = PostOffice(office.outbox)
    await again.give_passwords()
    Failing(again, "release_all", monkeypatch)
    await put(again.outbox, 2)
    with pytest.raises(StorageError):
        await again.postman.run_due()
    await put(again.outbox, 3)
    await again.postman.run_due()
    assert await states(again.outbox) == ["sent"] * 3
    await again.postman.stop()


async def test_a_password_typed_while_the_old_one_is_refused_is_tried_next(office: PostOffice) -> None:
    office.gateway.refuses_to_open = wrong_password()
    real = office.postman._open_session

    async def while_refused(*arguments: Any, **named: Any) -> Any:
        try:
            return await real(*arguments, **named)
        except type(wrong_password()):
            office.gateway.refuses_to_open = None
            await office.postman.unblock(GATEWAY.queue)
            raise

    office.postman._open_session = while_refused
    for number in range(3):
        await put(office.outbox, number)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"] * 3
    assert len(office.gateway.secrets) == 2


async def test_what_comes_due_at_a_server_that_refused_the_password_waits_without_a_try(office: PostOffice) -> None:
    office.gateway.refuses_to_open = wrong_password()
    await put(office.outbox, 1)
    await put(office.outbox, 2, now=NOW + minutes(30))
    await office.postman.run_due()
    assert await states(office.outbox) == ["held", "queued"]
    office.time += minutes(30)
    await office.postman.run_due()
    assert await states(office.outbox) == ["held", "held"]
    assert len(office.gateway.secrets) == 1


async def test_every_message_to_a_server_that_is_gone_has_its_five_days_and_no_more(office: PostOffice) -> None:
    office.gateway.refuses_to_open = not_found()
    for number in range(3):
        await put(office.outbox, number)
    for _ in range(14):
        await office.postman.run_due()
        office.time += timedelta(hours=10)
    assert await states(office.outbox) == ["failed"] * 3


@pytest.mark.parametrize("state", [State.DEFERRED, State.FAILED, State.HELD, State.UNCERTAIN])
async def test_a_manual_retry_works_while_its_server_is_blocked_and_others_are_due(
    office: PostOffice, state: State
) -> None:
    await in_state(office.outbox, state)
    office.gateway.refuses_to_open = wrong_password()
    await put(office.outbox, 2)
    await office.postman.run_due()
    for number in range(3, 6):
        await put(office.outbox, number)
    office.gateway.refuses_to_open = None
    await office.outbox.retry("m1", office.time)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"] * 5


async def test_a_retry_asked_for_while_the_message_is_under_way_is_refused_and_does_no_harm(
    office: PostOffice,
) -> None:
    office.gateway.stops_at = BEFORE_DOT
    await put(office.outbox)
    work = asyncio.create_task(office.postman.run_due())
    await office.gateway.reached.wait()
    with pytest.raises(DeliveryError):
        await office.outbox.retry("m1", NOW)
    office.gateway.go.set()
    await work
    assert len(office.arrived) == 1


async def test_a_clock_set_back_between_two_runs_keeps_nothing_waiting(outbox: Outbox, database: Database) -> None:
    wrong = NOW + timedelta(days=1000)
    chosen = wrong + timedelta(days=1)
    await put(outbox, 1, now=wrong)
    await outbox.claim(wrong)
    await outbox.settle("m1", TryLater(BUSY), wrong)
    await put(outbox, 2, now=wrong)
    await outbox.put(replace(letter(3, due=chosen), is_scheduled=True), [BYTES], wrong)
    await Schedules(database, lambda: None).look(NOW, WhenMissed.SEND)
    assert [message.due for message in await outbox.list()] == [NOW, NOW, chosen]
    assert (await outbox.get("m1")).trying_since == NOW


async def test_a_server_that_goes_between_two_messages_is_tried_once_for_all_the_rest(office: PostOffice) -> None:
    usual = office.gateway.answer

    def last_words(envelope: Envelope, data: bytes) -> Verdict | BaseException:
        office.gateway.refuses_to_open = not_found()
        return usual(envelope, data)

    office.gateway.answer = last_words
    office.gateway.messages_a_connection = 1
    for number in range(5):
        await put(office.outbox, number)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"] + ["deferred"] * 4
    assert len(office.gateway.secrets) == 2
    assert [message.attempts for message in await office.outbox.list()] == [1, 1, 0, 0, 0]


async def test_a_disk_that_fails_between_two_messages_lets_the_other_server_finish(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(office.outbox, 1, GATEWAY)
    await put(office.outbox, 2, ORGANISATION)
    office.organisation.stops_at = AFTER_DOT
    failing = Failing(office, "due_queues", monkeypatch, fails_at=2)
    work = asyncio.create_task(office.postman.run_due())
    await office.organisation.reached.wait()
    while not failing.failures:  # noqa: ASYNC110 - the outbox has no event for its failures
        await asyncio.sleep(0.001)
    assert not work.done()
    office.organisation.go.set()
    with pytest.raises(StorageError):
        await work
    assert await states(office.outbox) == ["sent", "sent"]


@pytest.mark.parametrize("server", [GATEWAY, ORGANISATION])
async def test_what_waits_for_a_server_goes_as_soon_as_another_message_gets_through(
    office: PostOffice, server: SmtpServer
) -> None:
    behaviour = office.servers[server.host]
    for number in range(3):
        await put(office.outbox, number, server)
    await office.postman.run_due()
    behaviour.refuses_to_open = not_found(server)
    for number in range(3, 6):
        await put(office.outbox, number, server)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"] * 3 + ["deferred"] * 3
    behaviour.refuses_to_open = None
    await put(office.outbox, 6, server)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"] * 7


async def test_what_a_server_itself_put_off_waits_its_time(office: PostOffice) -> None:
    office.gateway.answer = lambda *_: TryLater(BUSY)
    await put(office.outbox, 1)
    await office.postman.run_due()
    office.gateway.answer = PostOffice(office.outbox).gateway.answer
    await put(office.outbox, 2)
    await office.postman.run_due()
    assert await states(office.outbox) == ["deferred", "sent"]


@pytest.mark.case("P7")
@pytest.mark.parametrize("changed", [replace(route(), envelope_from=PRIMARY), route(ORGANISATION)], ids=["from", "via"])
async def test_a_route_that_changes_while_the_server_is_reached_holds_the_message(
    office: PostOffice, changed: Route
) -> None:
    asked: list[Route] = []

    def routes(_: QueuedMessage) -> Route:
        asked.append(changed if asked else route())
        return asked[-1]

    office.routes = routes
    await put(office.outbox)
    await office.postman.run_due()
    message = await office.outbox.get("m1")
    assert (message.state, office.arrived) == (State.HELD, [])
    assert message.problem is not None
    assert message.problem.reason is Reason.ROUTE_CHANGED
    assert len(asked) == 2


@pytest.mark.case("P7")
async def test_bytes_made_for_another_route_reach_no_server(office: PostOffice) -> None:
    office.routes = lambda _: replace(route(), envelope_from=PRIMARY)
    await put(office.outbox)
    await office.postman.run_due()
    assert await states(office.outbox) == ["held"]
    assert office.gateway.sessions == []


@pytest.mark.case("L5")
async def test_a_locked_keychain_is_asked_once_for_all_that_waits(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def locked(account: str) -> Secret | None:
        asked.append(account)
        raise KeychainError(LOCKED)

    monkeypatch.setattr(office.keychain, "get", locked)
    for number in range(3):
        await put(office.outbox, number)
    await office.postman.run_due()
    assert await states(office.outbox) == ["held"] * 3
    assert len(asked) == 1


async def test_a_server_that_refuses_after_the_dot_and_hangs_up_is_not_pressed(office: PostOffice) -> None:
    def answer(envelope: Envelope, data: bytes) -> Verdict:
        if len(office.arrived) == 0:
            return Delivered("250 ok")
        office.gateway.sessions[-1].is_usable = False
        return TryLater(BUSY)

    office.gateway.answer = answer
    for number in range(2):
        await put(office.outbox, number)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent", "deferred"]
    assert len(office.gateway.sessions) == 1


async def test_a_server_set_up_anew_gets_a_connection_of_its_own(office: PostOffice) -> None:
    anew = replace(GATEWAY, security=Security.STARTTLS)
    assert anew.queue == GATEWAY.queue
    office.routes = lambda message: route(GATEWAY if message.id == "m0" else anew)
    for number in range(2):
        await put(office.outbox, number)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent", "sent"]
    assert len(office.gateway.sessions) == 2


async def test_what_comes_due_soon_is_not_waited_for_a_minute(office: PostOffice) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    office.postman._now = lambda: NOW + timedelta(seconds=loop.time() - began)
    await office.outbox.put(letter(due=NOW + timedelta(seconds=0.3)), [BYTES], NOW)
    work = asyncio.create_task(office.postman.run_forever())
    await arrivals(office, 1)
    await office.postman.stop()
    await work


async def test_what_comes_due_while_the_window_looks_for_what_is_due_goes_at_once(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, due = office.outbox.due_queues, NOW + minutes(1)

    async def slowly(now: Any) -> list[str]:
        found = await real(now)
        office.time = due
        return found

    monkeypatch.setattr(office.outbox, "due_queues", slowly)
    await office.outbox.put(letter(1, due=due), [BYTES], NOW)
    work = asyncio.create_task(office.postman.run_forever())
    await arrivals(office, 1)
    await office.postman.stop()
    await work
