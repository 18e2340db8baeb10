"""The n-th write, fsync or truncation of one queue-and-send fails, for every n: nothing that was said to be queued
is lost, nothing goes twice, and the program goes on.

Each run has a data folder that is set up, in which a letter is written, queued and sent while the disk fails. Then
the process dies; or the disk works again, and the same process sends that letter, if it could not be queued, and
another. After that the folder is opened by a new process, and everything in it sent.
"""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from app.demo.authority import PRIMARY
from app.demo.inbox import Arrived
from app.demo.world import DemoWorld
from tests.app.people import opened
from tests.faults.proof import Proof, Scale
from tests.faults.writer import Fault, Order, Seen, letter

__all__ = ["prove"]

_SOURCE = Path(__file__).with_name("faulty_disk.c")
_KINDS = {
    "EIO": Fault(error=errno.EIO),
    "ENOSPC": Fault(error=errno.ENOSPC),
    "EIO until mended": Fault(error=errno.EIO, keeps=True),
    "ENOSPC until mended": Fault(error=errno.ENOSPC, keeps=True),
    "half a write, then ENOSPC until mended": Fault(error=errno.ENOSPC, keeps=True, is_short=True),
}
_LETTERS = ("first", "second")
_EVERY = 57
"""Of all cases, in the short form; has no divisor in common with the number of ways, so that each occurs."""


def prove(scale: Scale, folder: Path) -> Proof:
    """Let each call fail in each way; in the short form a few of them, spread over all."""
    with _bench(folder) as bench:
        calm = bench.run(Fault())
        assert calm.states == dict.fromkeys(_LETTERS, "sent"), calm
        calls = calm.calls
        cases = [(kind, number, dies) for number, kind, dies in product(range(1, calls + 1), _KINDS, (False, True))]
        if scale is Scale.SHORT:
            cases = cases[::_EVERY]
        results = [bench.check(*case) for case in cases]
    told = Counter(line for result in results for line in result.seen.told)
    figures = {
        "calls": calls,
        "runs": len(results),
        "failed_calls": sum(result.seen.failures for result in results),
        "runs_that_told_a_failure": sum(bool(result.seen.told) for result in results),
        "told": dict(told.most_common()),
        "runs_that_died": sum(result.dies for result in results),
        "queued_unsaid": sum(result.queued_unsaid for result in results),
        "final_states": dict(Counter(state for result in results for state in result.later.states.values())),
        "sent": sum(bench.accepted.values()),
    }
    broken = tuple(f"{result.case}: {why}" for result in results for why in result.broken)
    return Proof(
        "writes",
        "a disk that fails at any write loses nothing, sends nothing twice, and the program goes on",
        figures,
        broken,
    )


@dataclass(frozen=True)
class _Result:
    """One run: what the program told under faults, what was there later, and what of it must not be."""

    case: str
    dies: bool
    seen: Seen
    later: Seen
    accepted: dict[str, int]
    text: str

    @property
    def broken(self) -> Iterator[str]:
        """Yield each promise that did not hold."""
        seen, later = self.seen, self.later
        if seen.bug or later.bug:
            yield seen.bug or later.bug
            return
        if seen.failures == 0:
            yield "nothing failed"
        if not self.dies and set(seen.queued) != set(_LETTERS):
            yield f"the program did not go on: {seen.queued}, {seen.told}"
        if self.dies and not (seen.queued or seen.told):
            yield "the letter was not queued, and nobody was told"
        if any(state in {"attempting", "data_end"} for state in (*seen.states.values(), *later.states.values())):
            yield f"a message stays under way: {seen.states}, {later.states}"
        for name in _LETTERS:
            yield from self._message(name)
            yield from self._draft(name)

    @property
    def queued_unsaid(self) -> int:
        """How many messages go that the program, before it died, could not say were queued."""
        return len(self.later.recovered.keys() - set(self.seen.queued))

    def _message(self, name: str) -> Iterator[str]:
        """Yield what is wrong with a message of the outbox, or with one that was said to be there."""
        shown, recovered = self.seen.states.get(name), self.later.recovered.get(name)
        final, accepted = self.later.states.get(name), self.accepted[name]
        if name in self.seen.queued and recovered is None:
            yield f"{name} was said to be queued and is lost"
        if accepted > 1:
            yield f"{name} went {accepted} times"
        if "sent" in {shown, recovered, final} and accepted == 0:
            yield f"{name} is shown as sent, and no server has it"
        if recovered is not None and final != "sent" and not recovered == final == "uncertain":
            yield f"{name} does not go: {shown}, {recovered}, {final}"

    def _draft(self, name: str) -> Iterator[str]:
        """Yield what is wrong with a draft that was said to be saved, unless it is in the outbox."""
        kept = max((length for saved, length in self.seen.saved if saved == name), default=0)
        draft = self.later.drafts.get(name, "")
        if not self.text.startswith(draft):
            yield f"the draft of {name} is not what was typed"
        if name not in self.later.recovered and len(draft) < kept:
            yield f"of {kept} characters of {name} that were said to be saved, {len(draft)} are there"


class _Bench:
    """The process that runs the program, the servers, and a data folder to begin each run with."""

    def __init__(self, folder: Path, world: DemoWorld) -> None:
        self._folder = folder
        self._world = world
        self._home = folder / "set-up"
        self._attachment = folder / "Anhang.bin"
        self._attachment.write_bytes(os.urandom(40_000))
        self.accepted: Counter[str] = Counter()
        self._number = 0
        world.inbox.subscribe(self._count)

    def __enter__(self) -> Self:
        shim = self._folder / "faulty_disk.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", shim, _SOURCE, "-ldl"], check=True)
        asyncio.run(self._set_up())
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.writer"],
            env={**os.environ, "LD_PRELOAD": str(shim)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    async def _set_up(self) -> None:
        async with opened(self._world, self._home) as services:
            await services.checked_policy()

    def run(self, fault: Fault | None, *, dies: bool = False) -> Seen:
        """Run the program in a new data folder, or without a fault to give, once more in the last one."""
        if fault is not None:
            self._number += 1
            shutil.copytree(self._home, self._order(None).home)
        return self._told(replace(self._order(fault), dies=dies))

    def check(self, kind: str, number: int, dies: bool) -> _Result:
        """Run the program with one fault and look what has become of its messages."""
        seen = self.run(replace(_KINDS[kind], number=number), dies=dies)
        later = self.run(None)
        order = self._order(None)
        accepted = {name: self.accepted[f"{order.name} {name}"] for name in _LETTERS}
        shutil.rmtree(order.home)
        case = f"call {number}, {kind}, {'dies' if dies else 'goes on'}"
        return _Result(case, dies, seen, later, accepted, letter(order, "first").text)

    def _order(self, fault: Fault | None) -> Order:
        account = self._world.organisation.access().keychain_account
        return Order(
            home=str(self._folder / f"run-{self._number}"),
            name=f"Lauf {self._number}",
            sender=PRIMARY,
            passwords={account: self._world.organisation.password},
            attachment=str(self._attachment),
            fault=fault,
        )

    def _told(self, order: Order) -> Seen:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        self._process.stdin.flush()
        return msgspec.json.decode(self._process.stdout.readline(), type=Seen)

    def _count(self, arrived: Arrived) -> None:
        subject = next(line for line in arrived.data.split(b"\r\n") if line.startswith(b"Subject: "))
        self.accepted[subject.removeprefix(b"Subject: ").decode()] += 1


@contextmanager
def _bench(folder: Path) -> Iterator[_Bench]:
    with DemoWorld() as world, _Bench(folder, world) as bench:
        yield bench
