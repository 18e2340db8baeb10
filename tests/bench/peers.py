"""Our way of sending beside other programs and libraries, all at the same sink over TLS, without a sign-in."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench.contender import Order, Outcome, run
from tests.bench.disk import SYNCS, sync_time
from tests.bench.figures import Figures, figure
from tests.bench.sink import Sink, open_sink

__all__ = ["measure_peers"]

_SMALL, _LARGE = 2_000, 25_000_000
_COLD, _KEPT = 20, 500
_LIBRARIES = ("smtplib", "aiosmtplib")
_PROGRAMS = ("curl", "msmtp")

_Results = dict[str, list[Outcome]]
_Of = Callable[[Outcome], float]


def measure_peers(rounds: int) -> Figures:
    """Return the figures; in each round everybody has a turn, in a process of its own."""
    with open_sink() as sink, tempfile.TemporaryDirectory() as disk, tempfile.TemporaryDirectory(dir=_memory()) as fast:
        large = _in_turns(sink, ("raw", "session", *_LIBRARIES, *_PROGRAMS), _LARGE, 2, rounds)
        everybody = ("raw", "session", *_LIBRARIES, "queue", *_PROGRAMS)
        cold = _in_turns(sink, everybody, _SMALL, _COLD, rounds, folder=fast)
        kept = _in_turns(sink, ("raw", "session", *_LIBRARIES), _SMALL, _KEPT, rounds, is_kept=True)
        kept |= _in_turns(sink, ("queue",), _SMALL, _KEPT, rounds, is_kept=True, folder=disk)
    return {**_large(large), **_small(cold, kept)}


def _memory() -> str | None:
    """Return a folder that no disk is under: the target leaves the disk's own time out."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _in_turns(
    sink: Sink,
    names: Sequence[str],
    size: int,
    count: int,
    rounds: int,
    *,
    is_kept: bool = False,
    folder: str = "",
) -> _Results:
    results: _Results = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            results[name].append(run(Order(name, sink.port, str(sink.ca_file), size, count, is_kept, folder)))
    return results


def _milliseconds(outcome: Outcome) -> float:
    return statistics.median(outcome.milliseconds)


def _middle(results: _Results, name: str, of: _Of = _milliseconds) -> float:
    return statistics.median(of(outcome) for outcome in results[name])


def _beside(results: _Results, names: Sequence[str], of: _Of = _milliseconds) -> dict[str, float]:
    return {name: _middle(results, name, of) for name in names}


def _cpu(outcome: Outcome) -> float:
    return outcome.cpu


def _growth(outcome: Outcome) -> float:
    return outcome.growth


def _large(results: _Results) -> Figures:
    everybody = (*_LIBRARIES, *_PROGRAMS)
    curl, curl_cpu = _middle(results, "curl"), _middle(results, "curl", _cpu)
    return {
        "25 MB: SMTP alone over TLS (ms; the programs with their start)": figure(
            _middle(results, "session"),
            floor=_middle(results, "raw"),
            peers=_beside(results, everybody),
            at_most=(1.3 * curl, "1.3 x curl"),
        ),
        "… processor time (ms)": figure(
            _middle(results, "session", _cpu),
            floor=_middle(results, "raw", _cpu),
            peers=_beside(results, everybody, _cpu),
            at_most=(1.3 * curl_cpu, "1.3 x curl"),
        ),
        "… peak memory growth (kB; the message is in it where it is held)": figure(
            _middle(results, "session", _growth),
            peers=_beside(results, everybody, _growth),
            at_most=(8192, "8 MB"),
        ),
    }


def _small(cold: _Results, kept: _Results) -> Figures:
    everybody = (*_LIBRARIES, *_PROGRAMS)
    twice = 2 * _middle(cold, "aiosmtplib")
    queue = {"session alone": _middle(cold, "session")}
    return {
        "2 KB over a new connection, queued first, without the disk's own time (ms)": figure(
            _middle(cold, "queue"),
            floor=_middle(cold, "raw"),
            peers=queue | _beside(cold, everybody),
            at_most=(twice, "2 x aiosmtplib"),
        ),
        "… processor time over a new connection (ms)": figure(
            _middle(cold, "queue", _cpu),
            floor=_middle(cold, "raw", _cpu),
            peers=_beside(cold, everybody, _cpu),
            at_most=(2 * _middle(cold, "aiosmtplib", _cpu), "2 x aiosmtplib"),
        ),
        "2 KB over a kept connection, queued first, with every sync (ms)": figure(
            _middle(kept, "queue"),
            floor=_middle(kept, "raw") + SYNCS * sync_time(),
            peers={"session alone": _middle(kept, "session")} | _beside(kept, _LIBRARIES),
            at_most=(5.0, "5 ms (200 messages a second)"),
        ),
        "… processor time over a kept connection (ms)": figure(
            _middle(kept, "queue", _cpu), floor=_middle(kept, "raw", _cpu), peers=_beside(kept, _LIBRARIES, _cpu)
        ),
    }
