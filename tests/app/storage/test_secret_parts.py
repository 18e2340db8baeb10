"""Long secrets in short entries: whole again, never wrong, whatever is killed in between, and nothing left behind."""

from collections.abc import Callable
from contextlib import suppress
from typing import cast

import keyring.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend

import app.storage.keychain as module
from app.errors import KeychainError, Reason
from app.storage.keychain import Secret, SystemKeychain
from app.storage.secret_parts import delete_parts, get_parts, set_parts
from tests.canary import canary

LIMIT = 2560
SHORT, LONG, LONGER = "kurz", "a" * 1281, "b" * 5000
SECRETS = (SHORT, LONG, LONGER, "ä€😀" * 900, "absender-parts:a:0123456789abcdef:1:x", "absender-parts:", "")


class CrashError(BaseException):
    """The program ends here."""


class ShortEntries:
    """Entries as the Windows Credential Manager has them, with a crash where a test wants one."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.writes_left = 10**6

    def get(self, account: str) -> str | None:
        return self.kept.get(account)

    def set(self, account: str, text: str) -> None:
        self._write()
        assert len(text.encode("utf-16-le", "surrogatepass")) <= LIMIT
        self.kept[account] = text

    def delete(self, account: str) -> None:
        self._write()
        self.kept.pop(account, None)

    def _write(self) -> None:
        if self.writes_left == 0:
            raise CrashError
        self.writes_left -= 1


def crash(entries: ShortEntries, after: int, work: Callable[[], None]) -> None:
    """Do some work and end the program after so many writes."""
    entries.writes_left = after
    with suppress(CrashError):
        work()
    entries.writes_left = 10**6


@pytest.mark.parametrize("secret", SECRETS, ids=range(len(SECRETS)))
def test_a_secret_comes_back_as_it_was(secret: str) -> None:
    entries = ShortEntries()
    set_parts(entries, "a", secret, LIMIT)
    assert get_parts(entries, "a") == secret


@given(st.lists(st.text(max_size=200), min_size=1, max_size=5), st.integers(min_value=90, max_value=200))
def test_any_secrets_one_after_the_other_come_back(secrets: list[str], limit: int) -> None:
    entries = ShortEntries()
    for secret in secrets:
        set_parts(entries, "a", secret, limit)
        assert get_parts(entries, "a") == secret
        assert all(len(text.encode("utf-16-le")) <= limit for text in entries.kept.values())
    delete_parts(entries, "a")
    assert entries.kept == {}


def test_a_short_secret_is_kept_as_it_always_was() -> None:
    entries = ShortEntries()
    set_parts(entries, "a", SHORT, LIMIT)
    assert entries.kept == {"a": SHORT}
    set_parts(entries, "a", LONG, LIMIT)
    set_parts(entries, "a", SHORT, LIMIT)
    assert entries.kept == {"a": SHORT}


@pytest.mark.parametrize("new", [SHORT, LONG, LONGER])
@pytest.mark.parametrize("old", [None, SHORT, LONG, LONGER])
def test_a_crash_leaves_the_old_secret_or_the_new_one_and_what_is_left_goes(old: str | None, new: str) -> None:
    seen = set()
    for after in range(20):
        entries = ShortEntries()
        if old is not None:
            set_parts(entries, "a", old, LIMIT)
        crash(entries, after, lambda: set_parts(entries, "a", new, LIMIT))  # noqa: B023 - called at once
        seen.add(get_parts(entries, "a"))
        set_parts(entries, "a", "x" * 3000, LIMIT)
        assert get_parts(entries, "a") == "x" * 3000
        delete_parts(entries, "a")
        assert entries.kept == {}
    assert seen == {old, new}


def test_a_crash_while_it_is_deleted_leaves_a_whole_secret_or_none() -> None:
    for after in range(8):
        entries = ShortEntries()
        set_parts(entries, "a", LONGER, LIMIT)
        crash(entries, after, lambda: delete_parts(entries, "a"))  # noqa: B023 - called at once
        assert get_parts(entries, "a") in {LONGER, None}
        delete_parts(entries, "a")
        assert entries.kept == {}


def test_parts_of_two_secrets_are_never_put_together() -> None:
    entries, other = ShortEntries(), ShortEntries()
    set_parts(entries, "a", "a" * 5000, LIMIT)
    set_parts(other, "a", "b" * 5000, LIMIT)
    for account in [each for each in entries.kept if each != "a"]:
        mixed = ShortEntries()
        mixed.kept = {**entries.kept, account: other.kept[account]}
        assert get_parts(mixed, "a") is None


def test_a_secret_that_another_program_replaces_meanwhile_is_read_anew() -> None:
    class Replaced(ShortEntries):
        def get(self, account: str) -> str | None:
            found = super().get(account)
            if account == "a" and self.writes_left == 10**6 - 1:
                self.writes_left -= 1
                set_parts(self, "a", LONG, LIMIT)
            return found

    entries = Replaced()
    set_parts(entries, "a", LONGER, LIMIT)
    entries.writes_left = 10**6 - 1
    assert get_parts(entries, "a") == LONG


def test_accounts_do_not_know_of_each_other() -> None:
    entries = ShortEntries()
    set_parts(entries, "a", LONG, LIMIT)
    set_parts(entries, "b", LONGER, LIMIT)
    delete_parts(entries, "a")
    assert get_parts(entries, "b") == LONGER


class CredentialManager:
    """`keyring`'s backend on Windows: entries of 2560 bytes."""

    priority = 5.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, account: str) -> str | None:
        return self.kept.get((service, account))

    def set_password(self, service: str, account: str, password: str) -> None:
        if len(password.encode("utf-16-le")) > LIMIT:
            raise OSError(1783, "CredWrite", "The stub received bad data")
        self.kept[service, account] = password

    def delete_password(self, service: str, account: str) -> None:
        if self.kept.pop((service, account), None) is None:
            raise keyring.errors.PasswordDeleteError(service)


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> CredentialManager:
    manager = CredentialManager()
    monkeypatch.setattr(module, "_backend", lambda: cast("KeyringBackend", manager))
    return manager


async def test_the_keychain_of_windows_takes_a_long_sign_in(manager: CredentialManager) -> None:
    keychain = SystemKeychain(entry_bytes=module._ENTRY_BYTES["win32"])
    secret = Secret(canary("parts") * 200)
    await keychain.set("OAuth a", secret)
    assert await keychain.get("OAuth a") == secret
    await keychain.replace("OAuth a", Secret("kurz"))
    assert manager.kept == {("Absender", "OAuth a"): "kurz"}
    await keychain.delete("OAuth a")
    await keychain.delete("OAuth a")
    assert manager.kept == {}


async def test_other_keychains_keep_what_they_are_given_as_it_is(manager: CredentialManager) -> None:
    keychain = SystemKeychain(entry_bytes=None)
    for text in ("absender-parts:a:0123456789abcdef:1:x", "x" * 1280):
        await keychain.set("a", Secret(text))
        assert manager.kept == {("Absender", "a"): text}
        assert await keychain.get("a") == Secret(text)
    with pytest.raises(KeychainError) as caught:
        await keychain.set("a", Secret("x" * 1281))
    assert caught.value.problem.reason is Reason.KEYCHAIN_BROKEN
