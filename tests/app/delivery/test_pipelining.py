"""MAIL and all RCPT at once (RFC 2920), where that is offered under TLS; what comes of it is the same as in turns."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from app.address import Address
from app.delivery.replies import REPLY_LIMIT, ReplyError, ReplyReader
from app.delivery.verdict import Delivered, Held, Rejected, TryLater, Verdict
from app.delivery.wire import Wire
from app.errors import Problem, Reason
from tests.app.delivery.test_wire import connected
from tests.servers.exchange import ANNA, BERND, LIMITS, Handing, hand_over, opened, send_to, serving
from tests.servers.peer_script import meaning
from tests.servers.scripted import Answer, Polite, Talk

CARLA = Address.parse("carla@empfang.example")
PEOPLE = (ANNA, BERND, CARLA)
MANY = tuple(Address.parse(f"person{number}@empfang.example") for number in range(250))
OFFER = ("AUTH PLAIN", "SIZE 1000000", "PIPELINING")
OK, NO, LATER = b"250 2.1.5 Ok\r\n", b"550 5.1.1 not here\r\n", b"450 4.2.1 busy\r\n"


@dataclass
class Watching(Polite):
    """A server that notes how many lines had come with each command when it began to answer."""

    together: dict[str, list[int]] = field(default_factory=dict)

    async def _answer(self, talk: Talk, verb: str) -> None:
        await asyncio.sleep(0.005)  # what was sent along with the command has arrived by now
        waiting = bytes(talk.reader._buffer)  # type: ignore[attr-defined]  # asyncio shows it nowhere else
        self.together.setdefault(verb, []).append(waiting.count(b"\r\n"))
        await super()._answer(talk, verb)


async def test_sender_and_recipients_go_together_and_data_waits(implicit: bool) -> None:
    script = Watching(ehlo=OFFER)
    verdict, running = await send_to(script, recipients=PEOPLE, implicit=implicit)
    assert isinstance(verdict, Delivered)
    assert running.verbs(signed_in=True) == ["MAIL", "RCPT", "RCPT", "RCPT", "DATA", "QUIT"]
    assert (script.together["MAIL"], script.together["RCPT"]) == ([3], [2, 1, 0])
    assert all(script.together[verb] == [0] for verb in ("AUTH", "DATA", ".", "QUIT"))


async def test_what_was_offered_in_the_clear_only_does_not_count() -> None:
    script = Watching(clear=("STARTTLS", "PIPELINING"), ehlo=("AUTH PLAIN",))
    verdict, _ = await send_to(script, recipients=PEOPLE)
    assert isinstance(verdict, Delivered)
    assert (script.together["MAIL"], script.together["RCPT"]) == ([0], [0, 0, 0])


async def test_the_route_is_asked_before_anything_of_the_message_is_said() -> None:
    handing = Handing(hold=Problem.of(Reason.ROUTE_CHANGED, address=str(ANNA)))
    verdict, running = await send_to(Polite(ehlo=OFFER), recipients=PEOPLE, handing=handing)
    assert isinstance(verdict, Held)
    assert (running.verbs(signed_in=True), handing.events) == (["QUIT"], ["before mail"])


async def test_hundreds_of_recipients_go_a_hundred_commands_at_a_time() -> None:
    script = Polite({"RCPT": b"250-2.1.5 " + b"x" * 400 + b"\r\n250 2.1.5 Ok\r\n"}, ehlo=OFFER)
    verdict, running = await send_to(script, recipients=MANY)
    assert isinstance(verdict, Delivered)  # whose replies are more than one of them may be long
    assert running.verbs(signed_in=True).count("RCPT") == len(MANY)


async def test_no_more_recipients_are_named_once_the_server_closes() -> None:
    script = Polite({"RCPT": (*[OK] * 5, b"421 4.7.0 too many\r\n")}, ehlo=OFFER)
    verdict, running = await send_to(script, recipients=MANY)
    assert meaning(verdict) == (TryLater, Reason.SERVER_BUSY)
    assert running.verbs(signed_in=True).count("RCPT") <= 99


async def _cut(talk: Talk) -> None:
    talk.reset()


async def _silence(_talk: Talk) -> None:
    await asyncio.sleep(5)


Answers = Mapping[str, Answer | Sequence[Answer]]


@pytest.mark.case("M11", "M12", "M13")
@pytest.mark.parametrize(
    "answers",
    [
        pytest.param({"RCPT": (OK, NO, OK)}, id="one refused"),
        pytest.param({"RCPT": NO}, id="all refused"),
        pytest.param({"RCPT": (LATER, NO, OK)}, id="one for now and one for good"),
        pytest.param({"RCPT": (OK, LATER)}, id="some for now"),
        pytest.param({"RCPT": (OK, b"452 4.5.3 too many\r\n")}, id="too many"),
        pytest.param({"RCPT": (OK, b"550 5.5.3 too many\r\n")}, id="too many for good"),
        pytest.param({"RCPT": (OK, b"421 4.3.2 closing\r\n")}, id="closing at one"),
        pytest.param({"RCPT": (NO, b"421 4.3.2 closing\r\n")}, id="closing after a refusal"),
        pytest.param({"RCPT": (OK, b"354 what?\r\n")}, id="an odd reply"),
        pytest.param({"RCPT": (NO, b"220 hello\r\n")}, id="an odd reply after a refusal"),
        pytest.param({"RCPT": (OK, b"250-Ok\r\n550 no\r\n")}, id="two codes"),
        pytest.param({"RCPT": (OK, b"Ok\r\n")}, id="no reply at all"),
        pytest.param({"RCPT": (OK, OK, OK + OK)}, id="a reply too many"),
        pytest.param({"RCPT": (NO, _cut)}, id="cut after a refusal"),
        pytest.param({"RCPT": (OK, _silence)}, id="silence"),
        pytest.param({"MAIL": b"550 5.7.1 sender address rejected\r\n", "RCPT": b"503 5.5.1 no\r\n"}, id="sender"),
        pytest.param({"MAIL": b"451 4.3.0 later\r\n", "RCPT": b"503 5.5.1 no\r\n"}, id="sender for now"),
        pytest.param({"MAIL": b"552 5.3.4 too large\r\n", "RCPT": OK}, id="size"),
        pytest.param({"MAIL": b"421 4.3.2 closing\r\n"}, id="closing at the sender"),
        pytest.param({"MAIL": b"530 5.7.0 STARTTLS first\r\n", "RCPT": b"530 5.7.0 too\r\n"}, id="security"),
        pytest.param({"MAIL": b"550 5.7.1 no\r\n", "RCPT": (b"503 no\r\n", _cut)}, id="sender, then cut"),
        pytest.param({"MAIL": b"550 5.7.1 no\r\n", "RCPT": (b"503 no\r\n", _silence)}, id="sender, then silence"),
        pytest.param({"MAIL": _cut}, id="cut at the sender"),
        pytest.param({"DATA": b"554 5.6.0 no\r\n"}, id="data refused"),
        pytest.param({"DATA": OK}, id="data answered as a recipient"),
        pytest.param({".": b"451 4.3.0 later\r\n"}, id="message for now"),
    ],
)
async def test_every_verdict_is_that_of_commands_in_turns(answers: Answers) -> None:
    told = []
    for offer in (OFFER, OFFER[:-1]):
        limits = replace(LIMITS, reply=0.3)
        verdict, running = await send_to(Polite(answers, ehlo=offer), recipients=PEOPLE, limits=limits)
        told.append((_facts(verdict), running.messages))
    assert told[0] == told[1]


def _facts(verdict: Verdict) -> dict[str, str]:
    facts = {} if isinstance(verdict, Delivered) else dict(verdict.problem.facts)
    facts.pop("port", None)
    reply = verdict.reply if isinstance(verdict, Delivered | Rejected | TryLater) else ""
    kind, reason = meaning(verdict)
    return {**facts, "said": reply, "kind": kind.__name__, "reason": str(reason)}


@pytest.mark.parametrize(
    "answers",
    [
        {"MAIL": (b"550 5.7.1 no\r\n", OK), "RCPT": (*[b"503 5.5.1 no\r\n"] * 3, OK)},
        {"MAIL": (b"451 4.7.1 later\r\n", OK)},  # the recipients were taken, for a message that nobody sends
        {"RCPT": (OK, NO, OK)},
        {"RCPT": (OK, b"252 2.0.0 hm\r\n", b"354 what?\r\n", OK)},
    ],
)
async def test_the_next_message_goes_over_the_same_connection(answers: Answers) -> None:
    async with serving(Polite(answers, ehlo=OFFER)) as running:
        session = await opened(running)
        assert not isinstance(await hand_over(session, recipients=PEOPLE), Delivered)
        assert session.is_usable
        assert isinstance(await hand_over(session), Delivered)
        await session.quit()
    assert (running.connections, len(running.messages)) == (1, 1)


async def test_the_journal_tells_the_words_in_the_order_on_the_wire() -> None:
    async with serving(Polite({"RCPT": (OK, NO)}, ehlo=OFFER)) as running:
        session = await opened(running)
        session.take_dialogue()
        await hand_over(session, recipients=(ANNA, BERND))
        said = [(line.direction, line.text.partition(" ")[0]) for line in session.dialogue]
        await session.quit()
    ours, theirs = [("C", "MAIL"), ("C", "RCPT"), ("C", "RCPT")], [("S", "250"), ("S", "250"), ("S", "550")]
    assert said == [*ours, *theirs, ("C", "RSET"), ("S", "250")]


async def test_who_is_broken_off_amid_the_replies_leaves_no_connection() -> None:
    async with serving(Polite({"RCPT": (OK, _silence)}, ehlo=OFFER)) as running:
        session = await opened(running, limits=LIMITS)
        handing = asyncio.create_task(hand_over(session, recipients=PEOPLE))
        await running.until("RCPT")
        await asyncio.sleep(0.01)
        handing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await handing
        assert not session.is_usable
    assert running.messages == []


async def test_nothing_else_is_said_while_replies_are_owed() -> None:
    async with connected(b"250 one\r\n", b"250 two\r\n") as wire:
        wire.send_together([b"MAIL FROM:<>", b"RCPT TO:<a@empfang.example>"])
        assert not wire.is_quiet
        with pytest.raises(ReplyError):
            wire.send_together([b"DATA"])
        with pytest.raises(ReplyError):
            await wire.execute_command(b"DATA")
        assert [(await wire.read_response(timeout=5)).message for _ in range(2)] == ["one", "two"]
        assert wire.is_quiet


@pytest.mark.parametrize("control", [b"\r\n", b"\n", b"\0", b"\x1b", b"\x7f"])
async def test_no_control_character_gets_into_a_command(control: bytes) -> None:
    wire = Wire()
    with pytest.raises(ValueError, match="control"):
        wire.send_together([b"MAIL FROM:<>", b"RCPT TO:<a" + control + b"b@empfang.example>"])


def test_each_reply_has_its_own_limit_however_many_are_owed() -> None:
    reader = ReplyReader()
    reader.owed = 3
    longest = b"250 " + b"x" * (REPLY_LIMIT - 6) + b"\r\n"
    reader.feed(longest + longest)
    assert [reader.take() is not None for _ in range(3)] == [True, True, False]
    assert reader.owed == 1
    reader.feed(b"250 " + b"x" * REPLY_LIMIT + b"\r\n")
    assert reader.is_overflowing
    with pytest.raises(ReplyError):
        reader.take()


@pytest.mark.parametrize("end", [b"", b"\r\n"])
def test_one_reply_may_not_take_the_room_of_the_others(end: bytes) -> None:
    reader = ReplyReader()
    reader.owed = 3
    reader.feed(b"250 " + b"x" * REPLY_LIMIT + end)
    assert not reader.is_overflowing
    with pytest.raises(ReplyError, match="too long"):
        reader.take()
