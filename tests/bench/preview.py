"""The administrator's preview over 100,000 people: how long a tick takes until everybody is compared."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import msgspec

from app.policy.directory import Directory, Group, OrgUnit, User
from app.policy.document import MailServer, MailServers, Organisation
from app.preview.change import Change, Choice, apply_change
from app.preview.comparison import Cause, Kind, compare
from app.preview.csv_text import CsvWords, csv_of
from app.preview.tree import unit_tree
from tests.bench.figures import Figures, figure
from tests.bench.preview_window import measure_stalls

__all__ = ["measure_preview", "organisation"]

_USERS, _UNITS, _GROUPS, _GROUPS_A_USER = 100_000, 2_000, 5_000, 12
_COLUMNS = dict.fromkeys(CsvWords.__slots__, "x")
_KINDS = {"kinds": {kind: kind.value for kind in Kind}, "cause_words": {cause: cause.value for cause in Cause}}
_WORDS = msgspec.convert(_COLUMNS | _KINDS, CsvWords)


def organisation(users: int = _USERS, units: int = _UNITS, groups: int = _GROUPS) -> Directory:
    """Return a large organisation: the box is set for every third unit and every fiftieth group."""
    ids = [f"orgUnits/{number:06}" for number in range(units)]
    names = [f"groups/{number:06}" for number in range(groups)]
    made = Directory(
        organisation=Organisation(name="Beispiel GmbH", domains=("beispiel.example",)),
        mail_servers=MailServers(submission=MailServer(host="smtp.beispiel.example", port=587)),
        units={
            each: OrgUnit(
                id=each, path=f"/{number}" if number else "/", parent=ids[(number - 1) // 6] if number else ""
            )
            for number, each in enumerate(ids)
        },
        groups={each: Group(id=each, email=f"g{each[7:]}@beispiel.example") for each in names},
        users=tuple(
            User(
                email=f"n{number}@beispiel.example",
                org_unit=ids[number * 7 % units],
                groups=tuple(names[(number * 31 + step * 97) % groups] for step in range(_GROUPS_A_USER)),
            )
            for number in range(users)
        ),
    )
    for number, target in enumerate((*ids[1::3], *names[::50])):
        made = apply_change(made, Change(target, Choice.TICK if number % 2 else Choice.UNTICK))
    return made


def measure_preview(rounds: int) -> Figures:
    """Return the figures of one tick at the root."""
    before = organisation()
    after = apply_change(before, Change("orgUnits/000000", Choice.TICK))
    compared = compare(before, after)
    stalls = measure_stalls(before)
    size = f"{_USERS} people, {_UNITS} units, {len(before.policies)} places where the box is set"
    return {
        f"{size}: a tick, applied (ms)": figure(
            _median(rounds, lambda: apply_change(before, Change("orgUnits/000000", Choice.TICK)))
        ),
        f"{size}: everybody compared, {compared.counts[Kind.GAINS]} gain (ms)": figure(
            _median(rounds, lambda: compare(before, after)), at_most=(2000.0, "2 s")
        ),
        f"{size}: the tree (ms)": figure(_median(rounds, lambda: unit_tree(after))),
        f"{size}: the comparison as CSV (ms)": figure(_median(rounds, lambda: csv_of(compared, _WORDS))),
    } | {f"{size}: {name}": found for name, found in stalls.items()}


def _median(rounds: int, work: Callable[[], object]) -> float:
    """Return milliseconds of processor time: nothing here waits for anything."""
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        taken.append((time.process_time() - begun) * 1000)
    return statistics.median(taken)
