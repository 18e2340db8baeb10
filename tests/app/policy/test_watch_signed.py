"""The policy where a key is pinned: only what it signed counts, the copy of yesterday included."""

from dataclasses import replace

import pytest

from app.errors import Problem, Reason
from app.policy.document import digest
from app.policy.evaluate import PolicyState
from app.policy.signature import PinnedKey
from app.policy.source import MemoryPolicySource
from app.policy.watch import MemoryPolicies, PolicyWatch
from tests.app.policy.clock import HOUR, OFFLINE, START, Clock, reason, started
from tests.app.policy.documents import PERSON, data, gateway_policy
from tests.app.policy.signers import NEXT, ORG, OTHER

ALLOWED = data(gateway_policy(True))
FORBIDDEN = data(gateway_policy(False), serial=8)


@pytest.fixture
def source() -> MemoryPolicySource:
    return MemoryPolicySource(ORG.signs(ALLOWED))


def pinned(store: MemoryPolicies, source: MemoryPolicySource, clock: Clock, *keys: PinnedKey) -> PolicyWatch:
    """Return the watch of a program that was just started where keys are pinned."""
    return started(store, source, clock, PERSON, keys or (ORG.key,))


async def test_a_signed_document_is_kept_with_its_signature_and_checked_again_after_a_restart(
    store: MemoryPolicies, source: MemoryPolicySource, clock: Clock
) -> None:
    watch = pinned(store, source, clock)
    assert (await watch.refresh()).allows_gateways
    assert watch.signed_with == ORG.key
    assert store.kept["memory"].data == ORG.signs(ALLOWED)
    again = pinned(store, source, clock)
    policy = await again.load()
    assert (policy.state, policy.problem, again.signed_with) == (PolicyState.FRESH, None, ORG.key)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (ALLOWED, Reason.POLICY_UNSIGNED),
        (OTHER.signs(ALLOWED), Reason.POLICY_OTHER_KEY),
        (OTHER.signs(ALLOWED, kid=ORG.key.id), Reason.POLICY_BAD_SIGNATURE),
        (ORG.signs(ALLOWED)[:-1], Reason.POLICY_BAD_SIGNATURE),
        (ORG.signs(b"{}"), Reason.POLICY_BAD_DOCUMENT),
        (ORG.signs(ORG.signs(ALLOWED)), Reason.POLICY_NOT_JSON),
    ],
)
async def test_what_is_not_signed_as_it_should_be_changes_nothing(
    store: MemoryPolicies, source: MemoryPolicySource, clock: Clock, answer: bytes, expected: Reason
) -> None:
    source.answer = answer
    policy = await pinned(store, source, clock).refresh()
    assert (policy.state, policy.allows_gateways, reason(policy)) == (PolicyState.UNKNOWN, False, expected)
    assert store.kept == {}
    source.answer = ORG.signs(FORBIDDEN)
    watch = pinned(store, source, clock)
    await watch.refresh()
    clock.pass_(HOUR)
    source.answer = answer
    policy = await watch.refresh()
    assert (policy.state, policy.gateways.value, policy.checked_at) == (PolicyState.FRESH, False, START)
    assert reason(policy) is expected


@pytest.mark.case("P1")
@pytest.mark.parametrize(
    ("edited", "expected"),
    [
        (ORG.signs(FORBIDDEN).replace(b".", b".e30", 1), Reason.POLICY_CHANGED_HERE),
        (OTHER.signs(ALLOWED, kid=ORG.key.id), Reason.POLICY_CHANGED_HERE),
        (ORG.signs(data(gateway_policy(True), serial=9))[:-4] + b"AAAA", Reason.POLICY_CHANGED_HERE),
        (OTHER.signs(ALLOWED), Reason.POLICY_OTHER_KEY),
        (ALLOWED, Reason.POLICY_UNSIGNED),
        (b"", Reason.POLICY_UNSIGNED),
    ],
)
async def test_an_edited_copy_is_no_policy_even_with_a_digest_that_fits(
    store: MemoryPolicies, source: MemoryPolicySource, clock: Clock, edited: bytes, expected: Reason
) -> None:
    source.answer = ORG.signs(FORBIDDEN)
    await pinned(store, source, clock).refresh()
    store.kept["memory"] = replace(store.kept["memory"], data=edited, digest=digest(ALLOWED))
    source.answer = OFFLINE
    again = pinned(store, source, clock)
    policy = await again.load()
    assert (policy.state, policy.allows_gateways, reason(policy)) == (PolicyState.UNKNOWN, False, expected)
    assert again.signed_with is None
    assert not (await again.refresh()).allows_gateways


@pytest.mark.case("P1")
async def test_an_edited_copy_is_no_policy_without_a_pinned_key_either(
    store: MemoryPolicies, source: MemoryPolicySource, clock: Clock
) -> None:
    source.answer = FORBIDDEN
    await started(store, source, clock).refresh()
    store.kept["memory"] = replace(store.kept["memory"], data=FORBIDDEN.replace(b"false", b"true"))
    policy = await started(store, source, clock).load()
    assert policy.problem == Problem.of(Reason.POLICY_CHANGED_HERE, source="memory")
    assert (policy.state, policy.allows_gateways) == (PolicyState.UNKNOWN, False)


async def test_a_copy_from_before_the_key_was_pinned_is_fetched_anew(
    store: MemoryPolicies, source: MemoryPolicySource, clock: Clock
) -> None:
    source.answer = ALLOWED
    await started(store, source, clock).refresh()
    again = pinned(store, source, clock)
    assert reason(await again.load()) is Reason.POLICY_UNSIGNED
    source.answer = ORG.signs(ALLOWED)
    policy = await again.refresh()
    assert (policy.state, policy.problem) == (PolicyState.FRESH, None)


async def test_the_same_document_signed_with_the_next_key_is_no_other_content(
    store: MemoryPolicies, source: MemoryPolicySource, clock: Clock
) -> None:
    watch = pinned(store, source, clock, ORG.key, NEXT.key)
    await watch.refresh()
    source.answer = NEXT.signs(ALLOWED)
    policy = await watch.refresh()
    assert (policy.state, policy.problem, watch.signed_with) == (PolicyState.FRESH, None, NEXT.key)
    old_only = pinned(store, source, clock)
    assert reason(await old_only.load()) is Reason.POLICY_OTHER_KEY


@pytest.mark.case("P3")
async def test_an_older_document_is_refused_however_well_it_is_signed(
    store: MemoryPolicies, source: MemoryPolicySource, clock: Clock
) -> None:
    source.answer = ORG.signs(FORBIDDEN)
    watch = pinned(store, source, clock)
    await watch.refresh()
    source.answer = ORG.signs(ALLOWED)
    policy = await watch.refresh()
    assert policy.problem == Problem.of(Reason.POLICY_ROLLBACK, source="memory", serial=7, newest=8)
    assert not policy.allows_gateways
