"""Any history of asking, giving up, locked keychains and restarts: the server never sees a permission twice."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import KeychainError, Reason, SignInError
from app.oauth_client import OAuthClient
from app.profile import OAuthSignIn, Security, SmtpServer
from app.sign_in import token_endpoint
from app.sign_in.access_tokens import AccessToken, AccessTokens
from app.sign_in.grant import Grant
from app.sign_in.token_endpoint import Granted
from app.storage.keychain import MemoryKeychain, Secret

CLIENT = OAuthClient("x", "x", "https://a.example", "https://t.example", ("smtp",), ("smtp.beispiel.example",))
LOGIN = SmtpServer("smtp.beispiel.example", 587, Security.STARTTLS, "nutzer", OAuthSignIn())
EVENTS = st.lists(
    st.sampled_from(["ask", "ask", "give up", "rounds", "refuse", "lock", "unlock", "hour", "fail", "restart"]),
    min_size=4,
    max_size=40,
)


class Office:
    """A token endpoint that takes every refresh token once, and ends everything for one that comes twice."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self.number = 0
        self.fails = False
        self.under_way = 0
        self.mistakes: list[str] = []
        self.holds: set[str] = set()

    async def refresh(self, client: OAuthClient, token: Secret, *, client_secret: Secret | None = None) -> Granted:
        assert client is CLIENT
        assert client_secret is None
        self.under_way += 1
        try:
            if self.under_way > 1:
                self.mistakes.append("asked twice at once")
            await asyncio.sleep(0)
            if self.fails:
                self.fails = False
                raise SignInError.because(Reason.SIGN_IN_STATUS, host="t.example", status=503, reply="")
            if token != Secret(f"refresh{self.number}"):
                self.mistakes.append(f"{token.reveal()} came again")
                raise SignInError.because(Reason.SIGN_IN_ENDED, host="t.example", reply="")
            self.number += 1
            # From here on the last one is void, whether or not anybody hears of it.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        finally:
            self.under_way -= 1
        self.holds.add(f"access{self.number}")
        return Granted(Secret(f"access{self.number}"), 3600.0, Secret(f"refresh{self.number}"))


class Vault(MemoryKeychain):
    """A keychain that can be read, and takes nothing while it is locked."""

    is_locked = False

    async def set(self, account: str, secret: Secret) -> None:
        await asyncio.sleep(0)
        if self.is_locked:
            raise KeychainError.because(Reason.KEYCHAIN_LOCKED)
        await super().set(account, secret)


class History:
    """One program after another, and those who ask it."""

    def __init__(self, office: Office) -> None:
        self.office = office
        """What the token endpoint saw."""
        self.vault = Vault()
        self.now = 0.0
        self.waiting: list[asyncio.Task[AccessToken]] = []
        self.tokens = self._started()

    def _started(self) -> AccessTokens:
        return AccessTokens(self.vault, lambda: [CLIENT], lambda: self.now)

    async def run(self, events: list[str]) -> None:
        grant = Grant(CLIENT.client_id, CLIENT.token_endpoint, Secret("refresh0"))
        await self.vault.set(LOGIN.keychain_account, grant.to_secret())
        for event in events:
            await self._happen(event)
        await self._settle()
        self.vault.is_locked = self.office.fails = False
        for _ in range(2):
            token = await self.tokens.token(LOGIN)
            if token.reveal() not in self.office.holds:
                token = await _renewed(token)
            assert token.reveal() in self.office.holds
            await self._happen("restart")
        assert self.office.mistakes == []

    async def _happen(self, event: str) -> None:
        match event:
            case "ask":
                self.waiting.append(asyncio.create_task(self.tokens.token(LOGIN)))
            case "give up" if self.waiting:
                self.waiting[0].cancel()
            case "rounds":
                for _ in range(3):
                    await asyncio.sleep(0)
            case "refuse":
                self.office.holds.clear()
                await self._renew()
            case "lock" | "unlock":
                self.vault.is_locked = event == "lock"
            case "hour":
                self.now += 3600
            case "fail":
                self.office.fails = True
            case "restart" if not self.vault.is_locked:
                await self._settle()
                await self.tokens.close()
                self.tokens = self._started()

    async def _renew(self) -> None:
        """Have every token that is known replaced, as if the mail server took none of them."""
        for each in await self._settle():
            if each.renew is not None:
                self.waiting.append(asyncio.create_task(_renewed(each)))

    async def _settle(self) -> list[AccessToken]:
        """Wait for all who ask; return what they got."""
        waiting, self.waiting = self.waiting, []
        found = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(each, AccessToken | SignInError | asyncio.CancelledError) for each in found)
        return [each for each in found if isinstance(each, AccessToken)]


async def _renewed(token: AccessToken) -> AccessToken:
    assert token.renew is not None
    return await token.renew()


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """Who sits in the token endpoint's place."""
    office = Office()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(token_endpoint, "refresh", office.refresh)
        yield office


@given(events=EVENTS)
def test_no_history_loses_a_permission(office: Office, events: list[str]) -> None:
    office.reset()
    asyncio.run(History(office).run(events))
