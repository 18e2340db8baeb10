"""Files that somebody names: read with a limit, and without waiting for what is no file."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

__all__ = ["read_ordinary", "version_of"]


def read_ordinary(file: Path, limit: int) -> bytes:
    """Return what is in a file, and no more than one byte over `limit`; raises OSError, for a pipe or device too."""
    try:
        # Without O_NONBLOCK opening a FIFO would wait for its writer.
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except ValueError as error:  # a name that can be none
        raise OSError(errno.EINVAL, str(error), str(file)) from error
    with os.fdopen(descriptor, "rb") as opened:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is not an ordinary file", str(file))
        return opened.read(limit + 1)


def version_of(file: str) -> object:
    """Return what changes when a file does; None for no file."""
    if not file:
        return None
    try:
        found = Path(file).stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
