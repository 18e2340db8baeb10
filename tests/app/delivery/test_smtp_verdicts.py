"""What each answer of a server makes of a message: delivered, rejected, later, uncertain or held, and never a guess."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator

import pytest

from app.address import Address
from app.delivery.dialogue import Limits
from app.delivery.verdict import Delivered, Held, Rejected, TryLater, Uncertain, Verdict
from app.errors import ExpectedError, MessageError, Problem, Reason, StorageError
from tests.servers.exchange import (
    ANNA,
    BERND,
    LIMITS,
    MESSAGE,
    SENDER,
    Handing,
    hand_over,
    opened,
    send_to,
    serving,
)
from tests.servers.scripted import Polite, Talk


def _reason(verdict: Verdict) -> Reason:
    assert not isinstance(verdict, Delivered)
    return verdict.problem.reason


async def _be_silent(talk: Talk) -> None:
    await talk.reader.read()


async def test_a_taken_message_is_delivered_with_the_servers_name_for_it(implicit: bool) -> None:
    handing = Handing()
    verdict, running = await send_to(Polite(), handing=handing, recipients=(ANNA, BERND), implicit=implicit)
    assert verdict == Delivered("250 2.0.0 Ok: queued as 4XQ1", "4XQ1")
    assert running.signed_in == [
        b"MAIL FROM:<nutzer.name@partnerdomain.example> SIZE=%d\r\n" % len(MESSAGE),
        b"RCPT TO:<anna@empfang.example>\r\n",
        b"RCPT TO:<bernd@empfang.example>\r\n",
        b"DATA\r\n",
        b"QUIT\r\n",
    ]
    assert handing.events == ["before mail", "data end"]


async def test_several_messages_go_over_one_connection(implicit: bool) -> None:
    async with serving(implicit=implicit) as running:
        session = await opened(running)
        assert isinstance(await hand_over(session), Delivered)
        assert isinstance(await hand_over(session), Delivered)
        was_usable = session.is_usable
        await session.quit()
        assert (was_usable, session.is_usable) == (True, False)
        assert running.verbs(signed_in=True) == [
            "MAIL",
            "RCPT",
            "DATA",
            "RSET",
            "MAIL",
            "RCPT",
            "DATA",
            "QUIT",
        ]


async def test_a_message_held_at_the_last_moment_is_not_begun(implicit: bool) -> None:
    problem = Problem.of(Reason.ROUTE_FORBIDDEN, address=SENDER, host="smtp.partnerdomain.example")
    verdict, running = await send_to(Polite(), handing=Handing(hold=problem), implicit=implicit)
    assert verdict == Held(problem)
    assert "MAIL" not in running.verbs()


async def test_a_message_for_nobody_is_rejected(implicit: bool) -> None:
    verdict, running = await send_to(Polite(), recipients=(), implicit=implicit)
    assert _reason(verdict) is Reason.MESSAGE_NO_RECIPIENT
    assert "MAIL" not in running.verbs()


@pytest.mark.case("M11")
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize("code", [450, 451, 452])
async def test_m11_a_server_that_asks_to_wait_is_waited_for(implicit: bool, verb: str, code: int) -> None:
    reply = f"{code} 4.2.0 greylisted".encode()
    verdict, _ = await send_to(Polite({verb: reply + b"\r\n"}), implicit=implicit)
    assert isinstance(verdict, TryLater)
    assert verdict.reply == reply.decode()
    assert _reason(verdict) is (Reason.SERVER_RECIPIENT_LATER if verb == "RCPT" else Reason.SERVER_BUSY)


@pytest.mark.case("M18")
@pytest.mark.parametrize("before", [b"", b"530-5.7.0 Welcome\r\n", b"530-" + b"x" * 900 + b"\r\n"])
async def test_m18_a_server_that_misses_starttls_is_set_up_wrongly(implicit: bool, before: bytes) -> None:
    verdict, running = await send_to(
        Polite({"MAIL": before + b"530 5.7.0 Must issue a STARTTLS command first\r\n"}), implicit=implicit
    )
    assert isinstance(verdict, Held)
    assert verdict.stops_server
    assert verdict.problem.reason is Reason.SERVER_WRONG_SECURITY
    assert running.verbs().count("MAIL") == 1


@pytest.mark.case("M19")
@pytest.mark.parametrize("code", [251, 252])
async def test_m19_a_recipient_that_will_be_forwarded_is_accepted(implicit: bool, code: int) -> None:
    verdict, _ = await send_to(Polite({"RCPT": f"{code} will forward\r\n".encode()}), implicit=implicit)
    assert isinstance(verdict, Delivered)


@pytest.mark.case("M19")
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("code", [220, 221, 235, 334])
async def test_m19_a_reply_out_of_step_is_no_yes(implicit: bool, verb: str, code: int) -> None:
    verdict, running = await send_to(Polite({verb: f"{code} hm\r\n".encode()}), implicit=implicit)
    assert isinstance(verdict, TryLater)
    assert _reason(verdict) is Reason.SERVER_PROTOCOL
    assert running.messages == []


@pytest.mark.case("M19")
async def test_m19_after_an_answer_that_is_neither_yes_nor_no_the_connection_carries_nothing_more(
    implicit: bool,
) -> None:
    async with serving(Polite({".": b"354 go on\r\n"}), implicit=implicit) as running:
        session = await opened(running)
        assert isinstance(await hand_over(session), Uncertain)
        assert not session.is_usable


@pytest.mark.case("M19")
async def test_m19_250_in_place_of_354_begins_no_message(implicit: bool) -> None:
    verdict, running = await send_to(Polite({"DATA": b"250 Ok\r\n"}), implicit=implicit)
    assert isinstance(verdict, TryLater)
    assert running.lines[-1] == b"DATA\r\n"


@pytest.mark.case("M20")
async def test_m20_a_goodbye_that_is_not_answered_does_not_keep_anybody(implicit: bool) -> None:
    verdict, running = await send_to(Polite({"QUIT": _be_silent}), implicit=implicit)
    assert isinstance(verdict, Delivered)
    assert running.verbs()[-1] == "QUIT"


@pytest.mark.case("M20")
async def test_m20_a_connection_that_the_server_never_closes_is_dropped(implicit: bool) -> None:
    closed = asyncio.Event()

    async def stay(talk: Talk) -> None:
        await talk.say(b"221 bye\r\n")
        with contextlib.suppress(ConnectionError):
            await talk.reader.read()
        closed.set()

    async with serving(Polite({"QUIT": stay}), implicit=implicit) as running:
        session = await opened(running)
        assert isinstance(await hand_over(session), Delivered)
        await session.quit()
        await asyncio.wait_for(closed.wait(), 5)
    assert not session.is_usable


@pytest.mark.case("M20")
async def test_m20_a_goodbye_has_two_seconds_and_no_more(implicit: bool) -> None:
    assert Limits().quit == 2.0
    async with serving(Polite({"QUIT": _be_silent}), implicit=implicit) as running:
        session = await opened(running, limits=Limits(quit=0.05))
        async with asyncio.timeout(4):
            await session.quit()
    assert running.verbs()[-1] == "QUIT"


@pytest.mark.case("M22")
@pytest.mark.parametrize(
    "junk", [b"%1", b"PIPE_CONNECT", b"\tTAB", b"X\xe9", b"\xff\xfe8BITMIME", b"\0", b"", b" ", b"SIZE\t5", b"A" * 9000]
)
async def test_m22_odd_capabilities_are_ignored(implicit: bool, junk: bytes) -> None:
    lines = (b"mail.example", junk, b"AUTH PLAIN", *(b"Y%d" % number for number in range(500)), junk)
    script = Polite({"EHLO TLS": b"".join(b"250-" + line + b"\r\n" for line in lines) + b"250 HELP\r\n"})
    async with serving(script, implicit=implicit) as running:
        session = await opened(running)
        assert isinstance(await hand_over(session), Delivered)
        await session.quit()
    assert session.size_limit is None
    assert {"auth", "help", "y0", "y499"} <= set(session.extensions)
    assert all(re.fullmatch("[a-z0-9-]+", keyword) for keyword in session.extensions)


async def test_an_address_in_another_script_needs_smtputf8_before_mail(implicit: bool) -> None:
    verdict, running = await send_to(
        Polite(), recipients=(Address.parse("d\u00f8mi@empfang.example"),), implicit=implicit
    )
    assert isinstance(verdict, Rejected)
    assert verdict.problem.reason is Reason.SERVER_NO_SMTPUTF8
    assert "MAIL" not in running.verbs()


async def test_an_address_in_another_script_goes_with_smtputf8_and_never_as_8bitmime(implicit: bool) -> None:
    script = Polite(ehlo=("AUTH PLAIN", "SMTPUTF8", "8BITMIME"))
    verdict, running = await send_to(
        script, recipients=(Address.parse("d\u00f8mi@d\u00f8mi.example"),), implicit=implicit
    )
    assert isinstance(verdict, Delivered)
    assert running.signed_in[:2] == [
        b"MAIL FROM:<nutzer.name@partnerdomain.example> SMTPUTF8\r\n",
        "RCPT TO:<d\u00f8mi@xn--dmi-0na.example>\r\n".encode(),
    ]


async def test_a_domain_in_another_script_needs_no_smtputf8(implicit: bool) -> None:
    verdict, running = await send_to(Polite(), recipients=(Address.parse("anna@d\u00f8mi.example"),), implicit=implicit)
    assert isinstance(verdict, Delivered)
    assert b"RCPT TO:<anna@xn--dmi-0na.example>\r\n" in running.lines


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (StorageError.because(Reason.STORAGE_FULL, folder="x"), TryLater),
        (MessageError.because(Reason.MESSAGE_GATE, detail="x"), Rejected),
    ],
)
async def test_a_message_that_cannot_be_read_to_its_end_is_cut_off(
    implicit: bool, error: ExpectedError, kind: type[Verdict]
) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield MESSAGE
        raise error

    verdict, running = await send_to(Polite(), broken(), implicit=implicit)
    assert isinstance(verdict, kind)
    assert _reason(verdict) is error.problem.reason
    assert running.messages == []
    assert "QUIT" not in running.verbs()


async def test_the_end_is_not_written_unless_it_was_noted(implicit: bool) -> None:
    class Failing(Handing):
        async def on_data_end(self) -> None:
            raise StorageError.because(Reason.STORAGE_FULL, folder="x")

    verdict, running = await send_to(Polite(), handing=Failing(), implicit=implicit)
    assert isinstance(verdict, TryLater)
    assert running.messages == []


async def test_a_mistake_of_ours_ends_the_connection_before_it_is_raised(implicit: bool) -> None:
    class Buggy(Handing):
        async def on_data_end(self) -> None:
            raise ZeroDivisionError

    async with serving(implicit=implicit) as running:
        session = await opened(running, limits=LIMITS)
        with pytest.raises(ZeroDivisionError):
            await hand_over(session, handing=Buggy())
        assert not session.is_usable
        assert running.messages == []
