"""What the wizard does to the world: keep an address, mail its code, confirm it."""

from __future__ import annotations

from functools import partial

from app.delivery.verdict import Delivered, Verdict
from app.errors import Problem
from app.oauth_client import OAuthClient, client_for
from app.profile import OAuthSignIn, SendAsAddress, SmtpServer
from app.services import Services
from app.setup.adding import Mailer, add_address, change_address, confirm_code, mail_code
from app.sign_in.grant import Grant
from app.storage.keychain import Secret
from ui.messages import verification_mail

__all__ = ["confirm", "keep", "lacks_secret", "mail", "problem_of"]


async def keep(
    entry: SendAsAddress,
    secret: Secret | None,
    services: Services,
    *,
    is_new: bool,
    client: OAuthClient | None = None,
    for_session: bool = False,
) -> None:
    """Keep an address, and its password or sign-in in the keychain or, `for_session`, until the program ends.

    `client` is the person's own, where they signed in with one.

    Raises ProfileError, KeychainError or StorageError, and then nothing was kept.
    """
    store = add_address if is_new else change_address
    before = None if is_new else services.the_profile.get(entry.id).smtp_msa
    lasting = None if for_session else secret
    profile = await store(entry, lasting, profiles=services.profiles, keychain=services.keychain, client=client)
    server = entry.smtp_msa
    if for_session and secret is not None and server is not None and server.keeps_secret:
        await services.keychain.set_for_session(server.keychain_account, secret)
    await services.take_profile(profile)
    # What was held for the place the server had before goes to where it is now.
    for queue in {each.queue for each in (before, server) if each is not None}:
        await services.postman.unblock(queue)
    await _look_at_outbox(services)


async def mail(entry: SendAsAddress, services: Services) -> Verdict:
    """Mail a code to an address; raises ExpectedError, what the server does is the verdict."""
    words = partial(verification_mail, organisation=services.policy.organisation)
    mailer = Mailer(services.secret_of, services.mail_tls, words)
    return await mail_code(entry, profiles=services.profiles, mailer=mailer, now=services.now())


async def confirm(entry: SendAsAddress, typed: str, services: Services) -> None:
    """Accept an address when `typed` is its code; raises SetupError otherwise."""
    profile = await confirm_code(entry.id, typed, profiles=services.profiles, now=services.now())
    await services.take_profile(profile)
    await _look_at_outbox(services)


def problem_of(verdict: Verdict) -> Problem | None:
    """Return why a code was not mailed for certain, or None."""
    return None if isinstance(verdict, Delivered) else verdict.problem


async def lacks_secret(server: SmtpServer, services: Services) -> bool:
    """Return whether the keychain has nothing to sign in to `server` with, where it should; raises KeychainError.

    What was given to another client than the one that is set up now counts for nothing.
    """
    if not server.keeps_secret:
        return False
    kept = await services.keychain.get(server.keychain_account)
    if kept is None or not isinstance(server.sign_in, OAuthSignIn):
        return kept is None
    client, grant = client_for(server.host, services.oauth_clients), Grant.from_secret(kept)
    return client is None or grant is None or not grant.is_for(client)


async def _look_at_outbox(services: Services) -> None:
    await services.release_held()
    services.postman.wake()
