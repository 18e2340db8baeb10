"""Rich text made safe: a short list of tags, no styles, no scripts, nothing fetched from anywhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser

from app.message.transfer import whole_characters

__all__ = ["plain_text", "sanitise"]

_TAGS = frozenset(
    {"p", "div", "br", "b", "strong", "i", "em", "u", "s", "a", "img", "ul", "ol", "li", "blockquote", "h1", "h2", "h3"}
)
_SAME_AS = {"h4": "h3", "h5": "h3", "h6": "h3", "strike": "s", "del": "s", "ins": "u", "tr": "div", "pre": "div"}
_HEADINGS = frozenset({"h1", "h2", "h3"})
_SILENT = frozenset({"head", "script", "style", "template", "title"})
_VOID = frozenset({"br", "img"})
_STYLED = frozenset({"article", "center", "font", "header", "footer", "main", "section"})
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "width", "height"}}
_SCHEMES = {"http", "https", "mailto", "cid"}
_DEPTH_LIMIT = 400
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_ANY_TAG = re.compile(r"<[^<>]*>")
_WITHOUT_END = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
# What never holds anything, or ends where the next one begins (HTML, 13.1.2.4).
_ENDLESS = _WITHOUT_END | frozenset(
    {"p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "rp", "rt"}
)
_LINK = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20]+", re.IGNORECASE)
_INLINE_IMAGE = re.compile(r"cid:[A-Za-z0-9._@+-]+")
_DIGITS = re.compile(r"[0-9]{1,4}")
_NO_SOURCE = re.compile(r'<img(?![^>]* src=")[^>]*>')
_PRE_WRAP = re.compile(r"white-space\s*:\s*pre-wrap", re.IGNORECASE)
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_ITALIC = re.compile(r"font-style\s*:\s*(?:italic|oblique)", re.IGNORECASE)
_UNDERLINE = re.compile(r"text-decoration[a-z-]*\s*:[^;]*underline", re.IGNORECASE)
_STRUCK = re.compile(r"text-decoration[a-z-]*\s*:[^;]*line-through", re.IGNORECASE)
_NO_MARGIN = re.compile(r"margin-top\s*:\s*0(?:px)?\s*;\s*margin-bottom\s*:\s*0(?:px)?\s*(?:;|$)", re.IGNORECASE)

# A QTextEdit writes a quotation as paragraphs that are set in; its own lists and other paragraphs have no such margin.
_SET_IN = re.compile(r"margin-left\s*:\s*[1-9][0-9]*px.*-qt-block-indent", re.IGNORECASE)
_QUOTED_ON = re.compile(r"</blockquote>\s*<blockquote>")
_EMPTY_LINE = re.compile(r"-qt-paragraph-type\s*:\s*empty", re.IGNORECASE)

_Attributes = Sequence[tuple[str, str | None]]


def sanitise(html: str) -> str:
    """Return `html` as a fragment of simple rich text, soon, whatever it is.

    What a `QTextEdit` says with styles (bold, lines without margins, kept spaces) is said with tags.
    Links go to http, https and mailto only; images are those inside the message (`cid:`) only.
    What is nested deeper than any page stays as words.
    """
    import nh3

    whole = whole_characters(html)
    if _is_too_deep(whole):
        whole = _ANY_TAG.sub(" ", whole)
    # In order, since Python's own parser takes ages with tags that never end (CVE-2025-6069).
    ordered = nh3.clean(
        whole,
        tags=(nh3.ALLOWED_TAGS | _TAGS | _SAME_AS.keys() | _STYLED) - (_WITHOUT_END - _VOID),
        clean_content_tags=set(_SILENT),
        attributes={"*": {"style"}, **_ATTRIBUTES},
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    rewriter = _Rewriter(keeps_spaces=_PRE_WRAP.search(html) is not None)
    rewriter.feed(ordered)
    rewriter.close()
    cleaned = nh3.clean(
        rewriter.text(),
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=_filter_attribute,
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    return _NO_SOURCE.sub("", cleaned).strip()


def plain_text(html: str) -> str:
    """Return what `html`, as `sanitise` returns it, says as plain text, for programs and people who prefer it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


def _is_too_deep(html: str) -> bool:
    open_tags: Counter[str] = Counter()
    depth = 0
    for end, name in _TAG.findall(html):
        tag = name.lower()
        if tag in _ENDLESS:
            continue
        if not end:
            open_tags[tag] += 1
            depth += 1
            if depth > _DEPTH_LIMIT:
                return True
        elif open_tags[tag]:
            open_tags[tag] -= 1
            depth -= 1
    return False


def _filter_attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if _LINK.fullmatch(value) else None
    pattern = _INLINE_IMAGE if name == "src" else _DIGITS
    return value if pattern.fullmatch(value) else None


class _Rewriter(HTMLParser):
    """Says with tags what was said with styles, in pages where each tag has its end."""

    def __init__(self, *, keeps_spaces: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._keeps_spaces = keeps_spaces
        self._open: list[list[str]] = []
        self._around: Counter[str] = Counter()
        self._sets_in = False

    def text(self) -> str:
        """Return what was written; paragraphs quoted one after the other are one quotation."""
        written = "".join(self.out)
        return _QUOTED_ON.sub("\n", written) if self._sets_in else written

    def handle_starttag(self, tag: str, attrs: _Attributes) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in _VOID:
            self.out.append(_start(tag, values))
            return
        written = self._equivalents(tag, values.get("style", ""))
        self.out.extend(_start(each, values) for each in written)
        self._open.append(written)
        self._around[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        self._around[tag] -= 1
        self.out.extend(f"</{each}>" for each in reversed(self._open.pop()))

    def handle_data(self, data: str) -> None:
        text = escape(data, quote=False)
        if self._keeps_spaces and text.strip("\n"):
            text = text.replace("\t", "    ").replace("  ", "\xa0 ").replace("\n", "<br>")
        self.out.append(text)

    def _equivalents(self, tag: str, style: str) -> list[str]:
        name = _SAME_AS.get(tag, tag)
        if name == "p" and _NO_MARGIN.search(style):
            name = "div"
        quote = ["blockquote"] if tag == "p" and _SET_IN.search(style) else []
        self._sets_in = self._sets_in or bool(quote)
        if _EMPTY_LINE.search(style):
            return [*quote, name]
        marks = [
            mark
            for mark, pattern, implied in (
                ("b", _BOLD, _HEADINGS),
                ("i", _ITALIC, frozenset[str]()),
                ("u", _UNDERLINE, frozenset({"a"})),
                ("s", _STRUCK, frozenset[str]()),
            )
            if pattern.search(style) and name not in implied and not any(self._around[outer] for outer in implied)
        ]
        return [*quote, name, *marks] if name in _TAGS else marks


def _start(tag: str, values: dict[str, str]) -> str:
    kept = [f' {name}="{escape(values[name])}"' for name in ("href", "src", "width", "height") if name in values]
    return f"<{tag}{''.join(kept)}>"


class _Reader(HTMLParser):
    """Reads a fragment line by line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._bullet = ""
        self._quotes = self._last_quotes = 0
        self._gap = False
        self._lists: list[int | None] = []
        self._link = ""
        self._link_text: list[str] = []
        self._silent = 0

    def text(self) -> str:
        self._end_line()
        joined = "\n".join(self._lines).strip("\n")
        return re.sub(r"\n{3,}", "\n\n", joined) + "\n" if joined else ""

    def handle_starttag(self, tag: str, attrs: _Attributes) -> None:
        match tag:
            case _ if tag in _SILENT:
                self._silent += 1
            case "br":
                self._end_line(even_empty=True)
            case "a":
                self._link, self._link_text = dict(attrs).get("href") or "", []
            case "ul" | "ol":
                self._end_line()
                self._lists.append(None if tag == "ul" else 0)
            case "li":
                self._end_line()
                self._bullet = self._next_bullet()
            case "blockquote":
                self._end_paragraph()
                self._quotes += 1
            case "p" | "h1" | "h2" | "h3":
                self._end_paragraph()
            case "div":
                self._end_line()
            case _:
                pass

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case _ if tag in _SILENT:
                self._silent = max(0, self._silent - 1)
            case "a":
                self._end_link()
            case "ul" | "ol":
                self._end_line()
                del self._lists[-1:]
            case "blockquote":
                self._end_paragraph()
                self._quotes = max(0, self._quotes - 1)
            case "p" | "h1" | "h2" | "h3":
                self._end_paragraph()
            case "div" | "li":
                self._end_line()
            case _:
                pass

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", data)
        if not self._line or self._line[-1].endswith(" "):
            text = text.lstrip(" ")
        if text:
            self._line.append(text)
            self._link_text.append(text)

    def _next_bullet(self) -> str:
        if not self._lists:
            return "- "
        indent = "  " * (len(self._lists) - 1)
        number = self._lists[-1]
        if number is None:
            return f"{indent}- "
        self._lists[-1] = number + 1
        return f"{indent}{number + 1}. "

    def _end_link(self) -> None:
        target = self._link.removeprefix("mailto:")
        if target and target != "".join(self._link_text).strip():
            self._line.append(f" <{target}>" if self._line else f"<{target}>")
        self._link = ""

    def _end_line(self, *, even_empty: bool = False) -> None:
        content = self._bullet + "".join(self._line).rstrip(" ").replace("\xa0", " ")
        if content or even_empty:
            if self._gap:
                self._lines.append(("> " * min(self._quotes, self._last_quotes)).rstrip(" "))
            self._lines.append(("> " * self._quotes + content).rstrip(" "))
            self._last_quotes = self._quotes
            self._gap = False
        self._line = []
        self._bullet = ""

    def _end_paragraph(self) -> None:
        self._end_line()
        self._gap = bool(self._lines)
