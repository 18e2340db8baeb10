"""When the next check is due: spread out, and never twice in a row just before a document expires."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.policy.schedule import CHECK_EVERY, next_check

MINUTE = timedelta(minutes=1)
SPREAD = CHECK_EVERY / 10


@pytest.fixture(autouse=True)
def seed() -> Iterator[None]:
    state = random.getstate()
    random.seed(7)
    yield
    random.setstate(state)


@pytest.mark.parametrize(
    ("failures", "wanted"),
    [(0, 60), (1, 1), (2, 2), (3, 5), (4, 10), (5, 30), (6, 30), (1000, 30)],
)
def test_checks_are_spread_by_a_tenth_either_way(failures: int, wanted: int) -> None:
    pauses = [next_check(failures=failures) / MINUTE for _ in range(2000)]
    assert wanted * 0.9 <= min(pauses) < wanted * 0.901
    assert wanted * 1.099 < max(pauses) <= wanted * 1.1
    assert abs(sum(pauses) / len(pauses) - wanted) < wanted * 0.01


def test_a_document_that_lives_on_changes_nothing() -> None:
    random.seed(1)
    plain = next_check()
    random.seed(1)
    assert next_check(expires_in=timedelta(days=1)) == plain


@pytest.mark.parametrize("left", [7 * MINUTE, 20 * MINUTE, 53 * MINUTE])
def test_what_expires_sooner_is_asked_for_before_but_not_by_all_at_once(left: timedelta) -> None:
    pauses = [next_check(expires_in=left) for _ in range(3600)]
    assert all(left - SPREAD <= pause <= left for pause in pauses)
    busiest = Counter(int(pause.total_seconds()) for pause in pauses).most_common(1)[0][1]
    assert busiest < 30  # of 3,600 in six minutes: ten in an average second


@pytest.mark.parametrize("left", [timedelta(microseconds=1), MINUTE, SPREAD])
def test_what_was_asked_for_just_now_is_asked_for_again_after_it_expired(left: timedelta) -> None:
    assert all(left <= next_check(expires_in=left) <= left + SPREAD for _ in range(1000))


def test_until_it_expires_a_document_is_asked_for_at_most_twice_more() -> None:
    for seconds in range(1, 3600, 7):
        left, checks = timedelta(seconds=seconds), 0
        while left > timedelta():
            left -= next_check(expires_in=left)
            checks += 1
        assert checks <= 2


def test_after_failures_an_expiring_document_does_not_wait_longer_than_usual() -> None:
    assert all(next_check(failures=1, expires_in=20 * MINUTE) <= 1.1 * MINUTE for _ in range(100))
