"""The HTTP library: loaded late, and its errors translated, all of them."""

import subprocess
import sys

import httpx2
import pytest

from app.errors import Reason
from app.policy import source as source_module
from tests.app.policy.documents import data, gateway_policy

DOCUMENT = data(gateway_policy(True))


def _library_errors() -> list[type[Exception]]:
    named = [getattr(httpx2, name) for name in httpx2.__all__]
    return [each for each in named if isinstance(each, type) and issubclass(each, Exception)]


REASONS: dict[type[Exception], Reason | None] = {
    httpx2.HTTPError: Reason.POLICY_UNREACHABLE,
    httpx2.RequestError: Reason.POLICY_UNREACHABLE,
    httpx2.TransportError: Reason.POLICY_UNREACHABLE,
    httpx2.TimeoutException: Reason.POLICY_TIMEOUT,
    httpx2.ConnectTimeout: Reason.POLICY_TIMEOUT,
    httpx2.ReadTimeout: Reason.POLICY_TIMEOUT,
    httpx2.WriteTimeout: Reason.POLICY_TIMEOUT,
    httpx2.PoolTimeout: Reason.POLICY_TIMEOUT,
    httpx2.NetworkError: Reason.POLICY_UNREACHABLE,
    httpx2.ConnectError: Reason.POLICY_UNREACHABLE,
    httpx2.ReadError: Reason.POLICY_UNREACHABLE,
    httpx2.WriteError: Reason.POLICY_UNREACHABLE,
    httpx2.CloseError: Reason.POLICY_UNREACHABLE,
    httpx2.ProtocolError: Reason.POLICY_UNREACHABLE,
    httpx2.LocalProtocolError: Reason.POLICY_UNREACHABLE,
    httpx2.RemoteProtocolError: Reason.POLICY_UNREACHABLE,
    httpx2.ProxyError: Reason.POLICY_UNREACHABLE,
    httpx2.UnsupportedProtocol: Reason.POLICY_BAD_SOURCE,
    httpx2.InvalidURL: Reason.POLICY_BAD_SOURCE,
    httpx2.DecodingError: Reason.POLICY_NOT_JSON,
    httpx2.SSEError: Reason.POLICY_UNREACHABLE,
    httpx2.TooManyRedirects: Reason.POLICY_REDIRECT,
    httpx2.HTTPStatusError: Reason.POLICY_HTTP_STATUS,
    # A mistake in the use of the library: a bug of ours, which is not to be called the network's.
    httpx2.CookieConflict: None,
    httpx2.StreamError: None,
    httpx2.StreamConsumed: None,
    httpx2.StreamClosed: None,
    httpx2.ResponseNotRead: None,
    httpx2.RequestNotRead: None,
}


def _example(kind: type[Exception]) -> Exception:
    request = httpx2.Request("GET", "https://policy.example/")
    if issubclass(kind, httpx2.HTTPStatusError):
        return kind("no", request=request, response=httpx2.Response(418))
    made_for = {httpx2.StreamConsumed, httpx2.StreamClosed, httpx2.ResponseNotRead, httpx2.RequestNotRead}
    return kind() if kind in made_for else kind("no")


@pytest.mark.parametrize("kind", _library_errors(), ids=lambda kind: kind.__name__)
def test_every_error_of_the_library_has_its_reason(kind: type[Exception]) -> None:
    error = _example(kind)
    reason = REASONS[kind]
    if reason is None:
        with pytest.raises(kind):
            source_module._translated(error, "https://policy.example/", "policy.example")
    else:
        found = source_module._translated(error, "https://policy.example/", "policy.example")
        assert found.problem.reason is reason


def test_the_library_is_not_loaded_before_it_is_needed() -> None:
    code = "import sys; import app.policy.watch; print(any(m.split('.')[0] in ('httpx2', 'idna') for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False"
