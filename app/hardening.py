"""Keeps what is in this process's memory out of files and from other programs of the same user."""

from __future__ import annotations

import os
import sys

__all__ = ["close_leaks", "forbid_reading"]

_PR_SET_DUMPABLE = 4  # linux/prctl.h


def close_leaks() -> None:
    """Write no core file, and no keys of TLS connections, from now on; what this process starts does neither."""
    # Python's ssl.create_default_context() and other programs log session keys where this points.
    os.environ.pop("SSLKEYLOGFILE", None)
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def forbid_reading() -> None:
    """Let no other process of this user read this one's memory or environment, on Linux (prctl(2), proc(5)).

    A core piped to a program, which no limit keeps back, is not made either; debuggers no longer attach. For windows
    it comes after the first paint: a desktop's portal looks at /proc once before it says whether the look is dark.
    """
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
