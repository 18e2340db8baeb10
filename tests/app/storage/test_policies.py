"""The last good policy document of each source, in the database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.errors import Problem, Reason
from app.policy.document import MAX_SERIAL
from app.policy.evaluate import PolicyState
from app.policy.source import MemoryPolicySource
from app.policy.watch import PolicyWatch
from app.storage.database import Database
from app.storage.policies import Policies, StoredPolicy
from tests.app.policy.documents import PERSON, data, gateway_policy

CHECKED = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
KEPT = StoredPolicy(
    source="https://policy.example/p.json",
    data=b'{"any": "bytes \xff"}',
    etag='W/"a"',
    serial=7,
    digest="d" * 64,
    checked_at=CHECKED,
    since=CHECKED - timedelta(days=3),
    problem=Problem.of(Reason.POLICY_HTTP_STATUS, host="policy.example", status=503),
)


@pytest.fixture
def policies(database: Database) -> Policies:
    return Policies(database)


@pytest.mark.parametrize(
    "stored",
    [KEPT, replace(KEPT, since=None, problem=None, etag=""), replace(KEPT, serial=MAX_SERIAL), replace(KEPT, data=b"")],
)
async def test_what_is_kept_is_read_back(policies: Policies, stored: StoredPolicy) -> None:
    await policies.save(stored)
    assert await policies.load(stored.source) == stored


async def test_each_source_has_its_own(policies: Policies) -> None:
    other = replace(KEPT, source="/etc/absender/policy.json", serial=1)
    await policies.save(KEPT)
    await policies.save(other)
    assert await policies.load(KEPT.source) == KEPT
    assert await policies.load(other.source) == other
    assert await policies.load("https://policy.example/") is None


async def test_a_newer_document_takes_the_place_of_the_older_and_never_the_reverse(policies: Policies) -> None:
    newer = replace(KEPT, serial=8, data=b"{}", problem=None)
    await policies.save(KEPT)
    await policies.save(newer)
    await policies.save(KEPT)
    assert await policies.load(KEPT.source) == newer


async def test_a_damaged_document_is_fetched_anew_and_an_older_one_stays_refused(policies: Policies) -> None:
    source = MemoryPolicySource(data(gateway_policy(True), serial=8))

    async def start() -> PolicyWatch:
        watch = PolicyWatch(policies, source, PERSON, now=lambda: CHECKED)
        await watch.load()
        return watch

    assert (await (await start()).refresh()).state is PolicyState.FRESH
    assert (await start()).current().state is PolicyState.FRESH
    kept = await policies.load(source.origin)
    assert kept is not None
    await policies.save(replace(kept, data=b"{"))
    watch = await start()
    source.answer = data(gateway_policy(True), serial=7)
    policy = await watch.refresh()
    assert policy.state is PolicyState.UNKNOWN
    assert policy.problem is not None
    assert policy.problem.reason is Reason.POLICY_ROLLBACK
    source.answer = data(gateway_policy(True), serial=8)
    assert (await watch.refresh()).state is PolicyState.FRESH
