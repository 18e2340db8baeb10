"""The proof of hours of sending, in its short form."""

from pathlib import Path

import pytest

from tests.faults.proof import Scale
from tests.faults.soak import Diary, Sample, judge_machine, prove


@pytest.mark.system("gnome-keyring")
def test_faults_restarts_and_clock_jumps_lose_nothing(tmp_path: Path) -> None:
    proof = prove(Scale.SHORT, tmp_path)
    assert proof.broken == ()
    figures = {name: value for name, value in proof.figures.items() if isinstance(value, int)}
    # It really looked: all were written, some met a fault, the program was ended both ways and the clock jumped.
    assert figures["queued_in_all"] == 120
    assert figures["sent"] > 90
    assert figures["faults"] > 0
    assert figures["kills"] > 0
    assert figures["ends_by_sigterm"] > 0
    assert figures["clock_jumps"] > 0


def _diary(rss: int, descriptors: int) -> Diary:
    """Return two hours that begin with 50 MB and 10 descriptors and end with these."""
    shares = [minute / 119 for minute in range(120)]
    return Diary(
        [
            Sample(120 * 60 * share, round(50_000 + share * (rss - 50_000)), 0, round(10 + share * (descriptors - 10)))
            for share in shares
        ]
    )


@pytest.mark.parametrize(
    ("rss", "descriptors", "told"),
    [
        (50_000, 10, []),
        (54_000, 12, []),
        (70_000, 10, ["memory grows by 10000 KiB an hour"]),
        (50_000, 40, ["between 10 and 40 descriptors"]),
    ],
)
def test_memory_or_descriptors_that_grow_break_the_promise(rss: int, descriptors: int, told: list[str]) -> None:
    assert judge_machine(_diary(rss, descriptors).samples, 120 * 60 + 60) == told
