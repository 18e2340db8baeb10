"""The last gate: every message is checked on its bytes, by code that shares nothing with what wrote them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from app.address import Address
from app.errors import AddressError, MessageError, Reason

if TYPE_CHECKING:
    from email.headerregistry import Address as HeaderAddress
    from email.message import EmailMessage

__all__ = ["Gate", "checked"]

_LINE_LIMIT = 998  # RFC 5322 section 2.1.1
_HEADER_LIMIT = 2 * 1024 * 1024
_DEPTH_LIMIT = 50
_FIELD = re.compile(rb"([!-9;-~]+): ")
_ENCLOSED_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_ALWAYS = frozenset({"from", "date", "message-id", "mime-version"})
_AT_MOST_ONCE = frozenset(
    {"sender", "reply-to", "to", "cc", "subject", "in-reply-to", "references", "content-type"}
    | {"content-transfer-encoding", "content-disposition", "content-id", "content-description"}
)
_ENCODINGS = frozenset({b"", b"7bit", b"quoted-printable", b"base64"})
_BOUNDARY = re.compile(
    rb';[ \t]*boundary[ \t]*=[ \t]*"?([0-9A-Za-z\'()+_,./:=? -]{0,69}[0-9A-Za-z\'()+_,./:=?-])"?', re.IGNORECASE
)
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_INVISIBLE = re.compile("[\u202a-\u202e\u2066-\u2069]")

_Fields = list[tuple[str, bytes]]


class Gate:
    """Checks one message's bytes as they pass; every method raises MessageError (MESSAGE_GATE)."""

    def __init__(
        self,
        *,
        sender: Address,
        sender_header: Address | None,
        message_id: str,
        recipients: Sequence[Address],
        subject: str,
        visible: Sequence[Address] | None = None,
        extra: Iterable[str] = (),
    ) -> None:
        """Say what the message must be.

        `visible` is exactly who To and Cc name; without it, nobody who is no recipient. `extra` names
        further header fields, one for each time they occur; no others may.
        """
        self._sender = sender
        self._sender_header = sender_header
        self._message_id = message_id
        self._recipients = frozenset(recipients)
        self._subject = subject
        self._visible = None if visible is None else Counter(map(str, visible))
        self._extra = Counter(name.lower() for name in extra)
        self._tail = b""
        self._header: bytearray | None = bytearray()
        self._is_top = True
        self._is_enclosed = False
        self._boundaries: list[bytes] = []

    def feed(self, chunk: bytes) -> None:
        """Check the lines that `chunk` completes."""
        data = self._tail + chunk
        end = data.rfind(b"\r\n") + 2
        if end < 2:
            end = 0
        self._tail = data[end:]
        _check_octets(self._tail[:-1] if self._tail.endswith(b"\r") else self._tail)
        lines = data[:end]
        _check_octets(lines)
        at = 0
        while at < end:
            at = self._body(lines, at) if self._header is None else self._header_line(lines, at)

    def finish(self) -> None:
        """Check that the message ended where it should."""
        _require(not self._tail, "the last line has no end")
        _require(self._header is None, "a header has no end")
        _require(not self._boundaries, "a multipart has no end")

    def _header_line(self, lines: bytes, at: int) -> int:
        header = self._header
        assert header is not None
        end = lines.index(b"\r\n", at) + 2
        header += lines[at:end]
        _require(len(header) <= _HEADER_LIMIT, "a header is too long")
        if end - at == 2:
            self._header = None
            self._check_header(bytes(header))
        return end

    def _check_header(self, header: bytes) -> None:
        if self._is_enclosed:
            self._is_enclosed = False
            _check_enclosed(header)
            return
        fields = _parse_fields(header)
        if self._is_top:
            self._check_top(fields, header)
        else:
            _require(all(name.startswith("content-") for name, _ in fields), "a part has a foreign header field")
        self._is_top = False
        self._enter(fields)

    def _enter(self, fields: _Fields) -> None:
        """Check how this part's body is encoded and learn its boundary."""
        counts = Counter(name for name, _ in fields if name.startswith("content-"))
        _require(all(count == 1 for count in counts.values()), "a content field is there twice")
        values = dict(fields)
        kind = values.get("content-type", b"text/plain").strip().lower()
        encoding = values.get("content-transfer-encoding", b"").strip().lower()
        _require(encoding in _ENCODINGS, "an encoding is not for seven bits")
        if kind.startswith((b"multipart/", b"message/")):
            _require(encoding in {b"", b"7bit"}, "a composite part is encoded")
        if kind.partition(b";")[0].rstrip() == b"message/rfc822":
            self._is_enclosed = True
            self._header = bytearray()
        if kind.startswith(b"multipart/"):
            found = _BOUNDARY.search(values["content-type"])
            if found is None:
                raise _refused("a multipart has no boundary")
            self._boundaries.append(found[1])
            _require(len(self._boundaries) <= _DEPTH_LIMIT, "parts are nested too deep")

    def _body(self, lines: bytes, at: int) -> int:
        """Go to the line after the next delimiter of an open multipart, or to the end."""
        if not self._boundaries:
            return len(lines)
        # Base64 has no dashes, so that this search costs next to nothing there.
        while (dash := lines.find(b"-", at)) >= 0:
            before = lines.rfind(b"\r\n", at, dash)
            start = at if before < 0 else before + 2
            at = lines.index(b"\r\n", dash) + 2
            if start == dash and lines.startswith(b"--", start):
                self._delimiter(lines[start + 2 : at].rstrip())
                return at
        return len(lines)

    def _delimiter(self, line: bytes) -> None:
        for depth, boundary in enumerate(self._boundaries, 1):
            if line in {boundary, boundary + b"--"}:
                _require(depth == len(self._boundaries), "a multipart has no end")
                if line == boundary:
                    self._header = bytearray()
                else:
                    self._boundaries.pop()
                return

    def _check_top(self, fields: _Fields, header: bytes) -> None:
        counts = Counter(name for name, _ in fields)
        _require(not any(name == "bcc" or name.startswith("resent-") for name in counts), "blind recipients are named")
        _require(all(counts[name] == 1 for name in _ALWAYS), "a required header field is missing or there twice")
        _require(all(counts[name] <= 1 for name in _AT_MOST_ONCE), "a header field is there twice")
        others = {name: count for name, count in counts.items() if name not in _ALWAYS | _AT_MOST_ONCE}
        _require(others == dict(self._extra), "the header fields are not those intended")
        values = dict(fields)
        _require(_ends_in(values["from"], self._sender), "From is not the chosen address")
        named = values["sender"].strip().decode("ascii") if "sender" in values else None
        intended = str(self._sender_header) if self._sender_header else None
        _require(named == intended, "Sender is not the intended address")
        _require(values["message-id"].strip().decode("ascii") == self._message_id, "the Message-ID is another")
        self._check_reading(header)

    def _check_reading(self, header: bytes) -> None:
        """Compare what another program reads in the header with what was meant."""
        from email import parser, policy

        try:
            message = parser.BytesHeaderParser(policy=policy.default).parsebytes(header)
            subject = str(message.get("subject", ""))
            found = {name: [_address(each) for each in message[name].addresses] for name in _lists(message)}
        except (AddressError, ValueError, LookupError, AttributeError, TypeError) as error:
            raise _refused("the header cannot be read back") from error
        _require(_visible_text(subject) == _visible_text(self._subject), "the subject reads differently")
        _require(list(map(str, found["from"])) == [str(self._sender)], "From names not one address")
        seen = [*found.get("to", ()), *found.get("cc", ())]
        if self._visible is None:
            _require(self._recipients.issuperset(seen), "To or Cc names somebody who is no recipient")
        else:
            _require(Counter(map(str, seen)) == self._visible, "To and Cc name others than intended")


def checked(
    chunks: Iterable[bytes],
    *,
    sender: Address,
    sender_header: Address | None,
    message_id: str,
    recipients: Sequence[Address],
    subject: str,
    visible: Sequence[Address] | None = None,
    extra: Iterable[str] = (),
) -> Iterator[bytes]:
    """Yield `chunks` as they are, or raise MessageError (MESSAGE_GATE) as soon as they are not as meant.

    What was taken before the error must not be sent. The arguments are those of `Gate`.
    """
    gate = Gate(
        sender=sender,
        sender_header=sender_header,
        message_id=message_id,
        recipients=recipients,
        subject=subject,
        visible=visible,
        extra=extra,
    )
    for chunk in chunks:
        gate.feed(chunk)
        yield chunk
    gate.finish()


def _refused(detail: str) -> MessageError:
    return MessageError.because(Reason.MESSAGE_GATE, detail=detail)


def _require(condition: bool, detail: str) -> None:
    if not condition:
        raise _refused(detail)


def _check_octets(data: bytes) -> None:
    _require(data.isascii(), "an octet has eight bits")
    _require(b"\0" not in data, "a NUL is in it")
    if _has_equal_lines(data):
        return
    ends = data.count(b"\r\n")
    _require(ends == data.count(b"\n") == data.count(b"\r"), "a line end is not CRLF")
    start = 0
    while len(data) - start > _LINE_LIMIT:
        # The last line end within reach; with none, a line is too long.
        end = data.rfind(b"\r\n", start, start + _LINE_LIMIT + 2)
        _require(end >= 0, "a line is too long")
        start = end + 2


def _has_equal_lines(data: bytes) -> bool:
    """Whether all lines are as long as the first, as in base64; said without looking at each line."""
    width = data.find(b"\r\n") + 2
    count, rest = divmod(len(data), width) if 2 <= width <= _LINE_LIMIT + 2 else (0, 1)
    if rest or data[width - 2 :: width] != b"\r" * count or data[width - 1 :: width] != b"\n" * count:
        return False
    return len(data.translate(None, b"\r\n")) == len(data) - 2 * count


def _parse_fields(header: bytes) -> _Fields:
    fields: _Fields = []
    for line in _FOLD.sub(b"", header).split(b"\r\n")[:-2]:
        found = _FIELD.match(line)
        if found is None:
            raise _refused("a header line is no field")
        fields.append((found[1].decode("ascii").lower(), line[found.end() :]))
    return fields


def _check_enclosed(header: bytes) -> None:
    """Check a mail within the mail: whatever it says, its header is one, and names no blind recipients."""
    lines = _FOLD.sub(b"", header).split(b"\r\n")[:-2]
    names = [line.partition(b":")[0].rstrip(b" \t").lower() for line in lines if _ENCLOSED_FIELD.match(line)]
    _require(len(names) == len(lines) > 0, "an enclosed mail has no header")
    _require(not {b"bcc", b"resent-bcc"} & set(names), "blind recipients are named")


def _ends_in(value: bytes, address: Address) -> bool:
    """Whether the value is the address, or ends in it: a quoted local part may hold angle brackets itself."""
    text = value.decode("ascii").strip()
    return text == str(address) or text.endswith(f" <{address}>")


def _address(read: HeaderAddress) -> Address:
    # Not by its addr_spec, which leaves out quotes that a leading, last or double dot needs.
    return Address.parse(str(Address(read.username, read.domain)))


def _lists(message: EmailMessage) -> list[str]:
    return [name for name in ("from", "to", "cc") if name in message]


def _visible_text(text: str) -> str:
    """Return what can be seen of `text`: spaces and controls are where programs differ honestly."""
    chars = ("\ufffd" if _is_no_character(char) else char for char in _INVISIBLE.sub("", text))
    return "".join(char for char in chars if not char.isspace() and unicodedata.category(char) != "Cc")


def _is_no_character(char: str) -> bool:
    code = ord(char)
    return 0xD800 <= code <= 0xDFFF or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
