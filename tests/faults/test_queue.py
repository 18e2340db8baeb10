"""The short form of the proof that no message keeps another one waiting, and that it would see one that does."""

from pathlib import Path
from typing import Any

import pytest

from app.delivery.postman import Postman
from tests.app.delivery.letters import BUSY
from tests.faults.proof import Scale
from tests.faults.queue import prove


@pytest.mark.case("L11")
def test_no_message_keeps_another_one_waiting(tmp_path: Path) -> None:
    proof = prove(Scale.SHORT, tmp_path)
    assert proof.broken == ()
    assert proof.figures["arrived"] == proof.figures["good messages"]
    never = proof.figures["that never go"]
    assert isinstance(never, dict)
    assert never.keys() == {"rejected", "deferred", "cut", "nobody", "row", "part"}


def test_the_proof_sees_a_queue_that_stops_at_a_message_that_never_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.faults.queue._PATIENCE", 1.5)
    attempt = Postman._attempt

    async def stops(postman: Postman, message: Any, line: Any) -> Any:
        following = await attempt(postman, message, line)
        if (await postman._outbox.get(message.id)).problem is not None:
            await postman._outbox.hold_queue(message.queue, BUSY, postman._now())
        return following

    monkeypatch.setattr(Postman, "_attempt", stops)
    assert any("is held" in line for line in prove(Scale.SHORT, tmp_path).broken)
