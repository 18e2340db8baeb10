"""Sleep and network as the program notices them."""

from __future__ import annotations

import asyncio
import gc
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.address import Address, Mailbox
from app.delivery.posting import post
from app.demo.authority import PRIMARY
from app.message.draft import Draft
from ui.demo.start import open_demo
from ui.network import MemoryNetwork
from ui.surroundings import Pulse, Surroundings

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.case("L7")


@dataclass
class Clocks:
    """The two clocks, as the test wants them."""

    boot: float = 1000.0
    awake: float = 500.0

    def pass_by(self, seconds: float, *, asleep: float = 0.0) -> None:
        self.boot += seconds + asleep
        self.awake += seconds

    def pulse(self) -> Pulse:
        return Pulse(boot=lambda: self.boot, awake=lambda: self.awake)


@pytest.mark.parametrize(
    ("seconds", "asleep", "missing"),
    [
        (1.0, 0.0, 0.0),
        (3.0, 0.0, 0.0),  # a busy computer
        (0.2, 0.4, 0.0),  # clocks are not read at once
        (0.2, 0.7, 0.7),  # shorter than a beat, and yet a sleep
        (0.5, 3600.0, 3600.0),
        (5.0, 0.0, 4.0),  # stopped, or in a paused virtual machine
    ],
)
def test_a_beat_knows_what_is_missing_since_the_last(seconds: float, asleep: float, missing: float) -> None:
    clocks = Clocks()
    pulse = clocks.pulse()
    clocks.pass_by(seconds, asleep=asleep)
    assert pulse.beat(1.0) == pytest.approx(missing, abs=0.6)
    clocks.pass_by(1.0)
    assert pulse.beat(1.0) == 0.0


@dataclass
class Told:
    """Stands for the postman, and notes what it is told."""

    words: list[str] = field(default_factory=list)

    async def network_lost(self) -> None:
        self.words.append("lost")

    async def network_back(self) -> None:
        self.words.append("back")

    async def interrupt(self) -> None:
        self.words.append("interrupt")

    def heard(self) -> list[str]:
        words, self.words = self.words, []
        return words


@dataclass
class World:
    """A program's surroundings under a test's control."""

    clocks: Clocks = field(default_factory=Clocks)
    network: MemoryNetwork = field(default_factory=MemoryNetwork)
    postman: Told = field(default_factory=Told)

    def around(self) -> Surroundings:
        surroundings = Surroundings(
            self,  # type: ignore[arg-type]  # only its postman is asked for
            pulse=self.clocks.pulse(),
            open_network=lambda: self.network,
        )
        surroundings.look_at_network()
        return surroundings


async def test_after_a_sleep_old_connections_are_left_and_what_waits_is_tried() -> None:
    world = World()
    surroundings = world.around()
    world.clocks.pass_by(1.0)
    surroundings.look()
    await asyncio.sleep(0.01)
    assert world.postman.heard() == []
    world.clocks.pass_by(1.0, asleep=7200)
    surroundings.look()
    await asyncio.sleep(0.01)
    assert world.postman.heard() == ["back", "interrupt"]


async def test_a_sleep_from_which_one_wakes_without_a_network_tries_nothing() -> None:
    world = World()
    surroundings = world.around()
    world.network.become(there=False)
    await asyncio.sleep(0.01)
    assert (world.postman.heard(), surroundings.is_offline) == (["lost"], True)
    world.clocks.pass_by(1.0, asleep=7200)
    surroundings.look()
    await asyncio.sleep(0.01)
    assert world.postman.heard() == ["interrupt"]
    world.network.become(there=True)
    await asyncio.sleep(0.01)
    assert (world.postman.heard(), surroundings.is_offline) == (["back", "interrupt"], False)


async def test_another_network_is_a_reason_to_begin_anew() -> None:
    world = World()
    surroundings = world.around()
    changes: list[bool] = []
    surroundings.changed.connect(lambda: changes.append(surroundings.is_offline))
    world.network.become(there=True)
    await asyncio.sleep(0.01)
    assert world.postman.heard() == ["back", "interrupt"]
    world.network.become(there=False)
    world.network.become(there=False)
    await asyncio.sleep(0.01)
    assert (world.postman.heard(), changes) == (["lost"], [True])


async def test_a_start_without_a_network_is_known_from_the_beginning() -> None:
    world = World()
    world.network.become(there=False)
    world.around()
    await asyncio.sleep(0.01)
    assert world.postman.heard() == ["lost"]


async def test_what_ends_before_it_began_leaves_nothing_behind() -> None:
    world = World()
    surroundings = world.around()
    world.network.become(there=False)
    for task in asyncio.all_tasks():
        if task.get_name() == "surroundings":
            task.cancel()
    await asyncio.sleep(0.01)
    gc.collect()
    assert surroundings.is_offline
    assert world.postman.heard() == []


async def test_after_the_end_nobody_is_told() -> None:
    world = World()
    surroundings = world.around()
    surroundings.start()
    surroundings.end()
    world.network.become(there=False)
    await asyncio.sleep(0.01)
    assert world.postman.heard() == []


IN_A_NAMESPACE = """
import asyncio, json, subprocess, sys
from PySide6.QtCore import QCoreApplication
from qasync import QEventLoop
from ui.network import SystemNetwork

async def main():
    network, told = SystemNetwork(), []
    network.subscribe(lambda: told.append(network.is_there))
    seen = [network.is_there]
    for command in sys.argv[1:]:
        subprocess.run(command.split(), check=True)
        await asyncio.sleep(0.4)
        seen.append(network.is_there)
    network.end()
    print(json.dumps([seen, told]))

application = QCoreApplication(["test"])
with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
    runner.run(main())
"""


@pytest.mark.system("netns")
def test_the_systems_own_word_is_taken_and_doubted_where_it_may_be_wrong() -> None:
    commands = [
        "ip link set lo up",
        "ip link add v0 type veth peer name v1",
        "ip addr add 192.0.2.2/24 dev v0",
        "ip link set v1 up",
        "ip link set v0 up",
        "ip route add default via 192.0.2.1",
        "ip route del default",
        "ip link set v0 down",
    ]
    unshare = shutil.which("unshare")
    assert unshare is not None
    done = subprocess.run(
        [unshare, "-n", sys.executable, "-c", IN_A_NAMESPACE, *commands],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=ROOT,
    )
    seen, told = json.loads(done.stdout)
    # Loopback is none; a network without a way to the Internet is one, whatever the system says of it.
    assert seen == [*[False] * 5, *[True] * 3, False]
    assert told == [True, True]


async def test_the_network_is_watched_once_there_is_mail_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.surroundings._LATER", 0.01)
    opened: list[MemoryNetwork] = []

    def open_network() -> MemoryNetwork:
        opened.append(MemoryNetwork())
        return opened[-1]

    async with open_demo() as demo:
        surroundings = Surroundings(demo.services, open_network=open_network)
        surroundings.start()
        await asyncio.sleep(0.1)
        assert opened == []
        await post(
            Draft(id="x", sender=Address.parse(PRIMARY), to=(Mailbox(Address.parse("a@b.example")),), text="x"),
            profile=demo.services.the_profile,
            policy=demo.services.policy,
            outbox=demo.services.outbox,
            now=demo.services.now(),
        )
        async with asyncio.timeout(10):
            while not opened:  # noqa: ASYNC110 - the network has no event for being opened
                await asyncio.sleep(0.01)
        demo.services.outbox.changed_elsewhere()
        await asyncio.sleep(0.1)
        assert len(opened) == 1
        surroundings.end()
