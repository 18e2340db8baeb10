"""The secret for a server, from wherever the person keeps it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import Protocol, assert_never

from app.errors import KeychainError, Reason, SetupError
from app.limited import call_with_limit
from app.profile import CommandSignIn, NoSignIn, OAuthSignIn, PasswordSignIn, SmtpServer, is_loopback
from app.sign_in.access_tokens import AccessTokens
from app.storage.keychain import Keychain, Secret

__all__ = ["SecretOf", "secret_for"]

_COMMAND_SECONDS = 30.0
_OUTPUT_LIMIT = 64 * 1024


class SecretOf(Protocol):
    """`secret_for` with the keychain and the tokens of the running program."""

    async def __call__(self, server: SmtpServer, typed: Secret | None = None, /) -> Secret | None:
        """Return the secret to sign in to `server` with; raises as `secret_for`."""


async def secret_for(
    server: SmtpServer,
    keychain: Keychain,
    tokens: AccessTokens,
    typed: Secret | None = None,
    *,
    command_seconds: float = _COMMAND_SECONDS,
) -> Secret | None:
    """Return the secret to sign in to `server` with, an AccessToken for OAuth; None where it wants no sign-in.

    `typed` is a password, or what lasts of a sign-in with the browser, that is not in the keychain yet. Raises
    KeychainError (KEYCHAIN_NO_PASSWORD when the keychain has none), SignInError, and SetupError (SETUP_COMMAND_*;
    SETUP_NO_USERNAME for a server on another machine without sign-in).
    """
    match server.sign_in:
        case PasswordSignIn():
            secret = typed or await keychain.get(server.keychain_account)
            if secret is None:
                raise KeychainError.because(Reason.KEYCHAIN_NO_PASSWORD, username=server.username, host=server.host)
            return secret
        case OAuthSignIn():
            return await tokens.token(server) if typed is None else tokens.from_sign_in(server, typed)
        case CommandSignIn(argv=argv):
            return await _from_command(argv, command_seconds)
        case NoSignIn():
            if not is_loopback(server.host):
                raise SetupError.because(Reason.SETUP_NO_USERNAME, host=server.host)
            return None
        case _:
            assert_never(server.sign_in)


async def _from_command(argv: tuple[str, ...], seconds: float) -> Secret:
    """Return the first line the command writes. Only its program is named in errors: arguments may be private."""
    program = argv[0] if argv else ""
    try:
        # The command itself is ended when its time is over; the limit outside is for what it left behind.
        return await call_with_limit(lambda: _run(argv, program, seconds), seconds + 1)
    except TimeoutError:
        raise SetupError.because(Reason.SETUP_COMMAND_TIMEOUT, program=program, seconds=round(seconds)) from None


def _run(argv: tuple[str, ...], program: str, seconds: float) -> Secret:
    try:
        process = subprocess.Popen(  # noqa: S603 - the person's own command, run without a shell
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
    except (OSError, ValueError, IndexError) as error:
        detail = getattr(error, "strerror", None) or type(error).__name__
        raise SetupError.because(Reason.SETUP_COMMAND_FAILED, program=program, detail=detail) from None
    late = threading.Event()
    timer = threading.Timer(seconds, _end, (process, late))
    timer.daemon = True
    timer.start()
    try:
        with process:
            assert process.stdout is not None
            output = process.stdout.read(_OUTPUT_LIMIT)
            process.stdout.close()
            status = process.wait()
    finally:
        timer.cancel()
    if late.is_set():
        raise SetupError.because(Reason.SETUP_COMMAND_TIMEOUT, program=program, seconds=round(seconds))
    if status != 0:
        raise SetupError.because(Reason.SETUP_COMMAND_FAILED, program=program, detail=f"exit status {status}")
    return _first_line(output, program)


def _first_line(output: bytes, program: str) -> Secret:
    try:
        line = output.partition(b"\n")[0].removesuffix(b"\r").decode("utf-8")
    except UnicodeDecodeError:
        raise SetupError.because(Reason.SETUP_COMMAND_FAILED, program=program, detail="not UTF-8") from None
    if not line:
        raise SetupError.because(Reason.SETUP_COMMAND_EMPTY, program=program)
    return Secret(line)


def _end(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    """End the command and what it started, because its time is over."""
    late.set()
    if sys.platform == "win32":
        process.kill()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
