"""A small disk of the tests' own, that can be full or read-only; needs root (`@pytest.mark.system("mount")`)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["fill", "filled", "make_read_only", "small_disk"]


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
