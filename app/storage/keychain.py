"""Passwords in the system's keychain, and nowhere else."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn, Protocol, TypeVar

from app.errors import KeychainError, Problem, Reason
from app.limited import call_with_limit
from app.storage.secret_parts import Entries, delete_parts, get_parts, set_parts

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

__all__ = ["Keychain", "LayeredKeychain", "MemoryKeychain", "Secret", "SystemKeychain"]

T = TypeVar("T")

_SERVICE = "Absender"
# By name, because the `keyring` package otherwise takes whatever is installed, plain text files included.
_BACKENDS = {
    "darwin": ("keyring.backends.macOS:Keyring",),
    "win32": ("keyring.backends.Windows:WinVaultKeyring",),
}
_ENTRY_BYTES = {"win32": 2560}
"""How much one entry takes where that is less than any secret: CRED_MAX_CREDENTIAL_BLOB_SIZE, filled with UTF-16
(learn.microsoft.com/windows/win32/api/wincred/ns-wincred-credentiala)."""
_BACKENDS_ELSEWHERE = ("keyring.backends.SecretService:Keyring", "keyring.backends.kwallet:DBusKeyring")


class Secret:
    """A password or token that shows itself only where `reveal` is called."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret itself, for the keychain and the server only."""
        return self._text

    def __repr__(self) -> str:
        return "Secret('********')"

    def __str__(self) -> str:
        return "********"

    def __format__(self, spec: str) -> str:
        return format("********", spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(Secret)  # by type only: a hash of the text would be a trace of it

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


class Keychain(Protocol):
    """Where secrets are kept, by account name; every method raises KeychainError."""

    async def get(self, account: str) -> Secret | None:
        """Return the secret of an account, or None."""

    async def set(self, account: str, secret: Secret) -> None:
        """Keep a secret in place of the account's last one."""

    async def replace(self, account: str, secret: Secret) -> None:
        """Keep a secret where the account's last one is: for as long as that was kept."""

    async def delete(self, account: str) -> None:
        """Forget an account's secret; one that is not there does no harm."""


class MemoryKeychain:
    """A keychain that lasts as long as the program."""

    def __init__(self) -> None:
        self._secrets: dict[str, Secret] = {}

    async def get(self, account: str) -> Secret | None:
        return self._secrets.get(account)

    async def set(self, account: str, secret: Secret) -> None:
        self._secrets[account] = secret

    async def replace(self, account: str, secret: Secret) -> None:
        await self.set(account, secret)

    async def delete(self, account: str) -> None:
        self._secrets.pop(account, None)


class LayeredKeychain:
    """The system's keychain, with passwords on top that the person wants kept only until the program ends."""

    def __init__(self, system: Keychain) -> None:
        self._session = MemoryKeychain()
        self._system = system

    async def get(self, account: str) -> Secret | None:
        return await self._session.get(account) or await self._system.get(account)

    async def set(self, account: str, secret: Secret) -> None:
        await self._system.set(account, secret)
        await self._session.delete(account)

    async def set_for_session(self, account: str, secret: Secret) -> None:
        """Keep a secret until the program ends."""
        await self._session.set(account, secret)

    async def replace(self, account: str, secret: Secret) -> None:
        lies_on_top = await self._session.get(account) is not None
        await (self._session if lies_on_top else self._system).set(account, secret)

    async def delete(self, account: str) -> None:
        await self._session.delete(account)
        await self._system.delete(account)


class SystemKeychain:
    """Secret Service, KWallet, the macOS Keychain or the Windows Credential Manager.

    Calls may wait for the person to unlock the keychain; after `limit_seconds` they are given up with
    KEYCHAIN_TIMEOUT. Where entries are short, `entry_bytes` of UTF-16, a longer secret is kept in parts.
    """

    def __init__(
        self, limit_seconds: float = 30.0, *, entry_bytes: int | None = _ENTRY_BYTES.get(sys.platform)
    ) -> None:
        self._limit = limit_seconds
        self._entry_bytes = entry_bytes

    async def get(self, account: str) -> Secret | None:
        text = await self._call(
            lambda entries: entries.get(account) if self._entry_bytes is None else get_parts(entries, account)
        )
        return None if text is None else Secret(text)

    async def set(self, account: str, secret: Secret) -> None:
        limit = self._entry_bytes

        def keep(entries: Entries) -> None:
            if limit is None:
                entries.set(account, secret.reveal())
            else:
                set_parts(entries, account, secret.reveal(), limit)

        await self._call(keep)

    async def replace(self, account: str, secret: Secret) -> None:
        await self.set(account, secret)

    async def delete(self, account: str) -> None:
        await self._call(
            lambda entries: entries.delete(account) if self._entry_bytes is None else delete_parts(entries, account)
        )

    async def _call(self, work: Callable[[Entries], T]) -> T:
        def in_thread() -> T:
            try:
                return work(_BackendEntries(_backend()))
            except KeychainError:
                raise
            except Exception as error:  # noqa: BLE001 - backends let their libraries' errors through
                # Without its cause: a backend's error may hold what it was asked to store.
                problem = _problem(error)
                _close_connections(error)
            raise KeychainError(problem)

        try:
            return await call_with_limit(in_thread, self._limit)
        except TimeoutError:
            raise KeychainError.because(Reason.KEYCHAIN_TIMEOUT) from None


def _close_connections(error: BaseException) -> None:
    """Close what Secret Service leaves open where a keychain stays locked (keyring 25): two descriptors a call."""
    trail = error.__traceback__
    while trail is not None:
        close = getattr(trail.tb_frame.f_locals.get("bus"), "close", None)
        if callable(close):
            with contextlib.suppress(Exception):  # a broken connection is closed already
                close()
        trail = trail.tb_next


class _BackendEntries:
    """The program's entries in a backend of `keyring`."""

    def __init__(self, backend: KeyringBackend) -> None:
        self._backend = backend

    def get(self, account: str) -> str | None:
        return self._backend.get_password(_SERVICE, account)

    def set(self, account: str, text: str) -> None:
        self._backend.set_password(_SERVICE, account, text)

    def delete(self, account: str) -> None:
        from keyring.errors import PasswordDeleteError

        if self.get(account) is None:
            return
        try:
            self._backend.delete_password(_SERVICE, account)
        except PasswordDeleteError:
            if self.get(account) is not None:  # else another program was faster
                raise


def _backend() -> KeyringBackend:
    """Return the best of the named backends that works here; raises KeychainError."""
    usable: list[tuple[float, type[KeyringBackend]]] = []
    for name in _BACKENDS.get(sys.platform, _BACKENDS_ELSEWHERE):
        module, _, kind = name.partition(":")
        backend: type[KeyringBackend] = getattr(import_module(module), kind)
        try:
            usable.append((float(backend.priority), backend))
        except Exception:  # noqa: BLE001, S112 - `priority` raises whatever kept it from working
            continue
    if not usable:
        raise KeychainError(_why_none())
    return max(usable, key=lambda each: each[0])[1]()


def _why_none() -> Problem:
    """Say whether something insecure stands where the keychain should."""
    import keyring
    from keyring.backends.fail import Keyring as Nothing

    found = keyring.get_keyring()
    if isinstance(found, Nothing):
        return Problem.of(Reason.KEYCHAIN_MISSING)
    return Problem.of(Reason.KEYCHAIN_INSECURE, backend=f"{type(found).__module__}.{type(found).__qualname__}")


def _problem(error: Exception) -> Problem:
    """Return what a backend's error means. Its text is left out: it is not ours to know what it holds."""
    from keyring import errors

    match error:
        case errors.KeyringLocked():
            return Problem.of(Reason.KEYCHAIN_LOCKED)
        case errors.InitError(__context__=Exception() as cause):
            # What went wrong when the keychain was opened: mostly that its prompt was dismissed.
            return Problem.of(_FOREIGN.get(type(cause).__name__, Reason.KEYCHAIN_BROKEN))
        case errors.InitError():
            return Problem.of(Reason.KEYCHAIN_LOCKED)
        case errors.NoKeyringError():
            return Problem.of(Reason.KEYCHAIN_MISSING)
        case OSError() | EOFError():  # the session bus, or the way to it, is gone
            return Problem.of(Reason.KEYCHAIN_BROKEN)
        case _:
            return Problem.of(_FOREIGN.get(type(error).__name__, Reason.KEYCHAIN_REFUSED), detail=type(error).__name__)


# Errors of the library below the Secret Service backend, by name: it is installed on Linux only.
_FOREIGN = {
    "LockedException": Reason.KEYCHAIN_LOCKED,
    "PromptDismissedException": Reason.KEYCHAIN_LOCKED,
    "SecretServiceNotAvailableException": Reason.KEYCHAIN_MISSING,
    "ItemNotFoundException": Reason.KEYCHAIN_BROKEN,  # taken away between being found and being read
}
