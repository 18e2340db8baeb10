"""The last gate: every message is checked on its bytes, by code that shares nothing with what wrote them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from app.address import Address, Mailbox
from app.errors import AddressError, MessageError, Reason
from app.message.draft import Draft

if TYPE_CHECKING:
    from email.headerregistry import Address as HeaderAddress
    from email.message import EmailMessage
    from email.parser import BytesHeaderParser

__all__ = ["Gate", "Meant", "checked"]

_LINE_LIMIT = 998  # RFC 5322 section 2.1.1
_HEADER_LIMIT = 2 * 1024 * 1024
_DEPTH_LIMIT = 50
_LONG_NAME = 200
"""Characters of a file name; longer ones may be shortened."""
_FIELD = re.compile(rb"([!-9;-~]+): ")
_ENCLOSED_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_ALWAYS = frozenset({"from", "date", "message-id", "mime-version"})
_AT_MOST_ONCE = frozenset(
    {"sender", "reply-to", "to", "cc", "subject", "in-reply-to", "references", "content-type"}
    | {"content-transfer-encoding", "content-disposition", "content-id", "content-description"}
)
_LISTS = ("from", "reply-to", "to", "cc")
_READ_AGAIN, _SHORT = 64, 200
"""How many headers are kept as they were read, and of how many characters at most."""
_ENCODINGS = frozenset({b"", b"7bit", b"quoted-printable", b"base64"})
_BOUNDARY = re.compile(
    rb';[ \t]*boundary[ \t]*=[ \t]*"?([0-9A-Za-z\'()+_,./:=? -]{0,69}[0-9A-Za-z\'()+_,./:=?-])"?', re.IGNORECASE
)
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_INVISIBLE = re.compile("[\u202a-\u202e\u2066-\u2069]")

_Fields = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a message must be; what is not named here it may not have."""

    sender: Address
    sender_header: Address | None = None
    reply_to: tuple[Address, ...] = ()
    visible: tuple[Address, ...] = ()
    """Whom To and Cc name, in any order."""
    names: tuple[str, ...] | None = None
    """What the sender and those in `visible` are called, in their order; nothing where that may be anything."""
    subject: str = ""
    message_id: str
    in_reply_to: tuple[str, ...] = ()
    """Message identifiers; what is none may be missing, as in `references`."""
    references: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    """Names of further header fields, one for each time they occur."""
    attachments: int | None = None
    """How many parts are files; nothing for other programs' messages, whose parts may leave fields out."""
    files: tuple[str, ...] | None = None
    """What the files are called, folders left out; nothing where that may be anything."""

    @classmethod
    def by(
        cls,
        draft: Draft,
        *,
        sender: Mailbox,
        sender_header: Address | None,
        reply_to: Address | None,
        message_id: str,
    ) -> Meant:
        """Return what a draft means, sent so."""
        visible = (*draft.to, *draft.cc)
        return cls(
            sender=sender.address,
            sender_header=sender_header,
            reply_to=(reply_to,) if reply_to else (),
            visible=tuple(mailbox.address for mailbox in visible),
            names=tuple(mailbox.name for mailbox in (sender, *visible)),
            subject=draft.subject,
            message_id=message_id,
            in_reply_to=(draft.in_reply_to,),
            references=draft.references,
            attachments=len(draft.attachments),
            files=tuple(attachment.name for attachment in draft.attachments),
        )


class Gate:
    """Checks one message's bytes as they pass; every method raises MessageError (MESSAGE_GATE)."""

    def __init__(self, meant: Meant) -> None:
        self._meant = meant
        self._tail = b""
        self._header: bytearray | None = bytearray()
        self._is_top = True
        self._is_enclosed = False
        self._boundaries: list[bytes] = []
        self._attachments = 0
        self._files: list[str] = []

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
        _require(self._meant.attachments in {None, self._attachments}, "the attachments are not those intended")
        if self._meant.files is not None:
            are_meant = len(self._files) == len(self._meant.files) and all(
                map(_is_called, self._files, self._meant.files)
            )
            _require(are_meant, "the files are called differently")

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
        if self._meant.attachments is not None:
            is_plain = "content-type" in values and (encoding or kind.startswith(b"multipart/"))
            _require(bool(is_plain), "a part does not say what it is")
            self._attachments += "content-disposition" in values
        if self._meant.files is not None and "content-disposition" in values:
            self._files.append(_file_name(values["content-disposition"]))
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
        meant = self._meant
        counts = Counter(name for name, _ in fields)
        _require(not any(name == "bcc" or name.startswith("resent-") for name in counts), "blind recipients are named")
        _require(all(counts[name] == 1 for name in _ALWAYS), "a required header field is missing or there twice")
        _require(all(counts[name] <= 1 for name in _AT_MOST_ONCE), "a header field is there twice")
        others = {name: count for name, count in counts.items() if name not in _ALWAYS | _AT_MOST_ONCE}
        _require(others == Counter(map(str.lower, meant.extra)), "the header fields are not those intended")
        values = {name: value.strip().decode("ascii") for name, value in fields}
        _require(_ends_in(values["from"], meant.sender), "From is not the chosen address")
        intended = str(meant.sender_header) if meant.sender_header else None
        _require(values.get("sender") == intended, "Sender is not the intended address")
        _require(values["message-id"] == meant.message_id, "the Message-ID is another")
        for name, ids in (("in-reply-to", meant.in_reply_to), ("references", meant.references)):
            known = {text.strip() for text in ids}
            _require(known.issuperset(values.get(name, "").split()), "other messages are referred to than intended")
        self._check_reading(header)

    def _check_reading(self, header: bytes) -> None:
        """Compare what another program reads in the header with what was meant."""
        try:
            message = _reader().parsebytes(header)
            subject = str(message.get("subject", ""))
            found = {name: [_mailbox(each) for each in message[name].addresses] for name in _lists(message)}
        except (AddressError, ValueError, LookupError, AttributeError, TypeError) as error:
            raise _refused("the header cannot be read back") from error
        meant = self._meant
        _require(_visible_text(subject) == _visible_text(meant.subject), "the subject reads differently")
        visible = [*found.get("to", ()), *found.get("cc", ())]
        _require([str(each.address) for each in found["from"]] == [str(meant.sender)], "From names not one address")
        _require(_are(found.get("reply-to", []), meant.reply_to), "Reply-To names others than intended")
        _require(_are(visible, meant.visible), "To and Cc name others than intended")
        if meant.names is not None:
            named = Counter((str(each.address), _visible_text(each.name)) for each in (*found["from"], *visible))
            wanted = zip(map(str, (meant.sender, *meant.visible)), map(_visible_text, meant.names), strict=True)
            _require(named == Counter(wanted), "somebody has another name than intended")


def checked(chunks: Iterable[bytes], meant: Meant) -> Iterator[bytes]:
    """Yield `chunks` as they are, or raise MessageError (MESSAGE_GATE) as soon as they are not as meant.

    What was taken before the error must not be sent.
    """
    gate = Gate(meant)
    for chunk in chunks:
        gate.feed(chunk)
        yield chunk
    gate.finish()


@cache
def _reader() -> BytesHeaderParser[EmailMessage]:
    """Return what reads a header as another program does; made once, as making it takes longer than reading."""
    from email import headerregistry, parser, policy

    class Registry(headerregistry.HeaderRegistry):
        """The standard library's, which makes a class for each field that it reads, making one for each name."""

        __getitem__ = cache(headerregistry.HeaderRegistry.__getitem__)
        # Half of what sending takes here is to read who wrote a mail and to whom, and mostly they are the same few.
        # A header that was read never changes.
        _again = lru_cache(_READ_AGAIN)(headerregistry.HeaderRegistry.__call__)

        def __call__(self, name: str, value: str) -> headerregistry.BaseHeader:
            is_known = name.lower() in _LISTS and len(value) <= _SHORT
            return self._again(name, value) if is_known else super().__call__(name, value)

    registry = Registry()
    # Each header's is taken apart although nobody asks; what it says has been checked already.
    del registry.registry["content-type"]
    return parser.BytesHeaderParser(policy=policy.default.clone(header_factory=registry))


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


def _ends_in(value: str, address: Address) -> bool:
    """Whether the value is the address, or ends in it: a quoted local part may hold angle brackets itself."""
    return value == str(address) or value.endswith(f" <{address}>")


def _are(found: Iterable[Mailbox], meant: Iterable[Address]) -> bool:
    """Whether these are the same addresses in any order, to the letter."""
    return Counter(str(each.address) for each in found) == Counter(map(str, meant))


def _mailbox(read: HeaderAddress) -> Mailbox:
    # Not by its addr_spec, which leaves out quotes that a leading, last or double dot needs.
    return Mailbox(Address.parse(str(Address(read.username, read.domain))), read.display_name)


def _file_name(disposition: bytes) -> str:
    """Return what another program reads in a Content-Disposition field as the name of the file."""
    message = _reader().parsebytes(b"Content-Disposition: " + disposition.strip() + b"\r\n\r\n")
    return str(message["content-disposition"].params.get("filename", ""))


def _is_called(found: str, meant: str) -> bool:
    """Whether a file has the name meant, but for folders, what cannot be seen, and the end of a very long one."""
    name, wanted = (_seen_in_name(text) for text in (found, meant.replace("\\", "/").rpartition("/")[2]))
    if len(wanted) > _LONG_NAME:
        return bool(name) and wanted.startswith(name[:_LONG_NAME])
    return name == wanted or (not wanted.strip(".") and found == "attachment")


def _seen_in_name(text: str) -> str:
    return "".join(char for char in _visible_text(text) if unicodedata.category(char) != "Cf")


def _lists(message: EmailMessage) -> list[str]:
    return [name for name in _LISTS if name in message]


def _visible_text(text: str) -> str:
    """Return what can be seen of `text`: spaces and controls are where programs differ honestly."""
    chars = ("\ufffd" if _is_no_character(char) else char for char in _INVISIBLE.sub("", text))
    return "".join(char for char in chars if not char.isspace() and unicodedata.category(char) != "Cc")


def _is_no_character(char: str) -> bool:
    code = ord(char)
    return 0xD800 <= code <= 0xDFFF or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
