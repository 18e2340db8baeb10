"""What every proof takes and gives: how much of it is asked for, and what came out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

__all__ = ["Proof", "Prove", "Scale"]


class Scale(Enum):
    """How much of a proof is run."""

    SHORT = auto()
    """A few seconds: the form in every test run."""
    USUAL = auto()
    """Minutes: `run.py faults`."""
    LONG = auto()
    """Hours: `run.py faults --long`."""


@dataclass(frozen=True)
class Proof:
    """What came out of one proof."""

    name: str
    promise: str
    """What is proved, in one sentence."""
    figures: Mapping[str, object]
    """What was done and counted, for people; the seed among it."""
    broken: tuple[str, ...] = ()
    """Each case in which the promise did not hold, with what is needed to see it again."""


Prove = Callable[[Scale, Path], Proof]
"""Runs a proof in an empty folder of its own."""
