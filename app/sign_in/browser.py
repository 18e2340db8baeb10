"""Signing in with the browser: authorization code with PKCE, back over this machine's loopback (RFC 8252)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from app.errors import Reason, SignInError
from app.oauth_client import OAuthClient
from app.policy.source import readable
from app.profile import is_loopback
from app.sign_in.grant import Grant
from app.sign_in.loopback import Loopback, Parameters, open_loopback
from app.sign_in.page import BrowserWords
from app.storage.keychain import Secret

if TYPE_CHECKING:
    from app.sign_in.token_endpoint import Granted

__all__ = ["BrowserWords", "SignedIn", "sign_in_with_browser"]

_MINUTES = 10
_CODE = re.compile(r"[\x20-\x7e]{1,8192}")
"""RFC 6749 appendix A.11."""
_READ = ("code", "error", "error_description", "iss")


@dataclass(frozen=True)
class SignedIn:
    """What a sign-in led to."""

    grant: Grant
    """What lasts."""
    granted: Granted
    """What came with it, an access token above all."""


async def sign_in_with_browser(
    client: OAuthClient,
    username: str,
    *,
    show: Callable[[str], None],
    words: BrowserWords,
    client_secret: Secret | None = None,
    minutes: int = _MINUTES,
) -> SignedIn:
    """Have the person sign in as `username`, and return what comes of it; raises SignInError.

    `show` is told once which address the browser is to open. The port is free again however this ends.
    """
    host = urlsplit(client.authorization_endpoint).hostname or ""
    state, verifier = Secret(secrets.token_urlsafe(32)), Secret(secrets.token_urlsafe(64))
    async with _way_back(client, state, words, host) as loopback:
        show(_address(client, username, state, verifier, loopback.redirect_uri))
        try:
            async with asyncio.timeout(minutes * 60):
                came = await loopback.answer()
        except TimeoutError:
            raise SignInError.because(Reason.SIGN_IN_ABANDONED, host=host, minutes=minutes) from None
        try:
            signed_in = await _redeemed(
                client, _code(came, client, host), verifier, loopback.redirect_uri, client_secret
            )
        except SignInError:
            await loopback.show(words.declined)
            raise
        await loopback.show(words.done)
        return signed_in


@asynccontextmanager
async def _way_back(client: OAuthClient, state: Secret, words: BrowserWords, host: str) -> AsyncIterator[Loopback]:
    async with AsyncExitStack() as stack:
        try:
            loopback = await stack.enter_async_context(open_loopback(client.redirect_host, state, words))
        except OSError:
            raise SignInError.because(Reason.SIGN_IN_NO_WAY_BACK, host=host) from None
        yield loopback


def _address(client: OAuthClient, username: str, state: Secret, verifier: Secret, redirect_uri: str) -> str:
    """Return the authorization request (RFC 6749 section 4.1.1, RFC 7636 section 4.3)."""
    digest = hashlib.sha256(verifier.reveal().encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(client.scopes),
        "state": state.reveal(),
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        **({"login_hint": username} if username else {}),
    }
    parts = urlsplit(client.authorization_endpoint)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        reply = f"its address is not https: {readable(client.authorization_endpoint)}"
        raise SignInError.because(Reason.SIGN_IN_FAILED, host=parts.hostname or "", reply=reply)
    query = "&".join(filter(None, (parts.query, urlencode(asked, quote_via=quote))))
    return parts._replace(query=query, fragment="").geturl()


def _code(came: Parameters, client: OAuthClient, host: str) -> Secret:
    """Return the code the browser brought; raises SignInError for anything else (RFC 6749 section 4.1.2.1)."""
    one = {name: came[name][0].reveal() for name in _READ if name in came}
    if any(len(came.get(name, ())) > 1 for name in _READ):
        raise _failed(host, "the answer says something twice")
    if client.issuer and one.get("iss", client.issuer) != client.issuer:  # RFC 9207 section 2.4
        raise _failed(host, f"the answer is another server's: {one['iss']}")
    if "error" in one:
        reply = readable(": ".join(filter(None, (one["error"], one.get("error_description", "")))))
        if one["error"] == "access_denied":
            raise SignInError.because(Reason.SIGN_IN_DECLINED, host=host, reply=reply)
        raise _failed(host, reply)
    if not _CODE.fullmatch(one.get("code", "")):
        raise _failed(host, "the answer holds no code")
    return Secret(one["code"])


def _failed(host: str, reply: str) -> SignInError:
    return SignInError.because(Reason.SIGN_IN_FAILED, host=host, reply=readable(reply))


async def _redeemed(
    client: OAuthClient, code: Secret, verifier: Secret, redirect_uri: str, client_secret: Secret | None
) -> SignedIn:
    from app.sign_in.token_endpoint import redeem_code  # with HTTP

    granted = await redeem_code(client, code, verifier=verifier, redirect_uri=redirect_uri, client_secret=client_secret)
    if granted.refresh_token is None:
        host = urlsplit(client.token_endpoint).hostname or ""
        raise SignInError.because(Reason.SIGN_IN_NOT_LASTING, host=host)
    own = None if client.client_secret else client_secret
    return SignedIn(Grant(client.client_id, client.token_endpoint, granted.refresh_token, own), granted)
