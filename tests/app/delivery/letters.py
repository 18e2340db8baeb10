"""Messages and routes for the tests of the outbox and the postman."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from app.address import Address, Mailbox
from app.delivery.outbox import NewMessage, Outbox, QueuedMessage, State
from app.delivery.verdict import Delivered, Held, Rejected, TryLater, Uncertain, Verdict
from app.errors import Problem, Reason
from app.message.draft import Draft
from app.profile import Security, SendAsAddress, SmtpServer, Verification
from app.routing import Route, Rule, Step, Via

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
PRIMARY = Address.parse("nutzer@beispiel.example")
PARTNER = Address.parse("nutzer.name@partnerdomain.example")
ORGANISATION = SmtpServer("smtp.beispiel.example", 587, Security.STARTTLS, "nutzer@beispiel.example")
GATEWAY = SmtpServer("smtp.partner.example", 465, Security.SSL, "nutzer.name")
BUSY = Problem.of(Reason.SERVER_BUSY, host="smtp.partner.example", reply="450 later")
FORBIDDEN = Problem.of(Reason.ROUTE_FORBIDDEN, address="x", host="smtp.partner.example")
LOCKED = Problem.of(Reason.KEYCHAIN_LOCKED)
BYTES = b"From: <nutzer.name@partnerdomain.example>\r\nSubject: Hallo\r\n\r\nText\r\n"


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def draft(number: int = 1, sender: Address = PARTNER) -> Draft:
    return Draft(
        id=f"m{number}",
        sender=sender,
        to=(Mailbox.parse("A <a@empfang.example>"),),
        bcc=(Mailbox.parse("b@empfang.example"),),
        subject=f"Hallo {number}",
        text="Text\n",
    )


def route(server: SmtpServer = GATEWAY, sender: Address = PARTNER) -> Route:
    entry = SendAsAddress("e", sender, verification=Verification.ACCEPTED)
    step = Step(Rule.IN_PROFILE, held=True, detail=str(sender))
    if server.host == ORGANISATION.host:
        on_behalf = None if sender == PRIMARY else PRIMARY
        return Route(entry, Via.ORGANISATION, server, PRIMARY, on_behalf, (step,))
    return Route(entry, Via.GATEWAY, server, sender, None, (step,))


def letter(
    number: int = 1,
    server: SmtpServer = GATEWAY,
    *,
    held: Problem | None = None,
    due: datetime | None = None,
    written: Draft | None = None,
) -> NewMessage:
    written = written or draft(number)
    recipients = tuple(mailbox.address for mailbox in draft().recipients)
    message_id = f"<{number}@partnerdomain.example>"
    return NewMessage(written, route(server), recipients, message_id, held=held, due=due)


async def put(
    outbox: Outbox,
    number: int = 1,
    server: SmtpServer = GATEWAY,
    *,
    chunks: Iterable[bytes] = (BYTES,),
    now: datetime = NOW,
) -> QueuedMessage:
    return await outbox.put(letter(number, server), chunks, now)


async def content(outbox: Outbox, message_id: str) -> bytes:
    return b"".join([chunk async for chunk in outbox.chunks(message_id)])


async def in_state(outbox: Outbox, state: State) -> QueuedMessage:
    """Return a message that has come to `state` the ordinary way."""
    message = await put(outbox)
    verdicts: dict[State, Verdict] = {
        State.SENT: Delivered("250 ok", "Q1"),
        State.DEFERRED: TryLater(BUSY),
        State.FAILED: Rejected(BUSY),
        State.UNCERTAIN: Uncertain(BUSY),
        State.HELD: Held(FORBIDDEN),
    }
    if state is State.CANCELLED:
        return await outbox.cancel(message.id, NOW)
    if state is State.QUEUED:
        return message
    await outbox.claim(NOW)
    if state is State.ATTEMPTING:
        return await outbox.get(message.id)
    ended = await outbox.mark_data_end(message.id, NOW)
    return ended if state is State.DATA_END else await outbox.settle(message.id, verdicts[state], NOW)
