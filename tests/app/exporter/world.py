"""What the exporter's tests stand on: facts of an organisation, a clock that only sleeping moves, and an export."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.errors import ExportError, Problem
from app.exporter.collected import Collected, directory_of
from app.exporter.credentials import Endpoints, ServiceAccount, read_credentials
from app.exporter.folder import open_folder
from app.exporter.google import collect
from app.exporter.organisation import OrganisationFile, read_organisation
from app.exporter.publish import Published, publish
from app.exporter.wire import Wire
from app.policy.directory import Directory
from app.policy.signature import Signer
from tests.servers.google_emulator import GoogleEmulator
from tests.servers.google_organisation import ADMIN, DOMAIN, GoogleOrganisation, raw

FACTS = """
[organisation]
name = "Beispiel GmbH"
support = "it@beispiel.example"

[mailServers.submission]
host = "smtp.beispiel.example"
port = 587
"""
START = datetime(2026, 11, 23, 9, 12, 30, 500, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
PERSON = f"nutzer000001@{DOMAIN}"


@dataclass
class Clock:
    """Time that passes only while somebody sleeps."""

    seconds: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


def facts(text: str = FACTS) -> OrganisationFile:
    return read_organisation(text.encode(), file="organisation.toml")


def directory(organisation: GoogleOrganisation) -> Directory:
    return directory_of(raw(organisation), facts(), source="test", file="organisation.toml")


def refusal(call: Callable[[], object]) -> Problem:
    """Return why an export is refused."""
    with pytest.raises(ExportError) as caught:
        call()
    return caught.value.problem


@cache
def _account(key: bytes, endpoints: Endpoints) -> ServiceAccount:
    return read_credentials(key, file="key.json", endpoints=endpoints)


def read_from(google: GoogleEmulator, clock: Clock, *, admin: str = ADMIN, all_groups: bool = False) -> Collected:
    """Read the organisation from the emulator as the command does."""
    endpoints = Endpoints.at(google.url)
    account = _account(google.credentials.read_bytes(), endpoints)
    with Wire(ca_file=str(google.ca_file), clock=clock.now, sleep=clock.sleep) as wire:
        return collect(account, admin, wire, endpoints, domains=True, all_groups=all_groups)


def directory_from(google: GoogleEmulator, *, all_groups: bool = False) -> Directory:
    found = read_from(google, Clock(), all_groups=all_groups)
    return directory_of(found, facts(), source="Google", file="organisation.toml")


def export(
    directory: Directory, folder: Path, *, now: datetime = START, signer: Signer | None = None, **options: Any
) -> Published:
    """Publish a directory."""
    with open_folder(folder) as opened:
        return publish(directory, opened, now=now, signer=signer, **options)


def name_of(address: str) -> str:
    """Return the name of somebody's document, by another way than the program's."""
    return f"{hashlib.sha256(address.lower().encode()).hexdigest()}.json"


def snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return every file with what tells whether it was written: its inode, its time and its content."""
    return {
        file.name: (file.stat().st_ino, file.stat().st_mtime_ns, file.read_bytes()) for file in sorted(folder.iterdir())
    }


def touched(before: dict[str, tuple[int, int, bytes]], after: dict[str, tuple[int, int, bytes]]) -> set[str]:
    """Return the files that were written, added or removed in between."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def document(folder: Path, address: str) -> Any:
    return json.loads((folder / name_of(address)).read_bytes())
