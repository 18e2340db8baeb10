"""The authorization server's token endpoint: a code, or a lasting permission, for an access token (RFC 6749).

Loads httpx2: import it where it is used.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from math import isnan, nan
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import httpx2
import msgspec

from app.errors import PolicyError, Problem, Reason, SignInError
from app.limited import call_with_limit
from app.oauth_client import OAuthClient, checked_endpoint
from app.policy.source import readable, tls_context, tls_failure
from app.policy.strict_json import check_every_object, checked_text
from app.redaction import Redaction, forms_of_secret
from app.storage.keychain import Secret

if TYPE_CHECKING:
    import ssl

__all__ = ["Granted", "redeem_code", "refresh"]

_SECONDS = 30.0
_LIMIT = 64 * 1024
_Wanted = TypeVar("_Wanted")
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
"""What can stand in a bearer token at all (RFC 6750 section 2.1, and what providers make of it)."""
_WAIT_LIMIT = 15 * 60
_CLIENT_ERRORS = frozenset({"invalid_client", "unauthorized_client"})
_REQUEST_ERRORS = frozenset({"invalid_request", "invalid_scope", "unsupported_grant_type"})
"""What another sign-in would not change; Google says so where a client's secret is missing."""
_PASSING = frozenset({"temporarily_unavailable", "server_error", "slow_down"})


@dataclass(frozen=True, slots=True)
class Granted:
    """What the endpoint gave (RFC 6749 section 5.1)."""

    access_token: Secret
    seconds: float
    """For how long the access token holds."""
    refresh_token: Secret | None
    """The lasting permission, a new one perhaps, which then counts in place of the last."""


class _Grant(msgspec.Struct, frozen=True):
    access_token: str
    token_type: str
    expires_in: object = None
    refresh_token: str | None = None

    def __repr__(self) -> str:
        """Keep the tokens out of every log."""
        return "_Grant()"


class _Refusal(msgspec.Struct, frozen=True):
    error: str
    error_description: str = ""


async def redeem_code(
    client: OAuthClient, code: Secret, *, verifier: Secret, redirect_uri: str, client_secret: Secret | None = None
) -> Granted:
    """Return what an authorization code is worth (RFC 6749 section 4.1.3, RFC 7636 section 4.5); raises SignInError."""
    form: dict[str, str | Secret] = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    return await _ask(client, form, client_secret, Reason.SIGN_IN_FAILED)


async def refresh(client: OAuthClient, refresh_token: Secret, *, client_secret: Secret | None = None) -> Granted:
    """Return a new access token for a lasting permission (RFC 6749 section 6); raises SignInError.

    SIGN_IN_ENDED says that the permission is over: withdrawn, expired, or the password was changed.
    """
    form: dict[str, str | Secret] = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return await _ask(client, form, client_secret, Reason.SIGN_IN_ENDED)


async def _ask(
    client: OAuthClient, form: Mapping[str, str | Secret], client_secret: Secret | None, no_grant: Reason
) -> Granted:
    """Return what is granted for `form`; raises SignInError, `no_grant` for a grant that is none.

    The error is raised here, where no secret is in plain text: whoever shows it may show variables along with it.
    """
    answer = await _answer(client, form, client_secret)
    if isinstance(answer, Problem):
        raise SignInError(answer)
    granted = _granted(answer)
    if granted is None:
        granted = _problem(answer, no_grant)
    if isinstance(granted, Problem):
        raise SignInError(granted)
    return granted


@dataclass(frozen=True, slots=True)
class _Answer:
    host: str
    status: int
    retry_after: str
    body: bytes = field(repr=False)
    redaction: Redaction = field(default_factory=Redaction, repr=False)
    """Knows what was sent, which the server may repeat."""


async def _answer(
    client: OAuthClient, form: Mapping[str, str | Secret], client_secret: Secret | None
) -> _Answer | Problem:
    try:
        address = checked_endpoint(client.token_endpoint)
    except ValueError:
        return Problem.of(Reason.SIGN_IN_FAILED, host=client.name, reply="no address that a secret may be sent to")
    host = urlsplit(address).hostname or ""
    secret = Secret(client.client_secret) if client.client_secret else client_secret
    fields = {**form, "client_id": client.client_id, **({"client_secret": secret} if secret else {})}
    plain = {name: value.reveal() if isinstance(value, Secret) else value for name, value in fields.items()}
    try:
        async with asyncio.timeout(_SECONDS):
            # In a thread, because reading the system's authorities takes longer than a window may stand still.
            trust = await call_with_limit(lambda: tls_context(client.ca_file), None)
            async with _http(trust) as http, http.stream("POST", address, data=plain) as response:
                retry_after = response.headers.get("retry-after", "")
                return _Answer(host, response.status_code, retry_after, await _read(response), _redaction(fields))
    except Exception as error:
        problem = _translated(error, host, client.ca_file)
        if problem is None:
            raise
        # Without its cause: what the library raises may hold the request, and so the secrets in it.
        return problem


def _redaction(fields: Mapping[str, str | Secret]) -> Redaction:
    redaction = Redaction()
    for value in fields.values():
        if isinstance(value, Secret):
            for form in forms_of_secret(value.reveal()):
                redaction.hide(form)
    return redaction


def _http(trust: ssl.SSLContext) -> httpx2.AsyncClient:
    """Return a client without memory: no cookies, no redirects, nothing from the environment."""
    return httpx2.AsyncClient(
        verify=trust,
        trust_env=False,
        follow_redirects=False,
        timeout=_SECONDS,
        headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Absender"},
    )


async def _read(response: httpx2.Response) -> bytes:
    """Return the body as it is on the wire; raises _TooLargeError at the limit."""
    body = bytearray()
    try:
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > _LIMIT:
                # Leaving the loop would leave the library's generators to the garbage collector, which cannot
                # end them on every event loop. Closed, the next read ends them.
                await response.aclose()
    except Exception:
        if len(body) <= _LIMIT:
            raise
    if len(body) > _LIMIT:
        raise _TooLargeError
    return bytes(body)


class _TooLargeError(Exception):
    """The answer is longer than any that is meant."""


def _granted(answer: _Answer) -> Granted | Problem | None:
    """Return what is granted, or why the answer is none (RFC 6749 section 5.1); None for a refusal."""
    if answer.status != HTTPStatus.OK:
        return None
    found = _decoded(answer.body, _Grant)
    if found is None:
        detail = "it is a web page" if answer.body.lstrip()[:1] == b"<" else "it holds no access token"
        return Problem.of(Reason.SIGN_IN_ANSWER, host=answer.host, detail=detail)
    kept = found.refresh_token or ""
    if not _TOKEN.fullmatch(found.access_token) or (kept and not _TOKEN.fullmatch(kept)):
        return Problem.of(Reason.SIGN_IN_ANSWER, host=answer.host, detail="it holds no access token")
    if found.token_type.lower() != "bearer":
        # Without its words, which may be a token in the wrong place.
        return Problem.of(Reason.SIGN_IN_ANSWER, host=answer.host, detail="the token is of another kind")
    return Granted(Secret(found.access_token), _seconds(found.expires_in), Secret(kept) if kept else None)


def _decoded(body: bytes, wanted: type[_Wanted]) -> _Wanted | None:
    """Return JSON that every reader takes for the same (RFC 8259 section 4), or None."""
    try:
        text = checked_text(body, _LIMIT, source="")
        check_every_object(text, source="")
        return msgspec.json.decode(text, type=wanted)
    except (PolicyError, msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _seconds(stated: object) -> float:
    """Return how long a token holds: what was said, even as a text, else five minutes; an hour at most is relied on."""
    try:
        seconds = float(stated) if isinstance(stated, int | float | str) else nan
    except (ValueError, OverflowError):
        seconds = nan
    return 300.0 if isnan(seconds) else min(max(seconds, 0.0), 3600.0)


def _problem(answer: _Answer, no_grant: Reason) -> Problem:
    """Return why nothing was granted (RFC 6749 section 5.2)."""
    refusal = _decoded(answer.body, _Refusal)
    error = refusal.error if refusal else ""
    said = ": ".join(filter(None, (error, refusal.error_description if refusal else "")))
    reply = readable(answer.redaction.clean(said))  # cleaned first: half a secret would not be known any more
    is_overloaded = answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if refusal is None or is_overloaded or error in _PASSING:
        facts = {"host": answer.host, "status": answer.status, "reply": reply}
        wait = _wait(answer.retry_after)
        return Problem.of(Reason.SIGN_IN_STATUS, **facts, **({"wait": wait} if wait else {}))
    if error in _CLIENT_ERRORS:
        return Problem.of(Reason.SIGN_IN_CLIENT_REFUSED, host=answer.host, reply=reply)
    if error in _REQUEST_ERRORS:
        return Problem.of(Reason.SIGN_IN_FAILED, host=answer.host, reply=reply)
    return Problem.of(no_grant, host=answer.host, reply=reply)


def _wait(retry_after: str) -> int:
    """Return for how many seconds nobody is to ask again (RFC 9110 section 10.2.3), at most a quarter of an hour."""
    stated = retry_after.strip()
    return min(int(stated), _WAIT_LIMIT) if stated.isascii() and stated.isdigit() and len(stated) < 10 else 0


def _translated(error: Exception, host: str, ca_file: str) -> Problem | None:
    """Return the reason for what the HTTP library raised, None for anything else."""
    if tls := tls_failure(error):
        detail = getattr(tls, "verify_message", "") or tls.reason or str(tls)
        return Problem.of(Reason.SIGN_IN_TLS, host=host, detail=readable(detail))
    match error:
        case PolicyError():
            return Problem.of(Reason.SIGN_IN_CA_UNREADABLE, file=ca_file)
        case TimeoutError() | httpx2.TimeoutException():
            return Problem.of(Reason.SIGN_IN_TIMEOUT, host=host)
        case _TooLargeError() | httpx2.DecodingError():
            return Problem.of(Reason.SIGN_IN_ANSWER, host=host, detail="it holds no access token")
        case httpx2.HTTPError() | OSError():
            return Problem.of(Reason.SIGN_IN_UNREACHABLE, host=host)
        case _:
            return None
