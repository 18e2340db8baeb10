"""Somebody who signed in with the browser, the mail server that asks for tokens, and another that does not."""

from __future__ import annotations

import base64
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from app.delivery.outbox import Outbox, QueuedMessage
from app.delivery.postman import Postman
from app.oauth_client import OAuthClient
from app.profile import OAuthSignIn, SmtpServer
from app.routing import Refusal, Route
from app.sign_in.access_tokens import AccessTokens
from app.sign_in.grant import Grant
from app.sign_in.secrets import secret_for
from app.storage.keychain import MemoryKeychain, Secret
from tests.app.delivery.letters import NOW, minutes, put, route
from tests.app.delivery.tokens import token_server
from tests.servers.authorization import AuthorizationServer, Handler, Reply
from tests.servers.exchange import LIMITS, PASSWORD, authority, serving
from tests.servers.scripted import Polite, ScriptedServer, Talk, server_for

__all__ = ["Slowly", "TokenOffice", "token_office"]


class Slowly:
    """An answer of the token endpoint that waits for `release`; used as a script."""

    def __init__(self, server: AuthorizationServer) -> None:
        self._server = server
        self.asked = threading.Event()
        self.release = threading.Event()

    def __call__(self, handler: Handler) -> None:
        """Answer when it is time."""
        self.asked.set()
        self.release.wait(10)
        form = self._server.asked["token"][-1]
        Reply(200, self._server.grant(form, "application/x-www-form-urlencoded"))(handler)


@dataclass(repr=False)
class TokenOffice:
    """Both servers and the postman; every field is what a test may turn."""

    authorization: AuthorizationServer
    outbox: Outbox
    running: ScriptedServer
    other: ScriptedServer
    time: datetime = NOW
    clients: tuple[OAuthClient, ...] = ()
    keychain: MemoryKeychain = field(default_factory=MemoryKeychain)

    def __post_init__(self) -> None:
        self.server = token_server(self.running)
        self.plain = server_for(self.other)
        self.clients = (self.authorization.client(),)
        self.clock = 0.0
        self.tokens = AccessTokens(self.keychain, lambda: self.clients, lambda: self.clock)
        self.postman = Postman(
            self.outbox,
            route_of=self._route_of,
            secret_of=self._secret_of,
            tls=authority().trust,
            now=lambda: self.time,
            limits=LIMITS,
        )

    async def sign_in(self) -> None:
        """Keep what lasts of a sign-in with the browser, as the windows do."""
        client = self.clients[0]
        grant = Grant(client.client_id, client.token_endpoint, Secret(self.authorization.permit()))
        await self.keychain.set(self.server.keychain_account, grant.to_secret())

    async def put(self, number: int, server: SmtpServer | None = None) -> QueuedMessage:
        return await put(self.outbox, number, server or self.server, now=self.time)

    async def deliver(self, *, after: float = 0) -> list[str]:
        """Deliver what is due, so many minutes later; return the states of all messages, oldest first."""
        self.time += minutes(after)
        await self.postman.run_due()
        return await self.states()

    async def states(self) -> list[str]:
        return [message.state.value for message in await self.outbox.list()]

    async def reasons(self) -> list[str]:
        """Return why each message waits; empty for the others."""
        return [message.problem.reason.value if message.problem else "" for message in await self.outbox.list()]

    @property
    def refreshes(self) -> int:
        """How often another token was asked for."""
        return [each.get("grant_type") for each in self.authorization.asked["token"]].count("refresh_token")

    async def _route_of(self, message: QueuedMessage) -> Route | Refusal:
        return route(self.server if message.queue == self.server.queue else self.plain, message.sender)

    async def _secret_of(self, server: SmtpServer, typed: Secret | None = None, /) -> Secret | None:
        return await secret_for(server, self.keychain, self.tokens, typed)


@asynccontextmanager
async def token_office(
    authorization: AuthorizationServer, outbox: Outbox, accepts: Callable[[str], bool] | None = None
) -> AsyncIterator[TokenOffice]:
    """Run both servers; the one with tokens asks `accepts`, or the authorization server, about each."""

    async def check(talk: Talk) -> None:
        _, _, response = talk.server.lines[-1].split()
        token = base64.b64decode(response).decode().partition("Bearer ")[2].rstrip("\x01")
        if (accepts or authorization.accepts)(token):
            await talk.say(b"235 2.7.0 welcome\r\n")
            return
        await talk.say(b"334 " + base64.b64encode(b'{"status":"invalid_token"}') + b"\r\n")
        await talk.hear()
        await talk.say(b"535 5.7.8 no\r\n")

    async with serving(Polite({"AUTH": check}, ehlo=("AUTH PLAIN OAUTHBEARER",))) as running, serving() as other:
        office = TokenOffice(authorization, outbox, running, other)
        assert isinstance(office.server.sign_in, OAuthSignIn)
        await office.keychain.set(office.plain.keychain_account, Secret(PASSWORD))
        await office.sign_in()
        yield office
        await office.postman.stop()
        await office.tokens.close()
