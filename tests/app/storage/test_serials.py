"""The highest policy serials in the keychain, read back and never waited for long."""

import asyncio

import pytest

from app.errors import KeychainError, Reason
from app.policy.document import MAX_SERIAL
from app.policy.serials import SeenSerial
from app.storage import serials as module
from app.storage.keychain import MemoryKeychain, Secret
from app.storage.serials import KeychainSerials

SOURCE = "https://policy.beispiel.example/" + "x" * 2000
SEEN = SeenSerial(7, "ab" * 32)


class OneAccount(MemoryKeychain):
    """A keychain that notes the account it was last asked for."""

    account = ""

    async def set(self, account: str, secret: Secret) -> None:
        self.account = account
        await super().set(account, secret)


async def test_a_serial_is_read_back_and_each_source_has_its_own() -> None:
    keychain = OneAccount()
    serials = KeychainSerials(keychain)
    assert await serials.get(SOURCE) is None
    await serials.set(SOURCE, SEEN)
    await serials.set("other", SeenSerial(MAX_SERIAL, "0" * 64))
    assert await KeychainSerials(keychain).get(SOURCE) == SEEN
    assert await serials.get("other") == SeenSerial(MAX_SERIAL, "0" * 64)
    assert len(keychain.account) < 100


@pytest.mark.parametrize(
    "text", ["", "7", "7 ab", f"-1 {'0' * 64}", f"{MAX_SERIAL + 1} {'0' * 64}", f"٧ {'0' * 64}", f"7 {'G' * 64}"]
)
async def test_what_is_no_serial_counts_as_none(text: str) -> None:
    keychain = OneAccount()
    serials = KeychainSerials(keychain)
    await serials.set(SOURCE, SEEN)
    await keychain.set(keychain.account, Secret(text))
    assert await serials.get(SOURCE) is None


async def test_a_keychain_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging(MemoryKeychain):
        async def get(self, account: str) -> Secret | None:
            await asyncio.Event().wait()
            raise AssertionError

    monkeypatch.setattr(module, "_LIMIT", 0.01)
    with pytest.raises(KeychainError) as caught:
        await KeychainSerials(Hanging()).get(SOURCE)
    assert caught.value.problem.reason is Reason.KEYCHAIN_TIMEOUT
