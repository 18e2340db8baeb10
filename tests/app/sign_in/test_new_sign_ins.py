"""A sign-in that was just done: tried before it is kept, for whom it is, and what is known again of the last one."""

import asyncio
import threading
from dataclasses import replace

import pytest

from app.errors import KeychainError, Reason, SignInError
from app.oauth_client import OAuthClient
from app.sign_in.access_tokens import AccessTokens
from app.sign_in.browser import BrowserWords, sign_in_with_browser
from app.sign_in.grant import Grant
from app.sign_in.secrets import secret_for
from app.sign_in.token_endpoint import Granted
from app.storage.keychain import MemoryKeychain, Secret
from tests.app.sign_in.login import ACCOUNT, LOGIN, World
from tests.servers.authorization import AuthorizationServer, Browser, Handler


async def test_a_sign_in_that_is_not_kept_yet_can_be_tried(server: AuthorizationServer, browser: Browser) -> None:
    client = server.client(hosts=(LOGIN.host,))
    done = await sign_in_with_browser(client, LOGIN.username, show=browser.open, words=BrowserWords("", "", ""))
    now, clients = [1000.0], list[OAuthClient]()
    keychain = MemoryKeychain()
    tokens = AccessTokens(keychain, lambda: clients, lambda: now[0])
    typed = done.grant.to_secret()
    tokens.remember(LOGIN, typed, done.granted)
    assert await secret_for(LOGIN, keychain, tokens, typed) == done.granted.access_token
    for other in (Secret("x"), replace(done.grant, refresh_token=Secret("x")).to_secret()):
        with pytest.raises(SignInError) as caught:
            await secret_for(LOGIN, keychain, tokens, other)
        assert caught.value.problem.reason is Reason.SIGN_IN_NEEDED
    now[0] += 3600
    with pytest.raises(SignInError):
        tokens.from_sign_in(LOGIN, typed)
    clients.append(client)
    await keychain.set(ACCOUNT, typed)
    assert server.accepts((await tokens.token(LOGIN)).reveal())


async def test_the_token_of_a_sign_in_that_was_kept_is_used_first(world: World, browser: Browser) -> None:
    done = await sign_in_with_browser(world.clients[0], "x", show=browser.open, words=BrowserWords("", "", ""))
    typed = done.grant.to_secret()
    world.tokens.remember(LOGIN, typed, done.granted)
    await world.keychain.set(ACCOUNT, typed)
    assert await world.token() == done.granted.access_token
    assert world.refreshes == 0


def test_a_permission_shows_nothing() -> None:
    grant = Grant("absender", "https://sso.beispiel.example/token", Secret("abc"), Secret("def"))
    assert Grant.from_secret(grant.to_secret()) == grant
    for shown in (repr(grant), str(grant), repr(grant.to_secret())):
        assert "abc" not in shown
        assert "def" not in shown


@pytest.mark.parametrize(
    ("changed", "serves"),
    [
        ({"port": 465}, True),
        ({"username": "zweit@beispiel.example"}, False),
        ({"host": "smtp.partner.example"}, False),
    ],
)
async def test_a_sign_in_holds_for_another_port_and_for_no_other_login(
    changed: dict[str, str | int], serves: bool
) -> None:
    tokens = AccessTokens(MemoryKeychain(), tuple, lambda: 0.0)
    grant = Secret("what lasts")
    tokens.remember(LOGIN, grant, Granted(Secret("abc"), 3600.0, None))
    other = replace(LOGIN, **changed)  # type: ignore[arg-type]  # fields of either type
    if serves:
        assert tokens.from_sign_in(other, grant) == Secret("abc")
        return
    with pytest.raises(SignInError) as caught:
        tokens.from_sign_in(other, grant)
    assert caught.value.problem.reason is Reason.SIGN_IN_NEEDED


async def test_a_persons_own_client_secret_is_known_again_for_the_same_client_only(world: World) -> None:
    client = world.clients[0]
    assert await world.tokens.own_client_secret(LOGIN, client) is None
    await world.keychain.set(ACCOUNT, replace(world.grant, client_secret=Secret("eigenes")).to_secret())
    assert await world.tokens.own_client_secret(LOGIN, client) == Secret("eigenes")
    for other in (replace(client, client_id="x"), replace(client, token_endpoint="https://evil.example/token")):
        assert await world.tokens.own_client_secret(LOGIN, other) is None
    await world.keychain.set(ACCOUNT, Secret("wort"))
    assert await world.tokens.own_client_secret(LOGIN, client) is None


async def test_a_keychain_that_cannot_be_read_knows_no_client_secret(world: World) -> None:
    class Locked(MemoryKeychain):
        async def get(self, account: str) -> Secret | None:
            raise KeychainError.because(Reason.KEYCHAIN_LOCKED)

    tokens = AccessTokens(Locked(), lambda: world.clients)
    assert await tokens.own_client_secret(LOGIN, world.clients[0]) is None


@pytest.mark.parametrize("meanwhile", [None, Secret("another sign-in")])
async def test_a_request_under_way_brings_back_no_sign_in_that_was_removed_or_replaced(
    world: World, meanwhile: Secret | None
) -> None:
    entered, release = threading.Event(), threading.Event()

    def slowly(handler: Handler) -> None:
        entered.set()
        release.wait(10)
        handler.reply(200, b'{"access_token": "a", "token_type": "Bearer", "refresh_token": "rotated"}')

    world.server.script("token", slowly)
    asking = asyncio.create_task(world.tokens.token(LOGIN))
    assert await asyncio.to_thread(entered.wait, 10)
    if meanwhile is None:
        await world.keychain.delete(ACCOUNT)
    else:
        await world.keychain.set(ACCOUNT, meanwhile)
    release.set()
    await asking
    assert await world.keychain.get(ACCOUNT) == meanwhile
