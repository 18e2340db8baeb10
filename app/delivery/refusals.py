"""What a server's refusals mean: of recipients, each kept with its reply, and of sender, size or content."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from app.address import Address
from app.delivery.replies import Reply
from app.errors import AddressError, Problem, Reason

__all__ = [
    "RefusedRecipient",
    "content_reason",
    "decode_refusals",
    "encode_refusals",
    "recipients_reason",
    "refusal_facts",
    "refusals_in",
    "sender_reason",
]

_REPLY_LIMIT = 200
"""Characters of each reply that are kept: there may be hundreds of recipients."""
_TOO_LARGE = frozenset({"5.3.4", "5.2.3"})  # RFC 3463 section 3.4, 3.3
_TOO_MANY = frozenset({"4.5.3", "5.5.3"})  # RFC 3463 section 3.6
_OF_SERVER = ("4.3.", "4.4.")  # its disk, its network; RFC 3463 section 3.4, 3.5
# 5.7.1 is said of spam, too; these words are said of senders (Postfix, Exchange, Exim, Sendmail).
_OF_SENDER = re.compile(
    r"sender address rejected|not owned by|send[- ]?as|on behalf|\b(dmarc|spf|dkim)\b|"
    r"\bsender\b.*\b(denied|authori[sz]ed|allowed|permi(t|ssion))",
    re.IGNORECASE,
)
_SENDER_CODES = frozenset({"5.7.23", "5.7.26", "5.7.27", "5.7.60", "5.7.509", "5.7.515"})
"""SPF (RFC 7372), DMARC as Gmail says it, a null MX, and what Exchange says of senders."""


@dataclass(frozen=True, slots=True)
class RefusedRecipient:
    """A recipient that a server did not take, and what it said."""

    recipient: Address
    code: int
    reply: str
    """The server's words, fit for showing."""

    @property
    def is_final(self) -> bool:
        """Whether the same recipient will be refused again (5yz); others may be taken later."""
        return self.code // 100 == 5


def refusals_in(problem: Problem | None) -> tuple[RefusedRecipient, ...]:
    """Return every recipient a problem says was refused, in the order they were named; none for other problems."""
    try:
        return decode_refusals(problem.fact("refusals") if problem else "")
    except (msgspec.MsgspecError, AddressError):
        return ()


def encode_refusals(refused: Sequence[RefusedRecipient]) -> str:
    """Return refused recipients as JSON."""
    return msgspec.json.encode([(str(each.recipient), each.code, each.reply) for each in refused]).decode()


def decode_refusals(text: str) -> tuple[RefusedRecipient, ...]:
    """Return what `encode_refusals` wrote; raises msgspec.MsgspecError, AddressError."""
    found = msgspec.json.decode(text, type=list[tuple[str, int, str]])
    return tuple(RefusedRecipient(Address.parse(address), code, reply) for address, code, reply in found)


def refusal_facts(refused: Sequence[tuple[Address, Reply]]) -> dict[str, str]:
    """Return the facts a problem carries about refused recipients.

    `refusals` is for `refusals_in`, `recipients` (refused for good, or where there are none, for now) and
    `waiting` (all that were refused for now) are for sentences.
    """
    final = [address.display for address, reply in refused if reply.is_permanent]
    waiting = [address.display for address, reply in refused if not reply.is_permanent]
    listed = [RefusedRecipient(address, reply.code, reply.text[:_REPLY_LIMIT]) for address, reply in refused]
    return {
        "recipients": ", ".join(final or waiting),
        "waiting": ", ".join(waiting),
        "refusals": encode_refusals(listed),
    }


def recipients_reason(refused: Sequence[tuple[Address, Reply]], taken: int) -> Reason:
    """Return what refusals of recipients, after `taken` that were accepted, say about the message as a whole."""
    replies = [reply for _, reply in refused]
    # A server that has refused often enough hangs up.
    said = [reply for reply in replies if reply.code != 421] or replies
    if taken and all(_is_too_many(reply) for reply in said):
        return Reason.SERVER_TOO_MANY_RECIPIENTS
    if not any(reply.is_permanent for reply in replies):
        return _waiting_reason(said) if all(reply.is_temporary for reply in replies) else Reason.SERVER_PROTOCOL
    # Many servers keep what they think of the sender for themselves until the first recipient.
    is_of_sender = all(_is_of_sender(reply) for reply in replies)
    return Reason.SERVER_SENDER_REJECTED if is_of_sender else Reason.SERVER_RECIPIENT_REJECTED


def _waiting_reason(said: Sequence[Reply]) -> Reason:
    """Return whether the server itself takes nothing now, or only not for these recipients (RFC 3463 section 2)."""
    is_server = all(reply.code == 421 or reply.enhanced.startswith(_OF_SERVER) for reply in said)
    return Reason.SERVER_BUSY if is_server else Reason.SERVER_RECIPIENT_LATER


def sender_reason(reply: Reply) -> Reason:
    """Return what a permanent refusal of MAIL is about."""
    if _is_too_large(reply):
        return Reason.SERVER_SIZE_REJECTED
    return Reason.SERVER_MESSAGE_REJECTED if reply.code == 552 else Reason.SERVER_SENDER_REJECTED


def content_reason(reply: Reply) -> Reason:
    """Return what a permanent refusal of a whole message is about."""
    if _is_too_large(reply):
        return Reason.SERVER_SIZE_REJECTED
    return Reason.SERVER_SENDER_REJECTED if _is_of_sender(reply) else Reason.SERVER_MESSAGE_REJECTED


def _is_too_large(reply: Reply) -> bool:
    """Whether the message is too large; 552 alone means it too (RFC 1870 section 6.1)."""
    return reply.enhanced in _TOO_LARGE or (reply.code == 552 and not reply.enhanced)


def _is_too_many(reply: Reply) -> bool:
    return reply.enhanced in _TOO_MANY or (reply.code == 452 and not reply.enhanced)


def _is_of_sender(reply: Reply) -> bool:
    if reply.enhanced in _SENDER_CODES:
        return True
    is_policy = reply.enhanced.startswith("5.7.") or (reply.is_permanent and not reply.enhanced)
    return is_policy and bool(_OF_SENDER.search(reply.text))
