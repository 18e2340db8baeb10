"""The token endpoint's answers: what is granted, and a reason for everything else, with no secret in it."""

import asyncio
import base64
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

import app.sign_in.token_endpoint as module
from app.errors import Problem, Reason, SignInError
from app.sign_in.token_endpoint import Granted, redeem_code, refresh
from app.storage.keychain import Secret
from tests.canary import MARK, found_in
from tests.servers.authorization import AuthorizationServer, Handler, Reply

TOKENS = {"access_token": "abc", "token_type": "Bearer", "expires_in": 1800, "refresh_token": "def"}
REFRESH = Secret(f"{MARK}-refresh")
OWN = Secret(f"{MARK}-client")


async def granted(server: AuthorizationServer, reply: Callable[[Handler], None]) -> Granted:
    server.script("token", reply)
    return await refresh(server.client(), REFRESH, client_secret=OWN)


async def refused(server: AuthorizationServer, reply: Callable[[Handler], None]) -> SignInError:
    with pytest.raises(SignInError) as caught:
        await granted(server, reply)
    return caught.value


def read(status: int, body: dict[str, object] | bytes) -> Granted | Problem:
    """Return what is made of an answer, without a server."""
    reply = Reply(status, body)
    answer = module._Answer("localhost", status, "", reply.body)
    return module._granted(answer) or module._problem(answer, Reason.SIGN_IN_ENDED)


async def test_what_is_granted_is_returned(server: AuthorizationServer) -> None:
    assert await granted(server, Reply(200, TOKENS)) == Granted(Secret("abc"), 1800.0, Secret("def"))
    assert server.asked["token"] == [
        {
            "grant_type": "refresh_token",
            "refresh_token": REFRESH.reveal(),
            "client_id": "absender",
            "client_secret": OWN.reveal(),
        }
    ]


async def test_an_administrators_secret_counts_before_a_persons_own(server: AuthorizationServer) -> None:
    server.client_secret = "des-administrators"
    server.script("token", Reply(200, TOKENS))
    await refresh(replace(server.client(), client_secret="des-administrators"), REFRESH, client_secret=OWN)
    assert server.asked["token"][0]["client_secret"] == "des-administrators"


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        (3599, 3599.0),
        ("1800", 1800.0),
        (10**9, 3600.0),
        (0, 0.0),
        (-1, 0.0),
        (1.5, 1.5),
        (None, 300.0),
        ("soon", 300.0),
        ("", 300.0),
        ("nan", 300.0),
        ("inf", 3600.0),
        ([], 300.0),
        ({}, 300.0),
        (10**400, 300.0),
    ],
)
def test_how_long_a_token_holds_is_believed_with_reason(stated: object, seconds: float) -> None:
    found = read(200, {**TOKENS, "expires_in": stated})
    assert isinstance(found, Granted)
    assert found.seconds == seconds


async def test_a_token_that_says_nothing_of_its_end_holds_five_minutes(server: AuthorizationServer) -> None:
    answer = {"access_token": "abc", "token_type": "bearer", "scope": "smtp", "id_token": "a.b.c", "new": [1]}
    assert await granted(server, Reply(200, answer)) == Granted(Secret("abc"), 300.0, None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"access_token": "abc"}',
        b'{"access_token": 1, "token_type": "Bearer"}',
        b'{"access_token": "", "token_type": "Bearer"}',
        b'{"access_token": "a b", "token_type": "Bearer"}',
        b'{"access_token": "a\\r\\nRCPT TO:<x@y.example>", "token_type": "Bearer"}',
        b'{"access_token": "\xc3\xa4", "token_type": "Bearer"}',
        b'{"access_token": "abc", "token_type": "mac"}',
        b'{"access_token": "abc", "token_type": "Bearer", "refresh_token": "a b"}',
        b'{"access_token": "abc", "token_type": "Bearer", "refresh_token": 1}',
        b'{"access_token": "abc", "access_token": "abd", "token_type": "Bearer"}',
        b'{"access_token": "abc", "token_type": "Bearer", "x": {"y": 1, "y": 2}}',
        b'{"access_token": "abc", "token_type": "Bearer", "x": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b"access_token=abc&token_type=Bearer",
        b'\xff\xfe{\x00"\x00',
        b'{"access_token": "abc", "token_type": "Bearer"',
        b"<html><title>WLAN</title>Please sign in</html>",
        b" " * 70_000,
    ],
    ids=lambda body: repr(body[-60:])[2:-1],
)
def test_an_answer_that_is_none_is_named(body: bytes) -> None:
    problem = read(200, body)
    assert isinstance(problem, Problem)
    assert problem.reason is Reason.SIGN_IN_ANSWER
    assert ("web page" in problem.fact("detail")) is (body[:1] == b"<")


def without_end(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    while True:
        handler.wfile.write(b"1000\r\n" + b" " * 4096 + b"\r\n")


async def test_an_answer_without_end_is_cut_off(server: AuthorizationServer) -> None:
    assert (await refused(server, without_end)).problem.reason is Reason.SIGN_IN_ANSWER


def drop_by_drop(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "60")
    handler.end_headers()
    for _ in range(60):
        handler.wfile.write(b" ")
        time.sleep(0.01)


async def test_an_answer_that_comes_drop_by_drop_has_a_limit(
    server: AuthorizationServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SECONDS", 0.2)
    assert (await refused(server, drop_by_drop)).problem.reason is Reason.SIGN_IN_TIMEOUT


def half(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"access_token"')
    handler.close_connection = True


async def test_an_answer_that_breaks_off_is_no_answer(server: AuthorizationServer) -> None:
    assert (await refused(server, half)).problem.reason is Reason.SIGN_IN_UNREACHABLE


@pytest.mark.parametrize("status", [302, 307])
async def test_a_redirect_is_not_followed_with_the_secrets(server: AuthorizationServer, status: int) -> None:
    reply = Reply(status, b"", Location=f"{server.url}/token")
    assert (await refused(server, reply)).problem.reason is Reason.SIGN_IN_STATUS
    assert len(server.asked["token"]) == 1


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, {"error": "invalid_grant"}, Reason.SIGN_IN_ENDED),
        (400, {"error": "interaction_required"}, Reason.SIGN_IN_ENDED),
        (400, {"error": "invalid_request", "error_description": "client_secret is missing."}, Reason.SIGN_IN_FAILED),
        (400, {"error": "invalid_scope"}, Reason.SIGN_IN_FAILED),
        (400, {"error": "unsupported_grant_type"}, Reason.SIGN_IN_FAILED),
        (401, {"error": "invalid_client"}, Reason.SIGN_IN_CLIENT_REFUSED),
        (400, {"error": "unauthorized_client"}, Reason.SIGN_IN_CLIENT_REFUSED),
        (400, {"error": "temporarily_unavailable"}, Reason.SIGN_IN_STATUS),
        (400, {"error": "slow_down"}, Reason.SIGN_IN_STATUS),
        (429, {"error": "invalid_grant"}, Reason.SIGN_IN_STATUS),
        (503, {"error": "invalid_client"}, Reason.SIGN_IN_STATUS),
        (400, {"error": 7}, Reason.SIGN_IN_STATUS),
        (400, b"<html>Bad request</html>", Reason.SIGN_IN_STATUS),
        (401, b"", Reason.SIGN_IN_STATUS),
        (403, b"blocked", Reason.SIGN_IN_STATUS),
        (500, b"", Reason.SIGN_IN_STATUS),
        (201, TOKENS, Reason.SIGN_IN_STATUS),
        (400, b'{"error": "invalid_grant", "error": "server_error"}', Reason.SIGN_IN_STATUS),
    ],
)
def test_every_refusal_has_its_reason(status: int, body: dict[str, object] | bytes, reason: Reason) -> None:
    problem = read(status, body)
    assert isinstance(problem, Problem)
    assert problem.reason is reason
    assert problem.fact("host") == "localhost"


@pytest.mark.parametrize("reply", [Reply(200, b"<html>"), Reply(200, b"{}", Content_Type="text/html")])
async def test_the_answer_counts_and_not_what_it_is_called(server: AuthorizationServer, reply: Reply) -> None:
    assert (await refused(server, reply)).problem.reason is Reason.SIGN_IN_ANSWER
    named = Reply(200, TOKENS, Content_Type="text/plain")
    assert (await granted(server, named)).access_token == Secret("abc")


async def test_a_servers_words_are_bounded_and_readable(server: AuthorizationServer) -> None:
    reply = Reply(400, {"error": "invalid_grant", "error_description": "\u202eübel\n" + "x" * 5000})
    words = (await refused(server, reply)).problem.fact("reply")
    assert words.startswith("invalid_grant: \ufffdübel\ufffdxxx")
    assert len(words) == 201


@pytest.mark.parametrize("secret", [REFRESH.reveal(), OWN.reveal()])
@pytest.mark.parametrize("before", ["", "x" * 170], ids=["short", "cut in the middle"])
async def test_a_servers_words_hold_nothing_that_it_was_sent(
    server: AuthorizationServer, secret: str, before: str
) -> None:
    said = f"{before} no such token: {secret} ({base64.b64encode(secret.encode()).decode()})"
    facts = (await refused(server, Reply(400, {"error": "invalid_grant", "error_description": said}))).problem.facts
    assert "no such token" in facts["reply"]
    assert not found_in(str(facts))
    assert secret[:12] not in str(facts)


async def test_a_token_in_the_place_of_its_kind_is_not_repeated(server: AuthorizationServer) -> None:
    reply = Reply(200, {**TOKENS, "token_type": f"{MARK}-token"})
    problem = (await refused(server, reply)).problem
    assert problem.reason is Reason.SIGN_IN_ANSWER
    assert not found_in(str(problem.facts))


@pytest.mark.parametrize(
    ("said", "wait"),
    [("7", 7), (" 7 ", 7), ("99999", 900), ("0", 0), ("-5", 0), ("soon", 0), ("٧", 0), ("9" * 5000, 0), ("", 0)],
)
def test_how_long_to_leave_it_alone_is_bounded(said: str, wait: int) -> None:
    assert module._wait(said) == wait


async def test_how_long_to_leave_it_alone_is_taken_down(server: AuthorizationServer) -> None:
    assert (await refused(server, Reply(429, b"", Retry_After="7"))).problem.fact("wait") == "7"
    assert (await refused(server, Reply(500, b""))).problem.fact("wait") == ""


async def test_a_code_that_is_refused_is_a_failed_sign_in(server: AuthorizationServer) -> None:
    with pytest.raises(SignInError) as caught:
        await redeem_code(server.client(), REFRESH, verifier=OWN, redirect_uri="http://127.0.0.1:1")
    assert caught.value.problem.reason is Reason.SIGN_IN_FAILED
    assert caught.value.problem.fact("reply") == "invalid_grant: so says the server"


async def test_a_server_of_another_authority_gets_nothing(server: AuthorizationServer, tmp_path: Path) -> None:
    other = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    for file in ("", str(other)):
        with pytest.raises(SignInError) as caught:
            await refresh(replace(server.client(), ca_file=file), REFRESH)
        assert caught.value.problem.reason is Reason.SIGN_IN_TLS
    assert server.asked["token"] == []


async def test_a_certificate_for_another_name_is_none(server: AuthorizationServer) -> None:
    elsewhere = server.client().token_endpoint.replace("localhost", "127.0.0.1")
    with pytest.raises(SignInError) as caught:
        await refresh(replace(server.client(), token_endpoint=elsewhere), REFRESH)
    assert caught.value.problem.reason is Reason.SIGN_IN_TLS


async def test_a_file_with_authorities_that_is_not_there_is_named(server: AuthorizationServer) -> None:
    with pytest.raises(SignInError) as caught:
        await refresh(replace(server.client(), ca_file="/nowhere/ca.pem"), REFRESH)
    assert caught.value.problem.reason is Reason.SIGN_IN_CA_UNREADABLE
    assert caught.value.problem.fact("file") == "/nowhere/ca.pem"


async def test_nobody_there_is_unreachable(server: AuthorizationServer) -> None:
    with pytest.raises(SignInError) as caught:
        await refresh(replace(server.client(), token_endpoint="https://localhost:1/token"), REFRESH)
    assert caught.value.problem.reason is Reason.SIGN_IN_UNREACHABLE


@pytest.mark.parametrize("address", ["http://sso.beispiel.example/token", "ftp://localhost/token", ""])
async def test_no_secret_goes_to_an_address_that_is_not_safe(server: AuthorizationServer, address: str) -> None:
    with pytest.raises(SignInError) as caught:
        await refresh(replace(server.client(), token_endpoint=address), REFRESH)
    assert caught.value.problem.reason is Reason.SIGN_IN_FAILED


async def test_the_environment_decides_nothing(server: AuthorizationServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    monkeypatch.setenv("NETRC", "/nowhere")
    assert (await granted(server, Reply(200, TOKENS))).access_token == Secret("abc")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(400, {"error": "invalid_grant"}),
        Reply(200, {**TOKENS, "access_token": f"{MARK}-token", "token_type": "mac"}),
        Reply(200, {**TOKENS, "access_token": f"{MARK}-token", "refresh_token": "a b"}),
        Reply(200, b"<html>"),
        half,
    ],
)
async def test_an_error_holds_no_secret_not_even_in_its_frames(
    server: AuthorizationServer, reply: Callable[[Handler], None]
) -> None:
    error = await refused(server, reply)
    assert error.__cause__ is error.__context__ is None
    shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    parts = shown.split("  File ")
    own = [each for each in parts if "/app/sign_in/" in each and "/tests/" not in each.partition("\n")[0]]
    assert len(own) == 2
    assert [each for each in own if found_in(each)] == []


async def test_what_is_cancelled_ends_at_once(server: AuthorizationServer) -> None:
    def slowly(handler: Handler) -> None:
        time.sleep(0.3)
        handler.reply(200, b"")

    server.script("token", slowly)
    asking = asyncio.create_task(refresh(server.client(), REFRESH))
    while not server.asked["token"]:  # noqa: ASYNC110 - the server is in a thread of its own
        await asyncio.sleep(0.005)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


@settings(max_examples=50)
@given(st.binary(max_size=200) | st.recursive(st.none() | st.text(max_size=9), st.lists).map(repr).map(str.encode))
def test_no_answer_is_too_strange_for_a_reason(body: bytes) -> None:
    for status in (200, 400):
        answer = module._Answer("sso.beispiel.example", status, "", body)
        found = module._granted(answer) or module._problem(answer, Reason.SIGN_IN_ENDED)
        assert not isinstance(found, Granted)
        assert found.reason.startswith("sign-in-")


def test_every_error_of_the_library_has_a_reason() -> None:
    kinds = [each for each in vars(httpx2).values() if isinstance(each, type) and issubclass(each, httpx2.HTTPError)]
    assert len(kinds) > 10
    request = httpx2.Request("POST", "https://sso.beispiel.example/token")
    for kind in kinds:
        error = kind.__new__(kind)
        Exception.__init__(error, "x")
        error._request = request
        problem = module._translated(error, "sso.beispiel.example", "")
        assert problem is not None
        assert problem.reason in {Reason.SIGN_IN_UNREACHABLE, Reason.SIGN_IN_TIMEOUT, Reason.SIGN_IN_ANSWER}
    assert module._translated(KeyError("x"), "", "") is None
