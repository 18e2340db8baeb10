"""The service account that may act for an administrator: its key stays on this machine, and signs its sign-in.

What leaves is a token signed with the key (RFC 7523), to Google's own token endpoint and nowhere else, and the access
token that comes back. The endpoint that stands in the file is not trusted: whoever can write there could have the
signed token, which Google takes for an hour, sent to a server of theirs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec

from app.errors import ExportError, PolicyError, Reason
from app.exporter.wire import Answer, Wire
from app.policy.source import readable
from app.policy.strict_json import check_every_object, checked_text, decoded

if TYPE_CHECKING:
    from google.oauth2.service_account import Credentials

__all__ = ["CREDENTIALS_MAX_BYTES", "Endpoints", "ServiceAccount", "SignIn", "read_credentials"]

CREDENTIALS_MAX_BYTES = 64 * 1024
_TOKEN_URIS = frozenset(
    {
        "https://oauth2.googleapis.com/token",
        # Older key files.
        "https://accounts.google.com/o/oauth2/token",
        "https://www.googleapis.com/oauth2/v4/token",
    }
)
_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")
"""What may stand in a header (RFC 6750 section 2.1 allows less; Google's tokens have dots and more)."""
_EARLY = 300.0
"""Seconds before its end at which an access token is replaced."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where Google is; only tests say otherwise."""

    policies: str = "https://cloudidentity.googleapis.com"
    directory: str = "https://admin.googleapis.com"
    token: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address

    @classmethod
    def at(cls, base: str) -> Endpoints:
        """Return the endpoints of a stand-in for Google that has all of them under one address."""
        return cls(base, base, f"{base}/token")


class _File(msgspec.Struct, frozen=True):
    """A service account's key file as Google Cloud writes it."""

    type: str = ""
    client_email: str = ""
    private_key: str = ""
    private_key_id: str = ""
    token_uri: str = ""
    universe_domain: str = "googleapis.com"

    def __repr__(self) -> str:
        """Keep the key out of every log."""
        return "_File()"


class ServiceAccount:
    """A service account and its key, which nothing prints."""

    def __init__(self, info: Mapping[str, str]) -> None:
        """Read the key; raises what the libraries raise for one that is none."""
        from google.oauth2.service_account import Credentials

        self._credentials = Credentials.from_service_account_info(info)
        self._credentials.sign_bytes(b"")  # the library takes any kind of key until it has to sign

    def acting_for(self, admin: str, scopes: tuple[str, ...]) -> Credentials:
        """Return google-auth's credentials for an administrator."""
        return self._credentials.with_scopes(scopes).with_subject(admin)


class SignIn:
    """Access tokens for one administrator, fetched when one is needed."""

    def __init__(self, account: ServiceAccount, admin: str, scopes: tuple[str, ...], wire: Wire) -> None:
        self._credentials = account.acting_for(admin, scopes)
        self._admin = admin
        self._wire = wire
        self._token = ""
        self._ends = 0.0

    def token(self) -> str:
        """Return an access token that holds for a while; raises ExportError."""
        if not self._token or self._wire.clock() > self._ends - _EARLY:
            self._credentials.refresh(self._request)
        return self._token

    def forget(self) -> None:
        """Fetch another token next time, because the last one was refused."""
        self._token = ""

    def _request(self, url: str, method: str, body: bytes, headers: Mapping[str, str], **_: object) -> _TokenResponse:
        """Send what google-auth signed: this is its `transport.Request`, over our own HTTP."""
        answer = self._wire.exchange(method, url, headers=headers, content=body)
        granted = self._granted(answer)
        self._token, self._ends = granted.access_token, self._wire.clock() + granted.expires_in
        return _TokenResponse(answer.status, answer.body)

    def _granted(self, answer: Answer) -> _Granted:
        """Return what the token endpoint granted; raises ExportError for a refusal and for what is no answer."""
        what = "token"
        if answer.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise ExportError.because(Reason.GOOGLE_SIGN_IN, address=self._admin, reply=_refusal(answer))
        if answer.status != HTTPStatus.OK:
            raise ExportError.because(Reason.GOOGLE_STATUS, what=what, status=answer.status, reply=_refusal(answer))
        if answer.is_web_page:
            raise ExportError.because(Reason.GOOGLE_ANSWER, what=what, detail="it is a web page")
        try:
            granted = msgspec.json.decode(answer.body, type=_Granted)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            granted = _Granted(access_token="", expires_in=0)
        if not _TOKEN.fullmatch(granted.access_token):
            # Without its cause and its content, which may hold a token after all.
            raise ExportError.because(Reason.GOOGLE_ANSWER, what=what, detail="it holds no access token") from None
        return granted


@dataclass(frozen=True, slots=True)
class _TokenResponse:
    """What google-auth reads of an answer (its `transport.Response`)."""

    status: int
    data: bytes


class _Granted(msgspec.Struct, frozen=True):
    """What the token endpoint answers (RFC 6749 section 5.1)."""

    access_token: str
    expires_in: int = 3600

    def __repr__(self) -> str:
        """Keep the token out of every log."""
        return "_Granted()"


class _Refusal(msgspec.Struct, frozen=True):
    """What it answers instead (RFC 6749 section 5.2)."""

    error: str = ""
    error_description: str = ""


def read_credentials(data: bytes, *, file: str, endpoints: Endpoints = Endpoints()) -> ServiceAccount:
    """Return the account of a key file; raises ExportError (CREDENTIALS_WRONG), which never says what is in it."""

    def wrong(detail: str) -> ExportError:
        return ExportError.because(Reason.CREDENTIALS_WRONG, file=file, detail=detail)

    if len(data) > CREDENTIALS_MAX_BYTES:
        raise wrong(f"it is larger than {CREDENTIALS_MAX_BYTES // 1024} KiB")
    try:
        text = checked_text(data, CREDENTIALS_MAX_BYTES, source=file)
        check_every_object(text, source=file)
        found = decoded(text, _File, source=file)
    except PolicyError:
        raise wrong("it is not JSON as Google Cloud writes keys") from None
    if found.type != "service_account":
        raise wrong("it is not the key of a service account")
    if found.universe_domain != "googleapis.com":
        raise wrong("its universe_domain is not googleapis.com")
    if found.token_uri not in _TOKEN_URIS | {endpoints.token}:
        raise wrong("its token_uri is not Google's, so that the sign-in would be sent to somebody else")
    info = {
        "client_email": found.client_email,
        "private_key": found.private_key,
        "private_key_id": found.private_key_id,
        "token_uri": endpoints.token,
    }
    try:
        return ServiceAccount(info)
    except Exception:  # noqa: BLE001 - whatever the libraries think of the key, their words may quote it
        raise wrong("its private_key is no RSA key in PEM form") from None


def _refusal(answer: Answer) -> str:
    try:
        found = msgspec.json.decode(answer.body, type=_Refusal)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""
    return readable(": ".join(filter(None, (found.error, found.error_description))))
