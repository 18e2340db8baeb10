"""Signing in with the browser: what is asked for, what comes back, and what each ends in."""

import asyncio
import base64
import gc
import hashlib
import html
import logging
import socket
import ssl
import traceback
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

import app.sign_in.loopback as module
from app.errors import Reason, SignInError
from app.oauth_client import OAuthClient, RedirectHost
from app.sign_in.browser import BrowserWords, SignedIn, sign_in_with_browser
from app.storage.keychain import Secret
from tests.canary import canary, found_in
from tests.servers.authorization import AuthorizationServer, Browser, Reply

WORDS = BrowserWords("Absender", "Sie sind angemeldet <1>.", "Daraus wurde nichts & nichts.", "de")
USERNAME = "nutzer@beispiel.example"


async def signed_in(client: OAuthClient, show: Callable[[str], None], secret: Secret | None = None) -> SignedIn:
    async with asyncio.timeout(10):
        return await sign_in_with_browser(client, USERNAME, show=show, words=WORDS, client_secret=secret)


async def refused(client: OAuthClient, show: Callable[[str], None], secret: Secret | None = None) -> SignInError:
    with pytest.raises(SignInError) as caught:
        await signed_in(client, show, secret)
    return caught.value


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def is_free(redirect_uri: str) -> bool:
    """Whether nobody listens any more where the browser was sent to."""
    port = urlsplit(redirect_uri).port
    addresses = [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
    for family, address in addresses:
        with socket.socket(family) as tried:
            if tried.connect_ex((address, port)) == 0:
                return False
    return True


@pytest.mark.parametrize("redirect_host", RedirectHost)
async def test_a_sign_in_leads_to_tokens_and_a_permission_for_this_client(
    server: AuthorizationServer, browser: Browser, redirect_host: RedirectHost
) -> None:
    client = server.client(redirect_host=redirect_host)
    done = await signed_in(client, browser.open)
    assert server.accepts(done.granted.access_token.reveal())
    assert done.grant.is_for(client)
    assert done.grant.client_secret is None
    assert (await browser.closed()).shown[0].status_code == 200
    redirect_uri = query_of(browser.asked[0])["redirect_uri"]
    assert redirect_uri.startswith(f"{client.redirect_uri}:")
    assert is_free(redirect_uri)


async def test_what_is_asked_for_is_in_the_address_and_the_verifier_is_not(
    server: AuthorizationServer, browser: Browser
) -> None:
    await signed_in(server.client(), browser.open)
    asked, redeemed = query_of(browser.asked[0]), server.asked["token"][0]
    assert asked["login_hint"] == USERNAME
    assert asked["scope"] == "smtp offline_access"
    digest = hashlib.sha256(redeemed["code_verifier"].encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert redeemed["code_verifier"] not in browser.asked[0]
    assert redeemed["redirect_uri"] == asked["redirect_uri"]


async def test_no_two_requests_share_state_verifier_or_port(server: AuthorizationServer, browser: Browser) -> None:
    await asyncio.gather(signed_in(server.client(), browser.open), signed_in(server.client(), browser.open))
    for name in ("state", "code_challenge", "redirect_uri"):
        assert len({query_of(address)[name] for address in browser.asked}) == 2


async def test_the_query_of_an_address_stays(server: AuthorizationServer, browser: Browser) -> None:
    client = replace(server.client(), authorization_endpoint=f"{server.url}/authorize?login_hint=x&hd=a%20b")
    await signed_in(client, browser.open)
    assert browser.asked[0].startswith(f"{server.url}/authorize?login_hint=x&hd=a%20b&response_type=code&")
    assert server.asked["authorize"][0]["login_hint"] == "x"


async def test_google_is_asked_for_what_lasts() -> None:
    shown = asyncio.Queue[str]()
    client = OAuthClient("Google", "x", "https://accounts.google.com/o/oauth2/v2/auth", "https://x.example", ("a",), ())
    asking = asyncio.create_task(signed_in(client, shown.put_nowait))
    assert query_of(await shown.get())["access_type"] == "offline"
    asking.cancel()
    await asyncio.wait([asking])


@pytest.mark.parametrize(
    "address",
    [
        "http://sso.beispiel.example/authorize",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://sso.beispiel.example/?state=1",
        "https://nutzer@sso.beispiel.example/",
        "",
    ],
)
async def test_no_browser_is_led_to_an_address_that_is_not_safe(address: str) -> None:
    shown: list[str] = []
    client = OAuthClient("x", "x", address, "https://sso.beispiel.example/token", ("smtp",), ())
    assert (await refused(client, shown.append)).problem.reason is Reason.SIGN_IN_FAILED
    assert shown == []


@pytest.mark.parametrize("redirect_host", RedirectHost)
async def test_the_last_page_keeps_nothing_and_asks_nobody(
    server: AuthorizationServer, browser: Browser, redirect_host: RedirectHost
) -> None:
    await signed_in(server.client(redirect_host=redirect_host), browser.open)
    page = (await browser.closed()).shown[0]
    assert page.url.query == b""
    assert page.headers["cache-control"] == "no-store"
    for answer in (page, page.history[-1]):
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; ")
        assert "unsafe" not in answer.headers["content-security-policy"]
    assert '<html lang="de"' in page.text
    assert html.escape(WORDS.done) in page.text
    assert WORDS.done not in page.text
    style = page.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in page.headers["content-security-policy"]
    assert "prefers-color-scheme: dark" in style
    for foreign in ("<script", "http:", "https:", "url("):
        assert foreign not in page.text


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("access_denied", Reason.SIGN_IN_DECLINED),
        ("temporarily_unavailable", Reason.SIGN_IN_FAILED),
        ("server_error", Reason.SIGN_IN_FAILED),
        ("invalid_scope", Reason.SIGN_IN_FAILED),
        ("unauthorized_client", Reason.SIGN_IN_CLIENT_REFUSED),
        ("unsupported_response_type", Reason.SIGN_IN_FAILED),
        ("something_new", Reason.SIGN_IN_FAILED),
    ],
)
async def test_an_error_is_told_in_the_servers_words_and_the_browser_says_so(
    server: AuthorizationServer, browser: Browser, error: str, reason: Reason
) -> None:
    server.declines = error
    problem = (await refused(server.client(), browser.open)).problem
    assert problem.reason is reason
    assert problem.fact("reply") == f"{error}: so says the server"
    assert problem.fact("host") == "localhost"
    assert html.escape(WORDS.declined) in (await browser.closed()).shown[0].text
    assert server.asked["token"] == []


def brings(**parameters: str) -> Callable[[OAuthClient, Browser], Callable[[str], None]]:
    """Return who sends the browser back with these parameters, whatever the server would do."""

    def make(client: OAuthClient, browser: Browser) -> Callable[[str], None]:
        def show(address: str) -> None:
            asked = query_of(address)
            rest = "".join(f"&{name}={value}" for name, value in parameters.items())
            browser.open(f"{asked['redirect_uri']}/?state={asked['state']}{rest}")

        return show

    return make


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"code": ""},
        {"code": "%C3%A4"},
        {"code": "a%0Ab"},
        {"code": "x" * 8193},
        {"code": "one&code=two"},
        {"code": "one", "error": "", "error_description": "a&error_description=b"},
        {"code": "one", "iss": "https://evil.example"},
        {"code": "one", "iss": "x&iss=y"},
        {"error": "%E2%80%AEevil", "error_description": "x" * 4000},
    ],
)
async def test_an_answer_that_is_none_ends_the_sign_in_and_is_not_redeemed(
    server: AuthorizationServer, browser: Browser, parameters: dict[str, str]
) -> None:
    client = server.client()
    problem = (await refused(client, brings(**parameters)(client, browser))).problem
    assert problem.reason is Reason.SIGN_IN_FAILED
    assert len(problem.fact("reply")) <= 201
    assert "\u202e" not in problem.fact("reply")
    assert server.asked["token"] == []


@pytest.mark.parametrize(("says", "knows"), [("", True), ("https://other.example", False), ("", False)])
async def test_an_issuer_is_compared_where_both_are_known(
    server: AuthorizationServer, browser: Browser, says: str, knows: bool
) -> None:
    server.issuer = says
    client = server.client() if knows else replace(server.client(), issuer="")
    assert server.accepts((await signed_in(client, browser.open)).granted.access_token.reveal())


async def test_a_sign_in_that_does_not_last_asks_for_consent_once_more(
    server: AuthorizationServer, browser: Browser
) -> None:
    server.lasting = "consent"
    done = await signed_in(server.client(), browser.open)
    assert server.accepts(done.granted.access_token.reveal())
    assert len(browser.asked) == 1
    first, second = server.asked["authorize"]
    assert "prompt" not in first
    assert second["prompt"] == "consent"
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]
    assert html.escape(WORDS.done) in (await browser.closed()).shown[0].text


async def test_a_sign_in_that_never_lasts_is_none(server: AuthorizationServer, browser: Browser) -> None:
    server.lasting = "never"
    assert (await refused(server.client(), browser.open)).problem.reason is Reason.SIGN_IN_NOT_LASTING
    assert len(server.asked["authorize"]) == 2
    assert html.escape(WORDS.declined) in (await browser.closed()).shown[0].text


async def test_an_address_that_says_what_to_prompt_for_is_not_asked_once_more(
    server: AuthorizationServer, browser: Browser
) -> None:
    server.lasting = "never"
    client = replace(server.client(), authorization_endpoint=f"{server.url}/authorize?prompt=login")
    assert (await refused(client, browser.open)).problem.reason is Reason.SIGN_IN_NOT_LASTING
    assert [asked["prompt"] for asked in server.asked["authorize"]] == ["login"]


async def test_a_browser_that_is_gone_is_not_asked_once_more(
    server: AuthorizationServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PAGE_SECONDS", 0.05)
    server.lasting = "consent"

    def show(address: str) -> None:
        asked = query_of(address)
        code = query_of(server.decide(asked))["code"]
        with socket.create_connection(("127.0.0.1", urlsplit(asked["redirect_uri"]).port)) as gone:
            host = asked["redirect_uri"].removeprefix("http://")
            gone.sendall(f"GET /?code={code}&state={asked['state']} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())

    assert (await refused(server.client(), show)).problem.reason is Reason.SIGN_IN_NOT_LASTING


async def test_the_browser_says_done_only_when_it_is(server: AuthorizationServer, browser: Browser) -> None:
    server.script("token", Reply(400, {"error": "invalid_grant", "error_description": "too late"}))
    problem = (await refused(server.client(), browser.open)).problem
    assert problem.reason is Reason.SIGN_IN_FAILED
    assert problem.fact("reply") == "invalid_grant: too late"
    assert html.escape(WORDS.declined) in (await browser.closed()).shown[0].text


@pytest.mark.parametrize("is_own", [True, False])
async def test_a_clients_secret_is_kept_where_it_is_the_persons_own(
    server: AuthorizationServer, browser: Browser, is_own: bool
) -> None:
    server.client_secret = "streng-geheim"
    client = server.client() if is_own else replace(server.client(), client_secret=server.client_secret)
    done = await signed_in(client, browser.open, Secret(server.client_secret) if is_own else None)
    assert (done.grant.client_secret == Secret("streng-geheim")) is is_own
    assert server.client_secret not in browser.asked[0]


async def test_a_wrong_client_is_told_apart(server: AuthorizationServer, browser: Browser) -> None:
    server.client_secret = "streng-geheim"
    problem = (await refused(server.client(), browser.open, Secret("falsch"))).problem
    assert problem.reason is Reason.SIGN_IN_CLIENT_REFUSED


async def test_nobody_who_comes_back_ends_it_after_its_time(server: AuthorizationServer) -> None:
    shown: list[str] = []
    with pytest.raises(SignInError) as caught:
        await sign_in_with_browser(server.client(), USERNAME, show=shown.append, words=WORDS, minutes=0)
    assert caught.value.problem.reason is Reason.SIGN_IN_ABANDONED
    assert caught.value.problem.fact("minutes") == "0"
    assert is_free(query_of(shown[0])["redirect_uri"])


async def test_whoever_cancels_it_frees_the_port_at_once(server: AuthorizationServer) -> None:
    shown = asyncio.Queue[str]()
    asking = asyncio.create_task(signed_in(server.client(redirect_host=RedirectHost.NAME), shown.put_nowait))
    redirect_uri = query_of(await shown.get())["redirect_uri"]
    assert not is_free(redirect_uri)
    held = socket.create_connection(("127.0.0.1", urlsplit(redirect_uri).port))
    await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert is_free(redirect_uri)
    with held:
        held.settimeout(5)
        assert held.recv(1) == b""
    gc.collect()  # what is left open is told by a ResourceWarning, which is an error


async def test_a_window_that_cannot_be_shown_ends_it(server: AuthorizationServer) -> None:
    shown: list[str] = []

    def show(address: str) -> None:
        shown.append(address)
        raise RuntimeError("no browser")

    with pytest.raises(RuntimeError, match="no browser"):
        await signed_in(server.client(), show)
    assert is_free(query_of(shown[0])["redirect_uri"])


async def test_a_machine_without_a_free_port_is_named(
    server: AuthorizationServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bound(*_: object) -> socket.socket:
        raise OSError(98, "in use")

    monkeypatch.setattr(module, "_bound", bound)
    shown: list[str] = []
    assert (await refused(server.client(), shown.append)).problem.reason is Reason.SIGN_IN_NO_WAY_BACK
    assert shown == []


@pytest.mark.case("L6")
async def test_nothing_secret_is_logged_or_shown(server: AuthorizationServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    server.client_secret = canary("client").encode("ascii", "ignore").decode()
    browser = SilentBrowser(server)
    try:
        done = await signed_in(server.client(), browser.open, Secret(server.client_secret))
        server.script("token", Reply(400, {"error": "invalid_grant"}))
        error = await refused(server.client(), browser.open, Secret(server.client_secret))
    finally:
        loop.set_debug(False)
    assert not found_in(repr(done))
    assert not found_in(caplog.text)
    assert not found_in(repr(error.problem))
    assert error.__cause__ is error.__context__ is None
    shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    parts = shown.split("  File ")
    own = [each for each in parts if "/app/sign_in/" in each and "/tests/" not in each.partition("\n")[0]]
    assert len(own) >= 4
    assert [each for each in own if found_in(each)] == []


class SilentBrowser:
    """A browser that writes no log."""

    def __init__(self, server: AuthorizationServer) -> None:
        self._trust = ssl.create_default_context(cafile=server.ca_file)
        self._visits: list[asyncio.Task[None]] = []

    def open(self, address: str) -> None:
        self._visits.append(asyncio.create_task(asyncio.to_thread(self._visit, address)))

    def _visit(self, address: str) -> None:
        urlopen(address, context=self._trust).close()
