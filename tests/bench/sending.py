"""The whole way of a message in the program: its time, its memory, and how long the windows stood still meanwhile."""

from __future__ import annotations

import asyncio
import gc
import os
import statistics
import tempfile
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.message.draft import Attachment
from app.services import Services, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from tests.bench.contender import message_of, peak
from tests.bench.figures import Figures, figure
from tests.bench.floors import RawClient
from tests.bench.home import profile_for, set_up
from tests.bench.letters import all_sent, attachment_of, send_one
from tests.bench.sink import Sink, open_sink
from tests.bench.stalls import Stalls
from ui import loop

__all__ = ["measure_sending"]

_LARGE, _HUGE = 25_000_000, 100_000_000


def measure_sending(rounds: int) -> Figures:
    """Return the figures; every round takes the floor and ours in turns."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    figures: Figures = {}

    async def main(application: QApplication) -> int:
        del application
        with open_sink() as sink, tempfile.TemporaryDirectory() as folder:
            async with open_services(DataFolder(Path(folder) / "home"), keychain=MemoryKeychain()) as services:
                await set_up(services, profile_for(sink.port, str(sink.ca_file)))
                files = [attachment_of(Path(folder), size) for size in (_LARGE, _HUGE)]
                figures.update(await _measure(services, sink, files, rounds))
        return 0

    loop.run(main)
    return figures


async def _measure(services: Services, sink: Sink, files: list[Attachment], rounds: int) -> Figures:
    watch = Stalls()
    ours, floor, stalls, works, idle = [], [], [], [], []
    await send_one(services)  # imports and the first connection are not what is measured
    gc.freeze()  # as ui.main does when it has started
    before, growths = peak(), []
    for attachment in files:
        await send_one(services, (attachment,))
        growths.append(peak() - before)
    ready = message_of(_LARGE)
    for _ in range(rounds):
        floor.append(_raw(sink, ready))
        watch.reset()
        begun = time.perf_counter()
        await send_one(services, (files[0],))
        ours.append((time.perf_counter() - begun) * 1000)
        stalls.append(watch.longest)
        works.append(watch.work)
        watch.reset()
        await asyncio.sleep(ours[-1] / 1000)
        idle.append(watch.longest)
    assert await all_sent(services)
    median, smooth, memory = statistics.median, (16.0, "16 ms"), (8192.0, "8 MB")
    return {
        "25 MB: from Send to accepted, queued first (ms)": figure(median(ours), floor=median(floor)),
        "… longest stall of the window meanwhile (ms)": figure(median(stalls), floor=median(idle), at_most=smooth),
        "… longest work of the window's thread at a time (ms)": figure(max(works), at_most=smooth),
        "… peak memory growth (kB)": figure(growths[0], at_most=memory),
        "100 MB: peak memory growth (kB)": figure(growths[1], at_most=memory),
    }


def _raw(sink: Sink, message: bytes) -> float:
    begun = time.perf_counter()
    with RawClient(sink.port, str(sink.ca_file)) as client:
        client.send(message)
    return (time.perf_counter() - begun) * 1000
