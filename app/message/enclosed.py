"""A mail within a mail: its blind recipients stay behind, and it travels as a mail only if all programs can read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from app.message.transfer import is_seven_bit

__all__ = ["mail_without_blind", "travels_as_mail", "without_blind"]

_HEADER_LIMIT = 512 * 1024
_DELIMITER_LIMIT = 1000
"""Octets; more than a line of RFC 5322 has."""
_FIRST_LINE = re.compile(rb"(?:From [^\r\n]*[\r\n]+)?[!-9;-~]+[ \t]*:")
_HEADER_END = re.compile(rb"\r\n\r\n|\n\r?\n|\r\r")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_DASHES = re.compile(rb"(?<![^\r\n])--")
_BLIND = re.compile(
    rb"(?:\A|(?<=[\r\n]))(?:resent-)?bcc[ \t]*:[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*(?:\r\n|\r|\n|\Z)", re.IGNORECASE
)
_SOUND_HEADER = re.compile(rb"(?:[!-9;-~]+:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)+\r\n")
_FOLD = re.compile(rb"(?:\r\n|\r|\n)(?=[ \t])")
_KIND = re.compile(rb"(?:\A|[\r\n])content-type[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE)
_ENCODED = re.compile(rb"(?:\A|[\r\n])content-transfer-encoding[ \t]*:[ \t]*(?:base64|quoted-printable)", re.IGNORECASE)
_MAIL = re.compile(rb"message/(?:rfc822|global|news)\b", re.IGNORECASE)
_BOUNDARY = re.compile(rb'multipart/.*?;[ \t]*boundary[ \t]*=[ \t]*(?:"([^"]+)"|([^\s;"]+))', re.IGNORECASE)


def without_blind(data: bytes) -> bytes:
    """Return a mail without the fields that name its blind recipients (RFC 5322 section 3.6.3), all else to the octet.

    A sent mail that is kept has them; whoever passes it on means its text, not them. The same holds for the mails
    within it, unless they are encoded. What is no mail stays as it is.
    """
    return b"".join(mail_without_blind([data]))


def mail_without_blind(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a mail that comes in pieces as `without_blind` returns it."""
    mail = _Mail()
    for piece in pieces:
        yield from mail.feed(piece)
    yield from mail.finish()


def travels_as_mail(data: bytes) -> bool:
    """Whether `data` (CRLF lines) can be a message/rfc822 part: seven-bit, and its header nothing but fields."""
    return is_seven_bit(data) and _SOUND_HEADER.match(data) is not None


class _Mail:
    """Finds the headers of a mail and of the mails in its parts, whatever ends its lines."""

    def __init__(self) -> None:
        self._held = b""
        self._before = b"\n"
        self._is_header = self._is_mail = True
        self._open: list[tuple[bytes, bool]] = []
        """The boundary of each multipart that has begun and not ended, and whether its parts are mails."""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Yield what is known of the mail with `piece`."""
        self._held += piece
        while (known := self._header() if self._is_header else self._body()) is not None:
            yield known

    def finish(self) -> Iterator[bytes]:
        """Yield the rest."""
        while self._held:
            known = self._header(is_last=True) if self._is_header else self._body(is_last=True)
            yield known if known is not None else self._taken(len(self._held))

    def _taken(self, end: int) -> bytes:
        taken, self._held = self._held[:end], self._held[end:]
        self._before = taken[-1:] or self._before
        return taken

    def _header(self, *, is_last: bool = False) -> bytes | None:
        """Return the header once all of it is there, and learn what follows it."""
        found = _LINE_END.match(self._held) or _HEADER_END.search(self._held)
        if found is None and len(self._held) <= _HEADER_LIMIT and not is_last:
            return None
        if found is not None and found.end() == len(self._held) and found[0].endswith(b"\r") and not is_last:
            return None  # a line feed may belong to it
        header = self._taken(found.end() if found else len(self._held))
        if not self._is_mail:
            self._enter(header)
            return header
        if not _FIRST_LINE.match(header):
            self._is_header = False
            return header
        self._enter(header)
        return _BLIND.sub(b"", header)

    def _enter(self, header: bytes) -> None:
        fields = _FOLD.sub(b"", header)
        kind = _KIND.search(fields)
        is_mail = bool(_MAIL.match(kind[1])) if kind else not self._is_mail and self._open[-1][1]
        self._is_header = self._is_mail = is_mail and not _ENCODED.search(fields)
        if kind and (boundary := _BOUNDARY.match(kind[1])):
            is_digest = kind[1].lower().startswith(b"multipart/digest")  # RFC 2046 section 5.1.5
            self._open.append((boundary[1] or boundary[2], is_digest))

    def _body(self, *, is_last: bool = False) -> bytes | None:
        """Return what comes before the next part's header; nothing where that is not known yet."""
        if not self._open:
            return self._taken(len(self._held)) or None
        at = 0
        while found := _DASHES.search(self._held, at):
            start, at = found.span()
            if start == 0 and self._before not in b"\r\n":
                continue
            end = _LINE_END.search(self._held, start)
            is_cut = end is None or (end[0] == b"\r" and end.end() == len(self._held))
            if is_cut and len(self._held) - start <= _DELIMITER_LIMIT and not is_last:
                return self._taken(start) or None
            if self._is_delimiter(self._held[at : end.start() if end else None].rstrip()):
                return self._taken(end.end() if end else len(self._held))
        return self._taken(len(self._held) - self._held.endswith(b"-")) or None

    def _is_delimiter(self, line: bytes) -> bool:
        for depth, (boundary, _) in enumerate(self._open):
            if line in {boundary, boundary + b"--"}:
                is_end = line != boundary
                del self._open[depth if is_end else depth + 1 :]
                self._is_header, self._is_mail = not is_end, False
                return True
        return False
