"""What the preview opens: directories, policies signed and not, and what it says of files that are neither."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from app.errors import PolicyError
from app.policy.directory import write_directory
from app.policy.signature import new_private_key, sign
from tests.ui.preview.room import Room, until
from ui.messages import explain
from ui.preview.example import example_directory
from ui.preview.opening import read_file

ISSUED = datetime(2026, 11, 23, tzinfo=UTC)
DIRECTORY = example_directory()
DOCUMENT = DIRECTORY.document(DIRECTORY.users[0], serial=7, issued_at=ISSUED, expires_at=ISSUED + timedelta(days=7))


def test_a_directory_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "directory.json"
    file.write_bytes(write_directory(DIRECTORY))
    assert read_file(file) == DIRECTORY


@pytest.mark.parametrize("signed", [False, True])
def test_a_policy_is_the_organisation_of_its_one_person(tmp_path: Path, signed: bool) -> None:
    data = msgspec.json.encode(DOCUMENT)
    if signed:
        pem, _ = new_private_key()
        data, _ = sign(data, pem, source="policy", file="key")
    file = tmp_path / "policy.json"
    file.write_bytes(data)
    directory = read_file(file)
    (user,) = directory.users
    assert (user.email, directory.units[user.org_unit].path) == ("nutzer@beispiel.example", "/Sales/North")
    again = directory.document(user, serial=7, issued_at=DOCUMENT.issued_at, expires_at=DOCUMENT.expires_at)
    assert again == DOCUMENT


BAD = {
    "cut off": (write_directory(DIRECTORY)[:900], "Input data was truncated"),
    "a web page": (b"<!doctype html><title>Sign in</title>", "it is a web page"),
    "nothing": (b"", "Input data was truncated"),
    "binary": (bytes(range(256)), "there is a zero at byte 0"),
    "UTF-16": ('{"format":"absender-directory/1"}'.encode("utf-16"), "there is a zero at byte 3"),
    "another format": (b'{"format":"absender-directory/9"}', "its format is 'absender-directory/9'"),
    "a wrong type": (write_directory(DIRECTORY).replace(b'"/Sales/North"', b"17"), "units[2].path: Expected `str`"),
    "a wrong policy": (
        msgspec.json.encode(DOCUMENT).replace(b'"serial":7', b'"serial":"7"'),
        "serial: Expected `int`, got `str`",
    ),
}


@pytest.mark.parametrize(("data", "said"), BAD.values(), ids=BAD.keys())
def test_of_a_bad_file_it_is_said_what_is_wrong_and_where(tmp_path: Path, data: bytes, said: str) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(data)
    with pytest.raises(PolicyError) as raised:
        read_file(file)
    sentence = explain(raised.value.problem).sentence
    assert str(file) in sentence
    assert said in sentence


async def test_what_cannot_be_read_leaves_what_was_shown(room: Room, tmp_path: Path) -> None:
    window, plan = room.window, room.window.plan
    damaged, pipe = tmp_path / "damaged.json", tmp_path / "pipe"
    damaged.write_bytes(write_directory(DIRECTORY)[:900])
    os.mkfifo(pipe)
    for path, said in (
        (damaged, "Input data was truncated"),
        (pipe, "it is not an ordinary file"),
        (tmp_path, "Is a directory"),
        (tmp_path / "gone", "No such file"),
    ):
        window.open_file(path)
        await until(partial(_says, room, said))
        assert window.notice.kind() == "bad"
    assert window.plan is plan


def _says(room: Room, text: str) -> bool:
    return text in room.window.notice.text()


async def test_a_file_can_be_dropped_onto_the_window(room: Room, tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_bytes(msgspec.json.encode(DOCUMENT))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enters = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, buttons, keys)
    room.window.dragEnterEvent(enters)
    assert enters.isAccepted()
    room.window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))
    await until(lambda: room.window.plan.origin == "policy.json")
    await room.settled()
    assert room.window.organisation.origin.whole_text() == "1 person · policy.json"
