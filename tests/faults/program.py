"""The program as a process that can be killed: its own services, outbox and postman, told on standard input what to do.

Without arguments it forks a process for each order, so that a thousand starts do not take a thousand imports; with
`--once` it carries out one order itself.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from app.address import Address
from app.delivery.outbox import Outbox, State
from app.delivery.posting import post
from app.delivery.queued import UNDER_WAY
from app.profile import Profile, Security, SendAsAddress, SmtpServer, Verification
from app.services import Services, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import Secret
from tests.faults.dying import Death, DyingOutbox, die_after_the_dot, die_while_storing, tell
from tests.faults.orders import PARTNER, PRIMARY, MessagePlan, Order, SetUp, message_plan

__all__ = ["Clock", "carry_out"]


class Clock:
    """The system's clock, ahead or behind."""

    def __init__(self, ahead: float) -> None:
        self.ahead = ahead

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)


@dataclass
class _Start:
    """What the start of the program consists of, and who wants to know when it delivers."""

    tell_ready: Callable[[], object]
    recovered: asyncio.Event = field(default_factory=asyncio.Event)
    policy_known: asyncio.Event = field(default_factory=asyncio.Event)


async def carry_out(order: Order, tell_ready: Callable[[], object]) -> None:
    """Do what a process of the program does from its start to its end."""
    clock = Clock(order.clock)
    async with open_services(DataFolder(Path(order.home)), now=clock) as services:
        if order.set_up is not None:
            await _set_up(services, order.set_up)
            return
        death = Death(order.die_at, order.die_on)
        outbox = DyingOutbox(services.database)
        outbox.death = death
        services.outbox = outbox
        die_after_the_dot(death)
        die_while_storing(death)
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: _tell_bug(context))
        start = _Start(tell_ready)
        working = [
            asyncio.create_task(work)
            for work in (
                _write(services, order, death, clock, start),
                _deliver(services, start),
                _jump(clock, order),
                _tell_sent(outbox),
                _watch_policy(services, start),
            )
        ]
        try:
            done, _ = await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in working:
                task.cancel()


def _tell_bug(context: dict[str, Any]) -> None:
    error = context.get("exception")
    frames = traceback.format_exception(error) if isinstance(error, BaseException) else [""]
    tell("bug " + repr(f"{context.get('message')} {''.join(frames)}"))


async def _set_up(services: Services, given: SetUp) -> None:
    starttls = SmtpServer("localhost", given.starttls.port, Security.STARTTLS, given.starttls.username)
    implicit = SmtpServer("localhost", given.implicit.port, Security.SSL, given.implicit.username)
    primary = SendAsAddress(
        "a", Address.parse(PRIMARY), "N. Name", is_primary=True, is_default=True, verification=Verification.ACCEPTED
    )
    partner = SendAsAddress("b", Address.parse(PARTNER), smtp_msa=implicit, verification=Verification.ACCEPTED)
    profile = Profile("p", (primary, partner), starttls, policy_source=given.policy, mail_ca=given.ca)
    await services.profiles.save(profile)
    await services.keychain.set(starttls.keychain_account, Secret(given.starttls.password))
    await services.keychain.set(implicit.keychain_account, Secret(given.implicit.password))


async def _deliver(services: Services, start: _Start) -> None:
    """Deliver as the desk of the windows does."""
    while not services.delivery_lock.acquire():  # noqa: ASYNC110 - another process's lock has no event
        await asyncio.sleep(0.05)
    await services.outbox.recover(services.now())
    await services.release_held()
    tell("ready")
    start.tell_ready()
    start.recovered.set()
    await services.postman.run_forever()


async def _watch_policy(services: Services, start: _Start) -> None:
    """Follow the policy and release what it allows again, as the desk does."""
    watch = services.watch
    assert watch is not None
    changed = asyncio.Event()
    watch.subscribe(lambda policy: changed.set())
    following = asyncio.create_task(watch.run_forever())
    try:
        while True:
            await changed.wait()
            changed.clear()
            await services.release_held()
            services.postman.wake()
            start.policy_known.set()
    finally:
        following.cancel()


async def _jump(clock: Clock, order: Order) -> None:
    begun = time.monotonic()
    for after, by in order.jumps:
        await asyncio.sleep(begun + after - time.monotonic())
        clock.ahead += by
    await asyncio.Event().wait()


async def _tell_sent(outbox: Outbox) -> None:
    """Say which messages are shown as sent."""
    changed: asyncio.Queue[str] = asyncio.Queue()
    outbox.subscribe(changed.put_nowait)
    while True:
        name = await changed.get()
        # Without a name it is none of those that were sent here.
        if name and (await outbox.get(name)).state is State.SENT:
            tell(f"sent {name}")


async def _write(services: Services, order: Order, death: Death, clock: Clock, start: _Start) -> None:
    """Write the messages one after the other, and then wait for the end, unless told to end when all are sent."""
    if order.after_start:
        await start.recovered.wait()
        await start.policy_known.wait()
    first_of_more = order.start + order.count
    for number in range(order.start, first_of_more):
        await _write_one(services, message_plan(order, number), order.run, death)
        if order.pause and (number + 1) % order.burst == 0:
            await asyncio.sleep(order.pause)
    await _become_idle(services)
    await asyncio.sleep(order.settle)
    tell("idle")
    await asyncio.sleep(order.settle / 2)
    for number in range(first_of_more, first_of_more + order.more):
        await _write_one(services, message_plan(order, number), order.run, death)
        await asyncio.sleep(order.more_pause)
    if order.drain:
        await _drain(services, clock)
        return
    await asyncio.Event().wait()


async def _write_one(services: Services, plan: MessagePlan, run: int, death: Death) -> None:
    for version in (2 * run, 2 * run + 1):
        # As the composer saves what is typed so far.
        await services.drafts.save(replace(plan.draft, subject=f"{plan.draft.subject} {version}"), services.now())
        tell(f"draft {plan.draft.id} {version}")
        death.at("K0", plan.draft.id)
    await _post(services, plan)


async def _post(services: Services, plan: MessagePlan) -> None:
    now = services.now()
    message = await post(
        plan.draft,
        profile=services.the_profile,
        policy=await services.checked_policy(),
        outbox=services.outbox,
        now=now,
        due=now + timedelta(seconds=plan.due_in) if plan.due_in else None,
    )
    tell(f"queued {message.id}")
    if plan.is_undone:
        await services.outbox.cancel(message.id, services.now())
        tell(f"cancelled {message.id}")
    services.postman.wake()


async def _become_idle(services: Services) -> None:
    """Wait until nothing is due or under way; looked at in this order, because what is due goes under way."""
    outbox = services.outbox
    while await outbox.due_queues(services.now()) or await outbox.count(UNDER_WAY):  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def _drain(services: Services, clock: Clock) -> None:
    """Turn the clock forward to whatever is due next, and send what the person is asked about, until nothing waits."""
    outbox = services.outbox
    while True:
        held = await outbox.list([State.HELD])
        for message in held:
            await outbox.retry(message.id, clock())
        due = await outbox.next_due(clock())
        if due is None and not held:
            break
        if due is not None:
            # Half a day at a time, so that a hundred scheduled messages do not take a hundred steps.
            clock.ahead += max((due - clock()).total_seconds() + 1, 43_200.0)
        services.postman.wake()
        await _become_idle(services)
    tell("drained")


def _run(order: Order, tell_ready: Callable[[], object] = lambda: None) -> None:
    async def until_told() -> None:
        work = asyncio.ensure_future(carry_out(order, tell_ready))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
        await work

    try:
        asyncio.run(until_told())
    except asyncio.CancelledError:
        tell("ended")


def _orders() -> Iterable[Order]:
    decode: Callable[[bytes], Order] = msgspec.json.Decoder(Order).decode
    for line in sys.stdin.buffer:
        yield decode(line)


def _fork(order: Order) -> None:
    """Carry out an order in a process of its own, kill it when its time has come, and tell how it ended."""
    alive, ready = os.pipe()  # readable once it is ready, and once it has ended
    pid = os.fork()
    if pid == 0:
        os.close(alive)
        signal.alarm(order.limit)
        try:
            _run(order, lambda: os.write(ready, b"1"))
        except BaseException:  # noqa: BLE001 - whatever it is, it must not go on as the process that forks
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(ready)
    if order.kill_after:
        if order.from_ready:
            os.read(alive, 1)
        time.sleep(order.kill_after)
        os.kill(pid, signal.SIGKILL)  # it is not reaped yet: the number is its own, even where it has ended
    status = os.waitpid(pid, 0)[1]
    os.close(alive)
    tell(f"end {os.waitstatus_to_exitcode(status)}")


def main() -> None:
    """Carry out the orders on standard input."""
    for name in ("app.delivery.smtp", "keyring.backends.SecretService", "secretstorage"):
        import_module(name)  # once, before the forks
    if "--once" in sys.argv:
        _run(next(iter(_orders())))
        return
    for order in _orders():
        _fork(order)


if __name__ == "__main__":
    main()
