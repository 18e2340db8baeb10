"""The policy as it stands at any moment: fetched, checked against the last good copy, kept, and ageing."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from app.address import Address
from app.errors import ExpectedError, KeychainError, PolicyError, Problem, Reason
from app.policy.document import PolicyDocument, digest, parse
from app.policy.evaluate import CLOCK_SLACK, FRESH_FOR, Policy, PolicyState, gateways_allowed, own_policy, standing
from app.policy.schedule import next_check
from app.policy.serials import SeenSerial, Serials
from app.policy.signature import Opened, PinnedKey, open_document

if TYPE_CHECKING:
    from app.policy.source import Fetched, NotModified, PolicySource

__all__ = ["MemoryPolicies", "PolicyStore", "PolicyWatch", "StoredPolicy", "boot_clock"]

RECENT = timedelta(minutes=15)
"""How old the last check may be before an external route is used without another one."""
_AFTER_FAILURE = 10.0
"""Seconds after a failed check in which another external route does not wait for the next one."""
_NAP = 60.0
"""Seconds slept at a time: a timer does not run while the machine is suspended, and a nap ends soon after."""
_TICK = 0.05
"""The shortest sleep, in seconds: at the end of freshness to the microsecond a sleep of none would turn in circles."""

# CLOCK_BOOTTIME is Linux's. CLOCK_MONOTONIC counts suspended time on macOS, where time.monotonic() does not;
# on Windows, which has neither name, it does.
_BOOT_CLOCK: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """The last good document of a source as it was fetched, and what must outlive it."""

    source: str
    data: bytes
    """The bytes as they were fetched, signature and all."""
    etag: str
    serial: int
    """The highest serial ever seen from the source."""
    digest: str
    """Of the document with that serial, without its signature, which another key may have made."""
    checked_at: datetime
    since: datetime | None = None
    problem: Problem | None = None


class PolicyStore(Protocol):
    """Where the last good copy lies."""

    async def load(self, source: str) -> StoredPolicy | None:
        """Return what is kept of a source; raises StorageError."""

    async def save(self, stored: StoredPolicy) -> None:
        """Keep it in place of what was kept of its source; raises StorageError."""


class MemoryPolicies:
    """A store for tests, previews, and the first look before there is a profile."""

    def __init__(self) -> None:
        self.kept: dict[str, StoredPolicy] = {}

    async def load(self, source: str) -> StoredPolicy | None:
        return self.kept.get(source)

    async def save(self, stored: StoredPolicy) -> None:
        self.kept[stored.source] = stored


def boot_clock() -> float:
    """Return seconds by a clock that nobody can set and that runs on while the machine is suspended."""
    return time.monotonic() if _BOOT_CLOCK is None else time.clock_gettime(_BOOT_CLOCK)


class PolicyWatch:
    """Keeps one person's policy: call `load` once, then `run_forever` in a task, and ask `current` at will.

    Without a source the person stated that no organisation owns the address, and the policy is their own.
    """

    def __init__(
        self,
        store: PolicyStore,
        source: PolicySource | None,
        person: Address,
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float] = boot_clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        keys: tuple[PinnedKey, ...] = (),
        serials: Serials | None = None,
    ) -> None:
        self._store = store
        self._source = source
        self._person = person
        self._now = now
        self._clock = clock
        self._sleep = sleep
        self._keys = keys
        self._serials = serials
        self._seen: SeenSerial | None = None
        """The highest serial the keychain knows of, once it was asked."""
        self._asked = False
        self._asking = asyncio.Lock()
        self._stored: StoredPolicy | None = None
        self._document: PolicyDocument | None = None
        self._problem: Problem | None = None
        self._last = Policy(PolicyState.UNKNOWN)
        self._checked: float | None = None
        """When the document was last confirmed, by the boot clock; None for a check before this start."""
        self._failures = 0
        self._failed: float | None = None
        """When the last check ended, by the boot clock, if it failed."""
        self._checks = 0
        self._checking = asyncio.Lock()
        self._subscribers: list[Callable[[Policy], None]] = []
        self._told = PolicyState.UNKNOWN
        """How the policy stood when subscribers last heard of it."""
        self.clock_skew: timedelta | None = None
        """How far the server's clock was ahead of ours at the last answer, if more than five minutes."""
        self.signed_with: PinnedKey | None = None
        """The pinned key that the document in force is signed with; None where none is pinned."""
        self.is_managed = False
        """Whether an administrator set the source."""
        self.serials_problem: Problem | None = None
        """Why the highest serial is kept in the database alone, if it is."""

    @property
    def origin(self) -> str:
        """The URL or file; empty for the person's own statement."""
        return self._source.origin if self._source else ""

    def current(self, now: datetime | None = None) -> Policy:
        """Return the policy as it stands `now`, by default at this moment, without fetching anything."""
        if self._source is None:
            return own_policy()
        if self._document is None or self._stored is None:
            return Policy(PolicyState.UNKNOWN, origin=self.origin, problem=self._problem, is_managed=self.is_managed)
        elapsed = None if self._checked is None else timedelta(seconds=self._clock() - self._checked)
        policy = standing(
            self._document,
            now=now or self._now(),
            checked_at=self._stored.checked_at,
            origin=self.origin,
            since=self._stored.since,
            problem=self._problem,
            elapsed=elapsed,
        )
        if self.is_managed:
            policy = replace(policy, is_managed=True)
        if policy != self._last:
            self._last = policy
        return self._last  # the same value as long as nothing changes, with what it has evaluated already

    def subscribe(self, callback: Callable[[Policy], None]) -> Callable[[], None]:
        """Call `callback` with the policy after each check, failed ones too; return what ends that."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    async def load(self) -> Policy:
        """Take up the last good copy, whatever its age, and return how it stands; raises StorageError.

        A copy that is damaged, for another person, or without the right signature counts as none; its serial is
        remembered all the same. The keychain is not asked yet: a start does not wait for it.
        """
        if self._source is None:
            return self.current()
        stored = await self._store.load(self._source.origin)
        if stored is not None:
            self._stored, self._problem = stored, stored.problem
            try:
                await self._read_back(stored)
            except PolicyError as error:
                told = stored.problem if not stored.data else None  # there was no copy then already, and why
                self._stored, self._problem = replace(stored, etag=""), told or error.problem
        return self.current()

    async def refresh(self) -> Policy:
        """Ask the source now and return how the policy stands then; a failure is its `problem`.

        Calls while a check is under way wait for that one and share its answer.
        """
        if self._source is None:
            return self.current()
        seen = self._checks
        async with self._checking:
            if self._checks == seen:
                await self._check(self._source)
                self._checks += 1
                self._tell()
        return self.current()

    async def fresh_enough(self, max_age: timedelta = RECENT) -> Policy:
        """Return the policy, asked anew if it is not fresh or was last confirmed longer ago than `max_age`.

        A check that failed seconds ago is not repeated: a queue full of mail would wait for each in turn.
        """
        if self._source is None:
            return self.current()
        await self._ask_for_serial(self._source.origin)
        policy = self.current()
        if policy.state is PolicyState.FRESH and self._age() <= max_age:
            return policy
        if self._failed is not None and self._clock() - self._failed < _AFTER_FAILURE:
            return policy
        return await self.refresh()

    async def run_forever(self) -> None:
        """Check now, then hourly with jitter, sooner after a failure and when the document is about to expire."""
        while self._source is not None:
            policy = await self.refresh()
            await self._wait(self._pause(policy))

    async def _check(self, source: PolicySource) -> None:
        """Ask once; what is good is kept, what is not leaves everything but the problem as it was."""
        await self._ask_for_serial(source.origin)
        started, ticked = self._now(), self._clock()
        try:
            # Of what has expired, that it is unchanged would be no help; and a server may overlook a change.
            usable = self._document is not None and self._document.expires_at > started
            answer = await source.fetch(self._stored.etag if self._stored and usable else "")
            self._note_skew(answer.server_time)
            await self._accept(answer, source.origin, started)
            self._problem, self._checked, self._failures, self._failed = None, ticked, 0, None
        except PolicyError as error:
            self._problem, self._failed = error.problem, self._clock()
            self._failures += 1
        else:
            await self._remember_serial(source.origin)
        await self._keep()

    async def _accept(self, answer: Fetched | NotModified, origin: str, now: datetime) -> None:
        """Take a new document, or confirm the old one; raises PolicyError for what is no good answer."""
        from app.policy.source import NotModified  # late, for the start: only an answer needs it

        if isinstance(answer, NotModified):
            if self._stored is None or self._document is None:
                raise PolicyError.because(Reason.POLICY_HTTP_STATUS, source=origin, host=origin, status=304)
            self._stored = replace(self._stored, checked_at=now)
            return
        opened = await self._opened(answer.data, origin)
        document = parse(opened.payload, source=origin, expected=self._person)
        mark = digest(opened.payload)
        self._refuse_rollback(document.serial, mark, origin)
        self._stored = StoredPolicy(
            source=origin,
            data=answer.data,
            etag=answer.etag,
            serial=document.serial,
            digest=mark,
            checked_at=now,
            since=self._since(document, now),
        )
        self._document, self.signed_with = document, opened.key

    async def _ask_for_serial(self, origin: str) -> None:
        """Ask the keychain, once in a start, for the highest serial; a copy that is older than it counts as none.

        That is what a data folder restored from a backup holds. Without a keychain the database's word has to do.
        """
        if self._serials is None:
            return
        async with self._asking:
            if self._asked:
                return
            try:
                self._seen = await self._serials.get(origin)
            except KeychainError as error:
                self.serials_problem = error.problem
            self._asked = True
            if self._seen is not None:
                self._mistrust_older(self._seen, origin)

    def _mistrust_older(self, seen: SeenSerial, origin: str) -> None:
        stored = self._stored
        if stored is not None and (stored.serial > seen.serial or (stored.serial, stored.digest) == astuple(seen)):
            return
        if stored is not None:
            self._problem = Problem.of(Reason.POLICY_SET_BACK, source=origin, serial=stored.serial, newest=seen.serial)
        self._document = self.signed_with = None
        self._stored = StoredPolicy(
            source=origin,
            data=b"",
            etag="",
            serial=seen.serial,
            digest=seen.digest,
            checked_at=self._now(),
            problem=self._problem,
        )
        self._tell()

    async def _remember_serial(self, origin: str) -> None:
        """Tell the keychain of a higher serial; one that did not answer is not asked again before the next start."""
        if self._serials is None or self._stored is None or self.serials_problem is not None:
            return
        seen = SeenSerial(self._stored.serial, self._stored.digest)
        if seen == self._seen:
            return
        try:
            await self._serials.set(origin, seen)
        except KeychainError as error:
            self.serials_problem = error.problem
        else:
            self._seen = seen

    def _refuse_rollback(self, serial: int, mark: str, origin: str) -> None:
        """Raise PolicyError for an older serial than the newest known, and for the same with other content."""
        if self._stored is None:
            return
        newest = self._stored.serial
        if serial < newest:
            raise PolicyError.because(Reason.POLICY_ROLLBACK, source=origin, serial=serial, newest=newest)
        if serial == newest and mark != self._stored.digest:
            raise PolicyError.because(Reason.POLICY_SAME_SERIAL, source=origin, serial=serial)

    def _since(self, document: PolicyDocument, now: datetime) -> datetime:
        """Return since when gateways are allowed or forbidden as in `document`: kept until the value flips."""
        if self._stored is None or self._stored.since is None or self._document is None:
            return now
        flipped = gateways_allowed(document).value is not gateways_allowed(self._document).value
        return now if flipped else self._stored.since

    async def _keep(self) -> None:
        """Write down where things stand; a full disk takes nothing from the policy in memory but is its problem."""
        if self._stored is None:
            return
        self._stored = replace(self._stored, problem=self._problem)
        try:
            await self._store.save(self._stored)
        except ExpectedError as error:
            self._problem = self._problem or error.problem

    async def _read_back(self, stored: StoredPolicy) -> None:
        """Take up a copy if it is still what was fetched, its signature checked once more; raises PolicyError."""
        changed = PolicyError.because(Reason.POLICY_CHANGED_HERE, source=stored.source)
        try:
            opened = await self._opened(stored.data, stored.source)
        except PolicyError as error:
            raise (changed if error.problem.reason is Reason.POLICY_BAD_SIGNATURE else error) from error
        if digest(opened.payload) != stored.digest:
            raise changed
        document = parse(opened.payload, source=stored.source, expected=self._person)
        self._document, self.signed_with = document, opened.key

    async def _opened(self, data: bytes, origin: str) -> Opened:
        """Return the document out of its envelope; what checks signatures takes long to load, so a thread does it."""
        if not self._keys:
            return open_document(data, (), source=origin)
        return await asyncio.to_thread(open_document, data, self._keys, source=origin)

    def _note_skew(self, server_time: datetime | None) -> None:
        skew = server_time - self._now() if server_time else timedelta()
        self.clock_skew = skew if abs(skew) > CLOCK_SLACK else None

    def _age(self) -> timedelta:
        """Return how long ago the document was confirmed, by the clock that says longer."""
        assert self._stored is not None
        passed = self._now() - self._stored.checked_at
        if self._checked is None:
            return passed
        return max(passed, timedelta(seconds=self._clock() - self._checked))

    def _tell(self) -> None:
        policy = self.current()
        self._told = policy.state
        for callback in tuple(self._subscribers):
            callback(policy)

    def _pause(self, policy: Policy) -> timedelta:
        """Return how long to wait for the next check."""
        if policy.state is not PolicyState.FRESH or policy.document is None:
            return next_check(failures=self._failures)
        return next_check(failures=self._failures, expires_in=policy.document.expires_at - self._now())

    async def _wait(self, pause: timedelta) -> None:
        """Sleep, and tell subscribers of a policy that has gone stale meanwhile, at that moment."""
        end = self._clock() + pause.total_seconds()
        while (left := end - self._clock()) > 0:
            await self._sleep(min(left, _NAP, self._fresh_seconds()))
            if self.current().state is not self._told:
                self._tell()

    def _fresh_seconds(self) -> float:
        """Return for how long the policy stays fresh without a check; endless if it is not, or never ages."""
        policy = self.current()
        if policy.state is not PolicyState.FRESH or policy.document is None:
            return math.inf
        left = min(FRESH_FOR - self._age(), policy.document.expires_at - self._now())
        return max(left.total_seconds(), _TICK)
