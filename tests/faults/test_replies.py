"""The short form of the proof of random replies, and that it would see what it looks for."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from app.delivery import replies as strict
from app.delivery import smtp
from app.delivery.channel import Commands
from app.delivery.dialogue import Limits
from app.delivery.replies import Reply, ReplyReader
from app.delivery.wire import Wire
from tests.faults import replies
from tests.faults.proof import Scale
from tests.faults.reply_oracle import Event, Outcome, Reading, breaches, read, read_first

SEED = 5
COUNT = 400


def test_no_reply_makes_a_session_crash_hang_or_say_a_wrong_verdict(tmp_path: Path) -> None:
    proof = replies.prove(Scale.SHORT, tmp_path)
    assert proof.broken == ()
    assert int(str(proof.figures["replies"])) >= replies.COUNTS[Scale.SHORT]
    assert {"delivered", "rejected", "later", "uncertain", "held back"} <= proof.figures.keys()
    assert int(str(proof.figures["sent together"])) > 100
    assert int(str(proof.figures["tokens renewed"])) > 2
    assert {f"at {step}" for step in replies.STEPS + replies.CLEAR_STEPS} <= proof.figures.keys()


def _take_any_digits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(strict, "_LINE", re.compile(rb"([0-9]{3})([ -]?)(.*)", re.DOTALL))
    patch.setattr(strict, "_START", re.compile(rb""))


def _take_bare_line_feeds(patch: pytest.MonkeyPatch) -> None:
    feed = ReplyReader.feed
    patch.setattr(ReplyReader, "feed", lambda self, data: feed(self, data.replace(b"\r", b"").replace(b"\n", b"\r\n")))


def _overlook_what_follows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ReplyReader, "is_empty", True)


def _take_every_2yz(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(smtp, "_is_done", lambda reply: reply.is_positive)


def _fail(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Reply, "enhanced", property(lambda self: self.lines[1]))


def _wait_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(replies, "LIMITS", Limits(greeting_doubt=1e6, reply=cast("float", None)))


def _forget_the_connection(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Wire, "abort", lambda self: None)


def _always_send_ahead(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(smtp, "Commands", lambda channel, lines, **_: Commands(channel, lines, together=True))


def _overlook_what_is_owed(patch: pytest.MonkeyPatch) -> None:
    def end(reader: ReplyReader) -> Reply:
        reply = finish(reader)
        reader.owed = 0
        return reply

    finish = ReplyReader._finish
    patch.setattr(ReplyReader, "_finish", end)


@pytest.mark.parametrize(
    ("mistake", "seen"),
    [
        (_take_any_digits, "wrong steps"),
        (_take_bare_line_feeds, "wrong steps"),
        (_overlook_what_follows, "wrong sent"),
        (_take_every_2yz, "wrong sent"),
        (_fail, "crashes"),
        (_wait_for_ever, "hangs"),
        (_forget_the_connection, "wrong steps"),
        (_always_send_ahead, "wrong steps"),
        (_overlook_what_is_owed, "wrong verdicts"),
    ],
)
def test_the_proof_sees_a_session_with_a_mistake(
    mistake: Callable[[pytest.MonkeyPatch], None], seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mistake(monkeypatch)
    proof = replies.run(COUNT, SEED)
    assert int(str(proof.figures[seen])) > 0
    assert proof.broken


@pytest.mark.parametrize(
    ("octets", "reading"),
    [
        (b"250 ok\r\n", Reading(is_whole=True, code=250, lines=("ok",))),
        (b"250-a\r\n250\r\n", Reading(is_whole=True, code=250, lines=("a", ""))),
        (b"250 ok\r\n2", Reading(is_whole=False, code=250, lines=("ok",))),
        *[(octets, Reading(is_whole=False)) for octets in (b"", b"250 ok", b"250 ok\n", b"260 ok\r\n", b"250ok\r\n")],
        *[(octets, Reading(is_whole=False)) for octets in (b"250-a\r\n550 b\r\n", b"250 a\rb\r\n", b"250-a\r\n")],
        (b"250 " + b"x" * 32_762 + b"\r\n", Reading(is_whole=True, code=250, lines=("x" * 32_762,))),
        (b"250 " + b"x" * 32_763 + b"\r\n", Reading(is_whole=False)),
    ],
)
def test_the_rules_read_a_second_time(octets: bytes, reading: Reading) -> None:
    assert read(octets) == reading


@pytest.mark.parametrize(
    ("octets", "code", "rest"),
    [
        (b"250 a\r\n550-b\r\n550 c\r\n", 250, b"550-b\r\n550 c\r\n"),
        (b"250-a\r\n250 b\r\n2", 250, b"2"),
        (b"250 a\r\n" + b"x" * 99_999, 250, b"x" * 99_999),
        (b"250-a\r\n550 b\r\n", 0, b"250-a\r\n550 b\r\n"),
    ],
)
def test_the_first_of_several_replies_is_read_apart(octets: bytes, code: int, rest: bytes) -> None:
    reading, left = read_first(octets)
    assert (reading.code if reading.is_whole else 0, left) == (code, rest)


def test_a_refusal_told_as_sent_is_a_breach() -> None:
    said = [(b"", b"220 hi\r\n"), (b"EHLO x\r\n", b"250-a\r\n250 AUTH PLAIN\r\n"), (b"AUTH PLAIN x\r\n", b"235 ok\r\n")]
    sent = [(b"MAIL FROM:<a>\r\n", b"250 ok\r\n"), (b"RCPT TO:<b>\r\n", b"250 ok\r\n"), (b"DATA\r\n", b"354 go\r\n")]
    ending = [Event("C", b"Text\r\n"), Event("D"), Event("C", b".\r\n"), Event("S", b"550 no\r\n")]
    trace = [event for pair in said for event in _both(*pair)] + [Event("V", outcome=Outcome.OPENED)]
    trace += [event for pair in sent for event in _both(*pair)] + ending
    assert list(breaches([*trace, Event("V", outcome=Outcome.REJECTED)], 1, b"Text\r\n")) == []
    (breach,) = breaches([*trace, Event("V", outcome=Outcome.DELIVERED)], 1, b"Text\r\n")
    assert breach.startswith("DELIVERED, not REJECTED")


def _both(client: bytes, server: bytes) -> list[Event]:
    return [*([Event("C", client)] if client else []), Event("S", server)]
