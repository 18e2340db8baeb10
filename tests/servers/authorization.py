"""An authorization server over TLS, strict as the RFCs ask (6749, 7636, 8252, 9207, 9700), or hostile to order.

It runs in a thread of its own, so that it serves any event loop. `scripts` answer in place of the real thing, once
each. `Browser` is who signs in: a real HTTP client that follows redirects, and keeps what it was shown.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import secrets
import ssl
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import trustme

from app.oauth_client import OAuthClient, RedirectHost
from tests.servers.https import HttpsHandler, HttpsServer, Served

__all__ = ["AuthorizationServer", "Browser", "Reply", "Script"]

Json = Mapping[str, object]
Script = Callable[["Handler"], None]
_REDIRECT = re.compile(r"http://(127\.0\.0\.1|localhost):[0-9]{1,5}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_CODE_SECONDS = 60.0


class _RefusedError(Exception):
    """What is told the program as an error (RFC 6749 section 5.2)."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.status = error, status


@dataclass(frozen=True)
class _Code:
    asked: Mapping[str, str]
    family: str
    ends: float


@dataclass
class _State:
    """What the server knows."""

    codes: dict[str, _Code] = field(default_factory=dict)
    redeemed: dict[str, str] = field(default_factory=dict)
    """The family of what was given for a code."""
    refresh: dict[str, str] = field(default_factory=dict)
    """The family of every refresh token that holds."""
    spent: dict[str, str] = field(default_factory=dict)
    """The family of every refresh token that was replaced."""
    access: dict[str, tuple[str, float]] = field(default_factory=dict)
    """The family of every access token, and its end."""

    def end(self, family: str) -> None:
        """Let nothing of a family hold any more."""
        self.refresh = {token: each for token, each in self.refresh.items() if each != family}
        self.access = {token: each for token, each in self.access.items() if each[0] != family}


class Reply:
    """An answer that a test has written; a text of JSON unless another type is given."""

    def __init__(self, status: int, body: bytes | Json = b"", **headers: str) -> None:
        self.status, self.headers = status, {"Content_Type": "application/json", **headers}
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()

    def __call__(self, handler: Handler) -> None:
        handler.reply(self.status, self.body, **self.headers)


class Handler(HttpsHandler):
    """One request."""

    server: _Server

    def do_GET(self) -> None:  # noqa: N802 - named by the standard library
        """Answer who is to sign in."""
        self._answer("authorize", urlsplit(self.path).query)

    def do_POST(self) -> None:  # noqa: N802 - named by the standard library
        """Answer the program."""
        self._answer("token", self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

    def _answer(self, kind: str, text: str) -> None:
        server = self.server.authorization
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True) if text else []
        form = dict(pairs)
        server.asked[kind].append(form)
        if script := server.next_script(kind):
            script(self)
        elif len(form) != len(pairs) or urlsplit(self.path).path != f"/{kind}":
            self.reply(400, b"no request")
        elif kind == "authorize":
            location = server.decide(form)
            self.reply(302 if location else 400, b"", **({"Location": location} if location else {}))
        else:
            try:
                found, status = server.grant(form, self.headers.get("Content-Type", "")), 200
            except _RefusedError as error:
                found, status = {"error": error.error, "error_description": "so says the server"}, error.status
            Reply(status, found, Cache_Control="no-store")(self)


class _Server(HttpsServer):
    def __init__(self, authorization: AuthorizationServer, context: ssl.SSLContext) -> None:
        self.authorization = authorization
        super().__init__(Handler, context)


class AuthorizationServer(Served):
    """A server with one registered client, as a context manager; its certificate is for “localhost”."""

    def __init__(self, folder: Path, authority: trustme.CA | None = None) -> None:
        authority = authority or trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        self.ca_file = folder / "authorization-ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        self._server = _Server(self, context)
        self.url = f"https://localhost:{self._server.server_address[1]}"
        self.reset()

    def reset(self) -> None:
        """Begin anew, as if nobody had asked anything."""
        self._state = _State()
        self._scripts: dict[str, deque[Script]] = defaultdict(deque)
        self.asked: dict[str, list[dict[str, str]]] = defaultdict(list)
        """The parameters of every request, by `authorize` and `token`."""
        self.client_secret = ""
        """What the registration asks for besides the identifier."""
        self.lasting = "always"
        """When a refresh token is given: `always`, with a `consent` only, or `never`."""
        self.rotates = True
        """Whether each refresh token serves once (RFC 9700 section 4.14.2)."""
        self.access_seconds: object = 3600
        self.issuer = self.url
        """What it says of itself in its answers; empty for nothing."""
        self.declines = ""
        """The error with which every sign-in ends."""
        self.clock_ahead = 0.0
        self.mark = ""
        """What every code and token begins with."""

    def client(
        self, *, redirect_host: RedirectHost = RedirectHost.ADDRESS, hosts: tuple[str, ...] = ("localhost",)
    ) -> OAuthClient:
        """Return the registered client, without its secret."""
        return OAuthClient(
            name="Beispiel GmbH",
            client_id="absender",
            authorization_endpoint=f"{self.url}/authorize",
            token_endpoint=f"{self.url}/token",
            scopes=("smtp", "offline_access"),
            hosts=hosts,
            redirect_host=redirect_host,
            issuer=self.url,
            ca_file=str(self.ca_file),
        )

    def script(self, kind: str, *answers: Script) -> None:
        """Answer the next requests of a kind so, one after the other."""
        self._scripts[kind].extend(answers)

    def next_script(self, kind: str) -> Script | None:
        """Return what answers the next request of a kind; None for the real thing."""
        return self._scripts[kind].popleft() if self._scripts[kind] else None

    def accepts(self, token: str) -> bool:
        """Whether an access token holds, as a mail server would ask."""
        return self._state.access.get(token, ("", 0.0))[1] > self._now()

    def permit(self) -> str:
        """Return a refresh token, as a sign-in that is not told about would bring it."""
        return str(self._tokens(secrets.token_hex(8), with_refresh=True)["refresh_token"])

    def withdraw(self) -> None:
        """End every permission."""
        self._state = _State()

    def expire_access(self) -> None:
        """Let every access token be refused, though its time is not over."""
        self._state.access.clear()

    def issue(self) -> str:
        """Return a refresh token as if somebody had signed in."""
        return str(self._tokens(secrets.token_hex(8), with_refresh=True)["refresh_token"])

    def decide(self, asked: Mapping[str, str]) -> str:
        """Return where the browser is sent; empty for a request that nobody is told about (RFC 6749, 4.1.2.1)."""
        back = asked.get("redirect_uri", "")
        if asked.get("client_id") != "absender" or not _REDIRECT.fullmatch(back):
            return ""
        is_right = (
            asked.get("response_type") == "code"
            and asked.get("code_challenge_method") == "S256"
            and _CHALLENGE.fullmatch(asked.get("code_challenge", ""))
            and len(asked.get("state", "")) >= 22
            and set(asked.get("scope", "").split(" ")) == {"smtp", "offline_access"}
        )
        answer = {"state": asked.get("state", ""), **({"iss": self.issuer} if self.issuer else {})}
        if error := self.declines or ("" if is_right else "invalid_request"):
            return f"{back}?{urlencode({**answer, 'error': error, 'error_description': 'so says the server'})}"
        code = self._secret()
        self._state.codes[code] = _Code(asked, secrets.token_hex(8), self._now() + _CODE_SECONDS)
        return f"{back}?{urlencode({**answer, 'code': code})}"

    def grant(self, form: Mapping[str, str], content_type: str) -> dict[str, object]:
        """Return what the token endpoint gives; raises _RefusedError."""
        if content_type.partition(";")[0] != "application/x-www-form-urlencoded":
            raise _RefusedError("invalid_request")
        if form.get("client_id") != "absender" or form.get("client_secret", "") != self.client_secret:
            raise _RefusedError("invalid_client", 401)
        match form.get("grant_type"):
            case "authorization_code":
                return self._redeem(form)
            case "refresh_token":
                return self._refresh(form.get("refresh_token", ""))
            case _:
                raise _RefusedError("unsupported_grant_type")

    def _redeem(self, form: Mapping[str, str]) -> dict[str, object]:
        text = form.get("code", "")
        if family := self._state.redeemed.get(text):  # RFC 6749 section 4.1.2
            self._state.end(family)
            raise _RefusedError("invalid_grant")
        code = self._state.codes.pop(text, None)
        if code is None or code.ends <= self._now() or form.get("redirect_uri") != code.asked["redirect_uri"]:
            raise _RefusedError("invalid_grant")
        verifier = form.get("code_verifier", "")
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if not _VERIFIER.fullmatch(verifier) or digest != code.asked["code_challenge"]:
            raise _RefusedError("invalid_grant")
        self._state.redeemed[text] = code.family
        is_lasting = self.lasting == "always" or (self.lasting == "consent" and code.asked.get("prompt") == "consent")
        return self._tokens(code.family, with_refresh=is_lasting)

    def _refresh(self, token: str) -> dict[str, object]:
        if family := self._state.spent.get(token):
            self._state.end(family)  # somebody has a copy (RFC 9700 section 4.14.2)
            raise _RefusedError("invalid_grant")
        found = self._state.refresh.get(token)
        if found is None:
            raise _RefusedError("invalid_grant")
        if self.rotates:
            self._state.spent[token] = self._state.refresh.pop(token)
        return self._tokens(found, with_refresh=self.rotates)

    def _tokens(self, family: str, *, with_refresh: bool) -> dict[str, object]:
        seconds = self.access_seconds
        access = self._secret()
        ends = self._now() + (seconds if isinstance(seconds, int) else 3600)
        self._state.access[access] = family, ends
        found: dict[str, object] = {"access_token": access, "token_type": "Bearer", "expires_in": seconds}
        if with_refresh:
            found["refresh_token"] = self._secret()
            self._state.refresh[str(found["refresh_token"])] = family
        return found

    def _secret(self) -> str:
        return self.mark + secrets.token_urlsafe(32)

    def _now(self) -> float:
        return time.monotonic() + self.clock_ahead


class Browser:
    """Visits what it is told to, in the background, and keeps every page it was shown."""

    def __init__(self, ca_file: Path) -> None:
        self._trust = ssl.create_default_context(cafile=ca_file)
        self._visits: set[asyncio.Task[None]] = set()
        self.asked: list[str] = []
        self.shown: list[httpx2.Response] = []
        """What each visit led to in the end, with its `history`."""

    def open(self, address: str) -> None:
        """Visit an address."""
        self.asked.append(address)
        self._visits.add(asyncio.create_task(self._visit(address)))

    async def closed(self) -> Self:
        """Wait until all pages are shown; raises what kept one from being shown."""
        await asyncio.gather(*self._visits)
        return self

    async def _visit(self, address: str) -> None:
        async with httpx2.AsyncClient(verify=self._trust, trust_env=False, follow_redirects=True) as http:
            self.shown.append(await http.get(address))
