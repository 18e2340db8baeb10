"""A message's size costs no memory, neither while it is queued nor while it is sent over TLS."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.contender import Order, run
from tests.bench.sink import Sink, open_sink

SMALL, LARGE = 8_000_000, 32_000_000
NOISE = 1_536
"""kB by which two runs of the same thing differ."""


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with open_sink() as running:
        yield running


@pytest.mark.parametrize("name", ["queue", "session"])
def test_memory_does_not_grow_with_the_message(name: str, sink: Sink, tmp_path: Path) -> None:
    small, large = (
        run(Order(name, sink.port, str(sink.ca_file), size, 1, folder=str(tmp_path))).growth for size in (SMALL, LARGE)
    )
    assert large <= small + NOISE
    assert large <= 8 * 1024


def test_what_holds_the_message_is_seen(sink: Sink) -> None:
    held = run(Order("smtplib", sink.port, str(sink.ca_file), SMALL, 1)).growth
    assert held > SMALL / 1024
