"""mailto: links fill in a composer; nothing in them can do more.

F2 does not apply: settings are typed or come with the organisation's policy; none are looked for anywhere.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import MessageError, Reason
from app.message.mailto import BODY_LIMIT, MailtoFields, parse_mailto
from tests.app.message.letters import box


@pytest.mark.parametrize(
    ("url", "fields"),
    [
        ("mailto:", MailtoFields()),
        ("mailto:a@b.example", MailtoFields(to=(box("a@b.example"),))),
        (" MAILTO:a@b.example ", MailtoFields(to=(box("a@b.example"),))),
        ("mailto:a@b.example,c@d.example", MailtoFields(to=(box("a@b.example"), box("c@d.example")))),
        ("mailto:a@b.example%2Cc@d.example", MailtoFields(to=(box("a@b.example"), box("c@d.example")))),
        ("mailto:a@b.example;c@d.example", MailtoFields(to=(box("a@b.example"), box("c@d.example")))),
        ("mailto:?to=a@b.example&to=c@d.example", MailtoFields(to=(box("a@b.example"), box("c@d.example")))),
        ("mailto:a@b.example?cc=c@d.example&BCC=e@f.example",
         MailtoFields(to=(box("a@b.example"),), cc=(box("c@d.example"),), bcc=(box("e@f.example"),))),
        ("mailto:%22not%40me%22@b.example", MailtoFields(to=(box('"not@me"@b.example'),))),
        ("mailto:%22a,b%22@c.example", MailtoFields(to=(box('"a,b"@c.example'),))),
        ("mailto:%22a%5C%22,b%22@c.example", MailtoFields(to=(box('"a\\",b"@c.example'),))),
        ("mailto:gorby%25kremvax@b.example", MailtoFields(to=(box("gorby%kremvax@b.example"),))),
        ("mailto:N%20Name%20%3Ca@b.example%3E", MailtoFields(to=(box("a@b.example", "N Name"),))),
        ("mailto:user@%E7%B4%8D%E8%B1%86.example.org", MailtoFields(to=(box("user@納豆.example.org"),))),
        ("mailto:a+b@c.example", MailtoFields(to=(box("a+b@c.example"),))),
        ("mailto:?subject=Gr%C3%BC%C3%9Fe%20%26%20mehr", MailtoFields(subject="Grüße & mehr")),
        ("mailto:?subject=a+b", MailtoFields(subject="a+b")),
        ("mailto:?subject=a&subject=b", MailtoFields(subject="a")),
        ("mailto:?body=eins%0D%0Azwei%0Adrei%0Dvier", MailtoFields(body="eins\nzwei\ndrei\nvier")),
        ("mailto:?In-Reply-To=%3Ca@b.example%3E", MailtoFields(in_reply_to="<a@b.example>")),
        ("mailto:?subject=a#fragment", MailtoFields(subject="a")),
    ],
)  # fmt: skip
def test_what_a_link_asks_for_is_filled_in(url: str, fields: MailtoFields) -> None:
    assert parse_mailto(url) == fields


@pytest.mark.parametrize(
    "field",
    ["from", "reply-to", "organization", "priority", "attach", "attachment", "Attach", "html-body", "x-evil", "date"],
)
@pytest.mark.case("F1")
def test_a_link_sets_nothing_else(field: str) -> None:
    assert parse_mailto(f"mailto:a@b.example?{field}=/etc/passwd") == parse_mailto("mailto:a@b.example")


@pytest.mark.parametrize(
    ("url", "fields"),
    [
        ("mailto:?subject=x%0D%0ABcc:%20e@x.example", MailtoFields(subject="x Bcc: e@x.example")),
        ("mailto:?subject=x%E2%80%A8y%00", MailtoFields(subject="x y")),
        ("mailto:?subject=%E2%80%AEx", MailtoFields(subject="x")),
        ("mailto:?subject==?utf-8?q?x=0AX-Evil:_y?=", MailtoFields(subject="=?utf-8?q?x=0AX-Evil:_y?=")),
        ("mailto:a@b.example%0D%0ABcc:%20e@x.example",
         MailtoFields(unfinished=(("to", "a@b.example Bcc: e@x.example"),))),
        ("mailto:?in-reply-to=%3Ca@b%3E%0D%0ABcc:%20e", MailtoFields()),
        ("mailto:?body=a%00b", MailtoFields(body="ab")),
        ("mailto:?subject=%3D%3Futf-8%3Fb%3FDQpCY2M6IGVAeA%3D%3D%3F%3D",
         MailtoFields(subject="=?utf-8?b?DQpCY2M6IGVAeA==?=")),
        ("mailto:?cc=a%0D%0A,b@c.example", MailtoFields(cc=(box("b@c.example"),), unfinished=(("cc", "a"),))),
        ("mailto:?to%0D%0ABcc=e@x.example", MailtoFields()),
    ],
)  # fmt: skip
@pytest.mark.case("F1")
def test_line_breaks_never_start_a_header(url: str, fields: MailtoFields) -> None:
    assert parse_mailto(url) == fields


@pytest.mark.parametrize(
    ("url", "fields"),
    [
        ("mailto:a@b.example?&&subject=x&&", MailtoFields(to=(box("a@b.example"),), subject="x")),
        ("mailto:a@b.example?subject", MailtoFields(to=(box("a@b.example"),))),
        ("mailto:a@b.example&subject=x", MailtoFields(unfinished=(("to", "a@b.example&subject=x"),))),
        ("mailto:a@b.example??subject=x", MailtoFields(to=(box("a@b.example"),))),
        ("mailto:a%2540b.example", MailtoFields(unfinished=(("to", "a%40b.example"),))),
        ("mailto:?subject=%FF%zz%", MailtoFields(subject="\ufffd%zz%")),
        ("mailto:,,;", MailtoFields()),
        ('mailto:"a,b', MailtoFields(unfinished=(("to", '"a,b'),))),
        ("mailto:?cc=kein&bcc=auch%20keine", MailtoFields(unfinished=(("cc", "kein"), ("bcc", "auch keine")))),
    ],
)
@pytest.mark.case("F1")
def test_odd_links_are_read_as_far_as_they_make_sense(url: str, fields: MailtoFields) -> None:
    assert parse_mailto(url) == fields


@pytest.mark.case("F1")
def test_a_huge_link_is_cut() -> None:
    many = ",".join(f"n{number}@b.example" for number in range(5000))
    fields = parse_mailto(f"mailto:{many}?body={'x' * 3_000_000}&subject={'y' * 10_000}&cc={'z' * 10_000}")
    assert len(fields.to) == 500
    assert len(fields.body) == BODY_LIMIT
    assert len(fields.subject) == 2000


@pytest.mark.parametrize("url", ["", "http://b.example", "a@b.example", "mail:a@b.example", "//mailto:a@b.example"])
def test_what_is_no_mailto_link_is_refused(url: str) -> None:
    with pytest.raises(MessageError) as caught:
        parse_mailto(url)
    assert caught.value.problem.reason is Reason.MESSAGE_UNREADABLE


@given(st.text())
@pytest.mark.case("F1")
def test_no_link_is_too_odd(rest: str) -> None:
    fields = parse_mailto("mailto:" + rest)
    assert "\n" not in fields.subject


@pytest.mark.case("F1")
@pytest.mark.parametrize("flood", ["x", '"', '"x', "\\", '"\\', ",", "?", "&cc=a@b.example&", "%2C", "<"])
def test_no_hostile_link_takes_long(flood: str) -> None:
    fields = parse_mailto("mailto:" + flood * (1_000_000 // len(flood)))
    assert len(fields.to) + len(fields.cc) + len(fields.unfinished) <= 500
