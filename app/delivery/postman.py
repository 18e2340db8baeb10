"""The postman: takes what is due, one worker a server, and settles whatever becomes of it.

It works for the program that holds the delivery lock of the data folder, and for no other.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from app.delivery.dialogue import Limits, Watch
from app.delivery.finish import finish
from app.delivery.handover import Handover, Line, OpenSession, RouteOf, SessionLike
from app.delivery.journal import Attempt
from app.delivery.outbox import Outbox, QueuedMessage
from app.delivery.queued import back_off
from app.delivery.verdict import NO_WAY, SERVERS_OWN, Delivered, Held, TryLater, Verdict
from app.errors import DeliveryError, Problem, StorageError
from app.profile import SmtpServer, is_loopback
from app.sign_in.secrets import SecretOf
from app.storage.keychain import Secret

if TYPE_CHECKING:
    from app.delivery.smtp import Session

__all__ = ["Postman"]

_LONGEST_SLEEP = 60.0
"""Seconds; so that a changed clock or a message of another process is noticed."""
_PAUSE = 30.0
"""Seconds until the data folder is tried again after it failed."""
_GOODBYE = 2.0
_GRACE = 5.0
"""Seconds in which a reply may still come over a connection from before a sleep: it may have arrived already."""


async def _open_session(
    server: SmtpServer,
    secret: Secret | None,
    *,
    tls: ssl.SSLContext,
    limits: Limits | None = None,
    watch: Watch | None = None,
) -> SessionLike:
    """Open a real session. What it is made of is loaded now, and in a thread, so that no window waits for it."""
    session = _session() if "app.delivery.smtp" in sys.modules else await asyncio.to_thread(_session)
    return await session.open(server, secret, tls=tls, limits=limits, watch=watch)


def _session() -> type[Session]:
    from app.delivery.smtp import Session

    return Session


class Postman:
    """Delivers the outbox. Servers are served side by side, the messages of one server one after the other."""

    def __init__(
        self,
        outbox: Outbox,
        *,
        route_of: RouteOf,
        secret_of: SecretOf,
        tls: Callable[[], ssl.SSLContext],
        now: Callable[[], datetime],
        limits: Limits | None = None,
        open_session: OpenSession | None = None,
        look_at_time: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self._outbox = outbox
        self._look_at_time = look_at_time
        self._route_of = route_of
        self._secret_of = secret_of
        self._tls = tls
        self._now = now
        self._limits = limits
        self._open_session = open_session or _open_session
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._handovers: dict[str, Handover] = {}
        self._lines: dict[str, Line] = {}
        self._blocked: dict[str, Problem] = {}
        self._renewed: set[str] = set()
        self._proved: set[str] = set()
        self._unwritten: dict[str, Callable[[], Awaitable[object]]] = {}
        self._goodbyes: dict[asyncio.Task[None], SessionLike] = {}
        self._failure: BaseException | None = None
        self._woken = asyncio.Event()
        self._stopping = False
        self._is_offline = False

    @property
    def blocked(self) -> dict[str, Problem]:
        """The queues that wait for a person, such as one with a wrong password, each with why."""
        return dict(self._blocked)

    @property
    def is_offline(self) -> bool:
        """Whether messages wait for the network."""
        return self._is_offline

    async def run_due(self) -> None:
        """Deliver all that is due and return when nothing is due any more; raises StorageError."""
        while not self._stopping:
            try:
                await self._start_workers()
            except StorageError as error:
                self._failure = self._failure or error
            if self._failure is None and not self._workers:
                return
            if self._failure is None:
                await asyncio.wait(self._workers.values(), return_when=asyncio.FIRST_COMPLETED)
            if self._failure is not None:
                while self._workers:
                    await asyncio.wait(self._workers.values())
                failure, self._failure = self._failure, None
                raise failure

    async def run_forever(self) -> None:
        """Deliver what is due, as it comes due, until `stop`; a data folder that fails is tried again."""
        while not self._stopping:
            self._woken.clear()
            try:
                seconds = await self._seconds_to_next(await self._start_workers())
            except StorageError:
                seconds = _PAUSE
            failure, self._failure = self._failure, None
            if failure is not None:
                seconds = _PAUSE
                if not isinstance(failure, StorageError):
                    self._report(failure)
            await self._sleep(seconds)

    def wake(self) -> None:
        """Look for due messages now."""
        self._woken.set()

    async def unblock(self, queue: str) -> None:
        """Deliver to a server again whose password or settings a person has changed; releases what was held for it."""
        self._blocked.pop(queue, None)
        self._renewed.add(queue)
        await self._outbox.release_all(SERVERS_OWN, self._now(), queue=queue)
        self.wake()

    async def stop(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109 - a promise to the caller, kept part by part
        """End in `timeout` seconds, and one more to write things down: break off what no server can have accepted,
        wait for the other replies. A message whose reply does not come in time is uncertain.
        """
        self._stopping = True
        self._woken.set()
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        for task in self._not_acceptable():
            task.cancel()
        await finish(list(self._workers.values()), timeout)
        goodbyes = dict(self._goodbyes)
        await finish(list(goodbyes), max(0.0, min(_GOODBYE, end - loop.time())))
        for session in goodbyes.values():
            session.abort()

    async def interrupt(self, grace: float = _GRACE) -> None:
        """Let go of every connection, because the computer slept or its network is another: nobody may be at its end.

        What no server can have accepted goes again at once. A reply that a server owes may have arrived already, so
        it has `grace` seconds; then the message is uncertain.
        """
        for session in self._goodbyes.values():
            session.abort()
        broken_off = self._not_acceptable()
        owing = [line.retire() for queue, line in self._lines.items() if self._workers.get(queue) not in broken_off]
        for task in broken_off:
            task.cancel()
        for line in self._lines.values():
            line.abort()
        self.wake()
        if owing:
            await asyncio.sleep(grace)
        for late in owing:
            if late is not None:
                late.abort()

    async def break_off(self, message_id: str) -> None:
        """Stop the attempt at a message and cancel it, unless its end has been written: a server may have it then."""
        for queue, handover in self._handovers.items():
            if handover.message.id == message_id and not handover.may_be_accepted and queue in self._workers:
                handover.is_unwanted = True
                self._workers[queue].cancel()
                await finish([self._workers[queue]], 1.0)
                break
        self.wake()

    async def network_lost(self) -> None:
        """Make no attempts over the network until it is back: they would only be counted."""
        self._is_offline = True
        await self.interrupt()

    async def network_back(self) -> None:
        """Try now what waits because there was no way to its server; raises StorageError."""
        self._is_offline = False
        await self._outbox.hasten(NO_WAY, self._now())
        self.wake()

    def _not_acceptable(self) -> list[asyncio.Task[None]]:
        """Return the workers whose message no server can have accepted."""
        return [
            task
            for queue, task in self._workers.items()
            if (handover := self._handovers.get(queue)) is None or not handover.may_be_accepted
        ]

    async def _start_workers(self) -> datetime:
        """Give every queue with a due message a worker; return the moment that was looked at; raises StorageError."""
        await self._write_rest()
        if self._look_at_time is not None:
            await self._look_at_time()
        now = self._now()
        for queue in await self._outbox.due_queues(now):
            if queue not in self._workers and not self._stopping and await self._is_reachable(queue):
                task = asyncio.create_task(self._work_off(queue), name=f"postman {queue}")
                self._workers[queue] = task
                task.add_done_callback(partial(self._worker_ended, queue))
        return now

    async def _is_reachable(self, queue: str) -> bool:
        """Whether an attempt makes sense; what a person asks for is tried in any case. Raises StorageError."""
        if not self._is_offline or is_loopback(queue.rpartition("@")[2].rpartition(":")[0]):
            return True
        return await self._outbox.is_asked_for(queue, self._now())

    def _worker_ended(self, queue: str, task: asyncio.Task[None]) -> None:
        del self._workers[queue]
        self._failure = self._failure or (None if task.cancelled() else task.exception())
        if self._failure is None:
            self._woken.set()

    async def _work_off(self, queue: str) -> None:
        """Deliver the due messages of one queue; raises StorageError."""
        line = Line(self._open_session, self._secret_of, self._tls, self._limits, self._say_goodbye)
        self._lines[queue] = line
        try:
            message = await self._next(queue)
            while message is not None:
                message = await self._attempt(message, line)
        finally:
            self._handovers.pop(queue, None)
            del self._lines[queue]
            line.hang_up()

    async def _next(self, queue: str) -> QueuedMessage | None:
        """Claim the message of a queue that is to be attempted next."""
        if self._stopping or not await self._is_reachable(queue):
            return None
        if (problem := self._blocked.get(queue)) is not None:
            await self._outbox.hold_queue(queue, problem, self._now())
        return await self._claimed(self._outbox.claim(self._now(), queue=queue))

    async def _claimed(self, claim: Coroutine[Any, Any, QueuedMessage | None]) -> QueuedMessage | None:
        """Return what is claimed; a message that is taken when the program ends is put back."""
        claiming = asyncio.ensure_future(claim)
        is_told_to_end = False
        while not claiming.done():
            try:
                await asyncio.wait([claiming])
            except asyncio.CancelledError:  # perhaps more than once: nobody else knows of the message
                is_told_to_end = True
        message = claiming.result()
        if message is not None and (is_told_to_end or self._stopping):
            await self._give_back(message.id, self._now())
            message = None
        if is_told_to_end:
            raise asyncio.CancelledError
        return message

    async def _give_back(self, message_id: str, due: datetime | None) -> None:
        await self._write(message_id, partial(self._outbox.give_back, message_id, due, self._now()))

    async def _attempt(self, message: QueuedMessage, line: Line) -> QueuedMessage | None:
        """Attempt a message; return the next one of its queue, claimed."""
        handover = Handover(message, self._outbox, self._route_of, self._now)
        self._handovers[message.queue] = handover
        self._renewed.discard(message.queue)
        try:
            outcome = await handover.run(line)
        except asyncio.CancelledError:
            await self._make_safe(handover, self._now())
            raise
        except Exception as error:  # noqa: BLE001 - a bug with one message must not stop the others
            line.hang_up()
            await self._make_safe(handover, self._now() + back_off(message.attempts))
            self._report(error)
            return await self._next(message.queue)
        if isinstance(outcome, SmtpServer):
            await self._write(message.id, partial(self._outbox.redirect, message.id, outcome, self._now()))
            return await self._next(message.queue)
        if isinstance(outcome, Delivered) and self._goes_on(message.queue):
            return await self._claimed(self._settle_and_claim(message.id, outcome, handover.attempt(outcome)))
        await self._settle(handover, outcome)
        return await self._next(message.queue)

    def _goes_on(self, queue: str) -> bool:
        """Whether nothing stands between a delivery to this queue's server and the next."""
        return queue in self._proved and queue not in self._blocked and not (self._stopping or self._is_offline)

    async def _settle(self, handover: Handover, verdict: Verdict) -> None:
        """Commit the verdict, and draw the consequences for the rest of its queue; raises StorageError."""
        message, now = handover.message, self._now()
        if isinstance(verdict, Held) and verdict.stops_server and message.queue in self._renewed:
            verdict = TryLater(verdict.problem, due=now)  # what was refused is not what the person has given since
        await self._write(message.id, partial(self._outbox.settle, message.id, verdict, now, handover.attempt(verdict)))
        if isinstance(verdict, Held) and verdict.stops_server:
            self._blocked[message.queue] = verdict.problem
            self._proved.discard(message.queue)
            # Those that a person asked for too: a wrong password is not tried once for each of them.
            await self._outbox.hold_queue(message.queue, verdict.problem, now, even_asked_for=True)
        elif isinstance(verdict, TryLater) and handover.reached_nobody:
            # Nobody gets through to this server now; the others need not find out one by one.
            self._proved.discard(message.queue)
            settled = await self._outbox.get(message.id)
            await self._outbox.defer_queue(message.queue, verdict.problem, settled.due or now, now)
        elif handover.signed_in and message.queue not in self._proved:
            # What was held or put off for a sign-in that works now goes too.
            await self.unblock(message.queue)
            if not isinstance(verdict, TryLater):
                await self._outbox.hasten(NO_WAY, now, queue=message.queue)
                self._proved.add(message.queue)

    async def _settle_and_claim(self, message_id: str, verdict: Verdict, attempt: Attempt) -> QueuedMessage | None:
        """Commit a verdict and claim the next message of the queue; raises StorageError as `_write` does."""
        now = self._now()
        try:
            return await self._outbox.settle_and_claim(message_id, verdict, now, attempt)
        except StorageError:
            self._unwritten[message_id] = partial(self._outbox.settle, message_id, verdict, now, attempt)
            raise

    async def _write(self, message_id: str, step: Callable[[], Awaitable[object]]) -> None:
        """Commit a step; raises StorageError, and then keeps it for later, because nobody else knows of it."""
        try:
            await step()
        except StorageError:
            self._unwritten[message_id] = step
            raise

    async def _write_rest(self) -> None:
        """Commit the steps that could not be committed before; raises StorageError."""
        while self._unwritten:
            with suppress(DeliveryError):  # it was committed after all
                await self._write(*self._unwritten.popitem())

    async def _make_safe(self, handover: Handover, due: datetime) -> None:
        """Leave a broken-off message in a state that is true; raises StorageError."""
        message_id = handover.message.id
        try:
            if handover.may_be_accepted:
                await self._write(message_id, partial(self._outbox.recover, self._now(), message_id))
            else:
                await self._give_back(message_id, None if handover.is_unwanted else due)
        except DeliveryError:
            return  # it is settled already

    def _say_goodbye(self, session: SessionLike) -> None:
        task = asyncio.create_task(session.quit())
        self._goodbyes[task] = session
        task.add_done_callback(self._goodbyes.pop)

    async def _seconds_to_next(self, looked_at: datetime) -> float:
        """Return how long nothing is due; what has come due since that moment leaves no time at all."""
        due = await self._outbox.next_due(looked_at)
        return _LONGEST_SLEEP if due is None else min((due - self._now()).total_seconds(), _LONGEST_SLEEP)

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

    def _report(self, error: BaseException) -> None:
        """Hand a bug to the one place where bugs are shown."""
        asyncio.get_running_loop().call_exception_handler({"message": "a bug in the delivery", "exception": error})
