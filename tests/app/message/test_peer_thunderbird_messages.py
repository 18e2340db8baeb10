"""What Thunderbird's tests expect of a message's bytes, of mailto: links and of lists of recipients, held to our rules.

Ours are stricter: what was typed or linked is never decoded, a link sets nothing but recipients, subject, text and
thread, and neither program nor machine is named. Parts of `TB-headers` that name newsgroups, drafts' own fields,
priorities, receipts or custom fields have nothing here to be held to: no message of ours has these.
"""

from pathlib import Path

import pytest

from app.address import Address, Mailbox, split_mailboxes
from app.message.mailto import MailtoFields, parse_mailto
from tests.app.message.letters import (
    SENDER,
    assert_canonical,
    attached,
    box,
    draft,
    field,
    names,
    read,
    text_of,
    written,
)
from tests.servers.peer_script import row

KUKULKAN = "\u30b1\u30c4\u30a1\u30eb\u30b3\u30a2\u30c8\u30eb"


@pytest.mark.case("TB-long-lines")
@pytest.mark.parametrize("text", ["\u00e1" * 600, "\u6e2c\u8a66" * 500, KUKULKAN * 300], ids=["latin", "cjk", "kana"])
@pytest.mark.parametrize("rich", [False, True])
def test_a_line_that_is_too_long_goes_as_base64(text: str, rich: bool) -> None:
    data = written(draft(text=text, html=f"<p>{text}</p>" if rich else ""))
    assert_canonical(data)
    parts = [part for part in read(data).walk() if not part.is_multipart()]
    assert all(part["Content-Transfer-Encoding"] == "base64" for part in parts)
    assert all(text in text_of(part) for part in parts)


@pytest.mark.case("TB-headers")
@pytest.mark.parametrize(
    ("names_given", "subject"),
    [
        (["Nobody", "Alex", "Boris"], "This is an obscure reference"),
        (["\u00c9mile", "Andr\u00e9 Chopin", "\u00c9tienne"], "Ceci n'est pas un r\u00e9f\u00e9rence obscure"),
        ([KUKULKAN, f'"{KUKULKAN}", x', "\U0001f98a"], KUKULKAN * 20),
    ],
)
def test_an_envelope_reads_as_it_was_written(names_given: list[str], subject: str) -> None:
    to, cc, bcc = (box(f"n{number}@kunden.example", name) for number, name in enumerate(names_given))
    data = written(draft(to=(to,), cc=(cc,), bcc=(bcc,), subject=subject), reply_to=Address.parse("r@x.example"))
    assert_canonical(data)
    mail = read(data)
    assert mail["Subject"] == subject
    for name, box_given in (("To", to), ("Cc", cc), ("From", SENDER)):
        (found,) = mail[name].addresses
        assert (found.display_name, found.addr_spec) == (box_given.name, str(box_given.address))
    assert mail["Reply-To"] == "r@x.example"
    assert mail["Bcc"] is None


@pytest.mark.case("TB-headers")
def test_a_domain_in_another_script_goes_as_a_labels() -> None:
    domain = f"{KUKULKAN}.example"
    data = written(draft(to=(box(f"nobody@{domain}", "Nobody"),), cc=(box(f"alex@{domain}"),)))
    encoded = Address.parse(f"a@{domain}").domain
    assert field(data, "To") == f"Nobody <nobody@{encoded}>".encode()
    assert field(data, "Cc").startswith(b"alex@xn--")


@pytest.mark.case("TB-headers")
def test_an_answer_names_its_thread_and_a_long_one_is_cut_in_the_middle() -> None:
    references = tuple(f"<{number}@kunden.example>" for number in range(100))
    data = written(draft(references=references, in_reply_to=references[-1]))
    kept = field(data, "References").replace(b"\r\n", b"").decode().split()
    assert kept[0] == references[0]
    assert tuple(kept[1:]) == references[-len(kept) + 1 :]
    assert len(kept) < len(references)
    assert field(data, "In-Reply-To") == references[-1].encode()


@pytest.mark.case("TB-headers")
def test_the_fields_are_the_usual_and_nobody_elses() -> None:
    data = written(draft(), sender_header=Address.parse("nutzer@beispiel.example"))
    usual = {"date", "from", "sender", "to", "subject", "message-id", "mime-version", "content-type"}
    assert {name.lower() for name in names(data)} - {"content-transfer-encoding"} == usual
    assert field(data, "Message-ID").endswith(b"@partnerdomain.example>")
    assert field(written(draft(to=(), bcc=(box("x@kunden.example"),))), "To") == b"undisclosed-recipients:;"


@pytest.mark.case("TB-headers")
@pytest.mark.parametrize("text", ["A body", "Arch\u00e6ologist"])
@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("rich", [False, True])
def test_the_parts_come_in_the_usual_order(text: str, count: int, rich: bool, tmp_path: Path) -> None:
    files = tuple(attached(tmp_path / f"{number}.txt", b"o\xefl", f"o\u00efl{number}.txt") for number in range(count))
    data = written(draft(text=text, html=f"<p>{text}</p>" if rich else "", attachments=files))
    parts = list(read(data).walk())
    body = ["multipart/alternative", "text/plain", "text/html"] if rich else ["text/plain"]
    mixed = ["multipart/mixed"] if count else []
    assert [part.get_content_type() for part in parts] == mixed + body + ["text/plain"] * count
    # What a file is written in nobody knows, so nothing is said of it.
    found = [part.get_content_charset() for part in parts if not part.is_multipart()]
    assert found == ["utf-8"] * (len(found) - count) + [None] * count


@pytest.mark.parametrize(
    "name",
    [
        row("TB-attachment-1", "attachment.txt"),
        row("TB-attachment-2", f"_{KUKULKAN}, \u00e4\u00f6\u00fc \U0001f98a.txt"),
        row("TB-attachment-3", f"{KUKULKAN * 20}.txt"),
    ],
)
def test_an_attachment_keeps_its_name_and_its_octets(name: str, tmp_path: Path) -> None:
    octets = bytes(range(256)) * 9
    data = written(draft(attachments=(attached(tmp_path / "file", octets, name),)))
    assert_canonical(data)
    (part,) = read(data).iter_attachments()
    assert part.get_filename() == name
    assert part.get_payload(decode=True) == octets


TO_ONE = MailtoFields(to=(box("one@x.example"),))
# Encoded words are text: nobody typed them to be read as something else.
WORD, ENCODED = "=?UTF-8?Q?three?=@x.example", "%3D%3FUTF-8%3FQ%3Fthree%3F%3D@x.example"
GREEK = "mailto:%CE%B1?cc=%CE%B2&bcc=%CE%B3&subject=%CE%B4&body=%CE%B5&html-body=%CE%BE&newsgroups=%CE%B6&from=%CE%B7"
TWICE = "mailto:to1?%74%4F=to2&to=to3&subject=&%73%55%62%4A%65%43%74=subject&%62%4F%64%59=line1&body=line2&%63%43=cc1"


@pytest.mark.case("TB-mailto")
@pytest.mark.parametrize(
    ("url", "fields"),
    [
        ("mailto:one@x.example", TO_ONE),
        ("mailto:one@x.example?", TO_ONE),
        (f"mailto:{ENCODED}", MailtoFields(to=(box(WORD),))),
        (f"mailto:?to={ENCODED}", MailtoFields(to=(box(WORD),))),
        (f"mailto:one@x.example?to={ENCODED}", MailtoFields(to=(box("one@x.example"), box(WORD)))),
        (
            "mailto:a@x.example?to=b@x.example&to=c@x.example",
            MailtoFields(to=(box("a@x.example"), box("b@x.example"), box("c@x.example"))),
        ),
        ("mailto:?cc=one@x.example", MailtoFields(cc=(box("one@x.example"),))),
        (f"mailto:?cc={ENCODED}", MailtoFields(cc=(box(WORD),))),
        ("mailto:?bcc=one@x.example", MailtoFields(bcc=(box("one@x.example"),))),
        (f"mailto:?bcc={ENCODED}", MailtoFields(bcc=(box(WORD),))),
        ("mailto:?subject=foo", MailtoFields(subject="foo")),
        ("mailto:?subject=%62%61%72", MailtoFields(subject="bar")),
        (
            "mailto:?subject=%3D%3Futf-8%3FQ%3F%3DC2%3DA1encoded_subject%21%3F%3D",
            MailtoFields(subject="=?utf-8?Q?=C2=A1encoded_subject!?="),
        ),
        ("mailto:?body=one%20body", MailtoFields(body="one body")),
        ("mailto:?body=two%20bodies&body=two%20lines", MailtoFields(body="two bodies")),
        ("mailto:?html-part=html%20part", MailtoFields()),
        ("mailto:?html-body=html%20body", MailtoFields()),
        ("mailto:?html-part=html%20part&html-body=html-body", MailtoFields()),
        ("mailto:?references=%3Cref1%40x.example%3E", MailtoFields()),
        ("mailto:?in-reply-to=%3Crepl1%40x.example%3E", MailtoFields(in_reply_to="<repl1@x.example>")),
        (
            "mailto:?references=%3Cref2%40x.example%3E&in-reply-to=%3Crepl2%40x.example%3E",
            MailtoFields(in_reply_to="<repl2@x.example>"),
        ),
        (
            "mailto:?references=%3Cr3%40x.example%3E%20%3Cr4%40x.example%3E&in-reply-to=%3Cr4%40x.example%3E",
            MailtoFields(in_reply_to="<r4@x.example>"),
        ),
        ("mailto:?newsgroups=mozilla.dev.apps.thunderbird", MailtoFields()),
        ("mailto:?newsgroups=%3D%3FUTF-8%3FQ%3Fmozilla.test.multimedia%3F%3D", MailtoFields()),
        ("mailto:?from=notlikely@x.example", MailtoFields()),
        ("mailto:?from=%3D%3FUTF-8%3FQ%3Fme@x.example%3F%3D", MailtoFields()),
        ("mailto:?followup-to=mozilla.dev.planning", MailtoFields()),
        ("mailto:?followup-to=%3D%3FUTF-8%3FQ%3Fmozilla.test%3F%3D", MailtoFields()),
        ("mailto:?organization=very%20little", MailtoFields()),
        ("mailto:?organization=%3D%3FUTF-8%3FQ%3Fmicroscopic%3F%3D", MailtoFields()),
        ("mailto:?reply-to=notme@x.example", MailtoFields()),
        ("mailto:?reply-to=%3D%3FUTF-8%3FB%3Fw4VrZQ%3D%3D%3F%3D%20%3Cake@x.example%3E", MailtoFields()),
        ("mailto:?priority=1%20(People%20Are%20Dying!!1!)", MailtoFields()),
        ("mailto:?priority=%3D%3FUTF-8%3FQ%3F4%3F%3D", MailtoFields()),
        ("mailto:?newshost=news.x.example", MailtoFields()),
        ("mailto:?newshost=%3D%3FUTF-8%3FQ%3Fnews.x.example%3F%3D", MailtoFields()),
        (
            "mailto:?%74%4F=to&%73%55%62%4A%65%43%74=subject&%62%4F%64%59=body&%63%43=cc&%62%43%63=bcc",
            MailtoFields(subject="subject", body="body", unfinished=(("to", "to"), ("cc", "cc"), ("bcc", "bcc"))),
        ),
        (
            TWICE,
            MailtoFields(
                subject="subject", body="line1", unfinished=(("to", "to1"), ("to", "to2"), ("to", "to3"), ("cc", "cc1"))
            ),
        ),
        ("mailto:?nto=1&nsubject=2&nbody=3&ncc=4&nbcc=5", MailtoFields()),
        (
            GREEK,
            MailtoFields(
                subject="\u03b4", body="\u03b5", unfinished=(("to", "\u03b1"), ("cc", "\u03b2"), ("bcc", "\u03b3"))
            ),
        ),
    ],
)
def test_a_link_fills_in_what_it_may_and_nothing_else(url: str, fields: MailtoFields) -> None:
    assert parse_mailto(url) == fields


GIANT = '"Giant; \\"Big\\" Box" <box@x.example>'


@pytest.mark.case("TB-split")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("me@x.example", ["me@x.example"]),
        ("me@x.example, me2@x.example", ["me@x.example", "me2@x.example"]),
        ('"foo bar" <me@x.example>', ["foo bar <me@x.example>"]),
        (
            '"foo bar" <me@x.example>, "bar foo" <me2@x.example>',
            ["foo bar <me@x.example>", "bar foo <me2@x.example>"],
        ),
        (
            "A Group:Ed Jones <c@a.example>,joe@x.example,John <jdoe@x.example>;",
            ["Ed Jones <c@a.example>", "joe@x.example", "John <jdoe@x.example>"],
        ),
        (
            "mine:;, empty:;, f@x.example, other:b@x.example, b2@x.example;,       y@x.example, empty:;",
            ["f@x.example", "b@x.example", "b2@x.example", "y@x.example"],
        ),
        ("Undisclosed recipients:;;;;;;;;;;;;;;;;,,,,,,,,,,,,,,,,", []),
        ("a@x.example; b@x.example", ["a@x.example", "b@x.example"]),
        ("a@x.example; B <b@x.example>", ["a@x.example", "B <b@x.example>"]),
        ('"A " <a@x.example>; b@x.example', ["A <a@x.example>", "b@x.example"]),
        ("A <a@x.example>; B <b@x.example>", ["A <a@x.example>", "B <b@x.example>"]),
        (
            f"Mary <mary@x.example>, extra:;, group:j@x.example; Who? <one@x.example>; <boss@x.example>, {GIANT},   ",
            ["Mary <mary@x.example>", "j@x.example", "Who? <one@x.example>", "boss@x.example", GIANT],
        ),
        ("Undisclosed recipients: a@x.example ;;extra:;", ["a@x.example"]),
        ("Undisclosed recipients:;;extra:a@x.example;", ["a@x.example"]),
        ("", []),
    ],
)
def test_a_list_of_recipients_is_split(text: str, found: list[str]) -> None:
    assert split_mailboxes(text) == [Mailbox.parse(each) for each in found]


@pytest.mark.case("TB-split")
def test_comments_are_not_guessed_at() -> None:
    text = "A (this: is, a comment;) <a.example>; g:   (this: is, <a> comment;) C <c.example>, d.example;"
    assert not any(isinstance(each, Mailbox) for each in split_mailboxes(text))
