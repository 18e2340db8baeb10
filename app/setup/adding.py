"""The edges of adding an address: keep it, mail its code, confirm it, remove it with its secret."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from app.address import Address, Mailbox
from app.delivery.smtp import Envelope, Session, SessionError
from app.delivery.verdict import Verdict
from app.errors import KeychainError, ProfileError, Reason, SetupError
from app.message.draft import Draft
from app.message.gate import checked
from app.message.mime import build, new_message_id
from app.profile import PasswordSignIn, Profile, SendAsAddress, SmtpServer, Verification
from app.setup import codes
from app.storage.keychain import Keychain, Secret
from app.storage.profiles import Profiles
from app.storage.sign_in import secret_for

__all__ = ["CodeMail", "Mailer", "add_address", "change_address", "confirm_code", "mail_code", "remove_address"]

CodeMail = Callable[[Address, str], tuple[str, str]]
"""Writes the verification mail: from the address and its code to subject and text."""


@dataclass(frozen=True, slots=True)
class Mailer:
    """What mailing a code needs besides the profile: secrets, trust, and the words."""

    keychain: Keychain
    tls: Callable[[], ssl.SSLContext]
    words: CodeMail


async def add_address(
    entry: SendAsAddress, secret: Secret | None, *, profiles: Profiles, keychain: Keychain
) -> Profile:
    """Keep `entry`, and its gateway's password in the keychain; return the new profile.

    The password is stored first: an address without its secret would be half-saved. Raises ProfileError,
    KeychainError or StorageError, and then nothing was kept.
    """
    profile = await _profile(profiles)
    changed = profile.with_address(entry)
    await _store_secret(entry.smtp_msa, secret, keychain)
    await profiles.save(changed)
    return changed


async def change_address(
    entry: SendAsAddress, secret: Secret | None, *, profiles: Profiles, keychain: Keychain
) -> Profile:
    """Keep a changed entry, with a new password where one was typed; return the new profile."""
    profile = await _profile(profiles)
    old = profile.get(entry.id)
    changed = profile.with_changed(entry)
    await _store_secret(entry.smtp_msa, secret, keychain)
    await profiles.save(changed)
    if old.smtp_msa != entry.smtp_msa:
        await _forget_secret(old.smtp_msa, changed, keychain)
    return changed


async def mail_code(entry: SendAsAddress, *, profiles: Profiles, mailer: Mailer, now: datetime) -> Verdict:
    """Mail a new code to an unconfirmed address, through the organisation server; older codes become void.

    The mail goes out directly and leaves no copy: a code that could be read in Sent would prove nothing.
    Raises SetupError (SETUP_CODE_LIMIT, SETUP_ALREADY_VERIFIED), KeychainError, SessionError's verdict is
    returned as a value.
    """
    profile = await _profile(profiles)
    if entry.is_verified:
        raise SetupError.because(Reason.SETUP_ALREADY_VERIFIED, address=entry.address.display)
    issued, code = codes.issue(
        await profiles.code(entry.id, codes.IssuedCodes), profile_id=profile.id, address=entry.address, now=now
    )
    # Kept before it is mailed: a code that arrives and is not known would be a riddle.
    await profiles.save_codes(entry.id, issued)
    return await _deliver(entry.address, code, profile, mailer, now)


async def confirm_code(entry_id: str, typed: str, *, profiles: Profiles, now: datetime) -> Profile:
    """Accept the address when `typed` is its code; raises SetupError (SETUP_CODE_WRONG) otherwise."""
    profile = await _profile(profiles)
    entry = profile.get(entry_id)
    if entry.is_verified:
        return profile
    issued = await profiles.code(entry_id, codes.IssuedCodes)
    if issued is None:
        raise SetupError.because(Reason.SETUP_CODE_WRONG)
    used, right = codes.verify(issued, typed, profile_id=profile.id, address=entry.address, now=now)
    await profiles.save_codes(entry_id, used)
    if not right:
        raise SetupError.because(Reason.SETUP_CODE_WRONG)
    changed = profile.with_changed(replace(entry, verification=Verification.ACCEPTED))
    await profiles.save(changed)
    return changed


async def remove_address(entry_id: str, *, profiles: Profiles, keychain: Keychain) -> Profile:
    """Delete an address, and its password unless another one uses the same login; return the new profile."""
    profile = await _profile(profiles)
    gone = profile.get(entry_id)
    changed = profile.without(entry_id)
    await profiles.save(changed)
    await _forget_secret(gone.smtp_msa, changed, keychain)
    return changed


async def _deliver(to: Address, code: str, profile: Profile, mailer: Mailer, now: datetime) -> Verdict:
    subject, text = mailer.words(to, code)
    primary = profile.primary
    sender = Mailbox(primary.address, profile.name_for(primary))
    draft = Draft(id="verification", sender=primary.address, to=(Mailbox(to),), subject=subject, text=text)
    message_id = new_message_id(primary.address)
    parts = build(draft, sender=sender, sender_header=None, reply_to=None, now=now.astimezone(), message_id=message_id)
    passed = checked(
        parts, sender=primary.address, sender_header=None, message_id=message_id, recipients=(to,), subject=subject
    )
    chunks = list(passed)
    envelope = Envelope(primary.address, (to,), sum(map(len, chunks)))
    server = profile.organisation_server
    secret = await secret_for(server, mailer.keychain)
    try:
        session = await Session.open(server, secret, tls=mailer.tls())
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


async def _store_secret(server: SmtpServer | None, secret: Secret | None, keychain: Keychain) -> None:
    if server is not None and isinstance(server.sign_in, PasswordSignIn) and secret is not None:
        await keychain.set(server.keychain_account, secret)


async def _forget_secret(server: SmtpServer | None, profile: Profile, keychain: Keychain) -> None:
    """Remove a login's password once nothing in the profile uses it."""
    if server is None or not isinstance(server.sign_in, PasswordSignIn):
        return
    used = {profile.organisation_server.keychain_account}
    used |= {entry.smtp_msa.keychain_account for entry in profile.addresses if entry.smtp_msa}
    if server.keychain_account in used:
        return
    try:
        await keychain.delete(server.keychain_account)
    except KeychainError as error:
        if error.problem.reason is not Reason.KEYCHAIN_NO_PASSWORD:
            raise
