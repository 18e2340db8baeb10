"""The proof of random messages in its short form."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.address import Address, Mailbox
from tests.faults.messages import differences, prove, written
from tests.faults.proof import Scale
from tests.faults.random_letters import Letters
from tests.faults.readers import PERL_READERS, PerlReader


@pytest.mark.system("perl")
@pytest.mark.case("D3", "D6", "H1", "H2", "H3", "H5", "H6", "H7", "H14", "H15")
def test_three_other_programs_read_what_was_meant(tmp_path: Path) -> None:
    proof = prove(Scale.SHORT, tmp_path)
    assert proof.broken == ()
    assert proof.figures["messages"] == 300
    assert proof.figures["put in and refused"] == 600
    assert proof.figures["read by"] == ["Python's email", "email-mime", "mime-tools"]


@pytest.mark.system("perl")
@pytest.mark.case("H12")
@pytest.mark.parametrize("local", ["a..b", "..", ".a", "a.", 'a.."b', "a..\\b", "a..@b", "a b..c", "a,..b"])
def test_each_program_reads_dots_that_need_quotes(tmp_path: Path, local: str) -> None:
    letter = Letters(1, tmp_path).letter(0)
    sender = Mailbox(Address(local, "b.example"), "N. Name")
    letter = replace(letter, sender=sender, reply_to=sender.address, draft=replace(letter.draft, to=(sender,)))
    readers = [PerlReader(name) for name in PERL_READERS]
    with readers[0], readers[1]:
        assert list(differences(letter, written(letter), readers)) == []


@pytest.mark.system("perl")
def test_each_program_tells_what_is_not_as_it_was_meant(tmp_path: Path) -> None:
    letters = [Letters(1, tmp_path).letter(number) for number in range(2)]
    readers = [PerlReader(name) for name in PERL_READERS]
    with readers[0], readers[1]:
        told = list(differences(letters[0], written(letters[1]) + b"blind-", readers))
    assert told[0] == "a blind recipient is named"
    for reader in ("python", *PERL_READERS):
        for what in ("subject", "lists", "parts"):
            assert [line for line in told if line.startswith(f"{reader} reads {what} as ")]
