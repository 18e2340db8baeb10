"""Other people's parts: clean ones stay to the byte, the rest becomes seven-bit without losing anything."""

import base64
from email.message import EmailMessage

import pytest

from app.address import Address
from app.errors import MessageError, Reason
from app.message.sendmail import read_submission
from tests.app.message.letters import NOW, field, read, text_of
from tests.app.message.submissions import sent

TO = b"To: a@b.example\nMIME-Version: 1.0\n"


def repaired(data: bytes) -> EmailMessage:
    return read(raw(data))


def raw(data: bytes) -> bytes:
    submitted = read_submission(
        TO + data,
        recipients=(),
        recipients_from_header=True,
        sender=Address.parse("nutzer@beispiel.example"),
        stop_at_dot=False,
        now=NOW,
    )
    return sent(submitted)


def refusal(data: bytes) -> str:
    with pytest.raises(MessageError) as caught:
        raw(data)
    assert caught.value.problem.reason is Reason.MESSAGE_UNREADABLE
    return caught.value.problem.fact("detail")


SIGNED = (
    b'Content-Type: multipart/signed; micalg="pgp-sha256";\n\tprotocol="application/pgp-signature"; boundary="out"\n\n'
    b"--out\n"
    b"Content-Type: text/plain; charset=us-ascii\nContent-Disposition: inline\n\nHallo  \n\n--x\n"
    b'--out\nContent-Type: application/pgp-signature; name="signature.asc"\n\n-----BEGIN PGP SIGNATURE-----\n\n'
    b"--out--\n"
)


def test_a_signed_message_stays_to_the_byte() -> None:
    data = raw(SIGNED)
    first = data.split(b"--out\r\n")[1]
    assert first == SIGNED.split(b"--out\n")[1].replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    ("header", "body", "text"),
    [
        (b"", "Grüße\n".encode(), "Grüße\n"),
        (b"", "Grüße\n".encode("latin-1"), "Grüße\n"),
        (b"Content-Type: text/plain\n", "Grüße\n".encode(), "Grüße\n"),
        (b"Content-Type: text/plain; charset=us-ascii; format=flowed\n", "Grüße\n".encode(), "Grüße\n"),
        (b"Content-Type: text/plain; charset=iso-8859-15\n", "10 €\n".encode("iso-8859-15"), "10 €\n"),
        (b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n", "日本\n".encode(), "日本\n"),
        (b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: binary\n", b"a\n", "a\n"),
        (b"Content-Transfer-Encoding: quoted-printable\n", b"Gr=FC=DFe", None),
        (b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n",
         b"x" * 1200 + b"=C3=BC\n", "x" * 1200 + "ü\n"),
        (b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: BASE64\n",
         base64.b64encode("ü".encode() * 800), "ü" * 800),
        (b"", b"x" * 1200 + b"\n", "x" * 1200 + "\n"),
        (b'Content-Type: text/plain; charset=utf-8; x="a\\"b"\n', "ü\n".encode(), "ü\n"),
    ],
)  # fmt: skip
def test_text_keeps_its_words(header: bytes, body: bytes, text: str | None) -> None:
    message = repaired(header + b"\n" + body)
    if text is not None:
        assert text_of(message) == text


def test_base64_that_is_none_is_kept_as_it_came() -> None:
    body = b"abcde" * 300 + b"f"
    message = repaired(b"Content-Type: x/y\nContent-Transfer-Encoding: base64\n\n" + body)
    assert message.get_payload(decode=True) == body


def test_what_is_not_text_becomes_base64() -> None:
    message = repaired(b"Content-Type: image/png\n\n\x89PNG\x00\xff")
    assert message["content-transfer-encoding"] == "base64"
    assert message.get_payload(decode=True) == b"\x89PNG\x00\xff"


def test_a_mail_within_that_is_not_clean_becomes_a_file() -> None:
    message = repaired(b"Content-Type: message/rfc822\n\nSubject: \xfc\n\nx\n")
    assert message.get_content_type() == "application/octet-stream"
    assert message.get_payload(decode=True) == b"Subject: \xfc\r\n\r\nx\r\n"


def test_an_encoded_mail_within_becomes_a_file() -> None:
    message = repaired(b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeQ==\n")
    assert message.get_content_type() == "application/octet-stream"
    assert message.get_payload(decode=True) == b"Subject: y"


def test_a_clean_mail_within_stays_a_mail() -> None:
    message = repaired(b"Content-Type: message/rfc822\n\nSubject: y\n\nx\n")
    assert message.get_content()["subject"] == "y"


def test_each_part_is_repaired_for_itself() -> None:
    message = repaired(
        b"Content-Type: multipart/mixed; boundary=out\nContent-Transfer-Encoding: 8bit\n\n"
        b"preamble \xfc\n--out\nContent-Type: multipart/alternative; boundary=in\n\n"
        b"--in  \nBcc: geheim@b.example\nX-Y: z\n\n\xc3\xbc\n--in\nContent-Type: text/html\n\n<p>x</p>\n--in--\n"
        b'--out\nContent-Type: text/plain;\n name="\xc3\xbc.txt"\nContent-Disposition: attachment;'
        b" filename=\xc3\xbc.txt\n"
        b"Content-Disposition: inline\n\nx\n--outer\n--out--\nepilogue \xfc\n"
    )
    plain, html, file = (part for part in message.walk() if not part.is_multipart())
    assert text_of(plain) == "ü"
    assert plain["bcc"] is None
    assert html.get_payload() == "<p>x</p>"
    assert file.get_filename() == "ü.txt"
    assert file.get_payload() == "x\r\n--outer"
    assert message["content-transfer-encoding"] is None


@pytest.mark.parametrize(
    "kind", [b"multipart/mixed", b"multipart/mixed; boundary=never", b'multipart/mixed; boundary=""']
)
def test_a_multipart_without_parts_is_text(kind: bytes) -> None:
    message = repaired(b"Content-Type: " + kind + b"\n\nHallo\n")
    assert message.get_content_type() == "text/plain"
    assert text_of(message) == "Hallo\n"


def test_an_unfinished_multipart_is_finished() -> None:
    message = repaired(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHallo")
    [part] = message.iter_parts()
    assert text_of(part) == "Hallo"


def test_an_encoding_nobody_knows_is_refused() -> None:
    assert refusal(b"Content-Transfer-Encoding: x-uuencode\n\nx\n") == "unknown encoding x-uuencode"


def test_parts_nested_without_end_are_refused() -> None:
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(200)
    )
    assert refusal(nested + b"\nx\n") == "its parts are nested too deep"


@pytest.mark.parametrize("boundary", [b"a(b", b'"a b"', b"\xc3\xbc", b"x" * 90, b'"a;b"', b'"a\\"b"'])
def test_odd_boundaries_still_part_the_parts(boundary: bytes) -> None:
    delimiter = b"--" + boundary.strip(b'"').replace(b"\\", b"")
    data = b"Content-Type: multipart/mixed; boundary =" + boundary + b"; x=y\n\n"
    [part] = repaired(data + delimiter + b"\n\nHallo\n" + delimiter + b"--\n").iter_parts()
    assert text_of(part) == "Hallo"


@pytest.mark.parametrize(
    ("came", "goes"),
    [
        (b"x/y; name=\xc3\xbc; a=b", b"x/y; name*=utf-8''%C3%BC; a=\"b\""),
        (b"x/y; name*=utf-8''%C3%BC; a=\xc3\xbc", b"x/y; name*=utf-8''%C3%BC; a*=utf-8''%C3%BC"),
        (b'x/y; name*="a b"; a=\xc3\xbc', b"x/y; name=\"a b\"; a*=utf-8''%C3%BC"),
        (b"x\xc3\xbc/y; a=b", b'application/octet-stream; a="b"'),
        (b"x/y; \xc3\xbc=b; c=d", b'x/y; c="d"'),
    ],
)
def test_parameters_are_written_anew_where_they_must_be(came: bytes, goes: bytes) -> None:
    assert field(raw(b"Content-Type: " + came + b"\n\nx\n"), "Content-Type") == goes


ENCLOSED = b"Content-Type: message/rfc822\n%s\nFrom: a@b.example\n%s\nBcc: stays\n%s"


@pytest.mark.case("D6", "H14")
def test_an_enclosed_mail_loses_its_blind_recipients() -> None:
    data = raw(ENCLOSED % (b"", b"Bcc: geheim@e.example,\n f@g.example\n", b"x\n"))
    assert data.endswith(b"\r\n\r\nFrom: a@b.example\r\n\r\nBcc: stays\r\nx\r\n")
    eight = repaired(ENCLOSED % (b"Content-Transfer-Encoding: 8bit\n", b"Bcc: geheim@e.example\n", b"\xfc\n"))
    assert eight.get_content_type() == "application/octet-stream"
    assert eight.get_payload(decode=True) == b"From: a@b.example\r\n\r\nBcc: stays\r\n\xfc\r\n"
    inner = base64.b64encode(b"Bcc: geheim@e.example\nA: b\n\nx")
    encoded = repaired(b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + inner)
    assert encoded.get_payload(decode=True) == b"A: b\n\nx"


@pytest.mark.case("D6")
@pytest.mark.parametrize(
    "inner", [b"From x Mon Nov 23\nA: b\n\nx\n", b"no header\n", b"A: b\nno field\n\nx\n", b"A: b\n"]
)
def test_an_enclosed_mail_that_is_none_becomes_a_file(inner: bytes) -> None:
    message = repaired(b"Content-Type: message/rfc822\n\n" + inner)
    assert message.get_content_type() == "application/octet-stream"
    assert message.get_payload(decode=True) == inner.replace(b"\n", b"\r\n")
