"""The message's bytes: exactly the headers meant, nothing that tells more, and a flat memory."""

import os
import re
import tracemalloc
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from app.address import Address, Mailbox
from app.errors import MessageError, Reason
from app.message.draft import Attachment
from app.message.message_id import new_message_id
from app.message.mime import RECIPIENT_LIMIT, build, estimate_size
from tests.app.message.letters import (
    MESSAGE_ID,
    NOW,
    OTHER,
    SENDER,
    assert_canonical,
    attached,
    box,
    draft,
    field,
    header_of,
    names,
    read,
    text_of,
    written,
)

PLAIN = (
    b"Date: Mon, 23 Nov 2026 09:12:05 +0000\r\n"
    b'From: "N. Name" <nutzer.name@partnerdomain.example>\r\n'
    b"To: Kunde <kunde@kunden.example>\r\n"
    b"Subject: Angebot\r\n"
    b"Message-ID: <0123456789abcdef@partnerdomain.example>\r\n"
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: text/plain; charset="utf-8"\r\n'
    b"Content-Transfer-Encoding: 7bit\r\n"
    b"\r\n"
    b"Guten Tag\r\n"
)


def reason_of(**fields: object) -> tuple[Reason, dict[str, str]]:
    with pytest.raises(MessageError) as caught:
        written(draft(**fields))
    return caught.value.problem.reason, dict(caught.value.problem.facts)


def test_a_plain_message_to_the_byte() -> None:
    assert written(draft(subject="Angebot")) == PLAIN


def test_a_message_through_the_organisation_names_its_sender() -> None:
    data = written(draft(), sender_header=Address.parse("nutzer@beispiel.example"))
    assert field(data, "Sender") == b"nutzer@beispiel.example"
    assert field(data, "From") == b'"N. Name" <nutzer.name@partnerdomain.example>'


def test_a_message_through_a_gateway_names_nobody_else() -> None:
    data = written(draft())
    assert b"beispiel.example" not in data
    assert "Sender" not in names(data)
    assert "Reply-To" not in names(data)


def test_replies_go_where_the_address_says() -> None:
    assert field(written(draft(), reply_to=Address.parse("r@b.example")), "Reply-To") == b"r@b.example"


def test_nothing_names_the_program_or_the_machine() -> None:
    data = written(draft()).lower()
    host = os.uname().nodename.lower().encode()
    assert names(data) == [
        "date", "from", "to", "subject", "message-id", "mime-version", "content-type", "content-transfer-encoding",
    ]  # fmt: skip
    assert b"absender" not in data
    assert host not in data


@pytest.mark.case("H14")
def test_blind_recipients_are_never_written() -> None:
    data = written(draft(cc=(box("c@d.example"),), bcc=(box("geheim@e.example", "Geheim"),)))
    assert b"geheim" not in data.lower()
    assert b"bcc" not in data.lower()
    assert field(data, "Cc") == b"c@d.example"


@pytest.mark.case("H8")
def test_a_message_to_blind_recipients_only_names_nobody() -> None:
    data = written(draft(to=(), bcc=(box("geheim@e.example"),)))
    assert field(data, "To") == b"undisclosed-recipients:;"
    assert "Cc" not in names(data)


def test_a_message_to_cc_only_has_no_to() -> None:
    assert "To" not in names(written(draft(to=(), cc=(OTHER,))))


@pytest.mark.case("H14")
def test_a_body_line_that_looks_like_bcc_stays() -> None:
    assert written(draft(text="Bcc: x\nFrom: y\n")).endswith(b"\r\n\r\nBcc: x\r\nFrom: y\r\n")


def test_an_answer_keeps_its_thread() -> None:
    data = written(draft(in_reply_to="<b@c>", references=("<a@c>", "<b@c>")))
    assert field(data, "In-Reply-To") == b"<b@c>"
    assert field(data, "References") == b"<a@c> <b@c>"


@pytest.mark.parametrize("reference", ["<a@b>\r\nBcc: e@x", "a\nb", "=?utf-8?b?DQpCY2M6IGVAeA==?="])
@pytest.mark.case("H1", "H2")
def test_a_hostile_reference_is_left_out(reference: str) -> None:
    data = written(draft(in_reply_to=reference, references=(reference,)))
    assert "In-Reply-To" not in names(data)
    assert "References" not in names(data)


@pytest.mark.parametrize(
    "text",
    ["=?utf-8?b?DQpCY2M6IGVAeA==?=", "=?utf-8?q?x=0AX-Evil:_y?=", "x\r\nX-Evil: y", "x\n", "x\0", "x\u2028X-Evil: y"],
)
@pytest.mark.case("H1", "H2")
def test_no_text_becomes_a_header(tmp_path: Path, text: str) -> None:
    sender = Mailbox(SENDER.address, text)
    letter = draft(
        subject=text,
        to=(Mailbox(OTHER.address, text),),
        text=text,
        html=f"<p>{text}</p>",
        attachments=(attached(tmp_path / "a", b"x", text + ".txt", text),),
    )
    data = written(letter, sender=sender)
    assert_canonical(data)
    message = read(data)
    assert message["bcc"] is None
    assert all("x-evil" not in (name.lower() for name in part) for part in message.walk())
    assert len([part for part in message.walk() if part.is_attachment()]) == 1


@pytest.mark.parametrize("zone", [timezone.utc, timezone(timedelta(hours=5, minutes=45))])  # noqa: UP017 - beside another
def test_the_date_shows_the_writers_zone(zone: timezone) -> None:
    data = written(draft(), now=NOW.astimezone(zone))
    assert read(data)["date"].datetime == NOW
    assert read(data)["date"].datetime.utcoffset() == zone.utcoffset(None)


def test_message_identifiers_tell_only_the_domain() -> None:
    ids = {new_message_id(SENDER.address) for _ in range(100)}
    assert len(ids) == 100
    assert all(re.fullmatch(r"<[0-9a-f]{32}@partnerdomain\.example>", each) for each in ids)


def test_rich_text_comes_with_its_plain_twin() -> None:
    message = read(written(draft(text="Grüße\n", html="<p>Gr&uuml;&szlig;e <b>fett</b></p>")))
    assert message.get_content_type() == "multipart/alternative"
    plain, rich = message.iter_parts()
    assert (plain.get_content_type(), text_of(plain)) == ("text/plain", "Grüße\n")
    assert rich.get_content_type() == "text/html"
    assert "<p>Grüße <b>fett</b></p>" in text_of(rich)


def test_rich_text_without_a_plain_twin_gets_one() -> None:
    plain, _ = read(written(draft(text="", html="<p>Hallo</p><p>Welt</p>"))).iter_parts()
    assert text_of(plain) == "Hallo\n\nWelt\n"


def test_rich_text_is_cleaned_when_it_is_written() -> None:
    data = written(draft(html='<p onclick="x()">a<script>b</script><img src="file:///etc/passwd"></p>'))
    assert b"script" not in data
    assert b"passwd" not in data
    assert b"onclick" not in data


@pytest.mark.case("H5")
def test_attachments_arrive_as_they_were(tmp_path: Path) -> None:
    files = {"a.pdf": os.urandom(100_000), "Übersicht 2026.pdf": b"x", "leer.txt": b"", "日" * 300: b"\0\r\n.\r\n"}
    letter = draft(
        attachments=tuple(
            attached(tmp_path / str(number), data, name) for number, (name, data) in enumerate(files.items())
        )
    )
    data = written(letter)
    assert_canonical(data)
    message = read(data)
    assert message.get_content_type() == "multipart/mixed"
    found = {part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()}
    assert found == files
    assert [part.get_content_disposition() for part in message.iter_attachments()] == ["attachment"] * 4
    body = message.get_body()
    assert body is not None
    assert text_of(body) == "Guten Tag\n"


@pytest.mark.case("H14", "D6")
def test_an_attached_mail_stays_a_mail_or_becomes_a_file(tmp_path: Path) -> None:
    clean = b"From: a@b.example\r\nSubject: innen\r\n\r\n.\r\nHallo\r\n"
    blind = b"Bcc: geheim@b.example\r\n"
    eight = clean + b"Gr\xfc\xdfe\r\n"
    files = [attached(tmp_path / "1.eml", blind + clean), attached(tmp_path / "2.eml", blind + eight)]
    data = written(draft(attachments=tuple(files)))
    assert b"geheim" not in data
    first, second = read(data).iter_attachments()
    assert first.get_content_type() == "message/rfc822"
    assert clean in data
    assert second.get_content_type() == "application/octet-stream"
    assert second.get_payload(decode=True) == eight


def test_boundaries_are_new_each_time_and_in_no_body(tmp_path: Path) -> None:
    letter = draft(html="<p>x</p>", attachments=(attached(tmp_path / "a", b"x"),))
    found = [re.findall(rb'boundary="(=_[0-9a-f]{32})"', written(letter)) for _ in range(2)]
    assert len({boundary for boundaries in found for boundary in boundaries}) == 4


@pytest.mark.parametrize("size", [1, 57, 5000, 200_000])
@pytest.mark.parametrize("text", ["", "kurz", "Grüße " * 3000, "日本" * 3000])
def test_the_estimated_size_is_never_far_too_small(tmp_path: Path, size: int, text: str) -> None:
    letter = draft(text=text, html=f"<p>{text}</p>", attachments=(attached(tmp_path / "a", b"x" * size),))
    exact = len(written(letter))
    assert exact * 0.95 < estimate_size(letter) < exact * 1.2 + 2000


@pytest.mark.case("H7")
def test_a_lone_surrogate_is_estimated_and_written() -> None:
    letter = draft(text="a\ud83d", subject="\ud83d")
    assert estimate_size(letter) > 0
    assert text_of(read(written(letter))) == "a\ufffd\n"


def test_memory_does_not_grow_with_the_attachment(tmp_path: Path) -> None:
    file = tmp_path / "groß.bin"
    with file.open("wb") as out:
        for _ in range(20):
            out.write(os.urandom(1024 * 1024))
    letter = draft(attachments=(Attachment(str(file), file.name, file.stat().st_size),))
    written(draft())
    tracemalloc.start()
    try:
        size = 0
        for chunk in build(letter, sender=SENDER, sender_header=None, reply_to=None, now=NOW, message_id=MESSAGE_ID):
            size += len(chunk)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 27_000_000
    assert peak < 2_000_000


def test_a_draft_without_recipients_is_refused() -> None:
    assert reason_of(to=()) == (Reason.MESSAGE_NO_RECIPIENT, {})


def test_what_is_no_address_yet_is_refused_and_named() -> None:
    assert reason_of(unfinished=(("to", "kunde@"),)) == (Reason.MESSAGE_UNFINISHED_RECIPIENT, {"text": "kunde@"})


@pytest.mark.case("H8", "H9")
def test_recipients_are_counted_once_and_limited() -> None:
    many = tuple(box(f"n{number}@b.example") for number in range(RECIPIENT_LIMIT))
    data = written(draft(to=many, cc=many, bcc=many))
    assert len(read(data)["to"].addresses) == RECIPIENT_LIMIT
    facts = {"count": "501", "limit": "500"}
    assert reason_of(to=(*many, OTHER)) == (Reason.MESSAGE_TOO_MANY_RECIPIENTS, facts)


@pytest.mark.parametrize("where", ["to", "cc", "bcc"])
@pytest.mark.case("H13")
def test_a_foreign_local_part_is_refused_wherever_it_is(where: str) -> None:
    reason, facts = reason_of(**{where: (box("jürgen@b.example"),)})
    assert (reason, facts) == (Reason.MESSAGE_ADDRESS_NOT_ASCII, {"address": "jürgen@b.example"})


@pytest.mark.parametrize("message_id", ["", "x", "<a@b>\r\nBcc: c", "<a b@c>", "<a@b><c@d>"])
def test_a_bad_message_identifier_is_refused(message_id: str) -> None:
    with pytest.raises(MessageError) as caught:
        build(draft(), sender=SENDER, sender_header=None, reply_to=None, now=NOW, message_id=message_id)
    assert caught.value.problem.reason is Reason.MESSAGE_BAD_HEADER


def test_a_missing_attachment_is_refused_at_once(tmp_path: Path) -> None:
    gone = Attachment(str(tmp_path / "weg.pdf"), "weg.pdf", 1)
    assert reason_of(attachments=(gone,)) == (Reason.MESSAGE_ATTACHMENT_MISSING, {"name": "weg.pdf"})


def test_an_attachment_that_vanishes_meanwhile_stops_the_message(tmp_path: Path) -> None:
    attachment = attached(tmp_path / "a", b"x")
    chunks = build(
        draft(attachments=(attachment,)),
        sender=SENDER,
        sender_header=None,
        reply_to=None,
        now=NOW,
        message_id=MESSAGE_ID,
    )
    (tmp_path / "a").unlink()
    with pytest.raises(MessageError) as caught:
        list(chunks)
    assert caught.value.problem.reason is Reason.MESSAGE_ATTACHMENT_MISSING


@pytest.mark.case("D4", "H7")
def test_long_lines_are_never_sent() -> None:
    for text in ("á" * 600, "日本" * 5000, "x" * 20_000, "\x1b$B" + "x" * 2000):
        data = written(draft(text=text, subject=text, to=(Mailbox(OTHER.address, text),)))
        assert_canonical(data)
        assert max(map(len, header_of(data).split(b"\r\n"))) <= 76
        assert text_of(read(data)) == text + "\n"
