"""Where the secret of a server comes from, and what is said when it does not come."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import ExpectedError, KeychainError, Reason, SetupError
from app.profile import CommandSignIn, NoSignIn, Security, SmtpServer
from app.sign_in.access_tokens import AccessTokens
from app.sign_in.secrets import secret_for
from app.storage.keychain import MemoryKeychain, Secret
from tests.canary import canary

CANARY = canary("command")
SERVER = SmtpServer("smtp.partner.example", 587, Security.STARTTLS, "nutzer.name")
NO_TOKENS = AccessTokens(MemoryKeychain(), tuple)


async def from_command(*argv: str, seconds: float = 20.0) -> Secret | None:
    server = replace(SERVER, sign_in=CommandSignIn(argv))
    return await secret_for(server, MemoryKeychain(), NO_TOKENS, command_seconds=seconds)


async def from_python(script: str, *arguments: str, seconds: float = 20.0) -> Secret | None:
    return await from_command(sys.executable, "-c", script, *arguments, seconds=seconds)


async def test_a_password_comes_from_the_keychain() -> None:
    keychain = MemoryKeychain()
    await keychain.set(SERVER.keychain_account, Secret(CANARY))
    assert await secret_for(SERVER, keychain, NO_TOKENS) == Secret(CANARY)


async def test_a_missing_password_names_login_and_server() -> None:
    with pytest.raises(KeychainError) as caught:
        await secret_for(SERVER, MemoryKeychain(), NO_TOKENS)
    assert caught.value.problem.reason is Reason.KEYCHAIN_NO_PASSWORD
    assert dict(caught.value.problem.facts) == {"username": "nutzer.name", "host": "smtp.partner.example"}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
async def test_no_sign_in_is_for_this_machine(host: str) -> None:
    assert await secret_for(replace(SERVER, host=host, sign_in=NoSignIn()), MemoryKeychain(), NO_TOKENS) is None


@pytest.mark.parametrize("host", ["smtp.partner.example", "192.0.2.1", "localhost.partner.example"])
async def test_no_sign_in_is_for_no_other_machine(host: str) -> None:
    with pytest.raises(SetupError) as caught:
        await secret_for(replace(SERVER, host=host, sign_in=NoSignIn()), MemoryKeychain(), NO_TOKENS)
    assert caught.value.problem.reason is Reason.SETUP_NO_USERNAME


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\nsecond line\n"])
async def test_the_first_line_of_a_command_is_the_password(end: str) -> None:
    script = "import sys; sys.stdout.buffer.write(sys.argv[1].encode())"
    assert await from_python(script, f" {CANARY} {end}") == Secret(f" {CANARY} ")


async def test_a_command_is_run_without_a_shell() -> None:
    assert await from_python("import sys; print(sys.argv[1])", "$HOME; echo `id`") == Secret("$HOME; echo `id`")


async def test_what_a_command_says_besides_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    await from_python(f"import sys; print('x'); sys.stderr.write('{CANARY}')")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (f"print('{CANARY}'); raise SystemExit(3)", Reason.SETUP_COMMAND_FAILED),
        (f"import os, sys; print('{CANARY}'); sys.stdout.flush(); os.abort()", Reason.SETUP_COMMAND_FAILED),
        ("import sys; sys.stdout.buffer.write(b'\\xff\\n')", Reason.SETUP_COMMAND_FAILED),
        ("pass", Reason.SETUP_COMMAND_EMPTY),
        ("print()", Reason.SETUP_COMMAND_EMPTY),
    ],
)
async def test_a_command_that_fails_is_named_without_its_arguments(script: str, reason: Reason) -> None:
    with pytest.raises(SetupError) as caught:
        await from_python(script, CANARY)
    assert caught.value.problem.reason is reason
    assert caught.value.problem.fact("program") == sys.executable
    assert CANARY not in repr(caught.value.problem)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("argv", [("/nowhere/pass",), ("a\0b",), ("",), ()])
async def test_a_command_that_cannot_be_started_is_named(argv: tuple[str, ...]) -> None:
    with pytest.raises(SetupError) as caught:
        await from_command(*argv)
    assert caught.value.problem.reason is Reason.SETUP_COMMAND_FAILED


async def test_a_command_that_writes_without_end_is_cut_off() -> None:
    with pytest.raises(ExpectedError) as caught:
        await from_python("while True: print('x' * 70000)")
    assert caught.value.problem.reason is Reason.SETUP_COMMAND_FAILED


async def test_a_command_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    child = f"import time; time.sleep(1.5); open({str(alive)!r}, 'w')"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with pytest.raises(SetupError) as caught:
        await from_python(script, seconds=0.5)
    assert caught.value.problem.reason is Reason.SETUP_COMMAND_TIMEOUT
    await asyncio.sleep(1.5)
    assert not alive.exists()
