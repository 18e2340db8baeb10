"""mailto: links (RFC 6068): foreign text that may fill in a composer and never does more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from app.address import Mailbox
from app.errors import AddressError, MessageError, Reason
from app.message.headers import message_ids, plain_line
from app.message.mime import RECIPIENT_LIMIT

__all__ = ["BODY_LIMIT", "MailtoFields", "parse_mailto"]

BODY_LIMIT = 1_000_000
"""Characters of a body; the rest is cut off."""

_SCHEME = "mailto:"
_SUBJECT_LIMIT = 2000
_ITEM_LIMIT = 1000
# A quote that never ends reaches to the end, as one of an address that is being typed.
_ITEM = re.compile(r'(?:[^",;]|"(?:[^"\\]|\\.)*+(?:"|\\?\Z))++', re.DOTALL)


@dataclass(frozen=True, slots=True)
class MailtoFields:
    """What a link may fill in; never the sender, never a file."""

    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    bcc: tuple[Mailbox, ...] = ()
    subject: str = ""
    body: str = ""
    in_reply_to: str = ""
    unfinished: tuple[tuple[str, str], ...] = ()
    """What stood where addresses belong and is none: (field, text), as in `Draft`."""


def parse_mailto(url: str) -> MailtoFields:
    """Return what `url` asks for; odd parts are left out, unknown fields (`attach`, `from`, …) ignored.

    Raises MessageError (MESSAGE_UNREADABLE) for what is no mailto: link.
    """
    stripped = url.strip()
    if stripped[: len(_SCHEME)].lower() != _SCHEME:
        raise MessageError.because(Reason.MESSAGE_UNREADABLE, detail="not a mailto: link")
    path, _, query = stripped[len(_SCHEME) :].partition("#")[0].partition("?")
    lists: dict[str, list[str]] = {"to": _addresses(unquote(path)), "cc": [], "bcc": []}
    single: dict[str, str] = {}
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        name = unquote(key).lower()
        if name in lists:
            lists[name].extend(_addresses(unquote(value)))
        elif value:
            single.setdefault(name, unquote(value))
    return _filled(lists, single)


def _filled(lists: dict[str, list[str]], single: dict[str, str]) -> MailtoFields:
    mailboxes: dict[str, list[Mailbox]] = {name: [] for name in lists}
    unfinished: list[tuple[str, str]] = []
    items = [(name, text) for name, texts in lists.items() for text in texts]
    for name, text in items[:RECIPIENT_LIMIT]:
        try:
            mailbox = Mailbox.parse(text)
        except AddressError:
            unfinished.append((name, text))
        else:
            mailboxes[name].append(mailbox)
    body = single.get("body", "")[:BODY_LIMIT].replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return MailtoFields(
        to=tuple(mailboxes["to"]),
        cc=tuple(mailboxes["cc"]),
        bcc=tuple(mailboxes["bcc"]),
        subject=plain_line(single.get("subject", "")[:_SUBJECT_LIMIT]),
        body=body,
        in_reply_to="".join(message_ids([single.get("in-reply-to", "")])),
        unfinished=tuple(unfinished),
    )


def _addresses(text: str) -> list[str]:
    """Split at commas and semicolons outside quotes; each item on one line."""
    return [line for item in _ITEM.findall(text) if (line := plain_line(item[:_ITEM_LIMIT]))]
