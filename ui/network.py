"""Whether this computer has a network, as its system says: Qt asks the system's own service for it.

To be told wrongly that there is none would keep mail back for good, so that is believed only of a computer without
any address but its own. To be told wrongly that there is one costs an attempt that fails.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PySide6.QtNetwork import QNetworkInformation

__all__ = ["MemoryNetwork", "Network", "SystemNetwork"]


class Network(Protocol):
    """What is known of the network."""

    @property
    def is_there(self) -> bool:
        """Whether there is any way out of this computer; asked for anew each time."""

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call `callback` when the network went, came or became another one, until `end`."""

    def end(self) -> None:
        """Tell nobody any more."""


class MemoryNetwork:
    """A network that is as it is set."""

    def __init__(self) -> None:
        self._is_there = True
        self._callbacks: list[Callable[[], None]] = []

    @property
    def is_there(self) -> bool:
        return self._is_there

    def subscribe(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    def end(self) -> None:
        self._callbacks.clear()

    def become(self, *, there: bool) -> None:
        """Go, come, or become another one."""
        self._is_there = there
        for callback in tuple(self._callbacks):
            callback()


class SystemNetwork:
    """The system's network by `QNetworkInformation`; without a backend of it there always is one.

    Importing this takes 10 ms and 3 MB, so that is done when the first window stands
    (doc.qt.io/qt-6/qnetworkinformation.html).
    """

    def __init__(self) -> None:
        from PySide6.QtNetwork import QNetworkInformation

        QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability)
        self._system: QNetworkInformation | None = QNetworkInformation.instance()
        self._none = QNetworkInformation.Reachability.Disconnected
        self._unknown = QNetworkInformation.TransportMedium.Unknown
        self._callbacks: list[Callable[[], None]] = []
        if self._system is not None:
            self._seen = self._system.reachability(), self._system.transportMedium()
            self._system.reachabilityChanged.connect(self._look)
            self._system.transportMediumChanged.connect(self._look)

    @property
    def is_there(self) -> bool:
        return self._system is None or self._system.reachability() is not self._none or _has_address()

    def subscribe(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    def end(self) -> None:
        self._callbacks.clear()
        if self._system is not None:
            self._system.reachabilityChanged.disconnect(self._look)
            self._system.transportMediumChanged.disconnect(self._look)
            self._system = None

    def _look(self) -> None:
        """Tell of what ends connections; that the Internet behind a network was not found for a moment does not."""
        if self._system is None:
            return
        before, self._seen = self._seen, (self._system.reachability(), self._system.transportMedium())
        came_or_went = self._none in {before[0], self._seen[0]} and before[0] is not self._seen[0]
        is_another = before[1] is not self._seen[1] and self._unknown not in {before[1], self._seen[1]}
        if came_or_went or is_another:
            for callback in tuple(self._callbacks):
                callback()


def _has_address() -> bool:
    """Whether any interface that is up has an address others could reach."""
    from PySide6.QtNetwork import QNetworkInterface

    return any(not each.isLoopback() and not each.isLinkLocal() for each in QNetworkInterface.allAddresses())
