"""All that is said about one message, as a value: an equal one need not be shown again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.delivery.journal import Attempt
from app.delivery.queued import QueuedMessage
from app.errors import Problem
from app.message.draft import Draft
from app.policy.evaluate import Policy
from app.profile import OAuthSignIn, PasswordSignIn, Profile, SmtpServer
from app.recipient_view import RecipientView, recipient_view
from app.routing import Refusal, choose_route, without_gateway
from ui.mailbox.steps import is_held_by_policy, needs_password, needs_sign_in

__all__ = ["Case", "case_of", "server_of", "what_stands_against"]


@dataclass(frozen=True, slots=True)
class Case:
    """A message with its attempts and what else its page says."""

    message: QueuedMessage
    attempts: tuple[Attempt, ...]
    organisation: str
    """The organisation's name; empty without one."""
    instead: RecipientView | Problem | None
    """What recipients would see through the organisation's server, or why it cannot be; None if not asked."""
    password_for: SmtpServer | None
    """The server whose password is to be typed; None for none."""
    sign_in_for: SmtpServer | None = None
    """The server that is to be signed in to with the browser; None for none."""
    wanted: datetime | None = None
    """The moment the person had chosen for it, if any."""
    refused_again: bool = False
    """Whether the password that was typed here just now was refused, too."""


def case_of(
    message: QueuedMessage, attempts: list[Attempt], profile: Profile, policy: Policy, wanted: datetime | None = None
) -> Case:
    """Return what there is to say about a message."""
    instead: RecipientView | Problem | None = None
    if is_held_by_policy(message):
        chosen = choose_route(message.sender, without_gateway(message.sender, profile), policy)
        instead = chosen.problem if isinstance(chosen, Refusal) else recipient_view(chosen, profile)
    server = server_of(message, profile)
    sign_in = server.sign_in if server is not None else None
    return Case(
        message,
        tuple(attempts),
        policy.organisation,
        instead,
        password_for=server if isinstance(sign_in, PasswordSignIn) and needs_password(message) else None,
        sign_in_for=server if isinstance(sign_in, OAuthSignIn) and needs_sign_in(message) else None,
        wanted=wanted,
    )


def what_stands_against(draft: Draft, profile: Profile, policy: Policy) -> Problem | None:
    """Return why a draft could not go now from the address it is written from; None for nothing."""
    chosen = choose_route(draft.sender, profile, policy)
    return chosen.problem if isinstance(chosen, Refusal) else None


def server_of(message: QueuedMessage, profile: Profile) -> SmtpServer | None:
    """Return the server in whose queue a message waits; None if no address uses it any more.

    Two addresses may go through one server and sign in differently: the message's own address counts first.
    """
    own = profile.find(message.sender)
    servers = [own.smtp_msa if own else None, profile.organisation_server]
    servers += [each.smtp_msa for each in profile.addresses]
    return next((server for server in servers if server is not None and server.queue == message.queue), None)
