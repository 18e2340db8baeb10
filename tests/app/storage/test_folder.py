"""The data folder belongs to its user alone, or is refused."""

import errno
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import Reason, StorageError
from app.storage.folder import DataFolder, check_private_file, create_private_file, default_home


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.case("L4")
def test_a_new_folder_is_closed_to_others(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "some" / "where")
    folder.prepare()
    assert mode(folder.home) == 0o700


@pytest.mark.case("L4")
def test_an_open_folder_and_open_files_are_closed(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "home")
    folder.home.mkdir(mode=0o777)
    folder.home.chmod(0o777)
    for file in (folder.database, folder.log, folder.lock, folder.delivery_lock):
        file.write_text("x")
        file.chmod(0o664)
    folder.prepare()
    assert mode(folder.home) == 0o700
    assert {mode(file) for file in folder.home.iterdir()} == {0o600}


@pytest.mark.case("L4")
def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "home").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError) as caught:
        DataFolder(tmp_path / "home").prepare()
    assert caught.value.problem.reason is Reason.STORAGE_UNSAFE


@pytest.mark.case("L4")
def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(StorageError) as caught:
        DataFolder(tmp_path / "home").prepare()
    assert caught.value.problem.reason is Reason.STORAGE_UNSAFE


@pytest.mark.case("L4")
@pytest.mark.parametrize(
    "name",
    ["absender.db", "absender.db-wal", "absender.log", "instance.lock", "delivery.lock", "instance.json", "reserve"],
)
@pytest.mark.parametrize("kind", ["symlink", "hard link", "fifo", "folder"])
def test_a_file_that_is_not_a_plain_file_of_ours_is_refused(tmp_path: Path, name: str, kind: str) -> None:
    folder = DataFolder(tmp_path / "home")
    folder.prepare()
    file, other = folder.home / name, tmp_path / "other"
    other.write_text("somebody else's")
    match kind:
        case "symlink":
            file.symlink_to(other)
        case "hard link":
            file.hardlink_to(other)
        case "fifo":
            os.mkfifo(file)
        case _:
            file.mkdir()
    with pytest.raises(StorageError) as caught:
        folder.prepare()
    assert caught.value.problem.reason is Reason.STORAGE_UNSAFE
    assert caught.value.problem.fact("file") == str(file)
    assert other.read_text() == "somebody else's"


@pytest.mark.case("L4")
def test_a_folder_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(StorageError) as caught:
        DataFolder(tmp_path / "home").prepare()
    assert caught.value.problem.reason is Reason.STORAGE_UNSAFE


@pytest.mark.case("L4")
def test_a_file_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setattr(os, "geteuid", lambda: file.stat().st_uid + 1)
    with pytest.raises(StorageError) as caught:
        check_private_file(file)
    assert caught.value.problem.reason is Reason.STORAGE_UNSAFE


def test_a_file_where_the_parent_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError) as caught:
        DataFolder(tmp_path / "file" / "home").prepare()
    assert caught.value.problem.reason is Reason.STORAGE_FAILED


@pytest.mark.case("L4")
def test_a_private_file_follows_no_link_even_a_dangling_one(tmp_path: Path) -> None:
    (tmp_path / "file").symlink_to(tmp_path / "nowhere")
    with pytest.raises(StorageError):
        create_private_file(tmp_path / "file")
    assert not (tmp_path / "nowhere").exists()


def test_an_exclusive_file_is_never_one_that_was_there(tmp_path: Path) -> None:
    descriptor = create_private_file(tmp_path / "file", exclusive=True)
    os.close(descriptor)
    assert mode(tmp_path / "file") == 0o600
    with pytest.raises(StorageError):
        create_private_file(tmp_path / "file", exclusive=True)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, Reason.STORAGE_FULL),
        (errno.EDQUOT, Reason.STORAGE_FULL),
        (errno.EROFS, Reason.STORAGE_READ_ONLY),
        (errno.EACCES, Reason.STORAGE_READ_ONLY),
        (errno.ELOOP, Reason.STORAGE_UNSAFE),
        (errno.EIO, Reason.STORAGE_FAILED),
    ],
)
def test_what_the_system_says_becomes_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, reason: Reason
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", fails)
    with pytest.raises(StorageError) as caught:
        DataFolder(tmp_path / "home").prepare()
    assert caught.value.problem.reason is reason
    monkeypatch.setattr(os, "open", fails)
    with pytest.raises(StorageError) as caught:
        create_private_file(tmp_path / "file")
    assert caught.value.problem.reason is reason
    monkeypatch.setattr(Path, "lstat", fails)
    with pytest.raises(StorageError) as caught:
        check_private_file(tmp_path / "file")
    assert caught.value.problem.reason is reason


def test_the_default_home_carries_the_programs_name_once() -> None:
    assert default_home().parts.count("absender") == 1


@pytest.mark.case("L3")
def test_a_log_is_set_aside_before_its_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = DataFolder(tmp_path / "home")
    folder.prepare()
    for end in ("", "-wal", "-shm"):
        folder.database.with_name(folder.database.name + end).touch(0o600)
    real = Path.rename

    def interrupted(file: Path, target: Path) -> Path:
        if file == folder.database:
            raise OSError(errno.EIO, "I/O error")
        return real(file, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(StorageError):
        folder.set_aside(datetime(2026, 11, 23, tzinfo=UTC))
    # A log that stays behind alone would be taken for that of the next database.
    assert [each.name for each in folder.home.iterdir() if each.name.startswith("absender.db")] == ["absender.db"]
