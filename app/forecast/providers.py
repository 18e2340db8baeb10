"""The few large providers whose servers' names say nothing of what they publish: their own help does.

Only what a provider states for everybody stands here: which name to include in SPF, and under which selectors
its keys are found unless an administrator changed them.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Provider", "provider_of"]


@dataclass(frozen=True, slots=True)
class Provider:
    """What a provider asks its customers to publish."""

    hosts: frozenset[str]
    """The submission servers."""
    spf: str
    """The name that customers include."""
    selectors: tuple[str, ...]
    """Where customers' DKIM keys are (RFC 6376 section 3.6.2.1)."""


_PROVIDERS = (
    # support.google.com/a/answer/33786 (SPF), support.google.com/a/answer/174124 (the selector that is preset)
    Provider(frozenset({"smtp.gmail.com", "smtp-relay.gmail.com"}), "_spf.google.com", ("google",)),
    # learn.microsoft.com/defender-office-365/email-authentication-spf-configure and …-dkim-configure
    Provider(frozenset({"smtp.office365.com"}), "spf.protection.outlook.com", ("selector1", "selector2")),
    # www.fastmail.help/hc/en-us/articles/360060591153
    Provider(frozenset({"smtp.fastmail.com"}), "spf.messagingengine.com", ("fm1", "fm2", "fm3")),
)


def provider_of(host: str) -> Provider | None:
    """Return the provider whose submission server a host is, or None."""
    return next((each for each in _PROVIDERS if host in each.hosts), None)
