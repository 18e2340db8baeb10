"""Blocking calls into the system, in a thread that cannot hold up the program or its end."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

__all__ = ["call_with_limit"]

T = TypeVar("T")


async def call_with_limit(work: Callable[[], T], seconds: float) -> T:
    """Return what `work` returns or raise what it raises; TimeoutError once `seconds` are over.

    A call that hangs is left behind in its thread, and does not keep the program from ending.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if outcome.cancelled():
            return
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)  # type: ignore[arg-type] # None only where T allows it

    def run() -> None:
        result: T | None = None
        failure: BaseException | None = None
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - handed over to whoever awaits
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, name="limited", daemon=True).start()
    async with asyncio.timeout(seconds):
        return await outcome
