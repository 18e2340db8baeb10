"""Thousands of random histories of a policy and a mailbox, each judged at every MAIL by rules written apart.

The program is the real one from its services to its database; the time, the policy server and the mail servers are
not (`machine`, `histories_world`). By itself, `python -m tests.faults.histories 17` tells what happened in history 17.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from tests.faults.histories_life import History
from tests.faults.histories_world import HOUR
from tests.faults.machine import no_threads, runner
from tests.faults.proof import Proof, Scale

__all__ = ["Tally", "live", "prove"]

_PROMISE = "no random history sends against the policy, loses a message, or sends one twice"
_HISTORIES = {Scale.USUAL: 10_000, Scale.LONG: 100_000}
_SHORT_SECONDS = 3.0
_FEWEST = 24
"""Histories of the short form on a machine that is busy with much else."""
_SEED = 0
_BATCH = 50
_FAST = Path("/dev/shm")
"""In memory: what power loss does is another proof's."""


@dataclass
class Tally:
    """What came out of some histories."""

    histories: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.histories += other.histories
        self.counts += other.counts
        self.broken += other.broken


def live(seed: int, folder: Path, tell: Callable[[str], None] = lambda _: None) -> Tally:
    """Live through one history in a data folder of its own, and return what came of it."""
    with tempfile.TemporaryDirectory(dir=folder) as home, no_threads():
        random.seed(seed)  # what the program itself leaves to chance
        history = History(seed, Path(home) / "home", tell)
        with runner(history.machine) as running:
            running.run(history.run())
        counts = history.counts + history.rules.counts
        counts.update({f"policy server {mode}": count for mode, count in history.publisher.counts.items()})
        counts.update({f"mail server: {end}": count for end, count in history.post.counts.items()})
        counts["true hours"] = round(history.machine.true / HOUR)
    return Tally(1, counts, [f"history {seed}: {line}" for line in history.rules.broken])


def prove(scale: Scale, folder: Path) -> Proof:
    """Live through as many histories as the scale asks for."""
    begun, tally = time.monotonic(), Tally()
    place = _FAST if _FAST.is_dir() else folder
    with tempfile.TemporaryDirectory(prefix="absender-histories-", dir=place) as home:
        if scale is Scale.SHORT:
            while tally.histories < _FEWEST or time.monotonic() - begun < _SHORT_SECONDS:
                tally.add(live(_SEED + tally.histories, Path(home)))
        else:
            firsts = range(_SEED, _SEED + _HISTORIES[scale], _BATCH)
            with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
                for part in processes.map(_batch, firsts, [home] * len(firsts)):
                    tally.add(part)
    figures = {"seed": _SEED, "histories": tally.histories, **dict(sorted(tally.counts.items()))}
    return Proof("histories", _PROMISE, figures, tuple(tally.broken))


def _batch(first: int, home: str) -> Tally:
    tally = Tally()
    for seed in range(first, first + _BATCH):
        tally.add(live(seed, Path(home)))
    return tally


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for line in live(int(sys.argv[1]), Path(folder), print).broken:
            print(line)
