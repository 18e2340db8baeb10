"""What the disk alone takes, which no program can go below."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

__all__ = ["SYNCS", "sync_time"]

SYNCS = 2
"""How often a message on a kept connection waits for the disk: before its dot, and after the reply."""
_PAGE = 16 * 1024
_ROUNDS = 200


def sync_time() -> float:
    """Return the milliseconds of one fdatasync of two pages, as a commit needs."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.open(Path(folder) / "synced", os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            begun = time.perf_counter()
            for number in range(_ROUNDS):
                os.pwrite(file, bytes(2 * _PAGE), 2 * _PAGE * number)
                os.fdatasync(file)
            return (time.perf_counter() - begun) * 1000 / _ROUNDS
        finally:
            os.close(file)
