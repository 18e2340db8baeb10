"""The postman: each message to its own server, one bad message or server delays no other, the truth in the end."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.delivery.journal import Ending, Journal
from app.delivery.outbox import QueuedMessage, State
from app.delivery.verdict import Delivered, Rejected, TryLater, Uncertain, Verdict
from app.errors import Problem, ProfileError, Reason
from app.routing import Refusal, Route
from app.storage.database import Database
from app.storage.keychain import Secret
from tests.app.delivery.letters import (
    BUSY,
    BYTES,
    GATEWAY,
    NOW,
    ORGANISATION,
    PARTNER,
    PRIMARY,
    letter,
    minutes,
    put,
    route,
)
from tests.app.delivery.post_office import (
    AFTER_DOT,
    BEFORE_DOT,
    PostOffice,
    connection_lost,
    not_found,
    refusal,
    states,
    the_route,
    wrong_password,
)
from tests.canary import canary

# The ordinary way.


async def test_each_message_goes_through_its_own_server_with_its_envelope(office: PostOffice) -> None:
    await put(office.outbox, 1, GATEWAY)
    await put(office.outbox, 2, ORGANISATION)
    await office.postman.run_due()
    assert {(mail.host, str(mail.envelope.sender)) for mail in office.arrived} == {
        (GATEWAY.host, str(PARTNER)),
        (ORGANISATION.host, str(PRIMARY)),
    }
    for mail in office.arrived:
        assert [str(each) for each in mail.envelope.recipients] == ["a@empfang.example", "b@empfang.example"]
        assert (mail.envelope.size, mail.data) == (len(BYTES), BYTES)
    sent = await office.outbox.get("m1")
    assert (sent.state, sent.reply, sent.queue_id) == (State.SENT, "250 2.0.0 queued", "Q1")


@pytest.mark.case("TB-browser-progress")
async def test_the_states_on_the_disk_come_in_their_order(office: PostOffice) -> None:
    seen: list[str] = []
    await put(office.outbox)
    office.gateway.stops_at = BEFORE_DOT
    work = asyncio.create_task(office.postman.run_due())
    await office.gateway.reached.wait()
    seen += await states(office.outbox)
    office.gateway.stops_at = AFTER_DOT
    office.gateway.reached.clear()
    office.gateway.go.set()
    office.gateway.go = asyncio.Event()
    await office.gateway.reached.wait()
    seen += await states(office.outbox)
    office.gateway.go.set()
    await work
    assert [*seen, *await states(office.outbox)] == ["attempting", "data_end", "sent"]


async def test_a_password_of_each_server_goes_to_that_server_only(office: PostOffice) -> None:
    await put(office.outbox, 1, GATEWAY)
    await put(office.outbox, 2, ORGANISATION)
    await office.postman.run_due()
    for server in (GATEWAY, ORGANISATION):
        (secret,) = office.servers[server.host].secrets
        assert secret is not None
        assert secret.reveal() == canary(server.host)


async def test_messages_of_one_server_share_a_connection_that_is_ended_politely(office: PostOffice) -> None:
    for number in range(5):
        await put(office.outbox, number)
    await office.postman.run_due()
    (session,) = office.gateway.sessions
    await asyncio.sleep(0)
    assert session.ended
    assert len(office.arrived) == 5


async def test_nothing_due_is_nothing_done(office: PostOffice) -> None:
    await office.outbox.put(letter(due=NOW + minutes(1)), [BYTES], NOW)
    await office.postman.run_due()
    assert office.gateway.sessions == []
    office.time += minutes(1)
    await office.postman.run_due()
    assert len(office.arrived) == 1


async def test_what_is_queued_meanwhile_is_delivered_too(office: PostOffice) -> None:
    await put(office.outbox, 1)
    office.gateway.stops_at = BEFORE_DOT
    work = asyncio.create_task(office.postman.run_due())
    await office.gateway.reached.wait()
    await put(office.outbox, 2)
    office.gateway.stops_at = ""
    office.gateway.go.set()
    await work
    assert await states(office.outbox) == ["sent", "sent"]


async def test_every_attempt_is_in_the_journal_with_its_own_part_of_the_dialogue(
    office: PostOffice, database: Database
) -> None:
    await put(office.outbox, 1)
    await put(office.outbox, 2)
    await office.postman.run_due()
    (first,), (second,) = await Journal(database).of("m1"), await Journal(database).of("m2")
    assert [line.text for line in first.dialogue] == ["220 ready", "message 1"]
    assert [line.text for line in second.dialogue] == ["message 2"]
    assert (first.host, first.port, first.tls_version) == (GATEWAY.host, GATEWAY.port, "TLSv1.3")
    assert (first.verdict, first.reply, first.queue_id) == (Ending.DELIVERED, "250 2.0.0 queued", "Q1")
    assert first.steps == route().steps


# Routes.


@pytest.mark.case("P7")
async def test_a_revoked_gateway_is_held_not_rerouted(office: PostOffice, database: Database) -> None:
    await put(office.outbox)
    office.routes = lambda message: refusal(Reason.ROUTE_FORBIDDEN)
    await office.postman.run_due()
    message = await office.outbox.get("m1")
    assert (message.state, message.attempts) == (State.HELD, 0)
    assert message.problem is not None
    assert message.problem.reason is Reason.ROUTE_FORBIDDEN
    assert office.gateway.sessions == office.organisation.sessions == []
    (attempt,) = await Journal(database).of("m1")
    assert (attempt.verdict, attempt.host, attempt.steps) == (Ending.HELD, "", refusal(Reason.ROUTE_FORBIDDEN).steps)


@pytest.mark.case("P7")
async def test_the_route_is_asked_again_just_before_mail(office: PostOffice) -> None:
    await put(office.outbox)
    answers: Iterator[Route | Refusal] = iter([route(), refusal(Reason.ROUTE_POLICY_STALE)])
    office.routes = lambda message: next(answers)
    await office.postman.run_due()
    assert len(office.gateway.sessions) == 1
    assert office.arrived == []
    assert (await office.outbox.get("m1")).problem == refusal(Reason.ROUTE_POLICY_STALE).problem


async def test_one_revoked_address_does_not_block_its_server(office: PostOffice) -> None:
    await put(office.outbox, 1)
    await put(office.outbox, 2)
    revoked = refusal(Reason.ROUTE_FORBIDDEN)

    def first_revoked(message: QueuedMessage) -> Route | Refusal:
        return revoked if message.id == "m1" else the_route(message)

    office.routes = first_revoked
    await office.postman.run_due()
    assert await states(office.outbox) == ["held", "sent"]
    assert office.postman.blocked == {}


@pytest.mark.parametrize(
    "changed",
    [
        route(ORGANISATION),
        replace(route(), envelope_from=PRIMARY),
        replace(route(), sender_header=PRIMARY),
    ],
    ids=["via", "envelope", "sender"],
)
async def test_bytes_made_for_another_route_are_held(office: PostOffice, changed: Any) -> None:
    await put(office.outbox)
    office.routes = lambda message: changed
    await office.postman.run_due()
    message = await office.outbox.get("m1")
    assert message.state is State.HELD
    assert message.problem is not None
    assert message.problem.reason is Reason.ROUTE_CHANGED
    assert office.arrived == []


async def test_a_gateway_whose_place_changed_takes_the_message_at_its_new_place(office: PostOffice) -> None:
    moved = replace(GATEWAY, host=ORGANISATION.host, port=2525)
    await put(office.outbox)
    office.routes = lambda message: replace(route(), server=moved)
    await office.keychain.set(moved.keychain_account, Secret("x"))
    await office.postman.run_due()
    assert [mail.host for mail in office.arrived] == [moved.host]
    message = await office.outbox.get("m1")
    assert (message.state, message.queue, message.attempts) == (State.SENT, moved.queue, 1)


async def test_a_server_that_changed_while_it_was_reached_gets_nothing(office: PostOffice) -> None:
    await put(office.outbox)
    answers = iter([route(), route(replace(GATEWAY, port=587))])
    office.routes = lambda message: next(answers)
    await office.postman.run_due()
    assert office.arrived == []
    assert await states(office.outbox) == ["held"]


async def test_a_route_that_cannot_be_decided_now_is_asked_for_later(office: PostOffice) -> None:
    def no_profile(_: object) -> Any:
        raise ProfileError.because(Reason.PROFILE_MISSING)

    await put(office.outbox)
    office.routes = no_profile
    await office.postman.run_due()
    message = await office.outbox.get("m1")
    assert (message.state, message.problem) == (State.DEFERRED, Problem.of(Reason.PROFILE_MISSING))


# Verdicts of the server.


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Rejected(BUSY, "550 no"), State.FAILED),
        (TryLater(BUSY, "450 later"), State.DEFERRED),
        (Uncertain(BUSY), State.UNCERTAIN),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_poison_message_delays_no_other(office: PostOffice, verdict: Verdict, state: State) -> None:
    for number in range(3):
        await put(office.outbox, number, chunks=[b"message %d\r\n" % number])
    office.gateway.answer = lambda _, data: verdict if data == b"message 0\r\n" else Delivered("250 ok")
    await office.postman.run_due()
    assert await states(office.outbox) == [state, "sent", "sent"]
    office.time += minutes(600)
    await office.postman.run_due()
    assert office.subjects.count(b"message 0\r\n") == 0


async def test_an_uncertain_message_is_never_sent_again_by_itself(office: PostOffice) -> None:
    office.gateway.answer = lambda *_: Uncertain(BUSY)
    await put(office.outbox)
    await office.postman.run_due()
    office.gateway.answer = lambda *_: Delivered("250 ok")
    for _ in range(3):
        office.time += minutes(60 * 24)
        await office.postman.run_due()
    assert office.arrived == []
    await office.outbox.retry("m1", office.time)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"]


async def test_a_deferred_message_goes_when_it_is_due(office: PostOffice) -> None:
    office.gateway.answer = lambda *_: TryLater(BUSY)
    await put(office.outbox)
    await office.postman.run_due()
    office.gateway.answer = lambda *_: Delivered("250 ok")
    await office.postman.run_due()
    assert await states(office.outbox) == ["deferred"]
    office.time += minutes(1)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"]
    assert (await office.outbox.get("m1")).attempts == 2


async def test_a_server_nobody_gets_through_to_is_tried_once_for_all_its_messages(office: PostOffice) -> None:
    office.gateway.refuses_to_open = not_found()
    for number in range(10):
        await put(office.outbox, number)
    await put(office.outbox, 10, ORGANISATION)
    await office.postman.run_due()
    assert await states(office.outbox) == ["deferred"] * 10 + ["sent"]
    assert len(office.gateway.secrets) == 1
    messages = await office.outbox.list([State.DEFERRED])
    assert {message.due for message in messages} == {NOW + minutes(1)}
    assert sum(message.attempts for message in messages) == 1
    office.gateway.refuses_to_open = None
    office.time += minutes(1)
    await office.postman.run_due()
    assert len(office.arrived) == 11


async def test_how_far_a_failed_connection_came_is_in_the_journal(office: PostOffice, database: Database) -> None:
    office.gateway.refuses_to_open = not_found()
    await put(office.outbox)
    await office.postman.run_due()
    (attempt,) = await Journal(database).of("m1")
    assert [line.text for line in attempt.dialogue] == ["connect"]
    assert attempt.problem == not_found().problem


async def test_a_connection_that_carried_enough_is_replaced_at_once(office: PostOffice) -> None:
    office.gateway.messages_a_connection = 2
    for number in range(5):
        await put(office.outbox, number)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"] * 5
    assert len(office.gateway.sessions) == 3
    assert {message.attempts for message in await office.outbox.list()} == {1}


async def test_a_new_connection_that_is_lost_is_not_replaced_at_once(office: PostOffice) -> None:
    office.gateway.messages_a_connection = 0
    await put(office.outbox)
    await office.postman.run_due()
    message = await office.outbox.get("m1")
    assert (message.state, message.problem) == (State.DEFERRED, connection_lost(GATEWAY).problem)
    assert len(office.gateway.sessions) == 1


async def test_a_sign_in_that_works_releases_what_an_earlier_run_held_for_it(office: PostOffice) -> None:
    office.gateway.refuses_to_open = wrong_password()
    for number in range(3):
        await put(office.outbox, number)
    await office.postman.run_due()
    assert await states(office.outbox) == ["held"] * 3
    later = PostOffice(office.outbox)
    await later.give_passwords()
    await office.outbox.retry("m1", NOW)
    await later.postman.run_due()
    assert await states(office.outbox) == ["sent"] * 3
