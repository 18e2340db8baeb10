"""When the policy is checked: at once, hourly, sooner after failures, before it is needed, never twice at a time."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from app.errors import Reason
from app.policy.evaluate import Policy, PolicyState
from app.policy.source import MemoryPolicySource
from app.policy.watch import MemoryPolicies, PolicyWatch
from tests.app.policy.clock import ALLOWING, DAY, HOUR, OFFLINE, START, Clock, reason, started
from tests.app.policy.documents import data, gateway_policy

# One check at a time.


async def test_calls_at_the_same_time_share_one_fetch(watch: PolicyWatch, source: MemoryPolicySource) -> None:
    policies = await asyncio.gather(*(watch.refresh() for _ in range(20)))
    assert source.fetches == 1
    assert all(policy.state is PolicyState.FRESH for policy in policies)
    await watch.refresh()
    assert source.fetches == 2


async def test_one_who_gives_up_waiting_does_not_stop_the_others(
    watch: PolicyWatch, source: MemoryPolicySource
) -> None:
    first = asyncio.create_task(watch.refresh())
    second = asyncio.create_task(watch.refresh())
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert (await second).state is PolicyState.FRESH


async def test_a_recent_check_is_not_repeated_and_an_old_one_is(
    watch: PolicyWatch, source: MemoryPolicySource, clock: Clock
) -> None:
    assert (await watch.fresh_enough()).allows_gateways
    clock.pass_(timedelta(minutes=15))
    await watch.fresh_enough()
    assert source.fetches == 1
    clock.pass_(timedelta(seconds=1))
    await watch.fresh_enough()
    assert source.fetches == 2
    await watch.fresh_enough(timedelta(seconds=-1))
    assert source.fetches == 3


async def test_after_a_restart_the_copys_age_counts(
    watch: PolicyWatch, store: MemoryPolicies, source: MemoryPolicySource, clock: Clock
) -> None:
    await watch.refresh()
    again = started(store, source, clock)
    await again.load()
    clock.pass_(timedelta(minutes=10))
    await again.fresh_enough()
    assert source.fetches == 1
    clock.pass_(timedelta(minutes=10))
    await again.fresh_enough()
    assert source.fetches == 2


async def test_a_stale_policy_is_checked_before_it_refuses_but_not_for_each_message_in_turn(
    watch: PolicyWatch, source: MemoryPolicySource, clock: Clock
) -> None:
    await watch.refresh()
    source.answer = OFFLINE
    clock.pass_(2 * DAY)
    for _ in range(50):
        assert not (await watch.fresh_enough()).allows_gateways
    assert source.fetches == 2
    clock.pass_(timedelta(seconds=11))
    source.answer = ALLOWING
    assert (await watch.fresh_enough()).allows_gateways


# Who wants to know.


async def test_subscribers_learn_of_each_check_until_they_leave(watch: PolicyWatch, source: MemoryPolicySource) -> None:
    heard: list[Policy] = []
    leave = watch.subscribe(heard.append)
    await watch.refresh()
    source.answer = data(gateway_policy(False), serial=8)
    await watch.refresh()
    source.answer = OFFLINE
    await watch.refresh()
    leave()
    await watch.refresh()
    assert [policy.allows_gateways for policy in heard] == [True, False, False]
    assert [reason(policy) for policy in heard] == [None, None, Reason.POLICY_UNREACHABLE]


async def run_until(watch: PolicyWatch, enough: Callable[[], bool]) -> None:
    """Let the watch run by itself until something is reached."""
    reached = asyncio.Event()

    def look(_: Policy) -> None:
        if enough():
            reached.set()

    leave = watch.subscribe(look)
    task = asyncio.create_task(watch.run_forever())
    await asyncio.wait_for(reached.wait(), 20)
    leave()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_policy_is_checked_at_once_and_then_about_every_hour(
    watch: PolicyWatch, source: MemoryPolicySource, clock: Clock
) -> None:
    times: list[datetime] = []
    watch.subscribe(lambda _: times.append(clock.wall))
    await run_until(watch, lambda: source.fetches == 6)
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert times[0] == START
    assert all(timedelta(minutes=53) < pause < timedelta(minutes=67) for pause in pauses)
    assert len(set(pauses)) > 1


async def test_after_a_failure_it_is_checked_sooner_and_ever_more_seldom(
    watch: PolicyWatch, source: MemoryPolicySource, clock: Clock
) -> None:
    source.answer = OFFLINE
    times: list[datetime] = []
    watch.subscribe(lambda _: times.append(clock.wall))
    await run_until(watch, lambda: source.fetches == 8)
    minutes = [(later - earlier) / timedelta(minutes=1) for earlier, later in pairwise(times)]
    for found, wanted in zip(minutes, [1, 2, 5, 10, 30, 30, 30], strict=True):
        assert wanted * 0.89 < found < wanted * 1.11


async def test_subscribers_hear_when_the_policy_goes_stale_by_itself(
    watch: PolicyWatch, source: MemoryPolicySource, clock: Clock
) -> None:
    source.answer = data(gateway_policy(True), expiresAt="2026-11-23T12:20:00Z")
    heard: list[tuple[PolicyState, datetime]] = []
    watch.subscribe(lambda policy: heard.append((policy.state, clock.wall)))
    await run_until(watch, lambda: len(heard) == 4)
    expired = START + timedelta(minutes=20)
    assert heard[0] == (PolicyState.FRESH, START)
    assert heard[1][0] is PolicyState.FRESH
    assert heard[2] == (PolicyState.STALE, expired)
    assert heard[1][1] < expired < heard[3][1] < expired + timedelta(minutes=6, seconds=1)
    assert source.fetches == 3


async def test_subscribers_hear_at_once_when_the_last_check_was_a_day_ago(
    watch: PolicyWatch, source: MemoryPolicySource, clock: Clock
) -> None:
    stale: list[datetime] = []
    await watch.refresh()
    source.answer = OFFLINE
    watch.subscribe(lambda policy: stale.append(clock.wall) if policy.state is PolicyState.STALE else None)
    await run_until(watch, lambda: bool(stale))
    assert timedelta() < stale[0] - (START + DAY) < timedelta(seconds=1)


@pytest.mark.case("P5")
async def test_a_machine_that_was_suspended_checks_soon_after_it_wakes(
    watch: PolicyWatch, source: MemoryPolicySource, clock: Clock
) -> None:
    naps = 0

    async def sleep(seconds: float) -> None:
        nonlocal naps
        naps += 1
        await clock.sleep(seconds)
        if naps == 3:
            clock.pass_(9 * HOUR)

    watch._sleep = sleep
    naps_at_check: list[int] = []
    watch.subscribe(lambda _: naps_at_check.append(naps))
    await run_until(watch, lambda: source.fetches == 2)
    assert naps_at_check[:2] == [0, 3]
