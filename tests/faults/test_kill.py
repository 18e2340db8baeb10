"""The proof that kill -9 loses nothing and sends nothing twice, in its short form."""

from pathlib import Path

import pytest

from tests.faults.dying import POINTS
from tests.faults.kill import prove
from tests.faults.proof import Scale
from tests.faults.world import Row, World


@pytest.mark.system("gnome-keyring")
@pytest.mark.case("K0", "K1", "K2", "K3", "K4", "K5", "K6", "K7")
def test_kills_at_each_point_and_at_any_moment_lose_nothing_and_send_nothing_twice(tmp_path: Path) -> None:
    proof = prove(Scale.SHORT, tmp_path)
    assert proof.broken == ()
    killed = proof.figures["kills_by_point"]
    assert isinstance(killed, dict)
    assert killed.keys() == {"any", *POINTS}
    figures = {name: value for name, value in proof.figures.items() if isinstance(value, int)}
    # It really looked: messages went, servers failed, and some messages were left in doubt.
    assert figures["sent"] > 20
    assert figures["server_faults_between_kills"] > 0
    assert figures["uncertain_and_delivered"] > 0
    assert figures["uncertain_killed_at_K4"] <= 1


@pytest.mark.parametrize(
    ("state", "times", "told", "lie"),
    [
        ("sent", 1, "sent", None),
        ("uncertain", 1, "queued", None),
        ("uncertain", 0, "queued", None),
        ("queued", 0, "queued", None),
        ("sent", 0, "queued", "false sent: m0"),
        ("sent", 2, "sent", "twice: <m0>"),
        ("queued", 1, "queued", "accepted, but queued: m0"),
        ("failed", 1, "queued", "accepted, but failed: m0"),
        ("uncertain", 1, "sent", "told as sent, but uncertain: m0"),
        ("queued", 0, "cancelled", "told as cancelled, but queued: m0"),
    ],
)
def test_what_is_not_true_on_the_disk_is_found(
    tmp_path: Path, state: str, times: int, told: str, lie: str | None
) -> None:
    world = World(tmp_path, 1)
    for _ in range(times):
        world.servers.ledger.accept("<m0>", 100)
    world.told.hear(f"{told} m0")
    assert world.lies([Row("m0", state, "<m0>", 100)], {}) == ([lie] if lie else [])


def test_a_message_that_is_gone_and_a_draft_that_is_older_than_told_are_found(tmp_path: Path) -> None:
    world = World(tmp_path, 1)
    world.told.hear("queued m0")
    world.told.hear("draft m1 1")
    world.servers.ledger.accept("<m2>", 100)
    world.servers.ledger.accept("<m3>", 99)
    assert world.lies([Row("m3", "sent", "<m3>", 100)], {"m1": 0}) == [
        "lost: m0",
        "accepted, but unknown: <m2>",
        "cut or altered: m3",
        "a draft is lost: m1 1",
    ]
