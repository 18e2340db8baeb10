"""The bytes of a message: CRLF lines of seven-bit text, made piece by piece so that size costs no memory.

RFC 5322 and RFC 2045 to 2049. What names the program, the machine or the blind recipients is never written.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from app.address import Address, Mailbox
from app.errors import MessageError, Reason
from app.message.attachments import (
    check_attachment,
    content_type,
    enclosed_message,
    fallback_name,
    file_name,
    read_steps,
)
from app.message.draft import Attachment, Draft
from app.message.headers import (
    address_field,
    content_field,
    date_field,
    message_ids,
    message_ids_field,
    text_field,
)
from app.message.transfer import base64_lines, canonical_text, encode_body

__all__ = ["RECIPIENT_LIMIT", "Part", "build", "content", "estimate_size"]

RECIPIENT_LIMIT = 500
"""External recipients of one message in Gmail (support.google.com/a/answer/166852)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message: its header fields about content, and its body in pieces."""

    fields: str
    body: Iterable[bytes]


def build(
    draft: Draft,
    *,
    sender: Mailbox,
    sender_header: Address | None,
    reply_to: Address | None,
    now: datetime,
    message_id: str,
) -> Iterator[bytes]:
    """Return the message's bytes in pieces; `now` is aware, its zone is shown in Date.

    Raises MessageError at once for a draft that cannot become a message, and while the pieces are
    taken when an attachment vanishes or changes.
    """
    _check(draft, message_id)
    part = content(draft)
    fields = [
        date_field(now),
        address_field("From", [sender]),
        address_field("Sender", [Mailbox(sender_header)]) if sender_header else "",
        address_field("Reply-To", [Mailbox(reply_to)]) if reply_to else "",
        _recipient_fields(draft),
        text_field("Subject", draft.subject),
        f"Message-ID: {message_id}\r\n",
        message_ids_field("In-Reply-To", [draft.in_reply_to]),
        message_ids_field("References", draft.references),
        "MIME-Version: 1.0\r\n",
        part.fields,
        "\r\n",
    ]
    return chain(["".join(fields).encode("ascii")], part.body)


def estimate_size(draft: Draft) -> int:
    """Return about how many octets the message will have, never far too few."""
    text = (len(draft.text.encode(errors="replace")) + len(draft.html.encode(errors="replace"))) * 14 // 10
    files = sum(-(-attachment.size // 57) * 78 + 600 for attachment in draft.attachments)
    return 1200 + 80 * len(draft.recipients) + text + files


def _check(draft: Draft, message_id: str) -> None:
    if draft.unfinished:
        raise MessageError.because(Reason.MESSAGE_UNFINISHED_RECIPIENT, text=draft.unfinished[0][1])
    recipients = draft.recipients
    if not recipients:
        raise MessageError.because(Reason.MESSAGE_NO_RECIPIENT)
    if len(recipients) > RECIPIENT_LIMIT:
        raise MessageError.because(Reason.MESSAGE_TOO_MANY_RECIPIENTS, count=len(recipients), limit=RECIPIENT_LIMIT)
    for mailbox in recipients:
        address_field("Bcc", [Mailbox(mailbox.address)])
    if message_ids([message_id]) != [message_id]:
        raise MessageError.because(Reason.MESSAGE_BAD_HEADER, field="Message-ID")
    for attachment in draft.attachments:
        check_attachment(attachment)


def _recipient_fields(draft: Draft) -> str:
    if not draft.to and not draft.cc:
        return "To: undisclosed-recipients:;\r\n"
    to = address_field("To", draft.to) if draft.to else ""
    return to + (address_field("Cc", draft.cc) if draft.cc else "")


def content(draft: Draft) -> Part:
    """Return text and attachments; raises MessageError, for some attachments while the body is taken."""
    body = _text(draft)
    if not draft.attachments:
        return body
    return _multipart("mixed", [body, *map(_attachment, draft.attachments)])


def _text(draft: Draft) -> Part:
    if not draft.html:
        return _text_part("plain", draft.text)
    from app.message.html import plain_text, sanitise

    rich = sanitise(draft.html)
    page = f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{rich}\n</body></html>'
    plain = draft.text if draft.text.strip() else plain_text(rich)
    return _multipart("alternative", [_text_part("plain", plain), _text_part("html", page)])


def _text_part(subtype: str, text: str) -> Part:
    encoding, data = encode_body(canonical_text(text))
    fields = content_field("Content-Type", f"text/{subtype}", [("charset", "utf-8")])
    return Part(fields + content_field("Content-Transfer-Encoding", encoding), [data])


def _attachment(attachment: Attachment) -> Part:
    name = file_name(attachment.name)
    enclosed = enclosed_message(attachment)
    kind = content_type(attachment) if enclosed is None else "message/rfc822"
    fields = content_field("Content-Type", kind, [("name", fallback_name(name))])
    fields += content_field("Content-Transfer-Encoding", "base64" if enclosed is None else "7bit")
    fields += content_field("Content-Disposition", "attachment", [("filename", name)])
    return Part(fields, map(base64_lines, read_steps(attachment)) if enclosed is None else [enclosed])


def _multipart(subtype: str, parts: list[Part]) -> Part:
    # "=_" occurs neither in base64 nor in quoted-printable; 128 random bits in nothing that goes unencoded.
    boundary = f"=_{secrets.token_hex(16)}"
    fields = content_field("Content-Type", f"multipart/{subtype}", [("boundary", boundary)])
    return Part(fields, _delimited(boundary, parts))


def _delimited(boundary: str, parts: list[Part]) -> Iterator[bytes]:
    start = f"--{boundary}\r\n"
    for part in parts:
        yield f"{start}{part.fields}\r\n".encode("ascii")
        yield from part.body
        start = f"\r\n--{boundary}\r\n"
    yield f"\r\n--{boundary}--\r\n".encode("ascii")
