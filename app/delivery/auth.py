"""Signing in: the mechanisms we speak, in the order we prefer them. One is chosen and tried once.

aiosmtplib's login() would try one after the other, which locks accounts and hands the password to a server that just
refused to be shown it only as a digest. Under verified TLS the plainest mechanism is the soundest, so it comes first.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiosmtplib.auth import auth_crammd5_verify, auth_login_encode, auth_plain_encode

from app.delivery.replies import Reply
from app.errors import Reason

__all__ = [
    "MECHANISMS",
    "TOKEN_MECHANISMS",
    "Mechanism",
    "choose_mechanism",
    "forms_of",
    "is_challenge",
    "refusal_reason",
]

_DIGEST = re.compile(rb" ([0-9a-f]{32})\Z")
"""Where an answer to CRAM-MD5 ends (RFC 2195 section 2)."""

Answer = Callable[[str, str, str], bytes]
"""From user name, password and the server's challenge (base64) to our line (base64)."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One SASL mechanism (RFC 4954): what goes with AUTH, and the answer to each challenge in turn."""

    name: str
    answers: tuple[Answer, ...]
    initial: Answer | None = None


def _plain(username: str, password: str, _challenge: str) -> bytes:
    return auth_plain_encode(username, password)


def _login_username(username: str, password: str, _challenge: str) -> bytes:
    return auth_login_encode(username, password)[0]


def _login_password(username: str, password: str, _challenge: str) -> bytes:
    return auth_login_encode(username, password)[1]


def _cram_md5(username: str, password: str, challenge: str) -> bytes:
    return auth_crammd5_verify(username, password, challenge)


def _oauthbearer(username: str, token: str, challenge: str) -> bytes:
    """Return the response of RFC 7628 section 3.1; to an error that the server tells, what its section 3.2.3 asks."""
    if challenge:
        return base64.b64encode(b"\x01")
    name = username.replace("=", "=3D").replace(",", "=2C")  # RFC 5801 section 4
    return base64.b64encode(f"n,a={name},\x01auth=Bearer {token}\x01\x01".encode())


def _xoauth2(username: str, token: str, challenge: str) -> bytes:
    """Return the response of developers.google.com/gmail/imap/xoauth2-protocol; an empty line to an error."""
    if challenge:
        return b""
    return base64.b64encode(f"user={username}\x01auth=Bearer {token}\x01\x01".encode())


MECHANISMS: tuple[Mechanism, ...] = (
    # The answer is for servers that ignore the initial response.
    Mechanism("PLAIN", answers=(_plain,), initial=_plain),
    Mechanism("LOGIN", answers=(_login_username, _login_password)),
    Mechanism("CRAM-MD5", answers=(_cram_md5,)),
)

TOKEN_MECHANISMS: tuple[Mechanism, ...] = (
    Mechanism("OAUTHBEARER", answers=(_oauthbearer, _oauthbearer), initial=_oauthbearer),
    Mechanism("XOAUTH2", answers=(_xoauth2, _xoauth2), initial=_xoauth2),
)
"""For access tokens, which are shown to no other mechanism, as passwords are not to these."""


def choose_mechanism(offered: Sequence[str], known: Sequence[Mechanism] = MECHANISMS) -> Mechanism | None:
    """Return the mechanism to use of those a server offers, or None."""
    names = {name.upper() for name in offered}
    return next((mechanism for mechanism in known if mechanism.name in names), None)


def forms_of(answer: bytes) -> tuple[str, ...]:
    """Return in which forms nobody may read an answer: as it is sent, and a digest, by which passwords can be tried."""
    digest = _DIGEST.search(base64.b64decode(answer))
    return (answer.decode(), digest[1].decode()) if digest else (answer.decode(),)


def is_challenge(reply: Reply) -> bool:
    """Whether a 334 reply carries base64, as it must (RFC 4954 section 4)."""
    try:
        base64.b64decode("".join(reply.lines).strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(reply.lines) == 1


def refusal_reason(reply: Reply) -> Reason:
    """Return what a reply other than 235 and 334 says about the sign-in (RFC 4954 section 6)."""
    if reply.code == 421:
        return Reason.SERVER_BUSY
    if reply.is_temporary:
        return Reason.SERVER_AUTH_TEMPORARY
    if not reply.is_permanent:
        return Reason.SERVER_PROTOCOL
    if reply.code in {530, 538}:  # encryption required
        return Reason.SERVER_WRONG_SECURITY
    if reply.code in {500, 501, 502, 503, 504}:
        return Reason.SERVER_NO_MECHANISM
    if reply.enhanced == "5.7.9":
        return Reason.SERVER_AUTH_APP_PASSWORD
    return Reason.SERVER_AUTH_REJECTED
