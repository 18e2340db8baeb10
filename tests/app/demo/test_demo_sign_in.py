"""The demo's partner takes a sign-in with the browser: its page, its tokens and its mail server, as one way."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from app.address import Address
from app.demo.authorization_server import AuthorizationServer, ConsentWords
from app.demo.seed import seed_profile, store_passwords
from app.demo.world import PARTNER, DemoWorld
from app.errors import Reason, SignInError
from app.services import Services, now, open_services
from app.setup.probe import ProbeReport, probe
from app.sign_in.page import BrowserWords
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain, Secret
from tests.app.demo.person import VERIFIER, ask_for_token, code_from, decide, opened

WORDS = BrowserWords("Absender", "Done.", "Declined.")


@pytest.fixture
def world() -> Iterator[DemoWorld]:
    with DemoWorld(consent=ConsentWords(question="{user} & <co>?")) as running:
        yield running


@pytest.fixture
async def services(world: DemoWorld) -> AsyncIterator[Services]:
    keychain = MemoryKeychain()
    none = world.folder / "managed.toml"
    async with open_services(DataFolder(world.home), keychain=keychain, managed=none) as running:
        profile = seed_profile(world, now())
        await store_passwords(world, keychain)
        await running.profiles.save(profile)
        await running.take_profile(profile)
        yield running


async def signed_in(world: DemoWorld, services: Services, choice: str = "allow") -> tuple[Secret, str]:
    """Return what lasts of a sign-in, and what the browser shows in the end."""
    shown: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = world.partner.access_with_token()
    working = asyncio.create_task(services.sign_in_with_browser(server, show=shown.set_result, words=WORDS))
    page = await asyncio.to_thread(decide, await shown, choice)
    return await working, page


async def proved(world: DemoWorld, services: Services, typed: Secret | None) -> ProbeReport:
    server = world.partner.access_with_token()
    secret = await services.secret_of(server, typed)
    return await probe(server, secret, Address.parse(PARTNER), tls=services.mail_tls())


async def test_what_a_sign_in_brings_opens_the_partners_server(world: DemoWorld, services: Services) -> None:
    grant, page = await signed_in(world, services)
    assert "Done." in page
    assert (await proved(world, services, grant)).ok
    await services.keychain.set(world.partner.access_with_token().keychain_account, grant)
    assert (await proved(world, services, None)).ok


async def test_the_whole_address_is_a_user_name_too(world: DemoWorld, services: Services) -> None:
    grant, _ = await signed_in(world, services)
    token = await services.secret_of(world.partner.access_with_token(), grant)
    server = replace(world.partner.access_with_token(), username=PARTNER)
    assert (await probe(server, token, Address.parse(PARTNER), tls=services.mail_tls())).ok
    other = replace(server, username=f"other{PARTNER}")
    assert not (await probe(other, token, Address.parse(PARTNER), tls=services.mail_tls())).ok


async def test_whoever_declines_is_not_signed_in(world: DemoWorld, services: Services) -> None:
    with pytest.raises(SignInError) as caught:
        await signed_in(world, services, "decline")
    assert caught.value.problem.reason is Reason.SIGN_IN_DECLINED


async def test_a_withdrawn_permission_is_found_out_at_the_next_sign_in_to_the_server(
    world: DemoWorld, services: Services
) -> None:
    grant, _ = await signed_in(world, services)
    await services.keychain.set(world.partner.access_with_token().keychain_account, grant)
    world.partner_sign_in.withdraw()
    report = await proved(world, services, None)
    assert report.problem is not None
    assert report.problem.reason is Reason.SIGN_IN_ENDED


async def test_a_permission_is_replaced_when_it_is_used(world: DemoWorld, services: Services) -> None:
    server = world.partner.access_with_token()
    grant, _ = await signed_in(world, services)
    await services.keychain.set(server.keychain_account, grant)
    del services.tokens  # as after a new start
    assert (await proved(world, services, None)).ok
    kept = await services.keychain.get(server.keychain_account)
    assert kept is not None
    assert kept != grant
    del services.tokens
    assert (await proved(world, services, None)).ok


async def test_the_page_says_who_is_asked_for_and_takes_no_markup(world: DemoWorld) -> None:
    client = world.oauth_client
    asked = {
        "response_type": "code", "client_id": client.client_id, "redirect_uri": "http://127.0.0.1:9/",
        "code_challenge": "x" * 43, "code_challenge_method": "S256", "scope": "smtp", "login_hint": "<b>n</b>",
    }  # fmt: skip
    page = await asyncio.to_thread(opened, f"{client.authorization_endpoint}?{urlencode(asked)}")
    assert "&lt;b&gt;n&lt;/b&gt; &amp; &lt;co&gt;?" in page
    assert "<b>" not in page


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"scope": "everything"}, "invalid_scope"),
        ({"response_type": "token"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
    ],
)
async def test_a_request_that_is_not_as_agreed_goes_back_with_its_error(
    world: DemoWorld, changed: dict[str, str], error: str
) -> None:
    client = world.oauth_client
    asked = {
        "response_type": "code", "client_id": client.client_id, "redirect_uri": "http://127.0.0.1:9/",
        "code_challenge": "x" * 43, "code_challenge_method": "S256", "scope": "smtp", "state": "s",
    } | changed  # fmt: skip
    answer = await _get(f"{client.authorization_endpoint}?{urlencode(asked)}")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    came = parse_qs(urlsplit(answer.headers["location"]).query)
    assert (came["error"], came["state"], came["iss"]) == ([error], ["s"], [client.issuer])


@pytest.mark.parametrize(
    "changed",
    [{"client_id": "somebody"}, {"redirect_uri": "https://evil.example/"}, {"redirect_uri": "http://192.0.2.1/"}],
)
async def test_nobody_is_led_to_where_no_program_of_this_machine_waits(
    world: DemoWorld, changed: dict[str, str]
) -> None:
    client = world.oauth_client
    asked = {"client_id": client.client_id, "redirect_uri": "http://127.0.0.1:9/"} | changed
    answer = await _get(f"{client.authorization_endpoint}?{urlencode(asked)}")
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "authorization_code", "code": "made-up", "redirect_uri": "x", "code_verifier": "y"},
        {"grant_type": "refresh_token", "refresh_token": "made-up"},
        {"grant_type": "password", "username": "n", "password": "p"},
        {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "somebody"},
    ],
)
async def test_what_nobody_allowed_gets_no_token(world: DemoWorld, form: dict[str, str]) -> None:
    assert "error" in await ask_for_token(world, form)


async def test_a_code_holds_once_and_only_for_who_asked_for_it(world: DemoWorld) -> None:
    right = {"redirect_uri": "http://127.0.0.1:9/", "code_verifier": VERIFIER}
    for wrong in ({"redirect_uri": "http://127.0.0.1:8/"}, {"code_verifier": "z" * 43}):
        form = {"grant_type": "authorization_code", "code": await code_from(world), **right, **wrong}
        assert await ask_for_token(world, form) == {"error": "invalid_grant"}
    form = {"grant_type": "authorization_code", "code": await code_from(world), **right}
    assert "access_token" in await ask_for_token(world, form)
    assert await ask_for_token(world, form) == {"error": "invalid_grant"}


async def test_a_token_ends_with_its_time(world: DemoWorld) -> None:
    clock = [0.0]
    server = AuthorizationServer("n", ssl.create_default_context(), clock=lambda: clock[0])
    server._access_tokens["t"] = 600.0
    assert server.accepts("t")
    clock[0] = 600.0
    assert not server.accepts("t")
    assert not server.accepts("other")


@pytest.mark.parametrize("mechanism", ["OAUTHBEARER", "XOAUTH2"])
async def test_a_token_nobody_gave_is_refused_with_the_reason(world: DemoWorld, mechanism: str) -> None:
    from tests.app.demo.test_demo_world import connect

    said = {
        "OAUTHBEARER": b"n,a=nutzer.name,\x01auth=Bearer made-up\x01\x01",
        "XOAUTH2": b"user=nutzer.name\x01auth=Bearer made-up\x01\x01",
    }[mechanism]

    def try_it() -> tuple[bytes, int]:
        with connect(world, world.partner.access()) as connection:
            connection.ehlo("[127.0.0.1]")
            assert mechanism in connection.esmtp_features["auth"].split()
            code, why = connection.docmd("AUTH", f"{mechanism} {base64.b64encode(said).decode()}")
            assert code == 334
            code, _ = connection.docmd(base64.b64encode(b"\x01").decode())
            return base64.b64decode(why), code

    why, code = await asyncio.to_thread(try_it)
    assert b'"status":"401"' in why
    assert code == 535


async def test_the_organisations_server_takes_no_token(world: DemoWorld) -> None:
    from tests.app.demo.test_demo_world import connect

    def offered() -> str:
        with connect(world, world.organisation.access()) as connection:
            connection.ehlo("[127.0.0.1]")
            return connection.esmtp_features["auth"]

    assert sorted((await asyncio.to_thread(offered)).split()) == ["LOGIN", "PLAIN"]


async def _get(address: str) -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False) as http:
        return await http.get(address)
