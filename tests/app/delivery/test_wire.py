"""Each wait for a reply has its own limit, whatever limit the wait before it had."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.delivery.wire import Wire


@asynccontextmanager
async def connected(*replies: bytes) -> AsyncIterator[Wire]:
    """Connect to a server that says these replies, one every few milliseconds, and then nothing more."""

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in replies:
            writer.write(reply)
            await asyncio.sleep(0.1)
        await _reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    wire = Wire()
    await asyncio.get_running_loop().create_connection(lambda: wire, *server.sockets[0].getsockname())
    try:
        yield wire
    finally:
        wire.abort()
        server.close()
        await server.wait_closed()


@pytest.mark.case("M2")
@pytest.mark.parametrize("before", [60.0, 5.0, None], ids=["longer", "a little longer", "none"])
async def test_a_short_limit_after_a_long_one_is_kept(before: float | None) -> None:
    async with connected(b"220 ready\r\n") as wire:
        assert (await wire.read_response(timeout=before)).code == 220
        async with asyncio.timeout(3):
            with pytest.raises(TimeoutError):
                await wire.read_response(timeout=0.05)


async def test_a_long_limit_after_a_short_one_is_not_cut_short() -> None:
    async with connected(b"220 ready\r\n", b"250 late\r\n") as wire:
        while wire.reader.is_empty:  # noqa: ASYNC110 - so that the short limit is no race
            await asyncio.sleep(0.001)
        assert (await wire.read_response(timeout=0.05)).code == 220
        assert (await wire.read_response(timeout=60.0)).code == 250


async def test_a_connection_that_goes_leaves_no_alarm() -> None:
    async with connected(b"220 ready\r\n") as wire:
        assert (await wire.read_response(timeout=60.0)).code == 220
        alarm = wire._alarm
        assert alarm is not None
        wire.abort()
        await asyncio.sleep(0.01)
        assert alarm.cancelled()
        with pytest.raises(ConnectionResetError):
            await wire.read_response(timeout=60.0)
