"""Servers that flood, dawdle, talk out of turn or hang up: the verdict stays right, and nothing hangs."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.address import Address
from app.delivery.dialogue import Limits
from app.delivery.replies import ReplyError
from app.delivery.smtp import SessionError
from app.delivery.verdict import Delivered, Rejected, TryLater, Uncertain, Verdict
from app.delivery.wire import Wire
from app.errors import Problem, Reason
from tests.servers.exchange import (
    MESSAGE,
    SENDER,
    Handing,
    authority,
    hand_over,
    opened,
    opening_fails,
    send_to,
    serving,
)
from tests.servers.scripted import Answer, Polite, Script, Talk, trickle


def _reason(verdict: Verdict) -> Reason:
    assert not isinstance(verdict, Delivered)
    return verdict.problem.reason


async def _hang_up(talk: Talk) -> None:
    talk.hang_up()


async def _reset(talk: Talk) -> None:
    talk.reset()


async def _be_silent(talk: Talk) -> None:
    await talk.reader.read()


def _at_the_end(answer: Answer) -> Polite:
    return Polite({".": answer})


@pytest.mark.case("M1")
@pytest.mark.parametrize("verb", ["greeting", "EHLO TLS", "AUTH"])
async def test_m1_an_endless_greeting_or_capability_list_is_cut(implicit: bool, verb: str) -> None:
    async def flood(talk: Talk) -> None:
        while True:
            await talk.say(b"250-X" + b"x" * 1000 + b"\r\n")

    script = Polite(greeting=flood) if verb == "greeting" else Polite({verb: flood})
    failed, _ = await opening_fails(script, implicit=implicit)
    assert failed.problem.reason is Reason.SERVER_PROTOCOL


@pytest.mark.case("M1")
async def test_m1_a_flood_while_nobody_listens_ends_the_connection(implicit: bool) -> None:
    flooding: Answer = b"250 2.0.0 Ok\r\n" + b"250 2.0.0 Ok\r\n" * 10_000
    async with serving(Polite({"RSET": flooding}), implicit=implicit) as running:
        session = await opened(running)
        with pytest.raises(SessionError):
            await session.test_sender(SENDER)
        assert not session.is_usable


@pytest.mark.case("M2")
async def test_m2_the_limit_of_a_reply_holds_however_slowly_it_comes(implicit: bool) -> None:
    failed, _ = await opening_fails(Polite(greeting=trickle(b"220 " + b"x" * 500, 0.05)), implicit=implicit)
    assert failed.problem.reason is Reason.SERVER_TIMEOUT
    assert failed.problem.fact("stage") == "greeting"


@pytest.mark.case("M2")
async def test_m2_a_server_that_dawdles_at_each_recipient_meets_the_limit_of_the_envelope(implicit: bool) -> None:
    async def dawdle(talk: Talk) -> None:
        await asyncio.sleep(0.1)
        await talk.say(b"250 Ok\r\n")

    recipients = [Address.parse(f"r{number}@empfang.example") for number in range(100)]
    limits = Limits(reply=5, envelope=0.35, recipient=0.0005, quit=0.1)
    verdict, running = await send_to(Polite({"RCPT": dawdle}), recipients=recipients, limits=limits, implicit=implicit)
    assert _reason(verdict) is Reason.SERVER_TIMEOUT
    assert isinstance(verdict, TryLater)
    assert running.verbs().count("RCPT") < 10


@pytest.mark.case("M10")
@pytest.mark.parametrize("reply", [b"451 4.3.0 no\r\n", b"550 5.7.1 no\r\n", b"250 2.0.0 Ok\r\n"])
async def test_m10_after_an_early_answer_the_connection_carries_nothing_more(implicit: bool, reply: bytes) -> None:
    async def interrupt(talk: Talk) -> None:
        await talk.say(b"354 go on\r\n")
        await talk.reader.readline()
        await talk.say(reply)
        await talk.reader.read()

    async def chunks() -> AsyncIterator[bytes]:
        yield MESSAGE
        while session.is_usable:  # noqa: ASYNC110 - the answer has no event
            await asyncio.sleep(0.01)
        yield MESSAGE

    async with serving(Polite({"DATA": interrupt}), implicit=implicit) as running:
        session = await opened(running)
        assert isinstance(await hand_over(session, chunks()), TryLater)
        assert not session.is_usable


@pytest.mark.case("M2")
async def test_m2_many_recipients_may_take_their_time(implicit: bool) -> None:
    recipients = [Address.parse(f"r{number}@empfang.example") for number in range(20)]
    limits = Limits(reply=5, envelope=0.1, recipient=1.0, quit=0.1)
    script = Polite({"RCPT": trickle(b"250 Ok\r\n", 0.002)})
    verdict, _ = await send_to(script, recipients=recipients, limits=limits, implicit=implicit)
    assert isinstance(verdict, Delivered)


@pytest.mark.case("M2")
async def test_m2_cancelling_while_a_reply_is_awaited_ends_the_session(implicit: bool) -> None:
    async with serving(Polite({"RCPT": _be_silent}), implicit=implicit) as running:
        session = await opened(running)
        sending = asyncio.create_task(hand_over(session))
        await running.until("RCPT")
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert not session.is_usable


@pytest.mark.case("M3")
async def test_m3_the_servers_words_are_made_fit_for_showing(implicit: bool) -> None:
    nasty = "550 5.7.1 \x1b[31mA\0B\u202eC".encode() + b"\xff" + b"x" * 8000 + b"\r\n"
    verdict, _ = await send_to(Polite({"MAIL": nasty}), implicit=implicit)
    assert isinstance(verdict, Rejected)
    assert verdict.reply.startswith("550 5.7.1 [31mA B C\ufffdxxx")
    assert len(verdict.reply) <= 500


@pytest.mark.case("M4")
@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
async def test_m4_two_replies_to_one_command_shift_no_verdict(implicit: bool, verb: str) -> None:
    verdict, running = await send_to(Polite({verb: b"250 Ok\r\n250 Ok\r\n"}), implicit=implicit)
    assert isinstance(verdict, TryLater)
    assert _reason(verdict) is Reason.SERVER_PROTOCOL
    assert running.messages == []


@pytest.mark.case("M4")
async def test_m4_a_line_nobody_asked_for_ends_the_session(implicit: bool) -> None:
    async with serving(implicit=implicit) as running:
        session = await opened(running)
        assert isinstance(await hand_over(session), Delivered)
        session._channel.wire.data_received(b"250 Ok\r\n")
        assert not session.is_usable
        said = running.verbs()
        verdict = await hand_over(session)
        assert _reason(verdict) is Reason.SERVER_PROTOCOL
        await running.until_quiet()
        # A command would be taken for answered by that line, and each answer for that of the command after.
        assert running.verbs() == said
        assert len(running.messages) == 1


@pytest.mark.case("M4")
async def test_m4_an_answer_given_before_the_message_ended_is_not_its_verdict(implicit: bool) -> None:
    async def answer_twice(talk: Talk) -> None:
        await talk.say(b"354 go on\r\n250 2.0.0 queued\r\n")
        await talk.hear_message()
        await talk.say(b"550 5.7.1 no\r\n")

    verdict, running = await send_to(Polite({"DATA": answer_twice}), implicit=implicit)
    assert isinstance(verdict, TryLater)
    assert running.messages == []


@pytest.mark.case("M4")
async def test_m4_nor_is_one_that_comes_while_the_message_is_written(implicit: bool) -> None:
    async def answer_early(talk: Talk) -> None:
        await talk.say(b"354 go on\r\n")
        await talk.reader.readline()
        await talk.say(b"250 2.0.0 queued\r\n")
        await talk.hear_message()

    async def lines() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"Text\r\n"
            await asyncio.sleep(0.01)

    handing = Handing()
    verdict, running = await send_to(Polite({"DATA": answer_early}), lines(), handing=handing, implicit=implicit)
    assert isinstance(verdict, TryLater)
    assert _reason(verdict) is Reason.SERVER_PROTOCOL
    assert running.messages == []
    assert handing.events == ["before mail"]


ONE_REPLY = [b"221 bye\r\n", b"354 more\r\n", b"220 hi\r\n"]
MALFORMED = [b"250ok\r\n", b"299 ok\r\n", b"25 ok\r\n", b"250 ok\n", b"550-no\r\n250 ok\r\n", b"250 a\rb\r\n", b"x\r\n"]


@pytest.mark.case("M5")
@pytest.mark.parametrize("reply", MALFORMED)
async def test_m5_a_malformed_reply_before_the_end_means_later(implicit: bool, reply: bytes) -> None:
    verdict, _ = await send_to(Polite({"RCPT": reply}), implicit=implicit)
    assert isinstance(verdict, TryLater)
    assert _reason(verdict) is Reason.SERVER_PROTOCOL


@pytest.mark.case("M5")
@pytest.mark.parametrize("reply", [*MALFORMED, b"250 Ok\r\n550 no\r\n", *ONE_REPLY])
async def test_m5_a_senseless_reply_to_the_end_leaves_it_uncertain(implicit: bool, reply: bytes) -> None:
    verdict, running = await send_to(_at_the_end(reply), implicit=implicit)
    assert isinstance(verdict, Uncertain)
    assert _reason(verdict) is Reason.SERVER_UNCERTAIN
    assert len(running.messages) == 1
    is_one = reply in ONE_REPLY
    assert verdict.problem.fact("reply") == (reply.decode().strip() if is_one else "")


@pytest.mark.case("M6")
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "."])
async def test_m6_a_server_that_closes_with_421_is_asked_again_later(implicit: bool, verb: str) -> None:
    verdict, running = await send_to(Polite({verb: b"421 4.3.2 shutting down\r\n"}), implicit=implicit)
    assert isinstance(verdict, TryLater)
    assert verdict.reply == "421 4.3.2 shutting down"
    assert _reason(verdict) is Reason.SERVER_BUSY
    assert "QUIT" not in running.verbs()


@pytest.mark.case("M6")
@pytest.mark.parametrize("verb", ["greeting", "EHLO TLS", "AUTH"])
async def test_m6_a_server_that_closes_with_421_while_opening_is_asked_again_later(verb: str, implicit: bool) -> None:
    busy = b"421 4.3.2 shutting down\r\n"
    failed, running = await opening_fails(
        Polite(greeting=busy) if verb == "greeting" else Polite({verb: busy}), implicit=implicit
    )
    assert failed.problem.reason is Reason.SERVER_BUSY
    assert isinstance(failed.as_verdict(), TryLater)
    assert "QUIT" not in running.verbs()


@pytest.mark.case("M6")
async def test_m6_a_421_pushed_between_messages_makes_the_connection_useless(implicit: bool) -> None:
    async with serving(implicit=implicit) as running:
        session = await opened(running)
        await hand_over(session)
        session._channel.wire.data_received(b"421 4.4.2 idle\r\n")
        assert not session.is_usable
        assert isinstance(await hand_over(session), TryLater)


@pytest.mark.case("M7")
@pytest.mark.parametrize("cut", [_hang_up, _reset])
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
async def test_m7_a_connection_cut_before_the_end_means_later(implicit: bool, verb: str, cut: Answer) -> None:
    verdict, _ = await send_to(Polite({verb: cut}), implicit=implicit)
    assert isinstance(verdict, TryLater)
    assert _reason(verdict) is Reason.SERVER_CONNECTION_LOST


@pytest.mark.case("M7")
@pytest.mark.parametrize("cut", [_hang_up, _reset])
@pytest.mark.parametrize("verb", ["EHLO", "STARTTLS", "EHLO TLS", "AUTH"])
async def test_m7_a_connection_cut_while_opening_means_later(verb: str, cut: Answer) -> None:
    failed, _ = await opening_fails(Polite({verb: cut}))
    assert isinstance(failed.as_verdict(), TryLater)


@pytest.mark.case("M7")
@pytest.mark.parametrize("cut", [_hang_up, _reset])
@pytest.mark.parametrize("verb", ["greeting", "EHLO TLS", "AUTH"])
async def test_m7_nor_is_one_under_implicit_tls_anything_else(verb: str, cut: Answer) -> None:
    script = Polite(greeting=cut) if verb == "greeting" else Polite({verb: cut})
    failed, _ = await opening_fails(script, implicit=True)
    assert isinstance(failed.as_verdict(), TryLater)


@pytest.mark.case("M8")
@pytest.mark.parametrize("cut", [_hang_up, _reset, _be_silent])
async def test_m8_no_reply_to_the_end_leaves_it_uncertain(implicit: bool, cut: Answer) -> None:
    handing = Handing()
    verdict, running = await send_to(_at_the_end(cut), handing=handing, implicit=implicit)
    assert verdict == Uncertain(Problem.of(Reason.SERVER_UNCERTAIN, host="localhost"))
    assert len(running.messages) == 1
    assert handing.events[-1] == "data end"


@pytest.mark.case("M9")
@pytest.mark.parametrize("cut", [_hang_up, _reset])
async def test_m9_a_connection_cut_right_after_the_250_was_delivered(cut: Script, implicit: bool) -> None:
    async def accept_and_cut(talk: Talk) -> None:
        await talk.say(b"250 2.0.0 Ok: queued as 7\r\n")
        await cut(talk)

    verdict, _ = await send_to(_at_the_end(accept_and_cut), implicit=implicit)
    assert verdict == Delivered("250 2.0.0 Ok: queued as 7", "7")


@pytest.mark.case("M10")
@pytest.mark.parametrize(
    ("early", "reason"),
    [
        (b"550 5.7.1 spam\r\n", Reason.SERVER_MESSAGE_REJECTED),
        (b"452 4.3.1 full\r\n", Reason.SERVER_BUSY),
        (b"", Reason.SERVER_CONNECTION_LOST),
    ],
)
async def test_m10_a_refusal_in_the_middle_of_the_message_is_tried_again(
    implicit: bool, early: bytes, reason: Reason
) -> None:
    async def refuse(talk: Talk) -> None:
        await talk.say(b"354 go on\r\n")
        await talk.reader.read(1000)
        await talk.say(early)
        await asyncio.sleep(0.2)
        talk.hang_up()

    async def slow() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 70 + b"\r\n"
            await asyncio.sleep(0.01)

    verdict, running = await send_to(Polite({"DATA": refuse}), slow(), implicit=implicit)
    assert isinstance(verdict, TryLater)
    assert verdict.problem.reason is reason
    assert running.messages == []


@pytest.mark.case("M10")
@pytest.mark.parametrize("cut", [_hang_up, _reset])
async def test_m10_a_refusal_that_the_end_of_the_connection_swallows_is_tried_again_too(
    cut: Script, implicit: bool
) -> None:
    async def refuse(talk: Talk) -> None:
        await talk.say(b"354 go on\r\n")
        await talk.reader.read(100_000)
        await talk.say(b"550 5.7.1 spam\r\n")
        await cut(talk)

    handing = Handing()
    large = [(b"x" * 78 + b"\r\n") * 2000] * 100  # 16 MB: still being written when the answer comes
    verdict, running = await send_to(Polite({"DATA": refuse}), large, handing=handing, implicit=implicit)
    assert isinstance(verdict, TryLater)
    assert verdict.problem.reason in {Reason.SERVER_MESSAGE_REJECTED, Reason.SERVER_CONNECTION_LOST}
    assert running.messages == []
    assert handing.events == ["before mail"]


@pytest.mark.parametrize(
    ("last_word", "reason"),
    [
        (b"", Reason.SERVER_CONNECTION_LOST),
        (b"250 2.0.0 queued\r\n", Reason.SERVER_PROTOCOL),
        (b"nonsense\r\n", Reason.SERVER_PROTOCOL),
        (b"451 4.3.0 later\r\n", Reason.SERVER_BUSY),
    ],
)
async def test_a_server_that_goes_while_the_end_is_noted_never_gets_the_end(
    implicit: bool, last_word: bytes, reason: Reason
) -> None:
    gone = asyncio.Event()

    async def go(talk: Talk) -> None:
        await talk.say(b"354 go on\r\n")
        await talk.reader.readuntil(b"Guten Tag\r\n")
        gone.set()
        await talk.say(last_word)
        talk.hang_up()
        await talk.reader.read()

    class Waiting(Handing):
        async def on_data_end(self) -> None:
            await gone.wait()
            await asyncio.sleep(0.1)

    verdict, _ = await send_to(Polite({"DATA": go}), handing=Waiting(), implicit=implicit)
    assert isinstance(verdict, TryLater)
    assert verdict.problem.reason is reason


async def test_clear_text_that_comes_before_tls_begins_ends_the_session() -> None:
    wire = Wire()
    wire.data_received(b"220 ready\r\n")
    with pytest.raises(ReplyError):
        await wire.start_implicit_tls(authority().trust(), "localhost", 1)
