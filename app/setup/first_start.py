"""The first start: from a work address to a tested organisation server and a stored profile."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from app.address import Address, check_name, has_hidden_characters
from app.delivery.tls import trust
from app.errors import ProfileError, Reason, SetupError
from app.oauth_client import OAuthClient
from app.policy.evaluate import Policy
from app.profile import (
    CommandSignIn,
    NoSignIn,
    OAuthSignIn,
    PasswordSignIn,
    Profile,
    SendAsAddress,
    SignIn,
    SmtpServer,
    Verification,
)
from app.setup.adding import secrets_changed
from app.setup.probe import ProbeReport, ProbeStep, probe
from app.sign_in.secrets import SecretOf
from app.storage.keychain import Keychain, Secret
from app.storage.profiles import Profiles

__all__ = ["Wish", "new_profile", "set_up"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person entered at the first start."""

    address: Address
    name: str
    policy_source: str
    policy_ca: str = ""
    policy_keys: tuple[str, ...] = ()
    mail_ca: str = ""
    username: str = ""
    """Empty for the one the policy proposes."""
    command: tuple[str, ...] = ()
    """A command that prints the password; empty where the password itself is given."""
    in_browser: bool = False
    """Whether one signs in with the browser."""
    client: OAuthClient | None = None
    """The person's own client for that; None where the administrator's is taken."""
    server: SmtpServer | None = None
    """The submission server of somebody without an organisation."""


def new_profile(wish: Wish, policy: Policy, now: datetime) -> Profile:
    """Return the profile for `wish`: the organisation server from the policy, one accepted primary address.

    Raises AddressError for a name that cannot be used, SetupError for a user name that cannot, or when no
    server is known.
    """
    server = policy.document.submission_server() if policy.document else wish.server
    if server is None:
        raise SetupError.because(Reason.SETUP_BAD_HOST, host="")
    username = wish.username.strip() or server.username
    if has_hidden_characters(username):
        raise SetupError.because(Reason.NAME_CONTROL, text=username)
    primary = SendAsAddress(
        id=uuid4().hex,
        address=wish.address,
        display_name=check_name(wish.name),
        is_primary=True,
        is_default=True,
        verification=Verification.ACCEPTED,
    )
    own = (wish.client,) if wish.client is not None and wish.in_browser else ()
    return Profile(
        id=uuid4().hex,
        addresses=(primary,),
        organisation_server=replace(server, username=username, sign_in=_sign_in(username, wish)),
        oauth_clients=own,
        policy_source=wish.policy_source,
        policy_ca=wish.policy_ca,
        policy_keys=wish.policy_keys,
        mail_ca=wish.mail_ca,
        created_at=now,
    )


async def set_up(
    profile: Profile,
    secret: Secret | None,
    *,
    profiles: Profiles,
    keychain: Keychain,
    secret_of: SecretOf,
    tls: Callable[[], ssl.SSLContext],
    watch: Callable[[ProbeStep], None] | None = None,
    passed: Callable[[], None] | None = None,
) -> ProbeReport:
    """Test the organisation server, then keep the password or sign-in, and the profile; a failure keeps nothing.

    `passed` is called between the two: until then the work may be cancelled, and nothing was kept.
    Raises ProfileError when the data folder already has a profile, KeychainError, SetupError, SignInError and
    StorageError.
    """
    existing = await profiles.load()
    if existing is not None:
        raise ProfileError.because(Reason.PROFILE_EXISTS, address=existing.primary.address.display)
    server = profile.organisation_server
    typed = secret if server.keeps_secret else None
    if server.keeps_secret and (typed is None or not typed.reveal()):
        is_browser = isinstance(server.sign_in, OAuthSignIn)
        missing = Reason.SETUP_NO_SIGN_IN if is_browser else Reason.SETUP_NO_PASSWORD
        raise SetupError.because(missing, host=server.host)
    known = await secret_of(server, typed)
    report = await probe(server, known, profile.primary.address, tls=await trust(tls), watch=watch)
    if report.ok:
        if passed is not None:
            passed()
        async with secrets_changed(keychain, {server.keychain_account: typed} if typed else {}):
            await profiles.save(profile)
    return report


def _sign_in(username: str, wish: Wish) -> SignIn:
    if not username:
        return NoSignIn()
    if wish.in_browser:
        return OAuthSignIn()
    return CommandSignIn(wish.command) if wish.command else PasswordSignIn()
