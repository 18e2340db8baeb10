"""What a kill at each point of one send leaves behind: nothing lost, nothing sent twice, no false "sent"."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.delivery.outbox import Outbox, State
from app.storage.database import Database
from app.storage.drafts import Drafts
from app.storage.folder import DataFolder
from tests.app.delivery.letters import NOW, content
from tests.app.delivery.post_office import PostOffice

# Queues and delivers in a process of its own. What the server accepts is a line in a file, written when the dot comes.
PROGRAM = """
import asyncio, os, sys
from pathlib import Path

from app.delivery.verdict import Delivered
from app.storage.database import Database
from app.storage.drafts import Drafts
from tests.app.delivery.letters import NOW, draft, letter
from tests.app.delivery.post_office import PostOffice
from tests.faults.dying import Death, DyingOutbox, die_while_storing

file, accepted, point = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
log = os.open(accepted, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
death = Death(point, 1)
die_while_storing(death)


def chunks():
    yield b"Subject: message\\r\\n\\r\\n"
    yield b"x" * 300_000


def accept(envelope, data):
    os.write(log, b"accepted\\n")
    death.at("K5", "m0")
    return Delivered("250 ok")


async def main():
    database = await Database.open(file)
    outbox = DyingOutbox(database)
    outbox.death = death
    office = PostOffice(outbox)
    await office.give_passwords()
    office.gateway.answer = accept
    await Drafts(database).save(draft(0), NOW)
    await outbox.put(letter(0), chunks(), NOW)
    await office.postman.run_due()


asyncio.run(main())
"""


def run(folder: DataFolder, point: str) -> int:
    """Run the program to its death and return how it ended."""
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder.database), str(folder.home.parent / "accepted"), point],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )
    return done.returncode


def accepted(folder: DataFolder) -> int:
    return len((folder.home.parent / "accepted").read_text().splitlines())


@pytest.mark.parametrize(
    ("point", "on_disk", "after_recovery", "accepted_before"),
    [
        pytest.param("K1 read", None, None, 0, marks=pytest.mark.case("K1")),
        pytest.param("K1 stored", None, None, 0, marks=pytest.mark.case("K1")),
        pytest.param("K2", State.QUEUED, State.QUEUED, 0, marks=pytest.mark.case("K2")),
        pytest.param("K3 claimed", State.ATTEMPTING, State.QUEUED, 0, marks=pytest.mark.case("K3")),
        pytest.param("K3 uploaded", State.ATTEMPTING, State.QUEUED, 0, marks=pytest.mark.case("K3")),
        pytest.param("K4", State.DATA_END, State.UNCERTAIN, 0, marks=pytest.mark.case("K4")),
        pytest.param("K5", State.DATA_END, State.UNCERTAIN, 1, marks=pytest.mark.case("K5")),
        pytest.param("K6", State.DATA_END, State.UNCERTAIN, 1, marks=pytest.mark.case("K6")),
        pytest.param("K7", State.SENT, State.SENT, 1, marks=pytest.mark.case("K7")),
    ],
)
async def test_a_kill_at_each_point_leaves_the_truth(
    folder: DataFolder, point: str, on_disk: State | None, after_recovery: State | None, accepted_before: int
) -> None:
    assert run(folder, point) == -9
    assert accepted(folder) == accepted_before
    database = await Database.open(folder.database)
    outbox = Outbox(database)
    assert [message.state for message in await outbox.list()] == ([on_disk] if on_disk else [])
    # Before the commit the draft is still there, and afterwards only the message.
    assert len(await Drafts(database).list()) == (0 if on_disk else 1)
    await outbox.recover(NOW)
    assert [message.state for message in await outbox.list()] == ([after_recovery] if after_recovery else [])
    office = PostOffice(outbox)
    await office.give_passwords()
    await office.postman.run_due()
    goes_again = after_recovery is State.QUEUED
    assert len(office.arrived) == (1 if goes_again else 0)
    if on_disk:
        assert len(await content(outbox, "m0")) == len(b"Subject: message\r\n\r\n") + 300_000
    await database.close()
