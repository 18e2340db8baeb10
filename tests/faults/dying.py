"""An outbox and a connection that kill their own process at one point of one send, and are otherwise the program's."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import app.delivery.outbox as outbox_module
from app.delivery.outbox import NewMessage, Outbox, QueuedMessage, State
from app.delivery.verdict import Delivered, Verdict

if TYPE_CHECKING:
    from aiosmtplib.protocol import SMTPProtocol

    from app.delivery.journal import Attempt

__all__ = ["POINTS", "Death", "DyingOutbox", "die_after_the_dot", "die_while_storing", "tell"]

POINTS = ("K0", "K1 read", "K1 stored", "K2", "K3 claimed", "K3 uploaded", "K4", "K5", "K6", "K7")
"""Where a process can be told to die; between the draft that is saved and the message that is sent."""
_DOT = b".\r\n"


def tell(what: str) -> None:
    """Say something to whoever gave the order, at once and whole."""
    os.write(1, f"{what}\n".encode())


class Death:
    """Kills this process at one point of one send, and says of which message."""

    def __init__(self, point: str, on: int) -> None:
        self._point = point
        self._left = on

    def at(self, point: str, message_id: str) -> None:
        """Die if this is the point, and the time for it."""
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                tell(f"dying {message_id}")
                os.kill(os.getpid(), signal.SIGKILL)


class DyingOutbox(Outbox):
    """The outbox, which dies where it is told to; it does nothing else differently."""

    death: Death

    async def put(
        self, new: NewMessage, chunks: Iterable[bytes], now: datetime, *, is_quick: bool = False
    ) -> QueuedMessage:
        def watched() -> Iterable[bytes]:
            for chunk in chunks:
                yield chunk
                self.death.at("K1 read", new.draft.id)

        message = await super().put(new, watched(), now, is_quick=is_quick)
        self.death.at("K2", message.id)
        return message

    async def claim(self, now: datetime, *, queue: str | None = None) -> QueuedMessage | None:
        return self._claimed(await super().claim(now, queue=queue))

    async def mark_data_end(self, message_id: str, now: datetime) -> QueuedMessage:
        self.death.at("K3 uploaded", message_id)
        message = await super().mark_data_end(message_id, now)
        self.death.at("K4", message_id)
        return message

    async def settle(
        self, message_id: str, verdict: Verdict, now: datetime, attempt: Attempt | None = None
    ) -> QueuedMessage:
        if isinstance(verdict, Delivered):
            self.death.at("K6", message_id)
        message = await super().settle(message_id, verdict, now, attempt)
        if message.state is State.SENT:
            self.death.at("K7", message_id)
        return message

    async def settle_and_claim(
        self, message_id: str, verdict: Verdict, now: datetime, attempt: Attempt
    ) -> QueuedMessage | None:
        if isinstance(verdict, Delivered):
            self.death.at("K6", message_id)
        message = await super().settle_and_claim(message_id, verdict, now, attempt)
        if isinstance(verdict, Delivered):
            self.death.at("K7", message_id)
        return self._claimed(message)

    def _claimed(self, message: QueuedMessage | None) -> QueuedMessage | None:
        if message is not None:
            self.death.at("K3 claimed", message.id)
        return message


def die_while_storing(death: Death) -> None:
    """Let the process die within the transaction that takes in a message."""
    from app.delivery.rows import put

    def watched(
        connection: sqlite3.Connection, new: NewMessage, chunks: Iterable[bytes], now: datetime
    ) -> QueuedMessage:
        def dying() -> Iterable[bytes]:
            for chunk in chunks:
                yield chunk
                death.at("K1 stored", new.draft.id)

        return put(connection, new, dying(), now)

    outbox_module.put = watched  # type: ignore[attr-defined] # what it imports; in a process that lives for one order


def die_after_the_dot(death: Death) -> None:
    """Let the process die as soon as a final dot is with the system."""
    from app.delivery.wire import Wire

    write = Wire.write

    def watched(self: SMTPProtocol, data: bytes) -> None:
        if data == _DOT:
            tell("dot")
        write(self, data)
        if data == _DOT:
            death.at("K5", "")

    Wire.write = watched  # type: ignore[method-assign] # in a process that lives for one order
