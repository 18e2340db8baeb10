"""Transfer encodings, so that every body is CRLF lines of seven-bit text (RFC 2045 section 6)."""

from __future__ import annotations

import binascii
import re
import struct

__all__ = [
    "BASE64_STEP",
    "LINE_LIMIT",
    "base64_lines",
    "canonical_text",
    "encode_body",
    "is_seven_bit",
    "quoted_printable",
    "whole_characters",
]

LINE_LIMIT = 998
"""Octets of a line without its CRLF (RFC 5322 section 2.1.1)."""
BASE64_STEP = 57 * 1024
"""Octets to encode at a time: whole lines, so that steps can be joined."""

_RAW_LINE = 57
_ENCODED_LINE = 76
_PLAIN_LINE = 78
_FULL_STEP = struct.Struct(f"{_ENCODED_LINE}s" * (BASE64_STEP // _RAW_LINE))
# Lone surrogates and noncharacters (Unicode 23.7); what is no text to one program is none to any. Beyond the first
# plane `_whole` looks for them: each one named here would slow the search down for all other characters.
_DOUBTFUL = re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffe-\U0010ffff]")
_PLAIN_OCTETS = b"\t\r\n" + bytes(range(0x20, 0x7F))
_NOT_QUOTED = re.compile(rb"[^\t !-<>-~]|[ \t]$|^\.|^F(?=rom )")


def canonical_text(text: str) -> bytes:
    """Return `text` as UTF-8 with CRLF line ends and one at its end.

    A NUL, a lone surrogate or a noncharacter, which no mail program can show, becomes U+FFFD.
    """
    joined = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    if joined and not joined.endswith("\n"):
        joined += "\r\n"
    return whole_characters(joined.replace("\0", "\ufffd")).encode()


def whole_characters(text: str) -> str:
    """Return `text` with U+FFFD for each lone surrogate, which UTF-8 cannot say, and each noncharacter.

    Unicode keeps the latter for programs' own use; in mail, each program reads something else in them.
    """
    return text if text.isascii() else _DOUBTFUL.sub(_whole, text)


def encode_body(data: bytes) -> tuple[str, bytes]:
    """Return an encoding's name and canonical `data` (CRLF lines) in it.

    Short ASCII lines go as they are, most text as quoted-printable, which stays legible, and what is
    foreign by more than a quarter as base64.
    """
    if _is_plain(data):
        return "7bit", data
    unquotable = len(_NOT_QUOTED.findall(data)) - data.count(b"\r") - data.count(b"\n")
    if unquotable * 4 > len(data):
        return "base64", base64_lines(data)
    return "quoted-printable", quoted_printable(data)


def quoted_printable(data: bytes) -> bytes:
    """Return `data` (CRLF lines) as quoted-printable lines of at most 76 octets."""
    return b"\r\n".join(_quote_line(line) for line in data.split(b"\r\n"))


def base64_lines(data: bytes) -> bytes:
    """Return `data` as base64 in CRLF lines of 76; pieces of `BASE64_STEP` can be joined."""
    encoded = binascii.b2a_base64(data, newline=False)
    if not encoded:
        return b""
    if len(encoded) == _FULL_STEP.size:
        lines: tuple[bytes, ...] | list[bytes] = _FULL_STEP.unpack(encoded)
    else:
        lines = [encoded[at : at + _ENCODED_LINE] for at in range(0, len(encoded), _ENCODED_LINE)]
    return b"\r\n".join(lines) + b"\r\n"


def is_seven_bit(data: bytes) -> bool:
    """Whether `data` may travel as it is: ASCII, CRLF only, no NUL, no line over the limit."""
    ends = data.count(b"\r\n")
    if not data.isascii() or b"\0" in data or not ends == data.count(b"\r") == data.count(b"\n"):
        return False
    return max(map(len, data.split(b"\r\n"))) <= LINE_LIMIT


def _whole(found: re.Match[str]) -> str:
    code = ord(found[0])
    return found[0] if code > 0xFFFF and code & 0xFFFE != 0xFFFE else "\ufffd"


def _is_plain(data: bytes) -> bool:
    """Whether `data` is short lines of ASCII that nothing alters on the way."""
    if data.translate(None, _PLAIN_OCTETS):
        return False
    # "From " is altered by mailboxes in mbox format, "." by SMTP; both are hidden from them.
    if data.startswith((b"From ", b".")) or b"\nFrom " in data or b"\n." in data:
        return False
    start = 0
    while len(data) - start > _PLAIN_LINE + 1:
        # The last line end within reach; with none, a line is too long.
        start = data.rfind(b"\n", start, start + _PLAIN_LINE + 2) + 1
        if not start:
            return False
    return True


def _quote_line(line: bytes) -> bytes:
    quoted = _NOT_QUOTED.sub(lambda found: b"=%02X" % found[0][0], line)
    lines: list[bytes] = []
    start = 0
    while len(quoted) - start > _ENCODED_LINE:
        end = start + _ENCODED_LINE - 1
        equals = quoted.find(b"=", end - 2, end)
        if equals >= 0:
            end = equals
        lines.append(quoted[start:end] + b"=")
        start = end
    lines.append(quoted[start:])
    return b"\r\n".join(lines)
