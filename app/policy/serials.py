"""The highest serial ever seen of each source, kept where a restored or emptied data folder does not take it along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

__all__ = ["MemorySerials", "OnlyAskedSerials", "SeenSerial", "Serials"]


@dataclass(frozen=True, slots=True)
class SeenSerial:
    """A serial that was seen, and the digest of its document."""

    serial: int
    digest: str


class Serials(Protocol):
    """Where the highest serials lie; every method raises KeychainError."""

    async def get(self, source: str) -> SeenSerial | None:
        """Return the highest serial of a source, or None where none is known."""

    async def set(self, source: str, seen: SeenSerial) -> None:
        """Keep a serial in place of the source's last one."""


class MemorySerials:
    """The serials for tests, and for sources that are only tried."""

    def __init__(self) -> None:
        self.kept: dict[str, SeenSerial] = {}

    async def get(self, source: str) -> SeenSerial | None:
        return self.kept.get(source)

    async def set(self, source: str, seen: SeenSerial) -> None:
        self.kept[source] = seen


class OnlyAskedSerials:
    """What the keychain knows, for a source that is only looked at: the keychain takes nothing from it."""

    def __init__(self, known: Serials) -> None:
        self._known = known

    async def get(self, source: str) -> SeenSerial | None:
        return await self._known.get(source)

    async def set(self, source: str, seen: SeenSerial) -> None:
        pass
