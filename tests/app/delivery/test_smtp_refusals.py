"""What servers refuse: recipients, each of them kept with its reply, and the sender, the size or the content."""

import pytest

from app.address import Address
from app.delivery.refusals import RefusedRecipient, refusals_in
from app.delivery.verdict import Delivered, Rejected, TryLater
from app.errors import Problem, Reason
from app.storage.encoding import decode_problem, encode_problem
from tests.servers.exchange import ANNA, BERND, MESSAGE, PASSWORD, SENDER, hand_over, opened, send_to, serving
from tests.servers.scripted import Polite

PEOPLE = (
    ANNA,
    BERND,
    *(Address.parse(each) for each in ("carla@empfang.example", "dora@empfang.example", '"e, f"@empfang.example')),
    Address.parse("gerd@empfang.example"),
)


@pytest.mark.case("M12")
@pytest.mark.parametrize("reply", [b"452 4.5.3 too many\r\n", b"452 too many\r\n"])
async def test_m12_too_many_recipients_means_later_and_drops_nobody(implicit: bool, reply: bytes) -> None:
    verdict, running = await send_to(
        Polite({"RCPT": (b"250 Ok\r\n", b"250 Ok\r\n", reply, reply, b"421 4.7.0 too many errors\r\n")}),
        recipients=PEOPLE,
        implicit=implicit,
    )
    assert isinstance(verdict, TryLater)
    assert verdict.problem.reason is Reason.SERVER_TOO_MANY_RECIPIENTS
    assert (verdict.problem.fact("taken"), verdict.problem.fact("count")) == ("2", "6")
    assert running.messages == []


@pytest.mark.case("M12")
async def test_m12_a_limit_that_stays_is_told_to_the_person(implicit: bool) -> None:
    script = Polite({"RCPT": (b"250 Ok\r\n", b"550 5.5.3 too many\r\n")})
    verdict, _ = await send_to(script, recipients=PEOPLE, implicit=implicit)
    assert isinstance(verdict, Rejected)
    assert verdict.problem.reason is Reason.SERVER_TOO_MANY_RECIPIENTS


@pytest.mark.case("M12")
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "."])
async def test_m12_a_server_without_room_is_asked_again_later(implicit: bool, verb: str) -> None:
    verdict, _ = await send_to(Polite({verb: b"452 4.3.1 too much mail\r\n"}), recipients=PEOPLE, implicit=implicit)
    assert isinstance(verdict, TryLater)
    assert verdict.problem.reason is Reason.SERVER_BUSY


@pytest.mark.case("M11", "M12")
@pytest.mark.parametrize(
    ("replies", "reason"),
    [
        ((b"450 mailbox busy",), Reason.SERVER_RECIPIENT_LATER),
        ((b"450 4.2.1 over its rate",), Reason.SERVER_RECIPIENT_LATER),
        ((b"451 4.7.1 greylisted", b"421 4.7.0 too many errors"), Reason.SERVER_RECIPIENT_LATER),
        ((b"452 4.3.1 disk full", b"450 4.2.0 greylisted"), Reason.SERVER_RECIPIENT_LATER),
        ((b"451 4.4.3 name server did not answer",), Reason.SERVER_BUSY),
        ((b"452 4.3.1 disk full", b"421 4.3.2 shutting down"), Reason.SERVER_BUSY),
        ((b"421 shutting down",), Reason.SERVER_BUSY),
    ],
)
async def test_who_has_to_wait_is_told_from_a_server_that_takes_nothing(
    replies: tuple[bytes, ...], reason: Reason
) -> None:
    script = Polite({"RCPT": tuple(reply + b"\r\n" for reply in replies)})
    verdict, running = await send_to(script, recipients=PEOPLE[: len(replies)])
    assert isinstance(verdict, TryLater)
    assert verdict.problem.reason is reason
    assert running.messages == []


@pytest.mark.case("M13")
async def test_m13_one_refused_recipient_stops_the_message_and_is_named(implicit: bool) -> None:
    async with serving(
        Polite({"RCPT": (b"250 Ok\r\n", b"550 5.1.1 unknown\r\n", b"250 Ok\r\n")}), implicit=implicit
    ) as running:
        session = await opened(running)
        carla = Address.parse("carla@empfang.example")
        verdict = await hand_over(session, recipients=(ANNA, BERND, carla))
        assert isinstance(verdict, Rejected)
        assert verdict.problem.reason is Reason.SERVER_RECIPIENT_REJECTED
        assert verdict.problem.fact("recipients") == "bernd@empfang.example"
        assert verdict.reply == "550 5.1.1 unknown"
        assert running.verbs(signed_in=True) == ["MAIL", "RCPT", "RCPT", "RCPT", "RSET"]
        assert isinstance(await hand_over(session), Delivered)
        await session.quit()


@pytest.mark.case("M13")
async def test_m13_all_refused_recipients_are_named(implicit: bool) -> None:
    verdict, _ = await send_to(Polite({"RCPT": b"550 5.1.1 unknown\r\n"}), recipients=(ANNA, BERND), implicit=implicit)
    assert isinstance(verdict, Rejected)
    assert verdict.problem.fact("recipients") == "anna@empfang.example, bernd@empfang.example"


@pytest.mark.case("M14")
async def test_m14_a_recipient_refused_for_good_outweighs_one_to_wait_for(implicit: bool) -> None:
    verdict, running = await send_to(
        Polite({"RCPT": (b"450 4.2.0 later\r\n", b"550 5.1.1 unknown\r\n")}),
        recipients=(ANNA, BERND),
        implicit=implicit,
    )  # fmt: skip
    assert isinstance(verdict, Rejected)
    assert verdict.problem.fact("recipients") == "bernd@empfang.example"
    assert verdict.problem.fact("waiting") == "anna@empfang.example"
    assert running.messages == []


@pytest.mark.case("M15")
async def test_m15_a_message_over_the_servers_limit_is_not_begun(implicit: bool) -> None:
    verdict, running = await send_to(Polite(ehlo=("AUTH PLAIN", "SIZE 10")), implicit=implicit)
    assert isinstance(verdict, Rejected)
    assert verdict.problem.reason is Reason.MESSAGE_TOO_LARGE
    assert (verdict.problem.fact("size"), verdict.problem.fact("limit")) == (str(len(MESSAGE)), "10")
    assert "MAIL" not in running.verbs()


@pytest.mark.case("M15")
@pytest.mark.parametrize(("room", "kind"), [(0, Delivered), (-1, Rejected)])
async def test_m15_a_message_may_be_as_large_as_the_servers_limit(room: int, kind: type[Delivered | Rejected]) -> None:
    verdict, _ = await send_to(Polite(ehlo=("AUTH PLAIN", f"SIZE {len(MESSAGE) + room}")))
    assert isinstance(verdict, kind)


@pytest.mark.case("M15")
@pytest.mark.parametrize(
    "size", ["SIZE", "SIZE 0", "SIZE many", f"SIZE {2**63}", "SIZE " + "9" * 5000, "SIZE -5", "SIZE \u0663", "HELP"]
)
async def test_m15_a_limit_that_is_none_stops_nothing(implicit: bool, size: str) -> None:
    verdict, _ = await send_to(Polite(ehlo=("AUTH PLAIN", size)), implicit=implicit)
    assert isinstance(verdict, Delivered)


@pytest.mark.case("M15")
@pytest.mark.parametrize("verb", ["MAIL", "."])
@pytest.mark.parametrize("reply", [b"552 5.3.4 too big\r\n", b"552 too big\r\n", b"554 5.2.3 too big\r\n"])
async def test_m15_a_server_may_still_find_it_too_large(implicit: bool, verb: str, reply: bytes) -> None:
    verdict, _ = await send_to(Polite({verb: reply}), implicit=implicit)
    assert isinstance(verdict, Rejected)
    assert verdict.problem.reason is Reason.SERVER_SIZE_REJECTED
    assert (verdict.problem.fact("size"), verdict.problem.fact("limit")) == (str(len(MESSAGE)), "1000000")


@pytest.mark.case("M15")
@pytest.mark.parametrize("verb", ["MAIL", "."])
@pytest.mark.parametrize("reply", [b"552 5.2.2 mailbox full\r\n", b"552-5.7.0 blocked\r\n552 5.7.0 content\r\n"])
async def test_m15_552_is_not_always_about_the_size(implicit: bool, verb: str, reply: bytes) -> None:
    verdict, _ = await send_to(Polite({verb: reply}), implicit=implicit)
    assert isinstance(verdict, Rejected)
    assert verdict.problem.reason is Reason.SERVER_MESSAGE_REJECTED


@pytest.mark.case("M16")
async def test_m16_a_sender_the_server_does_not_allow_is_rejected(implicit: bool) -> None:
    verdict, running = await send_to(Polite({"MAIL": b"550 5.7.1 not yours\r\n"}), implicit=implicit)
    assert isinstance(verdict, Rejected)
    assert verdict.problem.reason is Reason.SERVER_SENDER_REJECTED
    assert verdict.problem.fact("address") == str(SENDER)
    assert "RCPT" not in running.verbs()


OF_SENDER = [
    "550 5.7.26 DMARC",
    "550 5.7.1 Sender not authorized by SPF",
    "554 5.7.60 SMTP; Client does not have permissions to send as this sender",
    "553 5.7.1 <x@y.example>: Sender address rejected: not owned by user nutzer",
]


@pytest.mark.case("M16")
@pytest.mark.parametrize("verb", ["RCPT", "DATA", "."])
@pytest.mark.parametrize("reply", OF_SENDER)
async def test_m16_so_is_one_it_refuses_only_later(implicit: bool, verb: str, reply: str) -> None:
    verdict, running = await send_to(
        Polite({verb: reply.encode() + b"\r\n"}), recipients=(ANNA, BERND), implicit=implicit
    )
    assert isinstance(verdict, Rejected)
    assert verdict.problem.reason is Reason.SERVER_SENDER_REJECTED
    assert verdict.problem.fact("address") == str(SENDER)
    assert verdict.reply == reply
    assert bool(running.messages) == (verb == ".")


@pytest.mark.case("M16")
@pytest.mark.parametrize("verb", ["DATA", "."])
@pytest.mark.parametrize("reply", ["550 5.7.1 Spam message rejected", "554 5.6.0 not like this", "550 no"])
async def test_m16_a_message_the_server_will_not_have_is_rejected(implicit: bool, verb: str, reply: str) -> None:
    verdict, _ = await send_to(Polite({verb: reply.encode() + b"\r\n"}), implicit=implicit)
    assert isinstance(verdict, Rejected)
    assert verdict.problem.reason is Reason.SERVER_MESSAGE_REJECTED
    assert verdict.reply == reply


@pytest.mark.case("M13", "M14")
async def test_m14_each_refused_recipient_is_kept_with_its_reply_whatever_is_stored(implicit: bool) -> None:
    replies = (
        b"250 Ok\r\n",
        b"550-5.1.1 unknown\r\n550 5.1.1 here\r\n",
        b"251 will forward\r\n",
        b"450 4.2.0 later\r\n",
        b"553 5.1.3 \x1b[31mbad " + b"x" * 1000 + b"\r\n",
        b"250 Ok\r\n",
    )
    async with serving(Polite({"RCPT": replies}), implicit=implicit) as running:
        session = await opened(running)
        verdict = await hand_over(session, recipients=PEOPLE)
        assert running.verbs(signed_in=True) == ["MAIL", *["RCPT"] * 6, "RSET"]
        assert session.is_usable
        await session.quit()
    assert isinstance(verdict, Rejected)
    assert verdict.problem.reason is Reason.SERVER_RECIPIENT_REJECTED
    stored = decode_problem(encode_problem(verdict.problem))
    bernd, dora, quoted = refusals_in(stored)
    assert bernd == RefusedRecipient(BERND, 550, "550 5.1.1 unknown here")
    assert dora == RefusedRecipient(PEOPLE[3], 450, "450 4.2.0 later")
    assert (quoted.recipient, quoted.code) == (PEOPLE[4], 553)
    assert quoted.reply.startswith("553 5.1.3 [31mbad xxx")
    assert len(quoted.reply) == 200
    assert [each.is_final for each in (bernd, dora, quoted)] == [True, False, True]
    assert running.messages == []


@pytest.mark.case("M14")
async def test_m14_recipients_all_refused_for_now_are_kept_too(implicit: bool) -> None:
    script = Polite({"RCPT": (b"250 Ok\r\n", b"450 4.2.1 later\r\n", b"451 4.7.1 greylisted\r\n")})
    verdict, running = await send_to(script, recipients=PEOPLE[:3], implicit=implicit)
    assert isinstance(verdict, TryLater)
    assert verdict.problem.reason is Reason.SERVER_RECIPIENT_LATER
    assert verdict.problem.fact("waiting") == f"{BERND.display}, {PEOPLE[2].display}"
    assert [(each.recipient, each.code) for each in refusals_in(verdict.problem)] == [(BERND, 450), (PEOPLE[2], 451)]
    assert running.messages == []


@pytest.mark.case("M13")
async def test_m13_a_secret_in_the_reply_to_a_recipient_is_not_kept() -> None:
    verdict, _ = await send_to(Polite({"RCPT": f"550 5.1.1 {PASSWORD}\r\n".encode()}))
    assert isinstance(verdict, Rejected)
    assert refusals_in(verdict.problem) == (RefusedRecipient(ANNA, 550, "550 5.1.1 ***"),)
    assert PASSWORD not in repr(verdict)


@pytest.mark.parametrize("text", ["", "[]", "{", '[["a@b.example", 550]]', '[["no address", 550, "x"]]', "[1]"])
def test_what_was_not_kept_as_refusals_is_none(text: str) -> None:
    assert refusals_in(Problem.of(Reason.SERVER_RECIPIENT_REJECTED, refusals=text)) == ()
    assert refusals_in(None) == ()
