"""Signing in: the mechanisms we speak, in the order we prefer them. One is chosen and tried once.

aiosmtplib's login() would try one after the other, which locks accounts and hands the password to a server that just
refused to be shown it only as a digest. Under verified TLS the plainest mechanism is the soundest, so it comes first.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiosmtplib.auth import auth_crammd5_verify, auth_login_encode, auth_plain_encode

from app.delivery.replies import Reply, clean_text
from app.errors import Reason

__all__ = [
    "MECHANISMS",
    "TOKEN_MECHANISMS",
    "Exchange",
    "Mechanism",
    "challenge_of",
    "choose_mechanism",
    "forms_of",
    "is_for_nothing",
    "refusal_reason",
    "told_of_token",
]

_LINE_LIMIT = 510
"""Octets of a command line without CRLF (RFC 5321 section 4.5.3.1.4).

A longer answer waits for the server's go-ahead, as RFC 4954 section 4 asks and curl does. Tokens of Microsoft have
thousands of octets, and its own description shows `AUTH XOAUTH2` bare; Gmail answers “555 5.5.2 command line too long”
and Dovecot “500 5.5.2 Line too long” to what goes over about a thousand on the command's line, while both take any
length on the next. What fits goes along at once, as Google describes it.
"""
_DIGEST = re.compile(rb" ([0-9a-f]{32})\Z")
"""Where an answer to CRAM-MD5 ends (RFC 2195 section 2)."""
_SWITCHED_OFF = re.compile(r"SmtpClientAuthentication is disabled|aka\.ms/smtp_auth_disabled", re.IGNORECASE)
"""How Exchange Online says that an administrator lets nobody, or not this mailbox, sign in over SMTP at all.

Its 5.7.139 alone says little: it stands for wrong passwords, too.
"""
_NO_PASSWORDS = re.compile(r"basic authentication is (disabled|not supported)|security defaults policy", re.IGNORECASE)
"""How Microsoft says that a password is no way to sign in (5.7.30, 5.7.139), though a token is."""
_TOLD_LIMIT = 200
"""Characters of each part of a server's word on a token."""

Answer = Callable[[str, str, str], bytes]
"""From user name, secret and the server's challenge (base64) to our line (base64)."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One SASL mechanism (RFC 4954): the answer to each challenge in turn."""

    name: str
    answers: tuple[Answer, ...]
    is_immediate: bool = False
    """Whether the first answer goes with AUTH, where it fits: the initial response."""
    surrender: bytes | None = None
    """What answers a challenge that only tells why a token is refused, so that the refusal itself can follow."""


def _plain(username: str, password: str, _challenge: str) -> bytes:
    return auth_plain_encode(username, password)


def _login_username(username: str, password: str, _challenge: str) -> bytes:
    return auth_login_encode(username, password)[0]


def _login_password(username: str, password: str, _challenge: str) -> bytes:
    return auth_login_encode(username, password)[1]


def _cram_md5(username: str, password: str, challenge: str) -> bytes:
    return auth_crammd5_verify(username, password, challenge)


def _oauthbearer(username: str, token: str, _challenge: str) -> bytes:
    """Return the response of RFC 7628 section 3.1, with the user name as a saslname (RFC 5801 section 4)."""
    name = username.replace("=", "=3D").replace(",", "=2C")
    return base64.b64encode(f"n,a={name},\x01auth=Bearer {token}\x01\x01".encode())


def _xoauth2(username: str, token: str, _challenge: str) -> bytes:
    """Return the response of developers.google.com/gmail/imap/xoauth2-protocol."""
    return base64.b64encode(f"user={username}\x01auth=Bearer {token}\x01\x01".encode())


MECHANISMS: tuple[Mechanism, ...] = (
    Mechanism("PLAIN", answers=(_plain,), is_immediate=True),
    Mechanism("LOGIN", answers=(_login_username, _login_password)),
    Mechanism("CRAM-MD5", answers=(_cram_md5,)),
)

TOKEN_MECHANISMS: tuple[Mechanism, ...] = (
    # A single ^A (RFC 7628 section 3.2.3), and an empty line.
    Mechanism("OAUTHBEARER", answers=(_oauthbearer,), is_immediate=True, surrender=base64.b64encode(b"\x01")),
    Mechanism("XOAUTH2", answers=(_xoauth2,), is_immediate=True, surrender=b""),
)
"""For access tokens, which are shown to no other mechanism, as passwords are not to these."""


def choose_mechanism(offered: Sequence[str], known: Sequence[Mechanism] = MECHANISMS) -> Mechanism | None:
    """Return the mechanism to use of those a server offers, or None."""
    names = {name.upper() for name in offered}
    return next((mechanism for mechanism in known if mechanism.name in names), None)


class Exchange:
    """One go through a mechanism: what to say, and what to each challenge."""

    def __init__(self, mechanism: Mechanism, username: str, secret: str) -> None:
        self._mechanism = mechanism
        self._credentials = (username, secret)
        self._answers = list(mechanism.answers)
        self._is_secret_out = False
        self.has_surrendered = False
        """Whether the server has told why it refuses a token; its refusal follows."""

    def command(self) -> bytes:
        """Return the AUTH command, with the first answer if there is one that goes along and fits."""
        bare = f"AUTH {self._mechanism.name}".encode()
        if not self._mechanism.is_immediate:
            return bare
        line = bare + b" " + self._answers[0](*self._credentials, "")
        if len(line) > _LINE_LIMIT:
            return bare
        # The answer stays in the list for servers that ignore what goes along, and ask with an empty challenge.
        self._is_secret_out = True
        return line

    def answer(self, challenge: str) -> bytes | None:
        """Return the answer to a challenge (base64), or None when there is nothing left to say."""
        if self._is_refusal(challenge):
            answer, self.has_surrendered = None if self.has_surrendered else self._mechanism.surrender, True
            return answer
        if not self._answers:
            return None
        self._is_secret_out = True
        return self._answers.pop(0)(*self._credentials, challenge)

    def _is_refusal(self, challenge: str) -> bool:
        """Whether a challenge does not ask for a token but refuses the one that was shown."""
        is_of_token = self._mechanism.surrender is not None and self._is_secret_out
        return is_of_token and (bool(challenge) or not self._answers)


def forms_of(answer: bytes) -> tuple[str, ...]:
    """Return in which forms nobody may read an answer: as it is sent, and a digest, by which passwords can be tried."""
    digest = _DIGEST.search(base64.b64decode(answer))
    return (answer.decode(), digest[1].decode()) if digest else (answer.decode(),)


def challenge_of(reply: Reply) -> str | None:
    """Return the challenge of a 334 reply; None unless it is base64 on one line, as it must be (RFC 4954 section 4)."""
    challenge = "".join(reply.lines).strip()
    try:
        base64.b64decode(challenge, validate=True)
    except (binascii.Error, ValueError):
        return None
    return challenge if len(reply.lines) == 1 else None


def told_of_token(challenge: str) -> dict[str, str]:
    """Return what a server says of a token it refuses: status, schemes, scope (RFC 7628 section 3.2.2), or nothing."""
    try:
        told = json.loads(base64.b64decode(challenge))
    except (ValueError, RecursionError):  # not base64, not text, not JSON
        return {}
    if not isinstance(told, dict):
        return {}
    known = {name: told.get(name) for name in ("status", "schemes", "scope")}
    return {name: clean_text(str(value))[:_TOLD_LIMIT] for name, value in known.items() if isinstance(value, str | int)}


def is_for_nothing(told: dict[str, str]) -> bool:
    """Whether another token would be refused, too: it could do no more than this one (RFC 6750 section 3.1)."""
    return told.get("status") == "insufficient_scope"


def refusal_reason(reply: Reply, *, with_token: bool = False) -> Reason:
    """Return what a reply other than 235 and 334 says about the sign-in (RFC 4954 section 6)."""
    if reply.code == 421:
        return Reason.SERVER_BUSY
    if reply.is_temporary:
        return Reason.SERVER_AUTH_TEMPORARY
    if not reply.is_permanent:
        return Reason.SERVER_PROTOCOL
    if reply.code in {530, 538}:  # encryption required
        return Reason.SERVER_WRONG_SECURITY
    if _SWITCHED_OFF.search(reply.text):
        return Reason.SERVER_AUTH_SWITCHED_OFF
    return _token_refusal(reply) if with_token else _password_refusal(reply)


def _token_refusal(reply: Reply) -> Reason:
    # 501 is about what was shown.
    return Reason.SERVER_NO_OAUTH if reply.code in {500, 502, 503, 504} else Reason.SERVER_TOKEN_REJECTED


def _password_refusal(reply: Reply) -> Reason:
    if reply.code in {500, 501, 502, 503, 504}:
        return Reason.SERVER_NO_MECHANISM
    if reply.enhanced == "5.7.30" or _NO_PASSWORDS.search(reply.text):
        return Reason.SERVER_AUTH_NO_PASSWORDS
    if reply.enhanced == "5.7.9":
        return Reason.SERVER_AUTH_APP_PASSWORD
    return Reason.SERVER_AUTH_REJECTED
