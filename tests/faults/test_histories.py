"""The short form of the proof that no history sends against the policy, and that it would see one that does."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.delivery.handover import Handover
from tests.faults.histories import live, prove
from tests.faults.proof import Scale

HAPPENED = {
    "MAIL at the gateway",
    "MAIL at the organisation",
    "answers refused",
    "answers taken",
    "crash",
    "in the end a draft",
    "in the end sent",
    "lose network",
    "policy server up",
    "publish",
    "restart",
    "restore backup",
    "schedule",
    "set clock",
    "sleep",
    "switch off",
}


@pytest.mark.case("P3", "P4", "P5", "P6", "P7")
def test_no_history_sends_against_the_policy(tmp_path: Path) -> None:
    proof = prove(Scale.SHORT, tmp_path)
    assert proof.broken == ()
    assert {what for what in HAPPENED if not proof.figures.get(what)} == set()


def first_broken(folder: Path, what: str) -> int | None:
    """Return the first of the histories that breaks a rule in such words."""
    return next((seed for seed in range(300) if any(what in line for line in live(seed, folder).broken)), None)


def test_the_proof_sees_a_policy_that_is_not_asked_before_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_objection(_: Handover) -> None:
        return None

    monkeypatch.setattr(Handover, "_objection", no_objection)
    assert first_broken(tmp_path, "MAIL at smtp.partner.example") is not None


def test_the_proof_sees_a_policy_that_counts_for_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.policy.evaluate.FRESH_FOR", timedelta(days=365))
    assert first_broken(tmp_path, "since it was confirmed") is not None
