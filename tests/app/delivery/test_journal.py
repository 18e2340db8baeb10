"""The journal gives back what was written, oldest first."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from app.delivery.dialogue import DialogueLine
from app.delivery.journal import _FORGET, Attempt, Ending, Journal, ending_of, write_attempt
from app.delivery.outbox import Outbox
from app.delivery.verdict import Delivered, Held, Rejected, TryLater, Uncertain, Verdict
from app.errors import Problem, Reason
from app.routing import Rule, Step
from app.services import open_services
from app.storage.database import Database
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from tests.app.delivery.letters import NOW, minutes, put

PROBLEM = Problem.of(Reason.SERVER_BUSY, host="smtp.partner.example", reply="450 später")
ATTEMPT = Attempt(
    message_id="m1",
    started_at=NOW,
    ended_at=NOW + minutes(1),
    host="smtp.partner.example",
    port=587,
    tls_version="TLSv1.3",
    steps=(Step(Rule.IN_PROFILE, held=True, detail="x"), Step(Rule.NO_GATEWAY, held=False, detail="ü")),
    verdict=Ending.TRY_LATER,
    problem=PROBLEM,
    reply="450 später",
    queue_id="",
    dialogue=(DialogueLine("*", "connected"), DialogueLine("C", "EHLO x"), DialogueLine("S", "250 ok")),
)


async def test_attempts_come_back_as_written_oldest_first(database: Database) -> None:
    journal = Journal(database)
    second = replace(
        ATTEMPT, verdict=Ending.DELIVERED, problem=None, reply="250 ok", queue_id="Q1", dialogue=(), steps=()
    )
    for attempt in (ATTEMPT, second, replace(ATTEMPT, message_id="m2")):
        await database.write(partial(write_attempt, attempt=attempt))
    assert await journal.of("m1") == [ATTEMPT, second]
    assert await journal.of("m3") == []


async def test_attempts_at_a_message_that_is_gone_are_kept_for_ninety_days(outbox: Outbox, database: Database) -> None:
    journal = Journal(database)
    late, in_time = NOW - timedelta(days=90, seconds=1), NOW - timedelta(days=90)
    await put(outbox)
    for message_id in ("m1", "gone"):
        for ended_at in (late, in_time):
            attempt = replace(ATTEMPT, message_id=message_id, started_at=late, ended_at=ended_at)
            await database.write(partial(write_attempt, attempt=attempt))
    assert await journal.forget(NOW) == 1
    assert [each.ended_at for each in await journal.of("m1")] == [late, in_time]
    assert [each.ended_at for each in await journal.of("gone")] == [in_time]
    assert await journal.forget(NOW + timedelta(seconds=1)) == 1
    assert await journal.of("gone") == []


async def test_messages_that_are_there_cost_no_look_at_what_was_said(database: Database) -> None:
    sql = "EXPLAIN QUERY PLAN " + _FORGET
    plan = [row["detail"] for row in await database.read(lambda c: c.execute(sql, (0,)).fetchall())]
    assert "SCAN attempt USING COVERING INDEX attempt_message" in plan


async def test_what_is_not_needed_any_more_goes_when_the_program_tidies_up(tmp_path: Path) -> None:
    async with open_services(DataFolder(tmp_path / "home"), keychain=MemoryKeychain()) as services:
        long_ago = services.now() - timedelta(days=91)
        attempt = replace(ATTEMPT, started_at=long_ago, ended_at=long_ago)
        await services.database.write(partial(write_attempt, attempt=attempt))
        await services.tidy_up()
        assert await services.journal.of("m1") == []


@pytest.mark.parametrize(
    ("verdict", "word"),
    [
        (Delivered("250"), Ending.DELIVERED),
        (Rejected(PROBLEM), Ending.REJECTED),
        (TryLater(PROBLEM), Ending.TRY_LATER),
        (Uncertain(PROBLEM), Ending.UNCERTAIN),
        (Held(PROBLEM), Ending.HELD),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_verdict_has_its_word(verdict: Verdict, word: Ending) -> None:
    assert ending_of(verdict) is word
