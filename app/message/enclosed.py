"""A mail within a mail: its blind recipients stay behind, and it travels as a mail only if all programs can read it."""

from __future__ import annotations

import re

from app.message.transfer import is_seven_bit

__all__ = ["header_end", "travels_as_mail", "without_blind"]

_FIRST_LINE = re.compile(rb"(?:From [^\r\n]*[\r\n]+)?[!-9;-~]+[ \t]*:")
_HEADER_END = re.compile(rb"\r\n\r\n|\n\r?\n|\r\r")
_BLIND = re.compile(
    rb"(?:\A|(?<=[\r\n]))(?:resent-)?bcc[ \t]*:[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*(?:\r\n|\r|\n|\Z)", re.IGNORECASE
)
_SOUND_HEADER = re.compile(rb"(?:[!-9;-~]+:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)+\r\n")


def header_end(data: bytes) -> int:
    """Return where the header of a mail ends, or -1 when it does not end in `data`."""
    found = _HEADER_END.search(data)
    return found.end() if found else -1


def without_blind(data: bytes) -> bytes:
    """Return a mail without the fields that name its blind recipients (RFC 5322 section 3.6.3), all else to the octet.

    A sent mail that is kept has them; whoever passes it on means its text, not them. What is no mail stays as it is.
    """
    if not _FIRST_LINE.match(data):
        return data
    end = header_end(data)
    end = len(data) if end < 0 else end
    return _BLIND.sub(b"", data[:end]) + data[end:]


def travels_as_mail(data: bytes) -> bool:
    """Whether `data` (CRLF lines) can be a message/rfc822 part: seven-bit, and its header nothing but fields."""
    return is_seven_bit(data) and _SOUND_HEADER.match(data) is not None
