"""Several programs over one outbox: each message is claimed by one of them, even if none minds the lock."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from app.delivery.outbox import Outbox, State
from app.storage.folder import DataFolder
from tests.app.delivery.letters import put

ROOT = Path(__file__).resolve().parents[3]
MESSAGES = 150

CLAIMS = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from app.delivery.outbox import Outbox
from app.storage.database import Database

async def main():
    database = await Database.open(Path(sys.argv[1]))
    print("ready", flush=True)
    sys.stdin.readline()
    print((await Outbox(database).claim(datetime(2027, 1, 1, tzinfo=UTC))).id, flush=True)
    sys.stdin.readline()  # until the others have their first, too: one alone might be done before they begin
    while (message := await Outbox(database).claim(datetime(2027, 1, 1, tzinfo=UTC))) is not None:
        print(message.id)
    await database.close()

asyncio.run(main())
"""


def tell(programs: list[subprocess.Popen[str]]) -> None:
    """Let all go on at once."""
    for each in programs:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()


@pytest.mark.case("L1")
async def test_a_message_is_claimed_by_one_of_several_programs(outbox: Outbox, folder: DataFolder) -> None:
    for number in range(MESSAGES):
        await put(outbox, number)
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIMS, str(folder.database)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(3)
    ]
    for each in programs:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    tell(programs)
    first = [each.stdout.readline().split() for each in programs if each.stdout is not None]
    tell(programs)
    claimed = [*first, *(each.communicate(timeout=60)[0].split() for each in programs)]
    counted = Counter(name for names in claimed for name in names)
    assert len(counted) == MESSAGES
    assert set(counted.values()) == {1}
    assert all(first)
    assert await outbox.count([State.ATTEMPTING]) == MESSAGES
