"""The last gate: what is not exactly the message meant does not pass, however it is cut into pieces."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from app.address import Address, Mailbox
from app.errors import MessageError, Reason
from app.message.gate import Gate, Meant, checked
from tests.app.message.letters import MESSAGE_ID, OTHER, SENDER, attached, box, draft, written

PRIMARY = Address.parse("nutzer@beispiel.example")
PLAIN = written(draft(subject="Angebot"))
MEANT: dict[str, Any] = {
    "sender": SENDER.address,
    "sender_header": None,
    "message_id": MESSAGE_ID,
    "visible": (OTHER.address,),
    "subject": "Angebot",
}


def passes(data: bytes | Iterable[bytes], **meant: Any) -> bytes:
    return b"".join(checked([data] if isinstance(data, bytes) else data, Meant(**(MEANT | meant))))


def refusal(data: bytes | Iterable[bytes], **meant: Any) -> str:
    with pytest.raises(MessageError) as caught:
        passes(data, **meant)
    assert caught.value.problem.reason is Reason.MESSAGE_GATE
    return caught.value.problem.fact("detail")


def multipart(tmp_path: Path) -> bytes:
    letter = draft(subject="Angebot", html="<p>x -- y</p>", text="-- \n--\n--x\na--b\n", attachments=_files(tmp_path))
    return written(letter)


def _files(tmp_path: Path) -> tuple[Any, ...]:
    mail = b"From: a@b.example\n\n--x\n"
    return (attached(tmp_path / "a.bin", bytes(range(256)) * 300), attached(tmp_path / "b.eml", mail))


def with_field(line: bytes, data: bytes = PLAIN) -> bytes:
    return data.replace(b"\r\nMIME-Version", b"\r\n" + line + b"\r\nMIME-Version", 1)


def without(name: bytes, data: bytes = PLAIN) -> bytes:
    return re.sub(rb"(?m)^" + name + rb": [^\r]*\r\n", b"", data, count=1)


def test_what_was_meant_passes_unchanged() -> None:
    assert passes(PLAIN) == PLAIN


@pytest.mark.parametrize("step", [1, 2, 3, 7, 64, 1000, 100_000])
def test_it_does_not_matter_how_the_bytes_are_cut(tmp_path: Path, step: int) -> None:
    data = multipart(tmp_path)
    assert passes(data[at : at + step] for at in range(0, len(data), step)) == data
    broken = data.replace(b"--\r\n", b"--\n")
    assert refusal(broken[at : at + step] for at in range(0, len(broken), step)) == "a line end is not CRLF"


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        (b"Bcc: c@d.example", "blind recipients are named"),
        (b"bCC: c@d.example", "blind recipients are named"),
        (b"Resent-Bcc: c@d.example", "blind recipients are named"),
        (b"Resent-To: c@d.example", "blind recipients are named"),
        (b"From: evil@x.example", "a required header field is missing or there twice"),
        (b"Date: Mon, 23 Nov 2026 09:12:05 +0000", "a required header field is missing or there twice"),
        (b"Message-ID: <x@y>", "a required header field is missing or there twice"),
        (b"To: c@d.example", "a header field is there twice"),
        (b"Subject: y", "a header field is there twice"),
        (b"Content-Type: text/html", "a header field is there twice"),
        (b"X-Evil: y", "the header fields are not those intended"),
        (b"User-Agent: y", "the header fields are not those intended"),
        (b"Cc: c@d.example", "To and Cc name others than intended"),
        (b"Reply-To: c@d.example", "Reply-To names others than intended"),
        (b"Reply-To: c@d.example, e@f.example", "Reply-To names others than intended"),
        (b"In-Reply-To: <c@d.example>", "other messages are referred to than intended"),
        (b"References: <c@d.example>", "other messages are referred to than intended"),
        (b"Sender: nutzer@beispiel.example", "Sender is not the intended address"),
        (b"no field", "a header line is no field"),
        (b"X-Evil:y", "a header line is no field"),
        (b"X Evil: y", "a header line is no field"),
        (b": y", "a header line is no field"),
        (b"X-Evil\x0b: y", "a header line is no field"),
        (b"X-Evil: \0", "a NUL is in it"),
        (b"X-Evil: \xfc", "an octet has eight bits"),
        (b"X-Evil: a\rb", "a line end is not CRLF"),
        (b"X-Evil: a\nb: c", "a line end is not CRLF"),
        (b"X-Evil: " + b"x" * 991, "a line is too long"),
        (b"X-Evil: " + (b"x" * 900 + b"\r\n ") * 3000 + b"x", "a header is too long"),
    ],
)
@pytest.mark.case("H15", "H14")
def test_an_injected_header_line_is_refused(line: bytes, detail: str) -> None:
    assert refusal(with_field(line)) == detail


@pytest.mark.parametrize("name", [b"From", b"Date", b"Message-ID", b"MIME-Version"])
@pytest.mark.case("H15")
def test_a_missing_header_field_is_refused(name: bytes) -> None:
    assert refusal(without(name)) == "a required header field is missing or there twice"


def test_a_header_that_begins_with_a_fold_is_refused() -> None:
    assert refusal(b" folded\r\n" + PLAIN) == "a header line is no field"


@pytest.mark.parametrize(
    "value",
    [
        b"evil@x.example",
        b"NUTZER.NAME@partnerdomain.example",
        b"<nutzer.name@partnerdomain.example> <evil@x.example>",
        b'"nutzer.name@partnerdomain.example" <evil@x.example>',
        b"nutzer.name@partnerdomain.example.evil.example",
    ],
)
@pytest.mark.case("H15")
def test_another_from_is_refused(value: bytes) -> None:
    data = without(b"From").replace(b"\r\nTo:", b"\r\nFrom: " + value + b"\r\nTo:", 1)
    assert refusal(data) == "From is not the chosen address"


@pytest.mark.case("H15")
def test_two_addresses_in_from_are_refused() -> None:
    value = b"evil@x.example, <nutzer.name@partnerdomain.example>"
    data = without(b"From").replace(b"\r\nTo:", b"\r\nFrom: " + value + b"\r\nTo:", 1)
    assert refusal(data) == "From names not one address"


@pytest.mark.case("H15")
def test_the_sender_is_exactly_the_one_meant() -> None:
    data = written(draft(subject="Angebot"), sender_header=PRIMARY)
    assert passes(data, sender_header=PRIMARY) == data
    assert refusal(data) == "Sender is not the intended address"
    assert refusal(PLAIN, sender_header=PRIMARY) == "Sender is not the intended address"


@pytest.mark.parametrize("local", ["a<b", "a>b", "> <", "a.", ".a", "a..b", 'a"b', "a\\b", "a@b", "a,b"])
@pytest.mark.parametrize("name", ["", "N. Name"])
@pytest.mark.case("H12")
def test_an_address_that_needs_quotes_passes_wherever_it_stands(local: str, name: str) -> None:
    mailbox = Mailbox(Address(local, "b.example"), name)
    letter = draft(subject="Angebot", to=(mailbox, OTHER), cc=(mailbox,))
    data = written(letter, sender=mailbox, sender_header=mailbox.address)
    assert f'"@{mailbox.address.domain}'.encode() in data
    assert refusal(data, sender=mailbox.address, sender_header=PRIMARY) == "Sender is not the intended address"


@pytest.mark.case("H15")
def test_whom_the_gate_has_read_before_it_compares_anew() -> None:
    other = box("c@d.example")
    data, another = written(draft(subject="Angebot")), written(draft(subject="Angebot", to=(other,)))
    for _ in range(2):
        assert passes(data) == data
        assert passes(another, visible=(other.address,)) == another
        assert refusal(another) == "To and Cc name others than intended"
        assert refusal(data, visible=(other.address,)) == "To and Cc name others than intended"


def test_another_message_identifier_is_refused() -> None:
    assert refusal(PLAIN, message_id="<other@b.example>") == "the Message-ID is another"


@pytest.mark.case("H15")
def test_another_subject_is_refused() -> None:
    assert refusal(PLAIN, subject="Rechnung") == "the subject reads differently"
    assert refusal(without(b"Subject")) == "the subject reads differently"
    assert passes(without(b"Subject"), subject="") != b""


def test_a_subject_is_compared_as_it_is_seen() -> None:
    text = "a\u202eb\r\n  c\ud83d 👨‍👩‍👧 \ufdd0\U0001ffff"
    data = written(draft(subject=text))
    assert passes(data, subject=text) == data
    assert refusal(data, subject="ab c") == "the subject reads differently"


@pytest.mark.case("H14", "H15")
def test_to_and_cc_name_exactly_whom_they_should() -> None:
    people = (box("c@d.example"), box('"e f"@g.example'), box("h@bücher.example"))
    letter = draft(subject="Angebot", cc=people, bcc=(box("geheim@e.example"),))
    data = written(letter)
    shown = (OTHER.address, *(person.address for person in people))
    assert passes(data, visible=shown) == data
    assert passes(data, visible=shown[::-1]) == data
    for others in (shown[:1], shown[:3], (*shown, OTHER.address), (*shown, letter.bcc[0].address), ()):
        assert refusal(data, visible=others) == "To and Cc name others than intended"


@pytest.mark.case("H15")
def test_answers_go_where_they_should_and_only_there() -> None:
    address = Address('"a, b', "c.example")
    data = written(draft(subject="Angebot"), reply_to=address)
    assert passes(data, reply_to=(address,)) == data
    for others in ((), (OTHER.address,), (address, OTHER.address)):
        assert refusal(data, reply_to=others) == "Reply-To names others than intended"
    assert refusal(PLAIN, reply_to=(address,)) == "Reply-To names others than intended"


@pytest.mark.case("H15")
def test_only_messages_that_were_meant_are_referred_to() -> None:
    data = written(draft(subject="Angebot", in_reply_to="<a@b>", references=("<c@d>", "<a@b>", "none")))
    assert passes(data, in_reply_to=("<a@b>",), references=("<c@d>", "<a@b>")) == data
    for meant in ({}, {"in_reply_to": ("<a@b>",)}, {"references": ("<c@d>", "<a@b>")}):
        assert refusal(data, **meant) == "other messages are referred to than intended"


@pytest.mark.case("H15")
def test_further_header_fields_are_those_named() -> None:
    data = with_field(b"X-Cron-Env: <A=b>\r\nX-Cron-Env: <C=d>")
    assert passes(data, extra=["x-cron-env", "X-Cron-Env"]) == data
    assert refusal(data, extra=["x-cron-env"]) == "the header fields are not those intended"
    assert refusal(PLAIN, extra=["x-cron-env"]) == "the header fields are not those intended"


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        (b"To: kunde@", {}),
        (b"To: \x1b@x.example", {}),
        (b"Subject: =?utf-8?q?", {"subject": "x"}),
    ],
)
def test_a_header_that_reads_oddly_is_refused(line: bytes, meant: dict[str, str]) -> None:
    data = with_field(line, without(line.partition(b":")[0]))
    assert refusal(data, **meant) in {"the header cannot be read back", "the subject reads differently"}


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"a\nb\r\n", "a line end is not CRLF"),
        (b"a\rb\r\n", "a line end is not CRLF"),
        (b"a\r\r\nb\r\n", "a line end is not CRLF"),
        (b"aa\r\nb\n\n\r\n", "a line end is not CRLF"),
        (b"ab\r\n\r\n\r\n\r\rab\r\n", "a line end is not CRLF"),
        (b"\r\n.\n", "a line end is not CRLF"),
        (b"\n.\r\n", "a line end is not CRLF"),
        (b"a\0b\r\n", "a NUL is in it"),
        (b"\x80\r\n", "an octet has eight bits"),
        (b"x" * 999 + b"\r\n", "a line is too long"),
        (b"a\r\n" * 1000 + b"x" * 999 + b"\r\n", "a line is too long"),
        ((b"x" * 999 + b"\r\n") * 3, "a line is too long"),
        (b"x" * 5000, "a line is too long"),
        (b"no end", "the last line has no end"),
        (b"a\r\nb\r", "the last line has no end"),
        (b"a\rb", "a line end is not CRLF"),
    ],
)
@pytest.mark.case("D1", "D3", "D4")
def test_a_body_that_would_not_arrive_as_it_is_is_refused(body: bytes, detail: str) -> None:
    assert refusal(PLAIN.replace(b"Guten Tag\r\n", body)) == detail


@pytest.mark.parametrize("body", [b"", b"x" * 998 + b"\r\n", (b"x" * 998 + b"\r\n") * 3, b".\r\n", b"--x--\r\n"])
def test_an_honest_body_passes(body: bytes) -> None:
    data = PLAIN.replace(b"Guten Tag\r\n", body)
    assert passes(data) == data


def test_a_message_without_an_end_of_its_header_is_refused() -> None:
    assert refusal(PLAIN.partition(b"\r\n\r\n")[0] + b"\r\n") == "a header has no end"
    assert refusal(b"") == "a header has no end"


def test_a_multipart_passes(tmp_path: Path) -> None:
    data = multipart(tmp_path)
    assert passes(data) == data


@pytest.mark.parametrize("part", ["Content-Disposition: attachment", 'Content-Type: text/plain; charset="utf-8"'])
@pytest.mark.parametrize("line", [b"X-Evil: y", b"Bcc: c@d.example", b"no field"])
@pytest.mark.case("H15")
def test_a_header_line_injected_into_a_part_is_refused(tmp_path: Path, part: str, line: bytes) -> None:
    data = multipart(tmp_path).replace(b"\r\n" + part.encode(), b"\r\n" + line + b"\r\n" + part.encode(), 1)
    assert refusal(data) in {"a part has a foreign header field", "a header line is no field"}


@pytest.mark.case("H15")
def test_a_field_there_twice_in_a_part_is_refused(tmp_path: Path) -> None:
    line = b"\r\nContent-Disposition: attachment"
    data = multipart(tmp_path).replace(line, line + line, 1)
    assert refusal(data) == "a content field is there twice"


@pytest.mark.parametrize("encoding", [b"8bit", b"binary", b"x-uuencode"])
def test_an_encoding_for_more_than_seven_bits_is_refused(encoding: bytes) -> None:
    assert refusal(PLAIN.replace(b"7bit", encoding)) == "an encoding is not for seven bits"


def test_a_composite_part_is_never_encoded(tmp_path: Path) -> None:
    data = multipart(tmp_path)
    assert b"message/rfc822" in data
    broken = data.replace(b"message/rfc822", b"x/y", 1).replace(b"application/octet-stream", b"message/rfc822", 1)
    assert refusal(broken) == "a composite part is encoded"


@pytest.mark.case("D6", "H14", "H15")
@pytest.mark.parametrize(
    ("line", "detail"),
    [
        (b"Bcc: geheim@e.example", "blind recipients are named"),
        (b"resent-BCC : geheim@e.example", "blind recipients are named"),
        (b"no field", "an enclosed mail has no header"),
        (b": x", "an enclosed mail has no header"),
    ],
)
def test_an_enclosed_mail_is_one_and_names_no_blind_recipients(tmp_path: Path, line: bytes, detail: str) -> None:
    data = multipart(tmp_path)
    inner = b"From: a@b.example\r\n"
    assert passes(data.replace(inner, inner + b"X-Any:field\r\n folded\r\n")) != data
    assert refusal(data.replace(inner, inner + line + b"\r\n")) == detail
    assert refusal(data.replace(inner, line + b"\r\n" + inner)) == detail


def test_an_enclosed_mail_without_a_header_is_refused(tmp_path: Path) -> None:
    data = multipart(tmp_path)
    assert refusal(data.replace(b"From: a@b.example\r\n\r\n", b"\r\n")) == "an enclosed mail has no header"
    start = data.index(b"From: a@b.example")
    assert refusal(data[: start + 19] + data[data.index(b"\r\n--=_", start) + 2 :]) == "a header has no end"


def test_an_unfinished_multipart_is_refused(tmp_path: Path) -> None:
    data = multipart(tmp_path)
    assert refusal(data[: data.rindex(b"--=_")]) == "a multipart has no end"
    assert refusal(data[: data.rindex(b"--\r\n")] + b"\r\n") == "a header has no end"


@pytest.mark.case("H15")
def test_a_part_of_ours_that_ends_early_is_refused(tmp_path: Path) -> None:
    data = multipart(tmp_path)
    assert passes(data, attachments=2) == data
    assert refusal(data, attachments=1) == refusal(data, attachments=3) == "the attachments are not those intended"
    for start in (found.start() for found in re.finditer(rb"^Content-[A-Z]", data, re.MULTILINE)):
        early = data[:start] + b"\r\n" + data[start:]
        if data[:start].endswith(b"MIME-Version: 1.0\r\n"):
            continue
        assert refusal(early, attachments=2) in {
            "a part does not say what it is",
            "the attachments are not those intended",
        }
    assert (
        refusal(PLAIN.replace(b"Content-Type", b"\r\nContent-Type"), attachments=0) == "a part does not say what it is"
    )


@pytest.mark.parametrize("kind", [b"multipart/mixed", b"multipart/mixed; boundary="])
def test_a_multipart_without_a_boundary_is_refused(kind: bytes) -> None:
    assert refusal(PLAIN.replace(b"text/plain", kind + b"; x=y")) == "a multipart has no boundary"


def test_parts_may_not_be_nested_without_end() -> None:
    top = PLAIN.replace(b'text/plain; charset="utf-8"', b"multipart/mixed; boundary=b0")
    inner = b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (level, level + 1) for level in range(60)
    )
    assert refusal(top.replace(b"Guten Tag\r\n", inner)) == "parts are nested too deep"


def test_a_part_left_open_when_its_parent_goes_on_is_refused() -> None:
    top = PLAIN.replace(b'text/plain; charset="utf-8"', b"multipart/mixed; boundary=out")
    body = b"--out\r\nContent-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n\r\nx\r\n--out\r\n\r\ny\r\n--out--\r\n"
    assert refusal(top.replace(b"Guten Tag\r\n", body)) == "a multipart has no end"
    closed = top.replace(b"Guten Tag\r\n", body.replace(b"x\r\n--out", b"x\r\n--in--\r\n--out"))
    assert passes(closed) == closed


def test_the_gate_itself_takes_pieces() -> None:
    def feed(data: bytes) -> None:
        gate = Gate(Meant(**MEANT))
        for octet in data:
            gate.feed(bytes([octet]))
        gate.finish()

    feed(PLAIN)
    with pytest.raises(MessageError):
        feed(PLAIN.replace(b"\r\n\r\n", b"\r\nBcc: x@y.example\r\n\r\n", 1))
