"""The last gate: nobody and no file is called otherwise than meant, as far as that can be seen."""

from pathlib import Path

import pytest

from tests.app.message.letters import OTHER, attached, box, draft, written
from tests.app.message.test_gate import multipart, passes, refusal

pytestmark = pytest.mark.case("H15")


def test_nobody_is_called_otherwise_than_intended() -> None:
    letter = draft(subject="Angebot", to=(OTHER, box("a@b.example", 'Größe, "x" =?')), cc=(box("c@d.example"),))
    data, visible = written(letter), tuple(mailbox.address for mailbox in (*letter.to, *letter.cc))
    meant = ("N. Name", "Kunde", 'Größe, "x" =?', "")
    assert passes(data, visible=visible, names=meant) == data
    assert passes(data, visible=visible[::-1], names=(meant[0], *meant[:0:-1])) == data
    for wrong in (
        ("Chef", *meant[1:]),
        (meant[0], meant[2], meant[1], meant[3]),
        (*meant[:3], "Kunde"),
        (meant[0], "", *meant[2:]),
    ):
        assert refusal(data, visible=visible, names=wrong) == "somebody has another name than intended"


def test_names_that_programs_read_differently_pass_as_they_can_be_seen() -> None:
    names = ("a  b", "\u202ea\0b", "a\r\nBcc: x", "=?utf-8?q?a?=", "\ud800", "x" * 300, "\u2028")
    letter = draft(subject="Angebot", to=tuple(box(f"a{number}@b.example", name) for number, name in enumerate(names)))
    assert written(letter)


def test_no_file_is_called_otherwise_than_intended(tmp_path: Path) -> None:
    data = multipart(tmp_path)
    assert passes(data, attachments=2, files=("a.bin", "b.eml")) == data
    for wrong in (("b.eml", "a.bin"), ("a.bin",), ("a.bin", "b.eml", "c"), ("a.bin.exe", "b.eml"), ("", "b.eml")):
        assert refusal(data, attachments=2, files=wrong) == "the files are called differently"


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("C:\\x/Größe 1.pdf", "Größe 2.pdf"),
        ("x" * 500 + ".pdf", "y" + "x" * 499 + ".pdf"),
        ("<>", "a"),
        ("a\u202efdp.exe", "afdp.ex"),
        ("../..", "x"),
        ("\0", "x"),
    ],
)
def test_a_file_is_called_as_it_can_be_seen(tmp_path: Path, name: str, other: str) -> None:
    data = written(draft(subject="Angebot", attachments=(attached(tmp_path / "a", b"x", name),)))
    assert passes(data, attachments=1, files=(name,)) == data
    assert refusal(data, attachments=1, files=(other,)) == "the files are called differently"
