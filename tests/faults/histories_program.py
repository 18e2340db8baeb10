"""The program in a random history: its own wiring, with other ends where it meets clocks, policy and mail servers."""

from __future__ import annotations

import asyncio
import contextlib
import random
import ssl
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from app.address import Address
from app.delivery.schedule import ClockWatch
from app.policy.evaluate import Policy
from app.profile import Profile, Security, SendAsAddress, SmtpServer, Verification, WhenMissed
from app.services import Services, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain, Secret
from app.storage.reserve import RESERVE_SIZE
from tests.faults import histories_rules as rules
from tests.faults.histories_world import Post, Publisher
from tests.faults.machine import Machine

__all__ = ["Program"]

_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_SOURCE = "https://policy.beispiel.example/{email_sha256}.json"
_ORGANISATION = SmtpServer(rules.ORGANISATION, 587, Security.STARTTLS, rules.PRIMARY)
_GATEWAY = SmtpServer(rules.GATEWAY, 465, Security.SSL, "nutzer.name")


class Program:
    """One data folder, and the program that is started and ended over it."""

    def __init__(self, home: Path, machine: Machine, publisher: Publisher, post: Post) -> None:
        self._folder = DataFolder(home)
        self._machine = machine
        self._publisher = publisher
        self._post = post
        self._keychain = MemoryKeychain()
        self._services: Services | None = None
        self._stack = contextlib.AsyncExitStack()
        self._tasks: set[asyncio.Task[Any]] = set()
        self.is_dying = False

    @property
    def services(self) -> Services:
        """The parts of the running program."""
        assert self._services is not None
        return self._services

    @property
    def is_running(self) -> bool:
        return self._services is not None

    async def set_up(self, dice: random.Random) -> None:
        """Make a data folder as set-up leaves it, with an address of each kind."""
        for server in (_ORGANISATION, _GATEWAY):
            await self._keychain.set(server.keychain_account, Secret("made up"))
        self._folder.prepare()
        with self._folder.reserve.open("wb") as file:
            file.truncate(RESERVE_SIZE)  # room that is there already is not filled, which takes longer than the rest
        self._folder.reserve.chmod(0o600)
        rule = dice.choice([WhenMissed.SEND, WhenMissed.ASK])
        await self.start(_profile(self._publisher.keys, rule))

    async def start(self, profile: Profile | None = None) -> None:
        """Start as the windows do: see `ui.desk`."""
        opened = open_services(
            self._folder, keychain=self._keychain, now=self._machine.now, managed=self._folder.home / "no managed.toml"
        )
        services = await self._stack.enter_async_context(opened)
        if profile is not None:
            await services.profiles.save(profile)
            await services.take_profile(profile)
        self._connect(services)
        assert services.watch is not None
        assert services.delivery_lock.acquire()
        self._services, self.is_dying = services, False
        await services.outbox.recover(services.now())
        await services.release_held()
        services.watch.subscribe(self._take_policy)
        self.do(services.postman.run_forever())
        self.do(services.watch.run_forever())

    def _connect(self, services: Services) -> None:
        """Put the world of the history where the program meets the real one."""
        watch = services.watch
        assert watch is not None
        self._publisher.origin = watch.origin
        watch._source = self._publisher
        watch._clock = self._machine.boot
        services.__dict__["_clock_watch"] = ClockWatch(self._machine.boot)
        services.postman._open_session = self._post.open
        services._trust[""] = (None, _TLS)

    def _take_policy(self, _: Policy) -> None:
        self.do(self._release_held())

    async def _release_held(self) -> None:
        await self.services.release_held()
        self.services.postman.wake()

    async def woken(self) -> None:
        """Take note of a sleep: see `ui.surroundings`."""
        await self.services.postman.network_back()
        await self.services.postman.interrupt()

    async def end(self) -> None:
        """End as the windows do, or as a session's end makes them."""
        for task in self._tasks:
            task.cancel()
        await self._stack.aclose()
        await self._gone()

    async def die(self) -> None:
        """End without a chance to write anything down."""
        self.is_dying = True
        self.services.database._connection.close()
        for task in self._tasks:
            task.cancel()
        with contextlib.suppress(Exception):
            await self._stack.aclose()
        await self._gone()

    async def _gone(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._services = None

    def do(self, work: Coroutine[Any, Any, Any]) -> None:
        """Have something done beside everything else."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not self.is_dying:
            asyncio.get_running_loop().call_exception_handler({"message": "a task failed", "exception": error})


def _profile(keys: tuple[str, ...], rule: WhenMissed) -> Profile:
    primary = _entry(rules.PRIMARY, is_primary=True, is_default=True)
    others = (_entry(rules.ALIAS), _entry(rules.PARTNER, smtp_msa=_GATEWAY), _entry(rules.SHOP))
    return Profile("profile", (primary, *others), _ORGANISATION, _SOURCE, policy_keys=keys, when_missed=rule)


def _entry(address: str, **more: Any) -> SendAsAddress:
    verified = Verification.ACCEPTED
    return SendAsAddress(address, Address.parse(address), display_name="Nutzer", verification=verified, **more)
