"""The real program after it stood still for a while, and its server's end of the connection is silent since."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from app.delivery.outbox import State
from app.errors import Reason
from tests.end2end.workplace import MoodyServer, Running, Workplace
from tests.servers.process import wait_until

pytestmark = pytest.mark.case("L7")

ASLEEP = 4.0
"""Seconds; a look at the clocks that is late by more than 2.5 of them is no longer taken for a busy computer."""


def place_at(folder: Path, server: MoodyServer, key: str, *, size: int = 0) -> Workplace:
    folder.mkdir()
    place = Workplace(folder, server.access)
    place.queue(key, size=size)
    return place


def sleep(*programs: Running) -> None:
    for program in programs:
        program.signal(signal.SIGSTOP)
    time.sleep(ASLEEP)
    for program in programs:
        program.signal(signal.SIGCONT)


def test_nobody_waits_for_what_was_there_before_the_sleep(tmp_path: Path) -> None:
    with MoodyServer().running() as slow, MoodyServer().running() as silent:
        slow.mood.bytes_a_second = 1
        silent.mood.answers = False
        uploading = place_at(tmp_path / "uploading", slow, "large", size=25 << 20)
        owed = place_at(tmp_path / "owed", silent, "owed")
        with uploading.program() as one, owed.program() as other:
            wait_until(lambda: slow.octets > 0 and silent.ends_seen == 1, "both on their way", seconds=30)
            slow.mood.bytes_a_second = 0
            sleep(one, other)
            # A server that reads nothing has 60 seconds, and the next try would be a minute later.
            wait_until(lambda: len(slow.accepted) == 1, "the message", seconds=25)
            # A reply may take ten minutes.
            wait_until(lambda: owed.outbox()[0].state is State.UNCERTAIN, "the word for it", seconds=25)
        assert slow.connections == 2
        (message,) = owed.outbox()
        assert message.problem is not None
        assert message.problem.reason is Reason.SERVER_UNCERTAIN
