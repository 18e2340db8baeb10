"""The megabyte kept back: taken when there is room, given up for a draft, and never a reason to fail."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.errors import Reason, StorageError
from app.services import open_services
from app.storage.database import Database
from app.storage.drafts import Drafts
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from app.storage.reserve import RESERVE_SIZE, Reserve
from tests.app.storage.test_drafts import DRAFT, NOW
from tests.servers.disk import filled, small_disk


@pytest.fixture
def reserve(tmp_path: Path) -> Reserve:
    return Reserve(tmp_path / "reserve")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk") as disk:
        yield disk


def test_the_room_is_really_taken_and_private(reserve: Reserve, tmp_path: Path) -> None:
    reserve.keep()
    found = (tmp_path / "reserve").stat()
    assert (found.st_size, found.st_mode & 0o777) == (RESERVE_SIZE, 0o600)
    assert found.st_blocks * 512 >= RESERVE_SIZE
    assert not reserve.is_given_up


def test_what_is_kept_is_left_as_it_is(reserve: Reserve, tmp_path: Path) -> None:
    reserve.keep()
    before = (tmp_path / "reserve").read_bytes()
    Reserve(tmp_path / "reserve").keep()
    assert (tmp_path / "reserve").read_bytes() == before


def test_it_is_given_up_once_and_kept_again(reserve: Reserve, tmp_path: Path) -> None:
    reserve.keep()
    assert reserve.give_up()
    assert not reserve.give_up()
    was_given_up = reserve.is_given_up
    reserve.keep()
    assert (was_given_up, reserve.is_given_up) == (True, False)
    assert reserve.give_up()


def test_a_link_in_its_place_is_not_followed(reserve: Reserve, tmp_path: Path) -> None:
    (tmp_path / "reserve").symlink_to(tmp_path / "other")
    reserve.keep()
    assert not (tmp_path / "other").exists()


def test_a_disk_that_is_nearly_full_is_not_filled(
    reserve: Reserve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=RESERVE_SIZE))
    reserve.keep()
    assert not (tmp_path / "reserve").exists()
    assert reserve.is_given_up


def test_a_file_that_could_not_be_filled_is_none(
    reserve: Reserve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: int) -> bytes:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "urandom", fails)
    reserve.keep()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.system("mount")
@pytest.mark.case("L2")
async def test_a_draft_is_saved_on_a_full_disk_from_what_was_kept_back(disk: Path) -> None:
    folder = DataFolder(disk / "home")
    async with open_services(folder, keychain=MemoryKeychain()) as services:
        assert folder.reserve.stat().st_size == RESERVE_SIZE
        with filled(disk):
            await services.drafts.save(DRAFT, NOW)
            assert not folder.reserve.exists()
            assert await services.drafts.load(DRAFT.id) == DRAFT
        await services.drafts.save(DRAFT, NOW)
        assert folder.reserve.stat().st_size == RESERVE_SIZE


@pytest.mark.system("mount")
@pytest.mark.case("L2")
async def test_the_folder_can_be_opened_on_a_full_disk_and_what_is_left_stays_for_drafts(disk: Path) -> None:
    folder = DataFolder(disk / "home")
    async with open_services(folder, keychain=MemoryKeychain()) as services:
        await services.drafts.save(DRAFT, NOW)
    with filled(disk):
        async with open_services(folder, keychain=MemoryKeychain()) as services:
            assert await services.drafts.load(DRAFT.id) == DRAFT
            assert 0 < folder.reserve.stat().st_size < RESERVE_SIZE
            await services.drafts.save(DRAFT, NOW)


@pytest.mark.system("mount")
async def test_without_anything_kept_back_a_full_disk_is_told(disk: Path) -> None:
    folder = DataFolder(disk / "home")
    folder.prepare()
    database = await Database.open(folder.database)
    try:
        with filled(disk), pytest.raises(StorageError) as caught:
            await asyncio.wait_for(Drafts(database).save(DRAFT, NOW), 10)
        assert caught.value.problem.reason is Reason.STORAGE_FULL
        await Drafts(database).save(DRAFT, NOW)
    finally:
        await database.close()
