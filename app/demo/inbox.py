"""What arrived at the demo's mail servers: kept in memory, bounded, usable from every thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

__all__ = ["Arrived", "Inbox", "Server"]

_MESSAGE_LIMIT = 500
_BYTES_LIMIT = 256 * 1024 * 1024


class Server(StrEnum):
    """Whose server a message arrived at."""

    ORGANISATION = "organisation"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message a server accepted, exactly as it came."""

    server: Server
    login: str
    envelope_from: str
    recipients: tuple[str, ...]
    data: bytes = field(repr=False)
    received_at: datetime
    tls: str
    """The version that protected the connection, as in `TLSv1.3`."""
    port: int
    queue_id: str


class Inbox:
    """The messages that arrived, oldest first."""

    def __init__(self) -> None:
        self._messages: deque[Arrived] = deque()
        self._size = 0
        self._subscribers: list[Callable[[Arrived], None]] = []
        self._changed = threading.Condition()

    def add(self, arrived: Arrived) -> None:
        """Keep a message, dropping the oldest beyond the bounds."""
        with self._changed:
            self._messages.append(arrived)
            self._size += len(arrived.data)
            while len(self._messages) > _MESSAGE_LIMIT or (self._size > _BYTES_LIMIT and len(self._messages) > 1):
                self._size -= len(self._messages.popleft().data)
            self._changed.notify_all()

    def tell(self, arrived: Arrived) -> None:
        """Tell the subscribers; apart from `add`, so that a subscriber's fault is not the sender's."""
        with self._changed:
            subscribers = tuple(self._subscribers)
        for callback in subscribers:
            callback(arrived)

    def messages(self, server: Server | None = None) -> tuple[Arrived, ...]:
        """Return what arrived, at one server or at both."""
        with self._changed:
            return tuple(each for each in self._messages if server in {None, each.server})

    def subscribe(self, callback: Callable[[Arrived], None]) -> Callable[[], None]:
        """Call `callback` with each message that arrives, in the servers' thread; returns what ends that."""
        with self._changed:
            self._subscribers.append(callback)

        def unsubscribe() -> None:
            with self._changed:
                if callback in self._subscribers:
                    self._subscribers.remove(callback)

        return unsubscribe

    def wait(self, wanted: Callable[[Arrived], bool] = lambda _: True, *, seconds: float = 10.0) -> Arrived:
        """Return the newest message that is `wanted`, waiting for it; raises TimeoutError. Blocks the thread."""
        with self._changed:
            if not self._changed.wait_for(lambda: any(map(wanted, self._messages)), seconds):
                raise TimeoutError("no such message arrived")
            return next(each for each in reversed(self._messages) if wanted(each))
