"""The attached files come out of a message as they went in."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from app.message.draft import Draft
from app.message.extract import attached_files
from tests.app.message.letters import attached, draft, written


def files(chunks: Iterable[bytes]) -> dict[int, bytes]:
    found: defaultdict[int, bytes] = defaultdict(bytes)
    for place, piece in attached_files(chunks):
        found[place] += piece
    return dict(found)


def with_files(folder: Path, *contents: bytes, html: str = "") -> Draft:
    attachments = [attached(folder / f"{number}.bin", data) for number, data in enumerate(contents)]
    return draft(attachments=tuple(attachments), html=html)


@pytest.mark.parametrize("html", ["", "<p>Guten <b>Tag</b></p>"])
@pytest.mark.parametrize("step", [1, 7, 64, 1_000_000])
def test_every_file_comes_back_to_the_octet_however_the_message_is_cut(tmp_path: Path, step: int, html: str) -> None:
    contents = (b"", b"x", os.urandom(58), b"--=_\r\n--\r\n" * 20, os.urandom(1000))
    data = written(with_files(tmp_path, *contents, html=html))
    pieces = [data[at : at + step] for at in range(0, len(data), step)]
    assert files(pieces) == dict(enumerate(contents))


def test_a_message_without_files_has_none() -> None:
    assert files([written(draft())]) == {}


def test_an_attached_mail_comes_back_with_crlf(tmp_path: Path) -> None:
    letter = draft(attachments=(attached(tmp_path / "a.eml", b"Subject: x\n\nText\n", "a.eml"),))
    assert files([written(letter)]) == {0: b"Subject: x\r\n\r\nText\r\n"}


@pytest.mark.parametrize("octets", [10, 400, -4, -40])
def test_a_message_that_ends_too_early_is_refused(tmp_path: Path, octets: int) -> None:
    data = written(with_files(tmp_path, os.urandom(300)))
    with pytest.raises(ValueError, match="too early"):
        files([data[:octets]])


def test_base64_that_was_damaged_is_refused(tmp_path: Path) -> None:
    data = written(with_files(tmp_path, b"abcdef"))
    with pytest.raises(ValueError, match="group"):
        files([data.replace(b"YWJjZGVm", b"YWJjZGV")])
