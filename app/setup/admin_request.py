"""What an administrator needs to know to allow a person's own server, as data; `ui.messages` words it."""

from __future__ import annotations

from dataclasses import dataclass

from app.address import Address
from app.policy.evaluate import GATEWAY_FIELD, GATEWAY_SETTING, Policy, PolicyState
from app.profile import Profile

__all__ = ["AdminRequest", "admin_request"]


@dataclass(frozen=True, slots=True)
class AdminRequest:
    """Who asks for what, and what stands against it."""

    person: Address
    """The primary address of who asks."""
    address: Address
    """The outside address that is to go through its own server."""
    organisation: str
    support: str
    """The organisation's support contact; empty when unknown."""
    state: PolicyState
    decided_by: str
    """The unit or group whose policy decided, in people's words; empty for the default."""
    policy_name: str
    """The resource name of that policy; empty for the default."""
    setting: str
    field: str
    origin: str
    """The URL or file of the policy document."""


def admin_request(address: Address, *, profile: Profile, policy: Policy) -> AdminRequest:
    """Return the request to allow an own server for `address`."""
    decided_by = policy.gateways.decided_by
    return AdminRequest(
        person=profile.primary.address,
        address=address,
        organisation=policy.organisation,
        support=policy.document.organisation.support if policy.document else "",
        state=policy.state,
        decided_by=decided_by.target if decided_by else "",
        policy_name=decided_by.policy.name if decided_by else "",
        setting=GATEWAY_SETTING,
        field=GATEWAY_FIELD,
        origin=policy.origin,
    )
