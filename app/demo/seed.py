"""What the demo starts with: the profile as after a finished set-up, and the organisation server's password."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from app.address import Address
from app.demo.authority import PRIMARY
from app.demo.world import DemoWorld
from app.profile import Profile, SendAsAddress, Verification
from app.storage.keychain import Keychain, Secret

__all__ = ["seed_profile", "store_passwords"]


def seed_profile(world: DemoWorld, now: datetime, *, name: str = "N. Name") -> Profile:
    """Return a profile whose only address is the primary one, at the organisation of `world`."""
    primary = SendAsAddress(
        id=uuid4().hex,
        address=Address.parse(PRIMARY),
        display_name=name,
        is_primary=True,
        is_default=True,
        verification=Verification.ACCEPTED,
    )
    return Profile(
        id=uuid4().hex,
        addresses=(primary,),
        organisation_server=world.organisation.access(),
        policy_source=world.policy_url,
        policy_ca=world.policy_ca,
        mail_ca=world.mail_ca,
        oauth_clients=(world.oauth_client,),
        created_at=now,
    )


async def store_passwords(world: DemoWorld, keychain: Keychain) -> None:
    """Put the organisation server's password into `keychain`, as set-up would; the partner's is the user's to type."""
    await keychain.set(world.organisation.access().keychain_account, Secret(world.organisation.password))
