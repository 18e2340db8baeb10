"""The connection under a session: each reply has its own limit, and one timer serves them all."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from app.delivery.wire import Wire


@dataclass(frozen=True)
class Line:
    """A wire, and the end of it that a server would have."""

    wire: Wire
    server: socket.socket

    async def answer(self, octets: bytes, seconds: float = 0) -> None:
        await asyncio.sleep(seconds)
        self.server.sendall(octets)


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    ours, theirs = socket.socketpair()
    with theirs:
        _, wire = await asyncio.get_running_loop().create_connection(Wire, sock=ours)
        yield Line(wire, theirs)
        wire.abort()
        await asyncio.sleep(0)


async def test_a_reply_that_does_not_come_is_late(line: Line) -> None:
    with pytest.raises(TimeoutError):
        await line.wire.read_response(timeout=0.02)


async def test_a_shorter_limit_counts_after_a_longer_one(line: Line) -> None:
    await line.answer(b"220 ok\r\n")
    assert (await line.wire.read_response(timeout=600)).code == 220
    with pytest.raises(TimeoutError):
        await line.wire.read_response(timeout=0.02)


async def test_a_longer_limit_counts_after_a_shorter_one(line: Line) -> None:
    await line.answer(b"220 ok\r\n")
    await line.wire.read_response(timeout=0.02)
    answering = asyncio.ensure_future(line.answer(b"250 ok\r\n", 0.06))
    assert (await line.wire.read_response(timeout=600)).code == 250
    await answering


async def test_a_reply_that_trickles_in_is_late_as_a_whole(line: Line) -> None:
    async def trickle() -> None:
        for octet in b"220 a server that takes its time\r\n":
            await line.answer(bytes([octet]), 0.01)

    trickling = asyncio.ensure_future(trickle())
    with pytest.raises(TimeoutError):
        await line.wire.read_response(timeout=0.05)
    await trickling


async def test_a_reply_after_one_that_was_late_has_its_own_limit(line: Line) -> None:
    with pytest.raises(TimeoutError):
        await line.wire.read_response(timeout=0.01)
    answering = asyncio.ensure_future(line.answer(b"250 ok\r\n", 0.03))
    assert (await line.wire.read_response(timeout=600)).code == 250
    await answering


async def test_a_connection_that_has_gone_leaves_no_timer(line: Line) -> None:
    await line.answer(b"220 ok\r\n")
    await line.wire.read_response(timeout=600)
    alarm = line.wire._alarm
    assert alarm is not None
    line.server.shutdown(socket.SHUT_RDWR)
    with pytest.raises(ConnectionResetError):
        await line.wire.read_response(timeout=600)
    await asyncio.sleep(0)
    assert alarm.cancelled()
    with pytest.raises(ConnectionResetError):
        await line.wire.read_response(timeout=0.01)
    assert line.wire._alarm is None
