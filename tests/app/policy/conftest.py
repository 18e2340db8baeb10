"""A watch over a source and a store in memory, with clocks that tests can set."""

import pytest

from app.policy.source import MemoryPolicySource
from app.policy.watch import MemoryPolicies, PolicyWatch
from tests.app.policy.clock import ALLOWING, Clock, started


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> MemoryPolicies:
    return MemoryPolicies()


@pytest.fixture
def source() -> MemoryPolicySource:
    return MemoryPolicySource(ALLOWING)


@pytest.fixture
def watch(store: MemoryPolicies, source: MemoryPolicySource, clock: Clock) -> PolicyWatch:
    return started(store, source, clock)
