"""The journal gives back what was written, oldest first."""

from dataclasses import replace
from functools import partial

import pytest

from app.delivery.dialogue import DialogueLine
from app.delivery.journal import Attempt, Ending, Journal, ending_of, write_attempt
from app.delivery.verdict import Delivered, Held, Rejected, TryLater, Uncertain, Verdict
from app.errors import Problem, Reason
from app.routing import Rule, Step
from app.storage.database import Database
from tests.app.delivery.letters import NOW, minutes

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
