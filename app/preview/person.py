"""One person of a directory, from it or invented, with the addresses and the policy the preview shows them with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from app.address import Address, domain_to_ascii
from app.errors import Reason, SetupError
from app.policy.directory import ADMINS, Directory, User
from app.policy.evaluate import FRESH_FOR, Policy, standing
from app.profile import ADDRESS_LIMIT, Profile, Security, SendAsAddress, SmtpServer, Verification

__all__ = ["example_profile", "invented_user", "preview_policy"]

_EXAMPLE_DOMAINS = ("partner.example", "verein.example")


def invented_user(directory: Directory, address: str, unit_id: str, groups: Iterable[str] = ()) -> User:
    """Return somebody in this unit and these groups; the address may be that of a person who is elsewhere.

    Raises AddressError for what is no address, SetupError (PREVIEW_*) for one outside the organisation's domains and
    for a unit or group that the directory does not have.
    """
    parsed = Address.parse(address)
    domains = tuple(domain_to_ascii(domain) for domain in directory.organisation.domains)
    if not parsed.is_in(domains):
        raise SetupError.because(Reason.PREVIEW_OTHER_DOMAIN, address=parsed.display, domain=parsed.domain)
    if unit_id not in directory.units:
        raise SetupError.because(Reason.PREVIEW_UNKNOWN_UNIT, unit=unit_id)
    chosen = tuple(dict.fromkeys(groups))
    for group in chosen:
        if group not in directory.groups and group != ADMINS:
            raise SetupError.because(Reason.PREVIEW_UNKNOWN_GROUP, group=group)
    return User(email=str(parsed), org_unit=unit_id, groups=chosen)


def preview_policy(
    directory: Directory, user: User, *, now: datetime, serial: int = 1, origin: str = "", since: datetime | None = None
) -> Policy:
    """Return the policy a person would have `now`, just checked; `origin` and `since` are what people are told."""
    document = directory.document(user, serial=serial, issued_at=now, expires_at=now + FRESH_FOR)
    return standing(document, now=now, checked_at=now, origin=origin, since=since)


def example_profile(directory: Directory, user: User, *, source: str, now: datetime) -> Profile:
    """Return the addresses to show for a person: their own, and an external one with and one without a gateway.

    `source` is what people are told of where the policy is from; the name is made of the address. The ids of the
    addresses are `primary`, `alias-1` …, `gateway` and `external`.
    """
    document = directory.document(user, serial=1, issued_at=now, expires_at=now + FRESH_FOR)
    primary = document.subject_address
    login = SendAsAddress(
        "primary",
        primary,
        display_name=_name(primary.local),
        is_primary=True,
        is_default=True,
        verification=Verification.ACCEPTED,
    )
    profile = Profile(
        id="preview",
        addresses=(login,),
        organisation_server=document.submission_server(),
        policy_source=source,
        created_at=now,
    )
    # As many as fit beside the two examples.
    for number, alias in enumerate(document.aliases[: ADDRESS_LIMIT - 2], start=1):
        if profile.find(alias) is None:
            entry = SendAsAddress(f"alias-{number}", alias, verification=Verification.ACCEPTED)
            profile = profile.with_address(entry)
    with_gateway, without, *_ = _external(primary.local, profile, document.domains)
    gateway = SmtpServer(f"smtp.{with_gateway.domain}", 587, Security.STARTTLS, str(with_gateway))
    for entry in (
        SendAsAddress("gateway", with_gateway, smtp_msa=gateway, verification=Verification.ACCEPTED),
        SendAsAddress("external", without, verification=Verification.ACCEPTED),
    ):
        profile = profile.with_address(entry)
    return profile


def _name(local: str) -> str:
    """Return what the person might be called, as the directory says no names; empty where nothing can be told."""
    words = re.split(r"[._-]+", local)
    if not all(map(str.isalnum, words)):
        return ""
    return " ".join(f"{word[0].upper()}{word[1:] or '.'}" for word in words)


def _external(local: str, profile: Profile, hosted: tuple[str, ...]) -> list[Address]:
    """Return at least two addresses outside the organisation's domains which are not in the profile."""
    more = (f"extern{number}.example" for number in range(1, len(hosted) + len(profile.addresses) + 1))
    addresses = (Address(local, domain) for domain in (*_EXAMPLE_DOMAINS, *more) if domain not in hosted)
    return [address for address in addresses if profile.find(address) is None]
