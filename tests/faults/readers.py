"""Programs that read a message by code that shares nothing with ours, and how each of them reads it."""

from __future__ import annotations

import hashlib
import json
import re
import struct
import subprocess
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from typing import IO, Self, cast

from app.address import Address

__all__ = ["PERL_READERS", "PerlReader", "Reading", "SeenPart", "read_by_python", "seen_part"]

LISTS = ("From", "Sender", "Reply-To", "To", "Cc")
LINES = ("Date", "Message-ID", "In-Reply-To", "References")
PERL_READERS = ("email-mime", "mime-tools")
_SCRIPT = Path(__file__).parent.parent / "data" / "read_messages.pl"


@dataclass(frozen=True)
class SeenPart:
    """One part that holds no others."""

    kind: str
    name: str | None
    octets: str
    """SHA-256 of its decoded octets."""
    lines: str
    """SHA-256 of them with LF for CRLF."""


@dataclass(frozen=True)
class Reading:
    """What one program found in a message."""

    fields: list[str]
    subject: str
    lists: dict[str, list[tuple[str, str]]]
    """Display name and address of each mailbox in the fields of `LISTS` that are there."""
    lines: dict[str, str]
    parts: list[SeenPart] = field(default_factory=list)


class PerlReader:
    """One Perl process that reads message after message."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._process = subprocess.Popen(
            ["perl", str(_SCRIPT), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def give(self, data: bytes) -> None:
        """Hand it a message; what it found is for `found` to say."""
        stdin = cast("IO[bytes]", self._process.stdin)
        stdin.write(struct.pack(">I", len(data)) + data)
        stdin.flush()

    def found(self) -> Reading:
        """Return what it found in the message given last; raises ValueError when it could not read that."""
        answer = json.loads(cast("IO[bytes]", self._process.stdout).readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return Reading(
            fields=answer["fields"],
            subject=answer["subject"] or "",
            lists={name: [(each[0], each[1]) for each in found] for name, found in answer["lists"].items()},
            lines=answer["lines"],
            parts=[SeenPart(*each) for each in answer["parts"]],
        )


def read_by_python(data: bytes) -> Reading:
    """Return what Python's own `email` finds."""
    message = message_from_bytes(data, policy=policy.default)
    raw = message_from_bytes(data, policy=policy.compat32)
    return Reading(
        fields=message.keys(),
        subject=str(message["subject"]),
        lists={name: _python_list(message, _unfolded(raw[name]), name) for name in LISTS if name in message},
        lines={name: _unfolded(raw[name]) for name in LINES if name in message},
        parts=[_python_part(part) for part in _leaves(message)],
    )


def seen_part(kind: str, name: str | None, octets: bytes) -> SeenPart:
    """Return what a reader should find of a part with this content."""
    lines = octets.replace(b"\r\n", b"\n")
    return SeenPart(kind, name, hashlib.sha256(octets).hexdigest(), hashlib.sha256(lines).hexdigest())


def _unfolded(text: str) -> str:
    return re.sub(r"\r?\n(?=[ \t])", "", text)


def _python_list(message: EmailMessage, raw: str, name: str) -> list[tuple[str, str]]:
    # Python 3.11's newer parser shows the space between two encoded words, against RFC 2047 section 6.2, and
    # leaves out the quotes of `"a."@b.example` in addr_spec; the older one loses backslashes in addresses.
    names = [str(make_header(decode_header(shown))) for shown, address in getaddresses([raw]) if address]
    addresses = [str(Address(each.username, each.domain)) for each in message[name].addresses]
    return list(zip(names, addresses, strict=True))


def _python_part(part: EmailMessage) -> SeenPart:
    # get_filename() would take quotes and angle brackets off once more.
    disposition = part["content-disposition"]
    name = disposition.params["filename"] if disposition else None
    kind = part.get_content_type()
    if kind != "message/rfc822":
        return seen_part(kind, name, cast("bytes", part.get_payload(decode=True)))
    [mail] = cast("list[EmailMessage]", part.get_payload())
    exact = policy.compat32.clone(linesep="\r\n", max_line_length=0, mangle_from_=False)
    return seen_part(kind, name, mail.as_bytes(policy=exact))


def _leaves(message: EmailMessage) -> list[EmailMessage]:
    if not message.is_multipart() or message.get_content_type() == "message/rfc822":
        return [message]
    return [leaf for part in message.iter_parts() for leaf in _leaves(cast("EmailMessage", part))]
