"""Whatever was typed, pasted or attached: on the wire there is one end of data, and nothing but short ASCII lines."""

from pathlib import Path

import pytest

from app.address import Address, Mailbox
from app.delivery.data import DotStuffing
from app.errors import Reason
from tests.app.message.letters import OTHER, SENDER, assert_canonical, attached, draft, read, text_of, written
from tests.app.message.submissions import refusal, sent, submit

FAKE_ENDS = ("\n.\n", "\n.\r\n", "\r.\r\n", "\r\n.\r", "\r.\r", "\r\n.\r\n")
SMUGGLED = "MAIL FROM:<e@x.example>\r\nRCPT TO:<f@x.example>\r\nDATA\r\nBcc: g@x.example\r\n\r\nx"
ENDS = "".join(f"Hallo{end}{SMUGGLED}" for end in FAKE_ENDS)
DOTTED = ".\r\n..\r\n.Foo\r\nBar.\r\n.\r\n"
CLEAN_MAIL = b"From: a@b.example\r\n\r\n"


def on_the_wire(data: bytes) -> bytes:
    """Return what the session writes for a message, its end included, however it is cut into pieces."""
    assert_canonical(data)
    whole = DotStuffing()
    stuffed = whole.stuff(data) + whole.close_line() + b".\r\n"
    pieces = DotStuffing()
    assert b"".join(pieces.stuff(bytes([octet])) for octet in data) + pieces.close_line() + b".\r\n" == stuffed
    return stuffed


def received(wire: bytes) -> bytes:
    """Return the message a server makes of it (RFC 5321 section 4.5.2), whatever it takes for the end of data."""
    message = wire.removesuffix(b".\r\n")
    assert len(message) == len(wire) - 3
    assert not any(fake.encode() in message for fake in FAKE_ENDS)
    return b"\r\n".join(line.removeprefix(b".") for line in message.split(b"\r\n"))


def hostile(tmp_path: Path, text: str) -> bytes:
    """Return a message that has `text` wherever somebody can put it."""
    octets = text.encode()
    name = Mailbox(OTHER.address, text)
    files = (
        attached(tmp_path / "1", octets, text),
        attached(tmp_path / "2", CLEAN_MAIL + octets, "clean.eml"),
        attached(tmp_path / "3", octets + b"\0\xff", "unclean.eml"),
    )
    letter = draft(subject=text, to=(name,), text=text, html=f"<p>{text}</p>", attachments=files, in_reply_to=text)
    return written(letter, sender=Mailbox(SENDER.address, text))


@pytest.mark.case("D1", "D3", "D6")
@pytest.mark.parametrize("text", [*FAKE_ENDS, ENDS, ENDS * 40], ids=lambda text: f"{text[:8]!r}-{len(text)}")
def test_nothing_fakes_the_end_of_data(tmp_path: Path, text: str) -> None:
    data = hostile(tmp_path, text)
    assert received(on_the_wire(data)) == data
    message = read(data)
    assert message["bcc"] is None
    assert [part.get_payload(decode=True) for part in message.iter_attachments()][2] == text.encode() + b"\0\xff"


@pytest.mark.case("D2", "D6")
def test_dots_at_the_beginnings_of_lines_arrive(tmp_path: Path) -> None:
    data = hostile(tmp_path, DOTTED)
    assert received(on_the_wire(data)) == data
    plain, _rich, file, clean, unclean = (part for part in read(data).walk() if not part.is_multipart())
    assert text_of(plain) == DOTTED.replace("\r\n", "\n")
    assert file.get_payload(decode=True) == DOTTED.encode()
    assert clean.get_payload() == DOTTED
    assert unclean.get_payload(decode=True) == DOTTED.encode() + b"\0\xff"


@pytest.mark.case("D3", "D4", "D6")
@pytest.mark.parametrize(
    "text", ["a\rb\nc\0d", "x" * 5000, "á" * 600, "日本" * 3000, "\x1b$B" + "x" * 2000 + "\x1b(B", "x" * 998, "x" * 999]
)
def test_controls_and_long_lines_become_short_ascii_lines(tmp_path: Path, text: str) -> None:
    data = hostile(tmp_path, text)
    assert received(on_the_wire(data)) == data
    first = read(data).get_body(("plain",))
    assert first is not None
    assert text_of(first) == text.replace("\r", "\n").replace("\0", "\ufffd") + "\n"


@pytest.mark.case("D1", "D2", "D3", "D4")
@pytest.mark.parametrize(
    "text", [ENDS, DOTTED, "a\rb\nc\0d\r\n", "x" * 5000, "ä\xff" * 900], ids=lambda text: f"{text[:8]!r}-{len(text)}"
)
@pytest.mark.parametrize("kind", ["", "Content-Type: message/rfc822\n\nA: b\n", "Content-Type: application/x\n"])
def test_what_another_program_wrote_is_as_harmless(text: str, kind: str) -> None:
    data = sent(submit(f"To: a@b.example\n{kind}\n{text}".encode("latin-1")))
    assert received(on_the_wire(data)) == data


@pytest.mark.case("H12", "H13")
@pytest.mark.parametrize("local", ["a@b", "a b", "a\\b", 'a"b', "a,b", "a."])
def test_a_quoted_recipient_is_one_recipient(local: str) -> None:
    address = Address(local, "c.example")
    [read_back] = read(written(draft(to=(Mailbox(address, "N"),))))["to"].addresses
    assert (read_back.username, read_back.domain) == (local, "c.example")


@pytest.mark.case("H12")
@pytest.mark.parametrize("text", ["a@[127.0.0.1]", "a@b.example.", f"{'a' * 65}@b.example", f"a@{'b.' * 130}example"])
def test_an_address_out_of_bounds_is_refused_and_not_cut(text: str) -> None:
    reason, facts = refusal(f"To: {text}\n\nx\n".encode())
    assert (reason, facts["text"]) == (Reason.MESSAGE_UNFINISHED_RECIPIENT, text)
