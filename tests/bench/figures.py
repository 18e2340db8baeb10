"""A figure as it is printed: ours beside the floor, the peers and the target, all of the same run."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["Figures", "figure"]

Figures = dict[str, dict[str, object]]


def figure(
    ours: float,
    *,
    floor: float | None = None,
    peers: Mapping[str, float] | None = None,
    at_most: tuple[float, str] | None = None,
    at_least: tuple[float, str] | None = None,
) -> dict[str, object]:
    """Return one row; a target is a number and what it is made of, such as `1.3 x curl`."""
    row: dict[str, object] = {"ours": round(ours, 2)}
    if floor is not None:
        row |= {"floor": round(floor, 2), "ours / floor": _ratio(ours, floor)}
    for name, value in (peers or {}).items():
        row |= {name: round(value, 2), f"ours / {name}": _ratio(ours, value)}
    if at_most is not None:
        row |= {"target": f"at most {at_most[1]}", "target met": ours <= at_most[0]}
    if at_least is not None:
        row |= {"target": f"at least {at_least[1]}", "target met": ours >= at_least[0]}
    return row


def _ratio(ours: float, other: float) -> float | None:
    return round(ours / other, 2) if other else None
