"""The policy as it stands: fetched, kept, refused when it goes back, and ageing until it fails closed."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.address import Address
from app.errors import Problem, Reason, StorageError
from app.policy.document import digest
from app.policy.evaluate import PolicyState
from app.policy.source import Fetched, MemoryPolicySource, NotModified
from app.policy.watch import MemoryPolicies, PolicyWatch, StoredPolicy, boot_clock
from tests.app.policy.clock import ALLOWING, DAY, HOUR, OFFLINE, START, Clock, reason, started
from tests.app.policy.documents import data, gateway_policy


class DatedSource(MemoryPolicySource):
    """A source with a clock of its own."""

    def __init__(self, answer: bytes, clock: Callable[[], datetime | None]) -> None:
        super().__init__(answer)
        self._server_clock = clock

    async def fetch(self, etag: str) -> Fetched | NotModified:
        answer = await super().fetch(etag)
        return replace(answer, server_time=self._server_clock())


class FullDisk(MemoryPolicies):
    """A store that keeps nothing any more."""

    async def save(self, stored: StoredPolicy) -> None:
        raise StorageError.because(Reason.STORAGE_FULL, folder="/home")


async def test_nothing_is_known_before_the_first_answer(watch: PolicyWatch) -> None:
    policy = await watch.load()
    assert (policy.state, policy.origin, policy.allows_gateways) == (PolicyState.UNKNOWN, "memory", False)


async def test_a_fetched_document_is_fresh_and_kept(
    watch: PolicyWatch, store: MemoryPolicies, source: MemoryPolicySource
) -> None:
    policy = await watch.refresh()
    assert (policy.state, policy.checked_at, policy.since, policy.problem) == (PolicyState.FRESH, START, START, None)
    assert policy.allows_gateways
    kept = store.kept["memory"]
    assert (kept.data, kept.serial, kept.checked_at) == (ALLOWING, 7, START)
    assert source.fetches == 1


@pytest.mark.case("P10")
async def test_the_first_start_without_a_network_allows_nothing_and_says_why(
    watch: PolicyWatch, source: MemoryPolicySource
) -> None:
    source.answer = OFFLINE
    policy = await watch.refresh()
    assert (policy.state, policy.allows_gateways) == (PolicyState.UNKNOWN, False)
    assert policy.problem == OFFLINE.problem


async def test_the_last_good_copy_survives_a_restart(
    watch: PolicyWatch, store: MemoryPolicies, source: MemoryPolicySource, clock: Clock
) -> None:
    await watch.refresh()
    clock.pass_(HOUR)
    source.answer = OFFLINE
    again = started(store, source, clock)
    loaded = await again.load()
    assert (loaded.state, loaded.checked_at, loaded.since) == (PolicyState.FRESH, START, START)
    refreshed = await again.refresh()
    assert (refreshed.state, reason(refreshed)) == (PolicyState.FRESH, Reason.POLICY_UNREACHABLE)
    once_more = await started(store, source, clock).load()
    assert (once_more.state, reason(once_more)) == (PolicyState.FRESH, Reason.POLICY_UNREACHABLE)


async def test_an_answer_that_nothing_changed_makes_the_copy_fresh_again(
    watch: PolicyWatch, store: MemoryPolicies, source: MemoryPolicySource, clock: Clock
) -> None:
    await watch.refresh()
    clock.pass_(3 * DAY)
    assert watch.current().state is PolicyState.STALE
    again = started(store, source, clock)
    await again.load()
    policy = await again.refresh()
    assert (policy.state, policy.checked_at, policy.since) == (PolicyState.FRESH, START + 3 * DAY, START)
    assert store.kept["memory"].checked_at == START + 3 * DAY


async def test_a_not_modified_nobody_asked_for_is_no_policy(store: MemoryPolicies, clock: Clock) -> None:
    class Confused(MemoryPolicySource):
        async def fetch(self, etag: str) -> Fetched | NotModified:
            return NotModified()

    policy = await started(store, Confused(b""), clock).refresh()
    assert (policy.state, reason(policy)) == (PolicyState.UNKNOWN, Reason.POLICY_HTTP_STATUS)


@pytest.mark.case("P6")
async def test_a_day_without_an_answer_fails_closed_and_one_answer_opens_again(
    watch: PolicyWatch, source: MemoryPolicySource, clock: Clock
) -> None:
    await watch.refresh()
    source.answer = OFFLINE
    clock.pass_(DAY)
    assert (await watch.refresh()).allows_gateways
    clock.pass_(timedelta(seconds=1))
    policy = watch.current()
    assert (policy.state, policy.allows_gateways, policy.gateways.value) == (PolicyState.STALE, False, True)
    assert policy.checked_at == START
    source.answer = ALLOWING
    assert (await watch.refresh()).allows_gateways


async def test_asking_how_it_stands_at_another_time_fetches_nothing(
    watch: PolicyWatch, source: MemoryPolicySource, clock: Clock
) -> None:
    await watch.refresh()
    assert watch.current(START + 2 * DAY).state is PolicyState.STALE
    assert watch.current(START + HOUR).state is PolicyState.FRESH
    assert source.fetches == 1


async def test_the_policy_is_evaluated_once_as_long_as_nothing_changes(watch: PolicyWatch, clock: Clock) -> None:
    await watch.refresh()
    first = watch.current()
    clock.pass_(HOUR)
    assert watch.current() is first
    assert watch.current().gateways is first.gateways
    clock.pass_(DAY)
    assert watch.current().state is PolicyState.STALE


@pytest.mark.parametrize(
    ("wall", "boot", "state"),
    [
        (-6 * timedelta(minutes=1), timedelta(), PolicyState.STALE),
        (-4 * timedelta(minutes=1), timedelta(), PolicyState.FRESH),
        (HOUR, 25 * HOUR, PolicyState.STALE),  # set back by a day, or suspended with a stopped wall clock
        (25 * HOUR, HOUR, PolicyState.STALE),  # set forward
        (HOUR, HOUR, PolicyState.FRESH),
    ],
)
@pytest.mark.case("P5")
async def test_the_clock_that_says_longer_counts_and_one_that_runs_back_is_not_believed(
    watch: PolicyWatch, clock: Clock, wall: timedelta, boot: timedelta, state: PolicyState
) -> None:
    await watch.refresh()
    clock.wall += wall
    clock.boot += boot.total_seconds()
    assert watch.current().state is state
    assert (await watch.refresh()).state is PolicyState.FRESH


@pytest.mark.case("P5")
async def test_after_a_restart_a_copy_from_the_future_is_stale(
    watch: PolicyWatch, store: MemoryPolicies, source: MemoryPolicySource, clock: Clock
) -> None:
    await watch.refresh()
    clock.wall -= DAY
    clock.boot = 5.0
    assert (await started(store, source, clock).load()).state is PolicyState.STALE


# What the newest document is.


async def test_an_older_document_is_refused_and_the_newer_kept(
    watch: PolicyWatch, source: MemoryPolicySource, store: MemoryPolicies, clock: Clock
) -> None:
    source.answer = data(gateway_policy(False), serial=8)
    await watch.refresh()
    clock.pass_(HOUR)
    source.answer = ALLOWING
    policy = await watch.refresh()
    assert policy.problem == Problem.of(Reason.POLICY_ROLLBACK, source="memory", serial=7, newest=8)
    assert policy.document is not None
    assert (policy.document.serial, policy.gateways.value, policy.checked_at) == (8, False, START)
    assert store.kept["memory"].serial == 8


async def test_the_same_serial_with_other_content_is_refused(watch: PolicyWatch, source: MemoryPolicySource) -> None:
    source.answer = data(gateway_policy(False))
    await watch.refresh()
    source.answer = ALLOWING
    policy = await watch.refresh()
    assert policy.problem == Problem.of(Reason.POLICY_SAME_SERIAL, source="memory", serial=7)
    assert not policy.allows_gateways


async def test_going_back_is_refused_after_a_restart_too(
    watch: PolicyWatch, source: MemoryPolicySource, store: MemoryPolicies, clock: Clock
) -> None:
    source.answer = data(gateway_policy(False), serial=8)
    await watch.refresh()
    source.answer = ALLOWING
    again = started(store, source, clock)
    await again.load()
    assert reason(await again.refresh()) is Reason.POLICY_ROLLBACK


@pytest.mark.parametrize("damaged", [b"", ALLOWING.replace(b"false", b"true") + b" ", b"<html>"])
async def test_a_damaged_copy_counts_as_none_but_its_serial_is_remembered(
    watch: PolicyWatch, source: MemoryPolicySource, store: MemoryPolicies, clock: Clock, damaged: bytes
) -> None:
    good = data(gateway_policy(False), serial=8)
    source.answer = good
    await watch.refresh()
    store.kept["memory"] = replace(store.kept["memory"], data=damaged)
    source.answer = ALLOWING
    again = started(store, source, clock)
    assert (await again.load()).state is PolicyState.UNKNOWN
    policy = await again.refresh()
    assert (policy.state, reason(policy)) == (PolicyState.UNKNOWN, Reason.POLICY_ROLLBACK)
    source.answer = good
    assert (await again.refresh()).state is PolicyState.FRESH


async def test_a_copy_this_version_does_not_understand_is_fetched_anew(
    source: MemoryPolicySource, store: MemoryPolicies, clock: Clock
) -> None:
    odd = b'{"format": "absender-policy/2"}'
    store.kept["memory"] = StoredPolicy("memory", odd, '"x"', 3, digest(odd), START)
    again = started(store, source, clock)
    assert (await again.load()).state is PolicyState.UNKNOWN
    assert (await again.refresh()).state is PolicyState.FRESH


async def test_the_copy_of_another_person_is_not_used(
    watch: PolicyWatch, source: MemoryPolicySource, store: MemoryPolicies, clock: Clock
) -> None:
    await watch.refresh()
    other = started(store, source, clock, Address.parse("kollege@beispiel.example"))
    assert (await other.load()).state is PolicyState.UNKNOWN
    assert reason(await other.refresh()) is Reason.POLICY_OTHER_USER


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"<html>Sign in</html>", Reason.POLICY_HTML),
        (ALLOWING[:100], Reason.POLICY_NOT_JSON),
        (b"[" * 100_000, Reason.POLICY_NOT_JSON),
        (b" " * 10_000_000, Reason.POLICY_TOO_LARGE),
        (data(serial="8"), Reason.POLICY_BAD_DOCUMENT),
        (data(format="absender-policy/9"), Reason.POLICY_BAD_FORMAT),
    ],
)
@pytest.mark.case("P2")
async def test_a_bad_answer_leaves_the_good_document_as_it_was(
    watch: PolicyWatch, source: MemoryPolicySource, clock: Clock, answer: bytes, expected: Reason
) -> None:
    await watch.refresh()
    clock.pass_(HOUR)
    source.answer = answer
    policy = await watch.refresh()
    assert (policy.state, policy.checked_at, reason(policy)) == (PolicyState.FRESH, START, expected)
    clock.pass_(DAY)
    assert watch.current().state is PolicyState.STALE


async def test_a_document_that_has_expired_is_taken_but_stale(watch: PolicyWatch, source: MemoryPolicySource) -> None:
    source.answer = data(gateway_policy(True), expiresAt="2026-11-23T11:59:59Z")
    policy = await watch.refresh()
    assert (policy.state, reason(policy), policy.allows_gateways) == (PolicyState.STALE, Reason.POLICY_EXPIRED, False)
    source.answer = data(gateway_policy(True), serial=8)
    assert (await watch.refresh()).allows_gateways


# Since when.


async def test_since_is_kept_until_the_effective_value_flips(
    watch: PolicyWatch, source: MemoryPolicySource, store: MemoryPolicies, clock: Clock
) -> None:
    since = []
    for serial, value in enumerate([True, True, False, False, True], start=7):
        source.answer = data(gateway_policy(value), serial=serial)
        since.append((await watch.refresh()).since)
        clock.pass_(HOUR)
    assert since == [START, START, START + 2 * HOUR, START + 2 * HOUR, START + 4 * HOUR]
    again = started(store, source, clock)
    assert (await again.load()).since == START + 4 * HOUR


# No organisation, no disk, and clocks.


async def test_without_an_organisation_the_persons_own_statement_holds(store: MemoryPolicies, clock: Clock) -> None:
    watch = started(store, None, clock)
    for policy in (await watch.load(), await watch.refresh(), await watch.fresh_enough(), watch.current()):
        assert (policy.state, policy.origin, policy.allows_gateways) == (PolicyState.OWN, "", True)
    await asyncio.wait_for(watch.run_forever(), 5)
    assert store.kept == {}


async def test_a_full_disk_is_said_and_takes_nothing_from_the_policy(source: MemoryPolicySource, clock: Clock) -> None:
    watch = started(FullDisk(), source, clock)
    policy = await watch.refresh()
    assert (policy.allows_gateways, reason(policy)) == (True, Reason.STORAGE_FULL)
    source.answer = OFFLINE
    assert reason(await watch.refresh()) is Reason.POLICY_UNREACHABLE


@pytest.mark.parametrize("ahead", [timedelta(minutes=6), -timedelta(days=300)])
async def test_a_clock_that_differs_from_the_servers_is_remembered_and_nothing_else(
    store: MemoryPolicies, clock: Clock, ahead: timedelta
) -> None:
    offset: list[timedelta | None] = [ahead, timedelta(minutes=4), ahead, None]
    source = DatedSource(ALLOWING, lambda: None if offset[0] is None else clock.wall + offset[0])
    watch = started(store, source, clock)
    seen = []
    while offset:
        assert (await watch.refresh()).allows_gateways
        seen.append(watch.clock_skew)
        offset.pop(0)
    assert seen == [ahead, None, ahead, None]


def test_the_boot_clock_only_goes_forward() -> None:
    assert 0 < boot_clock() <= boot_clock()


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=12))
async def test_whatever_is_served_the_serial_never_goes_back(served: list[tuple[int, bool]]) -> None:
    clock, store, source = Clock(), MemoryPolicies(), MemoryPolicySource(b"")
    first: dict[int, bool] = {}
    newest = -1
    for serial, value in served:
        source.answer = data(gateway_policy(value), serial=serial)
        watch = started(store, source, clock)
        await watch.load()
        policy = await watch.refresh()
        if serial > newest:
            newest = serial
            first[serial] = value
        assert policy.document is not None
        assert policy.document.serial == newest
        assert policy.gateways.value is first[newest]


class AskedSource(MemoryPolicySource):
    """A source that remembers what it was asked with."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(answer)
        self.etags: list[str] = []

    async def fetch(self, etag: str) -> Fetched | NotModified:
        self.etags.append(etag)
        return await super().fetch(etag)


async def test_a_document_that_has_expired_is_fetched_whole_again(store: MemoryPolicies, clock: Clock) -> None:
    source = AskedSource(data(gateway_policy(True), expiresAt="2026-11-23T13:00:00Z"))
    watch = started(store, source, clock)
    await watch.refresh()
    clock.pass_(HOUR - timedelta(seconds=1))
    await watch.refresh()
    clock.pass_(timedelta(seconds=1))
    await watch.refresh()
    assert [bool(etag) for etag in source.etags] == [False, True, False]
