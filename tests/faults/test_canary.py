"""The short form of the canary proof."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.canary import prove
from tests.faults.proof import Scale


@pytest.mark.case("L6")
@pytest.mark.system("gnome-keyring")
def test_no_password_is_left_anywhere_in_a_whole_life(tmp_path: Path) -> None:
    proof = prove(Scale.SHORT, tmp_path)
    assert proof.broken == ()
    assert proof.figures["commands"] == 18
    assert proof.figures["tokens"] == 2
