"""What is taken in comes out, in order and whole; little of it is in memory, and nothing is left on the disk."""

from __future__ import annotations

import errno
import gc
import io
import os
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import Reason, StorageError
from app.storage.spool import Spool
from tests.servers.disk import filled, small_disk


@pytest.mark.parametrize("sizes", [[], [5], [1024 * 1024], [1024 * 1024, 1], [300_000] * 9, [3_000_000]])
def test_what_goes_in_comes_out_and_leaves_no_file(tmp_path: Path, sizes: list[int]) -> None:
    chunks = [os.urandom(size) for size in sizes]
    spool = Spool(tmp_path)
    spool.fill(chunks)
    assert b"".join(spool) == b"".join(chunks)
    assert list(tmp_path.iterdir()) == []
    spool.close()


def test_a_large_message_takes_little_memory(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    tracemalloc.start()
    try:
        spool.fill(bytes(100_000) for _ in range(300))
        size = sum(map(len, spool))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        spool.close()
    assert (size, peak < 4_000_000) == (30_000_000, True)


def test_a_disk_without_room_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    spool = Spool(tmp_path)
    with pytest.raises(StorageError) as caught:
        spool.fill([bytes(2_000_000)])
    assert caught.value.problem.reason is Reason.STORAGE_FULL


@pytest.mark.system("mount")
@pytest.mark.case("L2")
@pytest.mark.parametrize("size", [100_000, 300_000])
def test_a_disk_that_fills_up_is_named_and_the_end_is_quiet(tmp_path: Path, size: int) -> None:
    with small_disk(tmp_path / "disk") as disk:
        with filled(disk):
            spool = Spool(disk)
            with pytest.raises(StorageError) as caught:
                spool.fill(bytes(size) for _ in range(30))
            spool.close()
        assert list(disk.iterdir()) == []
    assert caught.value.problem.reason is Reason.STORAGE_FULL


def test_a_disk_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    spool = Spool(tmp_path)
    spool.fill([bytes(2_000_000)])
    spool.close()
    spool._file = Broken()
    with pytest.raises(StorageError) as caught:
        list(spool)
    assert caught.value.problem.reason is Reason.STORAGE_FAILED


def test_a_folder_that_is_gone_is_an_error_of_storage(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "gone")
    with pytest.raises(StorageError):
        spool.fill([bytes(2_000_000)])


def test_one_that_nobody_takes_goes_quietly(tmp_path: Path) -> None:
    Spool(tmp_path).fill([bytes(2_000_000)])  # a file left open would warn
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_after_its_close_nothing_more_is_taken_in(tmp_path: Path) -> None:
    taken, closed = threading.Event(), threading.Event()
    read = []

    def slow() -> Iterator[bytes]:
        for number in range(3):
            read.append(number)
            yield bytes(2_000_000)
            taken.set()
            closed.wait(10)

    spool = Spool(tmp_path)
    thread = threading.Thread(target=spool.fill, args=(slow(),))
    thread.start()
    taken.wait(10)
    spool.close()
    closed.set()
    thread.join(10)
    assert read == [0, 1]
