"""One program a data folder: the lock, and how another process reaches its holder.

The holder listens on a loopback port of the system's choice and leaves the port and a random token in a
file that only its user can read. That file may outlive its writer, and then anybody may listen at that port: so each
side first proves to the other that it knows the token, which itself is never said, and nothing is asked before.

    → {"nonce": a}
    ← {"nonce": b, "proof": of "holder", a and b}
    → {"request": {…}, "proof": of "asker", a, b and the request}
    ← {"proof": of "taken", a and b}

Nothing here imports what is slow, because a second start has to be quick.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from app.errors import Reason, StorageError
from app.storage.folder import create_private_file, storage_error

if TYPE_CHECKING:
    import asyncio

__all__ = ["FileLock", "Instance", "Request", "ask_running", "try_lock"]

Request = dict[str, str]
"""What another process asks for.

`action` is `show`, `compose` (with `mailto`), `wake`, `reload` or `unblock` (with `queue`).
"""

_LINE_LIMIT = 1024 * 1024
_ANSWER_SECONDS = 2.0
_HOLDER_SAYS = 1024
"""Octets; more than a holder ever says."""


class FileLock:
    """An exclusive lock on a file, free again as soon as its process ends, however it ends."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def acquire(self) -> bool:
        """Take the lock without waiting; return whether it is held now. Raises StorageError."""
        if self._descriptor is not None:
            return True
        descriptor = create_private_file(self._file)
        try:
            is_taken = try_lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise storage_error(error, self._file) from error
        if not is_taken:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class Instance:
    """The running program of a data folder, reachable for other processes while it is open."""

    def __init__(self, lock: Path, contact: Path, answer: Callable[[Request], None]) -> None:
        self._lock = FileLock(lock)
        self._contact = contact
        self._answer = answer
        self._token = os.urandom(16).hex()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Take the lock and listen; raises StorageError (INSTANCE_RUNNING) when another process holds it."""
        if not self._lock.acquire():
            raise StorageError.because(Reason.INSTANCE_RUNNING, folder=self._contact.parent)
        try:
            await self._listen()
        except BaseException as error:
            await self._end()
            if isinstance(error, OSError):
                raise storage_error(error, self._contact) from error
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening, remove the contact file and give the lock back."""
        await self._end()

    async def _listen(self) -> None:
        import asyncio

        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_LINE_LIMIT)
        port = self._server.sockets[0].getsockname()[1]
        _write_private(self._contact, json.dumps({"port": port, "token": self._token}))

    async def _end(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        self._contact.unlink(missing_ok=True)
        self._lock.release()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        import asyncio

        request: Request | None = None
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                nonces = str(_parsed(await reader.readline())["nonce"]), os.urandom(16).hex()
                writer.write(_line({"nonce": nonces[1], "proof": _proof(self._token, "holder", *nonces)}))
                request = _checked_request(_parsed(await reader.readline()), self._token, nonces)
                writer.write(_line({"proof": _proof(self._token, "taken", *nonces)}))
                await writer.drain()
        except (TimeoutError, ValueError, KeyError, ConnectionError):
            writer.write(b"no\n")
        finally:
            writer.close()
        if request is not None:
            self._answer(request)


def ask_running(contact: Path, request: Request) -> bool:
    """Hand `request` to the program that holds the folder; return whether it took it.

    Blocks for up to two seconds; never raises when there is no such program.
    """
    try:
        where = _parsed(contact.read_bytes())
        port, token = where["port"], where["token"]
        if not isinstance(port, int) or not isinstance(token, str):
            return False
        with socket.create_connection(("127.0.0.1", port), timeout=_ANSWER_SECONDS) as connection:
            return _hand_over(connection, token, request)
    except (OSError, ValueError, KeyError, OverflowError):
        return False


def _hand_over(connection: socket.socket, token: str, request: Request) -> bool:
    """Return whether who listens knows the token and has taken the request; raises OSError, ValueError."""
    end = time.monotonic() + _ANSWER_SECONDS
    nonce = os.urandom(16).hex()
    connection.sendall(_line({"nonce": nonce}))
    holder = _parsed(_read_line(connection, end))
    nonces = nonce, str(holder.get("nonce"))
    _check(holder, token, "holder", *nonces)
    text = json.dumps(request)
    connection.sendall(_line({"request": text, "proof": _proof(token, "asker", *nonces, text)}))
    _check(_parsed(_read_line(connection, end)), token, "taken", *nonces)
    return True


def _read_line(connection: socket.socket, end: float) -> bytes:
    """Return what comes until a line's end, in time and not at any length; raises OSError, ValueError."""
    line = b""
    while not line.endswith(b"\n"):
        connection.settimeout(max(end - time.monotonic(), 0.001))
        if not (octets := connection.recv(_HOLDER_SAYS)) or len(line) > _HOLDER_SAYS:
            raise ValueError
        line += octets
    return line


def _checked_request(said: dict[str, object], token: str, nonces: tuple[str, str]) -> Request:
    """Return the request of somebody who knows the token; raises ValueError."""
    text = str(said.get("request"))
    _check(said, token, "asker", *nonces, text)
    return {str(key): str(value) for key, value in _parsed(text.encode()).items()}


def _parsed(line: bytes) -> dict[str, object]:
    """Return the JSON object in a line; raises ValueError."""
    try:
        raw = json.loads(line)
    except RecursionError as error:
        raise ValueError from error
    if not isinstance(raw, dict):
        raise ValueError  # noqa: TRY004 - as for any other line that is not what it should be
    return raw


def _line(said: dict[str, str]) -> bytes:
    return json.dumps(said).encode() + b"\n"


def _proof(token: str, *said: str) -> str:
    """Return what only somebody who knows the token can say; by HMAC (RFC 2104)."""
    import hmac

    return hmac.digest(token.encode(), json.dumps(said).encode(), "sha256").hex()


def _check(said: dict[str, object], token: str, *expected: str) -> None:
    """Raise ValueError unless the proof in `said` fits."""
    import hmac

    if not hmac.compare_digest(ascii(said.get("proof")), ascii(_proof(token, *expected))):
        raise ValueError


def _write_private(file: Path, text: str) -> None:
    """Write a file of ours that only this user can read, replacing the old one at once."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        with os.fdopen(os.open(fresh, flags, 0o600), "w", encoding="utf-8") as stream:
            stream.write(text)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def try_lock(descriptor: int) -> bool:
    """Lock an open file, or on POSIX a folder, until it is closed; False where another has.

    Raises OSError where it cannot be locked at all.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # EWOULDBLOCK (flock(2)), EACCES (the C library's _locking)
        return False
    return True
