"""Disks of the tests' own: full, read-only, or one that never answers; need root (`@pytest.mark.system`)."""

from __future__ import annotations

import ctypes
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["dead_drive", "fill", "filled", "make_read_only", "small_disk"]

_DEAD_AT_MOST = 20.0
"""Seconds."""


@contextmanager
def small_disk(folder: Path, size: str = "4m") -> Iterator[Path]:
    """Make a file system at `folder`; gone when the context ends."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def make_read_only(folder: Path, *, value: bool = True) -> None:
    """Let nothing be written to the disk, or let it again."""
    subprocess.run(["mount", "-o", f"remount,{'ro' if value else 'rw'}", folder], check=True)


def fill(folder: Path) -> Path:
    """Leave no room on the disk; return the file that takes it."""
    ballast = folder / "ballast"
    with ballast.open("ab", buffering=0) as stream:
        try:
            while True:
                stream.write(b"\0" * 4096)
        except OSError:
            return ballast


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Leave no room on the disk until the context ends."""
    ballast = fill(folder)
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def dead_drive(folder: Path) -> Iterator[Path]:
    """Make a network drive at `folder` whose server never answers: whoever looks at anything on it waits.

    It is a file system in user space (FUSE) that nobody serves. The waiting ends with an error when the context
    does, and after some seconds, so that a test of what may not wait fails and does not hang.
    """
    folder.mkdir()
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0".encode()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"dead", os.fsencode(folder), b"fuse", 0, options):
        raise OSError(ctypes.get_errno(), "mount")
    guard = threading.Timer(_DEAD_AT_MOST, os.close, [device])
    guard.start()
    try:
        yield folder
    finally:
        if guard.is_alive():
            guard.cancel()
            os.close(device)
        guard.join()
        subprocess.run(["umount", "--lazy", folder], check=True)
