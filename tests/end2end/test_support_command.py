"""`absender support`: from a folder in any state, with the mask unless it is taken off, never over another file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from app.demo.authority import PRIMARY
from app.errors import Reason
from tests.end2end.shell import Shell, says


def texts(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_bundle_is_written_masked_and_says_so(ready: Shell, tmp_path: Path) -> None:
    outcome = ready.run("support", "bundle", tmp_path / "b.zip", "--json")
    assert outcome.code == 0
    assert outcome.json["masked"] is True
    content = texts(tmp_path / "b.zip")
    assert list(content) == outcome.json["files"]
    assert PRIMARY not in "".join(content.values())
    assert "address-1@domain-1.example" in content["routes.txt"]
    assert "were replaced" in content["README.txt"]


def test_the_mask_can_be_taken_off(ready: Shell, tmp_path: Path) -> None:
    assert ready.run("support", "bundle", tmp_path / "b.zip", "--no-mask").code == 0
    content = texts(tmp_path / "b.zip")
    assert PRIMARY in content["profile.txt"]
    assert "only to people you trust" in content["README.txt"]


def test_show_prints_what_bundle_writes(ready: Shell, tmp_path: Path) -> None:
    shown = ready.run("support", "show", "--json").json["files"]
    ready.run("support", "bundle", tmp_path / "b.zip")
    written = texts(tmp_path / "b.zip")
    assert {**shown, "versions.txt": ""} == {**written, "versions.txt": ""}
    assert "--- routes.txt ---" in ready.run("support", "show").out


def test_no_other_file_is_overwritten(ready: Shell, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_text("mine")
    says(ready.run("support", "bundle", tmp_path / "b.zip"), Reason.EXPORT_EXISTS, "b.zip")
    assert (tmp_path / "b.zip").read_text() == "mine"
    says(ready.run("support", "bundle", tmp_path / "none" / "b.zip"), Reason.EXPORT_FAILED, "b.zip")


@pytest.mark.parametrize("octets", [b"", b"damaged"])
def test_a_damaged_database_is_no_obstacle(ready: Shell, tmp_path: Path, octets: bytes) -> None:
    (ready.home / "absender.db").write_bytes(octets)
    assert ready.run("support", "bundle", tmp_path / "b.zip").code == 0
    assert "could not be read" in texts(tmp_path / "b.zip")["storage.txt"]
    assert (ready.home / "absender.db").read_bytes() == octets


def test_before_set_up_there_is_one_too(shell: Shell, tmp_path: Path) -> None:
    assert shell.run("support", "bundle", tmp_path / "b.zip").code == 0
    assert not shell.home.exists()
