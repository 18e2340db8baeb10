"""Access tokens for mail servers: kept in memory while they hold, fetched anew when they do not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import KeychainError, Problem, Reason, SignInError
from app.limited import import_beside
from app.oauth_client import OAuthClient, client_for
from app.policy.watch import boot_clock
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
        # The administrator mends it, and then mail that waited goes by itself.
        Reason.MANAGED_UNREADABLE,
        Reason.MANAGED_WRONG,
    }
)
"""Why there is no token now, though there may be one later without anybody's doing."""
_CLOSE_SECONDS = 3.0
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
        clock: Callable[[], float] = boot_clock,
    ) -> None:
        self._keychain = keychain
        self._clients = clients
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._unsaved: dict[str, tuple[Secret, Secret]] = {}
        """Permissions that were replaced while the keychain took nothing: the one it has, and the one that counts."""
        self._asking: dict[tuple[str, OAuthClient], asyncio.Task[AccessToken]] = {}
        self._not_before: dict[str, tuple[float, Problem]] = {}
        """When a token endpoint may be asked again that told us to wait, and what it said."""

    async def token(self, server: SmtpServer) -> AccessToken:
        """Return a token for `server`; raises SignInError and KeychainError.

        SIGN_IN_NO_CLIENT where nobody is set up to be asked, SIGN_IN_NEEDED where the person has to sign in (again),
        the other SIGN_IN_* as the token endpoint has it. Whoever asks meanwhile gets the answer to the same request,
        which goes on when one of them is cancelled: a new permission may be on its way, and the last one void.
        """
        client = self.client(server)
        key = server.keychain_account, client
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.create_task(self._token(server, client))
            asking.add_done_callback(lambda done: self._has_asked(key, done))
        await asyncio.wait([asking])
        return asking.result()

    def from_sign_in(self, server: SmtpServer, grant: Secret) -> AccessToken:
        """Return the token that came with a sign-in which is not kept yet; raises SignInError once it is over."""
        login = _without_port(server.keychain_account)
        held = next(
            (each for account, each in self._held.items() if each.grant == grant and _without_port(account) == login),
            None,
        )
        if held is None or self._clock() >= held.ends - _EARLY:
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

    async def own_client_secret(self, server: SmtpServer, client: OAuthClient) -> Secret | None:
        """Return the secret of the person's own `client` from the last sign-in with it; None where there is none."""
        try:
            kept = await self._kept(server.keychain_account)
        except KeychainError:
            return None
        grant = Grant.from_secret(kept) if kept else None
        return grant.client_secret if grant is not None and grant.is_for(client) else None

    async def close(self, *, seconds: float = _CLOSE_SECONDS) -> None:
        """Let what is under way come to an end, so that no new permission is lost; after `seconds` each is given up."""
        under_way = list(self._asking.values())
        if under_way:
            _, late = await asyncio.wait(under_way, timeout=seconds)
            for each in late:
                each.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for account in list(self._unsaved):
            with contextlib.suppress(KeychainError, TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._kept(account)

    def _has_asked(self, key: tuple[str, OAuthClient], done: asyncio.Task[AccessToken]) -> None:
        del self._asking[key]
        if not done.cancelled():
            done.exception()  # all who waited may be gone

    async def _renewed(self, server: SmtpServer, refused: _Held) -> AccessToken:
        """Return another token than the one a server refused."""
        if self._held.get(server.keychain_account) == refused:
            del self._held[server.keychain_account]
        return await self.token(server)

    async def _token(self, server: SmtpServer, client: OAuthClient) -> AccessToken:
        account = server.keychain_account
        kept = await self._kept(account)
        grant = Grant.from_secret(kept) if kept else None
        if kept is None or grant is None or not grant.is_for(client):
            raise SignInError.because(
                Reason.SIGN_IN_NEEDED, username=server.username, host=server.host, name=client.name
            )
        held = self._held.get(account)
        if held is not None and held.grant == kept and self._clock() < held.ends - _EARLY:
            return AccessToken(held.token.reveal(), lambda: self._renewed(server, held))
        granted = await self._asked(server, client, grant)
        if granted.refresh_token is not None and granted.refresh_token != grant.refresh_token:
            new = Grant(grant.client_id, grant.token_endpoint, granted.refresh_token, grant.client_secret).to_secret()
            await self._keep(account, kept, new)
            kept = new
        self._held[account] = _Held(kept, granted.access_token, self._clock() + granted.seconds)
        return AccessToken(granted.access_token.reveal())

    async def _asked(self, server: SmtpServer, client: OAuthClient, grant: Grant) -> Granted:
        """Return what the token endpoint gives; raises SignInError, at once while it wants to be left alone."""
        # With HTTP, and most log in with a password.
        await import_beside("app.sign_in.token_endpoint")
        from app.sign_in.token_endpoint import refresh

        not_before, problem = self._not_before.get(client.token_endpoint, (0.0, None))
        if problem is not None and self._clock() < not_before:
            raise SignInError(problem)
        try:
            granted = await refresh(client, grant.refresh_token, client_secret=grant.client_secret)
        except SignInError as error:
            raise self._noted(error.problem, server, client) from None
        self._not_before.pop(client.token_endpoint, None)
        return granted

    def _noted(self, problem: Problem, server: SmtpServer, client: OAuthClient) -> SignInError:
        """Take note of what a refusal means for later, and return it with whose sign-in it is about."""
        if wait := problem.fact("wait"):
            self._not_before[client.token_endpoint] = self._clock() + float(wait), problem
        if problem.reason is not Reason.SIGN_IN_ENDED:
            return SignInError(problem)
        whose = {"username": server.username, "mail_host": server.host}
        return SignInError(Problem.of(problem.reason, **problem.facts, **whose))

    async def _kept(self, account: str) -> Secret | None:
        """Return the permission that counts; one that the keychain did not take is offered to it again."""
        kept = await self._keychain.get(account)
        if account not in self._unsaved:
            return kept
        old, new = self._unsaved[account]
        if kept != old:  # it was taken after all, or the person signed in anew, or out
            del self._unsaved[account]
            return kept
        await self._keep(account, old, new)
        return new

    async def _keep(self, account: str, old: Secret, new: Secret) -> None:
        """Keep a permission that replaces another; until the keychain takes it, it counts from memory.

        Where the other one is gone from the keychain meanwhile, the person signed in anew, or out: that counts.
        """
        stored, _ = self._unsaved.get(account, (old, None))
        try:
            if await self._keychain.get(account) == stored:
                await self._keychain.replace(account, new)
        except KeychainError:
            self._unsaved[account] = (stored, new)
        else:
            self._unsaved.pop(account, None)


def _without_port(account: str) -> str:
    """Return a login without its server's port: a sign-in holds for another one, too."""
    return account.rpartition(":")[0]
