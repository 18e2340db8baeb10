"""An authorization server and a browser for every test of signing in."""

from collections.abc import AsyncIterator, Iterator

import pytest

from app.sign_in.grant import Grant
from app.storage.keychain import Secret
from tests.app.sign_in.login import ACCOUNT, LOGIN, World
from tests.servers.authorization import AuthorizationServer, Browser


@pytest.fixture(scope="session")
def _running_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuthorizationServer]:
    with AuthorizationServer(tmp_path_factory.mktemp("authorization")) as running:
        yield running


@pytest.fixture
def server(_running_server: AuthorizationServer) -> AuthorizationServer:
    """Whoever knows the program as “absender”; nobody has asked it anything."""
    _running_server.reset()
    return _running_server


@pytest.fixture
async def browser(server: AuthorizationServer) -> AsyncIterator[Browser]:
    """A browser that trusts the server."""
    browser = Browser(server.ca_file)
    yield browser
    await browser.closed()


@pytest.fixture
async def world(server: AuthorizationServer) -> AsyncIterator[World]:
    """Somebody who has signed in, and has no token yet."""
    client = server.client(hosts=(LOGIN.host,))
    world = World(server, client, Grant(client.client_id, client.token_endpoint, Secret(server.issue())))
    await world.keychain.set(ACCOUNT, world.grant.to_secret())
    yield world
    await world.tokens.close()
