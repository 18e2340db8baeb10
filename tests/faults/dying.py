"""An outbox and a connection that kill their own process at one point of one send, and are otherwise the program's."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from app.delivery.outbox import NewMessage, Outbox, QueuedMessage
from app.delivery.verdict import Verdict

if TYPE_CHECKING:
    from aiosmtplib.protocol import SMTPProtocol

    from app.delivery.journal import Attempt

__all__ = ["Death", "DyingOutbox", "die_after_the_dot", "tell"]


def tell(what: str) -> None:
    """Say something to whoever gave the order, at once and whole."""
    os.write(1, f"{what}\n".encode())


class Death:
    """Kills this process at one point of one send."""

    def __init__(self, point: str, on: int) -> None:
        self._point = point
        self._left = on

    def at(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class DyingOutbox(Outbox):
    """The outbox, which dies where it is told to; it does nothing else differently."""

    death: Death

    async def put(self, new: NewMessage, chunks: Iterable[bytes], now: datetime) -> QueuedMessage:
        def watched() -> Iterable[bytes]:
            for chunk in chunks:
                yield chunk
                self.death.at("K1")

        message = await super().put(new, watched(), now)
        self.death.at("K2")
        return message

    async def claim(self, now: datetime, *, queue: str | None = None) -> QueuedMessage | None:
        message = await super().claim(now, queue=queue)
        if message is not None:
            self.death.at("K3 claimed")
        return message

    async def mark_data_end(self, message_id: str, now: datetime) -> QueuedMessage:
        self.death.at("K3 uploaded")
        message = await super().mark_data_end(message_id, now)
        self.death.at("K4")
        return message

    async def settle(
        self, message_id: str, verdict: Verdict, now: datetime, attempt: Attempt | None = None
    ) -> QueuedMessage:
        self.death.at("K6")
        message = await super().settle(message_id, verdict, now, attempt)
        self.death.at("K7")
        return message

    async def settle_and_claim(
        self, message_id: str, verdict: Verdict, now: datetime, attempt: Attempt
    ) -> QueuedMessage | None:
        self.death.at("K6")
        message = await super().settle_and_claim(message_id, verdict, now, attempt)
        self.death.at("K7")
        if message is not None:
            self.death.at("K3 claimed")
        return message


def die_after_the_dot(death: Death) -> None:
    """Let the process die as soon as a final dot is with the system."""
    from app.delivery.wire import Wire

    write = Wire.write

    def watched(self: SMTPProtocol, data: bytes) -> None:
        if data == b".\r\n":
            tell("dot")
        write(self, data)
        if data == b".\r\n":
            death.at("K5")

    Wire.write = watched  # type: ignore[method-assign] # in a process that lives for one order
