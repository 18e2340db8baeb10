"""An organisation's programs and one real web server: who asks when, and how soon a change is everywhere.

The programs are real watches on simulated time; each request is a real one, over TLS, to nginx as it is documented.
"""

from __future__ import annotations

import hashlib
import heapq
import http.client
import math
import random
import ssl
import types
from collections import Counter
from collections.abc import Coroutine, Generator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import patch

import trustme

from app.address import Address
from app.errors import PolicyError, Reason
from app.policy import watch as watch_module
from app.policy.source import Fetched, NotModified
from app.policy.watch import MemoryPolicies, PolicyWatch
from tests.app.policy.documents import content, data, gateway_policy
from tests.app.policy.signers import ORG
from tests.faults.proof import Proof, Scale
from tests.servers.web import Nginx

__all__ = ["prove"]

_PROGRAMS = {Scale.SHORT: 100, Scale.USUAL: 10_000, Scale.LONG: 50_000}
_NEW = {Scale.SHORT: 100, Scale.USUAL: 3_000, Scale.LONG: 3_000}
"""Connections of which each carries one request, as the programs make them."""
_SEED = 23
_MINUTE, _HOUR = 60, 3600
_BEGIN = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
# What happens, in hours since all programs were started in the same second.
_CHANGED, _DOWN, _UP, _EXPIRED, _END = 3, 5, 7, 9, 11
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Absender"}
_CONNECTIONS = 4
_SLOWEST = 66
"""Minutes after which every program that runs and has a network knows of a change."""


@types.coroutine
def _nap(seconds: float) -> Generator[float, None, None]:
    yield seconds


@dataclass
class _Organisation:
    """The simulated time, the people, and the kept connections to the real server."""

    server: Nginx
    context: ssl.SSLContext
    now: float = 0.0
    is_up: bool = True
    requests: list[tuple[float, int, int]] = field(default_factory=list)
    """When, who, and the status; 0 while the server is down."""
    _kept: list[http.client.HTTPSConnection] = field(default_factory=list)

    def wall(self) -> datetime:
        return _BEGIN + timedelta(seconds=self.now)

    def clock(self) -> float:
        return self.now

    def ask(self, number: int, path: str, etag: str) -> Fetched | NotModified:
        """Make one request, as the program does but over a connection that is open already."""
        if not self.is_up:
            self.requests.append((self.now, number, 0))
            raise PolicyError.because(Reason.POLICY_UNREACHABLE, source=path, host="localhost")
        connection = self._connection(number)
        connection.request("GET", path, headers=_HEADERS | ({"If-None-Match": etag} if etag else {}))
        with connection.getresponse() as answer:
            body = answer.read()
        self.requests.append((self.now, number, answer.status))
        return NotModified() if answer.status == 304 else Fetched(body, answer.headers["ETag"])

    def close(self) -> None:
        for connection in self._kept:
            connection.close()

    def _connection(self, number: int) -> http.client.HTTPSConnection:
        if len(self._kept) < _CONNECTIONS:
            self._kept.append(
                http.client.HTTPSConnection("localhost", self.server.port, timeout=60, context=self.context)
            )
        return self._kept[number % len(self._kept)]


@dataclass(frozen=True)
class _Source:
    """One program's document."""

    organisation: _Organisation
    number: int
    path: str

    @property
    def origin(self) -> str:
        return self.path

    async def fetch(self, etag: str) -> Fetched | NotModified:
        return self.organisation.ask(self.number, self.path, etag)


def prove(scale: Scale, folder: Path) -> Proof:
    """Let the programs run for eleven hours, with a change, an outage, and an end that all documents share."""
    random.seed(_SEED)
    authority = trustme.CA()
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    count = _PROGRAMS[scale]
    # A machine that is never suspended sleeps through the whole pause.
    with Nginx(authority) as server, patch.object(watch_module, "_NAP", math.inf):
        organisation = _Organisation(server, ssl.create_default_context(cafile=ca_file))
        before = server.processor_seconds()
        watches = _run(organisation, count)
        kept = [when for when in organisation.requests if when[2]]
        spent = server.processor_seconds() - before
        opened = _processor_for_new(organisation, _NEW[scale])
    figures = {
        "seed": _SEED,
        "programs": count,
        "requests": len(kept),
        **_figures(organisation.requests, count),
        "server: processor µs a request on a kept connection": round(spent / len(kept) * 1e6),
        "server: processor µs a request on a new connection": round(opened * 1e6),
    }
    return Proof(
        "serving",
        f"programs ask a static server evenly, and know of a change after {_SLOWEST} minutes at most",
        figures,
        tuple(_broken(organisation.requests, watches, count)),
    )


def _run(organisation: _Organisation, count: int) -> list[PolicyWatch]:
    people = [Address.parse(f"n{number}@beispiel.example") for number in range(count)]
    paths = [f"/{hashlib.sha256(str(person).encode()).hexdigest()}.json" for person in people]
    _publish(organisation.server, people, paths, allow=True, serial=7)
    watches = [
        PolicyWatch(
            MemoryPolicies(), _Source(organisation, number, paths[number]), people[number],
            now=organisation.wall, clock=organisation.clock, sleep=_nap,
        )
        for number in range(count)
    ]  # fmt: skip
    due: list[tuple[float, int, Coroutine[Any, Any, None]]] = [
        (random.random(), number, watch.run_forever()) for number, watch in enumerate(watches)
    ]
    heapq.heapify(due)
    _until(organisation, due, _CHANGED)
    _publish(organisation.server, people, paths, allow=False, serial=8)
    _until(organisation, due, _DOWN)
    organisation.is_up = False
    _until(organisation, due, _UP)
    organisation.is_up = True
    _until(organisation, due, _END)
    for _, _, program in due:
        program.close()
    organisation.close()
    return watches


def _until(organisation: _Organisation, due: list[tuple[float, int, Coroutine[Any, Any, None]]], hour: int) -> None:
    """Let every program do what it does until then."""
    while due[0][0] < hour * _HOUR:
        organisation.now, number, program = due[0]
        pause = program.send(None)
        heapq.heapreplace(due, (organisation.now + pause, number, program))
    organisation.now = hour * _HOUR


def _publish(server: Nginx, people: Sequence[Address], paths: Sequence[str], *, allow: bool, serial: int) -> None:
    subject = content()["subject"]
    expires = (_BEGIN + timedelta(hours=_EXPIRED)).isoformat()
    for person, path in zip(people, paths, strict=True):
        mine = subject | {"email": str(person)}
        fresh = server.documents / "fresh"
        fresh.write_bytes(ORG.signs(data(gateway_policy(allow), serial=serial, subject=mine, expiresAt=expires)))
        fresh.replace(server.documents / path[1:])


def _processor_for_new(organisation: _Organisation, count: int) -> float:
    """Return the server's processor time for one request on a connection of its own."""
    before = organisation.server.processor_seconds()
    path = next(organisation.server.documents.glob("*.json")).name
    for _ in range(count):
        connection = http.client.HTTPSConnection(
            "localhost", organisation.server.port, timeout=60, context=organisation.context
        )
        connection.request("GET", f"/{path}", headers=_HEADERS)
        connection.getresponse().read()
        connection.close()
    return (organisation.server.processor_seconds() - before) / count


def _figures(requests: Sequence[tuple[float, int, int]], count: int) -> dict[str, object]:
    def busiest(begin: float, end: float, unit: int) -> float:
        """Return the requests a second in the busiest stretch of so many seconds between two hours."""
        counted = Counter(int(when // unit) for when, _, _ in requests if begin <= when / _HOUR < end)
        return round(max(counted.values(), default=0) / unit, 2)

    learnt = sorted(_learnt(requests).values())
    recovered = sorted(_first(requests, _UP * _HOUR, {200, 304}).values())
    return {
        "requests a second, mean": round(sum(1 <= when / _HOUR < _CHANGED for when, _, _ in requests) / 2 / _HOUR, 2),
        "mean expected": round(count / _HOUR, 2),
        "busiest minute of hour 1, 2, 3 after a start in one second": [
            busiest(hour - 0.5, hour + 0.5, _MINUTE) for hour in (1, 2, 3)
        ],
        "busiest second of hour 1, 2, 3": [busiest(hour - 0.5, hour + 0.5, 1) for hour in (1, 2, 3)],
        "minutes until a change is known, median and last": _minutes(learnt, _CHANGED),
        "busiest second while down": busiest(_DOWN + 0.1, _UP, 1),
        "minutes from the outage's end to a good answer, median and last": _minutes(recovered, _UP),
        "busiest second after the outage": busiest(_UP, _UP + 1, 1),
        "busiest second around the end all documents share": busiest(_EXPIRED - 0.2, _EXPIRED + 0.2, 1),
    }


def _learnt(requests: Sequence[tuple[float, int, int]]) -> dict[int, float]:
    """Return when each program got the changed document."""
    return _first(requests, _CHANGED * _HOUR, {200})


def _first(requests: Sequence[tuple[float, int, int]], begin: float, wanted: set[int]) -> dict[int, float]:
    found: dict[int, float] = {}
    for when, number, status in requests:
        if when >= begin and status in wanted:
            found.setdefault(number, when)
    return found


def _minutes(moments: Sequence[float], since: int) -> list[float]:
    return [round((moments[at] - since * _HOUR) / _MINUTE, 1) for at in (len(moments) // 2, -1)]


def _broken(requests: Sequence[tuple[float, int, int]], watches: Sequence[PolicyWatch], count: int) -> list[str]:
    learnt = _learnt(requests)
    return [
        *_wrong_answers(requests),
        *_wrong_pauses(requests, count),
        *(
            f"program {number} learnt of the change after {(when - _CHANGED * _HOUR) / _MINUTE:.1f} minutes"
            for number, when in learnt.items()
            if when > _CHANGED * _HOUR + _SLOWEST * _MINUTE
        ),
        *(f"program {number} never learnt of the change" for number in range(count) if number not in learnt),
        *(
            f"program {number} still allows gateways"
            for number, each in enumerate(watches)
            if each.current().allows_gateways
        ),
        *_crowds(requests, count),
    ]


def _wrong_answers(requests: Sequence[tuple[float, int, int]]) -> list[str]:
    """Tell of documents that were sent although nothing had changed, and of the reverse."""
    seen: set[tuple[int, int]] = set()
    wrong = []
    for when, number, status in requests:
        age = 8 if when >= _CHANGED * _HOUR else 7
        is_new = (number, age) not in seen
        expected = 0 if _DOWN <= when / _HOUR < _UP else 200 if is_new or when >= _EXPIRED * _HOUR else 304
        if status != expected:
            wrong.append(f"program {number} got {status} instead of {expected} after {when / _HOUR:.2f} hours")
        if status:
            seen.add((number, age))
    return wrong


def _wrong_pauses(requests: Sequence[tuple[float, int, int]], count: int) -> list[str]:
    """Tell of programs that asked too often or too seldom while nothing was wrong."""
    times: list[list[float]] = [[] for _ in range(count)]
    for when, number, _ in requests:
        if when < _DOWN * _HOUR:
            times[number].append(when)
    return [
        f"program {number} asked again after {(after - before) / _MINUTE:.1f} minutes"
        for number, asked in enumerate(times)
        for before, after in pairwise(asked)
        if not 54 * _MINUTE <= after - before <= 66 * _MINUTE
    ]


def _crowds(requests: Sequence[tuple[float, int, int]], count: int) -> list[str]:
    """Tell of seconds in which too many ask at once, apart from the one in which all were started.

    At most about 1 of 360 in a second is meant: when everybody's document expires, which is spread over six minutes.
    Five standard deviations more are chance.
    """
    limit = count / 360 + 5 * math.sqrt(count / 360) + 1
    busy = Counter(int(when) for when, _, _ in requests if when >= 1)
    return [f"{found} requests in second {second}" for second, found in busy.items() if found > limit]
