"""Long work in pieces: whoever has a window to keep alive does something else between two of them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from heapq import merge
from typing import TypeVar

__all__ = ["PIECE", "Pieces", "in_order", "whole"]

Value = TypeVar("Value")
Thing = TypeVar("Thing")
Pieces = Generator[None, None, Value]
"""Work that stops after each piece, a few hundred microseconds at most, and returns its value in the end."""
PIECE = 256
"""As many people as are done with in about a millisecond."""


def whole(work: Pieces[Value]) -> Value:
    """Do all of the work at once, and return its value."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            value: Value = done.value
            return value


def in_order(pairs: Sequence[tuple[tuple[str, ...], Thing]]) -> Pieces[list[Thing]]:
    """Return the second of each pair, sorted by the first; equal ones stay as they stand."""
    runs: list[list[tuple[tuple[str, ...], Thing]]] = []
    for begin in range(0, len(pairs), PIECE):
        runs.append(sorted(pairs[begin : begin + PIECE], key=_key))
        yield
    found: list[Thing] = []
    for _, thing in merge(*runs, key=_key):
        found.append(thing)
        if not len(found) % PIECE:
            yield
    return found


def _key(pair: tuple[tuple[str, ...], object]) -> tuple[str, ...]:
    return pair[0]
