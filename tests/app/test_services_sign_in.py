"""Signing in with the browser, as the whole program does it: tried before it is kept, and never asked twice."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.address import Address
from app.errors import KeychainError, Reason, SignInError
from app.profile import OAuthSignIn, PasswordSignIn, Profile, Security, SendAsAddress, SmtpServer, Verification
from app.services import Services, open_services
from app.sign_in.browser import BrowserWords
from app.sign_in.grant import Grant
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain, Secret
from tests.servers.authorization import AuthorizationServer, Browser, Handler, Reply

LOGIN = SmtpServer("smtp.beispiel.example", 587, Security.STARTTLS, "nutzer@beispiel.example", OAuthSignIn())
WORDS = BrowserWords("Absender", "Fertig.", "Nichts.")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuthorizationServer]:
    with AuthorizationServer(tmp_path_factory.mktemp("authorization")) as running:
        yield running


@pytest.fixture
async def browser(server: AuthorizationServer) -> AsyncIterator[Browser]:
    server.reset()
    browser = Browser(server.ca_file)
    yield browser
    await browser.closed()


@pytest.fixture
def keychain() -> MemoryKeychain:
    return MemoryKeychain()


@pytest.fixture
async def services(tmp_path: Path, keychain: MemoryKeychain) -> AsyncIterator[Services]:
    folder = DataFolder(tmp_path / "home")
    async with open_services(folder, keychain=keychain, managed=tmp_path / "managed.toml") as services:
        yield services


def profile(server: AuthorizationServer) -> Profile:
    entry = SendAsAddress(
        "primary",
        Address.parse(LOGIN.username),
        is_primary=True,
        is_default=True,
        verification=Verification.ACCEPTED,
    )
    return Profile("one", (entry,), LOGIN, "", oauth_clients=(server.client(hosts=(LOGIN.host,)),))


async def signed_in(services: Services, server: AuthorizationServer, browser: Browser) -> Secret:
    """Return a sign-in that is kept, of a person who is set up."""
    await services.take_profile(profile(server))
    typed = await services.sign_in_with_browser(LOGIN, show=browser.open, words=WORDS)
    await services.keychain.set(LOGIN.keychain_account, typed)
    return typed


async def test_a_sign_in_is_tried_before_there_is_a_profile_and_kept_by_nobody(
    services: Services, server: AuthorizationServer, browser: Browser, keychain: MemoryKeychain
) -> None:
    client = server.client(hosts=(LOGIN.host,))
    typed = await services.sign_in_with_browser(LOGIN, client, show=browser.open, words=WORDS)
    token = await services.secret_of(LOGIN, typed)
    assert token is not None
    assert server.accepts(token.reveal())
    assert await keychain.get(LOGIN.keychain_account) is None
    assert services.oauth_clients == ()


async def test_what_came_with_a_sign_in_is_used_before_another_is_asked_for(
    services: Services, server: AuthorizationServer, browser: Browser
) -> None:
    typed = await signed_in(services, server, browser)
    token = await services.secret_of(LOGIN)
    assert token == await services.secret_of(LOGIN, typed)
    assert len(server.asked["token"]) == 1


async def test_a_sign_in_lasts_beyond_the_program(
    services: Services, server: AuthorizationServer, browser: Browser, keychain: MemoryKeychain, tmp_path: Path
) -> None:
    await signed_in(services, server, browser)
    async with open_services(DataFolder(tmp_path / "other"), keychain=keychain) as later:
        await later.take_profile(profile(server))
        token = await later.secret_of(LOGIN)
    assert token is not None
    assert server.accepts(token.reveal())


async def test_a_permission_on_its_way_is_kept_before_the_program_ends(
    services: Services, server: AuthorizationServer, browser: Browser, keychain: MemoryKeychain, tmp_path: Path
) -> None:
    typed = await signed_in(services, server, browser)
    asked, release = threading.Event(), threading.Event()

    def slowly(handler: Handler) -> None:
        asked.set()
        release.wait(10)
        found = server.grant(server.asked["token"][-1], "application/x-www-form-urlencoded")
        Reply(200, found)(handler)

    server.script("token", slowly)
    async with open_services(DataFolder(tmp_path / "other"), keychain=keychain) as later:
        await later.take_profile(profile(server))
        waits = asyncio.create_task(later.secret_of(LOGIN))
        await asyncio.to_thread(asked.wait, 10)
        waits.cancel()
        release.set()
    kept = await keychain.get(LOGIN.keychain_account)
    assert kept is not None
    assert kept != typed
    grant = Grant.from_secret(kept)
    assert grant is not None
    form = {"grant_type": "refresh_token", "client_id": "absender", "refresh_token": grant.refresh_token.reveal()}
    assert server.grant(form, "application/x-www-form-urlencoded")


async def test_a_mail_server_without_a_client_is_named_and_no_browser_opened(services: Services) -> None:
    shown: list[str] = []
    with pytest.raises(SignInError) as caught:
        await services.sign_in_with_browser(LOGIN, show=shown.append, words=WORDS)
    assert caught.value.problem.reason is Reason.SIGN_IN_NO_CLIENT
    assert shown == []


async def test_a_password_and_a_sign_in_for_one_login_are_two_things(
    services: Services, server: AuthorizationServer, browser: Browser
) -> None:
    await signed_in(services, server, browser)
    by_password = replace(LOGIN, sign_in=PasswordSignIn())
    with pytest.raises(KeychainError) as caught:
        await services.secret_of(by_password)
    assert caught.value.problem.reason is Reason.KEYCHAIN_NO_PASSWORD
    assert await services.secret_of(by_password, Secret("wort")) == Secret("wort")
    await services.keychain.set(by_password.keychain_account, Secret("wort"))
    assert await services.secret_of(by_password) == Secret("wort")
    assert await services.secret_of(LOGIN) != Secret("wort")


async def test_a_client_that_the_profile_loses_has_no_tokens_any_more(
    services: Services, server: AuthorizationServer, browser: Browser
) -> None:
    await signed_in(services, server, browser)
    await services.take_profile(replace(profile(server), oauth_clients=()))
    with pytest.raises(SignInError) as caught:
        await services.secret_of(LOGIN)
    assert caught.value.problem.reason is Reason.SIGN_IN_NO_CLIENT
