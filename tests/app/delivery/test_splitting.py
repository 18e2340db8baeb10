"""A server takes fewer recipients at a time than the message has: it goes to all of them, in several transactions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.address import Address, Mailbox
from app.delivery.journal import Journal, ending_of
from app.delivery.outbox import Outbox, State
from app.delivery.smtp import Envelope
from app.delivery.verdict import Delivered, Rejected, TryLater, Verdict
from app.errors import Problem, Reason
from app.message.draft import Draft
from app.storage.database import Database
from tests.app.delivery.letters import BYTES, NOW, content, draft, letter
from tests.app.delivery.post_office import PostOffice
from tests.app.delivery.test_journal import ATTEMPT

PEOPLE = tuple(Address.parse(f"person{number}@empfang.example") for number in range(7))


def for_seven() -> Draft:
    to, cc, bcc = ([Mailbox(each) for each in people] for people in (PEOPLE[:2], PEOPLE[2:4], PEOPLE[4:]))
    return replace(draft(), to=tuple(to), cc=tuple(cc), bcc=tuple(bcc))


def too_many(taken: int, count: int) -> Problem:
    return Problem.of(Reason.SERVER_TOO_MANY_RECIPIENTS, host="h", taken=str(taken), count=str(count))


async def claimed(outbox: Outbox) -> None:
    written = for_seven()
    await outbox.put(replace(letter(written=written), recipients=PEOPLE), [BYTES, b"x" * 300_000], NOW)
    assert await outbox.claim(NOW) is not None


@pytest.mark.case("M12")
@pytest.mark.parametrize("kind", [TryLater, Rejected])
async def test_what_a_server_takes_at_a_time_goes_now_and_so_does_the_rest(
    outbox: Outbox, database: Database, kind: type[TryLater | Rejected]
) -> None:
    await claimed(outbox)
    heard: list[str] = []
    outbox.subscribe(heard.append)
    verdict = kind(too_many(3, 7))
    await outbox.settle("m1", verdict, NOW, replace(ATTEMPT, verdict=ending_of(verdict)))
    assert [each.verdict for each in await Journal(database).of("m1")] == [ending_of(verdict)]
    first, rest = await outbox.list()
    assert heard == ["m1", ""]  # the other one is new to everybody
    assert (first.id, first.recipients, rest.recipients) == ("m1", PEOPLE[:3], PEOPLE[3:])
    for each in (first, rest):
        assert (each.state, each.due, each.problem) == (State.QUEUED, NOW, None)
        assert each.message_id == first.message_id
        assert await content(outbox, each.id) == BYTES + b"x" * 300_000
        assert tuple(mailbox.address for mailbox in (await outbox.draft(each.id)).recipients) == each.recipients
    assert (await outbox.draft(rest.id)).id == rest.id


@pytest.mark.case("M12")
async def test_everybody_gets_the_message_once_whatever_the_limit(outbox: Outbox) -> None:
    office = PostOffice(outbox)
    await office.give_passwords()
    got: list[Address] = []

    def take_three(envelope: Envelope, data: bytes) -> Verdict:
        if len(envelope.recipients) > 3:
            return TryLater(too_many(3, len(envelope.recipients)))
        got.extend(envelope.recipients)
        return Delivered("250 ok")

    office.gateway.answer = take_three
    await outbox.put(replace(letter(written=for_seven()), recipients=PEOPLE), [BYTES], NOW)
    await office.postman.run_due()
    assert sorted(map(str, got)) == sorted(map(str, PEOPLE))
    assert {message.state for message in await outbox.list()} == {State.SENT}


@pytest.mark.parametrize("taken", [0, 7, 8])
async def test_a_server_that_says_how_many_and_means_none_is_believed_for_now(outbox: Outbox, taken: int) -> None:
    await claimed(outbox)
    message = await outbox.settle("m1", TryLater(too_many(taken, 7)), NOW)
    assert (message.state, message.recipients) == (State.DEFERRED, PEOPLE)
    assert len(await outbox.list()) == 1


SIZE = len(BYTES) + 300_000


@pytest.mark.parametrize(
    ("taken", "room", "state"),
    [(1, 7 * SIZE - 1, State.DEFERRED), (1, 7 * SIZE, State.QUEUED), (3, 3 * SIZE - 1, State.DEFERRED)],
)
async def test_a_large_message_is_not_copied_for_each_of_many(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch, taken: int, room: int, state: State
) -> None:
    monkeypatch.setattr("app.delivery.splitting._MOST_COPIED", room)
    await claimed(outbox)
    message = await outbox.settle("m1", TryLater(too_many(taken, 7)), NOW)
    assert message.state is state
    assert len(await outbox.list()) == (2 if state is State.QUEUED else 1)
