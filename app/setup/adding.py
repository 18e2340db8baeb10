"""The edges of adding an address: keep it, mail its code, confirm it, remove it with its secret."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime

from app.address import Address, Mailbox
from app.delivery.outbox import Outbox, State
from app.delivery.smtp import Envelope, Session, SessionError
from app.delivery.tls import trust
from app.delivery.verdict import Delivered, Uncertain, Verdict
from app.errors import ExpectedError, KeychainError, ProfileError, Reason, SetupError
from app.message.draft import Draft
from app.message.gate import Meant, checked
from app.message.message_id import new_message_id
from app.message.mime import build
from app.oauth_client import OAuthClient
from app.profile import Profile, SendAsAddress, SmtpServer, Verification
from app.setup import codes
from app.sign_in.secrets import SecretOf
from app.storage.keychain import Keychain, Secret
from app.storage.profiles import Profiles

__all__ = [
    "CodeMail",
    "Mailer",
    "add_address",
    "change_address",
    "confirm_code",
    "mail_code",
    "remove_address",
    "save_changes",
    "secrets_changed",
]

CodeMail = Callable[[Address, str], tuple[str, str]]
"""Writes the verification mail: from the address and its code to subject and text."""

_WAITING = (State.QUEUED, State.ATTEMPTING, State.DATA_END, State.DEFERRED, State.HELD)
_HOLDS_NOTHING = frozenset({Reason.KEYCHAIN_MISSING, Reason.KEYCHAIN_INSECURE})


@dataclass(frozen=True, slots=True)
class Mailer:
    """What mailing a code needs besides the profile: secrets, trust, and the words."""

    secret_of: SecretOf
    tls: Callable[[], ssl.SSLContext]
    words: CodeMail


async def add_address(
    entry: SendAsAddress,
    secret: Secret | None,
    *,
    profiles: Profiles,
    keychain: Keychain,
    client: OAuthClient | None = None,
) -> Profile:
    """Keep `entry`, and its gateway's password or sign-in in the keychain; return the new profile.

    `client` is the person's own, with which they signed in; it is kept, too.

    Raises ProfileError, KeychainError or StorageError, and then nothing was kept.
    """
    (await _profile(profiles)).with_address(entry)  # refused before the keychain asks for anything
    async with secrets_changed(keychain, _new_secret(entry.smtp_msa, secret)):
        return await profiles.change(lambda profile: _with_client(profile, client).with_address(entry))


async def change_address(
    entry: SendAsAddress,
    secret: Secret | None,
    *,
    profiles: Profiles,
    keychain: Keychain,
    client: OAuthClient | None = None,
) -> Profile:
    """Keep a changed entry, with a new password or sign-in where there is one; return the new profile.

    Whether it is confirmed stays as it is stored. The secret of a login that nothing uses any more is forgotten,
    and so is the client. Raises as `add_address`.
    """

    def change(profile: Profile) -> Profile:
        kept = replace(entry, verification=profile.get(entry.id).verification)
        return _with_client(profile, client).with_changed(kept).without_idle_clients(profile)

    profile = await _profile(profiles)
    unused = _unused_secret(profile.get(entry.id).smtp_msa, change(profile))
    async with secrets_changed(keychain, unused | _new_secret(entry.smtp_msa, secret)):
        return await profiles.change(change)


async def mail_code(entry: SendAsAddress, *, profiles: Profiles, mailer: Mailer, now: datetime) -> Verdict:
    """Mail a new code to an unconfirmed address, through the organisation server; older codes become void.

    The mail goes out directly and leaves no copy: a code that could be read in Sent would prove nothing. One
    that certainly was not sent counts for nothing, and the code before it holds on. Raises SetupError
    (SETUP_CODE_LIMIT, SETUP_ALREADY_VERIFIED, SETUP_COMMAND_*), KeychainError, SignInError, MessageError and
    StorageError; what the server does is the verdict.
    """
    profile = await _profile(profiles)
    if entry.is_verified:
        raise SetupError.because(Reason.SETUP_ALREADY_VERIFIED, address=entry.address.display)
    key = _code_key(entry.address)

    def issue(before: codes.IssuedCodes | None) -> tuple[codes.IssuedCodes, tuple[codes.IssuedCodes | None, str]]:
        issued, code = codes.issue(before, profile_id=profile.id, address=entry.address, now=now)
        return issued, (before, code)

    # Kept before it is mailed: a code that arrives and is not known would be a riddle.
    before, code = await profiles.change_codes(key, codes.IssuedCodes, issue)
    try:
        verdict = await _deliver(entry.address, code, profile, mailer, now)
    except ExpectedError:
        await profiles.save_codes(key, before)
        raise
    if not isinstance(verdict, Delivered | Uncertain):
        await profiles.save_codes(key, before)
    return verdict


async def confirm_code(entry_id: str, typed: str, *, profiles: Profiles, now: datetime) -> Profile:
    """Accept the address when `typed` is its code; raises SetupError (SETUP_CODE_WRONG) otherwise."""
    profile = await _profile(profiles)
    entry = profile.get(entry_id)
    if entry.is_verified:
        return profile

    def verify(issued: codes.IssuedCodes | None) -> tuple[codes.IssuedCodes, bool]:
        return codes.verify(issued, typed, profile_id=profile.id, address=entry.address, now=now)

    if not await profiles.change_codes(_code_key(entry.address), codes.IssuedCodes, verify):
        raise SetupError.because(Reason.SETUP_CODE_WRONG)
    return await profiles.change(
        lambda stored: stored.with_changed(replace(stored.get(entry_id), verification=Verification.ACCEPTED))
    )


async def remove_address(
    entry_id: str, *, profiles: Profiles, keychain: Keychain, outbox: Outbox | None = None
) -> Profile:
    """Delete an address, and its password unless another one uses the same login; return the new profile.

    Raises ProfileError (PROFILE_IN_USE for one that mail in `outbox` is still to go from), KeychainError or
    StorageError, and then nothing was deleted.
    """
    profile = await _profile(profiles)
    return await save_changes(profile.without(entry_id), profiles=profiles, keychain=keychain, outbox=outbox)


async def save_changes(
    changed: Profile, *, profiles: Profiles, keychain: Keychain, outbox: Outbox | None = None
) -> Profile:
    """Keep a profile with other marks and without some of its addresses, in one commit; return it.

    Nothing else of `changed` is kept: what an administrator set stands in it, and is not the person's. Raises as
    `remove_address`, for each address that goes.
    """
    stored = await _profile(profiles)
    kept = {entry.id for entry in changed.addresses}
    gone = [entry for entry in stored.addresses if entry.id not in kept]
    waiting = await outbox.list(_WAITING) if outbox is not None and gone else []
    secrets: dict[str, Secret | None] = {}
    for entry in gone:
        if count := sum(message.sender == entry.address for message in waiting):
            raise ProfileError.because(Reason.PROFILE_IN_USE, address=entry.address.display, count=count)
        secrets |= _unused_secret(entry.smtp_msa, changed)
    async with secrets_changed(keychain, secrets):
        for entry in gone:
            await _void_code(entry.address, profiles)
        return await profiles.change(
            lambda profile: replace(
                profile,
                addresses=changed.addresses,
                reply_from=changed.reply_from,
                undo_seconds=changed.undo_seconds,
                when_missed=changed.when_missed,
            ).without_idle_clients(profile)
        )


async def _void_code(address: Address, profiles: Profiles) -> None:
    """Let no code of an address hold: added again it needs a new one, and the hourly limit still counts the old."""
    key = _code_key(address)
    issued = await profiles.code(key, codes.IssuedCodes)
    if issued is not None:
        await profiles.save_codes(key, codes.void(issued))


def _code_key(address: Address) -> str:
    """Return under what an address's codes are kept: its id is another one when it is added again.

    It is kept after the address is deleted, so it does not name it.
    """
    return hashlib.sha256("@".join(address.key).encode()).hexdigest()


@asynccontextmanager
async def secrets_changed(keychain: Keychain, changes: Mapping[str, Secret | None]) -> AsyncIterator[None]:
    """Keep and forget (None) secrets, by account, for a body that keeps the rest; where it fails all is as before.

    A secret without its address, or an address without its secret, would be half-saved. Raises KeychainError.
    """
    before: dict[str, Secret | None] = {}
    try:
        for account, secret in changes.items():
            with _nothing_to_forget(secret):
                before[account] = await keychain.get(account)
                await _put(account, secret, keychain)
        yield
    except BaseException:
        for account, secret in before.items():
            with suppress(KeychainError):
                await _put(account, secret, keychain)
        raise


async def _deliver(to: Address, code: str, profile: Profile, mailer: Mailer, now: datetime) -> Verdict:
    subject, text = mailer.words(to, code)
    primary = profile.primary
    sender = Mailbox(primary.address, profile.name_for(primary))
    draft = Draft(id="verification", sender=primary.address, to=(Mailbox(to),), subject=subject, text=text)
    message_id = new_message_id(primary.address)
    parts = build(draft, sender=sender, sender_header=None, reply_to=None, now=now.astimezone(), message_id=message_id)
    meant = Meant.by(draft, sender=sender, sender_header=None, reply_to=None, message_id=message_id)
    passed = checked(parts, meant)
    chunks = list(passed)
    envelope = Envelope(primary.address, (to,), sum(map(len, chunks)))
    server = profile.organisation_server
    secret = await mailer.secret_of(server)
    try:
        session = await Session.open(server, secret, tls=await trust(mailer.tls))
    except SessionError as error:
        return error.as_verdict()
    try:
        return await session.deliver(envelope, chunks, before_mail=_nothing_against, on_data_end=_nothing_to_keep)
    finally:
        await session.quit()


async def _nothing_against() -> None:
    return None


async def _nothing_to_keep() -> None:
    return None


async def _profile(profiles: Profiles) -> Profile:
    profile = await profiles.load()
    if profile is None:
        raise ProfileError.because(Reason.PROFILE_MISSING)
    return profile


def _with_client(profile: Profile, client: OAuthClient | None) -> Profile:
    return profile if client is None else profile.with_oauth_client(client)


def _new_secret(server: SmtpServer | None, secret: Secret | None) -> dict[str, Secret | None]:
    """Return the change that keeps a typed password, or what lasts of a sign-in with the browser."""
    if server is None or secret is None or not server.keeps_secret:
        return {}
    return {server.keychain_account: secret}


def _unused_secret(server: SmtpServer | None, profile: Profile) -> dict[str, Secret | None]:
    """Return the change that forgets a login's secret once nothing in `profile` uses it."""
    if server is None or not server.keeps_secret:
        return {}
    used = {each.keychain_account for each in profile.servers if each.keeps_secret}
    return {} if server.keychain_account in used else {server.keychain_account: None}


async def _put(account: str, secret: Secret | None, keychain: Keychain) -> None:
    if secret is None:
        await keychain.delete(account)
    else:
        await keychain.set(account, secret)


@contextmanager
def _nothing_to_forget(secret: Secret | None) -> Iterator[None]:
    """Pass over a keychain that is not there, where a secret was to be forgotten: it cannot hold one."""
    try:
        yield
    except KeychainError as error:
        if secret is not None or error.problem.reason not in _HOLDS_NOTHING:
            raise
