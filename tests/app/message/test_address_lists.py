"""Address lists in other programs' header fields: read exactly, or refused in words, never guessed at."""

import pytest

from app.errors import Reason
from app.message.reading import decoded_text
from tests.app.message.submissions import refusal, sent, submit


@pytest.mark.parametrize(
    ("line", "display"),
    [
        (b"a@b.example", "a@b.example"),
        (b"<a@b.example>", "a@b.example"),
        (b"N Name <a@b.example>", "N Name <a@b.example>"),
        (b'"Name, \\"N\\"" <a@b.example>', 'Name, "N" <a@b.example>'),
        (b'N "N" Name <a@b.example>', "N N Name <a@b.example>"),
        (b"a@b.example (N. \\(Name\\))", "N. \\(Name\\) <a@b.example>"),
        (
            b"=?utf-8?q?" + b"=C3=BC" * 10 + b"?=\n =?utf-8?q?" + b"=C3=BC" * 10 + b"?= <a@b.example>",
            "ü" * 20 + " <a@b.example>",
        ),
        (b'"a b"@c.example', '"a b"@c.example'),
        (b"a@b\xc3\xbccher.example", "a@bücher.example"),
        (b"\xc3\xbc <a@b.example>", "ü <a@b.example>"),
        (b"Gruppe: a@b.example;", "a@b.example"),
        (b", a@b.example,", "a@b.example"),
    ],
)
@pytest.mark.case("H3", "H12", "H13")
def test_a_sender_is_read_however_it_is_written(line: bytes, display: str) -> None:
    submitted = submit(b"From: " + line + b"\nTo: a@b.example\n\nx\n")
    assert submitted.sender.display == display
    sent(submitted)


@pytest.mark.parametrize(
    "line",
    [
        b"To: alice@b.example)evil@x.example",
        b"To: alice@b.example <evil@x.example",
        b"To: ((evil@x.example)) alice@b.example",
        b"To: alice@b.example\\",
        b"To: \xff\xfe",
        b"To: <",
        b'To: "',
        b"To: a@[",
        b"To: ()",
        b"To: :;",
        b"To: @",
        b"To: =?",
        b"To: ,,;",
        b"To: =?utf-8?q?",
    ],
)
@pytest.mark.case("H12")
def test_broken_address_lists_are_refused_in_words(line: bytes) -> None:
    reason, _ = refusal(line + b"\n\nx\n")
    assert reason in {
        Reason.MESSAGE_NO_RECIPIENT,
        Reason.MESSAGE_UNREADABLE,
        Reason.MESSAGE_UNFINISHED_RECIPIENT,
        Reason.MESSAGE_ADDRESS_NOT_ASCII,
    }


@pytest.mark.parametrize("charset", ["undefined", "idna", "unknown-8bit", "rot13", "utf-8*de"])
def test_a_character_set_that_cannot_be_read_is_no_mistake_of_ours(charset: str) -> None:
    assert decoded_text(f"=?{charset}?q?a=FFb..c?=").startswith("a")
