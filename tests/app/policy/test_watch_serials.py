"""The highest serial in the keychain: a restored or emptied data folder brings no old policy back."""

import asyncio
from datetime import timedelta

import pytest

from app.errors import KeychainError, PolicyError, Problem, Reason
from app.policy.document import digest
from app.policy.evaluate import PolicyState
from app.policy.serials import MemorySerials, SeenSerial
from app.policy.source import Fetched, MemoryPolicySource, NotModified
from app.policy.watch import MemoryPolicies, PolicyWatch
from tests.app.policy.clock import ALLOWING, HOUR, OFFLINE, Clock, reason
from tests.app.policy.documents import PERSON, data, gateway_policy

FORBIDDING = data(gateway_policy(False), serial=8)
HOLDING_8 = SeenSerial(8, digest(FORBIDDING))


class CountedSerials(MemorySerials):
    """Serials that count how often they are asked and told, and fail when they are told to."""

    def __init__(self, *, fails: bool = False) -> None:
        super().__init__()
        self.fails = fails
        self.asked = self.told = 0

    async def get(self, source: str) -> SeenSerial | None:
        self.asked += 1
        await asyncio.sleep(0)
        self._fail()
        return await super().get(source)

    async def set(self, source: str, seen: SeenSerial) -> None:
        self.told += 1
        self._fail()
        await super().set(source, seen)

    def _fail(self) -> None:
        if self.fails:
            raise KeychainError.because(Reason.KEYCHAIN_LOCKED)


class EtagSource(MemoryPolicySource):
    """A source that remembers what it was asked with."""

    def __init__(self, answer: bytes | PolicyError) -> None:
        super().__init__(answer)
        self.etags: list[str] = []

    async def fetch(self, etag: str) -> Fetched | NotModified:
        self.etags.append(etag)
        return await super().fetch(etag)


@pytest.fixture
def serials() -> CountedSerials:
    return CountedSerials()


@pytest.fixture
def source() -> EtagSource:
    return EtagSource(ALLOWING)


def begun(store: MemoryPolicies, source: MemoryPolicySource, clock: Clock, serials: CountedSerials) -> PolicyWatch:
    """Return the watch of a program that was just started with a keychain."""
    return PolicyWatch(
        store, source, PERSON, now=clock.now, clock=clock.ticks, sleep=clock.sleep, serials=serials
    )  # fmt: skip


async def test_the_highest_serial_is_kept_in_the_keychain_too_and_written_only_when_it_rises(
    store: MemoryPolicies, source: EtagSource, clock: Clock, serials: CountedSerials
) -> None:
    watch = begun(store, source, clock, serials)
    await watch.load()
    assert (serials.asked, serials.told) == (0, 0)
    for _ in range(3):
        await watch.refresh()
    assert serials.kept == {"memory": SeenSerial(7, digest(ALLOWING))}
    assert (serials.asked, serials.told) == (1, 1)
    source.answer = FORBIDDING
    await watch.refresh()
    assert serials.kept == {"memory": HOLDING_8}
    assert (serials.asked, serials.told) == (1, 2)


@pytest.mark.case("P4")
async def test_a_data_folder_from_a_backup_is_found_out_before_its_policy_is_used(
    store: MemoryPolicies, source: EtagSource, clock: Clock, serials: CountedSerials
) -> None:
    await begun(store, source, clock, serials).refresh()
    serials.kept["memory"] = HOLDING_8
    source.answer = OFFLINE
    watch = begun(store, source, clock, serials)
    heard: list[PolicyState] = []
    watch.subscribe(lambda policy: heard.append(policy.state))
    assert (await watch.load()).allows_gateways
    policy = await watch.fresh_enough(HOUR)
    assert (policy.state, policy.allows_gateways) == (PolicyState.UNKNOWN, False)
    assert heard[0] is PolicyState.UNKNOWN
    assert source.etags == ["", ""]
    assert reason(await begun(store, source, clock, serials).load()) is Reason.POLICY_UNREACHABLE


@pytest.mark.case("P4")
async def test_after_a_backup_only_what_is_as_new_as_the_keychain_knows_is_accepted(
    store: MemoryPolicies, source: EtagSource, clock: Clock, serials: CountedSerials
) -> None:
    await begun(store, source, clock, serials).refresh()
    serials.kept["memory"] = HOLDING_8
    watch = begun(store, source, clock, serials)
    await watch.load()
    policy = await watch.refresh()
    assert policy.problem == Problem.of(Reason.POLICY_ROLLBACK, source="memory", serial=7, newest=8)
    assert policy.state is PolicyState.UNKNOWN
    source.answer = data(gateway_policy(True), serial=8)
    assert reason(await watch.refresh()) is Reason.POLICY_SAME_SERIAL
    source.answer = FORBIDDING
    policy = await watch.refresh()
    assert (policy.state, policy.problem, policy.gateways.value) == (PolicyState.FRESH, None, False)


@pytest.mark.case("P4")
async def test_an_emptied_data_folder_accepts_no_older_policy_either(
    store: MemoryPolicies, source: EtagSource, clock: Clock, serials: CountedSerials
) -> None:
    serials.kept["memory"] = HOLDING_8
    watch = begun(store, source, clock, serials)
    assert (await watch.load()).problem is None
    policy = await watch.refresh()
    assert policy.problem == Problem.of(Reason.POLICY_ROLLBACK, source="memory", serial=7, newest=8)
    again = begun(store, source, clock, serials)
    assert reason(await again.load()) is Reason.POLICY_ROLLBACK
    source.answer = FORBIDDING
    assert (await again.refresh()).state is PolicyState.FRESH


async def test_the_same_serial_over_other_content_is_mistrusted_and_said(
    store: MemoryPolicies, source: EtagSource, clock: Clock, serials: CountedSerials
) -> None:
    await begun(store, source, clock, serials).refresh()
    serials.kept["memory"] = SeenSerial(7, "0" * 64)
    watch = begun(store, source, clock, serials)
    heard: list[Problem | None] = []
    watch.subscribe(lambda policy: heard.append(policy.problem))
    await watch.load()
    policy = await watch.refresh()
    assert heard[0] == Problem.of(Reason.POLICY_SET_BACK, source="memory", serial=7, newest=7)
    assert (policy.state, reason(policy)) == (PolicyState.UNKNOWN, Reason.POLICY_SAME_SERIAL)


async def test_a_keychain_that_is_behind_changes_nothing_and_is_brought_up_to_date(
    store: MemoryPolicies, source: EtagSource, clock: Clock, serials: CountedSerials
) -> None:
    source.answer = FORBIDDING
    await begun(store, source, clock, serials).refresh()
    serials.kept["memory"] = SeenSerial(7, "0" * 64)
    again = begun(store, source, clock, serials)
    await again.load()
    assert (await again.fresh_enough()).state is PolicyState.FRESH
    assert source.fetches == 1
    await again.refresh()
    assert serials.kept == {"memory": HOLDING_8}


async def test_without_a_keychain_the_database_alone_says_what_is_newest(
    store: MemoryPolicies, source: EtagSource, clock: Clock
) -> None:
    broken = CountedSerials(fails=True)
    watch = begun(store, source, clock, broken)
    policy = await watch.refresh()
    assert (policy.state, policy.problem) == (PolicyState.FRESH, None)
    assert watch.serials_problem == Problem.of(Reason.KEYCHAIN_LOCKED)
    source.answer = FORBIDDING
    await watch.refresh()
    assert (broken.asked, broken.told) == (1, 0)
    source.answer = ALLOWING
    assert reason(await watch.refresh()) is Reason.POLICY_ROLLBACK


async def test_a_keychain_that_takes_nothing_is_said_and_left_alone(
    store: MemoryPolicies, source: EtagSource, clock: Clock, serials: CountedSerials
) -> None:
    watch = begun(store, source, clock, serials)
    await watch.fresh_enough(timedelta())
    serials.fails = True
    source.answer = FORBIDDING
    for _ in range(2):
        assert (await watch.refresh()).state is PolicyState.FRESH
    assert (watch.serials_problem, serials.told) == (Problem.of(Reason.KEYCHAIN_LOCKED), 2)


async def test_many_who_ask_at_once_ask_the_keychain_once(
    store: MemoryPolicies, source: EtagSource, clock: Clock, serials: CountedSerials
) -> None:
    watch = begun(store, source, clock, serials)
    await asyncio.gather(*(watch.fresh_enough() for _ in range(5)), watch.refresh())
    assert (serials.asked, serials.told) == (1, 1)


async def test_after_a_move_to_another_address_the_serials_begin_anew(
    store: MemoryPolicies, clock: Clock, serials: CountedSerials
) -> None:
    highest = data(gateway_policy(True), serial=2**53 - 1)
    await begun(store, MemoryPolicySource(highest, "https://policy.example/old/x.json"), clock, serials).refresh()
    same = begun(store, MemoryPolicySource(FORBIDDING, "https://policy.example/old/x.json"), clock, serials)
    await same.load()
    assert reason(await same.refresh()) is Reason.POLICY_ROLLBACK
    moved = begun(store, MemoryPolicySource(FORBIDDING, "https://policy.example/new/x.json"), clock, serials)
    await moved.load()
    policy = await moved.refresh()
    assert (policy.state, policy.allows_gateways, policy.problem) == (PolicyState.FRESH, False, None)
