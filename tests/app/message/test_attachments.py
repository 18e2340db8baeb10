"""Attached files: safe names, honest types, and bytes that are those of one moment."""

import os
from pathlib import Path
from typing import Self

import pytest

from app.errors import MessageError, Reason
from app.message.attachments import (
    check_attachment,
    content_type,
    enclosed_message,
    fallback_name,
    file_name,
    read_steps,
)
from app.message.draft import Attachment
from app.message.transfer import BASE64_STEP
from tests.app.message.letters import attached

MAIL = b"From: a@b.example\nSubject: x\n\nHallo\n"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.pdf", "a.pdf"),
        ("../../x", "x"),
        ("..\\..\\x.txt", "x.txt"),
        ("C:\\Nutzer\\a.pdf", "a.pdf"),
        ("/etc/passwd", "passwd"),
        ("con.txt\0.exe", "con.txt.exe"),
        ("a\r\nX-Evil: y.txt", "aX-Evil: y.txt"),
        ("a\x85\u2028b.txt", "ab.txt"),
        ("ein\u202egnp.exe", "eingnp.exe"),
        ("a\ud83d.txt", "a\ufffd.txt"),
        ("=?utf-8?q?x=0AX-Evil:_y?=.txt", "=?utf-8?q?x=0AX-Evil:_y?=.txt"),
        ("  a.txt ", "a.txt"),
        ("", "attachment"),
        ("..", "attachment"),
        ("/", "attachment"),
        ("\u202e", "attachment"),
        ("👨‍👩‍👧.png", "👨‍👩‍👧.png"),
        ("ü" * 300 + ".pdf", "ü" * 300 + ".pdf"),
        ("x" * 500 + ".pdf", "x" * 396 + ".pdf"),
        ("x" * 500, "x" * 400),
        ("." + "x" * 500, "." + "x" * 399),
        ("x." + "y" * 500, "x." + "y" * 398),
    ],
)
@pytest.mark.case("H1", "H6")
def test_a_file_name_is_one_honest_name(name: str, shown: str) -> None:
    assert file_name(name) == shown


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Übersicht.pdf", "Ubersicht.pdf"), ('a"b?.txt', "a_b_.txt"), ("日本.pdf", ".pdf"), ("日本", "attachment")],
)
def test_old_programs_get_a_plain_name(name: str, plain: str) -> None:
    assert fallback_name(name) == plain


@pytest.mark.parametrize(
    ("name", "declared", "kind"),
    [
        ("a.pdf", "application/octet-stream", "application/pdf"),
        ("a.pdf", "text/plain", "text/plain"),
        ("a.unknown-ending", "application/octet-stream", "application/octet-stream"),
        ("a.eml", "application/octet-stream", "application/octet-stream"),
        ("a.mht", "message/rfc822", "application/octet-stream"),
        ("a.txt", "multipart/mixed", "application/octet-stream"),
        ("a.txt", "text/plain; charset=x\r\nX-Evil: y", "application/octet-stream"),
        ("a.txt", "Text/HTML", "text/html"),
        ("a.txt", "", "application/octet-stream"),
    ],
)
def test_a_type_is_a_single_plain_one(name: str, declared: str, kind: str) -> None:
    assert content_type(Attachment("/a", name, 1, declared)) == kind


@pytest.mark.parametrize("size", [0, 1, BASE64_STEP, BASE64_STEP * 2 + 1])
def test_a_file_is_read_whole(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    assert b"".join(read_steps(attached(tmp_path / "a", data))) == data


def test_short_reads_are_made_up_to_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attachment = attached(tmp_path / "a", os.urandom(BASE64_STEP + 5000))

    class Slow:
        """A file on a network that gives little at a time."""

        def __init__(self, handle: int) -> None:
            self._file = os.fdopen(os.dup(handle), "rb", buffering=0)
            self.fileno = self._file.fileno

        def read(self, size: int) -> bytes:
            return self._file.read(min(size, 1000)) or b""

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            self._file.close()

    real = os.fdopen

    def fdopen(handle: int, *_args: object, **_options: object) -> Slow:
        monkeypatch.setattr(os, "fdopen", real)
        slow = Slow(handle)
        os.close(handle)
        return slow

    monkeypatch.setattr(os, "fdopen", fdopen)
    assert [len(step) for step in read_steps(attachment)] == [BASE64_STEP, 5000]


def reason_of(attachment: Attachment) -> Reason:
    with pytest.raises(MessageError) as caught:
        list(read_steps(attachment))
    assert caught.value.problem.fact("name") == attachment.name
    return caught.value.problem.reason


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert reason_of(Attachment(str(tmp_path / "gone.pdf"), "gone.pdf", 1)) is Reason.MESSAGE_ATTACHMENT_MISSING
    file = attached(tmp_path / "file", b"x")
    assert reason_of(Attachment(file.path + "/below", "below", 1)) is Reason.MESSAGE_ATTACHMENT_MISSING


def test_a_folder_is_called_one(tmp_path: Path) -> None:
    assert reason_of(Attachment(str(tmp_path), "Fotos", 1)) is Reason.MESSAGE_ATTACHMENT_FOLDER


@pytest.mark.parametrize("path", ["{folder}/fifo", "/dev/zero", "/proc/self/mem", "a\0b"])
def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path: Path, path: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    attachment = Attachment(path.format(folder=tmp_path), "x", 1)
    assert reason_of(attachment) is Reason.MESSAGE_ATTACHMENT_UNREADABLE


@pytest.mark.parametrize("change", [b"more", b""])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, change: bytes) -> None:
    attachment = attached(tmp_path / "a", b"x" * (BASE64_STEP + 1))
    steps = read_steps(attachment)
    next(steps)
    with (tmp_path / "a").open("ab") as file:
        file.write(change) if change else file.truncate(3)
    with pytest.raises(MessageError) as caught:
        list(steps)
    assert caught.value.problem.reason is Reason.MESSAGE_ATTACHMENT_CHANGED


def test_a_file_rewritten_with_as_many_octets_is_refused(tmp_path: Path) -> None:
    attachment = attached(tmp_path / "a", b"x" * (BASE64_STEP + 1))
    steps = read_steps(attachment)
    next(steps)
    os.utime(attachment.path, ns=(0, 0))
    with pytest.raises(MessageError) as caught:
        list(steps)
    assert caught.value.problem.reason is Reason.MESSAGE_ATTACHMENT_CHANGED


def test_the_size_is_that_of_now(tmp_path: Path) -> None:
    assert check_attachment(attached(tmp_path / "a", b"12345")) == 5


def test_a_clean_mail_may_travel_as_a_mail(tmp_path: Path) -> None:
    assert enclosed_message(attached(tmp_path / "a.eml", MAIL)) == MAIL.replace(b"\n", b"\r\n")
    assert enclosed_message(attached(tmp_path / "B.EML", MAIL.replace(b"\n", b"\r\n"))) is not None


@pytest.mark.parametrize(
    "data",
    [
        MAIL + b"\xfc\n",
        MAIL + b"\0\n",
        MAIL + b"a\rb\n",
        MAIL + b"x" * 999,
        b"From x@y Mon Nov 23 09:12:05 2026\n" + MAIL,
        b"From: a@b.example\nno field\n\nx\n",
        b"From: a@b.example\n",
        b"no header\n",
        b"",
        b"From: a@b.example\n\n" + b"x\n" * 600_000,
    ],
    ids=["eight-bit", "nul", "bare-cr", "long-line", "mbox", "no-field", "no-body", "no-header", "empty", "large"],
)
@pytest.mark.case("D6")
def test_a_mail_that_is_not_clean_travels_as_a_file(tmp_path: Path, data: bytes) -> None:
    assert enclosed_message(attached(tmp_path / "a.eml", data)) is None


def test_a_body_line_that_looks_like_bcc_is_no_header(tmp_path: Path) -> None:
    assert enclosed_message(attached(tmp_path / "a.eml", MAIL + b"Bcc: x\n")) is not None


def test_only_mails_travel_as_mails(tmp_path: Path) -> None:
    assert enclosed_message(attached(tmp_path / "a.txt", MAIL)) is None


def sent_octets(tmp_path: Path, data: bytes, name: str = "a.eml") -> bytes:
    steps = list(read_steps(attached(tmp_path / "a", data, name)))
    assert all(len(step) == BASE64_STEP for step in steps[:-1])
    return b"".join(steps)


@pytest.mark.case("H14")
@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"], ids=["crlf", "lf", "cr"])
@pytest.mark.parametrize(
    "field", [b"Bcc: c@d.example", b"BCC : c@d.example,\n\t<e@f.example>", b"Resent-Bcc:\n c@d.example", b"bcc:"]
)
@pytest.mark.parametrize(
    "rest", [b"\xfc\xff \n.\nBcc: stays\n", b"\n\n" + b"x" * BASE64_STEP * 2, b""], ids=["short", "long", "none"]
)
def test_an_attached_mail_loses_its_blind_recipients_and_nothing_else(
    tmp_path: Path, field: bytes, rest: bytes, end: bytes
) -> None:
    for before, after in (
        (b"", b"From: a@b.example\n"),
        (b"From: a@b.example\n", b""),
        (b"A: b\n c\n", b"Date: d\n e\n"),
    ):
        data = (before + field + b"\n" + after + b"\n").replace(b"\n", end) + rest
        assert sent_octets(tmp_path, data) == (before + after + b"\n").replace(b"\n", end) + rest
    mbox = b"From x@y Mon\n".replace(b"\n", end)
    assert sent_octets(tmp_path, mbox + field.replace(b"\n", end) + end + end + rest) == mbox + end + rest


@pytest.mark.case("H14")
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b"Bcc: c@d.example\n\nx"),
        ("a.eml", b"Notes\nBcc: c@d.example\n\nx"),
        ("a.eml", b"\nBcc: c@d.example\n\nx"),
        ("a.eml", b"A: b\nX-Bcc: c\n bcc: d\n\nBcc: x\n"),
        ("a.eml", "A: é\n\n日本\n".encode("shift-jis", "replace") * 9000),
        ("a.eml", b"A: " + b"x" * 1_000_000 + b"\nBcc: c@d.example\n\n"),
        ("a.eml", b""),
    ],
    ids=["text", "notes", "blank", "look-alikes", "foreign", "endless", "empty"],
)
def test_what_names_no_blind_recipients_stays_to_the_octet(tmp_path: Path, name: str, data: bytes) -> None:
    assert sent_octets(tmp_path, data, name) == data


def test_a_mail_that_is_only_a_header_loses_its_blind_recipients_too(tmp_path: Path) -> None:
    assert sent_octets(tmp_path, b"A: b\nBcc: c@d.example") == b"A: b\n"
