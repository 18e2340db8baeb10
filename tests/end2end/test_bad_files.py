"""Files and texts that cannot become a message: named, nothing queued, and nothing read without end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.demo.authority import PRIMARY
from app.demo.reading import shown
from app.demo.world import DemoWorld
from app.errors import Reason
from tests.end2end.program import Outcome
from tests.end2end.shell import Shell, says

STRANGER = "kunde@extern.example"


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    with DemoWorld() as world:
        world.set_policy(allow=True)
        yield world


@pytest.fixture
def shell(
    world: DemoWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    shell = Shell(tmp_path / "home", capsys, monkeypatch)
    shell.get_ready(world)
    return shell


def send(shell: Shell, *more: str | Path, subject: str = "x", stdin: str = "") -> Outcome:
    return shell.run("send", "--from", PRIMARY, "--to", STRANGER, "--subject", subject, *more, "--json", stdin=stdin)


def refused(shell: Shell, outcome: Outcome, before: object, reason: Reason, *words: str) -> None:
    says(outcome, reason, *words)
    assert outcome.out == ""
    assert shell.state() == before


def _folder(file: Path) -> None:
    file.mkdir()


def _latin(file: Path) -> None:
    file.write_bytes("Grüße".encode("latin-1"))


def _zeros(file: Path) -> None:
    """All memory there is, for who reads it to the end."""
    file.symlink_to("/dev/zero")


def _endless(file: Path) -> None:
    """As long as no limit ends it; takes no room."""
    with file.open("wb") as stream:
        stream.truncate(1 << 40)


def _pipe(file: Path) -> None:
    os.mkfifo(file)


def _nothing(file: Path) -> None:
    """Leave the name without a file."""


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_nothing, "No such file"),
        (_folder, "Is a directory"),
        (_latin, "not UTF-8"),
        (_zeros, "more than 50 MB"),
        (_endless, "more than 50 MB"),
    ],
)
def test_a_text_file_that_is_none_is_named(
    shell: Shell, tmp_path: Path, make: Callable[[Path], None], words: str
) -> None:
    before, file = shell.state(), tmp_path / "text"
    make(file)
    refused(shell, send(shell, "--body-file", file), before, Reason.MESSAGE_UNREADABLE, words)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_nothing, Reason.MESSAGE_ATTACHMENT_MISSING),
        (_folder, Reason.MESSAGE_ATTACHMENT_FOLDER),
        (_zeros, Reason.MESSAGE_ATTACHMENT_UNREADABLE),
        (_pipe, Reason.MESSAGE_ATTACHMENT_UNREADABLE),
    ],
)
def test_an_attachment_that_is_no_file_is_named(
    shell: Shell, tmp_path: Path, make: Callable[[Path], None], reason: Reason
) -> None:
    before, file = shell.state(), tmp_path / "attached"
    make(file)
    refused(shell, send(shell, "--body", "y", "--attach", file), before, reason, "attached")


def test_a_text_comes_from_a_file_or_standard_input_as_it_is(shell: Shell, world: DemoWorld, tmp_path: Path) -> None:
    text = "Grüße\n\n.\nEnde\n"
    file = tmp_path / "text"
    file.write_text(text, encoding="utf-8")
    attached = tmp_path / "Angebot – größer.pdf"
    attached.write_bytes(b"%PDF")
    for arguments, stdin in ((("--body-file", file), ""), (("--body-file", "-"), text), (("--body", text), "")):
        outcome = send(shell, *arguments, "--attach", attached, stdin=stdin)
        assert (outcome.code, outcome.json["state"]) == (0, "sent"), outcome.err
        mail = shown(world.inbox.messages()[-1])
        assert mail.text.replace("\r\n", "\n") == text
        assert len(mail.attachments) == 1


@pytest.mark.parametrize("subject", ["x\r\nBcc: y@z.example", "x\ny", "x\x00y", "x\u202ey"])
def test_a_subject_that_is_no_line_of_text_adds_no_header(shell: Shell, world: DemoWorld, subject: str) -> None:
    before = shell.state()
    outcome = send(shell, "--body", "y", subject=subject)
    if outcome.code:
        refused(shell, outcome, before, Reason.MESSAGE_BAD_HEADER)
        return
    arrived = world.inbox.messages()[-1]
    assert arrived.recipients == (STRANGER,)
    assert b"\r\nBcc:" not in arrived.data


def test_foreign_text_in_the_outbox_commands_no_terminal(shell: Shell) -> None:
    text = f"To: {STRANGER}\nSubject: =?utf-8?q?Eins=1B=5D0=3Bx=07=0AZwei?=\n\ny\n"
    assert shell.run("sendmail", "-t", stdin=text).code == 0
    listed = shell.run("outbox", "list").out
    number = listed.split("\t")[0]
    shown_text = shell.run("outbox", "show", number).out
    for line in (listed + shown_text).splitlines():
        assert line.replace("\t", "").isprintable()
    assert len(listed.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.MESSAGE_UNREADABLE),
        (f"From: {PRIMARY}\nSubject: nobody\n\ny\n", Reason.MESSAGE_NO_RECIPIENT),
        ("To: no address\n\ny\n", Reason.MESSAGE_UNFINISHED_RECIPIENT),
        (f"From: fremd@anderswo.example\nTo: {STRANGER}\n\ny\n", Reason.ROUTE_UNKNOWN_ADDRESS),
    ],
)
def test_what_is_no_message_for_somebody_from_us_is_refused(shell: Shell, text: str, reason: Reason) -> None:
    before = shell.state()
    refused(shell, shell.run("sendmail", "-t", stdin=text), before, reason)


def test_more_than_fifty_megabytes_on_standard_input_are_no_message(shell: Shell) -> None:
    before = shell.state()
    text = f"To: {STRANGER}\n\n" + "x" * 51 * 1024 * 1024
    refused(shell, shell.run("sendmail", "-t", stdin=text), before, Reason.MESSAGE_UNREADABLE, "more than 50 MB")
