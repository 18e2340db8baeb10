"""One way of sending mail, in a process of its own: `python -m tests.bench.contender ORDER`, which prints what it took.

It sends one message first, so that neither imports nor trust stores are measured. The programs msmtp and curl are
started anew for each message, as they always are; their memory is looked at while they run.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

__all__ = ["CONTENDERS", "Order", "Outcome", "message_of", "peak", "run"]

SENDER, RECIPIENT = "nutzer@beispiel.example", "kunde@extern.example"
_SMALL = 2_000
_STATUS = Path("/proc/self/status")
_LINE = b"QUJD" * 19 + b"\r\n"
_STEP = 57 * 1024 // 57 * 78
"""Octets of a piece as `app.message` writes an attachment."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to send: so many messages of that size, each over a connection of its own or all over one."""

    name: str
    port: int
    ca_file: str
    size: int
    count: int
    is_kept: bool = False
    folder: str = ""
    """Where a data folder may be made."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What it took."""

    milliseconds: list[float]
    """For each message; for all together where the connection was kept."""
    growth: int
    """Peak memory above that of a small message, in kB."""
    cpu: float
    """Milliseconds of processor time a message."""


def run(order: Order) -> Outcome:
    """Have an order carried out in a new process."""
    command = [sys.executable, "-m", "tests.bench.contender", json.dumps(asdict(order))]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Outcome(**json.loads(done.stdout))


def message_of(size: int) -> bytes:
    """Return a message of about that size, dot-stuffed as it is."""
    return b"Subject: Bench\r\n\r\n" + _LINE * (size // len(_LINE))


def pieces_of(size: int) -> Iterator[bytes]:
    """Yield the same message without ever holding it."""
    yield b"Subject: Bench\r\n\r\n"
    piece, lines = _LINE * (_STEP // len(_LINE)), size // len(_LINE)
    per_piece = _STEP // len(_LINE)
    for _ in range(lines // per_piece):
        yield piece
    yield _LINE * (lines % per_piece)


def peak() -> int:
    """Return the highest resident size of this process so far, in kB."""
    if _STATUS.exists():
        # What getrusage says began with the process this one was forked from.
        return _status(_STATUS)
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size // 1024 if sys.platform == "darwin" else size


def _status(file: Path) -> int:
    text = file.read_text(encoding="ascii")
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("VmHWM:")), 0)


def _measured(send: Callable[[int], object], order: Order) -> Outcome:
    """Send a small message to warm up, then as ordered."""
    send(_SMALL)
    before, used, times = peak(), time.process_time(), []
    for _ in range(order.count):
        begun = time.perf_counter()
        send(order.size)
        times.append((time.perf_counter() - begun) * 1000)
    return Outcome(times, peak() - before, (time.process_time() - used) * 1000 / order.count)


def _raw(order: Order) -> Outcome:
    from tests.bench.floors import RawClient

    messages = {size: message_of(size) for size in (_SMALL, order.size)}

    def cold(size: int) -> None:
        with RawClient(order.port, order.ca_file) as client:
            client.send(messages[size])

    if not order.is_kept:
        return _measured(cold, order)
    with RawClient(order.port, order.ca_file) as client:
        return _measured(lambda size: client.send(messages[size]), order)


def _smtplib(order: Order) -> Outcome:
    import smtplib
    import ssl

    context = ssl.create_default_context(cafile=order.ca_file)

    def cold(size: int) -> None:
        with smtplib.SMTP_SSL("localhost", order.port, context=context, local_hostname="[127.0.0.1]") as client:
            client.sendmail(SENDER, [RECIPIENT], message_of(size))

    if not order.is_kept:
        return _measured(cold, order)
    with smtplib.SMTP_SSL("localhost", order.port, context=context, local_hostname="[127.0.0.1]") as client:
        return _measured(lambda size: client.sendmail(SENDER, [RECIPIENT], message_of(size)), order)


def _aiosmtplib(order: Order) -> Outcome:
    import ssl

    from aiosmtplib import SMTP

    context = ssl.create_default_context(cafile=order.ca_file)

    def client() -> SMTP:
        return SMTP(
            hostname="localhost", port=order.port, use_tls=True, tls_context=context, local_hostname="[127.0.0.1]"
        )

    async def over(connected: SMTP, size: int) -> None:
        await connected.sendmail(SENDER, [RECIPIENT], message_of(size))

    async def cold(size: int) -> None:
        async with client() as connected:
            await over(connected, size)

    async def main() -> Outcome:
        if not order.is_kept:
            return await _measured_async(cold, order)
        async with client() as connected:
            return await _measured_async(lambda size: over(connected, size), order)

    return asyncio.run(main())


async def _measured_async(send: Callable[[int], Coroutine[Any, Any, object]], order: Order) -> Outcome:
    await send(_SMALL)
    before, used, times = peak(), time.process_time(), []
    for _ in range(order.count):
        begun = time.perf_counter()
        await send(order.size)
        times.append((time.perf_counter() - begun) * 1000)
    return Outcome(times, peak() - before, (time.process_time() - used) * 1000 / order.count)


def _on_our_loop(main: Callable[[], Coroutine[Any, Any, Outcome]]) -> Outcome:
    """Run on the event loop of the windows, as the program does."""
    from ui import loop

    found: list[Outcome] = []

    async def keep(_: object) -> int:
        found.append(await main())
        return 0

    loop.run(keep)
    return found[0]


def _session(order: Order) -> Outcome:
    """Our session alone: no queue, no journal."""
    from app.address import Address
    from app.delivery.smtp import Envelope, Session
    from app.delivery.tls import tls_context
    from app.delivery.verdict import Delivered
    from tests.bench.home import profile_for

    server, tls = profile_for(order.port).organisation_server, tls_context(order.ca_file)

    async def nothing() -> None:
        return None

    async def over(session: Session, size: int) -> None:
        envelope = Envelope(Address.parse(SENDER), (Address.parse(RECIPIENT),), size)
        verdict = await session.deliver(envelope, pieces_of(size), before_mail=nothing, on_data_end=nothing)
        assert isinstance(verdict, Delivered), verdict

    async def cold(size: int) -> None:
        session = await Session.open(server, None, tls=tls)
        await over(session, size)
        await session.quit()

    async def main() -> Outcome:
        if not order.is_kept:
            return await _measured_async(cold, order)
        session = await Session.open(server, None, tls=tls)
        outcome = await _measured_async(lambda size: over(session, size), order)
        await session.quit()
        return outcome

    return _on_our_loop(main)


def _queue(order: Order) -> Outcome:
    """All of it: from the finished draft to the server's reply, committed, with route, journal and durable states."""
    from app.services import open_services
    from app.storage.folder import DataFolder
    from app.storage.keychain import MemoryKeychain
    from tests.bench.home import profile_for, seed_queue, set_up
    from tests.bench.letters import all_sent, attachment_of, send_one

    async def main() -> Outcome:
        with tempfile.TemporaryDirectory(dir=order.folder) as folder:
            async with open_services(DataFolder(Path(folder) / "home"), keychain=MemoryKeychain()) as services:
                await set_up(services, profile_for(order.port, order.ca_file))
                await send_one(services)
                gc.freeze()  # as ui.main does when it has started
                if not order.is_kept:
                    large = attachment_of(Path(folder), order.size)
                    files = {order.size: (large,), _SMALL: ()}
                    outcome = await _measured_async(lambda size: send_one(services, files[size]), order)
                    assert await all_sent(services)
                    return outcome
                await seed_queue(services, order.count)
                before, used, begun = peak(), time.process_time(), time.perf_counter()
                await services.postman.run_due()
                took = (time.perf_counter() - begun) * 1000
                cpu = (time.process_time() - used) * 1000 / order.count
                return Outcome([took / order.count] * order.count, peak() - before, cpu)

    return _on_our_loop(main)


def _program(command: Callable[[Order, Path], list[str]], order: Order) -> Outcome:
    """Run a program for each message; the first two runs, with a small one and as ordered, are watched."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "message"
        arguments = command(order, file)
        peaks = []
        for size in (_SMALL, order.size):
            file.write_bytes(message_of(size))
            peaks.append(_watched(arguments, file))
        times, used = [], resource.getrusage(resource.RUSAGE_CHILDREN)
        for _ in range(order.count):
            begun = time.perf_counter()
            with file.open("rb") as message:
                subprocess.run(arguments, check=True, stdin=message, stdout=subprocess.DEVNULL)
            times.append((time.perf_counter() - begun) * 1000)
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
        return Outcome(times, peaks[1] - peaks[0], cpu * 1000 / order.count)


def _watched(arguments: list[str], file: Path) -> int:
    """Run a program and return its peak memory in kB."""
    peak = 0
    with file.open("rb") as message, subprocess.Popen(arguments, stdin=message, stdout=subprocess.DEVNULL) as running:
        while running.poll() is None:
            try:
                peak = max(peak, _status(Path(f"/proc/{running.pid}/status")))
            except OSError:
                break
    return peak


def _curl(order: Order, file: Path) -> list[str]:
    envelope = ["--mail-from", SENDER, "--mail-rcpt", RECIPIENT, "--upload-file", str(file)]
    return ["curl", "--silent", "--fail", "--cacert", order.ca_file, *envelope, f"smtps://localhost:{order.port}"]


def _msmtp(order: Order, file: Path) -> list[str]:
    server = ["--host=localhost", f"--port={order.port}", "--tls=on", "--tls-starttls=off"]
    trust = f"--tls-trust-file={order.ca_file}"
    return ["msmtp", "--file=/dev/null", *server, trust, "--auth=off", f"--from={SENDER}", "--", RECIPIENT]


CONTENDERS: dict[str, Callable[[Order], Outcome]] = {
    "raw": _raw,
    "smtplib": _smtplib,
    "aiosmtplib": _aiosmtplib,
    "curl": lambda order: _program(_curl, order),
    "msmtp": lambda order: _program(_msmtp, order),
    "session": _session,
    "queue": _queue,
}


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    given = Order(**json.loads(sys.argv[1]))
    json.dump(asdict(CONTENDERS[given.name](given)), sys.stdout)
