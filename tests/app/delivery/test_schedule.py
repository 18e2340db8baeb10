"""Mail for a certain time: on time, too late, and by a clock that was set."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.delivery.outbox import Outbox, State
from app.delivery.schedule import ClockWatch, Scheduled, Schedules
from app.delivery.verdict import Delivered, TryLater
from app.errors import DeliveryError, Problem, Reason
from app.profile import WhenMissed
from app.storage.database import Database
from tests.app.delivery.letters import BYTES, GATEWAY, NOW, letter, minutes, put
from tests.app.delivery.post_office import PostOffice, arrivals, states

pytestmark = pytest.mark.case("L10")

EIGHT = NOW + minutes(60)


@pytest.fixture
def schedules(outbox: Outbox, database: Database) -> Schedules:
    return Schedules(database, outbox.changed_elsewhere)


async def schedule(outbox: Outbox, number: int = 1, due: datetime = EIGHT) -> None:
    await outbox.put(replace(letter(number, due=due), is_scheduled=True), [BYTES], NOW)


def problem(reason: Reason) -> Problem:
    return Problem.of(reason, wanted_at=EIGHT.isoformat())


async def test_what_is_noticed_in_time_goes_and_is_not_told(outbox: Outbox, schedules: Schedules) -> None:
    await schedule(outbox)
    assert await schedules.look(EIGHT - minutes(1), WhenMissed.ASK) == 0
    assert await schedules.look(EIGHT + minutes(14), WhenMissed.ASK) == 0
    # That the attempt comes later, as behind a long queue, makes it no missed one.
    assert await schedules.look(EIGHT + minutes(600), WhenMissed.ASK) == 0
    assert await schedules.missed() == []
    assert (await outbox.get("m1")).state is State.QUEUED


async def test_what_is_missed_goes_and_is_told_until_it_is_noted(
    outbox: Outbox, schedules: Schedules, database: Database
) -> None:
    await schedule(outbox)
    late = EIGHT + timedelta(hours=3)
    assert await schedules.look(late, WhenMissed.SEND) == 1
    claimed = await outbox.claim(late)
    assert claimed is not None
    await outbox.mark_data_end("m1", late)
    sent = await outbox.settle("m1", Delivered("250 ok"), late)
    again = Schedules(database, lambda: None)
    assert await again.missed() == [Scheduled(sent, EIGHT)]
    assert await again.look(late, WhenMissed.SEND) == 0
    await again.told(["m1", "m2"])
    assert await again.missed() == []
    assert await again.wanted("m1") == EIGHT


async def test_who_wants_to_be_asked_has_it_held(outbox: Outbox, schedules: Schedules) -> None:
    await schedule(outbox)
    assert await schedules.look(EIGHT + timedelta(days=2), WhenMissed.ASK) == 1
    held = await outbox.get("m1")
    assert (held.state, held.due, held.problem) == (State.HELD, None, problem(Reason.SCHEDULE_MISSED))
    # A password that works does not let go what waits for a person.
    assert await outbox.claim(EIGHT + timedelta(days=3)) is None


async def test_what_is_left_of_a_damaged_row_is_not_written_over(
    outbox: Outbox, schedules: Schedules, database: Database
) -> None:
    await schedule(outbox)
    await database.write(lambda connection: connection.execute("UPDATE outbox SET envelope_from = 'a@b@c'"))
    late = EIGHT + timedelta(days=2)
    assert await schedules.look(late, WhenMissed.ASK) == 0
    assert await outbox.claim(late) is None
    row = await database.read(lambda connection: connection.execute("SELECT * FROM outbox").fetchone())
    assert (row["sender"], row["envelope_from"], row["state"]) == (str(letter().draft.sender), "a@b@c", "failed")


async def test_what_a_person_sends_before_its_time_cannot_miss_it(outbox: Outbox, schedules: Schedules) -> None:
    await schedule(outbox)
    early = EIGHT - minutes(30)
    await outbox.retry("m1", early)
    assert await schedules.look(EIGHT + timedelta(hours=3), WhenMissed.ASK) == 0
    waiting = await outbox.get("m1")
    assert (waiting.state, waiting.due) == (State.QUEUED, early)


async def test_taking_note_of_others_does_not_keep_a_time_from_being_missed(
    outbox: Outbox, schedules: Schedules
) -> None:
    await schedule(outbox)
    await schedules.told(["m1"])
    assert await schedules.look(EIGHT + timedelta(hours=3), WhenMissed.SEND) == 1


async def test_a_clock_set_back_while_the_program_did_not_run_keeps_nothing_waiting(
    outbox: Outbox, database: Database
) -> None:
    await outbox.put(letter(1, due=NOW + timedelta(seconds=10)), [BYTES], NOW)
    await put(outbox, 2)
    await outbox.claim(NOW)
    await outbox.settle("m2", TryLater(Problem.of(Reason.SERVER_BUSY)), NOW)
    yesterday = NOW - timedelta(days=1)
    await Schedules(database, lambda: None).look(yesterday, WhenMissed.SEND)
    assert [message.due for message in await outbox.list()] == [yesterday] * 2


async def test_a_held_one_can_have_a_new_time_and_may_miss_it_again(outbox: Outbox, schedules: Schedules) -> None:
    await schedule(outbox)
    await schedules.look(EIGHT + timedelta(days=2), WhenMissed.ASK)
    tomorrow = EIGHT + timedelta(days=3)
    moved = await schedules.move("m1", tomorrow, EIGHT + timedelta(days=2))
    assert (moved.state, moved.due, moved.problem) == (State.QUEUED, tomorrow, None)
    assert await schedules.missed() == []
    assert await schedules.look(tomorrow + timedelta(days=1), WhenMissed.ASK) == 1


async def test_what_is_under_way_or_sent_gets_no_other_time(outbox: Outbox, schedules: Schedules) -> None:
    await put(outbox)
    await outbox.claim(NOW)
    with pytest.raises(DeliveryError) as caught:
        await schedules.move("m1", EIGHT, NOW)
    assert caught.value.problem.reason is Reason.OUTBOX_WRONG_STATE
    assert await schedules.wanted("m1") is None


@pytest.mark.parametrize("step", ["sent now", "cancelled"])
async def test_what_a_person_decided_before_its_time_misses_none(
    outbox: Outbox, schedules: Schedules, step: str
) -> None:
    await schedule(outbox)
    if step == "sent now":
        await outbox.retry("m1", NOW)
        assert await outbox.claim(NOW) is not None
    else:
        await outbox.cancel("m1", NOW)
    assert await schedules.look(EIGHT + timedelta(days=1), WhenMissed.ASK) == 0


async def test_undo_is_no_schedule(outbox: Outbox, schedules: Schedules) -> None:
    await outbox.put(letter(due=NOW + timedelta(seconds=30)), [BYTES], NOW)
    assert await schedules.look(NOW + timedelta(days=1), WhenMissed.ASK) == 0
    assert await outbox.claim(NOW + timedelta(days=1)) is not None


async def test_nothing_is_claimed_whose_time_nobody_has_looked_at(outbox: Outbox, schedules: Schedules) -> None:
    await schedule(outbox)
    late = EIGHT + timedelta(hours=9)
    assert await outbox.claim(late) is None
    assert await outbox.claim(late, queue=GATEWAY.queue) is None
    await schedules.look(late, WhenMissed.SEND)
    assert await outbox.claim(late) is not None


# The clock.


async def test_a_time_that_came_only_by_setting_the_clock_is_asked_about_whatever_the_rule(
    outbox: Outbox, schedules: Schedules
) -> None:
    await schedule(outbox)
    set_to = NOW + timedelta(days=30)
    assert await schedules.look(set_to, WhenMissed.SEND, set_to - NOW) == 1
    assert (await outbox.get("m1")).problem == problem(Reason.SCHEDULE_CLOCK_SET)


async def test_what_was_late_before_the_clock_was_set_follows_the_rule(outbox: Outbox, schedules: Schedules) -> None:
    await schedule(outbox)
    assert await schedules.look(EIGHT + timedelta(hours=5), WhenMissed.SEND, minutes(30)) == 1
    assert (await outbox.get("m1")).state is State.QUEUED


async def test_a_clock_set_back_lets_no_attempt_wait_for_it_but_every_schedule(
    outbox: Outbox, schedules: Schedules
) -> None:
    later = NOW + timedelta(days=3)
    await schedule(outbox, 1, due=later + minutes(30))
    await put(outbox, 2)
    await outbox.claim(later, queue=GATEWAY.queue)
    await outbox.settle("m2", TryLater(problem(Reason.SERVER_BUSY)), later)
    await schedules.look(NOW, WhenMissed.SEND, NOW - later)
    assert (await outbox.get("m2")).due == NOW
    assert (await outbox.get("m2")).trying_since == NOW
    assert (await outbox.get("m1")).due == later + minutes(30)


async def test_a_clock_set_back_by_minutes_prolongs_no_undo(outbox: Outbox, schedules: Schedules) -> None:
    await outbox.put(letter(1, due=NOW + timedelta(seconds=30)), [BYTES], NOW)
    await schedules.look(NOW, WhenMissed.SEND)
    assert (await outbox.get("m1")).due == NOW + timedelta(seconds=30)
    back = NOW - minutes(20)
    await schedules.look(back, WhenMissed.SEND, back - NOW)
    assert (await outbox.get("m1")).due == back


def test_the_clock_watch_tells_a_set_clock_from_a_sleep_and_from_one_that_drifts() -> None:
    passed = 0.0
    watch = ClockWatch(lambda: passed)
    assert watch.set_by(NOW) == timedelta()
    passed = 7200.0
    assert watch.set_by(NOW + timedelta(hours=2, minutes=4)) == timedelta()
    passed = 7260.0
    assert watch.set_by(NOW + timedelta(days=3)) == timedelta(days=3) - timedelta(hours=2, minutes=5)
    assert watch.set_by(NOW) == -timedelta(days=3)
    assert watch.set_by(NOW) == timedelta()


async def test_the_postman_looks_before_it_sends(office: PostOffice, schedules: Schedules) -> None:
    rule = WhenMissed.ASK
    postman = office.postman

    async def look() -> None:
        await schedules.look(office.time, rule)

    postman._look_at_time = look
    await schedule(office.outbox, 1)
    await schedule(office.outbox, 2, due=EIGHT + timedelta(hours=4))
    office.time = EIGHT + timedelta(hours=4)
    await postman.run_due()
    await arrivals(office, 1)
    assert await states(office.outbox) == ["held", "sent"]


async def test_a_clock_set_back_keeps_nothing_waiting_that_a_person_sent_before_its_time(
    outbox: Outbox, schedules: Schedules
) -> None:
    await schedule(outbox, due=NOW + minutes(2000))
    await outbox.retry("m1", NOW)
    assert await outbox.claim(NOW) is not None
    await outbox.give_back("m1", NOW, NOW)  # as the end of the program does
    back = NOW - minutes(600)
    await schedules.look(back, WhenMissed.ASK, back - NOW)
    assert (await outbox.get("m1")).due == back
    assert await outbox.claim(back) is not None
