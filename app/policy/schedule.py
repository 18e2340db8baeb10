"""When a program asks for its policy again: about hourly, and never a whole organisation's at the same moment."""

from __future__ import annotations

import random
from datetime import timedelta

__all__ = ["CHECK_EVERY", "next_check"]

CHECK_EVERY = timedelta(hours=1)
_RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30))
_JITTER = 0.1
_SPREAD = CHECK_EVERY * _JITTER


def next_check(*, failures: int = 0, expires_in: timedelta | None = None) -> timedelta:
    """Return how long to wait for the next check, after so many failed ones in a row.

    `expires_in` is how much longer the document is good for, where there is a good one. An export lets everybody's
    document expire at the same moment: so most ask shortly before it, those that just did shortly after.
    """
    wanted = _RETRIES[min(failures, len(_RETRIES)) - 1] if failures else CHECK_EVERY
    jittered = wanted * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - no secret depends on it
    if expires_in is None or expires_in > jittered:
        return jittered
    aside = _SPREAD * random.random()  # noqa: S311 - as above
    return expires_in - aside if expires_in > _SPREAD else expires_in + aside
