"""kill -9 at each point of a send and at any moment, again and again over one data folder."""

from __future__ import annotations

import random
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.dying import POINTS
from tests.faults.orders import Order
from tests.faults.proof import Proof, Scale
from tests.faults.world import Process, Row, World

__all__ = ["Kills", "prove"]

PROMISE = "kill -9 loses nothing, sends nothing twice, and leaves what may have been accepted as uncertain"
_SEED = 31
_STEP = 180.0
"""Seconds by which the clock is further at each start, so that what was put off is tried again."""
_THINK = (0.01, 0.09)
"""Seconds a server takes to put a message away, as one with a disk of its own does."""
_WRITTEN = (2, 5, 10)
"""How many messages are written before a kill at any moment: about as many as are sent until then."""
_TO_DRAIN = 240
"""Seconds for all that waits at the end."""
_FALSE_LIMIT = 0.1
"""The share of false alarms among the messages that a kill at any moment left uncertain."""
_ENOUGH = 30
"""Uncertain messages from which that share says anything."""
# What the disk must say of the message at which the program died, and how often it may have been accepted. Between
# the commit of a new message and the kill its queue's worker may have taken it already.
_TRUTH: dict[str, tuple[set[str], set[int]]] = {
    "K0": ({"draft"}, {0}),
    "K1 read": ({"draft"}, {0}),
    "K1 stored": ({"draft"}, {0}),
    "K2": ({"queued", "attempting"}, {0}),
    "K3 claimed": ({"attempting"}, {0}),
    "K3 uploaded": ({"attempting"}, {0}),
    "K4": ({"data_end"}, {0}),
    "K6": ({"data_end"}, {1}),
    "K7": ({"sent"}, {1}),
}


@dataclass(frozen=True)
class Kills:
    """How many."""

    anywhere: int
    at_each_point: int
    faults: float = 0.1
    """The share of the messages that meet a fault of their server."""


KILLS = {Scale.SHORT: Kills(8, 1, faults=0.25), Scale.USUAL: Kills(500, 10), Scale.LONG: Kills(2_000, 40)}


@dataclass
class Count:
    """What the kills left behind."""

    kills: Counter[str] = field(default_factory=Counter)
    """By point; "any" for a kill at any moment."""
    caught: dict[str, str] = field(default_factory=dict)
    """The point of the kill, by the id of each message that it caught between its end and the verdict."""
    codes: Counter[int] = field(default_factory=Counter)
    attempts: int = 0
    """How often a message was tried while the servers still had faults."""
    gave_up: bool = False
    """Whether the program ended by itself, so that going on proves nothing."""
    broken: list[str] = field(default_factory=list)


def prove(scale: Scale, folder: Path) -> Proof:
    """Kill the program as often as the scale says and compare what is left with what the servers accepted."""
    kills, chance, count = KILLS[scale], random.Random(_SEED), Count()
    points = [*["any"] * kills.anywhere, *POINTS * kills.at_each_point]
    chance.shuffle(points)
    with World(folder, _SEED, share=kills.faults, think=_THINK) as world:
        with world.process() as program:
            for number, point in enumerate(points):
                if not count.gave_up:
                    _kill(world, program, _order(world, point, number, chance), count)
            if not count.gave_up:
                _finish(world, program, len(points) * _STEP, count)
        return _proof(world, count)


def _order(world: World, point: str, number: int, chance: random.Random) -> Order:
    """Return what the program does this time, and when it dies."""
    return Order(
        str(world.home),
        seed=_SEED,
        run=number,
        start=len(world.rows()) if number else 0,
        count=chance.choice(_WRITTEN) if point == "any" else 8,
        clock=number * _STEP,
        die_at="" if point == "any" else point,
        die_on=chance.choice((1, 1, 2, 4)),
        # Where faults have put off what would lead to that point, the clock goes on until it is reached.
        drain=point != "any",
        kill_after=chance.uniform(0.01, 0.6) if point == "any" else 0.0,
        # Of the kills at any moment, a quarter may come while the program still starts.
        from_ready=chance.random() < 0.75,
        limit=120,
    )


def _kill(world: World, program: Process, order: Order, count: Count) -> None:
    """Let the program run to its death, and see whether everything is true then."""
    point = order.die_at or "any"
    program.order(order)
    dying = ""
    while (line := program.hear()) and not line.startswith("end "):
        if line.startswith("dying "):
            dying = line.removeprefix("dying ")
    code = int(line.split()[1]) if line else 1
    count.codes[code] += 1
    if code == -signal.SIGKILL:
        count.kills[point] += 1
    elif code or point == "any":
        count.broken.append(f"{point}: the program ended with {code}")
        count.gave_up = True
    world.servers.settle()
    rows, drafts = world.rows(), world.drafts()
    for row in rows:
        if row.state == "data_end":
            count.caught[row.id] = point
    if point == "K5" and code == -signal.SIGKILL and all(row.state != "data_end" for row in rows):
        count.broken.append("K5: no message was between its end and the verdict")
    found = [*world.lies(rows, drafts), *_untrue_at(world, rows, drafts, point, dying)]
    count.broken += [f"{point}, kill {count.kills.total()}: {lie}" for lie in found]


def _untrue_at(world: World, rows: list[Row], drafts: dict[str, int], point: str, dying: str) -> list[str]:
    """Return what is wrong with the very message at which the program died."""
    if not dying or point not in _TRUTH:
        return []
    states, times = _TRUTH[point]
    row = next((row for row in rows if row.id == dying), None)
    state = row.state if row else "draft" if dying in drafts else "nowhere"
    accepted = world.servers.ledger.times(row.message_id) if row else 0
    return [] if state in states and accepted in times else [f"{dying} is {state}, accepted {accepted} times"]


def _finish(world: World, program: Process, clock: float, count: Count) -> None:
    """Have all that still waits sent, now without faults, and see whether everybody has the truth."""
    count.attempts = world.servers.ledger.messages
    world.servers.share = 0.0
    program.order(Order(str(world.home), clock=clock, drain=True, limit=_TO_DRAIN))
    try:
        program.until("drained")
        program.until("end")
    except TimeoutError as error:
        count.broken.append(f"at the end {error}")
    world.servers.settle()
    rows = world.rows()
    count.broken += [f"at the end: {lie}" for lie in world.lies(rows, world.drafts())]
    at_rest = {"sent", "uncertain", "failed", "cancelled"}
    count.broken += [f"at the end {row.id} is {row.state}" for row in rows if row.state not in at_rest]
    states = {row.id: row.state for row in rows}
    shown = (f"{name}, caught at {point}, is shown as {states[name]}" for name, point in count.caught.items())
    count.broken += [each for each in shown if not each.endswith(" uncertain")]


def _proof(world: World, count: Count) -> Proof:
    rows, ledger = world.rows(), world.servers.ledger
    uncertain = [row for row in rows if row.state == "uncertain"]
    undelivered = [row for row in uncertain if not ledger.times(row.message_id)]
    by_server = [row for row in undelivered if row.message_id in ledger.dropped]
    by_kill = [row for row in undelivered if row.message_id not in ledger.dropped]
    # Where a server never answers, the alarm is the server's and neither false nor the kill's.
    anywhere = [row for row in uncertain if count.caught.get(row.id) == "any" and row not in by_server]
    false = [row for row in by_kill if count.caught.get(row.id) == "any"]
    share = len(false) / len(anywhere) if anywhere else 0.0
    if len(anywhere) >= _ENOUGH and share > _FALSE_LIMIT:
        count.broken.append(f"{len(false)} of {len(anywhere)} uncertain messages were false alarms")
    figures = {
        "seed": _SEED,
        "kills": count.kills.total(),
        "kills_by_point": dict(sorted(count.kills.items())),
        "point_not_reached": count.codes[0],
        "messages": len(rows),
        **world.states(rows),
        "lost": len(world.told.queued - {row.id for row in rows}),
        "duplicated": sum(times > 1 for times in ledger.accepted.values()),
        "false_sent": sum(row.state == "sent" and not ledger.times(row.message_id) for row in rows),
        "attempts": ledger.messages,
        "attempts_between_kills": count.attempts,
        "server_faults_between_kills": ledger.faults.total(),
        "uncertain_and_delivered": len(uncertain) - len(undelivered),
        "uncertain_dropped_by_server": len(by_server),
        "uncertain_killed_at_K4": sum(count.caught.get(row.id) == "K4" for row in by_kill),
        "uncertain_by_kills_anywhere": len(anywhere),
        "false_uncertain_by_kills_anywhere": len(false),
        "false_uncertain_share": round(share, 3),
    }
    return Proof("kill", PROMISE, figures, tuple(count.broken))
