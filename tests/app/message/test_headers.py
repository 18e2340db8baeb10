"""Header fields: whatever text goes in, one well-formed field comes out that reads as the text."""

from datetime import UTC, datetime, timedelta, timezone
from email import policy
from email.header import decode_header, make_header
from email.parser import HeaderParser
from email.utils import getaddresses

import pytest

from app.address import Address, Mailbox
from app.errors import MessageError, Reason
from app.message.headers import (
    address_field,
    content_field,
    date_field,
    message_ids,
    message_ids_field,
    plain_line,
    text_field,
)
from tests.app.message.letters import box

FAMILY = "👨‍👩‍👧‍👦"


def subject(text: str) -> str:
    """Return what Python reads in the Subject field written for `text`."""
    written = text_field("Subject", text)
    assert written.isascii()
    assert written.endswith("\r\n")
    assert all(len(line) <= 76 for line in written.split("\r\n"))
    return str(HeaderParser(policy=policy.default).parsestr(written)["subject"])


def name_read(name: str) -> str:
    written = address_field("To", [box("a@b.example", name)])
    assert written.isascii()
    assert all(line.strip() for line in written.removesuffix("\r\n").split("\r\n"))
    # Python 3.11's newer parser shows the space between two encoded words, against RFC 2047 section 6.2.
    [(name, address)] = getaddresses([HeaderParser(policy=policy.compat32).parsestr(written)["to"]])
    assert address == "a@b.example"
    return str(make_header(decode_header(name)))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Angebot", "Subject: Angebot\r\n"),
        ("", "Subject: \r\n"),
        ("Grüße", "Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\n"),
        ("Angebot für Nutzer", "Subject: =?utf-8?q?Angebot_f=C3=BCr_Nutzer?=\r\n"),
        ("日本語", "Subject: =?utf-8?b?5pel5pys6Kqe?=\r\n"),
        ("a  b", "Subject: =?utf-8?q?a__b?=\r\n"),
        ("wahr =? falsch", "Subject: =?utf-8?q?wahr_=3D=3F_falsch?=\r\n"),
    ],
)
def test_a_subject_is_encoded_only_where_it_must_be(text: str, field: str) -> None:
    assert text_field("Subject", text) == field


def test_a_long_ascii_subject_is_folded_at_its_spaces() -> None:
    text = " ".join(["Rechnung"] * 40)
    assert text_field("Subject", text).replace("\r\n ", " ") == f"Subject: {text}\r\n"
    assert subject(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "x" * 3000,
        "ü" * 3000,
        ("wort " * 600).strip(),
        "=?utf-8?b?DQpCY2M6IGVAeA==?=",
        "=?utf-8?q?x=0AX-Evil:_y?=",
        'a "b" \\ , ; <c> (d)',
        "Bcc: e@x",
        FAMILY * 60,
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿 gegen 🇩🇪",
        "a" + "\u0301" * 200,
        "100 %",
    ],
    ids=lambda text: text[:12],
)
@pytest.mark.case("H2", "H3", "H7")
def test_a_subject_reads_as_it_was_typed(text: str) -> None:
    assert subject(text) == text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\r\nBcc: e@x", "a Bcc: e@x"),
        ("a\nb\rc", "a b c"),
        ("a\n", "a"),
        ("a\0b", "a b"),
        ("a\x85b\u2028c\u2029d", "a b c d"),
        ("a\tb", "a b"),
        ("\x1b[31m rot", "[31m rot"),
        ("ein\u202egnp.exe", "eingnp.exe"),
        ("\u2067a\u2069", "a"),
        ("a\ud83d", "a\ufffd"),
        ("\ufdd0a\ufdef\ufffe\U0001ffff\U0010fffe", "\ufffda\ufffd\ufffd\ufffd\ufffd"),
        ("   ", ""),
        ("שלום\u200f", "שלום\u200f"),
        (FAMILY, FAMILY),
    ],
)
@pytest.mark.case("H1", "H7", "H11")
def test_controls_become_spaces_and_disguises_are_dropped(text: str, line: str) -> None:
    assert plain_line(text) == line
    assert subject(text) == line


@pytest.mark.parametrize("cluster", [FAMILY, "🇩🇪", "👍🏽", "e\u0301", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
@pytest.mark.case("H7")
def test_what_is_seen_as_one_character_is_never_split(cluster: str) -> None:
    for shift in range(40):
        written = text_field("Subject", "-" * shift + cluster * 20)
        words = written.removeprefix("Subject: ").split()
        for word in words:
            [(data, charset)] = decode_header(word)
            assert charset == "utf-8"
            text = data.decode() if isinstance(data, bytes) else data
            assert text.replace(cluster, "").strip("-") == ""


def test_each_encoded_word_is_whole_text_in_itself() -> None:
    for word in text_field("Subject", "日本語テキスト" * 30).removeprefix("Subject: ").split():
        assert len(word) <= 75
        [(data, _)] = decode_header(word)
        assert isinstance(data, bytes)
        data.decode()


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("", "To: a@b.example\r\n"),
        ("   ", "To: a@b.example\r\n"),
        ("Nutzer", "To: Nutzer <a@b.example>\r\n"),
        ("N. Name", 'To: "N. Name" <a@b.example>\r\n'),
        ("Name, N", 'To: "Name, N" <a@b.example>\r\n'),
        ('N "N" Name', 'To: "N \\"N\\" Name" <a@b.example>\r\n'),
        ("back\\slash", 'To: "back\\\\slash" <a@b.example>\r\n'),
        ("Jürgen", "To: =?utf-8?q?J=C3=BCrgen?= <a@b.example>\r\n"),
        ("=?vertrieb", "To: =?utf-8?q?=3D=3Fvertrieb?= <a@b.example>\r\n"),
    ],
)
@pytest.mark.case("H3", "H4")
def test_a_name_is_atoms_or_quoted_or_encoded(name: str, field: str) -> None:
    assert address_field("To", [box("a@b.example", name)]) == field


@pytest.mark.parametrize(
    "name",
    [
        '"',
        "\\",
        '\\"',
        ",",
        ";",
        "<evil@x.example>",
        "()",
        "(comment",
        "a@bank.example",
        "=?utf-8?q?x=0AX-Evil:_y?=",
        "=?utf-8?b?DQpCY2M6IGVAeA==?=",
        "A  B",
        "undisclosed-recipients:;",
        "N." * 160,
        "ü" * 320,
        "x" * 320,
        "wort " * 60 + "ende",
    ],
    ids=lambda name: name[:12],
)
@pytest.mark.case("H2", "H3")
def test_a_name_survives_as_text(name: str) -> None:
    assert name_read(name) == name


@pytest.mark.parametrize(
    ("name", "shown"), [("a\r\nBcc: e@x.example", "a Bcc: e@x.example"), ("a\0", "a"), ("b\u202ec", "bc")]
)
@pytest.mark.case("H1")
def test_a_name_cannot_end_its_header(name: str, shown: str) -> None:
    assert name_read(name) == shown


@pytest.mark.case("H8")
def test_a_long_list_is_folded_and_keeps_everybody() -> None:
    people = [box(f"nummer{number}@beispiel.example", f"Nummer {number}") for number in range(500)]
    written = address_field("To", people)
    assert all(len(line) <= 76 for line in written.split("\r\n"))
    [header] = HeaderParser(policy=policy.default).parsestr(written).get_all("to", [])
    assert [each.addr_spec for each in header.addresses] == [str(person.address) for person in people]


@pytest.mark.case("H13")
def test_a_domain_goes_as_a_labels() -> None:
    assert address_field("To", [box("b@bücher.example")]) == "To: b@xn--bcher-kva.example\r\n"


@pytest.mark.case("H12")
def test_a_quoted_local_part_keeps_its_quotes() -> None:
    assert address_field("To", [box('"a b"@c.example')]) == 'To: "a b"@c.example\r\n'


@pytest.mark.case("H13")
def test_a_foreign_local_part_is_refused_not_altered() -> None:
    with pytest.raises(MessageError) as caught:
        address_field("To", [box("jürgen@b.example")])
    assert caught.value.problem.reason is Reason.MESSAGE_ADDRESS_NOT_ASCII
    assert caught.value.problem.fact("address") == "jürgen@b.example"


@pytest.mark.case("H1")
def test_an_address_made_by_hand_cannot_end_its_header() -> None:
    with pytest.raises(MessageError) as caught:
        address_field("To", [Mailbox(Address("a\r\nBcc: e", "b.example"))])
    assert caught.value.problem.reason is Reason.MESSAGE_BAD_HEADER


@pytest.mark.parametrize(
    ("zone", "field"),
    [
        (UTC, "Date: Mon, 23 Nov 2026 09:12:05 +0000\r\n"),
        (timezone(timedelta(hours=1)), "Date: Mon, 23 Nov 2026 10:12:05 +0100\r\n"),
        (timezone(-timedelta(hours=3, minutes=30)), "Date: Mon, 23 Nov 2026 05:42:05 -0330\r\n"),
        (timezone(timedelta(minutes=53, seconds=28)), "Date: Mon, 23 Nov 2026 10:05:05 +0053\r\n"),
    ],
)
def test_the_date_is_in_its_own_zone(zone: timezone, field: str) -> None:
    assert date_field(datetime(2026, 11, 23, 9, 12, 5, tzinfo=UTC).astimezone(zone)) == field


def test_a_time_without_a_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="zone"):
        date_field(datetime(2026, 11, 23))  # noqa: DTZ001 - the very case


def test_only_message_identifiers_are_referred_to() -> None:
    texts = ["<a@b>", " <c@d> ", "<a@b>", "e@f", "<g h@i>", "<j\r\nBcc: k>", "", f"<{'x' * 901}>"]
    assert message_ids(texts) == ["<a@b>", "<c@d>"]
    assert message_ids_field("References", texts) == "References: <a@b> <c@d>\r\n"
    assert message_ids_field("In-Reply-To", ["none"]) == ""


def test_long_threads_keep_their_first_and_latest_messages() -> None:
    ids = [f"<{number}@b.example>" for number in range(200)]
    assert message_ids(ids) == [ids[0], *ids[-49:]]
    assert all(len(line) <= 998 for line in message_ids_field("References", ids).split("\r\n"))


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ("a.pdf", 'X: y; filename="a.pdf"\r\n'),
        ("a b.pdf", 'X: y; filename="a b.pdf"\r\n'),
        ('a"b.pdf', "X: y; filename*=utf-8''a%22b.pdf\r\n"),
        ("<a>", "X: y; filename*=utf-8''%3Ca%3E\r\n"),
        ("=?x", "X: y; filename*=utf-8''%3D%3Fx\r\n"),
        ("ä'*%().txt", "X: y; filename*=utf-8''%C3%A4%27%2A%25%28%29.txt\r\n"),
    ],
)
def test_parameters_are_quoted_or_encoded(value: str, field: str) -> None:
    assert content_field("X", "y", [("filename", value)]) == field


@pytest.mark.case("H5")
def test_a_long_parameter_is_continued() -> None:
    written = content_field("Content-Disposition", "attachment", [("filename", "日" * 300)])
    assert all(len(line) <= 76 for line in written.split("\r\n"))
    assert "filename*0*=utf-8''" in written
    parsed = HeaderParser(policy=policy.default).parsestr(written)
    assert parsed.get_filename() == "日" * 300
