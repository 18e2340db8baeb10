"""The short form of the proof of cut connections, and that it would see what it looks for."""

import asyncio
from pathlib import Path

import pytest

from app.delivery.smtp import Session
from app.delivery.verdict import Delivered, TryLater, Uncertain
from app.errors import Problem, Reason
from app.profile import Security
from tests.faults import cuts
from tests.faults.cuts import Case, Layer, Outcome
from tests.faults.cutting import Cut, How, Way
from tests.faults.proof import Scale

BUSY = Problem.of(Reason.SERVER_BUSY, host="mail.example")


@pytest.mark.case("M7", "M8")
def test_a_connection_cut_after_any_octet_gives_no_wrong_verdict(tmp_path: Path) -> None:
    proof = cuts.prove(Scale.SHORT, tmp_path)
    assert proof.broken == ()
    assert int(str(proof.figures["sessions"])) >= cuts.SHORT
    assert {"delivered", "later", "uncertain"} <= proof.figures.keys()
    assert cuts.SHORT // 3 < int(str(proof.figures["pipelining"])) < cuts.SHORT * 2 // 3
    assert {f"{layer} {how}" for layer in Layer for how in How} <= proof.figures.keys()


def _after_the_dot() -> list[Case]:
    """Return cuts within the server's reply to the end of the message."""
    lengths = asyncio.run(cuts._lengths(Security.SSL, Layer.TEXT))
    last = lengths[Way.DOWN] - len(b"221 bye\r\n")
    return [Case(Security.SSL, Layer.TEXT, Cut(Way.DOWN, at, How.CLOSE)) for at in range(last - 20, last)]


def test_the_proof_sees_an_uncertain_message_that_would_be_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "_uncertain", lambda self, **_: TryLater(BUSY))
    counted, broken = asyncio.run(cuts._try_all(_after_the_dot()))
    assert counted["later"] == counted["sessions"] == 20
    assert "TryLater, and the message was accepted" in broken[0]


def test_nothing_is_wrong_with_the_same_cuts_otherwise() -> None:
    counted, broken = asyncio.run(cuts._try_all(_after_the_dot()))
    assert counted["uncertain"] == counted["cut"] == 20
    assert broken == []


@pytest.mark.parametrize(
    ("outcome", "fault"),
    [
        (Outcome(Delivered(""), False, True, True, True), "Delivered, and nothing was accepted"),
        (Outcome(Uncertain(BUSY), False, False, True, True), "Uncertain, and the end was never written"),
        (Outcome(TryLater(BUSY), False, True, True, True), "TryLater without a reply to the end of the message"),
        (
            Outcome(TryLater(BUSY), False, False, False, True, (b"AUTH PLAIN\r\n",)),
            r"in the clear: (b'AUTH PLAIN\r\n',)",
        ),
    ],
)
def test_each_wrong_verdict_is_told(outcome: Outcome, fault: str) -> None:
    assert list(outcome.faults()) == [fault]
