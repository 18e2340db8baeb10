"""Messages that never go, and servers that let nobody in or never answer, in front of a queue of good messages."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from app.address import Address
from app.delivery.outbox import NewMessage, Outbox, QueuedMessage, State
from app.delivery.postman import Postman
from app.delivery.rows import put
from app.profile import SmtpServer
from app.routing import Refusal, Route
from app.storage.database import Database
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain, Secret
from tests.app.delivery.letters import draft, route
from tests.app.sign_in.given import secrets_in
from tests.faults.proof import Proof, Scale
from tests.servers.exchange import authority
from tests.servers.scripted import Polite, ScriptedServer, Talk, scripted, server_for

__all__ = ["prove"]

_GOOD = {Scale.SHORT: 80, Scale.USUAL: 2_000, Scale.LONG: 10_000}
_BEHIND = 10
"""Good messages behind each server that takes none."""
_SEED = 11
_PATIENCE = 60.0
"""Seconds without an arrival after which nothing more is waited for; never reached where the promise holds."""
_MARK = re.compile(rb"X-Bench: (\w+) (\d+)\r\n")

# What the server says to a message that is marked so, and where that leaves it.
_REFUSALS = {"rejected": b"554 5.7.1 never\r\n", "deferred": b"451 4.7.1 later\r\n"}
_ENDS = {
    "rejected": State.FAILED,
    "deferred": State.DEFERRED,
    "cut": State.UNCERTAIN,
    "nobody": State.FAILED,
    "row": State.FAILED,
    "part": State.FAILED,
}


@dataclass(frozen=True, slots=True)
class _Servers:
    """The one that takes mail, the one that knows another password, the one that never answers."""

    good: ScriptedServer
    locked: ScriptedServer
    silent: ScriptedServer


@dataclass(frozen=True, slots=True)
class _Queue:
    """What is queued: ids of the good ones in their order, and the kind of each that never goes."""

    good: tuple[str, ...]
    poison: dict[str, str]
    behind: dict[str, tuple[str, ...]]


def prove(scale: Scale, folder: Path) -> Proof:
    """Work such a queue off with a real postman, over real TLS, and look at what arrived and when."""
    figures, broken = asyncio.run(_prove(_GOOD[scale], folder))
    return Proof(
        "queue",
        "no message that never goes, and no server that takes none, keeps another message waiting",
        figures,
        tuple(broken),
    )


async def _prove(count: int, folder: Path) -> tuple[dict[str, object], list[str]]:
    home = DataFolder(folder / "home")
    home.prepare()
    database = await Database.open(home.database)
    try:
        async with _running() as servers:
            outbox = Outbox(database)
            queue = await database.write(lambda connection: _fill(connection, servers, count))
            postman = await _postman(outbox, servers)
            work = asyncio.create_task(postman.run_due())
            arrived = await _wait(servers, len(queue.good))
            await postman.stop(0.1)
            await asyncio.wait([work])
            return await _judged(outbox, servers, queue, arrived)
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def _running() -> AsyncIterator[_Servers]:
    certificate = authority().certify()

    async def judge(talk: Talk) -> None:
        kind = _mark(talk.server.messages[-1])[0]
        if kind == "cut":
            talk.reset()
        else:
            await talk.say(_REFUSALS.get(kind, b"250 2.0.0 Ok: queued as 4XQ1\r\n"))

    async def greet_recipient(talk: Talk) -> None:
        is_nobody = b"nobody@" in talk.server.lines[-1]
        await talk.say(b"550 5.1.1 unknown\r\n" if is_nobody else b"250 2.1.5 Ok\r\n")

    async def hang(_: Talk) -> None:
        await asyncio.Event().wait()

    good = Polite({".": judge, "RCPT": greet_recipient})
    locked, silent = Polite({"AUTH": b"535 5.7.8 no\r\n"}), Polite({".": hang})
    async with (
        scripted(good, certificate, is_implicit=True) as first,
        scripted(locked, certificate) as second,
        scripted(silent, certificate, is_implicit=True) as third,
    ):
        yield _Servers(first, second, third)


def _server(running: ScriptedServer) -> SmtpServer:
    return server_for(running, running.security)


async def _postman(outbox: Outbox, servers: _Servers) -> Postman:
    known = {_server(each).queue: _server(each) for each in (servers.good, servers.locked, servers.silent)}
    keychain = MemoryKeychain()
    for server in known.values():
        await keychain.set(server.keychain_account, Secret("made up"))

    async def route_of(message: QueuedMessage) -> Route | Refusal:
        return route(known[message.queue], message.sender)

    return Postman(
        outbox, route_of=route_of, secret_of=secrets_in(keychain), tls=authority().trust, now=lambda: datetime.now(UTC)
    )


def _fill(connection: sqlite3.Connection, servers: _Servers, count: int) -> _Queue:
    """Queue one of each kind of poison before all others, more among them, and some at the servers that take none."""
    chance, now = random.Random(_SEED), datetime.now(UTC)
    kinds = [*_ENDS, *(chance.choice([*_ENDS]) if chance.random() < 0.1 else "good" for _ in range(count))]
    kinds += ["good"] * (count - kinds.count("good"))
    good, poison = [], {}
    behind: dict[str, tuple[str, ...]] = {}
    for name, running in (("locked", servers.locked), ("silent", servers.silent)):
        behind[name] = tuple(_put(connection, f"{name}{number}", name, running, now) for number in range(_BEHIND))
    for number, kind in enumerate(kinds):
        message_id = _put(connection, f"m{number}", kind, servers.good, now)
        if kind == "good":
            good.append(message_id)
        else:
            poison[message_id] = kind
            _damage(connection, message_id, kind)
    return _Queue(tuple(good), poison, behind)


def _put(connection: sqlite3.Connection, message_id: str, kind: str, running: ScriptedServer, now: datetime) -> str:
    written = replace(draft(), id=message_id, subject=message_id)
    recipient = Address.parse("nobody@empfang.example" if kind == "nobody" else "a@empfang.example")
    new = NewMessage(written, route(_server(running)), (recipient,), f"<{message_id}@partnerdomain.example>")
    number = message_id.lstrip("abcdefghijklmnopqrstuvwxyz")
    put(connection, new, [f"X-Bench: {kind} {number}\r\n\r\nText\r\n".encode()], now)
    return message_id


def _damage(connection: sqlite3.Connection, message_id: str, kind: str) -> None:
    if kind == "row":
        connection.execute("UPDATE outbox SET envelope_from = 'a@b@c' WHERE id = ?", (message_id,))
    elif kind == "part":
        connection.execute("DELETE FROM outbox_part WHERE message_id = ?", (message_id,))


def _mark(message: bytes) -> tuple[str, int]:
    found = _MARK.search(message)
    assert found is not None
    return found[1].decode(), int(found[2])


async def _wait(servers: _Servers, count: int) -> list[int]:
    """Return the numbers of the good messages as they arrived, once all have, or none has come for too long."""

    def arrived() -> list[int]:
        marks = map(_mark, servers.good.messages)
        return [number for kind, number in marks if kind == "good"]

    loop = asyncio.get_running_loop()
    seen, since = 0, loop.time()
    while (seen < count or not servers.silent.messages) and loop.time() - since < _PATIENCE:
        await asyncio.sleep(0.05)
        if (now := len(arrived())) > seen:
            seen, since = now, loop.time()
    # The last reply is still on its way to whoever commits it.
    await asyncio.sleep(0.3)
    return arrived()


async def _judged(
    outbox: Outbox, servers: _Servers, queue: _Queue, arrived: list[int]
) -> tuple[dict[str, object], list[str]]:
    messages = {message.id: message for message in await outbox.list()}
    broken = [f"{key} is {messages[key].state}" for key in queue.good if messages[key].state is not State.SENT]
    broken += [f"message {number} arrived {times} times" for number, times in Counter(arrived).items() if times > 1]
    if arrived != sorted(arrived):
        broken.append("the good messages did not arrive in their order")
    for key, kind in queue.poison.items():
        if messages[key].state is not _ENDS[kind]:
            broken.append(f"{key} ({kind}) is {messages[key].state}")
    sign_ins = servers.locked.verbs().count("AUTH")
    if sign_ins != 1:
        broken.append(f"{sign_ins} sign-ins with a wrong password")
    held = {messages[key].state for key in queue.behind["locked"]}
    if held != {State.HELD}:
        broken.append(f"behind the wrong password: {held}")
    # A reset or unreadable bytes end a connection, and nothing else does.
    ended = sum(kind in {"cut", "part"} for kind in queue.poison.values())
    if servers.good.connections > ended + 1:
        broken.append(f"{servers.good.connections} connections, {ended} of which had to end")
    return {
        "seed": _SEED,
        "good messages": len(queue.good),
        "arrived": len(arrived),
        "that never go": dict(Counter(queue.poison.values())),
        "connections": servers.good.connections,
        "behind servers that take none": sum(map(len, queue.behind.values())),
    }, broken
