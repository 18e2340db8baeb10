"""What a kill at each point of one send leaves behind: nothing lost, nothing sent twice, no false "sent"."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
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
import asyncio, os, signal, sys
from pathlib import Path

from app.delivery.outbox import Outbox
from app.delivery.verdict import Delivered
from app.storage.database import Database
from app.storage.drafts import Drafts
from tests.app.delivery.letters import NOW, draft, letter
from tests.app.delivery.post_office import PostOffice

file, accepted, point, count = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
log = os.open(accepted, os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def at(here):
    if here == point:
        os.kill(os.getpid(), signal.SIGKILL)


class DyingOutbox(Outbox):
    async def claim(self, *arguments, **options):
        at("K2")
        message = await super().claim(*arguments, **options)
        at("K3 claimed")
        return message

    async def mark_data_end(self, *arguments):
        at("K3 uploaded")
        await super().mark_data_end(*arguments)
        at("K4")

    async def settle(self, *arguments):
        at("K6")
        message = await super().settle(*arguments)
        at("K7")
        return message

    async def settle_and_claim(self, *arguments):
        at("K6")
        message = await super().settle_and_claim(*arguments)
        at("K7")
        if message is not None:
            at("K3 claimed")
        return message


def chunks(number):
    yield b"Subject: message %d\\r\\n\\r\\n" % number
    at("K1")
    yield b"x" * 300_000


def accept(envelope, data):
    os.write(log, data[:20].split(b"\\r")[0] + b"\\n")
    at("K5")
    return Delivered("250 ok")


async def main():
    database = await Database.open(file)
    outbox = DyingOutbox(database)
    office = PostOffice(outbox)
    await office.give_passwords()
    office.gateway.answer = accept
    print("ready", flush=True)
    for number in range(count):
        await Drafts(database).save(draft(number), NOW)
        await outbox.put(letter(number), chunks(number), NOW)
        if count == 1 or number % 3 == 0:
            await office.postman.run_due()
    await office.postman.run_due()
    await database.close()


asyncio.run(main())
"""


def run(folder: DataFolder, point: str, count: int) -> subprocess.Popen[str]:
    arguments = [str(folder.database), str(folder.home.parent / "accepted"), point, str(count)]
    root = Path(__file__).parents[3]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
    )


def accepted(folder: DataFolder) -> Counter[str]:
    return Counter((folder.home.parent / "accepted").read_text().split("\n")[:-1])


@pytest.mark.parametrize(
    ("point", "on_disk", "after_recovery", "accepted_before"),
    [
        ("K1", None, None, 0),
        ("K2", State.QUEUED, State.QUEUED, 0),
        ("K3 claimed", State.ATTEMPTING, State.QUEUED, 0),
        ("K3 uploaded", State.ATTEMPTING, State.QUEUED, 0),
        ("K4", State.DATA_END, State.UNCERTAIN, 0),
        ("K5", State.DATA_END, State.UNCERTAIN, 1),
        ("K6", State.DATA_END, State.UNCERTAIN, 1),
        ("K7", State.SENT, State.SENT, 1),
    ],
)
async def test_a_kill_at_each_point_leaves_the_truth(
    folder: DataFolder, point: str, on_disk: State | None, after_recovery: State | None, accepted_before: int
) -> None:
    with run(folder, point, 1) as program:
        assert program.wait(60) == -9
    assert accepted(folder).total() == accepted_before
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
        assert len(await content(outbox, "m0")) == len(b"Subject: message 0\r\n\r\n") + 300_000
    await database.close()


async def test_kills_at_any_moment_lose_nothing_and_send_nothing_twice(folder: DataFolder) -> None:
    chance = random.Random(7)
    number_of_messages = 150
    uncertain = 0
    for _ in range(6):
        for leftover in (*folder.home.iterdir(), folder.home.parent / "accepted"):
            leftover.unlink(missing_ok=True)
        with run(folder, "", number_of_messages) as program:
            assert program.stdout is not None
            assert program.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0.01, 0.4))  # noqa: ASYNC251 - nothing else runs here
            program.kill()
        database = await Database.open(folder.database)
        outbox = Outbox(database)
        await outbox.recover(NOW)
        before = accepted(folder)
        assert not before or max(before.values()) == 1
        for message in await outbox.list():
            times = before[f"Subject: message {message.id[1:]}"]
            assert message.state in {State.QUEUED, State.SENT, State.UNCERTAIN}
            if message.state is not State.UNCERTAIN:
                assert times == (1 if message.state is State.SENT else 0), message
            uncertain += message.state is State.UNCERTAIN
        known = len(await outbox.list()) + len(await Drafts(database).list())
        assert known >= len(before)
        await database.close()
    assert uncertain <= 6, "only the message under way when the kill came"
