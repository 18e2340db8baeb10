"""The real program on a computer without a network, and when it comes."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from app.delivery.outbox import State
from app.profile import CommandSignIn, Security, SmtpServer
from tests.end2end.workplace import Running, Workplace
from tests.servers.process import program, wait_until

FAR_AWAY = SmtpServer("192.0.2.1", 465, Security.SSL, "nutzer", CommandSignIn(("echo", "password")))
NETWORK = (
    "link add v0 type veth peer name v1",
    "addr add 192.0.2.2/24 dev v0",
    "link set v1 up",
    "link set v0 up",
    "route add default via 192.0.2.1",
)


def give_network(running: Running) -> None:
    within = [program("nsenter"), "-t", str(running.process.pid), "-n", program("ip")]
    for words in NETWORK:
        subprocess.run([*within, *words.split()], check=True, timeout=10)


@pytest.mark.case("L7")
@pytest.mark.system("netns")
def test_nothing_is_tried_without_a_network_and_all_at_once_with_it(tmp_path: Path) -> None:
    place = Workplace(tmp_path, FAR_AWAY)
    place.queue("far")
    with place.program(program("unshare"), "-n") as running:
        # The window stands and has begun to deliver when the program holds the lock for it.
        wait_until((place.home / "instance.json").exists, "the start", seconds=30)
        time.sleep(2)
        (message,) = place.outbox()
        assert (message.state, message.attempts, message.problem) == (State.QUEUED, 0, None)
        give_network(running)
        wait_until(lambda: place.outbox()[0].attempts == 1, "the first attempt", seconds=30)
