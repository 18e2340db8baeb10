"""The short form of the proof that programs ask evenly, and that it would see those that do not."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.proof import Scale
from tests.faults.serving import prove


@pytest.mark.system("nginx")
def test_programs_ask_a_static_server_evenly_and_hear_of_a_change_within_66_minutes(tmp_path: Path) -> None:
    proof = prove(Scale.SHORT, tmp_path)
    assert proof.broken == ()
    assert proof.figures["programs"] == 100
    requests = proof.figures["requests"]
    assert isinstance(requests, int)
    assert requests > 100 * 8
    learnt = proof.figures["minutes until a change is known, median and last"]
    assert isinstance(learnt, list)
    assert learnt[0] < learnt[1] <= 66
    recovered = proof.figures["minutes from the outage's end to a good answer, median and last"]
    assert isinstance(recovered, list)
    assert recovered[1] <= 33


@pytest.mark.system("nginx")
def test_the_proof_sees_programs_that_all_ask_at_the_same_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.policy.watch.next_check", lambda **_: timedelta(hours=1))
    broken = prove(Scale.SHORT, tmp_path).broken
    assert any("requests in second" in line for line in broken)
