"""The texts of adding an address: the verification mail, and the steps of the connection test."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from app.address import Address
from ui.texts import translate
from ui.wording.facts import harmless

if TYPE_CHECKING:
    from app.setup.probe import NotProved, ProbeStep

__all__ = ["not_proved_text", "probe_step_name", "verification_mail"]


def verification_mail(address: Address, code: str, organisation: str) -> tuple[str, str]:
    """Return subject and text of the mail that carries a code; the subject is in Gmail's manner."""
    facts = {"organisation": harmless(organisation, 80) or "Absender", "address": address.display, "code": code}
    subject = translate("messages", "{organisation} Confirmation - Send Mail as {address}")
    body = translate(
        "messages",
        "You asked to send mail as {address} with Absender.\n\nConfirmation code: {code}\n\nEnter this code in "
        "Absender to confirm that the address is yours. It is valid for 24 hours and can be used once.\n\nIf you did "
        "not ask for this, you need not do anything. Do not pass the code on to anybody.\n",
    )
    return subject.format_map(facts), body.format_map(facts)


def probe_step_name(step: ProbeStep) -> str:
    """Return what is tried in a step of the connection test."""
    from app.setup.probe import ProbeStep  # with the whole of SMTP behind it, which a first sentence need not await

    match step:
        case ProbeStep.RESOLVE:
            return translate("messages", "Look up the server")
        case ProbeStep.CONNECT:
            return translate("messages", "Connect")
        case ProbeStep.TLS:
            return translate("messages", "Secure the connection, check the certificate")
        case ProbeStep.SIGN_IN:
            return translate("messages", "Sign in")
        case ProbeStep.SENDER:
            return translate("messages", "Ask to send from this address")
        case _:
            assert_never(step)


def not_proved_text(left: NotProved) -> str:
    """Return what even a good connection test does not say."""
    from app.setup.probe import NotProved

    match left:
        case NotProved.CODE_ARRIVES:
            return translate("messages", "That the confirmation mail will arrive at the address")
        case NotProved.RECIPIENTS_ACCEPT:
            return translate("messages", "That recipients' servers accept mail sent this way")
        case NotProved.DKIM_SIGNED:
            return translate("messages", "That the server signs your mail for the address' domain (DKIM)")
        case NotProved.DATA_ACCEPTED:
            return translate("messages", "That the server accepts the content of each message")
        case _:
            assert_never(left)
