"""A draft as a file other mail programs open for writing: every draft can be taken along, finished or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain

from app.address import Mailbox
from app.errors import MessageError
from app.message.attachments import check_attachment
from app.message.draft import Attachment, Draft
from app.message.headers import address_field, date_field, message_ids_field, text_field
from app.message.mime import content

__all__ = ["Unsent", "unsent"]


@dataclass(frozen=True, slots=True)
class Unsent:
    """A draft as a message that was not sent."""

    chunks: Iterator[bytes]
    left_out: tuple[str, ...]
    """What could not be taken along: names of attachments whose files are gone, addresses that are not finished."""


def unsent(draft: Draft, now: datetime) -> Unsent:
    """Return `draft` as CRLF lines with `X-Unsent: 1`, which mail programs open for editing; Bcc is kept.

    Unlike a message to be sent it needs no recipient. What is left out is named in `Comments:` (RFC 5322 section
    3.6.5), too. Taking the chunks raises MessageError when an attachment changes meanwhile.
    """
    attachments = tuple(each for each in draft.attachments if _is_there(each))
    left_out = [each.name for each in draft.attachments if each not in attachments]
    left_out += [text for _, text in draft.unfinished]
    part = content(replace(draft, attachments=attachments))
    fields = [
        "X-Unsent: 1\r\n",
        date_field(now),
        _addresses("From", (Mailbox(draft.sender),), left_out),
        _addresses("To", draft.to, left_out),
        _addresses("Cc", draft.cc, left_out),
        _addresses("Bcc", draft.bcc, left_out),
        text_field("Subject", draft.subject),
        message_ids_field("In-Reply-To", [draft.in_reply_to]),
        message_ids_field("References", draft.references),
        text_field("Comments", f"not included: {', '.join(left_out)}") if left_out else "",
        "MIME-Version: 1.0\r\n",
        part.fields,
        "\r\n",
    ]
    return Unsent(chain(["".join(fields).encode("ascii")], part.body), tuple(left_out))


def _addresses(name: str, mailboxes: tuple[Mailbox, ...], left_out: list[str]) -> str:
    """Return a field with those addresses that a header can hold, or nothing; the others are left out."""
    fit: list[Mailbox] = []
    for mailbox in mailboxes:
        if _holds(partial(address_field, name, [mailbox])):
            fit.append(mailbox)
        else:
            left_out.append(mailbox.display)
    return address_field(name, fit) if fit else ""


def _is_there(attachment: Attachment) -> bool:
    return _holds(partial(check_attachment, attachment))


def _holds(work: Callable[[], object]) -> bool:
    try:
        work()
    except MessageError:
        return False
    return True
