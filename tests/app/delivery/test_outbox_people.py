"""The outbox: what people may do with a message in each state, what moves together, and who hears of it."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.address import Address
from app.delivery.outbox import Outbox, State
from app.delivery.refusals import RefusedRecipient, refusal_facts
from app.delivery.replies import Reply
from app.delivery.verdict import Delivered, Held, Rejected, TryLater, Verdict
from app.errors import DeliveryError, Problem, Reason
from app.profile import Security, SmtpServer
from app.routing import Via
from app.storage.database import Database
from app.storage.drafts import Drafts
from tests.app.delivery.letters import (
    BUSY,
    BYTES,
    FORBIDDEN,
    GATEWAY,
    LOCKED,
    NOW,
    ORGANISATION,
    PARTNER,
    PRIMARY,
    content,
    draft,
    in_state,
    letter,
    minutes,
    put,
    route,
)

# What people do.

NOWHERE = Path("/nowhere")  # messages without attached files need no place for them

Operation = Callable[[Outbox], Awaitable[object]]
OPERATIONS: dict[str, tuple[Operation, set[State]]] = {
    "retry": (
        lambda outbox: outbox.retry("m1", NOW),
        {State.QUEUED, State.DEFERRED, State.FAILED, State.HELD, State.UNCERTAIN},
    ),
    "cancel": (lambda outbox: outbox.cancel("m1", NOW), {State.QUEUED, State.DEFERRED, State.FAILED, State.HELD}),
    "hold": (lambda outbox: outbox.hold("m1", FORBIDDEN, NOW), {State.QUEUED, State.DEFERRED, State.HELD}),
    "arrived": (lambda outbox: outbox.arrived("m1", NOW), {State.UNCERTAIN}),
    "to_draft": (
        lambda outbox: outbox.to_draft("m1", NOW, NOWHERE),
        {State.QUEUED, State.DEFERRED, State.FAILED, State.HELD, State.UNCERTAIN, State.CANCELLED},
    ),
    "delete": (
        lambda outbox: outbox.delete("m1"),
        {State.SENT, State.FAILED, State.HELD, State.UNCERTAIN, State.CANCELLED},
    ),
    "take_organisation_route": (
        lambda outbox: outbox.take_organisation_route("m1", route(ORGANISATION), NOW),
        {State.HELD},
    ),
    "mark_data_end": (lambda outbox: outbox.mark_data_end("m1", NOW), {State.ATTEMPTING, State.DATA_END}),
    "settle": (lambda outbox: outbox.settle("m1", Delivered("250"), NOW), {State.ATTEMPTING, State.DATA_END}),
    "give_back": (lambda outbox: outbox.give_back("m1", NOW, NOW), {State.ATTEMPTING, State.DATA_END}),
    "redirect": (lambda outbox: outbox.redirect("m1", ORGANISATION, NOW), {State.ATTEMPTING}),
}


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("state", State)
async def test_each_step_is_taken_from_its_own_states_only(outbox: Outbox, name: str, state: State) -> None:
    operation, allowed = OPERATIONS[name]
    before = await in_state(outbox, state)
    if state in allowed:
        await operation(outbox)
        return
    with pytest.raises(DeliveryError) as caught:
        await operation(outbox)
    assert caught.value.problem.reason is Reason.OUTBOX_WRONG_STATE
    assert caught.value.problem.fact("state") == state
    assert await outbox.get("m1") == before


@pytest.mark.parametrize("name", OPERATIONS)
async def test_a_message_that_is_not_there_is_named(outbox: Outbox, name: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        await OPERATIONS[name][0](outbox)
    assert caught.value.problem == Problem.of(Reason.OUTBOX_UNKNOWN, id="m1")


@pytest.mark.parametrize("state", [State.DEFERRED, State.FAILED, State.HELD, State.UNCERTAIN])
async def test_a_manual_retry_is_due_at_once_with_the_same_bytes_and_message_id(outbox: Outbox, state: State) -> None:
    before = await in_state(outbox, state)
    message = await outbox.retry("m1", NOW)
    assert (message.state, message.due, message.problem) == (State.QUEUED, NOW, None)
    assert message.message_id == before.message_id
    assert await content(outbox, "m1") == BYTES


async def test_what_a_person_saw_arrive_is_sent(outbox: Outbox) -> None:
    await in_state(outbox, State.UNCERTAIN)
    message = await outbox.arrived("m1", NOW)
    assert (message.state, message.problem) == (State.SENT, None)


async def test_a_message_goes_back_to_the_drafts_whole(outbox: Outbox, database: Database) -> None:
    await in_state(outbox, State.HELD)
    assert await outbox.to_draft("m1", NOW, NOWHERE) == draft()
    assert await outbox.list() == []
    assert [saved.draft for saved in await Drafts(database).list()] == [draft()]
    assert await database.read(lambda c: c.execute("SELECT count(*) FROM outbox_part").fetchone()[0]) == 0


UNKNOWN, LATER = Reply(550, ("5.1.1 unknown",)), Reply(450, ("4.2.0 later",))
A, B = (mailbox.address for mailbox in draft().recipients)


async def refused(outbox: Outbox, *refusals: tuple[Address, Reply]) -> None:
    facts = {"host": GATEWAY.host} | refusal_facts(refusals)
    await outbox.put(letter(), [BYTES], NOW)
    await outbox.claim(NOW)
    await outbox.settle("m1", Rejected(Problem.of(Reason.SERVER_RECIPIENT_REJECTED, **facts)), NOW)


@pytest.mark.case("M13")
async def test_a_message_can_go_to_those_who_were_not_refused(outbox: Outbox) -> None:
    await refused(outbox, (B, UNKNOWN))
    message = await outbox.send_to_the_others("m1", NOW)
    assert (message.state, message.due, message.problem, message.recipients) == (State.QUEUED, NOW, None, (A,))
    assert message.left_out == (RefusedRecipient(B, 550, "550 5.1.1 unknown"),)
    assert await content(outbox, "m1") == BYTES
    assert (await outbox.draft("m1")).recipients == draft().recipients


@pytest.mark.case("M14")
async def test_who_was_refused_for_now_is_not_left_out(outbox: Outbox) -> None:
    await refused(outbox, (A, LATER), (B, UNKNOWN))
    message = await outbox.send_to_the_others("m1", NOW)
    assert (message.recipients, [each.recipient for each in message.left_out]) == ((A,), [B])


@pytest.mark.case("M13")
async def test_who_was_left_out_before_stays_named(outbox: Outbox) -> None:
    third = Address.parse("c@empfang.example")
    await outbox.put(replace(letter(), recipients=(A, B, third)), [BYTES], NOW)
    for address in (A, B):
        await outbox.claim(NOW)
        facts = {"host": GATEWAY.host} | refusal_facts([(address, UNKNOWN)])
        await outbox.settle("m1", Rejected(Problem.of(Reason.SERVER_RECIPIENT_REJECTED, **facts)), NOW)
        await outbox.send_to_the_others("m1", NOW)
    message = await outbox.get("m1")
    assert message.recipients == (third,)
    assert [each.recipient for each in message.left_out] == [A, B]


@pytest.mark.parametrize("verdict", [TryLater(BUSY), Held(LOCKED), Rejected(BUSY)])
async def test_one_attempt_is_all_that_was_asked_for(outbox: Outbox, verdict: Verdict) -> None:
    await put(outbox)
    await outbox.retry("m1", NOW)
    await outbox.claim(NOW)
    assert not (await outbox.settle("m1", verdict, NOW)).asked_for


@pytest.mark.parametrize("refusals", [[], [(A, UNKNOWN), (B, UNKNOWN)], [(A, LATER)]])
async def test_without_others_or_refusals_nothing_is_sent(
    outbox: Outbox, refusals: list[tuple[Address, Reply]]
) -> None:
    await refused(outbox, *refusals)
    with pytest.raises(DeliveryError) as caught:
        await outbox.send_to_the_others("m1", NOW)
    assert caught.value.problem == Problem.of(Reason.OUTBOX_NO_OTHERS, id="m1")
    assert (await outbox.get("m1")).state is State.FAILED


async def test_a_message_that_came_finished_has_no_draft(outbox: Outbox) -> None:
    message = await outbox.put(letter(written=replace(draft(), to=(), bcc=())), [BYTES], NOW)
    assert not message.has_draft
    with pytest.raises(DeliveryError) as caught:
        await outbox.to_draft("m1", NOW, NOWHERE)
    assert caught.value.problem.reason is Reason.OUTBOX_NO_DRAFT
    assert len(await outbox.list()) == 1


async def test_through_the_organisation_only_sender_is_added(outbox: Outbox) -> None:
    await outbox.put(letter(held=FORBIDDEN), [BYTES, b"x" * 600_000], NOW)
    message = await outbox.take_organisation_route("m1", route(ORGANISATION), NOW)
    assert (message.state, message.due, message.problem) == (State.QUEUED, NOW, None)
    assert (message.via, message.queue) == (Via.ORGANISATION, ORGANISATION.queue)
    assert (message.envelope_from, message.sender_header) == (PRIMARY, PRIMARY)
    assert message.over_organisation
    expected = b"Sender: nutzer@beispiel.example\r\n" + BYTES + b"x" * 600_000
    assert await content(outbox, "m1") == expected
    assert message.size == len(expected)
    await outbox.hold("m1", LOCKED, NOW)
    again = await outbox.take_organisation_route("m1", route(ORGANISATION), NOW)
    assert again.size == len(expected)
    assert await content(outbox, "m1") == expected


async def test_an_address_of_the_organisations_own_gets_no_sender(outbox: Outbox) -> None:
    await outbox.put(letter(held=FORBIDDEN), [BYTES], NOW)
    own = replace(route(ORGANISATION), envelope_from=PARTNER, sender_header=None)
    message = await outbox.take_organisation_route("m1", own, NOW)
    assert (message.envelope_from, message.sender_header) == (PARTNER, None)
    assert await content(outbox, "m1") == BYTES


async def test_bytes_with_another_sender_are_not_sent_under_a_new_one(outbox: Outbox) -> None:
    await outbox.put(letter(1, ORGANISATION, held=FORBIDDEN), [BYTES], NOW)
    other = replace(route(ORGANISATION), sender_header=PARTNER)
    with pytest.raises(DeliveryError) as caught:
        await outbox.take_organisation_route("m1", other, NOW)
    assert caught.value.problem.reason is Reason.ROUTE_CHANGED
    assert (await outbox.get("m1")).state is State.HELD


# Many at once.


async def test_releasing_queues_what_is_held_for_these_reasons_only(outbox: Outbox) -> None:
    await outbox.put(letter(1, held=FORBIDDEN), [BYTES], NOW)
    await outbox.put(letter(2, held=LOCKED), [BYTES], NOW)
    await outbox.put(letter(3, ORGANISATION, held=FORBIDDEN), [BYTES], NOW)
    assert await outbox.release_all([Reason.ROUTE_FORBIDDEN], NOW, queue=GATEWAY.queue) == 1
    assert [message.state for message in await outbox.list()] == [State.QUEUED, State.HELD, State.HELD]
    assert await outbox.release_all([Reason.ROUTE_FORBIDDEN, Reason.KEYCHAIN_LOCKED], NOW) == 2
    assert {message.problem for message in await outbox.list()} == {None}


async def test_a_queue_is_held_or_deferred_as_far_as_it_is_due(outbox: Outbox) -> None:
    await put(outbox, 1)
    await put(outbox, 2, ORGANISATION)
    await outbox.put(letter(3, due=NOW + minutes(1)), [BYTES], NOW)
    assert await outbox.defer_queue(GATEWAY.queue, BUSY, NOW + minutes(2), NOW) == 1
    assert [message.state for message in await outbox.list()] == [State.DEFERRED, State.QUEUED, State.QUEUED]
    assert (await outbox.get("m1")).attempts == 0
    assert await outbox.hold_queue(GATEWAY.queue, LOCKED, NOW + minutes(2)) == 2
    assert [message.state for message in await outbox.list()] == [State.HELD, State.QUEUED, State.HELD]


async def test_what_a_person_asked_for_is_held_with_its_queue_only_on_purpose(outbox: Outbox) -> None:
    await in_state(outbox, State.HELD)
    assert (await outbox.retry("m1", NOW)).asked_for
    assert await outbox.hold_queue(GATEWAY.queue, LOCKED, NOW) == 0
    assert await outbox.hold_queue(GATEWAY.queue, LOCKED, NOW, even_asked_for=True) == 1
    assert not (await outbox.get("m1")).asked_for


async def test_messages_are_listed_oldest_first_in_pages_from_the_newest(outbox: Outbox) -> None:
    for number in range(5):
        await put(outbox, number)
    await outbox.cancel("m2", NOW)
    assert [message.id for message in await outbox.list()] == ["m0", "m1", "m2", "m3", "m4"]
    assert [message.id for message in await outbox.list([State.CANCELLED])] == ["m2"]
    page = await outbox.list([State.QUEUED], limit=2)
    assert [message.id for message in page] == ["m3", "m4"]
    page = await outbox.list([State.QUEUED], limit=2, before=page[0].number)
    assert [message.id for message in page] == ["m0", "m1"]
    assert await outbox.count([State.QUEUED, State.CANCELLED]) == 5
    assert await outbox.count([State.SENT]) == 0


# Who hears of it.


async def test_subscribers_hear_after_the_commit_until_they_leave(outbox: Outbox) -> None:
    heard: list[str] = []
    leave = outbox.subscribe(heard.append)
    await put(outbox)
    await outbox.hold_queue(GATEWAY.queue, LOCKED, NOW)
    await outbox.release_all([Reason.KEYCHAIN_LOCKED], NOW)
    await outbox.claim(NOW)
    await outbox.recover(NOW)
    await outbox.cancel("m1", NOW)
    await outbox.delete("m1")
    await asyncio.sleep(0)
    assert heard == ["m1"] * 7
    leave()
    await put(outbox)
    await asyncio.sleep(0)
    assert len(heard) == 7


async def test_a_change_elsewhere_is_told_without_an_id(outbox: Outbox) -> None:
    heard: list[str] = []
    outbox.subscribe(heard.append)
    outbox.changed_elsewhere()
    await asyncio.sleep(0)
    assert heard == [""]


async def test_nobody_hears_of_what_was_not_committed(outbox: Outbox) -> None:
    heard: list[str] = []
    await put(outbox)
    outbox.subscribe(heard.append)
    with pytest.raises(DeliveryError):
        await outbox.arrived("m1", NOW)
    await asyncio.sleep(0)
    assert heard == []


# What the database itself refuses.


@pytest.mark.parametrize(
    "change",
    [
        "state = 'lost'",
        "due = NULL",
        "state = 'sent'",
        "state = 'held', due = NULL",
        "via = 'default'",
        "attempts = -1",
        "problem = 'no JSON'",
    ],
)
async def test_the_database_refuses_a_row_that_makes_no_sense(outbox: Outbox, database: Database, change: str) -> None:
    await put(outbox)
    with pytest.raises(sqlite3.IntegrityError):
        await database.write(lambda connection: connection.execute(f"UPDATE outbox SET {change}"))


async def test_international_addresses_and_texts_come_back(outbox: Outbox) -> None:
    written = replace(draft(), subject="Größe 😀\u202e", sender=Address.parse("ü@bücher.example"))
    server = SmtpServer("smtp.bücher.example", 587, Security.STARTTLS, "ü")
    message = await outbox.put(letter(1, server, written=written), [BYTES], NOW)
    assert (message.subject, message.sender, message.host) == (written.subject, written.sender, server.host)


async def test_the_time_zone_of_now_does_not_matter(outbox: Outbox) -> None:
    local = NOW.astimezone(datetime.now().astimezone().tzinfo)
    message = await put(outbox, now=local)
    assert message.created_at == NOW


async def test_only_what_is_queued_and_due_soon_is_sent_now(outbox: Outbox) -> None:
    for number, later in ((1, 10), (2, 30), (3, 31)):
        await outbox.put(letter(number, due=NOW + timedelta(seconds=later)), [BYTES], NOW)
    await outbox.put(letter(4, held=FORBIDDEN), [BYTES], NOW)
    await outbox.put(replace(letter(5, due=NOW + timedelta(seconds=20)), is_scheduled=True), [BYTES], NOW)
    assert sorted(await outbox.send_now(NOW + timedelta(seconds=30), NOW)) == ["m1", "m2"]
    messages = await outbox.list()
    assert [(each.due == NOW, each.asked_for) for each in messages] == [
        (True, True),
        (True, True),
        (False, False),
        (False, False),
        (False, False),
    ]
