"""The program's keychain against a real gnome-keyring: kept, read, deleted, locked, and not there at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import Reason
from tests.servers.keyring_session import KeyringSession

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "nutzer.name@smtp.partnerdomain.example:587"

# What to do comes as an argument, what to keep on standard input: never a secret in an argument.
PROGRAM = """
import asyncio, sys
from app.errors import KeychainError
from app.storage.keychain import Secret, SystemKeychain

async def main(work, account):
    keychain = SystemKeychain(limit_seconds=20)
    if work == "set":
        await keychain.set(account, Secret(sys.stdin.read()))
    elif work == "delete":
        await keychain.delete(account)
    secret = await keychain.get(account)
    print("none" if secret is None else "secret:" + secret.reveal())

try:
    asyncio.run(main(*sys.argv[1:]))
except KeychainError as error:
    print("problem:" + error.problem.reason)
"""


def keychain(env: dict[str, str], work: str, account: str = ACCOUNT, secret: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, work, account],
        env={**env, "PYTHONUTF8": "1"},
        cwd=ROOT,
        input=secret,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert secret not in done.stderr or not secret
    return done.stdout.rstrip("\n")


@pytest.mark.system("gnome-keyring")
def test_a_secret_is_kept_between_programs_and_gone_when_deleted(keyring_session: KeyringSession) -> None:
    secret = "Pässwort with spaces, 'quotes' and ✓"
    assert keychain(keyring_session.env, "get") == "none"
    assert keychain(keyring_session.env, "set", secret=secret) == f"secret:{secret}"
    assert keychain(keyring_session.env, "get") == f"secret:{secret}"
    assert keychain(keyring_session.env, "get", account="somebody.else@smtp.partnerdomain.example:587") == "none"
    assert keychain(keyring_session.env, "delete") == "none"
    assert keychain(keyring_session.env, "delete") == "none"


@pytest.mark.system("gnome-keyring")
def test_a_secret_lies_in_the_keyring_under_the_programs_name(keyring_session: KeyringSession) -> None:
    keychain(keyring_session.env, "set", secret="find me")
    assert "secret = find me" in keyring_session.search("service", "Absender")


@pytest.mark.system("gnome-keyring")
def test_a_locked_keyring_that_cannot_ask_is_named(keyring_session: KeyringSession) -> None:
    keychain(keyring_session.env, "set", secret="locked in")
    keyring_session.lock()
    locked = f"problem:{Reason.KEYCHAIN_LOCKED}"
    assert keychain(keyring_session.env, "get") == locked
    assert keychain(keyring_session.env, "set", secret="another") == locked


@pytest.mark.system("gnome-keyring")
def test_a_session_without_a_bus_has_no_keychain(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    assert keychain(env, "get") == f"problem:{Reason.KEYCHAIN_MISSING}"
    assert keychain(env, "set", secret="nowhere") == f"problem:{Reason.KEYCHAIN_MISSING}"
