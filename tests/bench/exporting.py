"""An export of 100,000 people from a stand-in for Google: its time, its memory, and what a second one writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import Figures, figure

__all__ = ["measure_exporting"]

_PEOPLE = 100_000
_ROOT = Path(__file__).resolve().parents[2]
_RUN = "import sys; from ui.entry import main; sys.exit(main())"
_SAMPLE = 5_000
_UNIT = "/Technik 1/Nord 5"
_FACTS = """
[organisation]
name = "Beispiel GmbH"
[mailServers.submission]
host = "smtp.beispiel.example"
port = 587
"""


@dataclass(frozen=True, slots=True)
class _Ended:
    """How an export ended."""

    seconds: float
    processor: float
    """Seconds of processor time."""
    megabytes: float
    """The most memory that was in use."""
    told: Mapping[str, object]


def measure_exporting(rounds: int) -> Figures:
    """Return the figures of three signed exports; so many people are rounds enough."""
    del rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "organisation.toml").write_text(_FACTS, encoding="utf-8")
        _absender(folder, "policy", "keygen", str(folder / "key.pem"))
        google = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.google_emulator", name, "--people", str(_PEOPLE)],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert google.stdin is not None
            assert google.stdout is not None
            place = json.loads(google.stdout.readline())
            first, same = _export(folder, place), _export(folder, place)
            google.stdin.write(f"{_UNIT} true\n")
            google.stdin.flush()
            people = json.loads(google.stdout.readline())["people"]
            changed = _export(folder, place)
        finally:
            google.communicate()
        floor = _files_alone(folder)
    assert same.told["unchanged"] == _PEOPLE + 1, same.told
    return {
        f"export of {_PEOPLE} people, signed (s)": figure(first.seconds, floor=floor, at_most=(60.0, "60 s")),
        "… processor time (s)": figure(first.processor),
        "… most memory (MB)": figure(max(each.megabytes for each in (first, same, changed)), at_most=(300.0, "300 MB")),
        "another one without a change (s)": figure(same.seconds, at_most=(60.0, "60 s")),
        "another one with one changed unit (s)": figure(changed.seconds, at_most=(60.0, "60 s")),
        "… documents written": figure(_written(changed), floor=people, at_most=(people, "the people of that unit")),
    }


def _written(ended: _Ended) -> float:
    return float(sum(int(str(ended.told[name])) for name in ("new", "changed", "renewed")))


def _absender(folder: Path, *arguments: str) -> _Ended:
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", _RUN, "--home", str(folder / "home"), "--json", *arguments],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    told = json.loads(process.stdout.read())
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return _Ended(time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, told)


def _export(folder: Path, place: Mapping[str, str]) -> _Ended:
    return _absender(
        folder, "policy", "export", "--from", "google", "--credentials", place["key"], "--admin", place["admin"],
        "--organisation", str(folder / "organisation.toml"), "--out", str(folder / "out"), "--sign",
        str(folder / "key.pem"), "--google-url", place["url"], "--google-ca", place["ca"],
    )  # fmt: skip


def _files_alone(folder: Path) -> float:
    """Return how long so many files take, one synced after the other, from a sample."""
    (folder / "alone").mkdir()
    data = b"x" * 2000
    begun = time.monotonic()
    for number in range(_SAMPLE):
        with (folder / "alone" / str(number)).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    return (time.monotonic() - begun) / _SAMPLE * _PEOPLE
