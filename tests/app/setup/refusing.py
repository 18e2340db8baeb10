"""A keychain that refuses and a profile that cannot be saved: what makes half-saved things show."""

from __future__ import annotations

from collections.abc import Callable

from app.errors import KeychainError, Reason, StorageError
from app.profile import Profile
from app.storage.keychain import Secret
from app.storage.profiles import Profiles

__all__ = ["FullProfiles", "RefusingKeychain"]


class RefusingKeychain:
    """Refuses every call, for one reason."""

    def __init__(self, reason: Reason = Reason.KEYCHAIN_REFUSED) -> None:
        self._reason = reason

    async def get(self, account: str) -> Secret | None:
        raise KeychainError.because(self._reason, detail="no", backend="some.Keyring")

    async def set(self, account: str, secret: Secret) -> None:
        raise KeychainError.because(self._reason, detail="no", backend="some.Keyring")

    async def replace(self, account: str, secret: Secret) -> None:
        raise KeychainError.because(self._reason, detail="no", backend="some.Keyring")

    async def delete(self, account: str) -> None:
        raise KeychainError.because(self._reason, detail="no", backend="some.Keyring")


class FullProfiles(Profiles):
    """The profiles of a database whose disk has no room left."""

    async def save(self, profile: Profile) -> None:
        raise StorageError.because(Reason.STORAGE_FULL, folder="data")

    async def change(self, step: Callable[[Profile], Profile]) -> Profile:
        raise StorageError.because(Reason.STORAGE_FULL, folder="data")
