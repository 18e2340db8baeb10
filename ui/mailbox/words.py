"""What is said about one message: its facts, how it stands, and what follows from each choice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.address import Address
from app.delivery.queued import QueuedMessage, State
from app.errors import Reason
from app.recipient_view import RecipientView
from app.routing import Via
from ui.language import moment, size
from ui.mailbox.case import Case
from ui.mailbox.steps import Step, missed_its_time, others_of
from ui.messages import explain, harmless, on_behalf_line
from ui.texts import translate

__all__ = ["consequence", "facts", "standing", "step_label"]

_SHOWN_RECIPIENTS = 20
_PASSING = frozenset(
    {
        Reason.SERVER_AUTH_TEMPORARY,
        Reason.SERVER_BUSY,
        Reason.SERVER_CONNECTION_LOST,
        Reason.SERVER_OFFLINE,
        Reason.SERVER_RECIPIENT_LATER,
        Reason.SIGN_IN_STATUS,
        Reason.SIGN_IN_TIMEOUT,
        Reason.SIGN_IN_UNREACHABLE,
    }
)
"""Problems that pass by themselves: who reads when the next attempt is need not be told to try later."""


def step_label(step: Step, message: QueuedMessage | None, organisation: str) -> str:
    """Return what a step is called, for a message in its state."""
    state = message.state if message is not None else None
    labels = {
        Step.CHECK_POLICY: translate("mailbox", "Check the policy now"),
        Step.THROUGH_ORGANISATION: _through(organisation),
        Step.TO_THE_OTHERS: translate("mailbox", "Send to the others"),
        Step.ARRIVED: translate("mailbox", "It a&rrived"),
        Step.NEW_TIME: translate("mailbox", "New t&ime…"),
        Step.BACK_TO_DRAFTS: translate("mailbox", "&Back to drafts"),
        Step.STOP: translate("mailbox", "Sto&p sending"),
        Step.CANCEL: translate("mailbox", "Do not send (cance&l)"),
        Step.DELETE: translate("mailbox", "&Delete"),
    }
    if step is Step.RETRY:
        if state is State.UNCERTAIN:
            return translate("mailbox", "Send a&gain")
        if state is State.QUEUED or (message is not None and missed_its_time(message)):
            return translate("mailbox", "Send n&ow")
        return translate("mailbox", "&Try again now")
    return labels[step]


def facts(case: Case, now: datetime) -> list[tuple[str, str]]:
    """Return what is known about a message, as labels and texts."""
    message = case.message
    rows = [
        (translate("mailbox", "From"), message.sender.display),
        (translate("mailbox", "To"), _listed(message.recipients)),
    ]
    if message.left_out:
        rows.append((translate("mailbox", "Not to"), _listed([each.recipient for each in message.left_out])))
    if case.wanted is not None:
        rows.append((translate("mailbox", "Planned for"), moment(case.wanted, now)))
    if message.state is not State.SENT:
        rows.append((translate("mailbox", "Written"), moment(message.created_at, now)))
        rows.append((translate("mailbox", "Server"), _server(message, case.organisation)))
        if message.state is State.UNCERTAIN and message.handed_over_at is not None:
            handed_over = f"{moment(message.handed_over_at, now)} · {size(message.size)}"
            rows.append((translate("mailbox", "Handed over"), handed_over))
            rows.append((translate("mailbox", "Message-ID"), message.message_id))
        return rows
    rows.append((translate("mailbox", "Sent"), f"{moment(message.changed_at, now)} · {size(message.size)}"))
    rows.append((translate("mailbox", "Through"), _server(message, case.organisation)))
    if message.sender_header is not None:
        seen = translate("messages", "{sender} on behalf of {address}")
        text = seen.format(sender=message.sender_header.display, address=message.sender.display)
        rows.append((translate("mailbox", "Recipients see"), text))
    if message.reply:
        rows.append((translate("mailbox", "Server's reply"), harmless(message.reply)))
    if message.queue_id:
        rows.append((translate("mailbox", "Queue ID"), harmless(message.queue_id)))
    return rows


def _listed(addresses: Sequence[Address]) -> str:
    shown = [address.display for address in addresses[:_SHOWN_RECIPIENTS]]
    if (more := len(addresses) - len(shown)) > 0:
        shown.append(translate("mailbox", "and {count} more").format(count=more))
    return harmless(", ".join(shown), 2000)


def _server(message: QueuedMessage, organisation: str) -> str:
    user, _, place = message.queue.rpartition("@")
    if message.via is Via.ORGANISATION and organisation:
        place = translate("mailbox", "{organisation}, {server}").format(organisation=organisation, server=place)
    if not user:
        return harmless(place)
    return harmless(translate("mailbox", "{server} as {user}").format(server=place, user=user))


def standing(message: QueuedMessage, now: datetime) -> tuple[str, str, str]:
    """Return how a message stands, what to do next, and what the server said."""
    if message.problem is not None:
        words = explain(message.problem)
        said = words.server_said or harmless(message.reply)
        if message.state is State.DEFERRED and message.due is not None:
            following = translate("mailbox", "Next attempt: {moment}.").format(moment=moment(message.due, now))
            if message.problem.reason not in _PASSING:
                following = f"{words.next_step} {following}"
            return words.sentence, following, said
        if message.state is State.UNCERTAIN and message.handed_over_at is not None:
            when = moment(message.handed_over_at, now)
            doubt = translate("mailbox", "May have been sent ({moment}).").format(moment=when)
            return f"{doubt} {words.sentence}", words.next_step, said
        return words.sentence, words.next_step, said
    if message.state is State.SENT:
        if message.reply:
            return translate("mailbox", "The server has accepted this message."), "", ""
        return translate("mailbox", "You said that this message arrived."), "", ""
    if message.state is State.QUEUED and message.due is not None and message.due > now:
        return (
            translate("mailbox", "It goes out at this time: {moment}.").format(moment=moment(message.due, now)),
            "",
            "",
        )
    if message.state is State.QUEUED:
        return translate("mailbox", "It goes out as soon as it is its turn."), "", ""
    host = harmless(message.host)
    if message.state is State.DATA_END:
        handed_over = translate("mailbox", "It has been handed to {host}, which has not confirmed it yet.").format(
            host=host
        )
        return handed_over, translate("mailbox", "From here on it cannot be stopped."), ""
    return translate("mailbox", "It is being handed to {host}.").format(host=host), "", ""


def consequence(step: Step, case: Case) -> tuple[str, str] | None:
    """Return a choice for a message that waits for one, and what follows from it."""
    if case.message.state is State.UNCERTAIN:
        return _after_doubt(step)
    if others := others_of(case.message):
        return _after_refusal(step, others)
    if step is Step.CHECK_POLICY:
        return (
            translate("mailbox", "Wait"),
            translate("mailbox", "It is sent by itself as soon as your organisation allows it."),
        )
    if step is Step.BACK_TO_DRAFTS:
        return (
            translate("mailbox", "Back to drafts"),
            translate("mailbox", "Change the message or its sender, or send it another day."),
        )
    if step is not Step.THROUGH_ORGANISATION:
        return None
    title = _through(case.organisation).replace("&", "")
    if isinstance(case.instead, RecipientView):
        sees = translate("mailbox", "Recipients may then see: {line}").format(line=on_behalf_line(case.instead))
        return title, sees
    return title, explain(case.instead).sentence if case.instead is not None else ""


def _after_doubt(step: Step) -> tuple[str, str] | None:
    """Return a choice for a message of which nobody here can know whether it was accepted."""
    if step is Step.RETRY:
        return (
            translate("mailbox", "Send again"),
            translate("mailbox", "It keeps its Message-ID, so many mail programs show it once. It may arrive twice."),
        )
    if step is Step.ARRIVED:
        return (
            translate("mailbox", "It arrived"),
            translate("mailbox", "It moves to Sent. Nothing is sent again."),
        )
    if step is Step.BACK_TO_DRAFTS:
        return (
            translate("mailbox", "Back to drafts"),
            translate("mailbox", "Change it and send it as a new message. If the first one arrived, there are two."),
        )
    return None


def _after_refusal(step: Step, others: Sequence[Address]) -> tuple[str, str] | None:
    """Return a choice for a message of which some recipients were refused."""
    if step is Step.TO_THE_OTHERS:
        goes = translate("mailbox", "It goes to: {recipients}. What they see in To and Cc stays as it is.")
        return translate("mailbox", "Send to the others"), goes.format(recipients=_listed(others))
    if step is Step.BACK_TO_DRAFTS:
        return (
            translate("mailbox", "Back to drafts"),
            translate("mailbox", "Correct the addresses, and send it to everybody."),
        )
    return None


def _through(organisation: str) -> str:
    name = harmless(organisation).replace("&", "&&") or translate("mailbox", "your organisation")
    return translate("mailbox", "&Send through {organisation}").format(organisation=name)
