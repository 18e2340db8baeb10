"""Adding, changing, confirming and removing an address: all of it or nothing, in profile and keychain alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.address import Address
from app.demo.world import PARTNER, DemoWorld
from app.errors import ExpectedError, KeychainError, ProfileError, Reason, StorageError
from app.profile import CommandSignIn, SmtpServer, Verification
from app.setup.adding import add_address, change_address, remove_address
from app.storage.keychain import MemoryKeychain, Secret
from app.storage.profiles import Profiles
from tests.app.people import PARTNER_ADDRESS, letter_from, opened, partner_entry
from tests.app.setup.refusing import FullProfiles, RefusingKeychain
from tests.canary import canary

TYPED = Secret(canary("typed"))


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    with DemoWorld() as world:
        yield world


@pytest.fixture
def vault() -> MemoryKeychain:
    return MemoryKeychain()


@pytest.fixture
def account(world: DemoWorld) -> str:
    return world.partner.access().keychain_account


def refused_by(reason: Reason, kind: type[ExpectedError] = ExpectedError) -> pytest.RaisesExc[ExpectedError]:
    return pytest.raises(kind, check=lambda error: error.problem.reason is reason)


# Adding


async def test_adding_keeps_the_entry_and_its_password(
    world: DemoWorld, tmp_path: Path, vault: MemoryKeychain, account: str
) -> None:
    async with opened(world, tmp_path, keychain=vault) as services:
        entry = replace(partner_entry(world, verified=False), is_primary=True, is_default=True)
        changed = await add_address(entry, TYPED, profiles=services.profiles, keychain=services.keychain)
        assert changed == await services.profiles.load()
        kept = changed.get("partner")
    assert await vault.get(account) == TYPED
    assert (kept.is_primary, kept.is_default, kept.verification) == (False, False, Verification.PENDING)


async def test_an_address_without_gateway_leaves_the_keychain_alone(world: DemoWorld, tmp_path: Path) -> None:
    async with opened(world, tmp_path) as services:
        entry = partner_entry(world, gateway=False)
        changed = await add_address(entry, TYPED, profiles=services.profiles, keychain=RefusingKeychain())
        assert changed.find(PARTNER_ADDRESS) is not None


@pytest.mark.parametrize("reason", [Reason.KEYCHAIN_LOCKED, Reason.KEYCHAIN_MISSING, Reason.KEYCHAIN_REFUSED])
async def test_a_keychain_that_refuses_leaves_no_address(world: DemoWorld, tmp_path: Path, reason: Reason) -> None:
    async with opened(world, tmp_path) as services:
        before = await services.profiles.load()
        with refused_by(reason, KeychainError):
            await add_address(
                partner_entry(world), TYPED, profiles=services.profiles, keychain=RefusingKeychain(reason)
            )
        assert await services.profiles.load() == before


@pytest.mark.parametrize("known", [None, Secret("an older one")])
async def test_a_disk_that_is_full_leaves_the_keychain_as_it_was(
    world: DemoWorld, tmp_path: Path, vault: MemoryKeychain, account: str, known: Secret | None
) -> None:
    async with opened(world, tmp_path, keychain=vault) as services:
        if known is None:
            await vault.delete(account)
        else:
            await vault.set(account, known)
        with refused_by(Reason.STORAGE_FULL, StorageError):
            await add_address(
                partner_entry(world), TYPED, profiles=FullProfiles(services.database), keychain=services.keychain
            )
        assert await vault.get(account) == known
        assert await services.profiles.load() == services.the_profile


async def test_an_address_is_there_once_in_every_spelling(
    world: DemoWorld, tmp_path: Path, vault: MemoryKeychain, account: str
) -> None:
    async with opened(world, tmp_path, partner_entry(world), keychain=vault) as services:
        before = await vault.get(account)
        again = replace(partner_entry(world), id="again", address=Address.parse(PARTNER.upper()))
        with refused_by(Reason.PROFILE_DUPLICATE, ProfileError):
            await add_address(again, TYPED, profiles=services.profiles, keychain=services.keychain)
        assert await vault.get(account) == before


async def test_before_set_up_nothing_can_be_added(world: DemoWorld, tmp_path: Path) -> None:
    async with opened(world, tmp_path) as services:
        await services.database.write(lambda connection: connection.execute("DELETE FROM profile"))
        with refused_by(Reason.PROFILE_MISSING, ProfileError):
            await add_address(partner_entry(world), None, profiles=services.profiles, keychain=services.keychain)


# Changing


def other(server: SmtpServer) -> SmtpServer:
    return replace(server, username="other")


async def test_a_changed_login_takes_its_password_along_and_the_old_one_goes(
    world: DemoWorld, tmp_path: Path, vault: MemoryKeychain, account: str
) -> None:
    async with opened(world, tmp_path, partner_entry(world), keychain=vault) as services:
        server = other(world.partner.access())
        changed = replace(partner_entry(world), smtp_msa=server, display_name="Anders")
        profile = await change_address(changed, TYPED, profiles=services.profiles, keychain=services.keychain)
        assert profile.get("partner").display_name == "Anders"
        assert profile == await services.profiles.load()
    assert await vault.get(server.keychain_account) == TYPED
    assert await vault.get(account) is None


async def test_a_changed_name_keeps_the_password(
    world: DemoWorld, tmp_path: Path, vault: MemoryKeychain, account: str
) -> None:
    async with opened(world, tmp_path, partner_entry(world), keychain=vault) as services:
        changed = replace(partner_entry(world), display_name="Anders")
        await change_address(changed, None, profiles=services.profiles, keychain=services.keychain)
    assert await vault.get(account) == Secret(world.partner.password)


async def test_a_password_that_a_command_gives_now_is_forgotten(
    world: DemoWorld, tmp_path: Path, vault: MemoryKeychain, account: str
) -> None:
    async with opened(world, tmp_path, partner_entry(world), keychain=vault) as services:
        server = replace(world.partner.access(), sign_in=CommandSignIn(("pass", "partner")))
        changed = replace(partner_entry(world), smtp_msa=server)
        await change_address(changed, None, profiles=services.profiles, keychain=services.keychain)
    assert await vault.get(account) is None


async def test_a_change_that_cannot_be_saved_leaves_every_password_as_it_was(
    world: DemoWorld, tmp_path: Path, vault: MemoryKeychain, account: str
) -> None:
    async with opened(world, tmp_path, partner_entry(world), keychain=vault) as services:
        server = other(world.partner.access())
        with refused_by(Reason.STORAGE_FULL):
            await change_address(
                replace(partner_entry(world), smtp_msa=server),
                TYPED,
                profiles=FullProfiles(services.database),
                keychain=services.keychain,
            )
    assert await vault.get(account) == Secret(world.partner.password)
    assert await vault.get(server.keychain_account) is None


# Removing


async def test_a_deleted_address_takes_its_password_along(
    world: DemoWorld, tmp_path: Path, vault: MemoryKeychain, account: str
) -> None:
    async with opened(world, tmp_path, partner_entry(world), keychain=vault) as services:
        profile = await remove_address("partner", profiles=services.profiles, keychain=services.keychain)
        assert profile.find(PARTNER_ADDRESS) is None
        assert profile == await services.profiles.load()
    assert await vault.get(account) is None


async def test_a_password_that_another_address_uses_stays(
    world: DemoWorld, tmp_path: Path, vault: MemoryKeychain, account: str
) -> None:
    second = replace(partner_entry(world), id="second", address=Address.parse("zwei@partnerdomain.example"))
    async with opened(world, tmp_path, partner_entry(world), second, keychain=vault) as services:
        await remove_address("partner", profiles=services.profiles, keychain=services.keychain)
        assert await vault.get(account) is not None
        await remove_address("second", profiles=services.profiles, keychain=services.keychain)
    assert await vault.get(account) is None


async def test_the_organisations_password_stays_when_an_address_used_the_same_login(
    world: DemoWorld, tmp_path: Path, vault: MemoryKeychain
) -> None:
    server = world.organisation.access()
    async with opened(world, tmp_path, replace(partner_entry(world), smtp_msa=server), keychain=vault) as services:
        await remove_address("partner", profiles=services.profiles, keychain=services.keychain)
    assert await vault.get(server.keychain_account) == Secret(world.organisation.password)


async def test_the_primary_address_cannot_be_deleted(world: DemoWorld, tmp_path: Path) -> None:
    async with opened(world, tmp_path) as services:
        with refused_by(Reason.PROFILE_PRIMARY_FIXED, ProfileError):
            await remove_address(
                services.the_profile.primary.id, profiles=services.profiles, keychain=services.keychain
            )
        assert await services.profiles.load() == services.the_profile


@pytest.mark.parametrize("reason", [Reason.KEYCHAIN_LOCKED, Reason.KEYCHAIN_REFUSED, Reason.KEYCHAIN_TIMEOUT])
async def test_an_address_whose_password_cannot_be_forgotten_now_stays(
    world: DemoWorld, tmp_path: Path, reason: Reason
) -> None:
    async with opened(world, tmp_path, partner_entry(world)) as services:
        with refused_by(reason, KeychainError):
            await remove_address("partner", profiles=services.profiles, keychain=RefusingKeychain(reason))
        assert await services.profiles.load() == services.the_profile


@pytest.mark.parametrize("reason", [Reason.KEYCHAIN_MISSING, Reason.KEYCHAIN_INSECURE])
async def test_without_a_keychain_there_is_no_password_to_forget(
    world: DemoWorld, tmp_path: Path, reason: Reason
) -> None:
    async with opened(world, tmp_path, partner_entry(world)) as services:
        profile = await remove_address("partner", profiles=services.profiles, keychain=RefusingKeychain(reason))
        assert profile.find(PARTNER_ADDRESS) is None


async def test_an_address_that_mail_is_still_to_go_from_is_not_deleted(world: DemoWorld, tmp_path: Path) -> None:
    from app.delivery.posting import post

    async with opened(world, tmp_path, partner_entry(world, gateway=False)) as services:
        message = await post(
            letter_from(PARTNER_ADDRESS),
            profile=services.the_profile,
            policy=services.policy,
            outbox=services.outbox,
            now=services.now(),
        )
        with refused_by(Reason.PROFILE_IN_USE, ProfileError) as refused:
            await remove_address(
                "partner", profiles=services.profiles, keychain=services.keychain, outbox=services.outbox
            )
        assert refused.value.problem.fact("count") == "1"
        await services.outbox.cancel(message.id, services.now())
        profile = await remove_address(
            "partner", profiles=services.profiles, keychain=services.keychain, outbox=services.outbox
        )
        assert profile.find(PARTNER_ADDRESS) is None


# Another process over the same folder


class BusyKeychain(MemoryKeychain):
    """Takes so long over a password that another process changes the profile meanwhile."""

    def __init__(self, profiles: Profiles) -> None:
        super().__init__()
        self._profiles = profiles

    async def set(self, account: str, secret: Secret) -> None:
        await super().set(account, secret)
        await self._profiles.change(lambda profile: replace(profile, undo_seconds=29))


async def test_what_another_process_changed_meanwhile_is_kept(world: DemoWorld, tmp_path: Path) -> None:
    async with opened(world, tmp_path) as services:
        keychain = BusyKeychain(services.profiles)
        added = await add_address(partner_entry(world), TYPED, profiles=services.profiles, keychain=keychain)
        assert (added.undo_seconds, added.find(PARTNER_ADDRESS) is not None) == (29, True)
        assert await services.profiles.load() == added


async def test_an_edit_begun_before_the_confirmation_does_not_undo_it(world: DemoWorld, tmp_path: Path) -> None:
    async with opened(world, tmp_path, partner_entry(world)) as services:
        shown = replace(partner_entry(world, verified=False), display_name="Neu")
        changed = await change_address(shown, None, profiles=services.profiles, keychain=services.keychain)
        assert changed.get("partner").display_name == "Neu"
        assert changed.get("partner").is_verified
