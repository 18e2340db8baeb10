"""The authorization server's token endpoint: a code, or a lasting permission, for an access token (RFC 6749).

Loads httpx2: import it where it is used.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from math import isnan
from urllib.parse import urlsplit

import httpx2
import msgspec

from app.errors import PolicyError, Reason, SignInError
from app.limited import call_with_limit
from app.oauth_client import OAuthClient
from app.policy.source import readable, tls_context, tls_failure
from app.storage.keychain import Secret

__all__ = ["Granted", "redeem_code", "refresh"]

_SECONDS = 30.0
_LIMIT = 64 * 1024
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
"""What can stand in a bearer token at all (RFC 6750 section 2.1, and what providers make of it)."""
_CLIENT_ERRORS = frozenset({"invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"})
_PASSING = frozenset({"temporarily_unavailable", "server_error", "slow_down"})


@dataclass(frozen=True, slots=True)
class Granted:
    """What the endpoint gave (RFC 6749 section 5.1)."""

    access_token: Secret
    seconds: float
    """For how long the access token holds."""
    refresh_token: Secret | None
    """The lasting permission, a new one perhaps, which then counts in place of the last."""


class _Answer(msgspec.Struct, frozen=True):
    access_token: str
    token_type: str
    expires_in: float | str | None = None
    refresh_token: str | None = None

    def __repr__(self) -> str:
        """Keep the tokens out of every log."""
        return "_Answer()"


class _Refusal(msgspec.Struct, frozen=True):
    error: str
    error_description: str = ""


async def redeem_code(
    client: OAuthClient, code: Secret, *, verifier: Secret, redirect_uri: str, client_secret: Secret | None = None
) -> Granted:
    """Return what an authorization code is worth (RFC 6749 section 4.1.3, RFC 7636 section 4.5); raises SignInError."""
    form = {
        "grant_type": "authorization_code",
        "code": code.reveal(),
        "redirect_uri": redirect_uri,
        "code_verifier": verifier.reveal(),
    }
    return await _ask(client, form, client_secret)


async def refresh(client: OAuthClient, refresh_token: Secret, *, client_secret: Secret | None = None) -> Granted:
    """Return a new access token for a lasting permission (RFC 6749 section 6); raises SignInError.

    SIGN_IN_ENDED says that the permission is over: withdrawn, expired, or the password was changed.
    """
    return await _ask(client, {"grant_type": "refresh_token", "refresh_token": refresh_token.reveal()}, client_secret)


async def _ask(client: OAuthClient, form: Mapping[str, str], client_secret: Secret | None) -> Granted:
    secret = client.client_secret or (client_secret.reveal() if client_secret else "")
    host = urlsplit(client.token_endpoint).hostname or ""
    fields = {**form, "client_id": client.client_id, **({"client_secret": secret} if secret else {})}
    try:
        async with asyncio.timeout(_SECONDS):
            # In a thread, because reading the system's authorities takes longer than a window may stand still.
            trust = await call_with_limit(lambda: tls_context(client.ca_file), None)
            async with httpx2.AsyncClient(
                verify=trust,
                trust_env=False,
                follow_redirects=False,
                timeout=_SECONDS,
                headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Absender"},
            ) as http:
                request = http.stream("POST", client.token_endpoint, data=fields)
                async with request as response:
                    body = await _read(response)
                    status = response.status_code
    except Exception as error:  # noqa: BLE001 - what is no failure of the network is raised again
        # Without its cause: what the library raises may hold the request, and so the secrets in it.
        raise _translated(error, host, client.ca_file) from None
    return _granted(status, body, host)


async def _read(response: httpx2.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > _LIMIT:
            raise _TooLargeError
    return bytes(body)


class _TooLargeError(Exception):
    """The answer is longer than any that is meant."""


def _granted(status: int, body: bytes, host: str) -> Granted:
    if status != HTTPStatus.OK:
        raise _refused(status, body, host)
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        detail = "it is a web page" if body.lstrip()[:1] == b"<" else "it holds no access token"
        raise SignInError.because(Reason.SIGN_IN_ANSWER, host=host, detail=detail) from None
    kept = answer.refresh_token or ""
    if not _TOKEN.fullmatch(answer.access_token) or (kept and not _TOKEN.fullmatch(kept)):
        raise SignInError.because(Reason.SIGN_IN_ANSWER, host=host, detail="it holds no access token")
    if answer.token_type.lower() != "bearer":
        detail = f"the token is of another kind: {readable(answer.token_type)}"
        raise SignInError.because(Reason.SIGN_IN_ANSWER, host=host, detail=detail)
    return Granted(Secret(answer.access_token), _seconds(answer.expires_in), Secret(kept) if kept else None)


def _seconds(stated: float | str | None) -> float:
    """Return how long a token holds: what was said, even as a text, else five minutes; an hour at most is relied on."""
    try:
        seconds = float(stated) if stated is not None else 300.0
    except ValueError:
        seconds = 300.0
    return min(max(seconds, 0.0), 3600.0) if not isnan(seconds) else 300.0


def _refused(status: int, body: bytes, host: str) -> SignInError:
    try:
        refusal = msgspec.json.decode(body, type=_Refusal)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return SignInError.because(Reason.SIGN_IN_STATUS, host=host, status=status, reply="")
    reply = readable(": ".join(filter(None, (refusal.error, refusal.error_description))))
    is_overloaded = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if is_overloaded or refusal.error in _PASSING:
        return SignInError.because(Reason.SIGN_IN_STATUS, host=host, status=status, reply=reply)
    if refusal.error in _CLIENT_ERRORS:
        return SignInError.because(Reason.SIGN_IN_CLIENT_REFUSED, host=host, reply=reply)
    return SignInError.because(Reason.SIGN_IN_ENDED, host=host, reply=reply)


def _translated(error: Exception, host: str, ca_file: str) -> Exception:
    """Return the reason for what the HTTP library raised, and anything else as it is."""
    if tls := tls_failure(error):
        detail = getattr(tls, "verify_message", "") or tls.reason or str(tls)
        return SignInError.because(Reason.SIGN_IN_TLS, host=host, detail=readable(detail))
    match error:
        case PolicyError():
            return SignInError.because(Reason.SIGN_IN_CA_UNREADABLE, file=ca_file)
        case TimeoutError() | httpx2.TimeoutException():
            return SignInError.because(Reason.SIGN_IN_TIMEOUT, host=host)
        case _TooLargeError() | httpx2.DecodingError():
            return SignInError.because(Reason.SIGN_IN_ANSWER, host=host, detail="it holds no access token")
        case httpx2.HTTPError() | OSError():
            return SignInError.because(Reason.SIGN_IN_UNREACHABLE, host=host)
        case _:
            return error
