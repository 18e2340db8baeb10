"""A message on standard input, as git and cron give it to sendmail, made fit for the outbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from uuid import uuid4

from app.address import Address, Mailbox
from app.errors import AddressError, MessageError, Reason
from app.message.gate import Meant
from app.message.headers import (
    address_field,
    date_field,
    message_ids,
    message_ids_field,
    text_field,
)
from app.message.message_id import new_message_id
from app.message.mime import RECIPIENT_LIMIT
from app.message.reading import decoded_text, listed_addresses
from app.message.repair import Field, repair_field, repair_part, split_header, write_fields

__all__ = ["SIZE_LIMIT", "Submitted", "read_submission"]

SIZE_LIMIT = 50 * 1024 * 1024
_STEP = 64 * 1024
_LINE_END = re.compile(rb"\r\n|\r|\n")
_ANGLE = re.compile(r"<[^<>\s]+>")
# Written anew; the last ones name blind recipients, or are for servers to write.
_OWN_FIELDS = frozenset(
    {"from", "to", "cc", "subject", "date", "message-id", "reply-to", "in-reply-to", "references", "mime-version"}
    | {"sender", "bcc", "apparently-to", "return-path"}
)


@dataclass(frozen=True, slots=True)
class Submitted:
    """A message that came finished, with what the outbox needs to know of it."""

    id: str
    sender: Mailbox
    recipients: tuple[Address, ...]
    """Everybody it goes to, blind recipients too."""
    meant: Meant
    """What the gate is to let pass, but for `Sender:`."""
    before: bytes
    """The header up to where `Sender:` goes."""
    after: bytes

    @property
    def subject(self) -> str:
        """What it is about."""
        return self.meant.subject

    @property
    def message_id(self) -> str:
        """Its own, or the one it was given."""
        return self.meant.message_id

    def chunks(self, sender_header: Address | None) -> Iterator[bytes]:
        """Return the message's bytes, CRLF lines of seven-bit text, for a route with this `Sender:`."""
        sender = address_field("Sender", [Mailbox(sender_header)]) if sender_header else ""
        yield self.before + sender.encode("ascii")
        for at in range(0, len(self.after), _STEP):
            yield self.after[at : at + _STEP]


def read_submission(
    data: bytes,
    *,
    recipients: tuple[Address, ...],
    recipients_from_header: bool,
    sender: Address,
    stop_at_dot: bool,
    now: datetime,
) -> Submitted:
    """Return the message in `data`; what it lacks is added: From (`sender`), Date (`now`, aware), Message-ID.

    As with Postfix's sendmail(1), recipients in the header are added to those given. Raises MessageError
    for what is no message, for too many or no recipients, and for a recipient that is no address.
    """
    fields, body = split_header(_canonical(data, stop_at_dot=stop_at_dot))
    lists = {name: _mailboxes(fields, name) for name in ("from", "reply-to", "to", "cc", "bcc")}
    author = _author(lists["from"], sender)
    reply_to, to, cc = (_valid(lists[name]) for name in ("reply-to", "to", "cc"))
    answered, references = (tuple(_ANGLE.findall(_value(fields, name))) for name in ("in-reply-to", "references"))
    everybody = [*recipients]
    if recipients_from_header:
        everybody.extend(_address(text) for name in ("to", "cc", "bcc") for _, text in lists[name])
    subject = decoded_text(_value(fields, "subject"))
    message_id = "".join(message_ids(_ANGLE.findall(_value(fields, "message-id")))[:1])
    message_id = message_id or new_message_id(author.address)
    content, body = repair_part(fields, body)
    others = [repair_field(field) for field in fields if _is_other(field.name)]
    before = date_field(_date(fields, now)) + address_field("From", [author])
    after = [
        _list("Reply-To", reply_to),
        _list("To", to) or ("" if cc else "To: undisclosed-recipients:;\r\n"),
        _list("Cc", cc),
        text_field("Subject", subject),
        f"Message-ID: {message_id}\r\n",
        message_ids_field("In-Reply-To", answered),
        message_ids_field("References", references),
        "MIME-Version: 1.0\r\n",
    ]
    end = b"" if body.endswith(b"\r\n") or not body else b"\r\n"
    return Submitted(
        id=uuid4().hex,
        sender=author,
        recipients=_checked_recipients(everybody),
        meant=Meant(
            sender=author.address,
            reply_to=tuple(mailbox.address for mailbox in reply_to),
            visible=tuple(mailbox.address for mailbox in (*to, *cc)),
            names=tuple(mailbox.name for mailbox in (author, *to, *cc)),
            subject=subject,
            message_id=message_id,
            in_reply_to=answered,
            references=references,
            extra=tuple(field.name for field in others),
        ),
        before=before.encode("ascii"),
        after="".join(after).encode("ascii") + write_fields([*others, *content]) + b"\r\n" + body + end,
    )


def _canonical(data: bytes, *, stop_at_dot: bool) -> bytes:
    if len(data) > SIZE_LIMIT:
        raise MessageError.because(Reason.MESSAGE_UNREADABLE, detail=f"more than {SIZE_LIMIT >> 20} MB")
    text = _LINE_END.sub(b"\r\n", data)
    if text.startswith(b"From "):  # the separator of mbox files
        text = text.partition(b"\r\n")[2]
    if stop_at_dot:
        text = text.removesuffix(b"\r\n") + b"\r\n"
        text = (b"\r\n" + text).partition(b"\r\n.\r\n")[0].removeprefix(b"\r\n")
    if not text.strip():
        raise MessageError.because(Reason.MESSAGE_UNREADABLE, detail="it is empty")
    return text


def _value(fields: list[Field], name: str) -> str:
    return next((field.value for field in fields if field.name == name), "")


def _mailboxes(fields: list[Field], name: str) -> list[tuple[str, str]]:
    """Return what the fields called `name` list, as (display name, address) texts."""
    return [each for field in fields if field.name == name for each in listed_addresses(field.value)]


def _valid(texts: list[tuple[str, str]]) -> list[Mailbox]:
    """Return those that are addresses; "root" alone, as cron writes it, is none that can be answered."""
    found: list[Mailbox] = []
    for name, text in texts:
        try:
            found.append(Mailbox(Address.parse(text), name))
        except AddressError:
            continue
    return found


def _author(texts: list[tuple[str, str]], sender: Address) -> Mailbox:
    """Return who From names; a bare user of this machine stands for `sender`, anything else for itself only."""
    authors = _valid(texts)
    if len(authors) > 1:
        raise MessageError.because(Reason.MESSAGE_UNREADABLE, detail="From names more than one address")
    for _, text in texts:
        if "@" in text and not authors:
            raise MessageError.because(Reason.MESSAGE_UNREADABLE, detail=f"From is no address: {text}")
    return authors[0] if authors else Mailbox(sender, texts[0][0] if texts else "")


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except AddressError as error:
        raise MessageError.because(Reason.MESSAGE_UNFINISHED_RECIPIENT, text=text) from error


def _checked_recipients(addresses: list[Address]) -> tuple[Address, ...]:
    recipients = tuple(dict.fromkeys(addresses))
    if not recipients:
        raise MessageError.because(Reason.MESSAGE_NO_RECIPIENT)
    if len(recipients) > RECIPIENT_LIMIT:
        raise MessageError.because(Reason.MESSAGE_TOO_MANY_RECIPIENTS, count=len(recipients), limit=RECIPIENT_LIMIT)
    address_field("Bcc", map(Mailbox, recipients))
    return recipients


def _date(fields: list[Field], now: datetime) -> datetime:
    try:
        date = parsedate_to_datetime(_value(fields, "date"))
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        date_field(date)
    except (ValueError, OverflowError, TypeError, IndexError):
        return now
    return date


def _is_other(name: str) -> bool:
    return name not in _OWN_FIELDS and not name.startswith(("content-", "resent-"))


def _list(name: str, mailboxes: list[Mailbox]) -> str:
    return address_field(name, mailboxes) if mailboxes else ""
