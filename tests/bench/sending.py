"""Queue-and-send of a small message and one of 25 MB, with the window's longest stall meanwhile."""

from __future__ import annotations

import asyncio
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, Qt, QTimerEvent
from PySide6.QtWidgets import QApplication

from app.address import Address, Mailbox
from app.delivery.outbox import State
from app.delivery.posting import post
from app.message.draft import Attachment, Draft
from app.services import Services, now, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain, Secret
from tests.bench.floors import send_raw
from tests.bench.home import profile_for
from tests.bench.sink import Sink, open_sink
from ui import loop

__all__ = ["measure_sending"]

_PIECE = 100_000
_LARGE = 185 * _PIECE  # octets, 25 MB once encoded
_BREATH = 5  # milliseconds between two looks at the clock


class Stalls(QObject):
    """The longest time the window's thread did not come back, beyond the timer's own interval."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self._last = time.perf_counter()
        self.startTimer(_BREATH, Qt.TimerType.PreciseTimer)

    def timerEvent(self, event: QTimerEvent) -> None:
        moment = time.perf_counter()
        self.longest = max(self.longest, (moment - self._last) * 1000 - _BREATH)
        self._last = moment

    def reset(self) -> None:
        """Begin anew."""
        self._last, self.longest = time.perf_counter(), 0.0


Row = Callable[[float, float], dict[str, float | None]]


def measure_sending(rounds: int, row: Row) -> dict[str, object]:
    """Return the figures; every round takes the floor and ours in turns."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    figures: dict[str, object] = {}

    async def main(application: QApplication) -> int:
        del application
        with open_sink() as sink, tempfile.TemporaryDirectory() as folder:
            profile, keychain = profile_for(sink), MemoryKeychain()
            await keychain.set(profile.organisation_server.keychain_account, Secret("made up"))
            async with open_services(DataFolder(Path(folder) / "home"), keychain=keychain) as services:
                await services.profiles.save(profile)
                await services.take_profile(profile)
                figures.update(await _measure(services, sink, Path(folder), rounds, row))
        return 0

    loop.run(main)
    return figures


async def _measure(services: Services, sink: Sink, folder: Path, rounds: int, row: Row) -> dict[str, object]:
    large = folder / "large.bin"
    with large.open("wb") as file:
        # Written piece by piece: a peak of memory here would hide the one that is measured.
        for _ in range(_LARGE // _PIECE):
            file.write(os.urandom(_PIECE))
    attachment = Attachment(str(large), large.name, _LARGE)
    watch = Stalls()
    small_ours, small_floor, large_ours, large_floor, stalls, idle = [], [], [], [], [], []
    await _send(services, ())  # imports and the first connection are not what is measured
    peak = _peak()
    for _ in range(rounds):
        small_floor.append(_timed(lambda: send_raw(sink, b"Subject: x\r\n\r\n" + b"Guten Tag\r\n" * 180)))
        small_ours.append(await _send(services, ()))
        watch.reset()
        large_ours.append(await _send(services, (attachment,)))
        stalls.append(watch.longest)
        watch.reset()
        await asyncio.sleep(large_ours[-1] / 1000)
        idle.append(watch.longest)
    growth = _peak() - peak
    ready = (b"A" * 76 + b"\r\n") * (_LARGE * 4 // 3 // 76)
    large_floor = [_timed(lambda: send_raw(sink, ready)) for _ in range(rounds)]
    median = statistics.median
    return {
        "2 KB: queued and sent (ms)": row(median(small_ours), median(small_floor)),
        "25 MB: queued and sent (ms)": row(median(large_ours), median(large_floor)),
        "25 MB: longest stall of the window, beside an idle one (ms)": row(median(stalls), median(idle)),
        "25 MB: peak memory growth, beside the message itself (kB)": row(growth, _LARGE * 4 / 3 / 1024),
    }


async def _send(services: Services, attachments: tuple[Attachment, ...]) -> float:
    """Return milliseconds from the finished draft to the server's 250, committed."""
    begun = time.perf_counter()
    draft = Draft(
        id=uuid4().hex,
        sender=services.the_profile.primary.address,
        to=(Mailbox(Address.parse("kunde@extern.example")),),
        subject="Bench",
        text="Guten Tag\n" * 180,
        attachments=attachments,
    )
    message = await post(draft, profile=services.the_profile, policy=services.policy, outbox=services.outbox, now=now())
    await services.postman.run_due()
    sent = await services.outbox.get(message.id)
    assert sent.state is State.SENT, sent
    return (time.perf_counter() - begun) * 1000


def _timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _peak() -> int:
    """Return the highest resident size so far, in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
