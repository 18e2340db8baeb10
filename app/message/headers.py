"""Header fields from text that may hold anything, without the standard library's header registry.

The registry of Python 3.11 decodes user text that looks like an encoded word and then writes its line
breaks (CVE-2024-6923). Here text is only ever encoded. RFC 5322, RFC 2047, RFC 2231.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

from app.address import Address, Mailbox
from app.errors import MessageError, Reason
from app.message.transfer import whole_characters

__all__ = [
    "address_field",
    "content_field",
    "date_field",
    "message_ids",
    "message_ids_field",
    "plain_line",
    "text_field",
]

_LINE = 76  # RFC 2047 section 2: a line with encoded words
# Shorter than the 75 of RFC 2047, so that "Reply-To: " and the first word share a line.
_WORD = 66
_ATEXT = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+")
_PRINTABLE = re.compile(r"[ -~]*")
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")  # section 5 (3)
_BREAKS = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029]+")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_MESSAGE_ID_LIMIT = 50
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ATTR_CHARS = "!#$&+^`|"  # RFC 2231 attribute-char, beyond what quote() keeps
_SEGMENT = 54
_EXTENDED = re.compile(r"[A-Za-z0-9!#$%&'+.^_`{|}~-]{1,600}")
# Without what some programs read as more than itself even between quotes.
_PLAIN_PARAMETER = re.compile(r"[ !#$&-:=?-\[\]-~]{0,66}")


def plain_line(text: str) -> str:
    """Return `text` as one honest line.

    Line breaks and other controls become a space, explicit bidi embeddings, overrides and isolates are
    dropped, lone surrogates and noncharacters become U+FFFD.
    """
    return whole_characters(_BIDI.sub("", _BREAKS.sub(" ", text))).strip(" ")


def text_field(name: str, text: str) -> str:
    """Return an unstructured field, encoded where it must be (RFC 2047)."""
    line = plain_line(text)
    words = line.split(" ")
    literal = _PRINTABLE.fullmatch(line) and "=?" not in line and "  " not in line
    if literal and all(len(word) <= _WORD for word in words):
        return _fold(name, words)
    return _fold(name, _encoded_words(line))


def address_field(name: str, mailboxes: Iterable[Mailbox]) -> str:
    """Return a field with an address list; raises MessageError for an address that no header can hold."""
    tokens: list[str] = []
    for mailbox in mailboxes:
        if tokens:
            tokens[-1] += ","
        tokens.extend(_mailbox(name, mailbox))
    return _fold(name, tokens)


def content_field(name: str, value: str, parameters: Sequence[tuple[str, str]] = ()) -> str:
    """Return a MIME field with its parameters, long or foreign values by RFC 2231."""
    tokens = [value]
    for key, text in parameters:
        for token in _parameter(key, text):
            tokens[-1] += ";"
            tokens.append(token)
    return _fold(name, tokens)


def date_field(now: datetime) -> str:
    """Return the Date field for an aware time, in its own zone (RFC 5322 section 3.3)."""
    offset = now.utcoffset()
    if offset is None:
        raise ValueError("a time without a zone")
    minutes = round(offset.total_seconds() / 60)
    local = now.astimezone(timezone(timedelta(minutes=minutes)))
    day = f"{_DAYS[local.weekday()]}, {local.day:02} {_MONTHS[local.month - 1]} {local.year:04}"
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"Date: {day} {local:%H:%M:%S} {sign}{hours:02}{rest:02}\r\n"


def message_ids(texts: Iterable[str]) -> list[str]:
    """Return those of `texts` that are message identifiers, each once; what is none threads nothing."""
    ids = [text.strip() for text in texts]
    valid = list(dict.fromkeys(text for text in ids if _MESSAGE_ID.fullmatch(text)))
    return valid if len(valid) <= _MESSAGE_ID_LIMIT else [valid[0], *valid[1 - _MESSAGE_ID_LIMIT :]]


def message_ids_field(name: str, texts: Iterable[str]) -> str:
    """Return a field of message identifiers, or nothing when there are none."""
    ids = message_ids(texts)
    return _fold(name, ids) if ids else ""


def _fold(name: str, tokens: Sequence[str]) -> str:
    """Join tokens by spaces, with line breaks before them where a line would grow too long."""
    lines = [f"{name}: {tokens[0]}" if tokens else f"{name}: "]
    for token in tokens[1:]:
        if len(lines[-1]) + 1 + len(token) > _LINE:
            lines.append("")
        lines[-1] += f" {token}"
    return "\r\n".join(lines) + "\r\n"


def _mailbox(field: str, mailbox: Mailbox) -> list[str]:
    address = _addr_spec(field, mailbox.address)
    phrase = _phrase(plain_line(mailbox.name))
    return [*phrase, f"<{address}>"] if phrase else [address]


def _addr_spec(field: str, address: Address) -> str:
    text = str(address)
    if not text.isascii():
        raise MessageError.because(Reason.MESSAGE_ADDRESS_NOT_ASCII, address=address.display)
    if not _PRINTABLE.fullmatch(text):
        raise MessageError.because(Reason.MESSAGE_BAD_HEADER, field=field)
    return text


def _phrase(name: str) -> list[str]:
    """Return a display name as atoms, a quoted string or encoded words (RFC 5322 section 3.2.5)."""
    if not name:
        return []
    words = name.split(" ")
    literal = _PRINTABLE.fullmatch(name) and "=?" not in name
    if literal and len(name) <= _WORD and all(map(_ATEXT.fullmatch, words)):
        return words
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    if literal and len(quoted) <= _WORD - 2:
        return [f'"{quoted}"']
    return _encoded_words(name)


def _encoded_words(text: str) -> list[str]:
    """Return `text` as encoded words, broken between what people see as characters where that fits."""
    words: list[str] = []
    current = ""
    for cluster in _clusters(text):
        pieces = (cluster,) if len(_encoded_word(cluster)) <= _WORD else tuple(cluster)
        for piece in pieces:
            if len(_encoded_word(current + piece)) > _WORD:
                words.append(_encoded_word(current))
                current = ""
            current += piece
    return [*words, _encoded_word(current)]


def _encoded_word(text: str) -> str:
    data = text.encode()
    quoted = "".join(chr(octet) if octet in _Q_SAFE else "_" if octet == 0x20 else f"={octet:02X}" for octet in data)
    base64 = binascii.b2a_base64(data, newline=False).decode("ascii")
    return f"=?utf-8?q?{quoted}?=" if len(quoted) <= len(base64) else f"=?utf-8?b?{base64}?="


def _clusters(text: str) -> Iterator[str]:
    """Yield what is seen as one character: with its marks, joiners, skin tones, flag halves and tags (UAX 29)."""
    cluster = ""
    for char in text:
        if cluster and not _continues(cluster, char):
            yield cluster
            cluster = ""
        cluster += char
    yield cluster


def _continues(cluster: str, char: str) -> bool:
    if char.isascii():
        return False
    if cluster[-1] == "\u200d" or char == "\u200d" or unicodedata.category(char).startswith("M"):
        return True
    if "\U0001f1e6" <= char <= "\U0001f1ff":
        return len(cluster) == 1 and "\U0001f1e6" <= cluster <= "\U0001f1ff"
    return "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f"


def _parameter(key: str, text: str) -> list[str]:
    if key.endswith("*"):  # encoded by whoever wrote it
        if _EXTENDED.fullmatch(text):
            return [f"{key}={text}"]
        key = key.rstrip("*")
    if _PLAIN_PARAMETER.fullmatch(text) and "=?" not in text:
        return [f'{key}="{text}"']
    segments = [""]
    for char in text:
        octets = quote(char, safe=_ATTR_CHARS)
        if len(segments[-1]) + len(octets) > _SEGMENT:
            segments.append("")
        segments[-1] += octets
    if len(segments) == 1:
        return [f"{key}*=utf-8''{segments[0]}"]
    first, *rest = segments
    return [f"{key}*0*=utf-8''{first}", *(f"{key}*{number}*={segment}" for number, segment in enumerate(rest, 1))]
