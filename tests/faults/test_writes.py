"""The proof that a failing disk loses nothing, in its short form."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.proof import Scale
from tests.faults.writes import prove


@pytest.mark.system("cc")
@pytest.mark.case("L2")
def test_a_disk_that_fails_at_any_write_loses_nothing(tmp_path: Path) -> None:
    proof = prove(Scale.SHORT, tmp_path)
    assert proof.broken == ()
    figures = {name: value for name, value in proof.figures.items() if isinstance(value, int)}
    # It really looked: each run had a failure, most were told, and some of the processes died.
    assert figures["failed_calls"] >= figures["runs"] >= 10
    assert 0 < figures["runs_that_died"] < figures["runs"]
    assert figures["runs_that_told_a_failure"] > figures["runs"] / 2
    assert figures["sent"] > 10
