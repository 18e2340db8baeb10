"""The program as a process whose disk fails: it queues and sends a letter, tells what it shows, and goes on living.

It forks a process for each order on standard input, so that many runs need one start. The disk's faults come from
`faulty_disk.c`, loaded before this process.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from app.address import Address, Mailbox
from app.delivery.outbox import State
from app.delivery.posting import post
from app.errors import ExpectedError, Reason
from app.message.draft import Attachment, Draft
from app.services import Services, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain, Secret

__all__ = ["Fault", "Order", "Seen", "letter"]

_LIMIT = 60
"""Seconds after which something has gone wrong."""


@dataclass(frozen=True)
class Fault:
    """Which call fails, and how."""

    number: int = 0
    """Which of the calls; 0 for none."""
    error: int = 0
    """The error's number (errno)."""
    keeps: bool = False
    """Whether all later calls fail, too, until the disk is mended."""
    is_short: bool = False
    """Whether this call itself writes half."""


@dataclass(frozen=True)
class Order:
    """What one process does."""

    home: str
    name: str
    sender: str
    passwords: dict[str, str]
    """By the account in the keychain."""
    attachment: str
    fault: Fault | None = None
    """How the disk fails while the letter is queued and sent; None to look what is there and send all of it."""
    dies: bool = False
    """Whether the process ends where it stands once the letter was sent or was not, on a disk that fails still."""


@dataclass(frozen=True)
class Seen:
    """What a process has told."""

    calls: int = 0
    failures: int = 0
    saved: tuple[tuple[str, int], ...] = ()
    """Whose draft was said to be saved, and how many characters of it, in this order."""
    queued: tuple[str, ...] = ()
    """Who was said to be queued."""
    told: tuple[str, ...] = ()
    """Which step was said to have failed, with its reason."""
    states: dict[str, str] = field(default_factory=dict)
    """How each message was shown when all was quiet."""
    recovered: dict[str, str] = field(default_factory=dict)
    """How each message was shown just after the start."""
    drafts: dict[str, str] = field(default_factory=dict)
    """The text of each draft."""
    bug: str = ""
    """What nobody expected."""


class _Disk:
    """The faults of `faulty_disk.c`."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._library.disk_calls.restype = self._library.disk_failures.restype = ctypes.c_long

    def arm(self, folder: str, fault: Fault) -> None:
        number = ctypes.c_long(fault.number)
        self._library.disk_arm(folder.encode(), number, fault.error, int(fault.keeps), int(fault.is_short))

    def mend(self) -> None:
        self._library.disk_disarm()

    @property
    def calls(self) -> int:
        return int(self._library.disk_calls())

    @property
    def failures(self) -> int:
        return int(self._library.disk_failures())


class _Run:
    """One process of the program, and what it shows."""

    def __init__(self, order: Order, say: Callable[[Seen], None]) -> None:
        self._order = order
        self._say = say
        self._saved: list[tuple[str, int]] = []
        self._seen: dict[str, list[str]] = {"queued": [], "told": []}
        self.bugs: list[str] = []
        self._ahead = timedelta()

    async def under_faults(self, fault: Fault) -> Seen:
        """Queue and send a letter while the disk fails, and then, on a mended disk, that one and another."""
        asyncio.get_running_loop().set_exception_handler(self._note)
        disk = _Disk()
        disk.arm(self._order.home, fault)
        try:
            async with self._opened() as services:
                await self._write(services, "first")
                if self._order.dies:
                    self._die(disk)
                return await self._go_on(services, disk)
        except ExpectedError as error:
            self._tell("opening", error.problem.reason)
        if self._order.dies:
            self._die(disk)
        disk.mend()
        async with self._opened() as services:
            return await self._go_on(services, disk)

    async def _go_on(self, services: Services, disk: _Disk) -> Seen:
        disk.mend()
        calls, failures = disk.calls, disk.failures
        for name in ("first", "second"):
            if name not in self._seen["queued"]:
                await self._write(services, name)
        await self._try("sending", services.postman.run_due())
        return replace(self._told(), calls=calls, failures=failures, states=await _states(services))

    def _die(self, disk: _Disk) -> None:
        """End at once, as when the power fails, with all that was told until now."""
        self._say(replace(self._told(), calls=disk.calls, failures=disk.failures))
        os._exit(0)

    def _told(self) -> Seen:
        return Seen(
            saved=tuple(self._saved),
            queued=tuple(self._seen["queued"]),
            told=tuple(self._seen["told"]),
            bug="\n".join(self.bugs),
        )

    async def look(self) -> Seen:
        """Start as after a crash, say what is there, and send all that waits, however far off its time is."""
        asyncio.get_running_loop().set_exception_handler(self._note)
        async with self._opened() as services:
            await services.outbox.recover(services.now())
            recovered = await _states(services)
            drafts = {saved.draft.id: saved.draft.text for saved in await services.drafts.list()}
            while (due := await services.outbox.next_due(services.now() - timedelta(days=1))) is not None:
                self._ahead += max(due - services.now(), timedelta()) + timedelta(seconds=1)
                await services.postman.run_due()
            return replace(self._told(), recovered=recovered, drafts=drafts, states=await _states(services))

    def _opened(self) -> Any:
        return _with_passwords(self._order, lambda: datetime.now(UTC) + self._ahead)

    async def _write(self, services: Services, name: str) -> None:
        """Type, send and wait for the verdict, as a person does; go on where the program says that a step failed."""
        draft = letter(self._order, name)
        unfinished = replace(draft, text=draft.text[: len(draft.text) // 2])
        for version in (unfinished, draft):
            if await self._try("saving", services.drafts.save(version, services.now())):
                self._saved.append((name, len(version.text)))
        posting = post(
            draft,
            profile=services.the_profile,
            policy=services.policy,
            outbox=services.outbox,
            now=services.now(),
        )
        if await self._try("queueing", posting):
            self._seen["queued"].append(name)
        await self._try("sending", services.postman.run_due())

    async def _try(self, step: str, work: Awaitable[object]) -> bool:
        try:
            await work
        except ExpectedError as error:
            self._tell(step, error.problem.reason)
            return False
        return True

    def _tell(self, step: str, reason: Reason) -> None:
        self._seen["told"].append(f"{step} {reason.value}")

    def _note(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        frames = traceback.format_exception(error) if isinstance(error, BaseException) else []
        self.bugs.append(f"{context.get('message')} {''.join(frames)}")


@asynccontextmanager
async def _with_passwords(order: Order, now: Any) -> AsyncIterator[Services]:
    keychain = MemoryKeychain()
    for account, password in order.passwords.items():
        await keychain.set(account, Secret(password))
    async with open_services(DataFolder(Path(order.home)), keychain=keychain, now=now) as services:
        yield services


def letter(order: Order, name: str) -> Draft:
    """Return the first or the second letter of a run."""
    file = Path(order.attachment)
    return Draft(
        id=name,
        sender=Address.parse(order.sender),
        to=(Mailbox(Address.parse("leser@empfang.example"), ""),),
        subject=f"{order.name} {name}",
        text="\n".join(f"Zeile {line} von {order.name}" for line in range(100)),
        attachments=(Attachment(str(file), file.name, file.stat().st_size),),
    )


async def _states(services: Services) -> dict[str, str]:
    """Return the state of each message whose bytes are all there; raises StorageError for any others."""
    states = {}
    for message in await services.outbox.list(list(State)):
        async for _ in services.outbox.chunks(message.id):
            pass
        states[message.id] = message.state.value
    return states


def _carry_out(order: Order, say: Callable[[Seen], None]) -> None:
    run = _Run(order, say)
    try:
        say(asyncio.run(run.look() if order.fault is None else run.under_faults(order.fault)))
    except Exception:  # noqa: BLE001 - what the program does not expect is what is looked for
        say(Seen(bug=traceback.format_exc()))


def _fork(order: Order) -> None:
    """Carry out an order in a process of its own, and write what it has told, or how it ended."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.alarm(_LIMIT)
        _carry_out(order, lambda seen: _write_all(writing, msgspec.json.encode(seen)))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        seen = told.read()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    sys.stdout.buffer.write((seen if code == 0 else msgspec.json.encode(Seen(bug=f"ended with {code}"))) + b"\n")
    sys.stdout.buffer.flush()


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def main() -> None:
    """Carry out the orders on standard input, one after the other."""
    import app.delivery.postman
    import app.delivery.smtp  # noqa: F401 - loaded once, before the forks

    decode = msgspec.json.Decoder(Order).decode
    for line in sys.stdin.buffer:
        _fork(decode(line))


if __name__ == "__main__":
    main()
