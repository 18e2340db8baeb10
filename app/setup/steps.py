"""The steps of the wizard that adds an address: a closed union, each with exactly what its page needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.address import Address
from app.errors import Problem
from app.policy.evaluate import Considered, Policy
from app.profile import Security, SendAsAddress, SmtpServer
from app.recipient_view import RecipientView
from app.setup.server_form import Field, ServerForm

__all__ = [
    "AskAddress",
    "AskCode",
    "AskSignIn",
    "Choice",
    "ChooseServer",
    "Done",
    "Forbidden",
    "Offer",
    "Probing",
    "Saving",
    "WizardStep",
]


class Choice(StrEnum):
    """Whose server the address's mail is to go through."""

    ORGANISATION = "organisation"
    GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class AskAddress:
    """Show name, address, alias mark and reply-to."""

    fixed_address: Address | None
    """The address when it cannot be changed any more."""
    name_if_empty: str
    """The name recipients see when none is typed: the primary address's."""
    problems: Mapping[Field, Problem]
    name_fixed_by: str | None = None
    """The unit or group whose policy does not let the name be changed; None where it may be."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to send: what recipients would see, and why it is not open, if it is not."""

    view: RecipientView
    problem: Problem | None = None
    is_current: bool = False
    """Whether the address is sent this way now; then it may stay, whatever stands against it anew."""
    host: str = ""
    """The server, empty while none was entered."""

    @property
    def is_open(self) -> bool:
        """Whether it may be chosen."""
        return self.problem is None or self.is_current


@dataclass(frozen=True, slots=True)
class ChooseServer:
    """Show both ways to send side by side; one that is not open stays visible, with its reason."""

    address: Address
    organisation: Offer
    gateway: Offer
    proposed: Choice
    decided_by: Considered | None
    """The policy that decided about gateways; None where the default or the person's own statement holds."""
    policy: Policy


@dataclass(frozen=True, slots=True)
class AskSignIn:
    """Show the server's fields."""

    address: Address
    form: ServerForm
    """What was typed, with proposals in the fields nobody touched."""
    recommended: Security
    """What goes with the port in `form`; for another port ask `recommended(port)`."""
    problems: Mapping[Field, Problem]
    current: SmtpServer | None
    """The gateway the address uses now."""


@dataclass(frozen=True, slots=True)
class Probing:
    """Test `server`; then set `tested` to it, or show what failed and go back."""

    address: Address
    server: SmtpServer


@dataclass(frozen=True, slots=True)
class Forbidden:
    """The address cannot be added, since neither way to send is open."""

    address: Address
    problem: Problem
    gateway_problem: Problem
    """Why an own server is not open: forbidden, stale or unknown."""
    policy: Policy


@dataclass(frozen=True, slots=True)
class Saving:
    """Keep `entry`; then set `saved` to it."""

    entry: SendAsAddress
    is_new: bool


@dataclass(frozen=True, slots=True)
class AskCode:
    """Mail a code unless one is on its way, then ask for it."""

    entry: SendAsAddress
    is_mailed: bool


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to ask; `entry` may still be unconfirmed."""

    entry: SendAsAddress


WizardStep = AskAddress | ChooseServer | AskSignIn | Probing | Forbidden | Saving | AskCode | Done
