"""Where the policy document is fetched from: an HTTPS server or a file, with every failure as a closed reason."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urljoin, urlsplit

from app.address import Address, domain_to_ascii, has_hidden_characters
from app.authorities import trust_file
from app.errors import AddressError, PolicyError, Reason
from app.limited import call_with_limit
from app.ordinary_file import read_ordinary
from app.policy.document import MAX_BYTES
from app.profile import is_ip_address, is_loopback

if TYPE_CHECKING:
    import httpx2

__all__ = [
    "Fetched",
    "FilePolicySource",
    "HttpPolicySource",
    "MemoryPolicySource",
    "NotModified",
    "PolicySource",
    "email_sha256",
    "readable",
    "source_for",
    "tls_context",
    "tls_failure",
]

TIME_LIMIT = 20.0
"""Seconds a fetch may take in all, from the look-up of the name to the last byte."""
_REDIRECT_LIMIT = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ETAG_LIMIT = 256
_FOREIGN_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document as it came, not yet looked into."""

    data: bytes
    etag: str = ""
    server_time: datetime | None = None
    """The server's own clock (RFC 9110 section 6.6.1), where it tells it."""


@dataclass(frozen=True, slots=True)
class NotModified:
    """The source says that the document of the given ETag is still the current one."""

    server_time: datetime | None = None


class PolicySource(Protocol):
    """One place a policy document comes from."""

    @property
    def origin(self) -> str:
        """The URL or file, for people and as the key under which the last good copy is kept."""

    async def fetch(self, etag: str) -> Fetched | NotModified:
        """Return the document unless it is still the one of `etag`; raises PolicyError."""


def source_for(text: str, person: Address, ca_file: str = "") -> PolicySource:
    """Return the source that `text`, a URL or a file, names for `person`; raises PolicyError.

    `{email}`, `{email_sha256}` (SHA-256 in hex) and `{domain}` stand for the person's address, in lower case
    and percent-encoded, so that any static web server can serve one small file a user. HTTPS only; plain
    HTTP for hosts on this machine only. `ca_file` adds certificate authorities to the system's.
    """
    stripped = text.strip()
    if not stripped:
        raise PolicyError.because(Reason.POLICY_NO_SOURCE)
    values = {"email": str(person).lower(), "email_sha256": email_sha256(person), "domain": person.domain}
    expanded = stripped
    for name, value in values.items():
        expanded = expanded.replace(f"{{{name}}}", quote(value, safe=""))
    if has_hidden_characters(expanded) or "{" in expanded or "}" in expanded:
        raise PolicyError.because(Reason.POLICY_BAD_SOURCE, source=stripped)
    if "://" in expanded:
        return HttpPolicySource(_checked_url(expanded), ca_file)
    return FilePolicySource(Path(expanded).expanduser().absolute())


def email_sha256(person: Address) -> str:
    """Return what names a person's document without showing the address: its SHA-256 in hex, of lower case."""
    return hashlib.sha256(str(person).lower().encode()).hexdigest()


def _checked_url(url: str) -> str:
    """Return a URL the policy may be fetched from, its host as A-labels; raises PolicyError.

    A name or password in a URL would stand in the profile and the banner, so there is none.
    """
    bad = PolicyError.because(Reason.POLICY_BAD_SOURCE, source=url)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if not is_ip_address(host):
            host = domain_to_ascii(host)
    except (ValueError, AddressError) as error:
        raise bad from error
    if parts.username is not None or parts.password is not None or any(char.isspace() for char in url):
        raise bad
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise bad
    literal = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=literal if port is None else f"{literal}:{port}", fragment="").geturl()


class MemoryPolicySource:
    """A source that answers what it is told to: for tests, and for a policy preview."""

    def __init__(self, answer: bytes | PolicyError, origin: str = "memory") -> None:
        self.answer = answer
        self.fetches = 0
        self._origin = origin

    @property
    def origin(self) -> str:
        return self._origin

    async def fetch(self, etag: str) -> Fetched | NotModified:
        self.fetches += 1
        await asyncio.sleep(0)
        if isinstance(self.answer, PolicyError):
            raise self.answer
        current = f'"{hashlib.sha256(self.answer).hexdigest()}"'
        return NotModified() if etag == current else Fetched(self.answer, current)


class FilePolicySource:
    """A document in a file, read anew each time: written by an admin, or on a share."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def origin(self) -> str:
        return str(self._path)

    async def fetch(self, etag: str) -> Fetched | NotModified:  # noqa: ARG002 - a file has none
        try:
            return Fetched(await call_with_limit(self._read, TIME_LIMIT))  # a share may hang
        except TimeoutError as error:
            raise PolicyError.because(Reason.POLICY_TIMEOUT, host=self.origin, source=self.origin) from error
        except FileNotFoundError as error:
            raise PolicyError.because(Reason.POLICY_NOT_FOUND, source=self.origin) from error
        except OSError as error:
            detail = error.strerror or str(error)
            raise PolicyError.because(Reason.POLICY_UNREADABLE, source=self.origin, detail=detail) from error

    def _read(self) -> bytes:
        data = read_ordinary(self._path, MAX_BYTES)
        if len(data) > MAX_BYTES:
            raise PolicyError.because(Reason.POLICY_TOO_LARGE, source=self.origin)
        return data


class HttpPolicySource:
    """A document on a web server.

    Neither proxies nor `.netrc` nor certificate variables of the environment are used: whoever sets them
    would decide through whom the organisation's rules are read. The connection is made directly.
    """

    def __init__(self, url: str, ca_file: str = "") -> None:
        self._url = url
        self._host = urlsplit(url).hostname or ""
        self._ca_file = ca_file

    @property
    def origin(self) -> str:
        return self._url

    async def fetch(self, etag: str) -> Fetched | NotModified:
        # The library and the certificates take tens of milliseconds to load, so a thread does it.
        try:
            client = await call_with_limit(partial(_new_client, self._ca_file), TIME_LIMIT)
        except TimeoutError as error:  # they may be on a share that hangs
            raise PolicyError.because(Reason.POLICY_CA_UNREADABLE, file=self._ca_file) from error
        try:
            async with asyncio.timeout(TIME_LIMIT), client:
                return await self._follow(client, etag)
        except PolicyError:
            raise
        except Exception as error:
            raise _translated(error, self._url, self._host) from error

    async def _follow(self, client: httpx2.AsyncClient, etag: str) -> Fetched | NotModified:
        url = self._url
        for _ in range(_REDIRECT_LIMIT + 1):
            answer = await self._ask(client, url, etag)
            if not isinstance(answer, str):
                return answer
            url = answer
        raise self._failure(Reason.POLICY_REDIRECT, target=readable(url))

    async def _ask(self, client: httpx2.AsyncClient, url: str, etag: str) -> Fetched | NotModified | str:
        """Return the answer, or the URL it redirects to; raises PolicyError and what the library raises."""
        headers = {"If-None-Match": etag} if etag else {}
        async with client.stream("GET", url, headers=headers) as response:
            status, server_time = response.status_code, _date(response.headers.get("date", ""))
            if status in _REDIRECTS:
                return self._redirected(url, response.headers.get("location", ""))
            if status == HTTPStatus.NOT_MODIFIED and etag:
                return NotModified(server_time)
            self._check_status(status)
            data = await self._read(response)
            return Fetched(data, _storable_etag(response.headers.get("etag", "")), server_time)

    def _redirected(self, url: str, location: str) -> str:
        """Return where the server points to, if it is a place on the very same server."""
        try:
            target = urljoin(url, location)
            same = _server(target) == _server(url)
        except ValueError:
            same, target = False, location
        if not location or not same or has_hidden_characters(target):
            raise self._failure(Reason.POLICY_REDIRECT, target=readable(target))
        return target

    def _check_status(self, status: int) -> None:
        if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            raise self._failure(Reason.POLICY_NOT_FOUND)
        if status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED:  # the network's sign-in page (RFC 6585 section 6)
            raise self._failure(Reason.POLICY_HTML)
        if status != HTTPStatus.OK:
            raise self._failure(Reason.POLICY_HTTP_STATUS, status=status)

    async def _read(self, response: httpx2.Response) -> bytes:
        """Return the body as it is on the wire, cut off at the limit; compressed ones could unfold without end."""
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise self._failure(Reason.POLICY_NOT_JSON, detail="it is compressed")
        data = bytearray()
        try:
            async for chunk in response.aiter_raw():
                data += chunk
                if len(data) > MAX_BYTES:
                    # Leaving the loop would leave the library's generators to the garbage collector, which cannot
                    # end them on every event loop. Closed, the next read ends them.
                    await response.aclose()
        except Exception:
            if len(data) <= MAX_BYTES:
                raise
        if len(data) > MAX_BYTES:
            raise self._failure(Reason.POLICY_TOO_LARGE)
        if data.lstrip()[:1] == b"<" or response.headers.get("content-type", "").lower().startswith("text/html"):
            raise self._failure(Reason.POLICY_HTML)
        return bytes(data)

    def _failure(self, reason: Reason, **facts: object) -> PolicyError:
        return PolicyError.because(reason, source=self._url, host=self._host, **facts)


def _server(url: str) -> tuple[str, str, int | None]:
    """Return what makes a server the very same one (RFC 6454 section 4); with a user name none is."""
    parts = urlsplit(url)
    host = parts.hostname if parts.username is None else None
    return parts.scheme, host or url, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _new_client(ca_file: str) -> httpx2.AsyncClient:
    """Return a client without memory: no cookies, no redirects, nothing from the environment."""
    import httpx2

    return httpx2.AsyncClient(
        verify=tls_context(ca_file),
        trust_env=False,
        follow_redirects=False,
        timeout=TIME_LIMIT,
        headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Absender"},
    )


def tls_context(ca_file: str) -> ssl.SSLContext:
    """Return a context that verifies, from TLS 1.2 on; raises PolicyError for an unreadable CA file."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # create_default_context sets it from SSLKEYLOGFILE: whoever sets that could read along.
    context.keylog_filename = None  # type: ignore[assignment]  # typeshed knows only the getter's type
    if ca_file:
        try:
            trust_file(context, ca_file)
        except OSError as error:
            raise PolicyError.because(Reason.POLICY_CA_UNREADABLE, file=ca_file) from error
    return context


def _translated(error: Exception, url: str, host: str) -> PolicyError:
    """Return the reason for what the HTTP library raised; raises what is a bug of ours.

    The one place that knows the library's exceptions; a test walks all of them.
    """
    import httpx2

    if tls := tls_failure(error):
        detail = getattr(tls, "verify_message", "") or tls.reason or str(tls)
        return PolicyError.because(Reason.POLICY_TLS, source=url, host=host, detail=readable(detail))
    match error:
        case TimeoutError() | httpx2.TimeoutException():
            return PolicyError.because(Reason.POLICY_TIMEOUT, source=url, host=host)
        case httpx2.TooManyRedirects():
            return PolicyError.because(Reason.POLICY_REDIRECT, source=url, host=host, target="")
        case httpx2.UnsupportedProtocol() | httpx2.InvalidURL():
            return PolicyError.because(Reason.POLICY_BAD_SOURCE, source=url)
        case httpx2.HTTPStatusError():
            status = error.response.status_code
            return PolicyError.because(Reason.POLICY_HTTP_STATUS, source=url, host=host, status=status)
        case httpx2.DecodingError():
            return PolicyError.because(Reason.POLICY_NOT_JSON, source=url, host=host, detail=readable(str(error)))
        case httpx2.HTTPError() | OSError():
            return PolicyError.because(Reason.POLICY_UNREACHABLE, source=url, host=host)
        case _:
            raise error


def tls_failure(error: BaseException) -> ssl.SSLError | None:
    """Return the TLS failure behind `error`; the library wraps it twice.

    That TLS waits for more data is an error too, and in the context of every timeout, but no failure.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError) and not isinstance(seen, ssl.SSLWantReadError | ssl.SSLWantWriteError):
            return seen
        seen = seen.__cause__ or seen.__context__
    return None


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _storable_etag(etag: str) -> str:
    """Return an ETag that can be sent back as it is, else none (RFC 9110 section 8.8.3)."""
    return etag if etag.isascii() and etag.isprintable() and len(etag) <= _ETAG_LIMIT else ""


def readable(text: str) -> str:
    """Return foreign text shortened, and without characters that disguise or break lines."""
    shown = "".join("\ufffd" if has_hidden_characters(char) else char for char in text[:_FOREIGN_LIMIT])
    return shown if len(text) <= _FOREIGN_LIMIT else f"{shown}…"
