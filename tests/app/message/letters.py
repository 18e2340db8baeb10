"""Drafts and what becomes of them, for the tests of messages."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any, cast

from app.address import Address, Mailbox
from app.message.draft import Attachment, Draft
from app.message.gate import Meant, checked
from app.message.mime import build

NOW = datetime(2026, 11, 23, 9, 12, 5, tzinfo=UTC)
SENDER = Mailbox(Address.parse("nutzer.name@partnerdomain.example"), "N. Name")
OTHER = Mailbox(Address.parse("kunde@kunden.example"), "Kunde")
MESSAGE_ID = "<0123456789abcdef@partnerdomain.example>"


def box(address: str, name: str = "") -> Mailbox:
    return Mailbox(Address.parse(address), name)


def draft(**fields: Any) -> Draft:
    usual: dict[str, Any] = {"id": "d1", "sender": SENDER.address, "to": (OTHER,), "text": "Guten Tag\n"}
    return Draft(**(usual | fields))


def attached(path: Path, data: bytes, name: str | None = None, content_type: str = "") -> Attachment:
    path.write_bytes(data)
    kind = content_type or "application/octet-stream"
    return Attachment(str(path), path.name if name is None else name, len(data), kind)


def written(
    letter: Draft,
    *,
    sender: Mailbox = SENDER,
    sender_header: Address | None = None,
    reply_to: Address | None = None,
    now: datetime = NOW,
) -> bytes:
    """Return the message's bytes, which the gate has let pass."""
    parts = build(letter, sender=sender, sender_header=sender_header, reply_to=reply_to, now=now, message_id=MESSAGE_ID)
    meant = Meant.by(letter, sender=sender, sender_header=sender_header, reply_to=reply_to, message_id=MESSAGE_ID)
    return b"".join(checked(parts, meant))


def read(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


def text_of(part: Message) -> str:
    """Return a part's text with the line ends of this machine."""
    return str(cast("EmailMessage", part).get_content()).replace("\r\n", "\n")


def header_of(data: bytes) -> bytes:
    return data.partition(b"\r\n\r\n")[0] + b"\r\n"


def field(data: bytes, name: str) -> bytes:
    """Return one header field with its folds, without its name and last line end."""
    lines = header_of(data).replace(b"\r\n ", b"\0").split(b"\r\n")
    found = [line for line in lines if line.lower().startswith(name.lower().encode() + b": ")]
    assert len(found) == 1, found
    return found[0].split(b": ", 1)[1].replace(b"\0", b"\r\n ")


def names(data: bytes) -> list[str]:
    """Return the header's field names in order."""
    unfolded = header_of(data).replace(b"\r\n ", b" ")
    return [line.split(b":")[0].decode() for line in unfolded.split(b"\r\n")[:-1]]


def assert_canonical(data: bytes) -> None:
    assert data.isascii()
    assert b"\0" not in data
    assert data.count(b"\r\n") == data.count(b"\r") == data.count(b"\n")
    assert data.endswith(b"\r\n")
    assert max(map(len, data.split(b"\r\n"))) <= 998
