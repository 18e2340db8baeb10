"""A message that arrived, as a recipient's program would show it: pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import BaseHeader
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import cast

from app.demo.inbox import Arrived

__all__ = ["Shown", "shown", "verification_code"]

# Nine digits, perhaps in groups of three for people.
_CODE = re.compile(r"(?<!\d)\d{3}(?P<gap>[ \u00a0\u2009\u202f-]?)\d{3}(?P=gap)\d{3}(?!\d)")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a recipient's program reads in a message; all of it foreign text."""

    from_name: str
    from_address: str
    sender: str
    """The address in `Sender:` where it differs from From: "sender on behalf of from"; else empty."""
    to: str
    subject: str
    date: datetime | None
    text: str
    attachments: tuple[str, ...]

    @property
    def on_behalf_of(self) -> bool:
        """Whether programs that show it write "… on behalf of …"."""
        return bool(self.sender)


def shown(arrived: Arrived) -> Shown:
    """Return the message as a recipient's program would show it; never raises."""
    message = message_from_bytes(arrived.data, policy=policy.default)
    from_name, from_address = _mailbox(message, "From")
    _, sender = _mailbox(message, "Sender")
    date = _header(message, "Date")
    parts = [part for part in message.walk() if part.is_attachment()]
    return Shown(
        from_name=from_name,
        from_address=from_address,
        sender="" if sender.casefold() == from_address.casefold() else sender,
        to=str(_header(message, "To") or ""),
        subject=str(_header(message, "Subject") or ""),
        date=getattr(date, "datetime", None),
        text=_text(message),
        attachments=tuple(part.get_filename("") for part in parts),
    )


def verification_code(arrived: Arrived) -> str | None:
    """Return the nine digits of a verification message, or None where there are none."""
    found = _CODE.search(shown(arrived).text)
    return re.sub(r"\D", "", found.group()) if found else None


def _header(message: EmailMessage, name: str) -> BaseHeader | None:
    try:
        return cast("BaseHeader | None", message.get(name))
    except (ValueError, IndexError, AttributeError, TypeError):
        # The standard library's parser of structured headers fails on some malformed ones.
        return None


def _mailbox(message: EmailMessage, name: str) -> tuple[str, str]:
    header = _header(message, name)
    addresses = getattr(header, "addresses", ())
    if addresses:
        return addresses[0].display_name, addresses[0].addr_spec
    return "", str(header or "")


def _text(message: EmailMessage) -> str:
    body = cast("EmailMessage | None", message.get_body(("plain", "html")))
    if body is None:
        return ""
    try:
        content = str(body.get_content())
    except (LookupError, ValueError):
        # An unknown character set, or bytes that are none.
        payload = body.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    if body.get_content_subtype() != "html":
        return content
    reader = _TextOfHtml()
    reader.feed(content)
    return "".join(reader.pieces)


class _TextOfHtml(HTMLParser):
    """Collects the words of an HTML part that has no plain twin."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)
