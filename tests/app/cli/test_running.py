"""Commands while the program runs for the same folder: it delivers, and is told to look at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app import cli
from app.demo.authority import PRIMARY
from app.demo.world import DemoWorld
from app.instance import Instance, Request
from app.services import Services, now
from app.storage.keychain import Keychain, MemoryKeychain
from tests.app.cli.front import SilentFront
from tests.app.people import opened

SEND = ("send", "--from", PRIMARY, "--to", "kunde@extern.example", "--subject", "x", "--body", "y", "--json")


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    with DemoWorld() as world:
        yield world


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Keychain:
    vault = MemoryKeychain()
    monkeypatch.setattr("app.services.SystemKeychain", lambda: vault)
    return vault


@asynccontextmanager
async def running(world: DemoWorld, home: Path, vault: Keychain) -> AsyncIterator[tuple[Services, list[Request]]]:
    """Run the folder's services as the window does: with the lock, reachable, delivering when woken."""
    asked: list[Request] = []
    async with opened(world, home, keychain=vault, clock=now) as services:

        def answer(request: Request) -> None:
            asked.append(request)
            services.postman.wake()

        async with Instance(services.folder.lock, services.folder.instance, answer):
            assert services.delivery_lock.acquire()
            work = asyncio.create_task(services.postman.run_forever())
            yield services, asked
            await services.postman.stop()
            await work


async def command(home: Path, *arguments: str) -> int:
    return await asyncio.to_thread(cli.main, ["--home", str(home), *arguments], SilentFront())


async def test_the_running_program_delivers_what_a_command_sends(
    world: DemoWorld, tmp_path: Path, vault: Keychain, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(world, tmp_path, vault) as (_, asked):
        assert await command(tmp_path, *SEND) == 0
    assert asked == [{"action": "wake"}]
    assert '"state": "sent"' in capsys.readouterr().out


async def test_without_waiting_the_running_program_is_told_too(
    world: DemoWorld, tmp_path: Path, vault: Keychain
) -> None:
    async with running(world, tmp_path, vault) as (services, asked):
        assert await command(tmp_path, *SEND, "--no-wait") == 0
        (message,) = await services.outbox.list()
        assert asked == [{"action": "wake"}]
        assert await command(tmp_path, "outbox", "cancel", message.id) in {0, 1}


async def test_a_run_is_left_to_the_running_program(
    world: DemoWorld, tmp_path: Path, vault: Keychain, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(world, tmp_path, vault) as (_, asked):
        assert await command(tmp_path, "outbox", "run", "--json") == 0
    assert asked == [{"action": "wake"}]
    assert capsys.readouterr().out == '{"delivered_by": "running program"}\n'


async def test_a_second_start_is_handed_to_the_first_without_windows(
    world: DemoWorld, tmp_path: Path, vault: Keychain
) -> None:
    from ui.entry import Front

    async with running(world, tmp_path, vault) as (_, asked):
        arguments = ["--home", str(tmp_path), "compose", "mailto:a@b.example"]
        assert await asyncio.to_thread(cli.main, arguments, Front()) == 0
    assert asked == [{"action": "compose", "mailto": "mailto:a@b.example"}]
