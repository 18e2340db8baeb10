"""Rich text: what Qt writes stays what one sees; what others write becomes harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QFont, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument, QTextListFormat

from app.message.html import plain_text, sanitise


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("", ""),
        ("Hallo", "Hallo"),
        ("<p>a</p>", "<p>a</p>"),
        ("<p>a<br>b<br/></p>", "<p>a<br>b<br></p>"),
        ("<b>a</b><strong>b</strong><i>c</i><em>d</em><u>e</u><s>f</s>",
         "<b>a</b><strong>b</strong><i>c</i><em>d</em><u>e</u><s>f</s>"),
        ("<ul><li>a</li></ul><ol><li>b</li></ol>", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
        ("<blockquote>a</blockquote>", "<blockquote>a</blockquote>"),
        ("<h1>a</h1><h2>b</h2><h3>c</h3><h5>d</h5>", "<h1>a</h1><h2>b</h2><h3>c</h3><h3>d</h3>"),
        ('<a href="https://b.example/?a=1&amp;b=2">x</a>', '<a href="https://b.example/?a=1&amp;b=2">x</a>'),
        ('<a href="mailto:a@b.example">x</a>', '<a href="mailto:a@b.example">x</a>'),
        ('<img src="cid:a1@b.example" width="10" height="x">', '<img src="cid:a1@b.example" width="10">'),
        ("a &lt; b &amp; c", "a &lt; b &amp; c"),
        ("<del>a</del><ins>b</ins>", "<s>a</s><u>b</u>"),
        ("<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", "<div>a</div><div>b</div>"),
        ("<b><i>a</b>b</i>", "<b><i>a</i></b><i>b</i>"),
        ("</b>a", "a"),
        ("<span/>a", "a"),
        ("<p>a", "<p>a</p>"),
    ],
)  # fmt: skip
def test_simple_rich_text_stays(html: str, clean: str) -> None:
    assert sanitise(html) == clean


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<script>alert(1)</script>a", "a"),
        ("<style>p{}</style><title>t</title>a", "a"),
        ("</script>a", "a"),
        ('<p onclick="x()" style="color:red" class="c" id="i">a</p>', "<p>a</p>"),
        ("<iframe src='https://b.example'></iframe>a", "a"),
        ("<form><input value=x></form>a", "a"),
        ("<svg><script>x</script></svg>a", "a"),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href=" javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="java\nscript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="data:text/html,x">x</a>', "<a>x</a>"),
        ('<a href="file:///etc/passwd">x</a>', "<a>x</a>"),
        ('<a href="//b.example">x</a>', "<a>x</a>"),
        ('<a href="/relative">x</a>', "<a>x</a>"),
        ('a<img src="https://b.example/pixel.png">b', "ab"),
        ('a<img src="file:///etc/passwd">b', "ab"),
        ('a<img src="data:image/png;base64,xx">b', "ab"),
        ('a<img src="cid:a b">b', "ab"),
        ("a<img width=1>b", "ab"),
        ("a<img>b", "ab"),
        ('<img src="x" alt="a > b">c', "c"),
        ("<!-- a --><!DOCTYPE html><?php x ?>b", "b"),
        ("<math><mtext><style><img src=x onerror=alert(1)>", ""),
        ("a\ud83db", "a\ufffdb"),
        ("&lt;script&gt;", "&lt;script&gt;"),
    ],
)
@pytest.mark.case("F3")
def test_what_could_harm_or_tell_is_gone(html: str, clean: str) -> None:
    assert sanitise(html) == clean


def document() -> tuple[QTextDocument, QTextCursor]:
    text = QTextDocument()
    return text, QTextCursor(text)


def styled(**style: bool) -> QTextCharFormat:
    char = QTextCharFormat()
    if style.get("bold"):
        char.setFontWeight(QFont.Weight.Bold)
    char.setFontItalic(style.get("italic", False))
    char.setFontUnderline(style.get("underline", False))
    char.setFontStrikeOut(style.get("struck", False))
    return char


def test_lines_typed_in_qt_stay_lines() -> None:
    text, cursor = document()
    cursor.insertText("eins\nzwei\n\nvier  mit  Abstand", QTextCharFormat())
    clean = sanitise(text.toHtml())
    lines = [line.strip() for line in clean.split("\n") if line.strip()]
    assert lines == [
        "<div>eins</div>",
        "<div>zwei</div>",
        "<div><br></div>",
        "<div>vier&nbsp; mit&nbsp; Abstand</div>",
    ]
    assert plain_text(clean) == "eins\nzwei\n\nvier  mit  Abstand\n"


def test_an_empty_line_bears_no_marks() -> None:
    text, cursor = document()
    cursor.insertText("a\n\nb", styled(bold=True))
    assert sanitise(text.toHtml()).replace("\n", "") == "<div><b>a</b></div><div><br></div><div><b>b</b></div>"


def test_marks_made_in_qt_stay_marks() -> None:
    text, cursor = document()
    cursor.insertText("fett", styled(bold=True))
    cursor.insertText("schräg", styled(italic=True))
    cursor.insertText("unter", styled(underline=True))
    cursor.insertText("durch", styled(struck=True))
    cursor.insertText("alles", styled(bold=True, italic=True, underline=True, struck=True))
    cursor.insertText("nichts", styled())
    clean = sanitise(text.toHtml())
    assert clean == (
        "<div><b>fett</b><i>schräg</i><u>unter</u><s>durch</s><b><i><u><s>alles</s></u></i></b>nichts</div>"
    )


def test_lists_headings_and_links_made_in_qt_stay() -> None:
    text, cursor = document()
    heading = QTextBlockFormat()
    heading.setHeadingLevel(1)
    cursor.insertBlock(heading, styled(bold=True))
    cursor.insertText("Titel", styled(bold=True))
    cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
    cursor.createList(QTextListFormat.Style.ListDisc)
    cursor.insertText("eins")
    cursor.insertBlock()
    cursor.insertText("zwei")
    cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
    link = styled(underline=True)
    link.setAnchor(True)
    link.setAnchorHref("https://b.example/")
    cursor.insertText("hier", link)
    clean = sanitise(text.toHtml())
    assert "<h1>Titel</h1>" in clean
    assert "<li>eins</li>" in clean.replace("\n", "")
    assert '<a href="https://b.example/">hier</a>' in clean
    assert "style" not in clean
    assert "- eins\n- zwei\n" in plain_text(clean)


def test_what_qt_reads_back_is_the_same_text() -> None:
    text, cursor = document()
    cursor.insertText("a <b> & c\n\tEnde", styled(bold=True))
    again = QTextDocument()
    again.setHtml(sanitise(text.toHtml()))
    assert again.toPlainText().replace("\xa0", " ") == "a <b> & c\n    Ende"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("Hallo", "Hallo\n"),
        ("<p>a</p><p>b</p>", "a\n\nb\n"),
        ("<div>a</div><div>b</div>", "a\nb\n"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb\n"),
        ("a<br>b<br><br>c", "a\nb\n\nc\n"),
        ("  a \n b  ", "a b\n"),
        ("<b>a</b> <i> b</i>", "a b\n"),
        ("a&nbsp;&nbsp;b", "a  b\n"),
        ("<h1>T</h1>a", "T\n\na\n"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b\n"),
        ("<ol><li>a</li><li>b<ul><li>c</li></ul></li></ol>d", "1. a\n2. b\n  - c\nd\n"),
        ("<li>a</li>", "- a\n"),
        ("<p>a</p><blockquote>b<br>c<p>d</p></blockquote>e", "a\n\n> b\n> c\n>\n> d\n\ne\n"),
        ("<blockquote><blockquote>a</blockquote></blockquote>", "> > a\n"),
        ("<blockquote><p>a</p><blockquote>b</blockquote></blockquote>c", "> a\n>\n> > b\n\nc\n"),
        ("</blockquote></ul>a", "a\n"),
        ('<a href="https://b.example/">hier</a>.', "hier <https://b.example/>.\n"),
        ('<a href="https://b.example/">https://b.example/</a>', "https://b.example/\n"),
        ('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example\n"),
        ("<a>x</a>", "x\n"),
        ('<a href="https://b.example/"></a>', "<https://b.example/>\n"),
        ("<style>p{}</style>a<script>x</script></script>b", "ab\n"),
        ("<p>a</p>\n\n<p></p><p>b</p>", "a\n\nb\n"),
        ("a &lt; b", "a < b\n"),
        ("<span>a</span><unknown>b</unknown>", "ab\n"),
    ],
)
def test_rich_text_reads_as_plain_text(html: str, text: str) -> None:
    assert plain_text(html) == text


PIECES = st.sampled_from([*"<>/=\"'&;!- abipus13\n\0\ud83d", "<p>", "</p>", "<li>", "</div>", ' style="', "<a href="])


@given(st.lists(PIECES).map("".join))
@pytest.mark.case("F3")
def test_no_markup_is_too_broken(html: str) -> None:
    clean = sanitise(html)
    assert sanitise(clean) == clean
    plain_text(html)


HOSTILE_TAGS = [
    "<",
    "<a ",
    '<img src="',
    "<!--",
    "<![CDATA[",
    "<p>",
    "</p>",
    "<b>",
    "<b></i>",
    "<div>",
    "<table><tr><td>",
]


@pytest.mark.case("F3")
@pytest.mark.parametrize("tag", HOSTILE_TAGS)
def test_no_hostile_page_takes_long(tag: str) -> None:
    clean = sanitise(tag * 8_000 + "x")
    assert plain_text(clean).count("x") <= 1


@pytest.mark.case("F3")
def test_what_is_nested_deeper_than_any_page_stays_as_words() -> None:
    assert sanitise("<div>" * 399 + "<b>a</b>" + "</div>" * 399).count("<div>") == 399
    assert sanitise("<div>" * 400 + "<b>a</b>") == "a"
    assert sanitise("<b></i>" * 500 + "a<br>b") == "a b"
    assert sanitise("<p>a</p>" * 1000).count("<p>a</p>") == 1000
    assert sanitise("<p>a" * 1000).count("<p>a</p>") == 1000
    assert sanitise("<div>a</div>" * 1000).count("<div>a</div>") == 1000
