"""The outbox: committed whole, claimed once, settled truthfully, never sent again by itself."""

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.delivery.journal import Attempt, Ending, Journal
from app.delivery.outbox import Outbox, State
from app.delivery.queued import GIVE_UP_AFTER, back_off
from app.delivery.verdict import Delivered, Held, Rejected, TryLater, Uncertain, Verdict
from app.errors import DeliveryError, MessageError, Problem, Reason, StorageError
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
    content,
    draft,
    in_state,
    letter,
    minutes,
    put,
)

# Putting.


async def test_a_message_is_kept_whole_with_its_route(outbox: Outbox) -> None:
    message = await put(outbox)
    assert message == await outbox.get("m1")
    assert message.state is State.QUEUED
    assert (message.sender, message.envelope_from, message.sender_header) == (PARTNER, PARTNER, None)
    assert (message.via, message.host, message.queue) == (Via.GATEWAY, GATEWAY.host, GATEWAY.queue)
    assert [str(each) for each in message.recipients] == ["a@empfang.example", "b@empfang.example"]
    assert (message.size, message.attempts, message.due) == (len(BYTES), 0, NOW)
    assert (message.subject, message.message_id) == ("Hallo 1", "<1@partnerdomain.example>")
    assert await content(outbox, "m1") == BYTES
    assert await outbox.draft("m1") == draft()


async def test_a_large_message_is_kept_in_parts_and_comes_back_to_the_byte(outbox: Outbox, database: Database) -> None:
    lines = [b"%07d\r\n" % number for number in range(100_000)]
    message = await put(outbox, chunks=lines)
    assert message.size == 900_000
    assert await content(outbox, "m1") == b"".join(lines)
    sizes = await database.read(
        lambda connection: [row[0] for row in connection.execute("SELECT length(data) FROM outbox_part ORDER BY seq")]
    )
    assert sizes == [262_144, 262_144, 262_144, 900_000 - 3 * 262_144]


async def test_no_step_has_sqlite_copy_its_pages_into_a_file(outbox: Outbox, database: Database) -> None:
    said: list[str] = []
    await database.read(lambda connection: connection.set_trace_callback(said.append))
    await in_state(outbox, State.SENT)
    assert any(line.startswith("UPDATE outbox") for line in said)
    # A row that RETURNING gives back may be followed by a fault, so that SQLite has to be able to undo the statement.
    assert not [line for line in said if "RETURNING" in line]


async def test_the_draft_goes_in_the_same_transaction(outbox: Outbox, database: Database) -> None:
    drafts = Drafts(database)
    await drafts.save(draft(), NOW)
    await put(outbox)
    assert await drafts.list() == []


async def test_a_draft_saved_late_does_not_come_back(outbox: Outbox, database: Database) -> None:
    drafts = Drafts(database)
    await put(outbox)
    await drafts.save(draft(), NOW)
    assert await drafts.list() == []
    await outbox.cancel("m1", NOW)
    await drafts.save(draft(), NOW)
    assert [saved.draft for saved in await drafts.list()] == [draft()]


async def test_what_the_gate_refuses_leaves_no_trace_and_the_draft_stays(outbox: Outbox, database: Database) -> None:
    def refused() -> Iterator[bytes]:
        yield b"x" * 600_000
        raise MessageError.because(Reason.MESSAGE_GATE, detail="two From fields")

    await Drafts(database).save(draft(), NOW)
    with pytest.raises(MessageError):
        await put(outbox, chunks=refused())
    assert await outbox.list() == []
    assert await database.read(lambda c: c.execute("SELECT count(*) FROM outbox_part").fetchone()[0]) == 0
    assert len(await Drafts(database).list()) == 1


async def test_an_empty_message_is_a_bug(outbox: Outbox) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await put(outbox, chunks=[])
    assert await outbox.list() == []


async def test_a_full_disk_queues_nothing(outbox: Outbox, database: Database) -> None:
    await database.read(lambda c: c.execute("PRAGMA max_page_count = 100").fetchone())
    with pytest.raises(StorageError) as caught:
        await put(outbox, chunks=[b"x" * 100_000] * 20)
    assert caught.value.problem.reason is Reason.STORAGE_FULL
    assert await outbox.list() == []


@pytest.mark.parametrize("state", sorted(set(State) - {State.CANCELLED}))
async def test_the_same_draft_is_never_queued_twice(outbox: Outbox, state: State) -> None:
    await in_state(outbox, state)
    with pytest.raises(DeliveryError) as caught:
        await put(outbox, chunks=[b"other"])
    assert caught.value.problem.reason is Reason.OUTBOX_WRONG_STATE
    assert await content(outbox, "m1") == BYTES


async def test_a_cancelled_message_may_be_queued_anew(outbox: Outbox) -> None:
    await put(outbox)
    await outbox.cancel("m1", NOW)
    message = await put(outbox, chunks=[b"changed\r\n"])
    assert message.state is State.QUEUED
    assert await content(outbox, "m1") == b"changed\r\n"


async def test_a_message_the_policy_forbids_is_held_from_the_beginning(outbox: Outbox) -> None:
    message = await outbox.put(letter(held=FORBIDDEN, due=NOW + minutes(1)), [BYTES], NOW)
    assert (message.state, message.problem, message.due) == (State.HELD, FORBIDDEN, None)
    assert await outbox.claim(NOW + minutes(2)) is None


async def test_a_missing_part_is_never_passed_over(outbox: Outbox, database: Database) -> None:
    await put(outbox, chunks=[b"x" * 600_000])
    await database.write(lambda c: c.execute("DELETE FROM outbox_part WHERE seq = 1"))
    with pytest.raises(StorageError) as caught:
        await content(outbox, "m1")
    assert caught.value.problem.reason is Reason.STORAGE_CORRUPT


# Claiming.


async def test_the_message_that_has_been_due_longest_is_claimed_first(outbox: Outbox) -> None:
    await outbox.put(letter(1, due=NOW + minutes(3)), [BYTES], NOW)
    await outbox.put(letter(2, due=NOW + minutes(1)), [BYTES], NOW)
    await outbox.put(letter(3, due=NOW + minutes(9)), [BYTES], NOW)
    claimed = [await outbox.claim(NOW + minutes(5)) for _ in range(3)]
    assert [message.id if message else None for message in claimed] == ["m2", "m1", None]


async def test_claiming_counts_the_attempt_and_commits_the_state(outbox: Outbox) -> None:
    await put(outbox)
    message = await outbox.claim(NOW)
    assert message is not None
    assert (message.state, message.attempts, message.trying_since, message.due) == (State.ATTEMPTING, 1, NOW, None)
    assert message == await outbox.get("m1")


async def test_the_beginning_is_read_with_the_claim_and_forgotten_with_the_attempt(
    outbox: Outbox, database: Database
) -> None:
    await put(outbox)
    await outbox.claim(NOW)
    assert await content(outbox, "m1") == BYTES
    await outbox.give_back("m1", NOW, NOW)
    await outbox.claim(NOW)
    await outbox.give_back("m1", NOW, NOW)
    await database.write(
        lambda connection: connection.execute("UPDATE outbox_part SET data = CAST(upper(data) AS BLOB)").rowcount
    )
    assert await content(outbox, "m1") == BYTES.upper() != BYTES


async def test_two_programs_never_claim_the_same_message(outbox: Outbox, database: Database, tmp_path: Path) -> None:
    other = await Database.open(tmp_path / "home" / "absender.db")
    for number in range(20):
        await put(outbox, number)
    outboxes = [outbox, Outbox(other)] * 15
    claimed = await asyncio.gather(*(each.claim(NOW) for each in outboxes))
    ids = [message.id for message in claimed if message]
    assert len(ids) == len(set(ids)) == 20
    await other.close()


async def test_one_queue_is_claimed_apart_from_the_others(outbox: Outbox) -> None:
    await put(outbox, 1, GATEWAY)
    await put(outbox, 2, ORGANISATION)
    message = await outbox.claim(NOW, queue=ORGANISATION.queue)
    assert message is not None
    assert message.id == "m2"
    assert await outbox.claim(NOW, queue=ORGANISATION.queue) is None
    assert await outbox.claim(NOW, queue=GATEWAY.queue) is not None


async def test_queues_and_the_next_time_anything_is_due(outbox: Outbox) -> None:
    assert await outbox.next_due(NOW) is None
    await outbox.put(letter(1, GATEWAY, due=NOW + minutes(2)), [BYTES], NOW)
    await outbox.put(letter(2, ORGANISATION, due=NOW + minutes(1)), [BYTES], NOW)
    assert await outbox.due_queues(NOW) == []
    assert await outbox.due_queues(NOW + minutes(3)) == [ORGANISATION.queue, GATEWAY.queue]
    assert await outbox.next_due(NOW) == NOW + minutes(1)
    assert await outbox.next_due(NOW + minutes(1)) == NOW + minutes(2)


async def test_undo_cancels_before_the_message_is_due(outbox: Outbox) -> None:
    await outbox.put(letter(due=NOW + timedelta(seconds=10)), [BYTES], NOW)
    assert await outbox.claim(NOW + timedelta(seconds=9)) is None
    message = await outbox.cancel("m1", NOW)
    assert message.problem == Problem.of(Reason.CANCELLED_BY_USER)
    assert await outbox.claim(NOW + minutes(60)) is None


# Settling.


@pytest.mark.parametrize("mark", [False, True])
@pytest.mark.parametrize(
    ("verdict", "state", "problem", "reply", "queue_id", "attempts"),
    [
        (Delivered("250 ok", "Q1"), State.SENT, None, "250 ok", "Q1", 1),
        (Rejected(BUSY, "550 no"), State.FAILED, BUSY, "550 no", "", 1),
        (TryLater(BUSY, "450 later"), State.DEFERRED, BUSY, "450 later", "", 1),
        (Uncertain(BUSY), State.UNCERTAIN, BUSY, "", "", 1),
        (Held(LOCKED), State.HELD, LOCKED, "", "", 0),
    ],
    ids=lambda value: (
        type(value).__name__ if isinstance(value, Delivered | Rejected | TryLater | Uncertain | Held) else ""
    ),
)
async def test_each_verdict_has_its_state(
    outbox: Outbox,
    verdict: Verdict,
    state: State,
    problem: Problem | None,
    reply: str,
    queue_id: str,
    attempts: int,
    mark: bool,
) -> None:
    await put(outbox)
    await outbox.claim(NOW)
    if mark:
        await outbox.mark_data_end("m1", NOW)
    message = await outbox.settle("m1", verdict, NOW + minutes(1))
    assert (message.state, message.problem, message.reply, message.queue_id) == (state, problem, reply, queue_id)
    assert message.attempts == attempts
    assert message.changed_at == NOW + minutes(1)


def test_the_waits_grow_to_an_hour_and_outlast_greylisting() -> None:
    waits = [back_off(attempts) for attempts in range(1, 9)]
    assert waits == [minutes(count) for count in (1, 5, 15, 30, 60, 60, 60, 60)]
    assert sum(waits, timedelta()) >= timedelta(hours=4)


async def test_a_deferred_message_is_due_after_its_wait_or_when_the_server_said(outbox: Outbox) -> None:
    await put(outbox)
    await outbox.claim(NOW)
    assert (await outbox.settle("m1", TryLater(BUSY), NOW)).due == NOW + minutes(1)
    await outbox.claim(NOW + minutes(1))
    assert (await outbox.settle("m1", TryLater(BUSY), NOW + minutes(1))).due == NOW + minutes(6)
    await outbox.claim(NOW + minutes(6))
    assert (await outbox.settle("m1", TryLater(BUSY, due=NOW + minutes(7)), NOW)).due == NOW + minutes(7)


async def test_after_five_days_of_trying_a_message_has_failed_with_its_last_problem(outbox: Outbox) -> None:
    scheduled = NOW + timedelta(days=30)
    await outbox.put(letter(due=scheduled), [BYTES], NOW)
    await outbox.claim(scheduled)
    assert (await outbox.settle("m1", TryLater(BUSY), scheduled)).state is State.DEFERRED
    last = scheduled + GIVE_UP_AFTER
    await outbox.claim(last)
    message = await outbox.settle("m1", TryLater(BUSY, "450 no"), last)
    assert (message.state, message.problem, message.reply) == (State.FAILED, BUSY, "450 no")
    await outbox.retry("m1", last)
    await outbox.claim(last)
    assert (await outbox.settle("m1", TryLater(BUSY), last)).state is State.DEFERRED


async def test_an_attempt_is_settled_with_its_entry_in_the_journal(outbox: Outbox, database: Database) -> None:
    await put(outbox)
    await outbox.claim(NOW)
    attempt = Attempt("m1", NOW, NOW, GATEWAY.host, 465, "TLSv1.3", (), Ending.DELIVERED, None, "250 ok", "Q1", ())
    await outbox.settle("m1", Delivered("250 ok", "Q1"), NOW, attempt)
    assert await Journal(database).of("m1") == [attempt]
    with pytest.raises(DeliveryError):
        await outbox.settle("m1", Delivered("250 ok", "Q1"), NOW, attempt)
    assert await Journal(database).of("m1") == [attempt]


# After a crash.


async def test_recovery_sends_again_only_what_was_provably_not_accepted(outbox: Outbox) -> None:
    for number in range(3):
        await put(outbox, number)
    await outbox.claim(NOW)
    await outbox.mark_data_end("m0", NOW + minutes(1))
    await outbox.claim(NOW)
    assert await outbox.recover(NOW + minutes(5)) == 2
    states = [(message.id, message.state) for message in await outbox.list()]
    assert states == [("m0", State.UNCERTAIN), ("m1", State.QUEUED), ("m2", State.QUEUED)]
    uncertain = await outbox.get("m0")
    assert uncertain.problem == Problem.of(Reason.CRASH_UNCERTAIN, host=GATEWAY.host)
    assert uncertain.handed_over_at == NOW + minutes(1)
    assert await outbox.recover(NOW) == 0


async def test_one_message_can_be_recovered_alone(outbox: Outbox) -> None:
    for number in range(2):
        await put(outbox, number)
        await outbox.claim(NOW)
    assert await outbox.recover(NOW, "m1") == 1
    assert [message.state for message in await outbox.list()] == [State.ATTEMPTING, State.QUEUED]


@pytest.mark.parametrize("state", [State.ATTEMPTING, State.DATA_END])
async def test_an_attempt_broken_off_before_the_dot_is_given_back(outbox: Outbox, state: State) -> None:
    await in_state(outbox, state)
    message = await outbox.give_back("m1", NOW + minutes(5), NOW)
    assert (message.state, message.due, message.handed_over_at) == (State.QUEUED, NOW + minutes(5), None)


async def test_what_a_person_stopped_before_the_dot_was_handed_to_nobody(outbox: Outbox) -> None:
    await in_state(outbox, State.DATA_END)
    message = await outbox.give_back("m1", None, NOW)
    assert (message.state, message.due, message.handed_over_at) == (State.CANCELLED, None, None)
