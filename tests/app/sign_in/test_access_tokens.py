"""Access tokens: when one is used again, when another is asked for, and that no lasting permission is ever lost."""

import asyncio
import gc
import inspect
import threading
from dataclasses import replace

import pytest

from app.errors import Reason, SignInError
from app.policy.watch import boot_clock
from app.sign_in.access_tokens import PASSING, AccessTokens
from app.sign_in.browser import BrowserWords, sign_in_with_browser
from app.sign_in.grant import Grant
from app.storage.keychain import Secret
from tests.app.sign_in.login import ACCOUNT, LOGIN, World
from tests.servers.authorization import Browser, Handler, Reply


async def test_a_token_serves_until_shortly_before_its_end(world: World) -> None:
    first = await world.token()
    world.now += 3539
    again = await world.token()
    assert again == first
    assert again.renew is not None
    world.now += 2
    assert await world.token() != first
    assert world.refreshes == 2


async def test_a_new_token_has_no_better_one(world: World) -> None:
    assert (await world.token()).renew is None


async def test_a_token_that_is_refused_before_its_end_is_replaced(world: World) -> None:
    await world.token()
    used = await world.token()
    world.server.expire_access()
    assert used.renew is not None
    renewed = await used.renew()
    assert world.server.accepts(renewed.reveal())
    assert await world.token() == renewed
    assert world.refreshes == 2


async def test_two_that_had_the_same_refused_token_ask_once(world: World) -> None:
    await world.token()
    one, two = await world.token(), await world.token()
    world.server.expire_access()
    assert one.renew is not None
    assert two.renew is not None
    first, second = await asyncio.gather(one.renew(), two.renew())
    assert first == second
    assert await two.renew() == first
    assert world.refreshes == 2


def test_the_programs_clock_goes_on_while_the_machine_sleeps() -> None:
    assert inspect.signature(AccessTokens).parameters["clock"].default is boot_clock


async def test_all_who_ask_at_once_share_one_request(world: World) -> None:
    tokens = await asyncio.gather(*(world.token() for _ in range(20)))
    assert len({token.reveal() for token in tokens}) == 1
    assert world.refreshes == 1


async def test_two_logins_do_not_wait_for_each_other(world: World) -> None:
    other = replace(LOGIN, username="zweit@beispiel.example")
    await world.keychain.set(
        other.keychain_account, Grant("absender", "https://elsewhere.example", Secret("x")).to_secret()
    )
    release = threading.Event()

    def slowly(handler: Handler) -> None:
        release.wait(10)
        handler.reply(500, b"")

    world.server.script("token", slowly)
    waits = asyncio.create_task(world.tokens.token(LOGIN))
    with pytest.raises(SignInError):
        await world.tokens.token(other)
    assert not waits.done()
    release.set()
    with pytest.raises(SignInError):
        await waits


async def test_each_replaced_permission_is_kept_before_the_next_is_asked_for(world: World) -> None:
    seen = {world.grant.refresh_token.reveal()}
    for _ in range(3):
        await world.token()
        seen.add((await world.kept()).refresh_token.reveal())
        world.now += 3600
    assert len(seen) == 4
    world.tokens = world.started()
    await world.token()


async def test_a_permission_that_is_not_replaced_is_not_written_again(world: World) -> None:
    world.server.rotates = False
    takes = world.keychain.takes
    await world.token()
    world.now += 3600
    await world.token()
    assert world.keychain.takes == takes
    assert await world.kept() == world.grant


async def test_a_persons_own_client_secret_stays_with_the_replaced_permission(world: World) -> None:
    world.server.client_secret = "eigenes"
    await world.keychain.set(ACCOUNT, replace(world.grant, client_secret=Secret("eigenes")).to_secret())
    await world.token()
    kept = await world.kept()
    assert kept.client_secret == Secret("eigenes")
    assert kept.refresh_token != world.grant.refresh_token


async def test_whoever_stops_waiting_stops_nobody_else_and_loses_no_permission(world: World) -> None:
    asked = threading.Event()
    release = threading.Event()

    def slowly(handler: Handler) -> None:
        asked.set()
        release.wait(10)
        form = world.server.asked["token"][-1]
        Reply(200, world.server.grant(form, "application/x-www-form-urlencoded"))(handler)

    world.server.script("token", slowly)
    first = asyncio.create_task(world.tokens.token(LOGIN))
    await asyncio.to_thread(asked.wait, 10)
    second = asyncio.create_task(world.tokens.token(LOGIN))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    release.set()
    assert world.server.accepts((await second).reveal())
    assert world.refreshes == 1
    assert await world.kept() != world.grant


async def test_a_failure_that_nobody_waits_for_any_more_is_no_fault_of_the_program(world: World) -> None:
    asked, release = threading.Event(), threading.Event()
    faults: list[dict[str, object]] = []

    def slowly(handler: Handler) -> None:
        asked.set()
        release.wait(10)
        handler.reply(500, b"")

    world.server.script("token", slowly)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: faults.append(context))
    try:
        waits = asyncio.create_task(world.tokens.token(LOGIN))
        await asyncio.to_thread(asked.wait, 10)
        waits.cancel()
        await asyncio.wait([waits])
        del waits
        release.set()
        await world.tokens.close(seconds=10)
        gc.collect()
        await asyncio.sleep(0)
    finally:
        loop.set_exception_handler(None)
    assert faults == []


@pytest.mark.parametrize("has_time", [True, False])
async def test_what_is_under_way_when_the_program_ends_is_waited_for_a_moment(world: World, has_time: bool) -> None:
    asked, release = threading.Event(), threading.Event()

    def slowly(handler: Handler) -> None:
        asked.set()
        release.wait(10)
        form = world.server.asked["token"][-1]
        Reply(200, world.server.grant(form, "application/x-www-form-urlencoded"))(handler)

    world.server.script("token", slowly)
    waits = asyncio.create_task(world.tokens.token(LOGIN))
    await asyncio.to_thread(asked.wait, 10)
    waits.cancel()
    if has_time:
        release.set()
    await world.tokens.close(seconds=10 if has_time else 0.05)
    assert (await world.kept() != world.grant) is has_time
    release.set()


async def test_a_permission_that_the_keychain_does_not_take_counts_from_memory(world: World) -> None:
    world.keychain.is_locked = True
    for _ in range(3):
        await world.token()
        world.now += 3600
    assert await world.kept() == world.grant
    world.keychain.is_locked = False
    await world.token()
    world.tokens = world.started()
    await world.token()


async def test_a_permission_is_offered_to_the_keychain_again_when_the_program_ends(world: World) -> None:
    world.keychain.is_locked = True
    await world.token()
    world.keychain.is_locked = False
    await world.tokens.close()
    world.tokens = world.started()
    await world.token()


async def test_a_keychain_that_stays_locked_keeps_no_program_from_ending(world: World) -> None:
    world.keychain.is_locked = True
    await world.token()
    await world.tokens.close()


async def test_a_keychain_that_hangs_keeps_no_program_from_ending(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(account: str) -> Secret | None:
        await asyncio.Event().wait()
        return None

    world.keychain.is_locked = True
    await world.token()
    monkeypatch.setattr(world.keychain, "get", hang)
    async with asyncio.timeout(10):
        await world.tokens.close(seconds=0.01)
    monkeypatch.undo()


async def test_a_new_sign_in_counts_before_an_unsaved_permission(world: World, browser: Browser) -> None:
    world.keychain.is_locked = True
    await world.token()
    world.keychain.is_locked = False
    done = await sign_in_with_browser(
        world.clients[0], LOGIN.username, show=browser.open, words=BrowserWords("", "", "")
    )
    await world.keychain.set(ACCOUNT, done.grant.to_secret())
    world.server.asked.clear()
    await world.token()
    assert world.server.asked["token"][0]["refresh_token"] == done.grant.refresh_token.reveal()


async def test_whoever_signs_out_has_no_token_any_more(world: World) -> None:
    await world.token()
    await world.keychain.delete(ACCOUNT)
    assert (await world.refused()).reason is Reason.SIGN_IN_NEEDED


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "other"},
        {"token_endpoint": "https://evil.example/token"},
    ],
)
async def test_a_permission_goes_to_nobody_but_whom_it_is_from(world: World, changed: dict[str, str]) -> None:
    await world.token()
    world.clients = (replace(world.clients[0], **changed),)  # type: ignore[arg-type]  # texts only
    world.server.asked.clear()
    problem = await world.refused()
    assert problem.reason is Reason.SIGN_IN_NEEDED
    assert dict(problem.facts) == {"username": LOGIN.username, "host": LOGIN.host, "name": "Beispiel GmbH"}
    assert not world.server.asked["token"]


@pytest.mark.parametrize("kept", ["", "wort", "{}", "[]", '{"client_id": 1}', "[" * 5000])
async def test_what_is_no_permission_asks_for_a_sign_in(world: World, kept: str) -> None:
    await world.keychain.set(ACCOUNT, Secret(kept))
    assert (await world.refused()).reason is Reason.SIGN_IN_NEEDED


async def test_a_mail_server_that_no_client_is_for_has_no_token(world: World) -> None:
    with pytest.raises(SignInError) as caught:
        await world.tokens.token(replace(LOGIN, host="smtp.partner.example"))
    assert caught.value.problem.reason is Reason.SIGN_IN_NO_CLIENT


async def test_a_permission_that_is_over_takes_its_token_along(world: World) -> None:
    await world.token()
    used = await world.token()
    world.server.withdraw()
    assert used.renew is not None
    with pytest.raises(SignInError) as caught:
        await used.renew()
    facts = dict(caught.value.problem.facts)
    assert caught.value.problem.reason is Reason.SIGN_IN_ENDED
    assert facts["username"] == LOGIN.username
    assert facts["mail_host"] == LOGIN.host
    assert facts["host"] == "localhost"
    assert (await world.refused()).reason is Reason.SIGN_IN_ENDED


async def test_a_server_that_wants_to_be_left_alone_is(world: World) -> None:
    world.server.script("token", Reply(429, b"", Retry_After="120"))
    assert (await world.refused()).reason is Reason.SIGN_IN_STATUS
    world.now += 119
    assert (await world.refused()).reason is Reason.SIGN_IN_STATUS
    assert world.refreshes == 1
    world.now += 2
    await world.token()
    assert world.refreshes == 2


async def test_what_passes_is_asked_again_at_once(world: World) -> None:
    world.server.script("token", Reply(500, b""), Reply(200, b"<html>"))
    assert {(await world.refused()).reason, (await world.refused()).reason} <= PASSING
    await world.token()
