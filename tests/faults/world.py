"""A person's whole world for a proof: data folder, real keychain, two faulty servers, and the program as a process."""

from __future__ import annotations

import json
import os
import queue
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from app.demo.authority import Choice, PolicyAuthority
from app.profile import Security, SmtpServer
from tests.faults.orders import LoginData, Order, SetUp
from tests.faults.server import FaultyServers, Login
from tests.servers.keyring_session import KeyringSession

__all__ = ["ROOT", "Process", "Row", "Told", "World"]

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 90.0
_LIVE = ("queued", "attempting", "deferred", "held")
"""States of a message that provably nobody accepted and that goes, or may go, again."""


@dataclass
class Told:
    """What the program has said so far: its word, which must stay true whatever happens to it."""

    queued: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    drafts: dict[str, int] = field(default_factory=dict)
    """The last version of each draft that was said to be saved."""
    bugs: list[str] = field(default_factory=list)

    def hear(self, line: str) -> None:
        """Take note of one thing that was told."""
        word, _, rest = line.partition(" ")
        if word == "queued":
            self.queued.add(rest)
        elif word == "sent":
            self.sent.add(rest)
        elif word == "cancelled":
            self.cancelled.add(rest)
        elif word == "draft":
            name, _, version = rest.partition(" ")
            self.drafts[name] = int(version)
        elif word == "bug":
            self.bugs.append(rest)


@dataclass(frozen=True, slots=True)
class Row:
    """A message of the outbox as it lies on the disk."""

    id: str
    state: str
    message_id: str
    size: int


class Process:
    """A process of the program and what it says, line by line."""

    def __init__(self, world: World, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.program", *arguments],
            cwd=ROOT,
            env=world.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._told = world.told
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def order(self, order: Order) -> None:
        """Give it something to do."""
        assert self.process.stdin is not None
        self.process.stdin.write(msgspec.json.encode(order) + b"\n")
        self.process.stdin.flush()

    def hear(self, seconds: float = _PATIENCE) -> str | None:
        """Return the next line, empty at the end of them, or None if there is none within so long."""
        try:
            return self._lines.get(timeout=max(seconds, 0))
        except queue.Empty:
            return None

    def until(self, word: str, seconds: float = _PATIENCE) -> str:
        """Return the rest of the next line that begins with `word`; raises TimeoutError, also once the program ends."""
        while line := self.hear(seconds):
            said, _, rest = line.partition(" ")
            if said == word:
                return rest
            if said == "end":
                break
        raise TimeoutError(f"the program did not say {word!r}, but {line!r}")

    def end(self, seconds: float = 60.0) -> int:
        """Wait for its end and hear all it said; raises subprocess.TimeoutExpired."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            return self.process.wait(seconds)
        finally:
            self.process.kill()
            self.process.wait()
            self._reading.join()
            self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            text = line.decode().rstrip("\n")
            self._told.hear(text)
            self._lines.put(text)
        self._lines.put("")


class World:
    """Everything around the program, as a context manager."""

    def __init__(self, folder: Path, seed: int, *, share: float = 0.1, think: tuple[float, float] = (0.0, 0.0)) -> None:
        self.home = folder / "data"
        self.told = Told()
        self.servers = FaultyServers(seed, share=share, think=think)
        self.keyring = KeyringSession()
        self.env: dict[str, str] = {}
        self._folder = folder
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.keyring = keyring = stack.enter_context(KeyringSession())
            stack.enter_context(self.servers)
            self.env = {**keyring.env, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
            if "COVERAGE_PROCESS_START" in os.environ:
                self.env["COVERAGE_PROCESS_START"] = os.environ["COVERAGE_PROCESS_START"]
            self._set_up()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def attachment(self, size: int) -> str:
        """Return a new file of so many octets."""
        file = self._folder / f"{size}.bin"
        file.write_bytes(os.urandom(size))
        return str(file)

    @contextmanager
    def process(self, *arguments: str) -> Iterator[Process]:
        """Run a process of the program, killed at the end if need be."""
        running = Process(self, *arguments)
        try:
            yield running
        finally:
            running.process.kill()
            running.end()

    def rows(self) -> list[Row]:
        """Return the messages on the disk; nothing there is changed, the journal of a killed program least of all."""
        with self._database() as database:
            return [Row(*row) for row in database.execute("SELECT id, state, message_id, size FROM outbox")]

    def drafts(self) -> dict[str, int]:
        """Return the version of each draft on the disk."""
        sql = "SELECT id, json_extract(data, '$.subject') FROM draft"
        with self._database() as database:
            return {name: int(subject.rpartition(" ")[2]) for name, subject in database.execute(sql)}

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(f"file:{self.home / 'absender.db'}?mode=ro", uri=True)) as database:
            yield database

    def lies(self, rows: list[Row], drafts: dict[str, int]) -> list[str]:
        """Return what is not true of what lies on the disk, once the servers have settled."""
        ledger, told = self.servers.ledger, self.told
        there = {row.id for row in rows}
        found = [f"lost: {each}" for each in told.queued - there]
        found += [f"twice: {each}" for each, times in list(ledger.accepted.items()) if times > 1]
        found += [f"accepted, but unknown: {each}" for each in set(ledger.accepted) - {row.message_id for row in rows}]
        states = {row.id: row.state for row in rows}
        for word, names in (("sent", told.sent), ("cancelled", told.cancelled)):
            found += [f"told as {word}, but {states.get(each)}: {each}" for each in names if states.get(each) != word]
        for row in rows:
            times = ledger.times(row.message_id)
            if row.state == "sent" and not times:
                found.append(f"false sent: {row.id}")
            if times and row.state in {*_LIVE, "failed", "cancelled"}:
                found.append(f"accepted, but {row.state}: {row.id}")
            ambiguous = row.message_id in ledger.dropped or row.message_id in ledger.unanswered
            if ambiguous and row.state not in {"uncertain", "data_end"}:
                found.append(f"never answered, but {row.state}: {row.id}")
            if times and ledger.octets[row.message_id] != row.size:
                found.append(f"cut or altered: {row.id}")
        for name, version in told.drafts.items():
            if name not in there and drafts.get(name, -1) < version:
                found.append(f"a draft is lost: {name} {version}")
        return [*found, *self.servers.bugs, *told.bugs]

    def states(self, rows: list[Row]) -> Counter[str]:
        """Return how many messages are in each state."""
        return Counter(row.state for row in rows)

    def _set_up(self) -> None:
        """Write the policy and let the program keep its profile and passwords."""
        ca = self._folder / "ca.pem"
        self.servers.authority.cert_pem.write_to_path(str(ca))
        policy = self._folder / "policy.json"
        login = self.servers.starttls
        submission = SmtpServer("localhost", login.port, Security.STARTTLS, login.username)
        document = json.loads(PolicyAuthority(submission).document(Choice(allow=True), datetime.now(UTC)))
        # It is valid whatever the clock says.
        document["issuedAt"] = (datetime.now(UTC) - timedelta(days=3650)).isoformat()
        document["expiresAt"] = (datetime.now(UTC) + timedelta(days=3650)).isoformat()
        policy.write_text(json.dumps(document))
        given = SetUp(_login(login), _login(self.servers.implicit), str(policy), str(ca))
        with self.process("--once") as program:
            program.order(Order(str(self.home), set_up=given))
            assert program.end() == 0, "set-up failed"


def _login(login: Login) -> LoginData:
    return LoginData(login.port, login.username, login.password)
