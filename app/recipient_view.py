"""What recipients will see of a route, in the words their programs use: pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.address import Address
from app.profile import Profile
from app.routing import Route

__all__ = ["RecipientView", "recipient_view"]


@dataclass(frozen=True, slots=True)
class RecipientView:
    """The parts of a message that tell recipients who sent it."""

    name: str
    address: Address
    sender: Address | None
    """`Sender:`; a program that shows it writes "sender on behalf of address"."""
    return_path: Address
    reply_to: Address | None
    message_id_domain: str
    via_domain: str
    """The domain Gmail names in "via …" because it differs from From's; empty for none."""


def recipient_view(route: Route, profile: Profile) -> RecipientView:
    """Return what recipients will see of mail that takes `route`.

    "via": support.google.com/mail/answer/1311182.
    """
    entry = route.entry
    via = route.envelope_from.domain
    return RecipientView(
        name=profile.name_for(entry),
        address=entry.address,
        sender=route.sender_header,
        return_path=route.envelope_from,
        reply_to=entry.reply_to,
        message_id_domain=entry.address.domain,
        via_domain="" if via == entry.address.domain else via,
    )
