"""A real keyring that fails in the middle of a question, and a plain-text one that is installed beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import Reason
from tests.canary import canary, hits_in_files
from tests.servers.keyring_session import KeyringSession

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import asyncio, sys
from app.errors import KeychainError
from app.storage.keychain import Secret, SystemKeychain

async def main():
    keychain = SystemKeychain(limit_seconds=3)
    try:
        await keychain.set("a", Secret(sys.stdin.readline().rstrip()))
        print("asking", flush=True)
        sys.stdin.readline()
        print(await keychain.get("a"))
    except KeychainError as error:
        print(error.problem.reason)

asyncio.run(main())
"""
# As the package keyrings.alt is found by keyring: an entry point, and a class that says it is better than others.
PLAIN_TEXT = """
from pathlib import Path
from keyring.backend import KeyringBackend
class PlaintextKeyring(KeyringBackend):
    priority = 9.5
    def get_password(self, service, username):
        return "from a plain text file"
    def set_password(self, service, username, password):
        (Path(__file__).parent / "keyring_pass.cfg").write_text(password)
    def delete_password(self, service, username):
        pass
"""

GONE = {Reason.KEYCHAIN_BROKEN, Reason.KEYCHAIN_MISSING, Reason.KEYCHAIN_LOCKED}
"""What may be found of a keyring that was killed: the bus may start another one at once, which is locked."""


def program(env: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM]
    return subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def answer_to(env: dict[str, str], happen: Callable[[], None]) -> str:
    """Return what the program says of a keychain to which something happens while it is asked."""
    with program(env) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(canary("kept") + "\n")
        running.stdin.flush()
        first = running.stdout.readline().strip()
        if first != "asking":
            return first
        happen()
        running.stdin.close()
        return running.stdout.read().strip()


@pytest.mark.case("L5")
@pytest.mark.system("gnome-keyring")
@pytest.mark.parametrize(
    ("happens", "reasons"),
    [
        (KeyringSession.pause, {Reason.KEYCHAIN_TIMEOUT}),
        (KeyringSession.kill_keyring, GONE),
        (KeyringSession.kill_bus, {Reason.KEYCHAIN_MISSING}),
    ],
)
def test_a_keyring_that_fails_is_named(
    keyring_session: KeyringSession, happens: Callable[[KeyringSession], None], reasons: set[Reason]
) -> None:
    assert answer_to(keyring_session.env, lambda: happens(keyring_session)) in reasons
    keyring_session.kill_keyring()  # one that is paused ends in no other way


@pytest.mark.case("L5")
@pytest.mark.system("gnome-keyring")
def test_a_keyring_that_ends_while_it_is_asked_is_named(keyring_session: KeyringSession) -> None:
    with program(keyring_session.env) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(canary("kept") + "\n")
        running.stdin.flush()
        assert running.stdout.readline() == "asking\n"
        keyring_session.pause()
        running.stdin.close()
        time.sleep(0.7)  # by then the question mostly waits
        keyring_session.kill_keyring()
        assert running.stdout.read().strip() in GONE


@pytest.fixture
def plain_text(tmp_path: Path) -> Path:
    """A folder on Python's path with a keyring that writes plain text."""
    (tmp_path / "plain_keyring.py").write_text(PLAIN_TEXT)
    info = tmp_path / "plain_keyring-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plain-keyring\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[keyring.backends]\nPlain = plain_keyring\n")
    return tmp_path


LOCKED = """
import asyncio, gc, os
from app.errors import KeychainError
from app.storage.keychain import SystemKeychain

async def main():
    gc.disable()
    counts = set()
    for _ in range(8):
        try:
            await SystemKeychain().get("a")
        except KeychainError as error:
            counts.add((str(error.problem.reason), len(os.listdir("/proc/self/fd"))))
    print(len(counts), *{reason for reason, _ in counts})

asyncio.run(main())
"""


@pytest.mark.case("L5")
@pytest.mark.system("gnome-keyring")
def test_a_locked_keyring_that_is_asked_again_and_again_leaves_nothing_open(keyring_session: KeyringSession) -> None:
    keyring_session.lock()
    environment = os.environ | keyring_session.env | {"PYTHONPATH": str(ROOT)}
    environment.pop("DISPLAY", None)
    done = subprocess.run(
        [sys.executable, "-c", LOCKED], env=environment, check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split() == ["1", str(Reason.KEYCHAIN_LOCKED)]


@pytest.mark.case("L5")
@pytest.mark.system("gnome-keyring")
def test_a_plain_text_keyring_that_is_installed_too_is_not_used(
    keyring_session: KeyringSession, plain_text: Path
) -> None:
    env = {**keyring_session.env, "PYTHONPATH": str(plain_text)}
    assert answer_to(env, lambda: None) == "********"
    assert "secret = " in keyring_session.search("service", "Absender")
    assert hits_in_files([plain_text]) == []


@pytest.mark.case("L5")
def test_a_plain_text_keyring_alone_is_refused(plain_text: Path) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(plain_text), "XDG_RUNTIME_DIR": str(plain_text)}
    assert answer_to(env | {"PYTHONPATH": str(plain_text)}, lambda: None) == Reason.KEYCHAIN_INSECURE
    assert hits_in_files([plain_text]) == []
