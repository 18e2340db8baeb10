"""A look at what is due counts for those who ask right after it, and for nobody once anything may be different."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from app.delivery.due import Due, DueLook, read_due
from app.delivery.outbox import Outbox
from app.delivery.schedule import Schedules
from app.delivery.verdict import Delivered
from app.profile import WhenMissed
from app.storage.database import Database
from app.storage.folder import DataFolder
from tests.app.delivery.letters import BYTES, GATEWAY, NOW, ORGANISATION, letter, minutes, put
from tests.app.delivery.test_queue_rules import attempt_at

LATER = NOW + minutes(5)


class Reads:
    """Counts what is read in a database's thread."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self._read = database.read
        monkeypatch.setattr(database, "read", self._counted)

    async def _counted(self, work: object) -> object:
        self.count += 1
        return await self._read(work)  # type: ignore[arg-type]  # as it was given


@pytest.fixture
def reads(database: Database, monkeypatch: pytest.MonkeyPatch) -> Reads:
    return Reads(database, monkeypatch)


async def test_what_is_due_is_told_with_when_that_changes(outbox: Outbox, database: Database) -> None:
    assert await database.read(partial(read_due, now=NOW)) == Due(NOW, (), False, None)
    await put(outbox, 1, GATEWAY, now=NOW + minutes(2))
    await put(outbox, 2, ORGANISATION)
    await outbox.put(letter(3, due=LATER), [BYTES], NOW)
    due = await database.read(partial(read_due, now=NOW))
    assert due == Due(NOW, (ORGANISATION.queue,), False, NOW + minutes(2))
    due = await database.read(partial(read_due, now=NOW + minutes(2)))
    assert due.queues == (ORGANISATION.queue, GATEWAY.queue)
    assert due.until == LATER


async def test_a_schedule_whose_time_has_come_is_told(outbox: Outbox, database: Database) -> None:
    await put(outbox, 1)
    await outbox.put(replace(letter(2, due=LATER), is_scheduled=True), [BYTES], NOW)
    due = await database.read(partial(read_due, now=NOW))
    assert (due.is_scheduled, due.until) == (False, LATER)
    assert (await database.read(partial(read_due, now=LATER))).is_scheduled


async def test_who_looks_twice_in_a_row_waits_once(outbox: Outbox, database: Database, reads: Reads) -> None:
    await put(outbox)
    schedules = Schedules(database, outbox.changed_elsewhere, outbox.due_look)
    await schedules.look(NOW, WhenMissed.SEND)  # the first one of a program writes
    reads.count = 0
    assert await schedules.look(NOW, WhenMissed.SEND) == 0
    assert len(await outbox.due_queues(NOW + timedelta(milliseconds=3))) == 1
    assert reads.count <= 1


async def test_who_settles_the_last_message_knows_what_is_due(outbox: Outbox, reads: Reads) -> None:
    await put(outbox, 1, GATEWAY)
    await put(outbox, 2, ORGANISATION)
    assert await outbox.claim(NOW, queue=GATEWAY.queue) is not None
    assert await outbox.settle_and_claim("m1", Delivered("250 ok"), NOW, attempt_at("m1")) is None
    assert await outbox.due_queues(NOW) == [ORGANISATION.queue]
    assert reads.count == 0


async def test_a_look_counts_for_no_other_time(outbox: Outbox, reads: Reads) -> None:
    await put(outbox, now=LATER)
    assert await outbox.due_queues(NOW) == []
    assert await outbox.due_queues(LATER - timedelta(microseconds=1)) == []
    assert reads.count == 1
    assert len(await outbox.due_queues(LATER)) == 1
    assert await outbox.due_queues(NOW) == []  # a clock that was set back
    assert reads.count == 3


async def test_nothing_that_was_written_is_overlooked(outbox: Outbox, database: Database) -> None:
    assert await outbox.due_queues(NOW) == []
    await put(outbox, 1)
    assert len(await outbox.due_queues(NOW)) == 1
    await database.write(lambda connection: connection.execute("DELETE FROM outbox"))
    assert await outbox.due_queues(NOW) == []


async def test_what_another_program_wrote_is_seen_when_it_says_so_or_soon(
    database: Database, folder: DataFolder
) -> None:
    time = 0.0
    look = DueLook(database, lambda: time)
    assert (await look.at(NOW)).queues == ()
    other = await Database.open(folder.database)
    await put(Outbox(other), 1, GATEWAY)
    time = 0.021
    assert (await look.at(NOW)).queues == (GATEWAY.queue,)
    await put(Outbox(other), 2, ORGANISATION)
    look.forget()
    assert len((await look.at(NOW)).queues) == 2
    await other.close()


async def test_a_look_from_before_a_write_does_not_count(outbox: Outbox, database: Database) -> None:
    look, writes = DueLook(database), database.writes
    due = await look.at(NOW)
    await put(outbox)
    look.take(due, writes)  # as when the write overtakes its reader
    assert len((await look.at(NOW)).queues) == 1
