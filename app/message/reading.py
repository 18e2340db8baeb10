"""What other programs' header fields say: RFC 2047 text and address lists, as data and nothing more."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header

from app.message.headers import plain_line

__all__ = ["decoded_text", "listed_addresses"]

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ESCAPE = re.compile(r"\\(.)")
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
# What is left open or nested becomes single characters, and so no address.
_TOKEN = re.compile(rf"{_QUOTED.pattern}|{_COMMENT.pattern}|[,;:]|[^\",;:()]+|.", re.DOTALL)


def decoded_text(value: str) -> str:
    """Return what an unstructured field says, on one line; what cannot be decoded stays as it is (RFC 2047)."""
    parts: list[str] = []
    try:
        for data, charset in decode_header(value):
            parts.append(data if isinstance(data, str) else _decoded(data, charset))
    except HeaderParseError:
        return plain_line(value)
    return plain_line("".join(parts))


def listed_addresses(value: str) -> list[tuple[str, str]]:
    """Return the (name, address) texts of an address list, groups opened (RFC 5322 section 3.4).

    The address is whatever stands there; whether it is one is for `Address.parse` to say.
    """
    found: list[tuple[str, str]] = []
    for item, comment in _items(value):
        before, opening, rest = item.rpartition("<")
        if opening and rest.endswith(">"):
            found.append((_name(before), rest[:-1].strip()))
        elif item:
            found.append((decoded_text(comment), item))
    return found


def _items(value: str) -> list[tuple[str, str]]:
    """Split a list at commas, leave group names out, and tell comments from the rest."""
    items: list[tuple[str, str]] = []
    item = comment = ""
    for piece in _TOKEN.findall(value + ","):
        if piece in {",", ";"}:
            items.append((item.strip(), comment))
            item = comment = ""
        elif piece == ":":
            item = ""
        elif _COMMENT.fullmatch(piece):
            comment = piece[1:-1].strip()
        else:
            item += piece
    return items


def _name(text: str) -> str:
    """Return a display name: quoted strings are literal, encoded words are decoded."""
    stripped = text.strip()
    if _QUOTED.fullmatch(stripped):
        return plain_line(_unquoted(stripped))
    return decoded_text(_QUOTED.sub(lambda found: _unquoted(found[0]), stripped))


def _unquoted(text: str) -> str:
    return _ESCAPE.sub(r"\1", text[1:-1])


def _decoded(data: bytes, charset: str | None) -> str:
    try:
        return data.decode(charset or "ascii", "replace")
    except (LookupError, ValueError):  # unknown, or one such as "undefined" or "idna" that raises all the same
        return data.decode("utf-8", "replace")
