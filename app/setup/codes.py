"""Verification codes: made, kept only as a hash, and compared, without reading a clock or a disk.

A code proves that its reader gets the mail of one address. It holds for one address of one profile, one
success, five tries and 24 hours, and for as long as no newer one was issued.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil

from app.address import Address
from app.errors import Reason, SetupError

__all__ = [
    "CODE_DIGITS",
    "HOURLY_LIMIT",
    "TRIES",
    "VALID_FOR",
    "IssuedCodes",
    "issue",
    "minutes_to_wait",
    "verify",
    "void",
]

CODE_DIGITS = 9
TRIES = 5
VALID_FOR = timedelta(hours=24)
HOURLY_LIMIT = 3
"""How many codes may be issued for one address within an hour."""

_HOUR = timedelta(hours=1)
_CLOCK_SLACK = timedelta(minutes=5)
_SALT_BYTES = 16
# 4 MiB and some 10 ms: dear for who has the database and tries all codes, unnoticeable for who types one.
_SCRYPT_COST = 2**12
_MINUS_SIGN = "\u2212"


@dataclass(frozen=True, slots=True)
class IssuedCodes:
    """What is kept of the codes for one address: when they were issued, and the hash of the last one."""

    issued: tuple[datetime, ...] = ()
    """When codes were issued within the hour before the last one, and the last one; oldest first."""
    salt: bytes = field(default=b"", repr=False)
    digest: bytes = field(default=b"", repr=False)
    """Empty when no code holds any more."""
    tries_left: int = 0

    @property
    def issued_at(self) -> datetime | None:
        """When the last code was issued."""
        return self.issued[-1] if self.issued else None


def issue(codes: IssuedCodes | None, *, profile_id: str, address: Address, now: datetime) -> tuple[IssuedCodes, str]:
    """Return what to keep, and the new code to mail; older codes are void from now on.

    Raises SetupError (SETUP_CODE_LIMIT with the minutes to wait) for a fourth code within an hour.
    """
    wait = minutes_to_wait(codes, now)
    if wait:
        raise SetupError.because(Reason.SETUP_CODE_LIMIT, minutes=wait)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    salt = secrets.token_bytes(_SALT_BYTES)
    recent = _recent(codes, now)
    return IssuedCodes((*recent, now), salt, _digest(code, salt, profile_id, address), TRIES), code


def verify(
    codes: IssuedCodes | None, typed: str, *, profile_id: str, address: Address, now: datetime
) -> tuple[IssuedCodes, bool]:
    """Return what to keep, and whether `typed` is the code that holds now.

    The caller keeps the returned value before it acts on the answer: a success uses the code up, a wrong
    code costs a try. Text that cannot be a code costs none.
    """
    known = codes or IssuedCodes()
    code = _digits(typed)
    if code is None or not _holds(known, now):
        return known, False
    if hmac.compare_digest(_digest(code, known.salt, profile_id, address), known.digest):
        return void(known), True
    left = known.tries_left - 1
    return (replace(known, tries_left=left) if left > 0 else void(known)), False


def void(codes: IssuedCodes) -> IssuedCodes:
    """Return the codes with none that holds; when they were issued still counts for the hourly limit."""
    return IssuedCodes(codes.issued)


def minutes_to_wait(codes: IssuedCodes | None, now: datetime) -> int:
    """Return in how many minutes a code may be issued again; 0 for at once."""
    recent = _recent(codes, now)
    if len(recent) < HOURLY_LIMIT:
        return 0
    free_at = recent[-HOURLY_LIMIT] + _HOUR
    return max(1, ceil((free_at - now) / timedelta(minutes=1)))


def _recent(codes: IssuedCodes | None, now: datetime) -> tuple[datetime, ...]:
    """Return when codes were issued within the last hour; a clock set back does not forget them."""
    return tuple(moment for moment in (codes.issued if codes else ()) if abs(now - moment) < _HOUR)


def _holds(codes: IssuedCodes, now: datetime) -> bool:
    if codes.issued_at is None or not codes.digest or codes.tries_left < 1:
        return False
    return -_CLOCK_SLACK <= now - codes.issued_at < VALID_FOR


def _digest(code: str, salt: bytes, profile_id: str, address: Address) -> bytes:
    """Return the code's hash, bound to the profile and the address with its domain as A-labels."""
    bound = "\0".join((code, profile_id, *address.key))
    return hashlib.scrypt(bound.encode(), salt=salt, n=_SCRYPT_COST, r=8, p=1, dklen=32)


def _digits(typed: str) -> str | None:
    """Return the nine digits in `typed`, in any script, or None; spaces, dashes and invisible marks do not count."""
    kept = [char for char in typed if not _is_gap(char)]
    if len(kept) != CODE_DIGITS or not all(char.isdecimal() for char in kept):
        return None
    return "".join(str(unicodedata.decimal(char)) for char in kept)


def _is_gap(char: str) -> bool:
    return char.isspace() or char == _MINUS_SIGN or unicodedata.category(char) in {"Pd", "Cf"}
