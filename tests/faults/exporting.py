"""An export is killed at random moments: what is served is whole at every one of them, and the next export makes good.

A web server sends whatever lies in the folder. So each document has to be a whole and rightly signed one at any time,
for the person its name says, with a serial that never falls.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from app.exporter.collected import directory_of
from app.exporter.organisation import read_organisation
from app.policy.directory import write_directory
from app.policy.document import parse
from app.policy.evaluate import gateways_allowed
from app.policy.signature import PinnedKey, new_private_key, open_document
from tests.faults.proof import Proof, Scale
from tests.servers.google_organisation import GoogleOrganisation, raw

__all__ = ["prove"]

_PROMISE = "an export that is killed leaves every document whole, signed, its person's and no older than before"
_SIZES = {Scale.SHORT: (600, 2), Scale.USUAL: (3000, 60), Scale.LONG: (20_000, 300)}
_SEED = 67
"""With it the short form's two documents are among the first, so that others are still to be written."""
_ROOT = Path(__file__).resolve().parents[2]
_RUN = "import sys; from ui.entry import main; sys.exit(main())"
_FACTS = b'[organisation]\nname = "B"\n[mailServers.submission]\nhost = "smtp.beispiel.example"\nport = 587\n'
_PATIENCE = 120.0


@dataclass
class _Served:
    """The folder as a web server sees it, and what was seen in it before."""

    folder: Path
    key: PinnedKey
    serials: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def look(self, moment: str) -> tuple[int, int]:
        """Look at every document; return how many deny and how many allow."""
        counts = [0, 0]
        for file in self.folder.glob("*.json"):
            if file.name != "index.json":
                try:
                    counts[self._allows(file)] += 1
                except Exception as error:  # noqa: BLE001 - whatever is wrong with it breaks the promise
                    self.broken.append(f"{moment}: {file.name}: {error!r}")
        return counts[0], counts[1]

    def _allows(self, file: Path) -> bool:
        document = parse(open_document(file.read_bytes(), (self.key,), source="served").payload, source="served")
        assert hashlib.sha256(document.subject.email.lower().encode()).hexdigest() == file.stem
        assert document.serial >= self.serials.get(file.name, 0)
        self.serials[file.name] = document.serial
        return gateways_allowed(document).value


def prove(scale: Scale, folder: Path) -> Proof:
    """Export two states of an organisation in turns, each time killed when a random document has been written."""
    people, rounds = _SIZES[scale]
    chance = random.Random(_SEED)
    pem, key = new_private_key()
    (folder / "key.pem").write_bytes(pem)
    names = _write_directory(folder, people, value=False)
    _write_directory(folder, people, value=True)
    served = _Served(folder / "out", key)
    _export(folder, 0).wait(_PATIENCE)
    served.look("at the start")
    amidst = 0
    for number in range(1, rounds + 1):
        _kill_at(_export(folder, number % 2), folder / "out" / f"{chance.choice(names)}.json")
        mixed = served.look(f"round {number}")
        amidst += min(mixed) > 0
        if sum(mixed) != people + 1:
            served.broken.append(f"round {number}: {sum(mixed)} documents in place of {people + 1}")
    ended = _export(folder, 1).wait(_PATIENCE)
    told = json.loads((folder / "out" / "index.json").read_bytes())["documents"]
    if ended or served.look("at the end") != (0, people + 1):
        served.broken.append("the last export did not bring everybody's document up to date")
    if told.keys() != set(names):
        served.broken.append("the index does not name every document")
    if left := [file.name for file in (folder / "out").glob(".*.part")]:
        served.broken.append(f"left over: {left}")
    figures = {"seed": _SEED, "people": people, "killed": rounds, "killed amidst": amidst}
    return Proof("exporting", _PROMISE, figures, tuple(served.broken))


def _write_directory(folder: Path, people: int, *, value: bool) -> list[str]:
    """Write the organisation with everybody's gateways forbidden or allowed; return the names of the documents."""
    organisation = GoogleOrganisation.of(people)
    organisation.policies = organisation.policies[:1]
    organisation.tick("/", value=value)
    found = directory_of(raw(organisation), read_organisation(_FACTS, file="facts"), source="proof", file="facts")
    (folder / f"{int(value)}.json").write_bytes(write_directory(found))
    return [hashlib.sha256(user.email.lower().encode()).hexdigest() for user in found.users]


def _export(folder: Path, state: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            sys.executable, "-c", _RUN, "--home", str(folder / "home"), "policy", "export", "--from", "json",
            str(folder / f"{state}.json"), "--out", str(folder / "out"), "--sign", str(folder / "key.pem"),
        ],
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        stdout=subprocess.DEVNULL,
    )  # fmt: skip


def _kill_at(process: subprocess.Popen[bytes], file: Path) -> None:
    """Kill an export as soon as it has written this document, or has ended."""
    before, end = _written(file), time.monotonic() + _PATIENCE
    while _written(file) == before and process.poll() is None and time.monotonic() < end:
        time.sleep(0.0005)
    process.kill()
    process.wait()


def _written(file: Path) -> int:
    """Return what changes when a document is replaced."""
    return file.stat().st_ino
