"""Sentences about drafts, routes and the outbox, and the names of the outbox's states."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from app.errors import Reason
from ui.texts import translate
from ui.wording.facts import Table

if TYPE_CHECKING:
    from app.delivery.queued import State

__all__ = ["MESSAGES", "OUTBOX", "ROUTES", "state_name"]

ROUTES: Table = {
    Reason.ROUTE_UNKNOWN_ADDRESS: lambda: (
        translate("messages", "{address} is not one of your addresses."),
        translate("messages", "Choose another address in From, or add this one first."),
    ),
    Reason.ROUTE_UNVERIFIED: lambda: (
        translate("messages", "{address} is not confirmed yet."),
        translate("messages", "Enter the code that was mailed to it."),
    ),
    Reason.ROUTE_INTERNAL_GATEWAY: lambda: (
        translate(
            "messages", "{address} belongs to your organisation; own SMTP servers are only for outside addresses."
        ),
        translate("messages", "Open “Edit info” for this address and save it, so that its own server is removed."),
    ),
    Reason.ROUTE_GATEWAY_REQUIRED: lambda: (
        translate("messages", "Your organisation does not send mail for outside addresses such as {address}."),
        translate("messages", "Give this address its own SMTP server, or choose another address."),
    ),
    Reason.ROUTE_MAIL_DISABLED: lambda: (
        translate("messages", "{organisation} has switched mail off for you."),
        translate(
            "messages", "Ask your administrator. Messages that wait are sent by themselves once mail is on again."
        ),
    ),
    Reason.ROUTE_FORBIDDEN: lambda: (
        translate("messages", "Your organisation does not allow own SMTP servers."),
        translate("messages", "Send through your organisation instead, or ask your administrator to allow it."),
    ),
    Reason.ROUTE_POLICY_STALE: lambda: (
        translate("messages", "Your organisation's policy was last confirmed on {checked_at}, too long ago."),
        translate("messages", "Check the policy again. Until it is confirmed, own SMTP servers cannot be used."),
    ),
    Reason.ROUTE_POLICY_UNKNOWN: lambda: (
        translate("messages", "Your organisation's policy is not known."),
        translate("messages", "Check the policy again. Until it is known, own SMTP servers cannot be used."),
    ),
    Reason.ROUTE_CHANGED: lambda: (
        translate("messages", "The message was made to go through {queued_host}, but would now go through {host}."),
        translate("messages", "Put it back to the drafts, look at it, and send it again."),
    ),
}

MESSAGES: Table = {
    Reason.MESSAGE_NO_RECIPIENT: lambda: (
        translate("messages", "The message has no recipient yet."),
        translate("messages", "Enter at least one address under To, Cc or Bcc."),
    ),
    Reason.MESSAGE_TOO_MANY_RECIPIENTS: lambda: (
        translate("messages", "The message has {count} recipients; there may be {limit}."),
        translate("messages", "Send it in several parts, or to a mailing list."),
    ),
    Reason.MESSAGE_UNFINISHED_RECIPIENT: lambda: (
        translate("messages", "The recipient “{text}” is not a complete address yet."),
        translate("messages", "Complete or remove it."),
    ),
    Reason.MESSAGE_ADDRESS_NOT_ASCII: lambda: (
        translate("messages", "Mail to or from {address} is not possible: it has letters outside a–z before the @."),
        translate("messages", "Use an address that has plain letters before the @."),
    ),
    Reason.MESSAGE_BAD_HEADER: lambda: (
        translate("messages", "The field {field} contains a line break or an invisible character."),
        translate("messages", "Type it by hand instead of pasting it."),
    ),
    Reason.MESSAGE_ATTACHMENT_MISSING: lambda: (
        translate("messages", "The attached file “{name}” is no longer there."),
        translate("messages", "Attach it again, or remove it."),
    ),
    Reason.MESSAGE_ATTACHMENT_FOLDER: lambda: (
        translate("messages", "“{name}” is a folder, and only files can be attached."),
        translate("messages", "Attach the files in it, or pack the folder as a ZIP file and attach that."),
    ),
    Reason.MESSAGE_ATTACHMENT_UNREADABLE: lambda: (
        translate("messages", "The attached file “{name}” cannot be read: {detail}."),
        translate("messages", "Attach it again, or remove it."),
    ),
    Reason.MESSAGE_ATTACHMENT_CHANGED: lambda: (
        translate("messages", "The attached file “{name}” has changed meanwhile."),
        translate("messages", "Attach it again when it is finished."),
    ),
    Reason.MESSAGE_GATE: lambda: (
        translate("messages", "The finished message did not pass the last check and was not sent: {detail}."),
        translate(
            "messages", "Your draft is kept. Please report this mistake of Absender with a support bundle (Help menu)."
        ),
    ),
    Reason.MESSAGE_UNREADABLE: lambda: (
        translate("messages", "This cannot be read as a message: {detail}."),
        translate("messages", "Check the command or link it comes from."),
    ),
    Reason.MESSAGE_TOO_LARGE: lambda: (
        translate("messages", "The message is {size}; {host} takes at most {limit}."),
        translate("messages", "Remove attachments or make them smaller."),
    ),
}

OUTBOX: Table = {
    Reason.OUTBOX_UNKNOWN: lambda: (
        translate("messages", "There is no message {id} in the outbox."),
        translate("messages", "Look at the list of messages again; it may have been sent or deleted."),
    ),
    Reason.OUTBOX_WRONG_STATE: lambda: (
        translate("messages", "This is not possible with the message as it stands now."),
        translate("messages", "Look at the list of messages again."),
    ),
    Reason.OUTBOX_NO_OTHERS: lambda: (
        translate("messages", "There is nobody else this message could go to."),
        translate("messages", "Take it back to the drafts and correct its recipients."),
    ),
    Reason.OUTBOX_NO_DRAFT: lambda: (
        translate("messages", "The message came finished from another program and cannot be edited."),
        translate("messages", "Send it as it is, or cancel it and send it anew from that program."),
    ),
    Reason.SCHEDULE_MISSED: lambda: (
        translate("messages", "The time of this message, {wanted_at}, passed while the computer was off or asleep."),
        translate("messages", "Send it now, choose a new time, or put it back to the drafts."),
    ),
    Reason.SCHEDULE_CLOCK_SET: lambda: (
        translate("messages", "The time of this message, {wanted_at}, came only because the computer's clock was set."),
        translate("messages", "See whether the clock is right. Then send it now, or choose a new time."),
    ),
    Reason.CANCELLED_BY_USER: lambda: (
        translate("messages", "You cancelled this message. It was not sent."),
        "",
    ),
}


def state_name(state: State) -> str:
    """Return the word for a state of the outbox."""
    from app.delivery.queued import State  # late: every window needs sentences, few the outbox

    match state:
        case State.QUEUED:
            return translate("messages", "waiting")
        case State.ATTEMPTING | State.DATA_END:
            return translate("messages", "being sent")
        case State.SENT:
            return translate("messages", "sent")
        case State.DEFERRED:
            return translate("messages", "trying again later")
        case State.FAILED:
            return translate("messages", "not sent")
        case State.UNCERTAIN:
            return translate("messages", "may have been sent")
        case State.HELD:
            return translate("messages", "held")
        case State.CANCELLED:
            return translate("messages", "cancelled")
        case _:
            assert_never(state)
