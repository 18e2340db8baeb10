"""Access tokens as sessions get them, and what the token mechanisms make of them, written down without our encoders."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass, field, replace

from app.delivery.smtp import Session, SessionError
from app.delivery.verdict import Verdict
from app.errors import Problem, Reason, SignInError
from app.profile import OAuthSignIn, Security, SmtpServer
from app.sign_in.access_tokens import AccessToken
from tests.canary import canary
from tests.servers.exchange import LIMITS, authority, hand_over
from tests.servers.scripted import ScriptedServer, server_for

__all__ = ["OLD", "TOKEN", "Renewals", "bearer", "opened_with_token", "outcome_with_token", "token_server", "xoauth2"]

TOKEN = f"ya29.{canary('token')[:21]}~+/-_."
OLD = f"ya29.{canary('old')[:19]}~+/-_."
"""One that was kept in memory, and may be over."""


def bearer(token: str = TOKEN, name: str = "nutzer") -> str:
    """Return OAUTHBEARER's response in base64 (RFC 7628 section 3.1)."""
    return base64.b64encode(f"n,a={name},\x01auth=Bearer {token}\x01\x01".encode()).decode()


def xoauth2(token: str = TOKEN, name: str = "nutzer") -> str:
    """Return XOAUTH2's response in base64 (Google's description)."""
    return base64.b64encode(f"user={name}\x01auth=Bearer {token}\x01\x01".encode()).decode()


@dataclass
class Renewals:
    """Gives tokens in turn for each refused one, then the reason why there is none."""

    tokens: list[str] = field(default_factory=lambda: [TOKEN])
    refusal: Reason = Reason.SIGN_IN_ENDED
    seconds: float = 0
    """How long each takes."""
    asked: int = 0

    def kept(self, token: str = OLD) -> AccessToken:
        """Return a token that was kept in memory."""
        return AccessToken(token, self._renew)

    async def _renew(self) -> AccessToken:
        self.asked += 1
        await asyncio.sleep(self.seconds)
        if not self.tokens:
            raise SignInError(Problem.of(self.refusal, host="sso.beispiel.example", reply="invalid_grant"))
        return self.kept(self.tokens.pop(0))


def token_server(running: ScriptedServer, security: Security | None = None, *, username: str = "nutzer") -> SmtpServer:
    """Return the settings of somebody who signs in to a running server with the browser."""
    server = server_for(running, security or running.security)
    return replace(server, username=username, sign_in=OAuthSignIn())


async def opened_with_token(
    running: ScriptedServer, token: AccessToken, security: Security | None = None, *, username: str = "nutzer"
) -> Session:
    """Return a session that was signed in to with a token; raises SessionError."""
    server = token_server(running, security, username=username)
    return await Session.open(server, token, tls=authority().trust(), limits=LIMITS)


async def outcome_with_token(running: ScriptedServer, token: AccessToken, security: Security) -> Verdict:
    """Open a session, hand a message over, say goodbye; return what becomes of the message."""
    try:
        session = await opened_with_token(running, token, security)
    except SessionError as error:
        return error.as_verdict()
    verdict = await hand_over(session)
    await session.quit()
    return verdict
