"""Signing in with the browser: authorization code with PKCE, back over this machine's loopback (RFC 8252)."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from app.errors import Reason, SignInError
from app.limited import import_beside
from app.oauth_client import OAuthClient, checked_authorization_endpoint
from app.policy.source import readable
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
_GOOGLE = "accounts.google.com"
_REFUSALS = {
    "access_denied": Reason.SIGN_IN_DECLINED,
    "invalid_client": Reason.SIGN_IN_CLIENT_REFUSED,
    "unauthorized_client": Reason.SIGN_IN_CLIENT_REFUSED,
}
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
    asking = _Asking(client, username, client_secret, minutes)
    async with _way_back(asking, words) as loopback:
        first = asking.request(loopback.redirect_uri)
        loopback.expect(first.state)
        show(first.address)
        granted = await asking.granted(first, loopback)
        if granted.refresh_token is None:
            granted = await _once_more(asking, loopback)
        if granted.refresh_token is None:
            raise asking.error(Reason.SIGN_IN_NOT_LASTING)
        await loopback.say(words.done)
        own = None if client.client_secret else client_secret
        return SignedIn(Grant(client.client_id, client.token_endpoint, granted.refresh_token, own), granted)


async def _once_more(asking: _Asking, loopback: Loopback) -> Granted:
    """Lead the browser back to have the person consent again, because what came does not last.

    Some give what lasts only with a consent, and ask for one only if told to (OpenID Connect Core 1.0 section 11);
    Google does so, though developers.google.com/identity/protocols/oauth2/native-app says that a refresh token
    always comes.
    """
    again = asking.request(loopback.redirect_uri, prompt="consent")
    if "prompt" in asking.own_parameters() or not await loopback.lead_on(again.address, again.state):
        raise asking.error(Reason.SIGN_IN_NOT_LASTING)
    return await asking.granted(again, loopback)


@asynccontextmanager
async def _way_back(asking: _Asking, words: BrowserWords) -> AsyncIterator[Loopback]:
    """Listen for the browser, and let it say in the end that nothing came of it where that is so."""
    async with AsyncExitStack() as stack:
        try:
            loopback = await stack.enter_async_context(open_loopback(asking.client.redirect_host, words))
        except OSError:
            raise asking.error(Reason.SIGN_IN_NO_WAY_BACK) from None
        try:
            yield loopback
        except SignInError:
            await loopback.say(words.declined)
            raise


@dataclass(frozen=True)
class _Request:
    """One authorization request, with what only the program knows of it."""

    address: str = field(repr=False)
    """With the state in it, which nobody else is to know."""
    state: Secret
    verifier: Secret


@dataclass(frozen=True)
class _Asking:
    """Who asks whom for what."""

    client: OAuthClient
    username: str
    client_secret: Secret | None
    minutes: int

    def error(self, reason: Reason, **facts: object) -> SignInError:
        """Return an error of the authorization server."""
        return SignInError.because(reason, host=urlsplit(self.client.authorization_endpoint).hostname or "", **facts)

    def own_parameters(self) -> set[str]:
        """Return what the address says by itself, as whoever set it up wants it."""
        query = urlsplit(self.client.authorization_endpoint).query
        return {name for name, _ in parse_qsl(query, keep_blank_values=True)}

    def request(self, redirect_uri: str, **more: str) -> _Request:
        """Return another request (RFC 6749 section 4.1.1, RFC 7636 section 4.3); raises SignInError."""
        try:
            address = checked_authorization_endpoint(self.client.authorization_endpoint)
        except ValueError:
            raise self.error(Reason.SIGN_IN_FAILED, reply="no address that a browser may be led to") from None
        state, verifier = Secret(secrets.token_urlsafe(32)), Secret(secrets.token_urlsafe(64))
        digest = hashlib.sha256(verifier.reveal().encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self.client.scopes),
            "state": state.reveal(),
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        known = self.own_parameters()
        hints = {name: value for name, value in {**self._hints(), **more}.items() if name not in known}
        joint = "&" if "?" in address else "?"
        return _Request(f"{address}{joint}{urlencode({**asked, **hints}, quote_via=quote)}", state, verifier)

    def _hints(self) -> dict[str, str]:
        """Return what servers that do not know it overlook (RFC 6749 section 3.1)."""
        hints = {"login_hint": self.username} if self.username else {}
        if urlsplit(self.client.authorization_endpoint).hostname == _GOOGLE:
            hints["access_type"] = "offline"
        return hints

    async def granted(self, request: _Request, loopback: Loopback) -> Granted:
        """Wait for the browser, and return what its code is worth; raises SignInError."""
        # With HTTP, and most log in with a password.
        await import_beside("app.sign_in.token_endpoint")
        from app.sign_in.token_endpoint import redeem_code

        try:
            came = await loopback.answer(seconds=self.minutes * 60)
        except TimeoutError:
            raise self.error(Reason.SIGN_IN_ABANDONED, minutes=self.minutes) from None
        return await redeem_code(
            self.client,
            self._code(came),
            verifier=request.verifier,
            redirect_uri=loopback.redirect_uri,
            client_secret=self.client_secret,
        )

    def _code(self, came: Parameters) -> Secret:
        """Return the code the browser brought; raises SignInError for anything else (RFC 6749 section 4.1.2.1)."""
        one = {name: came[name][0].reveal() for name in _READ if name in came}
        if any(len(came.get(name, ())) > 1 for name in _READ):
            raise self._failed("the answer says something twice")
        if self.client.issuer and one.get("iss", self.client.issuer) != self.client.issuer:  # RFC 9207 section 2.4
            raise self._failed(f"the answer is another server's: {one['iss']}")
        if "error" in one:
            reply = ": ".join(filter(None, (one["error"], one.get("error_description", ""))))
            raise self.error(_REFUSALS.get(one["error"], Reason.SIGN_IN_FAILED), reply=readable(reply))
        if not _CODE.fullmatch(one.get("code", "")):
            raise self._failed("the answer holds no code")
        return Secret(one["code"])

    def _failed(self, reply: str) -> SignInError:
        return self.error(Reason.SIGN_IN_FAILED, reply=readable(reply))
