"""The highest policy serials in the keychain: what is restored from a backup of the data folder is found out."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.errors import KeychainError, Reason
from app.policy.document import MAX_SERIAL
from app.policy.serials import SeenSerial
from app.storage.keychain import Keychain, Secret

__all__ = ["KeychainSerials"]

_LIMIT = 5.0
"""Seconds a check of the policy waits for the keychain, which a person may be asked to unlock."""
_SEEN = re.compile(r"([0-9]{1,16}) ([0-9a-f]{64})")


class KeychainSerials:
    """The serials in a keychain, an account a source; `app.policy.serials.MemorySerials` is the twin in memory."""

    def __init__(self, keychain: Keychain) -> None:
        self._keychain = keychain

    async def get(self, source: str) -> SeenSerial | None:
        """Return the highest serial of a source; None where none is known or it cannot be read as one."""
        async with _limit():
            secret = await self._keychain.get(_account(source))
        found = _SEEN.fullmatch(secret.reveal()) if secret is not None else None
        if found is None or int(found[1]) > MAX_SERIAL:
            return None
        return SeenSerial(int(found[1]), found[2])

    async def set(self, source: str, seen: SeenSerial) -> None:
        async with _limit():
            await self._keychain.set(_account(source), Secret(f"{seen.serial} {seen.digest}"))


@asynccontextmanager
async def _limit() -> AsyncIterator[None]:
    """End what takes longer than a check may wait; raises KeychainError (KEYCHAIN_TIMEOUT)."""
    try:
        async with asyncio.timeout(_LIMIT):
            yield
    except TimeoutError:
        raise KeychainError.because(Reason.KEYCHAIN_TIMEOUT) from None


def _account(source: str) -> str:
    """Return the account of a source: URLs may be longer than the names some keychains take."""
    return f"policy:{hashlib.sha256(source.encode()).hexdigest()}"
