"""The command line in this process, as a terminal shows it: quick enough to try every kind of bad input."""

from __future__ import annotations

import io
import re
import shutil
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app import cli
from app.demo.authority import PRIMARY
from app.demo.world import DemoWorld
from app.errors import Reason
from app.storage.keychain import MemoryKeychain, Secret
from tests.canary import canary
from tests.end2end.program import Outcome
from ui.entry import Front
from ui.messages import WORDS

__all__ = ["CANARY", "Shell", "Vault", "has_said", "says"]

CANARY = canary("typed")
"""A password that is typed in a test; it may be nowhere but in the keychain."""
_UNSTABLE = {"policy": ("checked_at", "problem")}
"""What a failed check of the policy may change: when and why it failed."""


class Vault(MemoryKeychain):
    """A keychain that lasts as long as the test and shows what it holds."""

    @property
    def content(self) -> dict[str, str]:
        return {account: secret.reveal() for account, secret in self._secrets.items()}

    def keep(self, account: str, secret: str) -> None:
        self._secrets[account] = Secret(secret)


@dataclass
class Shell:
    """A terminal with a data folder and a keychain of its own."""

    home: Path
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    vault: Vault = field(default_factory=Vault)

    def __post_init__(self) -> None:
        self.patch.setattr("app.services.SystemKeychain", lambda: self.vault)
        self.patch.delenv("ABSENDER_HOME", raising=False)

    def run(self, *arguments: str | Path, stdin: str | bytes = "") -> Outcome:
        """Run one command in the data folder to its end."""
        return self.run_plain("--home", self.home, *arguments, stdin=stdin)

    def run_plain(self, *arguments: str | Path, stdin: str | bytes = "") -> Outcome:
        """Run one command that finds its data folder itself."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        self.capture.readouterr()
        with self.patch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
            try:
                code = cli.main([*map(str, arguments)], Front())
            except SystemExit as left:
                code = int(left.code or 0)
        shown = self.capture.readouterr()
        return Outcome(code, shown.out, shown.err)

    def set_up(self, world: DemoWorld, *more: str | Path, password: str = "") -> Outcome:
        """Run `setup` at the organisation of `world`; without a password, with the right one."""
        return self.run(
            "setup", "--email", PRIMARY, "--name", "Nutzer", "--policy", world.policy_url, "--policy-ca",
            world.policy_ca, "--mail-ca", world.mail_ca, "--password-stdin", *more,
            stdin=(password or world.organisation.password) + "\n",
        )  # fmt: skip

    def get_ready(self, world: DemoWorld, *more: str | Path) -> None:
        """Be set up at `world`, as `set_up` does; its first folder serves all later tests as a copy."""
        first = world.folder / "first-home"
        if first.exists():
            shutil.copytree(first, self.home)
            self.vault.keep(world.organisation.access().keychain_account, world.organisation.password)
            return
        outcome = self.set_up(world, *more)
        assert outcome.code == 0, outcome.err
        shutil.copytree(self.home, first)

    def state(self) -> object:
        """Return all that is kept: every row of the database, and the keychain."""
        return self._rows(), self.vault.content

    def holds(self, secret: str) -> list[Path]:
        """Return the files of the data folder in which `secret` stands."""
        return [
            file for file in self.home.rglob("*") if file.is_file() and secret.encode() in file.read_bytes()
        ]  # fmt: skip

    def _rows(self) -> dict[str, list[tuple[object, ...]]]:
        database = self.home / "absender.db"
        if not database.exists():
            return {}
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")
            return {name: _stable_rows(connection, name) for (name,) in tables.fetchall()}


def _stable_rows(connection: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    kept = ", ".join(name for name in columns if name not in _UNSTABLE.get(table, ()))
    rows: Sequence[tuple[object, ...]] = connection.execute(f"SELECT {kept} FROM {table}").fetchall()
    return list(rows)


def says(outcome: Outcome, reason: Reason, *words: str) -> None:
    """Assert that a command failed with exactly this reason's sentence and next step, and `words` in it."""
    assert has_said(outcome, reason), f"not {reason.value}: {outcome.err}"
    assert outcome.code == 1
    for word in words:
        assert word in outcome.err
    for line in outcome.err.splitlines():
        assert line.isprintable()


def has_said(outcome: Outcome, reason: Reason) -> bool:
    """Whether a command's words are exactly this reason's sentence and next step."""
    happened, next_step = WORDS[reason]()
    wanted = rf"absender: {_pattern(happened)}\n{_pattern(next_step)}\n(The server said: [^\n]+\n)?"
    return re.fullmatch(wanted, outcome.err) is not None


def _pattern(template: str) -> str:
    """Return a regular expression for a sentence with any facts."""
    return re.sub(r"\\\{\w+\\\}", r"[^\\n]+", re.escape(template))
