"""From a finished draft to a row of the outbox: route, bytes, gate, one committed transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.address import Address, Mailbox
from app.delivery.outbox import NewMessage, Outbox, QueuedMessage
from app.errors import MessageError, Problem
from app.message.draft import Draft
from app.message.message_id import new_message_id
from app.policy.evaluate import Policy
from app.profile import Profile, SendAsAddress, SmtpServer
from app.routing import HELD_REASONS, Refusal, Route, Via, choose_route, without_gateway

if TYPE_CHECKING:
    from app.message.sendmail import Submitted

__all__ = ["post", "post_submitted", "send_through_organisation"]

_LONGEST_UNDO = timedelta(seconds=30)
_LITTLE = 8 * 1024
"""Characters that are encoded and checked in a millisecond or two."""
_FEW = 10
"""Recipients, each of whom takes longer than much text."""


async def post(
    draft: Draft, *, profile: Profile, policy: Policy, outbox: Outbox, now: datetime, due: datetime | None = None
) -> QueuedMessage:
    """Queue `draft`, committed when this returns; `due` is when it may go, for undo and scheduling.

    Where only the policy stands against it the message is queued as held, unless it is scheduled: that one waits
    for its time, when its route is asked anew; released from a hold it would go before. Raises MessageError for a draft
    that cannot become a message or a sender that cannot be used, DeliveryError for one that is in the outbox
    already, StorageError when nothing could be kept.
    """
    route, held = _route_or_hold(draft.sender, profile, policy)
    is_scheduled = due is not None and due - now > _LONGEST_UNDO
    if is_scheduled:
        held = None
    sender = Mailbox(route.entry.address, profile.name_for(route.entry))
    message_id = new_message_id(sender.address)
    chunks = _written(draft, sender, route, now, message_id)
    recipients = tuple(mailbox.address for mailbox in draft.recipients)
    new = _new_message(draft, route, recipients, message_id, held)
    new = replace(new, due=due, is_scheduled=is_scheduled)
    return await outbox.put(new, chunks, now, is_quick=_is_quick(draft))


async def post_submitted(
    submitted: Submitted, *, profile: Profile, policy: Policy, outbox: Outbox, now: datetime
) -> QueuedMessage:
    """Queue a message that came finished on standard input, as it is but for what must be repaired.

    Raises as `post`.
    """
    from app.message.gate import checked

    route, held = _route_or_hold(submitted.sender.address, profile, policy)
    meant = replace(submitted.meant, sender_header=route.sender_header)
    chunks = checked(submitted.chunks(route.sender_header), meant)
    draft = Draft(id=submitted.id, sender=submitted.sender.address, subject=submitted.subject)
    return await outbox.put(_new_message(draft, route, submitted.recipients, submitted.message_id, held), chunks, now)


async def send_through_organisation(
    message: QueuedMessage, *, profile: Profile, policy: Policy, outbox: Outbox, now: datetime
) -> QueuedMessage:
    """Give a held message the organisation's route, as the person chose; only `Sender:` is added to its bytes.

    Raises DeliveryError for a message that is not held, MessageError where that route is refused too.
    """
    chosen = choose_route(message.sender, without_gateway(message.sender, profile), policy)
    if isinstance(chosen, Refusal):
        raise MessageError(chosen.problem)
    return await outbox.take_organisation_route(message.id, chosen, now)


def _written(draft: Draft, sender: Mailbox, route: Route, now: datetime, message_id: str) -> Iterator[bytes]:
    """Yield the message's bytes, checked; raises MessageError.

    Nothing is done before the first is asked for, which is in a thread: loading what makes them, and encoding a long
    text, takes longer than a window may stand still.
    """
    from app.message.gate import Meant, checked
    from app.message.mime import build

    parts = build(
        draft,
        sender=sender,
        sender_header=route.sender_header,
        reply_to=route.entry.reply_to,
        now=now.astimezone(),
        message_id=message_id,
    )
    meant = Meant.by(
        draft,
        sender=sender,
        sender_header=route.sender_header,
        reply_to=route.entry.reply_to,
        message_id=message_id,
    )
    yield from checked(parts, meant)


def _is_quick(draft: Draft) -> bool:
    """Whether a message is made in an instant, and of nothing that could be slow to read."""
    is_little = len(draft.text) + len(draft.subject) <= _LITTLE and len(draft.recipients) <= _FEW
    return is_little and not (draft.attachments or draft.html)


def _route_or_hold(sender: Address, profile: Profile, policy: Policy) -> tuple[Route, Problem | None]:
    """Return the route, or the gateway's route with why it is held; raises MessageError for a refusal."""
    chosen = choose_route(sender, profile, policy)
    if isinstance(chosen, Route):
        return chosen, None
    entry = profile.find(sender)
    if entry is None or entry.smtp_msa is None or chosen.problem.reason not in HELD_REASONS:
        raise MessageError(chosen.problem)
    return _intended(entry, entry.smtp_msa, chosen), chosen.problem


def _intended(entry: SendAsAddress, gateway: SmtpServer, refusal: Refusal) -> Route:
    return Route(entry, Via.GATEWAY, gateway, entry.address, None, refusal.steps)


def _new_message(
    draft: Draft,
    route: Route,
    recipients: tuple[Address, ...],
    message_id: str,
    held: Problem | None,
) -> NewMessage:
    return NewMessage(draft=draft, route=route, recipients=recipients, message_id=message_id, held=held)
