"""Secrets: masked everywhere, kept in named backends only, every failure a reason, no call that hangs."""

import copy
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import keyring
import keyring.errors
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.null import Keyring as NullKeyring

import app.storage.keychain as module
from app.errors import KeychainError, Reason
from app.storage.keychain import Keychain, LayeredKeychain, MemoryKeychain, Secret, SystemKeychain
from tests.canary import canary

CANARY = canary("keychain")


class FakeBackend:
    """What `keyring` would reach: secrets in memory, and a failure where a test wants one."""

    priority = 5.0

    def __init__(self, failure: Callable[[], Exception] | None = None) -> None:
        self.stored: dict[tuple[str, str], str] = {}
        self.failure = failure

    def get_password(self, service: str, account: str) -> str | None:
        if self.failure:
            raise self.failure()
        return self.stored.get((service, account))

    def set_password(self, service: str, account: str, password: str) -> None:
        if self.failure:
            raise self.failure()
        self.stored[service, account] = password

    def delete_password(self, service: str, account: str) -> None:
        del self.stored[service, account]


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    backend = FakeBackend()
    monkeypatch.setattr(module, "_backend", lambda: cast("KeyringBackend", backend))
    return backend


@pytest.mark.parametrize("pattern", ["{}", "{!s}", "{!r}", "{:>20}", "{!a:<30}"])
def test_a_secret_shows_itself_nowhere(pattern: str) -> None:
    shown = pattern.format(Secret(CANARY))
    assert CANARY not in shown
    assert "*" in shown


@pytest.mark.parametrize("write", [pickle.dumps, copy.deepcopy, copy.copy])
def test_a_secret_is_not_written_or_copied(write: Callable[[Secret], object]) -> None:
    with pytest.raises(TypeError):
        write(Secret(CANARY))


def test_secrets_are_equal_by_their_text() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert hash(Secret("a")) == hash(Secret("b"))


async def keeps_one_secret_an_account(keychain: Keychain) -> None:
    assert await keychain.get("a") is None
    await keychain.set("a", Secret("1"))
    await keychain.set("a", Secret(CANARY))
    await keychain.set("b", Secret("2"))
    assert await keychain.get("a") == Secret(CANARY)
    await keychain.delete("a")
    await keychain.delete("a")
    assert await keychain.get("a") is None
    assert await keychain.get("b") == Secret("2")


async def test_the_keychain_in_memory_keeps_its_promise() -> None:
    await keeps_one_secret_an_account(MemoryKeychain())


async def test_the_layered_keychain_keeps_its_promise() -> None:
    await keeps_one_secret_an_account(LayeredKeychain(MemoryKeychain()))


async def test_the_systems_keychain_keeps_its_promise(backend: FakeBackend) -> None:
    await keeps_one_secret_an_account(SystemKeychain())
    assert backend.stored == {("Absender", "b"): "2"}


async def test_a_password_for_the_session_never_reaches_the_system() -> None:
    system = MemoryKeychain()
    layered = LayeredKeychain(system)
    await layered.set_for_session("a", Secret(CANARY))
    assert await layered.get("a") == Secret(CANARY)
    assert await system.get("a") is None
    await layered.set("a", Secret("kept"))
    assert await layered.get("a") == await system.get("a") == Secret("kept")


async def test_a_password_for_the_session_serves_where_there_is_no_keychain(backend: FakeBackend) -> None:
    backend.failure = keyring.errors.NoKeyringError
    layered = LayeredKeychain(SystemKeychain())
    with pytest.raises(KeychainError):
        await layered.set("a", Secret("1"))
    await layered.set_for_session("a", Secret("1"))
    assert await layered.get("a") == Secret("1")


def keyring_errors() -> list[type[Exception]]:
    found = vars(keyring.errors).values()
    return [each for each in found if isinstance(each, type) and issubclass(each, Exception)]


EXPECTED = {
    "KeyringError": Reason.KEYCHAIN_REFUSED,
    "PasswordSetError": Reason.KEYCHAIN_REFUSED,
    "PasswordDeleteError": Reason.KEYCHAIN_REFUSED,
    "InitError": Reason.KEYCHAIN_LOCKED,
    "KeyringLocked": Reason.KEYCHAIN_LOCKED,
    "NoKeyringError": Reason.KEYCHAIN_MISSING,
}


def test_every_error_of_keyring_has_a_reason() -> None:
    assert {error.__name__ for error in keyring_errors()} == EXPECTED.keys()


@pytest.mark.parametrize("error", keyring_errors())
async def test_errors_of_keyring_become_reasons_without_their_text(
    backend: FakeBackend, error: type[Exception]
) -> None:
    backend.failure = lambda: error(f"could not store {CANARY}")
    with pytest.raises(KeychainError) as caught:
        await SystemKeychain().set("a", Secret(CANARY))
    assert caught.value.problem.reason is EXPECTED[error.__name__]
    assert CANARY not in repr(caught.value.problem)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("LockedException", Reason.KEYCHAIN_LOCKED),
        ("PromptDismissedException", Reason.KEYCHAIN_LOCKED),
        ("SecretServiceNotAvailableException", Reason.KEYCHAIN_MISSING),
        ("ItemNotFoundException", Reason.KEYCHAIN_BROKEN),
        ("SecretStorageException", Reason.KEYCHAIN_REFUSED),
    ],
)
async def test_errors_below_keyring_become_reasons(backend: FakeBackend, name: str, reason: Reason) -> None:
    backend.failure = type(name, (Exception,), {})
    with pytest.raises(KeychainError) as caught:
        await SystemKeychain().get("a")
    assert caught.value.problem.reason is reason


@pytest.mark.case("L5")
@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (type("PromptDismissedException", (Exception,), {}), Reason.KEYCHAIN_LOCKED),
        (type("SecretServiceNotAvailableException", (Exception,), {}), Reason.KEYCHAIN_MISSING),
        (type("SecretStorageException", (Exception,), {}), Reason.KEYCHAIN_BROKEN),
        (None, Reason.KEYCHAIN_LOCKED),
    ],
)
async def test_why_a_keychain_could_not_be_opened_is_looked_up(
    backend: FakeBackend, cause: type[Exception] | None, reason: Reason
) -> None:
    def failure() -> Exception:
        error = keyring.errors.InitError("Failed to create the collection")
        error.__context__ = cause() if cause else None
        return error

    backend.failure = failure
    with pytest.raises(KeychainError) as caught:
        await SystemKeychain().get("a")
    assert caught.value.problem.reason is reason


@pytest.mark.case("L5")
@pytest.mark.parametrize("error", [ConnectionResetError, BrokenPipeError, EOFError])
async def test_a_bus_that_dies_in_the_middle_is_named(backend: FakeBackend, error: type[Exception]) -> None:
    backend.failure = error
    with pytest.raises(KeychainError) as caught:
        await SystemKeychain().get("a")
    assert caught.value.problem.reason is Reason.KEYCHAIN_BROKEN


@pytest.mark.case("L5")
async def test_a_secret_that_another_program_deleted_first_is_deleted(backend: FakeBackend) -> None:
    def delete(service: str, account: str) -> None:
        backend.stored.clear()
        raise keyring.errors.PasswordDeleteError("No such password!")

    backend.delete_password = delete  # type: ignore[method-assign] # another program
    await SystemKeychain().set("a", Secret("1"))
    await SystemKeychain().delete("a")
    assert await SystemKeychain().get("a") is None


@pytest.mark.case("L5")
async def test_a_secret_that_may_not_be_deleted_is_told(backend: FakeBackend) -> None:
    def delete(service: str, account: str) -> None:
        raise keyring.errors.PasswordDeleteError("denied")

    backend.delete_password = delete  # type: ignore[method-assign] # the system says no
    await SystemKeychain().set("a", Secret("1"))
    with pytest.raises(KeychainError) as caught:
        await SystemKeychain().delete("a")
    assert caught.value.problem.reason is Reason.KEYCHAIN_REFUSED


def test_the_errors_known_by_name_exist() -> None:
    if sys.platform == "linux":
        from secretstorage import exceptions

        assert module._FOREIGN.keys() <= vars(exceptions).keys()


@pytest.mark.case("L5")
async def test_a_keychain_that_hangs_is_given_up(backend: FakeBackend) -> None:
    answered = threading.Event()
    backend.get_password = lambda service, account: str(answered.wait(30))  # type: ignore[method-assign] # hangs
    with pytest.raises(KeychainError) as caught:
        await SystemKeychain(limit_seconds=0.05).get("a")
    assert caught.value.problem.reason is Reason.KEYCHAIN_TIMEOUT
    answered.set()


def fake_modules(monkeypatch: pytest.MonkeyPatch, **priorities: object) -> None:
    """Put backends in the place of the named ones; a priority that is an exception is raised."""

    class Priority:
        def __init__(self, value: object) -> None:
            self.value = value

        def __get__(self, *_: object) -> object:
            if isinstance(self.value, Exception):
                raise self.value
            return self.value

    for name, priority in priorities.items():
        kind = type(name, (FakeBackend,), {"priority": Priority(priority)})
        monkeypatch.setitem(sys.modules, f"fake_{name}", SimpleNamespace(Keyring=kind))
    monkeypatch.setattr(module, "_BACKENDS", {})
    monkeypatch.setattr(module, "_BACKENDS_ELSEWHERE", tuple(f"fake_{name}:Keyring" for name in priorities))


def test_the_best_of_the_named_backends_that_work_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_modules(monkeypatch, low=4.9, high=5.1, broken=RuntimeError("no D-Bus"))
    assert type(module._backend()).__name__ == "high"


@pytest.mark.case("L5")
def test_without_a_backend_the_keychain_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    from keyring.backends.fail import Keyring as FailKeyring

    fake_modules(monkeypatch, broken=RuntimeError("no D-Bus"))
    monkeypatch.setattr(keyring, "get_keyring", FailKeyring)
    with pytest.raises(KeychainError) as caught:
        module._backend()
    assert caught.value.problem.reason is Reason.KEYCHAIN_MISSING


@pytest.mark.case("L5")
def test_a_backend_that_is_not_named_is_insecure_and_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_modules(monkeypatch, broken=RuntimeError("no D-Bus"))
    monkeypatch.setattr(keyring, "get_keyring", NullKeyring)
    with pytest.raises(KeychainError) as caught:
        module._backend()
    assert caught.value.problem.reason is Reason.KEYCHAIN_INSECURE
    assert caught.value.problem.fact("backend") == "keyring.backends.null.Keyring"


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_the_named_backends_exist_and_none_keeps_plain_text(platform: str) -> None:
    from importlib import import_module

    for name in module._BACKENDS.get(platform, module._BACKENDS_ELSEWHERE):
        path, _, kind = name.partition(":")
        assert path.startswith("keyring.backends.")
        assert path.rpartition(".")[2] in {"SecretService", "kwallet", "macOS", "Windows"}
        if path != "keyring.backends.macOS":  # its C interface loads on a Mac only
            assert issubclass(getattr(import_module(path), kind), KeyringBackend)


def test_keyring_is_not_loaded_before_it_is_needed() -> None:
    script = "import sys, app.storage.keychain, app.sign_in.secrets; print('keyring' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "False\n"
    )
