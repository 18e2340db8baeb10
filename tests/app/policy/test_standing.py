"""How far a document may be relied on: fresh for a day, by the clock that says longer, until it expires."""

from datetime import datetime, timedelta

import pytest

from app.errors import Problem, Reason
from app.policy.evaluate import Policy, PolicyState, own_policy, standing
from tests.app.policy.documents import ISSUED, document, gateway_policy

EXPIRES = datetime.fromisoformat("2027-11-23T09:12:00+00:00")
HOUR = timedelta(hours=1)


def stands(
    passed: timedelta,
    elapsed: timedelta | None = None,
    *,
    checked_at: datetime = ISSUED,
    problem: Problem | None = None,
) -> Policy:
    return standing(
        document(gateway_policy(True)),
        now=checked_at + passed,
        checked_at=checked_at,
        origin="here",
        problem=problem,
        elapsed=elapsed,
    )


@pytest.mark.parametrize(
    ("passed", "elapsed", "state"),
    [
        (0 * HOUR, None, PolicyState.FRESH),
        (24 * HOUR, None, PolicyState.FRESH),
        (24 * HOUR + timedelta(seconds=1), None, PolicyState.STALE),
        (72 * HOUR, None, PolicyState.STALE),
        (timedelta(minutes=-5), None, PolicyState.FRESH),
        (timedelta(minutes=-5, seconds=-1), None, PolicyState.STALE),
        (-72 * HOUR, None, PolicyState.STALE),
        # The clock nobody can set: suspended three days with the wall clock set back, and a forward jump.
        (1 * HOUR, 72 * HOUR, PolicyState.STALE),
        (1 * HOUR, 1 * HOUR + timedelta(minutes=4), PolicyState.FRESH),
        (1 * HOUR, 1 * HOUR + timedelta(minutes=6), PolicyState.STALE),
        (24 * HOUR - timedelta(minutes=1), 24 * HOUR + timedelta(minutes=1), PolicyState.STALE),
        (72 * HOUR, 1 * HOUR, PolicyState.STALE),
        (2 * HOUR, 1 * HOUR, PolicyState.FRESH),
    ],
)
def test_a_document_is_fresh_for_a_day_by_the_clock_that_says_longer(
    passed: timedelta, elapsed: timedelta | None, state: PolicyState
) -> None:
    policy = stands(passed, elapsed)
    assert policy.state is state
    assert policy.allows_gateways is (state is PolicyState.FRESH)
    assert policy.gateways.value
    assert policy.problem is None


def test_a_document_that_expired_is_stale_and_says_so() -> None:
    assert stands(-timedelta(seconds=1) + HOUR, checked_at=EXPIRES - HOUR).state is PolicyState.FRESH
    expired = stands(HOUR, checked_at=EXPIRES - HOUR)
    assert expired.state is PolicyState.STALE
    assert expired.problem == Problem.of(Reason.POLICY_EXPIRED, expires_at="2027-11-23T09:12:00+00:00", source="here")


def test_setting_the_clock_back_does_not_unexpire_a_document() -> None:
    assert stands(timedelta(minutes=58), timedelta(minutes=61), checked_at=EXPIRES - HOUR).state is PolicyState.STALE


def test_what_went_wrong_at_the_last_check_is_not_hidden_by_the_expiry() -> None:
    offline = Problem.of(Reason.POLICY_UNREACHABLE, host="policy.example")
    assert stands(2 * HOUR, checked_at=EXPIRES - HOUR, problem=offline).problem == offline


@pytest.mark.parametrize("expires", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_times_at_the_ends_of_the_calendar_are_no_trap(expires: str) -> None:
    found = document(gateway_policy(True), expiresAt=expires)
    policy = standing(found, now=ISSUED, checked_at=ISSUED, origin="here")
    assert policy.allows_gateways is expires.startswith("9999")


def test_no_document_denies_and_the_persons_own_statement_allows() -> None:
    unknown = Policy(PolicyState.UNKNOWN)
    assert (unknown.allows_gateways, unknown.requires_gateway, unknown.domains, unknown.organisation) == (
        False,
        False,
        (),
        "",
    )
    assert not unknown.gateways.value
    own = own_policy()
    assert (own.state, own.allows_gateways, own.requires_gateway, own.domains) == (PolicyState.OWN, True, False, ())


def test_a_policy_knows_its_organisation() -> None:
    policy = Policy(PolicyState.FRESH, document())
    assert policy.organisation == "Beispiel GmbH"
    assert policy.domains == ("beispiel.example", "xn--bcher-kva.example")
