"""A queue of 10,000 messages: how soon the program is ready with it, and how fast it is worked off."""

from __future__ import annotations

import gc
import os
import tempfile
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.delivery.outbox import State
from app.services import Services, now, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from tests.bench.contender import peak
from tests.bench.disk import SYNCS, sync_time
from tests.bench.figures import Figures, figure
from tests.bench.home import profile_for, seed_queue, set_up
from tests.bench.mailbox import is_there
from tests.bench.sink import open_sink
from tests.bench.stalls import Stalls
from ui import loop

__all__ = ["measure_queue"]

_COUNT = 10_000


def measure_queue(rounds: int) -> Figures:
    """Return the figures, of one queue with its mailbox open and one without; 20,000 messages are rounds enough."""
    del rounds
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    figures: Figures = {}

    async def main(application: QApplication) -> int:
        del application
        with open_sink() as sink, tempfile.TemporaryDirectory() as folder:
            home = DataFolder(Path(folder) / "home")
            async with open_services(home, keychain=MemoryKeychain()) as services:
                await set_up(services, profile_for(sink.port, str(sink.ca_file)))
                await seed_queue(services, _COUNT)
            figures.update(await _with_window(home))
            async with open_services(home, keychain=MemoryKeychain()) as services:
                await seed_queue(services, _COUNT)
                figures[f"{_COUNT} queued messages, no window: drained (messages/s)"] = figure(
                    await _drain(services), floor=_disk_alone(), at_least=(200.0, "200")
                )
        return 0

    loop.run(main)
    return figures


async def _with_window(home: DataFolder) -> Figures:
    from ui.desk import Desk
    from ui.mailbox.window import MailboxWindow

    begun = time.perf_counter()
    async with open_services(home, keychain=MemoryKeychain()) as services:
        desk = Desk(services)
        await services.outbox.recover(now())
        window = desk.mailbox()
        assert isinstance(window, MailboxWindow)
        await is_there(window)
        claimed = await services.outbox.claim(now())
        started = (time.perf_counter() - begun) * 1000
        assert claimed is not None
        await services.outbox.give_back(claimed.id, now(), now())
        gc.freeze()  # as ui.main does when it has started
        watch, before = Stalls(), peak()
        rate = await _drain(services)
        growth = peak() - before
        await desk.end()
    return {
        f"{_COUNT} queued messages: from the start to the first claim, mailbox open (ms)": figure(
            started, at_most=(2000.0, "2 s")
        ),
        f"{_COUNT} queued messages, mailbox open: drained over one connection (messages/s)": figure(
            rate, floor=_disk_alone(), at_least=(200.0, "200")
        ),
        "… longest stall of the window meanwhile (ms)": figure(watch.longest, at_most=(16.0, "16 ms")),
        "… longest work of the window's thread at a time (ms)": figure(watch.work, at_most=(16.0, "16 ms")),
        "… peak memory growth (kB)": figure(growth),
    }


def _disk_alone() -> float:
    """Return how many messages a second the disk would allow a program that takes no time itself."""
    return 1000 / (SYNCS * sync_time())


async def _drain(services: Services) -> float:
    """Send all that is due, every state and journal entry committed with FULL sync; return messages a second."""
    before = await services.outbox.count([State.SENT])
    begun = time.perf_counter()
    await services.postman.run_due()
    took = time.perf_counter() - begun
    sent = await services.outbox.count([State.SENT]) - before
    assert sent == _COUNT, sent
    return sent / took
