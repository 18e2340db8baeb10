"""What the demo shows of a message is what a recipient's program would, whatever the message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo.inbox import Arrived, Server
from app.demo.reading import shown, verification_code

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)


def arrived(data: bytes) -> Arrived:
    return Arrived(
        server=Server.ORGANISATION,
        login="nutzer@beispiel.example",
        envelope_from="nutzer@beispiel.example",
        recipients=("empfang@empfang.example",),
        data=data,
        received_at=NOW,
        tls="TLSv1.3",
        port=587,
        queue_id="A1",
    )


def test_an_external_from_with_a_sender_is_on_behalf_of() -> None:
    seen = shown(
        arrived(
            b"From: =?utf-8?q?N=C3=B6?= Name <nutzer.name@partnerdomain.example>\r\n"
            b"Sender: nutzer@beispiel.example\r\nTo: Empfang <empfang@empfang.example>\r\n"
            b"Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\nDate: Mon, 23 Nov 2026 10:12:00 +0100\r\n\r\nHallo.\r\n"
        )
    )
    assert seen.on_behalf_of
    assert (seen.from_name, seen.from_address) == ("Nö Name", "nutzer.name@partnerdomain.example")
    assert seen.sender == "nutzer@beispiel.example"
    assert (seen.to, seen.subject) == ("Empfang <empfang@empfang.example>", "Grüße")
    assert seen.date == datetime(2026, 11, 23, 10, 12, tzinfo=timezone(timedelta(hours=1)))
    assert seen.text == "Hallo.\r\n"


def test_a_sender_equal_to_from_is_not_on_behalf_of() -> None:
    data = b"From: a <nutzer@beispiel.example>\r\nSender: Nutzer@Beispiel.example\r\n\r\n"
    assert not shown(arrived(data)).on_behalf_of
    assert not shown(arrived(b"From: a <nutzer@beispiel.example>\r\n\r\n")).on_behalf_of


def test_attachments_are_named_and_the_plain_part_is_read() -> None:
    seen = shown(
        arrived(
            b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
            b"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            b"R3LDvMOfZQ==\r\n"
            b'--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="a b.pdf"\r\n\r\nx\r\n'
            b"--b--\r\n"
        )
    )
    assert (seen.text, seen.attachments) == ("Grüße", ("a b.pdf",))


def test_a_message_of_html_alone_is_read_as_text() -> None:
    data = b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>Your code is <b>123 456 789</b> &amp; no more</p>"
    assert shown(arrived(data)).text.strip() == "Your code is 123 456 789 & no more"
    assert verification_code(arrived(data)) == "123456789"


def test_an_unknown_character_set_is_read_as_far_as_it_goes() -> None:
    data = b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=klingon\r\n\r\nHallo \xff"
    assert shown(arrived(data)).text.startswith("Hallo ")


@pytest.mark.parametrize("written", ["123456789", "123 456 789", "123-456-789", "123\u00a0456\u00a0789"])
def test_a_code_is_found_however_it_is_grouped(written: str) -> None:
    data = f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nCode: {written}.\r\n".encode()
    assert verification_code(arrived(data)) == "123456789"


@pytest.mark.parametrize("text", ["", "12345678", "1234567890", "12 3456 789", "123 456-789"])
def test_other_numbers_are_no_code(text: str) -> None:
    assert verification_code(arrived(f"Subject: x\r\n\r\n{text}\r\n".encode())) is None


FIELDS = st.sampled_from([b"From", b"Sender", b"To", b"Subject", b"Date", b"Content-Type", b"Content-Disposition"])
SIGNS = b'< > " ( ) @ , ; : =?utf-8?q? ?= =?x?b?= a text/html multipart/mixed message/rfc822 ;boundary=b ;charset=utf-7'
PIECES = st.sampled_from([*SIGNS.split(), b" ", b"\r\n ", b"\xff", b"Mon, 99", b"attachment; filename*0*="])


@given(st.lists(st.tuples(FIELDS, st.lists(PIECES, max_size=8).map(b"".join)), max_size=5), st.binary(max_size=60))
def test_no_message_is_too_strange_to_be_shown(fields: list[tuple[bytes, bytes]], body: bytes) -> None:
    head = b"".join(name + b": " + value + b"\r\n" for name, value in fields)
    seen = shown(arrived(b"MIME-Version: 1.0\r\n" + head + b"\r\n--b\r\n" + body + b"\r\n--b--\r\n"))
    assert isinstance(seen.text, str)
    verification_code(arrived(head + b"\r\n" + body))
