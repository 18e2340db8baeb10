"""The postman after a fault is over: what was refused, or seemed not to be committed, is taken up exactly once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.delivery.outbox import State
from app.errors import Reason, StorageError
from tests.app.delivery.letters import GATEWAY, NOW, ORGANISATION, put
from tests.app.delivery.post_office import AFTER_DOT, FakeSession, PostOffice, states, wrong_password
from tests.app.delivery.test_postman_ends import bugs


async def test_another_wrong_password_is_tried_once_too(office: PostOffice) -> None:
    for number in range(3):
        await put(office.outbox, number)
    await office.postman.run_due()
    office.gateway.refuses_to_open = wrong_password()
    for number in range(3, 6):
        await put(office.outbox, number)
    for tries in (2, 3, 4):
        async with asyncio.timeout(10):
            await office.postman.run_due()
        assert (await states(office.outbox))[3:] == ["held"] * 3
        assert len(office.gateway.secrets) == tries
        await office.postman.unblock(GATEWAY.queue)


async def test_a_password_that_works_again_lets_all_go_that_it_held(office: PostOffice) -> None:
    await put(office.outbox, 1)
    await office.postman.run_due()
    office.gateway.refuses_to_open = wrong_password()
    for number in range(2, 5):
        await put(office.outbox, number)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent", *["held"] * 3]
    office.gateway.refuses_to_open = None
    await office.outbox.retry("m2", NOW)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"] * 4
    assert office.postman.blocked == {}


async def test_what_was_committed_after_all_is_not_committed_twice(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle, failures = office.outbox.settle, [StorageError.because(Reason.STORAGE_FAILED, file="x", detail="fsync")]

    async def commit_and_fail(*arguments: Any) -> Any:
        settled = await settle(*arguments)
        if failures:
            raise failures.pop()
        return settled

    monkeypatch.setattr(office.outbox, "settle", commit_and_fail)
    await put(office.outbox, 1)
    with pytest.raises(StorageError):
        await office.postman.run_due()
    await put(office.outbox, 2)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"] * 2
    assert len(office.arrived) == 2


async def test_a_bug_with_one_message_leaves_the_others_under_way_alone(office: PostOffice) -> None:
    office.organisation.stops_at = AFTER_DOT
    office.gateway.answer = lambda _envelope, _data: ZeroDivisionError()
    await put(office.outbox, 1, ORGANISATION)
    working = asyncio.ensure_future(office.postman.run_due())
    await office.organisation.reached.wait()
    await put(office.outbox, 2)
    with bugs() as found:
        office.postman.wake()
        again = asyncio.ensure_future(office.postman.run_due())
        async with asyncio.timeout(10):
            while (await office.outbox.get("m2")).state is not State.UNCERTAIN:  # noqa: ASYNC110 - it has no event
                await asyncio.sleep(0.01)
        assert (await office.outbox.get("m1")).state is State.DATA_END
        office.organisation.go.set()
        await asyncio.gather(working, again)
    assert [type(each) for each in found] == [ZeroDivisionError]
    assert await states(office.outbox) == ["sent", "uncertain"]


async def test_who_does_not_return_the_goodbye_is_dropped_at_the_end(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def quit_for_ever(_session: FakeSession) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(FakeSession, "quit", quit_for_ever)
    await put(office.outbox, 1)
    await office.postman.run_due()
    (session,) = office.gateway.sessions
    assert not session.aborted
    async with asyncio.timeout(10):
        await office.postman.stop(0.05)
    assert session.aborted
