"""What a person is writing, as a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.address import Address, Mailbox

__all__ = ["Attachment", "Draft"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to go with the message; its bytes are read when the message is queued."""

    path: str
    name: str
    """The name recipients see."""
    size: int
    """Octets when it was added."""
    content_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Draft:
    """A message being written; `id` stays the same until it is queued or discarded."""

    id: str
    sender: Address
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    bcc: tuple[Mailbox, ...] = ()
    subject: str = ""
    text: str = ""
    """The plain text; always there."""
    html: str = ""
    """The rich text as HTML; empty for a plain message."""
    attachments: tuple[Attachment, ...] = ()
    signature: str = ""
    """The signature now in the text, so that it can be replaced and never stacks."""
    in_reply_to: str = ""
    """The Message-ID being answered, with its angle brackets."""
    references: tuple[str, ...] = ()
    unfinished: tuple[tuple[str, str], ...] = ()
    """What was typed into `to`, `cc` or `bcc` and is no address yet: (field, text) pairs."""

    @property
    def recipients(self) -> tuple[Mailbox, ...]:
        """Everybody the message goes to, each address once, in order."""
        return tuple(_once((*self.to, *self.cc, *self.bcc)))

    @property
    def is_empty(self) -> bool:
        """Whether nothing worth keeping was typed."""
        typed = self.subject.strip() or self.text.removesuffix(self.signature).strip() or self.unfinished
        return not (typed or self.recipients or self.attachments)


def _once(mailboxes: tuple[Mailbox, ...]) -> Iterator[Mailbox]:
    seen: set[Address] = set()
    for mailbox in mailboxes:
        if mailbox.address not in seen:
            seen.add(mailbox.address)
            yield mailbox
