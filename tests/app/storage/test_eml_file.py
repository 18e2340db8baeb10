"""A saved .eml file is whole or not there, private, and never written over or through anything by accident."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import Reason, StorageError
from app.storage.eml_file import EmlFile, eml_name

NOW = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)


def save(file: Path, data: bytes = b"mail", *, replace: bool = False) -> None:
    with EmlFile(file, replace=replace) as eml:
        eml.write_all([data])


def refusal(file: Path, *, replace: bool = False) -> Reason:
    with pytest.raises(StorageError) as caught:
        save(file, replace=replace)
    assert caught.value.problem.fact("file") == str(file)
    return caught.value.problem.reason


def test_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    save(tmp_path / "a.eml")
    assert (tmp_path / "a.eml").read_bytes() == b"mail"
    assert (tmp_path / "a.eml").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["a.eml"]


def test_a_file_that_is_there_is_replaced_only_when_allowed(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"first")
    assert refusal(tmp_path / "a.eml") is Reason.EXPORT_EXISTS
    assert (tmp_path / "a.eml").read_bytes() == b"first"
    save(tmp_path / "a.eml", b"second", replace=True)
    assert (tmp_path / "a.eml").read_bytes() == b"second"


def test_a_file_that_came_meanwhile_is_kept(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught, EmlFile(tmp_path / "a.eml"):
        (tmp_path / "a.eml").write_bytes(b"other")
    assert caught.value.problem.reason is Reason.EXPORT_EXISTS
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"other"]


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("kind", ["link", "dangling", "fifo", "folder"])
def test_nothing_is_written_through_a_link_or_into_a_special_file(tmp_path: Path, kind: str, replace: bool) -> None:
    file, other = tmp_path / "a.eml", tmp_path / "other"
    match kind:
        case "link":
            other.write_bytes(b"theirs")
            file.symlink_to(other)
        case "dangling":
            file.symlink_to(other)
        case "fifo":
            os.mkfifo(file)
        case _:
            file.mkdir()
    assert refusal(file, replace=replace) is Reason.EXPORT_FAILED
    assert not other.exists() or other.read_bytes() == b"theirs"


def test_nothing_is_left_of_a_file_that_broke_off(tmp_path: Path) -> None:
    with pytest.raises(LookupError), EmlFile(tmp_path / "a.eml") as eml:  # noqa: PT012 - it breaks off half-way
        eml.write(b"half")
        raise LookupError("on the way")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call", ["open", "write", "fsync"])
def test_what_the_system_refuses_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fails(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fails)
        assert refusal(tmp_path / "a.eml") is Reason.EXPORT_FAILED
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no" / "a.eml") is Reason.EXPORT_FAILED


def test_a_file_system_without_hard_links_serves_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    save(tmp_path / "a.eml")
    assert refusal(tmp_path / "a.eml") is Reason.EXPORT_EXISTS
    assert [file.name for file in tmp_path.iterdir()] == ["a.eml"]


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("Angebot für Q4", "2026-11-23 Angebot für Q4.eml"),
        ("", "2026-11-23.eml"),
        ("../../etc/passwd", "2026-11-23 etc passwd.eml"),
        ('a:b\\c<d>e"f|g?h*i', "2026-11-23 a b c d e f g h i.eml"),
        ("eins\r\nzwei\x00\u202edrei", "2026-11-23 eins zwei drei.eml"),
        ("Ende. . ", "2026-11-23 Ende.eml"),
        ("lone \ud800 surrogate", "2026-11-23 lone surrogate.eml"),
    ],
)
def test_a_name_is_one_that_every_file_system_takes(subject: str, name: str) -> None:
    assert eml_name(subject, NOW) == name


def test_a_long_subject_makes_a_name_that_fits(tmp_path: Path) -> None:
    save(tmp_path / eml_name("ü" * 3000, NOW))
    assert len(list(tmp_path.iterdir())) == 1
