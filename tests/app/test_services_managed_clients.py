"""OAuth clients on a machine with a managed configuration: whose count, who is asked, and what becomes of the old."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from app.delivery.outbox import State
from app.delivery.posting import post
from app.demo.world import DemoWorld
from app.errors import Reason, SignInError
from app.oauth_client import OAuthClient, RedirectHost
from app.profile import OAuthSignIn, Security, SmtpServer
from app.services import Services, now, open_services
from app.setup.adding import save_changes
from app.sign_in.page import BrowserWords
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain, Secret
from tests.app.demo.person import decide
from tests.app.people import PRIMARY_ADDRESS, Clock, letter_from, opened, partner_entry
from tests.servers.authorization import AuthorizationServer, Browser

WORDS = BrowserWords("title", "done", "declined")


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    with DemoWorld() as world:
        yield world


@pytest.fixture(scope="module")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AuthorizationServer, AuthorizationServer]]:
    folders = [tmp_path_factory.mktemp(name) for name in ("old", "new")]
    with AuthorizationServer(folders[0]) as old, AuthorizationServer(folders[1]) as new:
        yield old, new


@pytest.fixture
def servers(_running: tuple[AuthorizationServer, AuthorizationServer]) -> tuple[AuthorizationServer, ...]:
    for each in _running:
        each.reset()
    return _running


class Machine:
    """One data folder and keychain, and the file that an administrator may put there."""

    def __init__(self, folder: Path, world: DemoWorld) -> None:
        self.world, self.home, self.file = world, folder / "home", folder / "managed.toml"
        self.vault = MemoryKeychain()

    def manage(self, *clients: OAuthClient, oauth: str = "") -> None:
        """Write the file: the policy as the profile has it, and these clients."""
        tables = [
            f'[[oauth.clients]]\nname = "{each.name}"\nclient_id = "{each.client_id}"\n'
            f'authorization_endpoint = "{each.authorization_endpoint}"\ntoken_endpoint = "{each.token_endpoint}"\n'
            f'scopes = {json.dumps(each.scopes)}\nhosts = ["{each.hosts[0]}"]\nca_file = "{each.ca_file}"\n'
            for each in clients
        ]
        self.file.write_text(
            f'format = "absender-managed/1"\n[policy]\nsource = "{self.world.policy_url}"\n'
            f'ca_file = "{self.world.policy_ca}"\n[mail]\nca_file = "{self.world.mail_ca}"\n{oauth}{"".join(tables)}'
        )
        self.file.chmod(0o644)

    @asynccontextmanager
    async def started(self, clock: Callable[[], datetime] = now) -> AsyncIterator[Services]:
        async with open_services(DataFolder(self.home), keychain=self.vault, managed=self.file, now=clock) as services:
            yield services

    async def set_up(self, *own: OAuthClient, source: str | None = None) -> None:
        """Be set up without an administrator, with clients of one's own."""
        async with opened(self.world, self.home, partner_entry(self.world), keychain=self.vault) as services:
            profile = services.the_profile
            await services.profiles.save(
                replace(profile, oauth_clients=own, policy_source=profile.policy_source if source is None else source)
            )


@pytest.fixture
def machine(tmp_path: Path, world: DemoWorld) -> Machine:
    return Machine(tmp_path, world)


def server_at(host: str) -> SmtpServer:
    return SmtpServer(host, 587, Security.STARTTLS, "nutzer@beispiel.example", OAuthSignIn())


async def signed_in(services: Services, server: SmtpServer, browser: Browser) -> Secret:
    """Sign in with the browser, and keep what lasts."""
    secret = await services.sign_in_with_browser(server, show=browser.open, words=WORDS)
    await services.keychain.set(server.keychain_account, secret)
    await browser.closed()
    return secret


async def reason_of(services: Services, server: SmtpServer) -> Reason:
    with pytest.raises(SignInError) as caught:
        await services.secret_of(server)
    return caught.value.problem.reason


OWN = OAuthClient(
    "Eigener", "own", "https://own.example/a", "https://own.example/t", ("smtp",), ("smtp.partner.example",)
)


async def test_managed_clients_count_in_place_of_the_persons_own(
    machine: Machine, servers: tuple[AuthorizationServer, ...]
) -> None:
    await machine.set_up(OWN)
    machine.manage(servers[0].client())
    async with machine.started() as services:
        assert [client.client_id for client in services.oauth_clients] == ["absender"]
        assert services.oauth_locked
        with pytest.raises(SignInError) as caught:
            await services.sign_in_with_browser(server_at("smtp.partner.example"), OWN, show=print, words=WORDS)
        assert caught.value.problem.reason is Reason.SIGN_IN_LOCKED
        assert caught.value.problem.fact("file") == str(machine.file)
        assert await reason_of(services, server_at("smtp.partner.example")) is Reason.SIGN_IN_NO_CLIENT
    assert servers[0].asked == {}


async def test_managed_clients_are_known_before_there_is_a_profile(
    machine: Machine, servers: tuple[AuthorizationServer, ...]
) -> None:
    machine.manage(servers[0].client())
    async with machine.started() as services:
        assert services.profile is None
        assert [client.client_id for client in services.oauth_clients] == ["absender"]


@pytest.mark.parametrize(("oauth", "locked", "own"), [("", False, (OWN,)), ("[oauth]\nclients = []\n", True, ())])
async def test_a_file_leaves_clients_open_or_locks_the_browser_away(
    machine: Machine, oauth: str, locked: bool, own: tuple[OAuthClient, ...]
) -> None:
    await machine.set_up(OWN)
    machine.manage(oauth=oauth)
    async with machine.started() as services:
        assert (services.oauth_locked, services.oauth_clients) == (locked, own)


async def test_what_is_managed_never_becomes_the_persons_own(
    machine: Machine, servers: tuple[AuthorizationServer, ...]
) -> None:
    """Something is changed in Accounts while all is managed; then the file goes, and everything is as it was."""
    await machine.set_up(OWN, source="https://own.example/p.json")
    async with machine.started() as services:
        before = await services.profiles.load()
    machine.manage(servers[0].client())
    async with machine.started() as services:
        changed = replace(services.the_profile, undo_seconds=30)
        assert changed.oauth_clients != (OWN,)
        kept = await save_changes(changed, profiles=services.profiles, keychain=services.keychain)
        assert kept.oauth_clients == (OWN,)
        await services.take_profile(changed)
        assert services.the_profile.oauth_clients != (OWN,)
    machine.file.unlink()
    async with machine.started() as services:
        assert before is not None
        assert await services.profiles.load() == replace(before, undo_seconds=30)
        assert (services.oauth_clients, services.oauth_locked) == ((OWN,), False)
        assert services.the_profile.policy_source == "https://own.example/p.json"


async def test_another_token_endpoint_never_sees_the_old_refresh_token(
    machine: Machine, servers: tuple[AuthorizationServer, ...]
) -> None:
    old, new = servers
    server = server_at("localhost")
    await machine.set_up()
    machine.manage(old.client())
    async with machine.started() as services:
        await signed_in(services, server, Browser(old.ca_file))
        token = await services.secret_of(server)
        assert token is not None
        assert old.accepts(token.reveal())
    machine.manage(new.client())
    async with machine.started() as services:
        assert await reason_of(services, server) is Reason.SIGN_IN_NEEDED
        assert new.asked == {}
        await signed_in(services, server, Browser(new.ca_file))
        token = await services.secret_of(server)
        assert token is not None
        assert new.accepts(token.reveal())
    assert [form["grant_type"] for form in new.asked["token"]] == ["authorization_code"]


async def test_another_client_id_makes_people_sign_in_again(
    machine: Machine, servers: tuple[AuthorizationServer, ...]
) -> None:
    old, _ = servers
    server = server_at("localhost")
    await machine.set_up()
    machine.manage(old.client())
    async with machine.started() as services:
        await signed_in(services, server, Browser(old.ca_file))
    asked = len(old.asked["token"])
    machine.manage(replace(old.client(), client_id="another"))
    async with machine.started() as services:
        assert await reason_of(services, server) is Reason.SIGN_IN_NEEDED
    # Scopes and the way back are no matter of whose permission it is.
    machine.manage(replace(old.client(), redirect_host=RedirectHost.NAME, name="Anders"))
    async with machine.started() as services:
        assert await services.secret_of(server) is not None
    assert len(old.asked["token"]) == asked + 1


@pytest.mark.parametrize("text", ["[oauth", "format = 1\n", None])
async def test_while_the_file_is_wrong_nobody_is_asked_for_a_token(
    machine: Machine, servers: tuple[AuthorizationServer, ...], text: str | None
) -> None:
    """A client of the person's own is no way round it either."""
    old, _ = servers
    server = server_at("localhost")
    await machine.set_up(old.client())
    async with machine.started() as services:
        await signed_in(services, server, Browser(old.ca_file))
    asked = len(old.asked["token"])
    if text is None:
        machine.file.mkdir()
    else:
        machine.file.write_text(text)
        machine.file.chmod(0o644)
    expected = Reason.MANAGED_UNREADABLE if text is None else Reason.MANAGED_WRONG
    async with machine.started() as services:
        assert (services.oauth_clients, services.oauth_locked) == ((), True)
        assert await reason_of(services, server) is expected
        with pytest.raises(SignInError) as caught:
            await services.sign_in_with_browser(server, old.client(), show=print, words=WORDS)
        assert caught.value.problem == services.managed_problem
    assert len(old.asked["token"]) == asked


async def test_a_client_secret_of_the_persons_own_outlasts_the_sign_in(
    machine: Machine, servers: tuple[AuthorizationServer, ...]
) -> None:
    old, _ = servers
    old.client_secret = "GOCSPX-1"
    server = server_at("localhost")
    await machine.set_up(old.client())
    async with machine.started() as services:
        first = await services.sign_in_with_browser(
            server, show=(browser := Browser(old.ca_file)).open, words=WORDS, client_secret=Secret("GOCSPX-1")
        )
        await browser.closed()
        await services.keychain.set(server.keychain_account, first)
        assert await signed_in(services, server, Browser(old.ca_file)) != first


async def test_mail_waits_while_the_file_is_wrong_and_is_tried_by_itself_once_it_is_mended(
    machine: Machine, world: DemoWorld
) -> None:
    server, clock = world.partner.access_with_token(), Clock()
    await machine.set_up()
    machine.manage(world.oauth_client)
    async with machine.started() as services:
        await services.profiles.save(replace(services.the_profile, organisation_server=server))
        visits: list[asyncio.Task[str]] = []
        secret = await services.sign_in_with_browser(
            server,
            show=lambda address: visits.append(asyncio.create_task(asyncio.to_thread(decide, address, "allow"))),
            words=WORDS,
        )
        await asyncio.gather(*visits)
        await services.keychain.set(server.keychain_account, secret)
    good = machine.file.read_text()
    machine.file.write_text(good.replace("client_id", "client"))
    async with machine.started(clock) as services:
        profile = services.the_profile
        letter = letter_from(PRIMARY_ADDRESS)
        await post(letter, profile=profile, policy=services.policy, outbox=services.outbox, now=clock(), due=clock())
        await services.postman.run_due()
        waiting = await services.outbox.get(letter.id)
        assert waiting.state is State.DEFERRED
        assert waiting.problem == services.managed_problem
    machine.file.write_text(good)
    clock.forward(hours=1)
    async with machine.started(clock) as services:
        await services.postman.run_due()
        tried = await services.outbox.get(letter.id)
        # Signed in it was; the demo's partner then takes mail from its own users alone.
        assert tried.attempts == 2
        assert tried.reply.endswith("not owned by user nutzer.name")
