"""Child processes of the tests that end with them, however the tests end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

__all__ = ["free_port", "program", "start", "stop", "wait_until"]

_SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin")


def program(name: str) -> str:
    """Return the path of a program, those for administrators included."""
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *_SYSTEM_FOLDERS]))
    assert found is not None, f"{name} is not installed"
    return found


def start(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
    stdin: int = subprocess.DEVNULL,
    pass_fds: Collection[int] = (),
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program as leader of its own session; the kernel ends it should the tests be killed."""
    output: int | IO[bytes] = log.open("ab") if log else subprocess.DEVNULL
    try:
        return subprocess.Popen(
            [program("setpriv"), "--pdeathsig", "TERM", *argv],
            env=env,
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=pass_fds,
            cwd=cwd,
        )
    finally:
        if not isinstance(output, int):
            output.close()


def stop(process: subprocess.Popen[bytes], *, seconds: float = 5.0) -> None:
    """End a program that `start` began, and what it started itself."""
    if process.stdin is not None:
        process.stdin.close()
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def free_port() -> int:
    """Return a port of loopback nobody listens on, until somebody does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


def wait_until(happens: Callable[[], bool], what: str, *, seconds: float = 15.0) -> None:
    """Wait for something outside this process; raises TimeoutError naming it."""
    end = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.02)
