"""What a power cut may take: nothing is told, and no message ended, before the disk has what must outlive it.

strace shows in which order the program writes the journal of its database, syncs it, and speaks.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import msgspec

from tests.faults.orders import Order, message_plan
from tests.faults.proof import Proof, Scale
from tests.faults.world import ROOT, World
from tests.servers.process import program

__all__ = ["Course", "prove", "read_trace", "traced"]

PROMISE = "a draft is saved, a message queued, its end written and `sent` told only once the disk has it"
_SEED = 5
_MESSAGES = {Scale.SHORT: 2, Scale.USUAL: 20, Scale.LONG: 100}
_STEPS = {"draft": 1, "queued": 1, "dot": 2, "sent": 1}
"""What the program says, and at least how often it has synced since it said the step before."""
_CALL = re.compile(r'\d+ +(?P<call>\w+)\(\d+<(?P<file>[^>]*)>(?:, "(?P<text>\w*))?')
_DONE = re.compile(r"\d+ +(?:<\.\.\. )?(?P<call>\w+)\b.*= 0$")


@dataclass
class Course:
    """What was seen of one message."""

    steps: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def prove(scale: Scale, folder: Path) -> Proof:
    """Send message after message, each by a process of its own that is traced."""
    told: Counter[str] = Counter()
    broken: list[str] = []
    with World(folder, _SEED, share=0.0) as world:
        order = Order(str(world.home), seed=_SEED, count=1, after_start=True, drain=True)
        plain = (number for number in count() if not message_plan(order, number).due_in)
        for _, number in zip(range(_MESSAGES[scale]), plain, strict=False):
            course = read_trace(traced(world, replace(order, start=number), folder / "trace"))
            told.update(course.steps)
            broken += [f"message {number}: {each}" for each in course.broken]
        broken += world.lies(world.rows(), world.drafts())
    return Proof("syncs", PROMISE, {"seed": _SEED, "messages": _MESSAGES[scale], **told}, tuple(broken))


def traced(world: World, order: Order, file: Path) -> list[str]:
    """Carry out an order under strace and return what it saw."""
    strace = [program("strace"), "-f", "-qq", "-y", "-e", "trace=pwrite64,write,fdatasync,fsync", "-o", str(file)]
    done = subprocess.run(
        [*strace, sys.executable, "-m", "tests.faults.program", "--once"],
        cwd=ROOT,
        env=world.env,
        input=msgspec.json.encode(order) + b"\n",
        capture_output=True,
        check=True,
        timeout=120,
    )
    for line in done.stdout.decode().splitlines():
        world.told.hear(line)
    return file.read_text().splitlines()


def read_trace(lines: Iterable[str]) -> Course:
    """Return what the program said of one message, and what it said too early."""
    course, unsynced, syncs = Course(), False, 0
    for line in lines:
        call = _CALL.match(line)
        if call is not None and call["call"] == "pwrite64" and call["file"].endswith("-wal"):
            unsynced = True
        elif (done := _DONE.match(line)) is not None and done["call"] in {"fdatasync", "fsync"}:
            unsynced, syncs = False, syncs + 1
        elif call is not None and call["call"] == "write" and call["file"].startswith("pipe:"):
            step = call["text"]
            if step not in _STEPS:
                continue
            course.steps.append(step)
            if unsynced or syncs < _STEPS[step]:
                course.broken.append(f"{step!r} after {syncs} syncs" + " and before the next" * unsynced)
            syncs = 0
    if list(dict.fromkeys(course.steps)) != list(_STEPS):
        course.broken.append(f"only {', '.join(course.steps)}")
    return course
