"""A post office in memory: servers that do as told, and the postman that works for them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterable, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from app.delivery.data import Chunks
from app.delivery.dialogue import Consequence, DialogueLine, Limits, SessionError, Stage, Watch
from app.delivery.outbox import Outbox, QueuedMessage
from app.delivery.postman import Postman
from app.delivery.smtp import Envelope
from app.delivery.verdict import Delivered, Held, TryLater, Uncertain, Verdict
from app.errors import ExpectedError, Problem, Reason
from app.profile import SmtpServer
from app.routing import Refusal, Route, Rule, Step
from app.storage.keychain import MemoryKeychain, Secret
from tests.app.delivery.letters import GATEWAY, NOW, ORGANISATION, PARTNER, route
from tests.app.sign_in.given import secrets_in
from tests.canary import canary

TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
BEFORE_DOT = "before the dot"
AFTER_DOT = "after the dot"

Answer = Callable[[Envelope, bytes], Verdict | BaseException]


@dataclass(frozen=True, slots=True)
class Mail:
    """What a server accepted."""

    host: str
    envelope: Envelope
    data: bytes


@dataclass
class FakeServer:
    """A server in memory; every field is what a test may turn."""

    refuses_to_open: SessionError | None = None
    answer: Answer = lambda envelope, data: Delivered("250 2.0.0 queued", "Q1")
    stops_at: str = ""
    """Where it waits for `go`: before or after the dot."""
    go: asyncio.Event = field(default_factory=asyncio.Event)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    messages_a_connection: int = 1000
    sessions: list[FakeSession] = field(default_factory=list)
    secrets: list[Secret | None] = field(default_factory=list)


class FakeSession:
    """One connection to such a server, in the order of the real one."""

    tls_version = "TLSv1.3"

    def __init__(self, office: PostOffice, server: SmtpServer) -> None:
        self._office = office
        self._server = server
        self._behaviour = office.servers[server.host]
        self._count = 0
        self.is_usable = True
        self.aborted = False
        self._cut = asyncio.Event()
        self.ended = False
        self._dialogue = [DialogueLine("S", "220 ready")]

    def take_dialogue(self) -> list[DialogueLine]:
        taken, self._dialogue = self._dialogue, []
        return taken

    async def deliver(
        self,
        envelope: Envelope,
        chunks: Chunks,
        *,
        before_mail: Callable[[], Awaitable[Problem | None]],
        on_data_end: Callable[[], Awaitable[None]],
    ) -> Verdict:
        self._count += 1
        if self._count > self._behaviour.messages_a_connection:
            self.is_usable = False
            return connection_lost(self._server).as_verdict()
        if (problem := await before_mail()) is not None:
            return Held(problem)
        try:
            assert isinstance(chunks, AsyncIterable)
            data = b"".join([chunk async for chunk in chunks])
            await self._stop_at(BEFORE_DOT)
            await on_data_end()
            await self._stop_at(AFTER_DOT)
            if self.aborted:
                return Uncertain(Problem.of(Reason.SERVER_UNCERTAIN, host=self._server.host))
        except ExpectedError as error:
            self.abort()
            return TryLater(error.problem)
        except BaseException:
            self.abort()
            raise
        verdict = self._behaviour.answer(envelope, data)
        if isinstance(verdict, BaseException):
            raise verdict
        self._dialogue.append(DialogueLine("S", f"message {self._count}"))
        if isinstance(verdict, Delivered):
            self._office.arrived.append(Mail(self._server.host, envelope, data))
        return verdict

    async def _stop_at(self, place: str) -> None:
        if self._behaviour.stops_at == place:
            self._behaviour.reached.set()
            waiting = [asyncio.ensure_future(event.wait()) for event in (self._behaviour.go, self._cut)]
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in waiting:
                    each.cancel()

    async def quit(self) -> None:
        self.ended = True

    def abort(self) -> None:
        self.aborted = True
        self.is_usable = False
        self._cut.set()


class PostOffice:
    """The gateway's and the organisation's server, what arrived there, and the postman."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self.time = NOW
        self.servers = {GATEWAY.host: FakeServer(), ORGANISATION.host: FakeServer()}
        self.arrived: list[Mail] = []
        self.keychain = MemoryKeychain()
        self.routes: Callable[[QueuedMessage], Route | Refusal] = the_route
        self.postman = Postman(
            outbox,
            route_of=self._route_of,
            secret_of=secrets_in(self.keychain),
            tls=lambda: TLS,
            now=self.now,
            open_session=self._open,
        )

    @property
    def gateway(self) -> FakeServer:
        return self.servers[GATEWAY.host]

    @property
    def organisation(self) -> FakeServer:
        return self.servers[ORGANISATION.host]

    @property
    def subjects(self) -> list[bytes]:
        return [mail.data for mail in self.arrived]

    async def give_passwords(self) -> None:
        for server in (GATEWAY, ORGANISATION):
            await self.keychain.set(server.keychain_account, Secret(canary(server.host)))

    def now(self) -> datetime:
        return self.time

    async def _route_of(self, message: QueuedMessage) -> Route | Refusal:
        return self.routes(message)

    async def _open(
        self,
        server: SmtpServer,
        secret: Secret | None,
        *,
        tls: ssl.SSLContext,
        limits: Limits | None = None,
        watch: Watch | None = None,
    ) -> FakeSession:
        behaviour = self.servers[server.host]
        behaviour.secrets.append(secret)
        assert watch is not None
        watch(Stage.CONNECT, "")
        if behaviour.refuses_to_open is not None:
            raise behaviour.refuses_to_open
        session = FakeSession(self, server)
        behaviour.sessions.append(session)
        return session


async def arrivals(office: PostOffice, count: int) -> None:
    """Wait until so many messages have arrived."""
    async with asyncio.timeout(10):
        while len(office.arrived) < count:  # noqa: ASYNC110 - the postman has no event for tests
            await asyncio.sleep(0.001)


async def states(outbox: Outbox) -> list[str]:
    """Return the states of all messages, oldest first."""
    return [message.state.value for message in await outbox.list()]


def the_route(message: QueuedMessage) -> Route | Refusal:
    return route(ORGANISATION if message.host == ORGANISATION.host else GATEWAY, message.sender)


def refusal(reason: Reason) -> Refusal:
    problem = Problem.of(reason, address=str(PARTNER), host=GATEWAY.host)
    return Refusal(PARTNER, problem, (Step(Rule.POLICY_ALLOWS, held=False, detail="/"),))


def connection_lost(server: SmtpServer) -> SessionError:
    return SessionError(Problem.of(Reason.SERVER_CONNECTION_LOST, host=server.host), stage=Stage.SENDER)


def wrong_password(server: SmtpServer = GATEWAY) -> SessionError:
    problem = Problem.of(Reason.SERVER_AUTH_REJECTED, host=server.host, username=server.username, reply="535 no")
    return SessionError(problem, stage=Stage.SIGN_IN, reply="535 no", consequence=Consequence.STOP)


def not_found(server: SmtpServer = GATEWAY) -> SessionError:
    return SessionError(Problem.of(Reason.SERVER_NOT_FOUND, host=server.host), stage=Stage.RESOLVE)


__all__ = [
    "AFTER_DOT",
    "BEFORE_DOT",
    "FakeServer",
    "FakeSession",
    "Mail",
    "PostOffice",
    "arrivals",
    "connection_lost",
    "not_found",
    "refusal",
    "states",
    "the_route",
    "wrong_password",
]
