"""The clocks of a machine, and a program started on it."""

import asyncio
from datetime import UTC, datetime, timedelta

from app.address import Address
from app.errors import PolicyError, Reason
from app.policy.evaluate import Policy
from app.policy.signature import PinnedKey
from app.policy.source import MemoryPolicySource
from app.policy.watch import MemoryPolicies, PolicyWatch
from tests.app.policy.documents import PERSON, data, gateway_policy

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OFFLINE = PolicyError.because(Reason.POLICY_UNREACHABLE, host="policy.example")
ALLOWING = data(gateway_policy(True))
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Clock:
    """Both clocks of a machine: the one on the wall, which people can set, and the one since it was started."""

    def __init__(self) -> None:
        self.wall = START
        self.boot = 1000.0

    def now(self) -> datetime:
        return self.wall

    def ticks(self) -> float:
        return self.boot

    def pass_(self, time: timedelta) -> None:
        self.wall += time
        self.boot += time.total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.pass_(timedelta(seconds=max(seconds, 0.001)))  # a clock of microseconds must not stand still
        await asyncio.sleep(0)


def started(
    store: MemoryPolicies,
    source: MemoryPolicySource | None,
    clock: Clock,
    person: Address = PERSON,
    keys: tuple[PinnedKey, ...] = (),
) -> PolicyWatch:
    """Return the watch of a program that was just started."""
    return PolicyWatch(store, source, person, now=clock.now, clock=clock.ticks, sleep=clock.sleep, keys=keys)


def reason(policy: Policy) -> Reason | None:
    return policy.problem.reason if policy.problem else None
