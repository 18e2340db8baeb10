"""The mailbox with 100,000 messages in a list: how soon it is there, and how smoothly it scrolls."""

from __future__ import annotations

import asyncio
import gc
import os
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from app.services import Services, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from tests.bench.figures import Figures, figure
from tests.bench.home import profile_for, seed_queue, set_up
from tests.bench.stalls import Stalls
from ui import loop, tasks

if TYPE_CHECKING:
    from ui.mailbox.window import MailboxWindow

__all__ = ["is_there", "measure_mailbox"]

_ROWS = 100_000
_STEPS = 400
_FRAME = 1 / 60
_FILL = """
    WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < {rows})
    INSERT INTO outbox ({columns}) SELECT {values} FROM counter, (SELECT * FROM outbox WHERE number = 1)
"""


def fill(connection: sqlite3.Connection) -> None:
    """Copy the one message there is: 100,000 that were sent, 100,000 that could not be."""
    columns = [row["name"] for row in connection.execute("PRAGMA table_info (outbox)") if row["name"] != "number"]
    problem = """'{"reason": "server-message-rejected", "facts": {"host": "localhost", "reply": "554 no"}}'"""
    for state, told in (("sent", "NULL"), ("failed", problem)):
        changed = {
            "id": f"'{state}-' || n",
            "state": f"'{state}'",
            "subject": "'Angebot ' || n",
            "due": "NULL",
            "problem": told,
            "changed_at": "changed_at - n * 60000000",
        }
        values = ", ".join(changed.get(name, name) for name in columns)
        connection.execute(_FILL.format(rows=_ROWS, columns=", ".join(columns), values=values))
    connection.execute("UPDATE outbox SET state = 'sent', due = NULL WHERE number = 1")


def measure_mailbox(rounds: int) -> Figures:
    """Return the figures."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    figures: Figures = {}

    async def main(application: QApplication) -> int:
        del application
        with tempfile.TemporaryDirectory() as folder:
            async with open_services(DataFolder(Path(folder) / "home"), keychain=MemoryKeychain()) as services:
                await set_up(services, profile_for())
                await seed_queue(services, 1)
                await services.database.write(fill)
                figures.update(await _measure(services, rounds))
        return 0

    loop.run(main)
    return figures


async def _measure(services: Services, rounds: int) -> Figures:
    from ui.desk import Desk
    from ui.mailbox.entries import Folder
    from ui.mailbox.window import MailboxWindow

    desk, watch = Desk(services), Stalls()
    times: dict[str, list[float]] = {"outbox": [], "sent": []}
    stalls: dict[str, list[float]] = {"outbox": [], "sent": []}
    works: list[float] = []
    idle: list[float] = []
    begun = time.perf_counter()
    window = desk.mailbox()
    assert isinstance(window, MailboxWindow)
    await is_there(window)
    opened = (time.perf_counter() - begun) * 1000
    gc.freeze()  # as ui.main does when it has started
    for _ in range(rounds):
        watch.reset()
        await asyncio.sleep(_STEPS * _FRAME)
        idle.append(watch.longest)
        for name, shown in (("sent", Folder.SENT), ("outbox", Folder.OUTBOX)):
            begun = time.perf_counter()
            window.folders.choose(shown)
            await is_there(window)
            times[name].append((time.perf_counter() - begun) * 1000)
            assert window.model.folder is shown
            await _scroll(window, watch)
            stalls[name].append(watch.longest)
            works.append(watch.work)
    await desk.end()
    limit, smooth = (300.0, "300 ms"), (16.0, "16 ms")
    median = statistics.median
    return {
        f"mailbox with {_ROWS} messages: to its first rows (ms)": figure(opened, at_most=limit),
        f"Outbox with {_ROWS} messages opened (ms)": figure(median(times["outbox"]), at_most=limit),
        f"Sent with {_ROWS} messages opened (ms)": figure(median(times["sent"]), at_most=limit),
        "Outbox scrolled: longest stall (ms)": figure(median(stalls["outbox"]), floor=median(idle), at_most=smooth),
        "Sent scrolled: longest stall (ms)": figure(median(stalls["sent"]), floor=median(idle), at_most=smooth),
        "scrolled: the window's longest work at a time (ms)": figure(max(works), at_most=smooth),
    }


async def is_there(window: MailboxWindow) -> None:
    """Wait until the list that was asked for is read and painted."""
    read = asyncio.Event()
    connection = window.model.loaded.connect(read.set)
    await read.wait()
    window.model.loaded.disconnect(connection)
    await tasks.painted(window)


async def _scroll(window: MailboxWindow, watch: Stalls) -> None:
    """Scroll as by a wheel that is turned fast, a step a frame."""
    bar = window.messages.verticalScrollBar()
    await asyncio.sleep(0.3)
    watch.reset()
    for _ in range(_STEPS):
        bar.setValue(bar.value() + 3 * bar.singleStep() * 8)
        await asyncio.sleep(_FRAME)
    assert window.model.rowCount() > 500, window.model.rowCount()
