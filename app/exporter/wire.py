"""One request to Google and its answer: over verified TLS, tried again where that can help, and of limited size.

Google asks clients to wait and try again after 429 and 5xx, as long as `Retry-After` says where it says so
(cloud.google.com/apis/design/errors, RFC 9110 section 10.2.3).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import msgspec

from app.errors import ExportError, Reason
from app.policy.source import readable, tls_context, tls_failure

if TYPE_CHECKING:
    import httpx2

__all__ = ["ANSWER_LIMIT", "Answer", "Wire", "error_of", "is_busy"]

TIME_LIMIT = 60.0
"""Seconds until an answer has to begin, and between its parts."""
ANSWER_LIMIT = 64 * 1024 * 1024
"""Bytes of one answer; a page of 500 users takes 1 MB with every field there is."""
_WAITS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""Seconds between the tries of a request; a quota a minute is over within them."""
_LONGEST_WAIT = 300.0
_NETWORK_TRIES = 3
"""How often a server that does not answer is asked again; somebody may wait for the command without a network."""
_BUSY = frozenset({429, 500, 502, 503, 504})
_QUOTA_REASONS = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"})
"""What the Directory API calls too many requests, with status 403 (its guide to errors)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    is_web_page: bool = False
    retry_after: float | None = None
    """Seconds the server asks to wait."""


class _ErrorDetail(msgspec.Struct, frozen=True):
    """One of an error's details in the older form."""

    reason: str = ""


class _ErrorBody(msgspec.Struct, frozen=True):
    """What stands in `error` (cloud.google.com/apis/design/errors#http_mapping)."""

    message: str = ""
    status: str = ""
    errors: tuple[_ErrorDetail, ...] = ()


class _ErrorAnswer(msgspec.Struct, frozen=True):
    """The body of an answer that says what failed."""

    error: _ErrorBody = _ErrorBody()


class Wire:
    """Sends requests one after the other, as a context manager; `sleep` and `clock` are those of `time`."""

    def __init__(
        self,
        *,
        ca_file: str = "",
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._ca_file = ca_file
        self.clock = clock
        self.sleep = sleep

    def __enter__(self) -> Self:
        import httpx2

        self._client = httpx2.Client(
            verify=tls_context(self._ca_file),
            trust_env=False,
            follow_redirects=False,
            timeout=TIME_LIMIT,
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Absender"},
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def exchange(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Answer:
        """Return the answer to a request that may be repeated; the last one where all of them ask to come again.

        Raises ExportError for a server that cannot be reached, or not securely.
        """
        for number, wait in enumerate(_WAITS, 1):
            try:
                answer = self._once(method, url, params, headers, content)
            except ExportError as error:
                if number > _NETWORK_TRIES or error.problem.reason is Reason.GOOGLE_TLS:
                    raise
                self.sleep(wait)
            else:
                if not is_busy(answer):
                    return answer
                self.sleep(max(wait, min(answer.retry_after or 0.0, _LONGEST_WAIT)))
        return self._once(method, url, params, headers, content)

    def _once(
        self,
        method: str,
        url: str,
        params: Mapping[str, str | int] | None,
        headers: Mapping[str, str] | None,
        content: bytes | None,
    ) -> Answer:
        try:
            with self._client.stream(method, url, params=params, headers=headers, content=content) as response:
                return _read(response)
        except Exception as error:  # noqa: BLE001 - what is no failure of the network is raised again
            # Without its cause: what the library raises may hold the request and its headers.
            raise _translated(error, urlsplit(url).hostname or "") from None


def error_of(answer: Answer) -> str:
    """Return Google's own words for what failed, shortened; empty where it sent none."""
    try:
        found = msgspec.json.decode(answer.body, type=_ErrorAnswer).error
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""
    return readable(f"{found.status}: {found.message}" if found.status and found.message else found.message)


def is_busy(answer: Answer) -> bool:
    """Whether the server asks to come again later, or has failed in a way that may pass."""
    if answer.status in _BUSY:
        return True
    if answer.status != HTTPStatus.FORBIDDEN:
        return False
    try:
        error = msgspec.json.decode(answer.body, type=_ErrorAnswer).error
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return any(detail.reason in _QUOTA_REASONS for detail in error.errors)


def _read(response: httpx2.Response) -> Answer:
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > ANSWER_LIMIT:
            raise _TooLargeError
    is_page = body.lstrip()[:1] == b"<" or response.headers.get("content-type", "").lower().startswith("text/html")
    return Answer(response.status_code, bytes(body), is_page, _retry_after(response.headers.get("retry-after", "")))


def _retry_after(text: str) -> float | None:
    """Return the seconds to wait: a number, or a date (RFC 9110 section 10.2.3)."""
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return (moment - datetime.now(UTC)).total_seconds() if moment.tzinfo else None


class _TooLargeError(Exception):
    """The answer is longer than any that is meant."""


def _translated(error: Exception, host: str) -> ExportError:
    """Return the reason for what the HTTP library raised; raises what is a bug of ours."""
    import httpx2

    if tls := tls_failure(error):
        detail = getattr(tls, "verify_message", "") or tls.reason or str(tls)
        return ExportError.because(Reason.GOOGLE_TLS, host=host, detail=readable(detail))
    match error:
        case _TooLargeError():
            return ExportError.because(Reason.GOOGLE_ANSWER, what=host, detail="it is larger than any page")
        case TimeoutError() | httpx2.TimeoutException():
            return ExportError.because(Reason.GOOGLE_TIMEOUT, host=host)
        case httpx2.RemoteProtocolError():
            return ExportError.because(Reason.GOOGLE_ANSWER, what=host, detail="it was cut off")
        case httpx2.HTTPError() | OSError():
            return ExportError.because(Reason.GOOGLE_UNREACHABLE, host=host)
        case _:
            raise error
