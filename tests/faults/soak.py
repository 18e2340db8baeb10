"""Hours of sending in which a tenth goes wrong, the program is ended each minute and the clock jumps.

By itself, `python -m tests.faults.soak --minutes 120 --messages 50000`: a line of figures for each minute goes to
standard error, and the last line, on standard output, is what came out.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, median

from tests.faults.orders import Order
from tests.faults.proof import Proof, Scale
from tests.faults.world import Process, Row, World

__all__ = ["Course", "Diary", "Sample", "judge_machine", "prove", "soak"]

PROMISE = "hours of faults, restarts and clock jumps lose nothing, send nothing twice, and cost no memory"
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_LARGE = ((1_000_000, 0.004), (10_000_000, 0.0004))
"""Octets of an attachment, and the share of the messages that have it."""
_GROWTH_LIMIT = 8 * 1024
"""KiB over the whole course."""
_SPARE_DESCRIPTORS = 4
_MANY = 10
"""Periods in which the program must have come to rest once, however busy the machine is."""
_TO_DRAIN = 300.0
"""Seconds between two things the program says at the end."""
_LATE = 30.0
"""Seconds after SIGTERM from which a program counts as hanging, on a machine with much else to do."""


@dataclass(frozen=True)
class Course:
    """How long and how much."""

    seconds: float
    messages: int
    period: float
    """Seconds from one restart to the next."""
    seed: int = 15
    large: bool = True
    """Whether some messages are large."""


COURSES = {
    Scale.SHORT: Course(3, 120, 1.5, large=False),
    Scale.USUAL: Course(180, 1_500, 15),
    Scale.LONG: Course(7_200, 50_000, 60),
}


@dataclass(frozen=True)
class Sample:
    """What the program takes of the machine while it has nothing to do."""

    seconds: float
    rss: int
    pss: int
    """Both KiB. What other programs share of the same libraries changes the second, so the first is judged."""
    descriptors: int


@dataclass
class Diary:
    """What was seen on the way."""

    samples: list[Sample] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    """How long each end by SIGTERM took, in seconds."""
    runs: int = 0
    kills: int = 0
    jumps: int = 0
    keyring_crashes: int = 0
    """How often the keyring itself, a program of the system's, ended by itself."""
    left_under_way: int = 0
    """Messages that an end by SIGTERM left for the next start to judge."""
    gave_up: bool = False
    """Whether the program ended by itself, so that going on proves nothing."""
    broken: list[str] = field(default_factory=list)


def prove(scale: Scale, folder: Path) -> Proof:
    """Run the course of a scale."""
    return soak(COURSES[scale], folder)


def soak(course: Course, folder: Path) -> Proof:
    """Run a course in an empty folder."""
    diary, chance = Diary(), random.Random(course.seed)
    ahead, begun = 0.0, time.monotonic()
    with World(folder, course.seed, think=(0.0, 0.02)) as world:
        files = tuple((world.attachment(size), share) for size, share in _LARGE) if course.large else ()
        while not diary.gave_up and _goes_on(course, passed := time.monotonic() - begun, diary):
            written = len(world.rows()) if world.told.queued else 0
            wanted = min(1.0, (passed + course.period) / course.seconds) * course.messages - written
            order = _order(course, world, files, written, max(math.ceil(wanted), 1), ahead, diary.runs, chance)
            _live(world, order, course, begun, diary)
            ahead += sum(by for _, by in order.jumps)
            _note(world, course, begun, diary)
        if not diary.gave_up:
            _drain(course, world, ahead, diary)
        rows = _audit(world, diary)
        diary.broken += [f"stuck: {row.id} {row.state}" for row in rows if row.state in _UNFINISHED]
        return _proof(course, world, rows, diary)


_UNFINISHED = ("queued", "attempting", "data_end", "deferred", "held")


def _goes_on(course: Course, passed: float, diary: Diary) -> bool:
    """Whether another period fits in; on a busy machine too the program is ended once in each way."""
    return passed < course.seconds - course.period / 2 or diary.runs < 2


def _order(
    course: Course,
    world: World,
    files: tuple[tuple[str, float], ...],
    start: int,
    count: int,
    ahead: float,
    run: int,
    chance: random.Random,
) -> Order:
    """Return what the program does until the next restart: bursts, quiet, and then message after message."""
    first, burst = math.ceil(count * 0.6), 40
    jumps = []
    for after in sorted(chance.uniform(0, 0.8 * course.period) for _ in range(chance.randrange(1, 4))):
        by = chance.choice((_MINUTE, _HOUR, _DAY)) * chance.uniform(1, 5)
        # Back as often as forth, and never further than the policy and the certificates of the world are valid.
        by = -by if ahead > 10 * _DAY or (ahead > -10 * _DAY and chance.random() < 0.5) else by
        jumps.append((after, by))
        ahead += by
    return Order(
        str(world.home),
        seed=course.seed,
        run=run,
        start=start,
        count=first,
        burst=burst,
        pause=0.5 * course.period / math.ceil(first / burst),
        attachments=files,
        clock=ahead - sum(by for _, by in jumps),
        jumps=tuple(jumps),
        settle=min(2.0, 0.05 * course.period),
        more=count - first,
        more_pause=0.2 * course.period / max(count - first, 1),
    )


def _live(world: World, order: Order, course: Course, begun: float, diary: Diary) -> None:
    """Let the program run for one period, look at it while it is idle, and end it."""
    diary.runs += 1
    diary.jumps += len(order.jumps)
    with world.process("--once") as program:
        program.order(order)
        # From its first word on: on a busy machine its start alone may take a period, and then there is none to end.
        line, end = program.hear(), time.monotonic() + course.period
        while line is not None:
            _revive_keyring(world, diary)
            if line == "idle":
                diary.samples.append(_sample(program, time.monotonic() - begun))
            if not line:
                diary.broken.append(f"the program ended by itself: {program.end()}")
                diary.gave_up = True
                return
            line = program.hear(end - time.monotonic())
        if diary.kills > len(diary.ends):
            _end_quietly(world, program, diary)
        else:
            diary.kills += 1
            program.process.kill()
            program.end()


def _revive_keyring(world: World, diary: Diary) -> None:
    """Start the keyring again if it has crashed: it is not what is tried here, but passwords come from nowhere else."""
    diary.keyring_crashes += world.keyring.revive()


def _end_quietly(world: World, program: Process, diary: Diary) -> None:
    asked = time.monotonic()
    program.process.send_signal(signal.SIGTERM)
    try:
        code = program.end(_LATE)
    except subprocess.TimeoutExpired:
        diary.broken.append(f"no end within {_LATE:.0f} s of SIGTERM")
        return
    diary.ends.append(time.monotonic() - asked)
    if code:
        diary.broken.append(f"ended with {code} on SIGTERM")
    diary.left_under_way += sum(row.state in {"attempting", "data_end"} for row in world.rows())


def _sample(program: Process, seconds: float) -> Sample:
    of = Path("/proc") / str(program.process.pid)
    fields = dict(line.split(":") for line in (of / "smaps_rollup").read_text().splitlines()[1:])
    rss, pss = (int(fields[name].split()[0]) for name in ("Rss", "Pss"))
    return Sample(seconds, rss, pss, len(list((of / "fd").iterdir())))


def _drain(course: Course, world: World, ahead: float, diary: Diary) -> None:
    """Have all that is left written and all that still waits sent, now without faults."""
    written = len(world.rows())
    world.servers.share = 0.0
    _revive_keyring(world, diary)
    with world.process("--once") as program:
        home, rest = str(world.home), max(course.messages - written, 0)
        program.order(Order(home, seed=course.seed, run=diary.runs, start=written, count=rest, clock=ahead, drain=True))
        try:
            program.until("drained", _TO_DRAIN)
        except TimeoutError as error:
            diary.broken.append(f"at the end {error}")


def _audit(world: World, diary: Diary) -> list[Row]:
    """Compare the disk with the servers' truth."""
    world.servers.settle()
    rows = world.rows()
    diary.broken += [lie for lie in world.lies(rows, world.drafts()) if lie not in diary.broken]
    return rows


def _note(world: World, course: Course, begun: float, diary: Diary) -> None:
    rows = _audit(world, diary)
    if course.period < _MINUTE and not diary.broken:
        return
    last = diary.samples[-1] if diary.samples else Sample(0, 0, 0, 0)
    line = {"minute": round((time.monotonic() - begun) / _MINUTE, 1), **_counts(world, rows)}
    line |= {"rss_kib": last.rss, "pss_kib": last.pss, "descriptors": last.descriptors}
    print(json.dumps({**line, "broken": len(diary.broken), "last": diary.broken[-1:]}), file=sys.stderr, flush=True)


def _counts(world: World, rows: Sequence[Row]) -> dict[str, object]:
    ledger = world.servers.ledger
    states = world.states(list(rows))
    there = {row.id for row in rows}
    uncertain = [row for row in rows if row.state == "uncertain"]
    return {
        "queued_in_all": len(rows),
        **{state: states[state] for state in ("sent", "uncertain", "failed", "cancelled")},
        "waiting": sum(states[state] for state in _UNFINISHED),
        "lost": len(world.told.queued - there),
        "duplicated": sum(times > 1 for times in list(ledger.accepted.values())),
        "false_sent": sum(row.state == "sent" and not ledger.times(row.message_id) for row in rows),
        "uncertain_and_delivered": sum(ledger.times(row.message_id) > 0 for row in uncertain),
        "uncertain_dropped_by_server": sum(row.message_id in ledger.dropped for row in uncertain),
        "faults": sum(ledger.faults.values()),
        "attempts": ledger.messages,
    }


def _proof(course: Course, world: World, rows: list[Row], diary: Diary) -> Proof:
    samples = diary.samples
    descriptors = [each.descriptors for each in samples]
    diary.broken += judge_machine(samples, course.seconds)
    if not samples and course.seconds >= _MANY * course.period:
        diary.broken.append("the program was never idle")
    figures = {
        "seed": course.seed,
        **_counts(world, rows),
        "kills": diary.kills,
        "ends_by_sigterm": len(diary.ends),
        "longest_end_s": round(max(diary.ends, default=0), 2),
        "left_under_way_by_sigterm": diary.left_under_way,
        "clock_jumps": diary.jumps,
        "keyring_crashes": diary.keyring_crashes,
        "samples": len(samples),
        "pss_median_kib": round(median(each.pss for each in samples)) if samples else 0,
        "rss_median_kib": round(median(each.rss for each in samples)) if samples else 0,
        "rss_slope_kib_per_hour": round(_slope([(each.seconds / _HOUR, each.rss) for each in samples]), 1),
        "pss_slope_kib_per_hour": round(_slope([(each.seconds / _HOUR, each.pss) for each in samples]), 1),
        "descriptors": [min(descriptors, default=0), max(descriptors, default=0)],
    }
    return Proof("soak", PROMISE, figures, tuple(diary.broken))


def judge_machine(samples: Sequence[Sample], seconds: float) -> list[str]:
    """Return what the program takes ever more of in a course of so many seconds."""
    broken: list[str] = []
    if not samples:
        return broken
    slope = _slope([(each.seconds / _HOUR, each.rss) for each in samples])
    if slope * seconds / _HOUR > _GROWTH_LIMIT:
        broken.append(f"memory grows by {slope:.0f} KiB an hour")
    descriptors = [each.descriptors for each in samples]
    if max(descriptors) - min(descriptors) > _SPARE_DESCRIPTORS:
        broken.append(f"between {min(descriptors)} and {max(descriptors)} descriptors")
    return broken


def _slope(points: list[tuple[float, float]]) -> float:
    """Return the least-squares slope; 0 for too few points to tell."""
    if len(points) < 3:
        return 0.0
    middle_x, middle_y = fmean(x for x, _ in points), fmean(y for _, y in points)
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / spread if spread else 0.0


def main() -> int:
    """Run a course of any length."""
    usual = COURSES[Scale.LONG]
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=usual.seconds / _MINUTE)
    parser.add_argument("--messages", type=int, default=usual.messages)
    parser.add_argument("--period", type=float, default=usual.period, help="seconds from one restart to the next")
    parser.add_argument("--seed", type=int, default=usual.seed)
    given = parser.parse_args()
    course = Course(given.minutes * _MINUTE, given.messages, given.period, given.seed)
    with tempfile.TemporaryDirectory(prefix="absender-soak-") as folder:
        proof = soak(course, Path(folder))
    print(json.dumps({"held": not proof.broken, **proof.figures, "broken": proof.broken[:20]}), flush=True)
    return 1 if proof.broken else 0


if __name__ == "__main__":
    sys.exit(main())
