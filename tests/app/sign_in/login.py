"""A person who signed in at the tests' authorization server, and a program that uses it."""

from __future__ import annotations

import pytest

from app.errors import KeychainError, Problem, Reason, SignInError
from app.oauth_client import OAuthClient
from app.profile import OAuthSignIn, Security, SmtpServer
from app.sign_in.access_tokens import AccessToken, AccessTokens
from app.sign_in.grant import Grant
from app.storage.keychain import MemoryKeychain, Secret
from tests.servers.authorization import AuthorizationServer

__all__ = ["ACCOUNT", "LOGIN", "World"]

LOGIN = SmtpServer("smtp.beispiel.example", 587, Security.STARTTLS, "nutzer@beispiel.example", OAuthSignIn())
ACCOUNT = LOGIN.keychain_account


class Faulty(MemoryKeychain):
    """A keychain that takes nothing while it is locked."""

    is_locked = False
    takes = 0

    async def set(self, account: str, secret: Secret) -> None:
        self.takes += 1
        if self.is_locked:
            raise KeychainError.because(Reason.KEYCHAIN_LOCKED)
        await super().set(account, secret)


class World:
    """A person who signed in, and a program that uses it."""

    def __init__(self, server: AuthorizationServer, client: OAuthClient, grant: Grant) -> None:
        self.server = server
        self.clients: tuple[OAuthClient, ...] = (client,)
        self.grant = grant
        self.keychain = Faulty()
        self.now = 1000.0
        self.tokens = self.started()

    def started(self) -> AccessTokens:
        """Return what a program has that starts now."""
        return AccessTokens(self.keychain, lambda: self.clients, lambda: self.now)

    async def token(self) -> AccessToken:
        token = await self.tokens.token(LOGIN)
        assert self.server.accepts(token.reveal())
        return token

    async def refused(self) -> Problem:
        with pytest.raises(SignInError) as caught:
            await self.tokens.token(LOGIN)
        return caught.value.problem

    @property
    def refreshes(self) -> int:
        return len([each for each in self.server.asked["token"] if each.get("grant_type") == "refresh_token"])

    async def kept(self) -> Grant:
        secret = await self.keychain.get(ACCOUNT)
        grant = Grant.from_secret(secret) if secret else None
        assert grant is not None
        return grant
