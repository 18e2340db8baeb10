"""The folder that is served: what is not the exporter's stays, and what the system refuses leaves all whole."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from app.errors import Reason
from app.exporter import folder as folder_module
from app.exporter.folder import open_folder
from app.policy.document import parse
from tests.app.exporter.world import (
    DAY,
    PERSON,
    START,
    directory,
    document,
    export,
    name_of,
    refusal,
    snapshot,
    touched,
)
from tests.servers.google_organisation import ADMIN, GoogleOrganisation

TIME = b"2026-11-30T09:12:30Z"
BOTH = (TIME, TIME)


class TestTheFolder:
    """What is not the exporter's stays as it is, and what the system refuses is told."""

    def test_other_files_in_it_stay(self, organisation: GoogleOrganisation, folder: Path) -> None:
        folder.mkdir()
        others = {
            "robots.txt": b"x",
            "a" * 63 + ".json": b"y",
            ".htaccess": b"z",
            ("A" * 64) + ".json": b"w",
            "a" * 64 + ".json": b"{}",
        }
        for name, data in others.items():
            (folder / name).write_bytes(data)
        export(directory(organisation), folder)
        assert {name: (folder / name).read_bytes() for name in others} == others

    def test_leftovers_of_a_killed_export_are_cleared_away(
        self, organisation: GoogleOrganisation, folder: Path
    ) -> None:
        folder.mkdir()
        (folder / ".0123456789abcdef.part").write_bytes(b"half")
        (folder / ".other.part").write_bytes(b"somebody's")
        export(directory(organisation), folder)
        assert [file.name for file in folder.iterdir() if file.name.startswith(".")] == [".other.part"]

    @pytest.mark.parametrize(
        "data",
        [
            b"", b"<html>", b"[]", b'{"format": "another/1"}', b'{"format": "absender-index/1", "documents": 7}',
            b'{"format": "absender-index/1", "documents": {"../x": {"serial": 1, "expiresAt": "%s"}}}' % TIME,
            b'{"format": "absender-index/1", "removed": {"../x": {"removedAt": "%s", "expiresAt": "%s"}}}' % BOTH,
            b'{"format": "absender-index/1", "documents": {"%s": {"serial": 1, "expiresAt": "2026-11-30T09:12:30"}}}'
            % (b"a" * 64),
        ],
    )  # fmt: skip
    def test_an_index_that_is_not_the_exporters_is_not_overwritten(
        self, organisation: GoogleOrganisation, folder: Path, data: bytes
    ) -> None:
        folder.mkdir()
        (folder / "index.json").write_bytes(data)
        problem = refusal(lambda: export(directory(organisation), folder))
        assert problem.fact("detail") == "index.json in it is not one that an export wrote"
        assert [file.name for file in folder.iterdir()] == ["index.json"]

    def test_a_link_in_place_of_a_document_is_replaced_and_not_followed(
        self, organisation: GoogleOrganisation, folder: Path, tmp_path: Path
    ) -> None:
        folder.mkdir()
        (tmp_path / "secret").write_bytes(b"secret")
        (folder / name_of(PERSON)).symlink_to(tmp_path / "secret")
        os.mkfifo(folder / name_of(ADMIN))
        export(directory(organisation), folder)
        assert (tmp_path / "secret").read_bytes() == b"secret"
        assert (folder / name_of(PERSON)).lstat().st_mode & stat.S_IFMT(0o170000) == stat.S_IFREG
        assert document(folder, ADMIN)["subject"]["email"] == ADMIN

    def test_two_exports_at_once_are_one_too_many(self, organisation: GoogleOrganisation, folder: Path) -> None:
        with open_folder(folder):
            assert refusal(lambda: export(directory(organisation), folder)).reason is Reason.PUBLISH_BUSY
        export(directory(organisation), folder)

    def test_a_folder_that_cannot_be_is_told(self, organisation: GoogleOrganisation, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"")
        for place, detail in (
            (tmp_path / "no" / "such", "No such file or directory"),
            (tmp_path / "file", "File exists"),
        ):
            problem = refusal(lambda place=place: export(directory(organisation), place))  # type: ignore[misc]
            assert (problem.reason, problem.fact("detail")) == (Reason.PUBLISH_FOLDER, detail)

    def test_a_document_that_cannot_be_replaced_stops_the_export(
        self, organisation: GoogleOrganisation, folder: Path
    ) -> None:
        folder.mkdir()
        (folder / name_of(PERSON)).mkdir()
        assert refusal(lambda: export(directory(organisation), folder)).fact("detail") == "Is a directory"

    def test_a_full_disk_leaves_every_document_whole(
        self, organisation: GoogleOrganisation, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        export(directory(organisation), folder)
        before = snapshot(folder)
        written = iter(range(1000))

        def full(file: Path, data: bytes) -> None:
            if next(written) >= 5:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            real(file, data)

        real = folder_module._write_synced
        monkeypatch.setattr(folder_module, "_write_synced", full)
        problem = refusal(lambda: export(directory(organisation), folder, now=START + 5 * DAY))
        assert problem.fact("detail") == "No space left on device"
        after = snapshot(folder)
        assert len(touched(before, after)) == 5
        assert after.keys() == before.keys()
        for user in organisation.users:
            parse((folder / name_of(user["primaryEmail"])).read_bytes(), source="test")
        monkeypatch.undo()
        assert export(directory(organisation), folder, now=START + 5 * DAY).renewed == 36

    def test_an_export_that_is_stopped_leaves_every_document_whole(
        self, organisation: GoogleOrganisation, folder: Path
    ) -> None:
        class StoppedError(Exception):
            pass

        asked = iter(range(1000))

        def check() -> None:
            if next(asked) == 7:
                raise StoppedError

        with pytest.raises(StoppedError):
            export(directory(organisation), folder, check=check)
        for file in folder.iterdir():
            parse(file.read_bytes(), source="test")
        assert len(list(folder.iterdir())) <= 7
        assert export(directory(organisation), folder).total == 41
