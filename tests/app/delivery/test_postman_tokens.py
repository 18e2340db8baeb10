"""The postman with access tokens: what passes is tried later, what does not is held, and only that server's mail."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator

import pytest

from app.delivery.journal import Journal
from app.delivery.outbox import Outbox
from app.errors import Reason
from app.storage.database import Database
from app.storage.folder import DataFolder
from tests.app.delivery.letters import minutes
from tests.app.delivery.token_office import Slowly, TokenOffice, token_office
from tests.canary import found_in
from tests.servers.authorization import AuthorizationServer, Handler, Reply


@pytest.fixture(scope="module")
def _running_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuthorizationServer]:
    with AuthorizationServer(tmp_path_factory.mktemp("authorization")) as running:
        yield running


@pytest.fixture
def authorization(_running_server: AuthorizationServer) -> AuthorizationServer:
    _running_server.reset()
    return _running_server


async def dialogue(database: Database, message_id: str = "m0") -> list[str]:
    return [line.text for attempt in await Journal(database).of(message_id) for line in attempt.dialogue]


async def test_one_token_serves_every_connection_until_it_ends(
    authorization: AuthorizationServer, outbox: Outbox, database: Database
) -> None:
    async with token_office(authorization, outbox) as office:
        for number in range(3):
            await office.put(number)
            await office.deliver()
        assert await office.states() == ["sent"] * 3
        assert (office.running.connections, office.refreshes) == (3, 1)
        assert "sign-in: access token fetched" in await dialogue(database, "m0")
        assert not any("token" in line for line in await dialogue(database, "m1"))


async def test_a_kept_token_that_is_over_is_renewed_on_the_same_connection(
    authorization: AuthorizationServer, outbox: Outbox, database: Database
) -> None:
    async with token_office(authorization, outbox) as office:
        await office.put(0)
        await office.deliver()
        authorization.expire_access()
        await office.put(1)
        assert await office.deliver() == ["sent"] * 2
        assert (office.running.connections, office.refreshes) == (2, 2)
        told = await dialogue(database, "m1")
        assert told[told.index("AUTH OAUTHBEARER ***") :][:6] == [
            "AUTH OAUTHBEARER ***",
            "334 ***",
            "sign-in: access token refused: status invalid_token",
            "***",
            "535 5.7.8 no",
            "sign-in: access token renewed",
        ]


def hang_up(handler: Handler) -> None:
    handler.close_connection = True


PASSES: dict[Reason, Callable[[Handler], None]] = {
    Reason.SIGN_IN_UNREACHABLE: hang_up,
    Reason.SIGN_IN_STATUS: Reply(503, b"busy"),
    Reason.SIGN_IN_ANSWER: Reply(200, b"<html>sign in to this network first</html>"),
}


@pytest.mark.parametrize("reason", PASSES)
async def test_without_a_token_for_now_only_that_servers_mail_is_tried_later(
    authorization: AuthorizationServer, outbox: Outbox, reason: Reason
) -> None:
    async with token_office(authorization, outbox) as office:
        authorization.script("token", PASSES[reason])
        for number in range(3):
            await office.put(number)
        await office.put(3, office.plain)
        assert await office.deliver() == ["deferred"] * 3 + ["sent"]
        assert await office.reasons() == [reason.value] * 3 + [""]
        assert (office.refreshes, office.running.connections) == (1, 0)
        first = await outbox.get("m0")
        assert first.due is not None
        assert first.due - office.time == minutes(1)
        office.clock += 60
        assert await office.deliver(after=1) == ["sent"] * 4


@pytest.mark.parametrize("reason", PASSES)
async def test_a_network_that_is_back_is_no_reason_to_wait_any_longer(
    authorization: AuthorizationServer, outbox: Outbox, reason: Reason
) -> None:
    async with token_office(authorization, outbox) as office:
        authorization.script("token", *[PASSES[reason]] * 2)
        await office.put(0)
        for after in (0, 1):
            assert await office.deliver(after=after) == ["deferred"]
        await office.postman.network_back()
        assert await office.deliver() == ["sent"]


async def end(office: TokenOffice) -> None:
    office.authorization.withdraw()


async def sign_out(office: TokenOffice) -> None:
    await office.keychain.delete(office.server.keychain_account)


async def take_client(office: TokenOffice) -> None:
    office.clients = ()


async def forget_client(office: TokenOffice) -> None:
    office.authorization.script("token", Reply(401, {"error": "invalid_client"}))


LASTING = {
    Reason.SIGN_IN_ENDED: end,
    Reason.SIGN_IN_NEEDED: sign_out,
    Reason.SIGN_IN_NO_CLIENT: take_client,
    Reason.SIGN_IN_CLIENT_REFUSED: forget_client,
}


@pytest.mark.parametrize("reason", LASTING)
async def test_without_a_sign_in_only_that_servers_mail_is_held_until_there_is_another(
    authorization: AuthorizationServer, outbox: Outbox, reason: Reason
) -> None:
    async with token_office(authorization, outbox) as office:
        clients = office.clients
        await LASTING[reason](office)
        for number in range(3):
            await office.put(number)
        await office.put(3, office.plain)
        assert await office.deliver() == ["held"] * 3 + ["sent"]
        assert await office.reasons() == [reason.value] * 3 + [""]
        assert office.postman.blocked.keys() == {office.server.queue}
        asked = office.refreshes
        await office.put(4)
        assert (await office.deliver(after=60))[-1] == "held"
        await office.postman.network_back()
        assert (await office.deliver(after=60)).count("held") == 4
        assert (asked <= 1, office.refreshes, office.running.connections) == (True, asked, 0)
        office.clients = clients
        await office.sign_in()
        await office.postman.unblock(office.server.queue)
        assert await office.deliver() == ["sent"] * 5


async def test_a_token_that_the_mail_server_never_takes_is_shown_twice_and_then_held(
    authorization: AuthorizationServer, outbox: Outbox
) -> None:
    accepted = [True]
    async with token_office(authorization, outbox, lambda _: accepted[0]) as office:
        await office.put(0)
        await office.deliver()
        accepted[0] = False
        for number in (1, 2, 3):
            await office.put(number)
        assert await office.deliver() == ["sent", *["held"] * 3]
        assert set((await office.reasons())[1:]) == {Reason.SERVER_TOKEN_REJECTED.value}
        assert (office.running.verbs().count("AUTH"), office.refreshes) == (3, 2)
        accepted[0] = True
        await office.sign_in()
        await office.postman.unblock(office.server.queue)
        assert await office.deliver() == ["sent"] * 4


async def under_way(office: TokenOffice, slow: Slowly) -> asyncio.Task[None]:
    """Run the postman until a token is being asked for."""
    work = asyncio.create_task(office.postman.run_forever())
    await asyncio.to_thread(slow.asked.wait, 10)
    return work


async def until(office: TokenOffice, states: list[str]) -> None:
    async with asyncio.timeout(10):
        while await office.states() != states:  # noqa: ASYNC110 - the postman has no event for tests
            await asyncio.sleep(0.005)


async def test_a_token_endpoint_that_hangs_holds_up_only_its_own_mail_and_nobodys_end(
    authorization: AuthorizationServer, outbox: Outbox
) -> None:
    slow = Slowly(authorization)
    async with token_office(authorization, outbox) as office:
        authorization.script("token", slow)
        await office.put(0)
        await office.put(1, office.plain)
        work = await under_way(office, slow)
        await until(office, ["attempting", "sent"])
        begun = time.monotonic()
        await office.postman.stop()
        await work
        assert time.monotonic() - begun < 5
        assert await office.states() == ["queued", "sent"]
        slow.release.set()


async def test_an_attempt_that_is_broken_off_while_a_token_is_fetched_loses_no_permission(
    authorization: AuthorizationServer, outbox: Outbox
) -> None:
    slow = Slowly(authorization)
    async with token_office(authorization, outbox) as office:
        authorization.script("token", slow)
        for number in range(2):
            await office.put(number)
        work = await under_way(office, slow)
        await office.postman.break_off("m0")
        await office.postman.interrupt()
        slow.release.set()
        await until(office, ["cancelled", "sent"])
        assert (office.refreshes, office.running.connections) == (1, 1)
        # What replaced the last permission is known, or the next token could not be had.
        office.clock += 3600
        await office.put(2)
        office.postman.wake()
        await until(office, ["cancelled", "sent", "sent"])
        await office.postman.stop()
        await work


async def test_no_token_is_left_in_database_log_or_repr(
    authorization: AuthorizationServer,
    outbox: Outbox,
    database: Database,
    folder: DataFolder,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with token_office(authorization, outbox) as office:
        await office.put(0)
        await office.deliver()
        authorization.expire_access()
        await office.put(1)
        await office.deliver()
        authorization.withdraw()
        await office.put(2)
        office.clock += 3600
        assert await office.deliver() == ["sent", "sent", "held"]
        shown = repr([vars(office.tokens), vars(office.postman), office.keychain, await outbox.list()])
        shown += repr([await Journal(database).of(f"m{number}") for number in range(3)])
    assert any(found_in(form["refresh_token"]) for form in authorization.asked["token"] if "refresh_token" in form)
    found = [(file.name, file.read_bytes()) for file in folder.home.iterdir()]
    found += [("log", caplog.text.encode()), ("repr", shown.encode())]
    assert [name for name, content in found if found_in(content)] == []
