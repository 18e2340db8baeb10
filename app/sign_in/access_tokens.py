"""Access tokens for mail servers: kept in memory while they hold, fetched anew when they do not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import KeychainError, Reason, SignInError
from app.oauth_client import OAuthClient, client_for
from app.profile import SmtpServer
from app.sign_in.grant import Grant
from app.storage.keychain import Keychain, Secret

if TYPE_CHECKING:
    from app.sign_in.token_endpoint import Granted

__all__ = ["PASSING", "AccessToken", "AccessTokens"]

PASSING = frozenset(
    {
        Reason.SIGN_IN_UNREACHABLE,
        Reason.SIGN_IN_TIMEOUT,
        Reason.SIGN_IN_TLS,
        Reason.SIGN_IN_STATUS,
        Reason.SIGN_IN_ANSWER,
    }
)
"""Why there is no token now, though there may be one later without anybody's doing."""
_EARLY = 60.0
"""Seconds before its end in which a token is not begun with any more."""


class AccessToken(Secret):
    """A bearer token; `renew` fetches another where the server does not take this one, once."""

    __slots__ = ("renew",)

    def __init__(self, text: str, renew: Callable[[], Awaitable[AccessToken]] | None = None) -> None:
        super().__init__(text)
        self.renew = renew
        """None for a token that was issued this moment: another one would be no better."""


@dataclass(frozen=True, slots=True)
class _Held:
    grant: Secret
    """What it was fetched for, as the keychain has it."""
    token: Secret
    ends: float


class AccessTokens:
    """Gives the token for a server, one request at a time for each login."""

    def __init__(
        self,
        keychain: Keychain,
        clients: Callable[[], Sequence[OAuthClient]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keychain = keychain
        self._clients = clients
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._unsaved: dict[str, tuple[Secret, Secret]] = {}
        """Permissions that were replaced while the keychain took nothing: the one it has, and the one that counts."""
        self._asking: dict[str, asyncio.Lock] = {}

    async def token(self, server: SmtpServer) -> AccessToken:
        """Return a token for `server`; raises SignInError and KeychainError.

        SIGN_IN_NO_CLIENT where nobody is set up to be asked, SIGN_IN_NEEDED where the person has to sign in (again),
        the other SIGN_IN_* as the token endpoint has it.
        """
        client = self.client(server)
        account = server.keychain_account
        async with self._asking.setdefault(account, asyncio.Lock()):
            kept = await self._kept(account)
            grant = Grant.from_secret(kept) if kept else None
            if kept is None or grant is None or not grant.is_for(client):
                raise SignInError.because(
                    Reason.SIGN_IN_NEEDED, username=server.username, host=server.host, name=client.name
                )
            held = self._held.get(account)
            if held is not None and held.grant == kept and self._clock() < held.ends - _EARLY:
                return AccessToken(held.token.reveal(), lambda: self._renewed(server, held))
            return await self._fetched(account, client, grant)

    def from_sign_in(self, server: SmtpServer, grant: Secret) -> AccessToken:
        """Return the token that came with a sign-in which is not kept yet; raises SignInError once it is over."""
        held = self._held.get(server.keychain_account)
        if held is None or held.grant != grant or self._clock() >= held.ends - _EARLY:
            client = client_for(server.host, self._clients())
            name = client.name if client else server.host
            raise SignInError.because(Reason.SIGN_IN_NEEDED, username=server.username, host=server.host, name=name)
        return AccessToken(held.token.reveal())

    def remember(self, server: SmtpServer, grant: Secret, granted: Granted) -> None:
        """Take note of the token that came with a sign-in."""
        self._held[server.keychain_account] = _Held(grant, granted.access_token, self._clock() + granted.seconds)

    def client(self, server: SmtpServer) -> OAuthClient:
        """Return the client whose tokens are for `server`; raises SignInError (SIGN_IN_NO_CLIENT)."""
        client = client_for(server.host, self._clients())
        if client is None:
            raise SignInError.because(Reason.SIGN_IN_NO_CLIENT, host=server.host)
        return client

    async def _renewed(self, server: SmtpServer, refused: _Held) -> AccessToken:
        """Return another token than the one a server refused."""
        if self._held.get(server.keychain_account) == refused:
            del self._held[server.keychain_account]
        return await self.token(server)

    async def _kept(self, account: str) -> Secret | None:
        kept = await self._keychain.get(account)
        old, new = self._unsaved.get(account, (None, None))
        return new if kept is not None and kept == old else kept

    async def _fetched(self, account: str, client: OAuthClient, grant: Grant) -> AccessToken:
        from app.sign_in.token_endpoint import refresh  # with HTTP, and most log in with a password

        granted = await refresh(client, grant.refresh_token, client_secret=grant.client_secret)
        kept = grant.to_secret()
        if granted.refresh_token is not None and granted.refresh_token != grant.refresh_token:
            kept = Grant(grant.client_id, grant.token_endpoint, granted.refresh_token, grant.client_secret).to_secret()
            await self._keep(account, grant.to_secret(), kept)
        self._held[account] = _Held(kept, granted.access_token, self._clock() + granted.seconds)
        return AccessToken(granted.access_token.reveal())

    async def _keep(self, account: str, old: Secret, new: Secret) -> None:
        """Keep a permission that replaces another; until the keychain takes it, it counts from memory."""
        stored, _ = self._unsaved.get(account, (old, None))
        try:
            await self._keychain.replace(account, new)
        except KeychainError:
            self._unsaved[account] = (stored, new)
        else:
            self._unsaved.pop(account, None)
