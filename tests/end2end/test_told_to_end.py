"""The real program told to end while it sends: it ends in time, and what is on the disk is true."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.delivery.outbox import State
from app.errors import Reason
from tests.end2end.workplace import MoodyServer, Workplace
from tests.servers.process import wait_until

pytestmark = pytest.mark.case("L12")

LARGE, MIDDLING = 25 << 20, 4 << 20


@pytest.fixture
def server() -> Iterator[MoodyServer]:
    with MoodyServer().running() as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, server: MoodyServer) -> Workplace:
    return Workplace(tmp_path, server.access)


@pytest.mark.parametrize(
    ("size", "signals"),
    [
        (LARGE, [signal.SIGTERM, signal.SIGTERM]),
        (MIDDLING, [signal.SIGHUP]),
        (MIDDLING, [signal.SIGINT]),
    ],
    ids=["TERM-twice", "HUP", "INT"],
)
def test_an_upload_is_broken_off_before_its_end_and_goes_again(
    place: Workplace, server: MoodyServer, size: int, signals: list[signal.Signals]
) -> None:
    server.mood.bytes_a_second = 1 << 20
    place.queue("large", size=size)
    with place.program() as program:
        wait_until(lambda: server.octets > 1 << 19, "a part of the upload", seconds=30)
        for number in signals:
            program.signal(number)
        assert program.end() == 128 + signals[0]
    (message,) = place.outbox()
    # Not merely recovered: the program itself has put it back.
    assert (message.state, message.handed_over_at, server.ends_seen) == (State.QUEUED, None, 0)


def test_a_reply_that_is_owed_is_waited_for_and_then_called_uncertain(place: Workplace, server: MoodyServer) -> None:
    server.mood.answers = False
    place.queue("owed")
    with place.program() as program:
        wait_until(lambda: server.ends_seen == 1, "the end of the message", seconds=30)
        program.signal(signal.SIGTERM)
        assert program.end() == 128 + signal.SIGTERM
    (message,) = place.outbox()
    assert message.state is State.UNCERTAIN
    assert message.problem is not None
    assert message.problem.reason is Reason.CRASH_UNCERTAIN


def test_nothing_under_way_ends_at_once(place: Workplace, server: MoodyServer) -> None:
    place.queue("small")
    with place.program() as program:
        wait_until(lambda: bool(server.accepted), "the message", seconds=30)
        program.signal(signal.SIGTERM)
        assert program.end() == 128 + signal.SIGTERM
    assert [message.state for message in place.outbox()] == [State.SENT]
