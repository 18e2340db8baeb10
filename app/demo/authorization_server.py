"""The partner's sign-in page and its tokens: a small authorization server (RFC 6749, 7636, 9207) on loopback.

The page is plain HTTP, because no browser knows the demo's authority; the tokens go over TLS.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import secrets
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from app.demo.listener import HOST
from app.demo.web import Page, Request, WebServer
from app.oauth_client import OAuthClient
from app.profile import is_loopback

__all__ = ["AuthorizationServer", "ConsentWords"]

CLIENT_ID = "absender-demo"
_SCOPE = "smtp"
_CODE_SECONDS = 60.0
_TOKEN_SECONDS = 600.0
_PENDING_LIMIT = 100
_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;margin:15vh auto;max-width:26rem;padding:0 1rem}"
    "h1{font-size:1.3rem}button{font:inherit;padding:.4rem 1.2rem;margin-right:.5rem}"
)


@dataclass(frozen=True, slots=True)
class ConsentWords:
    """What the sign-in page says; `{user}` stands for who is to sign in."""

    title: str = "Partner: sign in"
    question: str = "Absender wants to send mail as {user}. There is no password in this demo: just decide."
    allow: str = "Allow"
    decline: str = "Decline"


@dataclass(frozen=True, slots=True)
class _Asked:
    """An authorization request that waits for the person."""

    redirect_uri: str
    state: str
    challenge: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Code:
    asked: _Asked
    ends: float


class AuthorizationServer:
    """Asks one user, gives tokens for one client, and knows whether a token holds."""

    def __init__(
        self,
        username: str,
        tls: ssl.SSLContext,
        words: ConsentWords = ConsentWords(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._username = username
        self._words = words
        self._clock = clock
        self._asked: dict[str, _Asked] = {}
        self._codes: dict[str, _Code] = {}
        self._refresh_tokens: set[str] = set()
        self._access_tokens: dict[str, float] = {}
        self._pages = WebServer(self._page).listener
        self._tokens = WebServer(self._token, tls).listener

    async def up(self) -> None:
        """Accept connections."""
        await self._pages.up()
        await self._tokens.up()

    def down(self) -> None:
        """Refuse connections and cut the open ones."""
        self._pages.down()
        self._tokens.down()

    def client(self, *, ca_file: str, hosts: tuple[str, ...]) -> OAuthClient:
        """Return as whom the program is registered here; its tokens are for the mail servers `hosts`."""
        return OAuthClient(
            name="Partner",
            client_id=CLIENT_ID,
            authorization_endpoint=f"{self._issuer}/authorize",
            token_endpoint=f"https://{HOST}:{self._tokens.port}/token",
            scopes=(_SCOPE,),
            hosts=hosts,
            issuer=self._issuer,
            ca_file=ca_file,
        )

    def accepts(self, token: str) -> bool:
        """Whether an access token holds."""
        return self._access_tokens.get(token, 0.0) > self._clock()

    def withdraw(self) -> None:
        """End every permission, as a person does in the settings of an account; from any thread."""
        self._refresh_tokens.clear()
        self._access_tokens.clear()

    @property
    def _issuer(self) -> str:
        return f"http://{HOST}:{self._pages.port}"

    def _page(self, request: Request) -> Page:
        if (request.method, request.path) == ("GET", "/authorize"):
            return self._ask(dict(parse_qsl(request.query)))
        if (request.method, request.path) == ("POST", "/decision"):
            return self._decide(dict(parse_qsl(request.body.decode("latin-1"))))
        return _html("Not found", "", status=HTTPStatus.NOT_FOUND)

    def _ask(self, wanted: Mapping[str, str]) -> Page:
        """Return the page with the question, or one that says what is wrong with the request (RFC 6749, 4.1.2.1)."""
        redirect_uri = wanted.get("redirect_uri", "")
        back = urlsplit(redirect_uri)
        if wanted.get("client_id") != CLIENT_ID or back.scheme != "http" or not is_loopback(back.hostname or ""):
            return _html("Unknown program", "", status=HTTPStatus.BAD_REQUEST)
        asked = _Asked(redirect_uri, wanted.get("state", ""), wanted.get("code_challenge", ""))
        if (
            wanted.get("response_type") != "code"
            or wanted.get("code_challenge_method") != "S256"
            or not asked.challenge
        ):
            return self._back(asked, error="invalid_request")
        if wanted.get("scope") != _SCOPE:
            return self._back(asked, error="invalid_scope")
        while len(self._asked) >= _PENDING_LIMIT:
            del self._asked[next(iter(self._asked))]
        number = secrets.token_urlsafe(16)
        self._asked[number] = asked
        words = self._words
        buttons = "".join(
            f'<button name="choice" value="{value}">{html.escape(text)}</button>'
            for value, text in (("allow", words.allow), ("decline", words.decline))
        )
        form = f'<form method="post" action="/decision"><input type="hidden" name="request" value="{number}">'
        question = html.escape(words.question.replace("{user}", wanted.get("login_hint") or self._username))
        return _html(words.title, f"<p>{question}</p>{form}{buttons}</form>")

    def _decide(self, decision: Mapping[str, str]) -> Page:
        asked = self._asked.pop(decision.get("request", ""), None)
        if asked is None:
            return _html("This page is no longer valid", "", status=HTTPStatus.BAD_REQUEST)
        if decision.get("choice") != "allow":
            return self._back(asked, error="access_denied")
        code = secrets.token_urlsafe(24)
        self._codes[code] = _Code(asked, self._clock() + _CODE_SECONDS)
        return self._back(asked, code=code)

    def _back(self, asked: _Asked, **answer: str) -> Page:
        query = urlencode({**answer, "state": asked.state, "iss": self._issuer})
        return Page(b"", "text/html", HTTPStatus.SEE_OTHER, f"{asked.redirect_uri}?{query}", "no-store")

    def _token(self, request: Request) -> Page:
        if (request.method, request.path) != ("POST", "/token"):
            return _json({"error": "invalid_request"}, HTTPStatus.NOT_FOUND)
        form = dict(parse_qsl(request.body.decode("latin-1")))
        if form.get("client_id") != CLIENT_ID:
            return _json({"error": "invalid_client"}, HTTPStatus.UNAUTHORIZED)
        holds = {"authorization_code": self._redeems, "refresh_token": self._refreshes}.get(form.get("grant_type", ""))
        if holds is None:
            return _json({"error": "unsupported_grant_type"}, HTTPStatus.BAD_REQUEST)
        if not holds(form):
            return _json({"error": "invalid_grant"}, HTTPStatus.BAD_REQUEST)
        access, lasting = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._access_tokens[access] = self._clock() + _TOKEN_SECONDS
        self._refresh_tokens.add(lasting)
        granted = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(_TOKEN_SECONDS),
            "refresh_token": lasting,
        }
        return _json(granted, HTTPStatus.OK)

    def _redeems(self, form: Mapping[str, str]) -> bool:
        """Whether a code holds, which it does once (RFC 6749 section 4.1.3, RFC 7636 section 4.6)."""
        known = self._codes.pop(form.get("code", ""), None)
        if known is None or known.ends < self._clock() or form.get("redirect_uri") != known.asked.redirect_uri:
            return False
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        return hmac.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), known.asked.challenge)

    def _refreshes(self, form: Mapping[str, str]) -> bool:
        """Whether a lasting permission holds; the next one takes its place (RFC 9700 section 4.14.2)."""
        token = form.get("refresh_token", "")
        if token not in self._refresh_tokens:
            return False
        self._refresh_tokens.discard(token)
        return True


def _json(content: Mapping[str, object], status: HTTPStatus) -> Page:
    return Page(msgspec.json.encode(content), "application/json", status, cache="no-store")


def _html(title: str, content: str, *, status: HTTPStatus = HTTPStatus.OK) -> Page:
    text = (
        f'<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style><h1>{html.escape(title)}</h1>{content}"
    )
    return Page(text.encode(), "text/html; charset=utf-8", status, cache="no-store")
