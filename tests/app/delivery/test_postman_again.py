"""The postman after a fault is over: what was refused, or seemed not to be committed, is taken up exactly once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.errors import Reason, StorageError
from tests.app.delivery.letters import GATEWAY, NOW, put
from tests.app.delivery.post_office import PostOffice, states, wrong_password


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
