"""Messages on standard input: as git and cron write them, and as nobody should."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.address import Address
from app.errors import MessageError, Reason
from app.message.sendmail import SIZE_LIMIT
from tests.app.message.letters import NOW, field, header_of, names, read, text_of
from tests.app.message.submissions import DEFAULT, GIVEN, addresses, refusal, sent, submit

GIT = b"""From 1a2b3c Mon Sep 17 00:00:00 2001
From: =?UTF-8?q?N=C3=BCtzer?= <nutzer@beispiel.example>
To: liste@b.example,
 "Name, N." <n@b.example>
Cc: c@b.example
Subject: [PATCH 1/2] =?UTF-8?q?Gr=C3=BC=C3=9Fe?=
Date: Sun, 22 Nov 2026 10:00:00 +0100
Message-ID: <20261122-a-1@beispiel.example>
X-Mailer: git-send-email 2.39.5
In-Reply-To: <0@b.example>
References: <0@b.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

Gr\xc3\xbc\xc3\x9fe
---
 a.txt | 1 +

--\x20
2.39.5
"""
CRON = b"""From: root (Cron Daemon)
To: root
Subject: Cron <root@host> echo
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit
X-Cron-Env: <SHELL=/bin/sh>
X-Cron-Env: <HOME=/root>

Fertig
"""


def test_a_patch_from_git_goes_as_it_is() -> None:
    submitted = submit(GIT)
    assert submitted.sender.display == "Nützer <nutzer@beispiel.example>"
    assert addresses(submitted) == ["liste@b.example", "n@b.example", "c@b.example"]
    assert submitted.subject == "[PATCH 1/2] Grüße"
    assert submitted.message_id == "<20261122-a-1@beispiel.example>"
    data = sent(submitted)
    message = read(data)
    assert text_of(message) == "Grüße\n---\n a.txt | 1 +\n\n-- \n2.39.5\n"
    assert message["subject"] == "[PATCH 1/2] Grüße"
    assert message["date"].datetime == datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert field(data, "To") == b'liste@b.example, "Name, N." <n@b.example>'
    assert field(data, "In-Reply-To") == field(data, "References") == b"<0@b.example>"
    assert field(data, "X-Mailer") == b"git-send-email 2.39.5"
    assert message["content-transfer-encoding"] == "quoted-printable"


def test_a_report_from_cron_goes_to_whom_the_command_names() -> None:
    submitted = submit(CRON, recipients=(GIVEN,), recipients_from_header=False)
    assert submitted.sender.address == DEFAULT
    assert addresses(submitted) == ["given@b.example"]
    data = sent(submitted)
    assert field(data, "To") == b"undisclosed-recipients:;"
    assert names(data).count("X-Cron-Env") == 2
    assert read(data)["date"].datetime == NOW
    assert submitted.message_id.endswith("@beispiel.example>")
    assert read(data)["content-transfer-encoding"] == "7bit"


def test_a_bare_user_is_no_recipient_to_guess_at() -> None:
    assert refusal(CRON) == (Reason.MESSAGE_UNFINISHED_RECIPIENT, {"text": "root"})


def test_the_sender_header_is_the_routes() -> None:
    submitted = submit(b"Sender: evil@x.example\n" + GIT.partition(b"\n")[2])
    assert "Sender" not in names(sent(submitted))
    data = sent(submitted, Address.parse("primary@beispiel.example"))
    assert field(data, "Sender") == b"primary@beispiel.example"


@pytest.mark.case("H14")
def test_blind_recipients_get_it_and_are_not_named() -> None:
    submitted = submit(b"To: a@b.example\nBcc: geheim@b.example,\n c@d.example\nBCC: auch@b.example\n\nHallo\n")
    assert addresses(submitted) == ["a@b.example", "geheim@b.example", "c@d.example", "auch@b.example"]
    data = sent(submitted)
    assert b"geheim" not in data
    assert b"auch" not in data


@pytest.mark.case("H14")
def test_blind_recipients_without_t_are_dropped_all_the_same() -> None:
    submitted = submit(b"Bcc: geheim@b.example\n\nHallo\n", recipients=(GIVEN,), recipients_from_header=False)
    assert addresses(submitted) == ["given@b.example"]
    assert b"geheim" not in sent(submitted)


@pytest.mark.case("H9")
def test_recipients_in_the_header_are_added_to_those_given_and_counted_once() -> None:
    submitted = submit(b"To: a@b.example, given@b.example, A@B.example\n\nHallo\n", recipients=(GIVEN,))
    assert addresses(submitted) == ["given@b.example", "a@b.example"]


@pytest.mark.case("H8")
def test_a_group_is_its_members() -> None:
    submitted = submit(b"To: Freunde: a@b.example, c@d.example;\nCc: undisclosed-recipients:;\n\nx\n")
    assert addresses(submitted) == ["a@b.example", "c@d.example"]
    assert field(sent(submitted), "To") == b"a@b.example, c@d.example"


def test_lists_in_several_fields_become_one() -> None:
    submitted = submit(b"To: a@b.example\nTo: c@d.example\n\nx\n")
    assert field(sent(submitted), "To") == b"a@b.example, c@d.example"


def test_what_is_missing_is_added() -> None:
    data = sent(submit(b"To: a@b.example\n\nHallo"))
    assert names(data) == ["Date", "From", "To", "Subject", "Message-ID", "MIME-Version"]
    assert field(data, "From") == b"nutzer@beispiel.example"
    assert data.endswith(b"\r\n\r\nHallo\r\n")


def test_a_message_of_text_alone_is_a_body() -> None:
    data = sent(submit(b"Hallo Welt\nzweite Zeile\n", recipients=(GIVEN,)))
    assert data.endswith(b"\r\n\r\nHallo Welt\r\nzweite Zeile\r\n")


def test_a_line_that_is_no_field_begins_the_body() -> None:
    data = sent(submit(b"Subject: x\nHallo Welt\nX: y\n", recipients=(GIVEN,)))
    assert data.endswith(b"\r\n\r\nHallo Welt\r\nX: y\r\n")


def test_a_header_without_a_body_is_a_message() -> None:
    assert sent(submit(b"To: a@b.example\nSubject: x\n")).endswith(b"\r\n\r\n")
    assert sent(submit(b"To: a@b.example\nSubject: x")).endswith(b"\r\n\r\n")


@pytest.mark.parametrize("end", [b"\n.\nMAIL FROM:<e@x.example>\n", b"\r\n.\r\nnach dem Ende\r\n", b"\n."])
def test_a_dot_alone_ends_the_message_unless_told_otherwise(end: bytes) -> None:
    data = b"To: a@b.example\n\nHallo" + end
    assert sent(submit(data, stop_at_dot=True)).endswith(b"\r\n\r\nHallo\r\n")
    assert read(sent(submit(data))).get_content().startswith("Hallo\r\n.\r\n")


def test_dots_in_text_end_nothing() -> None:
    data = b"To: a@b.example\n\n..\n. \n.x\n"
    assert text_of(read(sent(submit(data, stop_at_dot=True)))) == "..\n. \n.x\n"


@pytest.mark.parametrize("data", [b"", b"\n\n  \n", b".\nTo: a@b.example\n"])
def test_nothing_is_no_message(data: bytes) -> None:
    reason, facts = refusal(data, stop_at_dot=True)
    assert (reason, facts) == (Reason.MESSAGE_UNREADABLE, {"detail": "it is empty"})


def test_a_message_has_a_size_limit() -> None:
    assert refusal(b"x" * (SIZE_LIMIT + 1)) == (Reason.MESSAGE_UNREADABLE, {"detail": "more than 50 MB"})


def test_a_message_without_recipients_is_refused() -> None:
    assert refusal(b"Subject: x\n\ny\n") == (Reason.MESSAGE_NO_RECIPIENT, {})
    assert refusal(b"To: a@b.example\n\ny\n", recipients_from_header=False) == (Reason.MESSAGE_NO_RECIPIENT, {})


@pytest.mark.case("H8")
def test_too_many_recipients_are_refused() -> None:
    many = b",\n ".join(b"n%d@b.example" % number for number in range(501))
    reason, facts = refusal(b"Bcc: " + many + b"\n\nx\n")
    assert (reason, facts) == (Reason.MESSAGE_TOO_MANY_RECIPIENTS, {"count": "501", "limit": "500"})


@pytest.mark.case("H13")
def test_a_recipient_that_needs_smtputf8_is_refused() -> None:
    reason, _ = refusal("Bcc: jürgen@b.example\n\nx\n".encode())
    assert reason is Reason.MESSAGE_ADDRESS_NOT_ASCII


def test_a_from_with_several_addresses_is_refused() -> None:
    reason, facts = refusal(b"From: a@b.example, c@d.example\nTo: e@f.example\n\nx\n")
    assert (reason, facts) == (Reason.MESSAGE_UNREADABLE, {"detail": "From names more than one address"})


def test_a_from_that_is_no_address_is_refused_and_not_replaced() -> None:
    reason, facts = refusal(b"From: N Name <evil@@x.example>\nTo: e@f.example\n\nx\n")
    assert (reason, facts) == (Reason.MESSAGE_UNREADABLE, {"detail": "From is no address: evil@@x.example"})


def test_what_is_no_address_is_named() -> None:
    reason, facts = refusal(b"To: a@b.example, kein Mensch\n\nx\n")
    assert reason is Reason.MESSAGE_UNFINISHED_RECIPIENT
    assert "kein" in facts["text"]


@pytest.mark.parametrize(
    ("line", "subject"),
    [
        (b"Subject: =?utf-8?b?DQpCY2M6IGVAeA==?=", "Bcc: e@x"),
        (b"Subject: =?utf-8?q?x=0AX-Evil:_y?=", "x X-Evil: y"),
        (b"Subject: a\n b", "a b"),
        (b"Subject: \xc3\xbc", "ü"),
        (b"Subject: \xfc", "ü"),
        (b"Subject: =?x-unknown?q?a?= b", "a b"),
        (b"Subject: =?utf-8?b?a?=", "=?utf-8?b?a?="),
        (b"Subject: x\0y", "xy"),
        (b"Subject:x", "x"),
        (b"Subject : x", "x"),
        (b"SUBJECT: x\nSubject: y", "x"),
        (b"Subject:", ""),
    ],
)
def test_a_subject_is_read_and_written_anew(line: bytes, subject: str) -> None:
    submitted = submit(b"To: a@b.example\n" + line + b"\n\nx\n")
    assert submitted.subject == subject
    message = read(sent(submitted))
    assert message["subject"] == subject
    assert message["bcc"] is None
    assert message["x-evil"] is None


@pytest.mark.parametrize(
    "line",
    [
        b"Bcc: x@y.example",
        b"Resent-Bcc: x@y.example",
        b"Resent-From: x@y.example",
        b"Apparently-To: x@y.example",
        b"Return-Path: <x@y.example>",
        b"Content-Length: 5",
    ],
)
@pytest.mark.case("H14")
def test_fields_that_are_not_the_writers_are_dropped(line: bytes) -> None:
    data = sent(submit(line + b"\nTo: a@b.example\n\nx\n"))
    assert line.partition(b":")[0] not in header_of(data)


@pytest.mark.parametrize(
    ("line", "field_written"),
    [
        (b"X-A: \xc3\xbc", b"=?utf-8?b?w7w=?="),
        (b"X-A:x", b"x"),
        (b"X-A: " + b"x" * 2000, None),
        (b"X-A: a\n b", b"a\r\n b"),
        (b"X-A: a\n \n b", b"=?utf-8?q?a__b?="),
        (b"X-A: a\x1bb", b"a b"),
        (b"X-A:", b""),
        (b"X-A:  ", b""),
    ],
)
def test_other_fields_stay_or_are_repaired(line: bytes, field_written: bytes | None) -> None:
    data = sent(submit(line + b"\nTo: a@b.example\n\nx\n"))
    if field_written is not None:
        assert field(data, "X-A") == field_written
    else:
        assert read(data)["X-A"] == "x" * 2000


@pytest.mark.parametrize(
    "date", [b"", b"yesterday", b"Mon, 99 Foo 2026", b"Mon, 23 Nov 99999 10:00:00 +0000", b"1 Jan"]
)
def test_a_date_nobody_can_read_is_now(date: bytes) -> None:
    assert read(sent(submit(b"Date: " + date + b"\nTo: a@b.example\n\nx\n")))["date"].datetime == NOW


def test_a_date_without_a_zone_is_utc() -> None:
    data = sent(submit(b"Date: Sun, 22 Nov 2026 10:00:00 -0000\nTo: a@b.example\n\nx\n"))
    assert field(data, "Date") == b"Sun, 22 Nov 2026 10:00:00 +0000"


@pytest.mark.parametrize("value", [b"", b"none", b"<a b@c>", b"<a@b", b"<a@b>\n <c@d>"])
def test_a_message_identifier_is_one_or_new(value: bytes) -> None:
    submitted = submit(b"Message-ID: " + value + b"\nTo: a@b.example\n\nx\n")
    assert submitted.message_id == "<a@b>" or submitted.message_id.endswith("@beispiel.example>")
    sent(submitted)


@pytest.mark.case("H1", "H2")
def test_hostile_names_stay_names() -> None:
    data = b'From: "=?utf-8?q?x=0AX-Evil:_y?=" <a@b.example>\nTo: =?utf-8?b?DQpCY2M6IGVAeA==?= <c@d.example>\n\nx\n'
    submitted = submit(data)
    message = read(sent(submitted))
    assert message["x-evil"] is None
    assert message["bcc"] is None
    assert addresses(submitted) == ["c@d.example"]
    assert submitted.sender.name == "=?utf-8?q?x=0AX-Evil:_y?="
    assert message["to"].addresses[0].display_name == "Bcc: e@x"


@pytest.mark.case("D3")
def test_line_ends_of_every_kind_become_crlf() -> None:
    assert sent(submit(b"To: a@b.example\r\n\r\na\nb\rc\r\n")).endswith(b"\r\n\r\na\r\nb\r\nc\r\n")


def test_a_large_message_is_given_in_pieces() -> None:
    submitted = submit(b"To: a@b.example\n\n" + b"Zeile\n" * 100_000)
    assert max(map(len, submitted.chunks(None))) <= 64 * 1024
    sent(submitted)


LINES = st.sampled_from(
    [
        b"From: a@b.example", b"To: c@d.example", b"Cc: e@f.example, x", b"Bcc: g@h.example",
        b"Subject: =?utf-8?q?=0A?=",
        b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: text/plain", b"Content-Type: t\xfc/\xfc; \xfc=x",
        b"Content-Type: x/y; n*=utf-8''\xfc; m*=a b", b"Content-Disposition: \xfc; filename=\xfc", b"x" * 90 + b": y",
        b"Content-Type: message/rfc822",
        b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: 8bit", b"--b", b"--b--", b"", b" ", b".",
        b"\xfc", b"\0", b"x" * 1500, b"X-Y: z", b"Resent-To: i@j.example", b"\tfold", b"From x",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(LINES, st.binary(max_size=20)), max_size=12), st.booleans())
@example([b"Content-Type: multipart/mixed; boundary=b", b"", b"--b", b"Bcc: x", b"\xfc", b"--b--"], False)
def test_whatever_comes_is_refused_in_words_or_passes_the_gate(lines: list[bytes], stop_at_dot: bool) -> None:
    try:
        submitted = submit(
            b"\n".join(lines), recipients=(GIVEN,), recipients_from_header=False, stop_at_dot=stop_at_dot
        )
    except MessageError:
        return
    sent(submitted)
