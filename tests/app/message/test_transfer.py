"""Transfer encodings: what comes out is seven-bit, short-lined and decodes to what went in."""

import base64
import quopri
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.message.transfer import (
    BASE64_STEP,
    base64_lines,
    canonical_text,
    encode_body,
    is_seven_bit,
    quoted_printable,
    whole_characters,
)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", b""),
        ("a", b"a\r\n"),
        ("a\n", b"a\r\n"),
        ("a\r\nb\rc\nd", b"a\r\nb\r\nc\r\nd\r\n"),
        ("a\n\n\n", b"a\r\n\r\n\r\n"),
        ("\n", b"\r\n"),
        ("a\0b\ud800", "a\ufffdb\ufffd\r\n".encode()),
        ("a\u2028b\x85", "a\u2028b\x85\r\n".encode()),
    ],
)
@pytest.mark.case("D3")
def test_text_has_one_kind_of_line_end_and_one_at_its_end(text: str, data: bytes) -> None:
    assert canonical_text(text) == data


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"", "7bit"),
        (b"Guten Tag\r\n-- \r\nN. Name\r\n", "7bit"),
        (b"x" * 78 + b"\r\n", "7bit"),
        (b"x" * 79 + b"\r\n", "quoted-printable"),
        (b"From here on\r\n", "quoted-printable"),
        (b"a\r\n.\r\nb\r\n", "quoted-printable"),
        (b"Guten\x1bTag\r\n", "quoted-printable"),
        ("Viele Grüße aus dem schönen Meißen\r\n".encode(), "quoted-printable"),
        (("á" * 600 + "\r\n").encode(), "base64"),
        ("日本語\r\n".encode(), "base64"),
    ],
)
def test_a_body_goes_as_legibly_as_is_safe(data: bytes, encoding: str) -> None:
    assert encode_body(data)[0] == encoding


@given(st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r\n", b"From ", b".", b"\x1b", b"\xfc", b"x" * 39, b"y" * 77])))
def test_only_what_nothing_alters_goes_as_it_is(parts: list[bytes]) -> None:
    data = b"".join(parts)
    altered = re.search(rb"[^\t\r\n -~]|^From |^\.|[^\n]{80}", data, re.MULTILINE)
    assert (encode_body(data)[0] == "7bit") == (altered is None)


def test_a_noncharacter_of_any_plane_is_replaced_and_its_neighbours_stay() -> None:
    for plane in range(17):
        none, neighbours = (
            (chr(plane << 16 | low) for low in (0xFFFE, 0xFFFF)),
            (chr(plane << 16 | 0xFFFD), "\U0001f600"),
        )
        assert whole_characters("".join(none)) == "\ufffd\ufffd"
        assert whole_characters("ä".join(neighbours)) == "ä".join(neighbours)
    assert (
        whole_characters("\ud7ff\ud800\udfff\ue000\ufdcf\ufdd0\ufdef\ufdf0")
        == "\ud7ff\ufffd\ufffd\ue000\ufdcf\ufffd\ufffd\ufdf0"
    )


@pytest.mark.parametrize("sent", [b"\r\n.\r\n", b"\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r\n.\r", b"\r.\r"])
@pytest.mark.case("D1", "D3")
def test_no_end_of_data_can_stand_in_a_body(sent: bytes) -> None:
    body = canonical_text(b"Hallo".decode() + sent.decode() + "MAIL FROM:<e@x.example>")
    encoding, data = encode_body(body)
    assert encoding == "quoted-printable"
    assert b"\r\n." not in data
    assert data.count(b"\r\n") == data.count(b"\r") == data.count(b"\n")
    assert quopri.decodestring(data) == body


@pytest.mark.case("D2")
def test_lines_that_mailboxes_would_alter_are_hidden() -> None:
    assert quoted_printable(b"From me\r\nFromage\r\n.x\r\n..\r\nb \r\nc\t\r\nd=\r\n") == (
        b"=46rom me\r\nFromage\r\n=2Ex\r\n=2E.\r\nb=20\r\nc=09\r\nd=3D\r\n"
    )


def test_a_soft_line_break_never_splits_an_encoded_octet() -> None:
    for length in range(70, 80):
        data = b"x" * length + "üü=".encode() + b"y" * 80
        lines = quoted_printable(data).split(b"\r\n")
        assert all(len(line) <= 76 for line in lines)
        assert quopri.decodestring(b"\n".join(lines)) == data


@given(st.text(), st.booleans())
@pytest.mark.case("D4")
def test_every_text_decodes_to_itself(text: str, long: bool) -> None:
    body = canonical_text(text * 40 if long else text)
    encoding, data = encode_body(body)
    decoders: dict[str, Callable[[bytes], bytes]] = {
        "7bit": bytes,
        "quoted-printable": quopri.decodestring,
        "base64": base64.b64decode,
    }
    assert decoders[encoding](data) == body
    assert is_seven_bit(data)
    assert max(map(len, data.split(b"\r\n"))) <= 78


@pytest.mark.parametrize("size", [0, 1, 56, 57, 58, BASE64_STEP - 1, BASE64_STEP, BASE64_STEP + 1])
def test_base64_lines_are_76_long_and_whole(size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    lines = base64_lines(data[:size])
    assert base64.b64decode(lines) == data[:size]
    assert all(len(line) <= 76 for line in lines.split(b"\r\n"))
    assert not lines or lines.endswith(b"\r\n")


@pytest.mark.parametrize(
    ("data", "clean"),
    [
        (b"", True),
        (b"a\r\n", True),
        (b"x" * 998 + b"\r\n", True),
        (b"x" * 999 + b"\r\n", False),
        (b"a\nb\r\n", False),
        (b"a\rb\r\n", False),
        (b"a\0\r\n", False),
        (b"\xfc\r\n", False),
    ],
)
@pytest.mark.case("D3", "D4")
def test_what_may_travel_as_it_is(data: bytes, clean: bool) -> None:
    assert is_seven_bit(data) is clean


@pytest.mark.timeout(20)
def test_a_text_in_one_long_line_takes_no_longer_than_in_many() -> None:
    lines = quoted_printable(b"x" * 6_000_000 + b"\r\n").split(b"\r\n")
    assert len(lines[0]) == 76
    assert len(lines) == 6_000_000 // 75 + 1
