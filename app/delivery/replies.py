"""SMTP replies, read strictly: a lax reader lets one odd line turn a rejection into "sent".

A reply line is `[2-5][0-5][0-9]`, then a hyphen, a space or the end, then CRLF (RFC 5321 section 4.2); all
lines of one reply carry the same code. Everything else is a `ReplyError`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["REPLY_LIMIT", "TEXT_LIMIT", "Reply", "ReplyError", "ReplyReader", "clean_text", "queue_id"]

REPLY_LIMIT = 32 * 1024
"""The longest whole reply, in octets; the largest EHLO replies of real servers are a few KB."""
TEXT_LIMIT = 500
"""How many characters of a server's words are kept and shown."""

_LINE = re.compile(rb"([2-5][0-5][0-9])(?:([ -])(.*))?", re.DOTALL)
_START = re.compile(rb"[2-5](?:[0-5](?:[0-9][ \r-]?)?)?\Z")
_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?:\s+|$)")
_TLS_RECORD = re.compile(rb"[\x14-\x17]\x03")
_QUEUE_IDS = (
    re.compile(r"\bqueued as ([\w.-]+)", re.IGNORECASE),  # Postfix, aiosmtpd
    re.compile(r"\bid=([\w.-]+)", re.IGNORECASE),  # Exim
    re.compile(r"\bOK\s+\d{9,}\s+([\w.-]+) - gsmtp"),  # Gmail
    re.compile(r"\bInternalId=(\d+)"),  # Exchange
    re.compile(r"(?:^|\s)([\w.-]{6,}) Message accepted for delivery", re.IGNORECASE),  # Sendmail, OpenSMTPD
)


class ReplyError(Exception):
    """The server's answer is no SMTP reply. The text is for the journal, never for a decision."""

    def __init__(self, detail: str, octets: bytes = b"") -> None:
        super().__init__(detail)
        self.detail = detail
        self.is_tls = bool(_TLS_RECORD.match(octets))
        """Whether the octets look like a TLS record."""
        self.is_foreign = bool(octets) and not _START.match(octets)
        """Whether the octets do not even begin like a reply."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole reply: its code and the text of its lines, as the server sent them."""

    code: int
    lines: tuple[str, ...] = ()

    @classmethod
    def of(cls, code: int, message: str) -> Reply:
        """Return the reply with `code` whose lines are joined by line feeds in `message`."""
        return cls(code, tuple(message.split("\n")))

    @property
    def is_positive(self) -> bool:
        """Whether the command was carried out (2yz)."""
        return self.code // 100 == 2

    @property
    def is_temporary(self) -> bool:
        """Whether the same command may work later (4yz)."""
        return self.code // 100 == 4

    @property
    def is_permanent(self) -> bool:
        """Whether the same command will not work (5yz)."""
        return self.code // 100 == 5

    @property
    def enhanced(self) -> str:
        """The enhanced status code (RFC 2034) if every line has the same one and its class fits, else nothing."""
        if self.code // 100 == 3:
            return ""
        found = {match[0].strip() if (match := _ENHANCED.match(line)) else "" for line in self.lines}
        status = found.pop() if len(found) == 1 else ""
        return status if status[:1] == str(self.code)[0] else ""

    @property
    def text(self) -> str:
        """The server's words for people: cleaned, on one line, at most `TEXT_LIMIT` characters."""
        status = self.enhanced
        words = " ".join(line[len(status) :].strip() for line in self.lines)
        return clean_text(" ".join(part for part in (str(self.code), status, words) if part))


class ReplyReader:
    """Cuts what arrives into replies. `feed` takes octets, `take` gives the next reply once it is whole."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._code: bytes | None = None
        self._lines: list[str] = []
        self._octets = 0
        self.owed = 0
        """Replies still to come to commands that were sent together, the next one included."""
        self.is_overflowing = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing has arrived that was not taken."""
        return not self._buffer and self._code is None

    def feed(self, data: bytes) -> None:
        """Keep what arrived, up to the limit of one reply for each that is awaited."""
        room = max(self.owed, 1) * REPLY_LIMIT - len(self._buffer) - self._octets
        self.is_overflowing = self.is_overflowing or len(data) > room
        self._buffer += data[: max(room, 0)]

    def take(self) -> Reply | None:
        """Return the next reply, or None while it is not whole; raises ReplyError."""
        while (end := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[: end + 1])
            del self._buffer[: end + 1]
            self._octets += len(line)
            if self._octets > REPLY_LIMIT:
                raise ReplyError("reply too long")
            if self._take_line(line):
                return self._finish()
        if self._buffer and not _START.match(self._buffer[:4]):
            raise ReplyError("not a reply", bytes(self._buffer[:4]))
        if self.is_overflowing or self._octets + len(self._buffer) > REPLY_LIMIT:
            raise ReplyError("reply too long")
        return None

    def _take_line(self, line: bytes) -> bool:
        """Add one line to the reply; true for its last."""
        match = _LINE.fullmatch(line[:-2]) if line.endswith(b"\r\n") else None
        if match is None or b"\r" in line[:-2]:
            raise ReplyError("malformed reply line", line[:4])
        code, separator, text = match.groups()
        if self._code not in {None, code}:
            raise ReplyError("different codes in one reply")
        self._code = code
        self._lines.append((text or b"").decode("utf-8", "replace"))
        return bool(separator != b"-")

    def _finish(self) -> Reply:
        reply = Reply(int(self._code or b"0"), tuple(self._lines))
        self._code, self._lines, self._octets = None, [], 0
        self.owed = max(self.owed - 1, 0)
        return reply


def clean_text(text: str) -> str:
    """Return foreign text fit for showing: no controls, bidi marks or other invisible characters, and short."""
    visible = text[: 4 * TEXT_LIMIT]
    if not (visible.isascii() and visible.isprintable()):
        visible = "".join(" " if _is_unshowable(char) else char for char in visible)
    return " ".join(visible.split())[:TEXT_LIMIT]


def queue_id(reply: Reply) -> str:
    """Return the server's own name for the message it took, for people; empty where it gives none known."""
    words = " ".join(reply.lines)
    for pattern in _QUEUE_IDS:
        if match := pattern.search(words):
            return clean_text(match[1])[:100]
    return ""


def _is_unshowable(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
