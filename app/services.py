"""The wiring: everything one data folder needs, opened together and closed together.

What delivers mail is imported when it is first asked for, because a composer is painted before anything is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from app.address import Address
from app.errors import PolicyError, Problem, ProfileError, Reason, SignInError, StorageError
from app.instance import FileLock
from app.ordinary_file import version_of
from app.policy.evaluate import Policy, PolicyState
from app.policy.managed import Managed, load_managed, managed_file
from app.policy.serials import OnlyAskedSerials
from app.policy.signature import pinned_keys
from app.policy.watch import MemoryPolicies, PolicyStore, PolicyWatch
from app.profile import OAuthSignIn, Profile, SmtpServer, WhenMissed
from app.routing import POLICY_REASONS, Refusal, Route, choose_route, without_gateway
from app.storage.contacts import Contacts
from app.storage.database import Database
from app.storage.drafts import Drafts
from app.storage.folder import DataFolder
from app.storage.keychain import Keychain, LayeredKeychain, Secret, SystemKeychain
from app.storage.policies import FirstLook, Policies
from app.storage.profiles import Profiles
from app.storage.reserve import Reserve
from app.storage.serials import KeychainSerials

if TYPE_CHECKING:
    import ssl

    from app.delivery.journal import Journal
    from app.delivery.outbox import Outbox, QueuedMessage
    from app.delivery.postman import Postman
    from app.delivery.schedule import ClockWatch, Schedules
    from app.forecast.lookup import Lookup
    from app.oauth_client import OAuthClient
    from app.sign_in.access_tokens import AccessTokens
    from app.sign_in.browser import BrowserWords

__all__ = ["Services", "now", "open_services"]


def now() -> datetime:
    """Return the present moment, with its zone."""
    return datetime.now(UTC)


@dataclass
class Services:
    """All parts of the running program for one data folder."""

    folder: DataFolder
    database: Database
    profiles: Profiles
    policies: Policies
    drafts: Drafts
    contacts: Contacts
    keychain: LayeredKeychain
    delivery_lock: FileLock
    """Held by whoever delivers this folder's outbox: the window while it runs, else a command."""
    profile: Profile | None = None
    """The profile as last loaded or saved; None before set-up."""
    watch: PolicyWatch | None = None
    """The policy; None before set-up."""
    now: Callable[[], datetime] = now
    asks_dns: bool = False
    """Whether forecasts may ask DNS; else they are unknown."""
    shows_forecasts: bool = True
    """Whether the wizard shows forecasts at all; not where DNS is never asked, as in the policy preview."""
    managed: Managed | None = None
    """What an administrator set for this machine."""
    managed_problem: Problem | None = None
    """Why that cannot be known; then no own SMTP server is used, and nobody is asked for a token."""
    _trust: dict[str, tuple[object, ssl.SSLContext]] = field(default_factory=dict)
    _first_looks: MemoryPolicies = field(default_factory=MemoryPolicies)

    @cached_property
    def outbox(self) -> Outbox:
        """The messages on their way."""
        from app.delivery.outbox import Outbox

        return Outbox(self.database)

    @cached_property
    def lookup(self) -> Lookup:
        """Who answers questions about DNS."""
        from app.forecast.lookup import DnsLookup, NoLookup

        return DnsLookup() if self.asks_dns else NoLookup()

    @cached_property
    def journal(self) -> Journal:
        """What happened at each attempt."""
        from app.delivery.journal import Journal

        return Journal(self.database)

    @cached_property
    def schedules(self) -> Schedules:
        """Mail for a certain time."""
        from app.delivery.schedule import Schedules

        return Schedules(self.database, self.outbox.changed_elsewhere, self.outbox.due_look)

    @cached_property
    def _clock_watch(self) -> ClockWatch:
        from app.delivery.schedule import ClockWatch

        return ClockWatch()

    @cached_property
    def postman(self) -> Postman:
        """Who delivers the outbox."""
        from app.delivery.postman import Postman

        return Postman(
            self.outbox,
            route_of=self.route_of,
            secret_of=self.secret_of,
            tls=self.mail_tls,
            now=self.now,
            look_at_time=self.look_at_schedules,
        )

    @cached_property
    def tokens(self) -> AccessTokens:
        """The access tokens of those who signed in with the browser."""
        from app.sign_in.access_tokens import AccessTokens

        return AccessTokens(self.keychain, lambda: self.oauth_clients)

    @property
    def oauth_clients(self) -> tuple[OAuthClient, ...]:
        """As whom sign-ins with the browser are asked for; nobody while the administrator's cannot be known."""
        if self.managed_problem is not None:
            return ()
        if self.managed is not None and self.managed.oauth_clients is not None:
            return self.managed.oauth_clients
        return self.profile.oauth_clients if self.profile else ()

    @property
    def oauth_locked(self) -> bool:
        """Whether an administrator set these clients, or may have, so that the person adds none."""
        return bool(self.managed_problem) or (self.managed is not None and self.managed.oauth_clients is not None)

    async def sign_in_with_browser(
        self,
        server: SmtpServer,
        client: OAuthClient | None = None,
        *,
        show: Callable[[str], None],
        words: BrowserWords,
        client_secret: Secret | None = None,
    ) -> Secret:
        """Have the person sign in for `server` with the browser, and return what lasts of it; raises SignInError.

        `client` is one that the profile does not have yet. What is returned is not kept, but `secret_of` takes it as
        `typed` for as long as the token holds that came with it.
        """
        from app.sign_in.browser import sign_in_with_browser

        if self.managed_problem is not None:
            raise SignInError(self.managed_problem)
        if client is not None and self.managed is not None and self.oauth_locked:
            raise SignInError.because(Reason.SIGN_IN_LOCKED, file=self.managed.file)
        known = client or self.tokens.client(server)
        own = client_secret or await self.tokens.own_client_secret(server, known)
        done = await sign_in_with_browser(known, server.username, show=show, words=words, client_secret=own)
        grant = done.grant.to_secret()
        self.tokens.remember(server, grant, done.granted)
        return grant

    async def secret_of(self, server: SmtpServer, typed: Secret | None = None, /) -> Secret | None:
        """Return the secret to sign in to `server` with; raises KeychainError, SetupError and SignInError."""
        from app.sign_in.secrets import secret_for

        if isinstance(server.sign_in, OAuthSignIn) and self.managed_problem is not None:
            raise SignInError(self.managed_problem)
        return await secret_for(server, self.keychain, self.tokens, typed)

    @property
    def policy(self) -> Policy:
        """How the policy stands now."""
        if self.managed_problem is not None:
            return Policy(PolicyState.UNKNOWN, problem=self.managed_problem, is_managed=True)
        return self.watch.current() if self.watch is not None else Policy(PolicyState.UNKNOWN)

    @property
    def the_profile(self) -> Profile:
        """The profile; raises ProfileError (PROFILE_MISSING) before set-up."""
        if self.profile is None:
            raise ProfileError.because(Reason.PROFILE_MISSING, folder=self.folder.home)
        return self.profile

    def mail_tls(self) -> ssl.SSLContext:
        """Return how mail servers are trusted: the system's authorities and the profile's own."""
        return self.mail_tls_for(self.profile.mail_ca if self.profile else "")

    def mail_tls_for(self, mail_ca: str) -> ssl.SSLContext:
        """Return how mail servers are trusted with another authorities file, before a profile names it.

        The context, which takes 20 ms to make, is kept until that file changes. Raises SetupError for a file
        that cannot be read.
        """
        from app.delivery.tls import tls_context

        version = version_of(mail_ca)
        known = self._trust.get(mail_ca)
        if known is None or known[0] != version:
            known = self._trust[mail_ca] = (version, tls_context(mail_ca))
        return known[1]

    async def checked_policy(self) -> Policy:
        """Return the policy, asked for anew when the last answer is older than 15 minutes."""
        if self.watch is not None:
            await self.watch.fresh_enough()
        return self.policy

    async def look_up_policy(
        self, person: Address, source: str, ca_file: str = "", keys: tuple[str, ...] = ()
    ) -> Policy:
        """Fetch a policy before there is a profile, for set-up; `problem` says what went wrong.

        It is kept when a profile with this source is taken. Raises PolicyError for what cannot be a source or key,
        and while the administrator's settings cannot be known.
        """
        if self.managed_problem is not None:
            raise PolicyError(self.managed_problem)
        watch = self._watch(person, source, ca_file, keys, FirstLook(self._first_looks, self.policies))
        await watch.load()
        return await watch.refresh()

    async def release_held(self) -> None:
        """Put back into the queue what the policy held and has a route now, and say why where the reason is another."""
        from app.delivery.queued import difference

        policy = self.policy

        def against(message: QueuedMessage) -> Problem | None:
            chosen = choose_route(message.sender, self._profile_for(message), policy)
            return chosen.problem if isinstance(chosen, Refusal) else difference(chosen, message)

        await self.outbox.reconsider(POLICY_REASONS | {Reason.ROUTE_CHANGED}, against, self.now())

    async def tidy_up(self) -> None:
        """Remove copies of attached files that no draft uses, and attempts at mail long gone; raises StorageError."""
        await self.journal.forget(self.now())
        folder = self.folder.attachments
        if await asyncio.to_thread(folder.is_dir):
            from app.delivery.restored import remove_unused

            used = {saved.draft.id for saved in await self.drafts.list()}
            await asyncio.to_thread(remove_unused, folder, used, self.now())

    async def look_at_schedules(self) -> int:
        """Take note of scheduled mail whose time has come, by the person's rule; return how much of it was missed."""
        now = self.now()
        rule = self.profile.when_missed if self.profile else WhenMissed.SEND
        return await self.schedules.look(now, rule, self._clock_watch.set_by(now))

    async def take_profile(self, profile: Profile) -> None:
        """Go on with a changed profile; another policy source is watched from now on.

        What an administrator set counts in place of what the profile says.
        """
        if self.managed is not None:
            profile = self.managed.applied_to(profile)
        if self.managed_problem is not None:
            self.profile = profile
            return
        if self.profile is None or _source_of(self.profile) != _source_of(profile):
            watch = self._watch(*_source_of(profile), self.policies)
            if (looked_up := self._first_looks.kept.pop(watch.origin, None)) is not None:
                await self.policies.save(looked_up)
            await watch.load()
            self.watch = watch
        self.profile = profile

    async def route_of(self, message: QueuedMessage) -> Route | Refusal:
        """Decide anew which route a queued message takes, with a policy checked at most 15 minutes ago.

        Where the person chose the organisation's servers for a held message, its gateway is left out.
        """
        profile = self._profile_for(message)
        entry = profile.find(message.sender)
        if entry is not None and entry.smtp_msa is not None:
            await self.checked_policy()
        return choose_route(message.sender, profile, self.policy)

    def _profile_for(self, message: QueuedMessage) -> Profile:
        """Return the profile as it counts for a message."""
        return without_gateway(message.sender, self.the_profile) if message.over_organisation else self.the_profile

    def _watch(
        self, person: Address, source: str, ca_file: str, keys: tuple[str, ...], store: PolicyStore
    ) -> PolicyWatch:
        """Return a watch over a policy source; an empty one stands for the person's own statement."""
        found = None
        if source:
            from app.policy.source import source_for

            found = source_for(source, person, ca_file)
        serials = KeychainSerials(self.keychain)
        watch = PolicyWatch(
            store,
            found,
            person,
            now=self.now,
            keys=pinned_keys(keys),
            serials=serials if store is self.policies else OnlyAskedSerials(serials),
        )
        watch.is_managed = self.managed is not None
        return watch


def _source_of(profile: Profile) -> tuple[Address, str, str, tuple[str, ...]]:
    return profile.primary.address, profile.policy_source, profile.policy_ca, profile.policy_keys


@asynccontextmanager
async def open_services(
    folder: DataFolder,
    *,
    keychain: Keychain | None = None,
    now: Callable[[], datetime] = now,
    managed: Path | None = None,
) -> AsyncIterator[Services]:
    """Open the data folder and everything in it; raises StorageError.

    `managed` is the file with the administrator's settings, the system's unless another one is given.
    `keychain` is the system's unless another one is given; a session-only password lies above it. However the
    body ends, the postman stops, the delivery lock is given back and the database closed.
    """
    folder.prepare()
    reserve = Reserve(folder.reserve)
    database = await _open_database(folder, reserve)
    try:
        reserve.keep()
        services = _services(folder, database, reserve, keychain or SystemKeychain(), now)
        try:
            services.managed = load_managed(managed or managed_file())
        except PolicyError as error:
            services.managed_problem = error.problem
        profile = await services.profiles.load()
        if profile is not None:
            await services.take_profile(profile)
        try:
            yield services
        finally:
            await _end(services)
    finally:
        await database.close()


async def _open_database(folder: DataFolder, reserve: Reserve) -> Database:
    try:
        return await Database.open(folder.database)
    except StorageError as error:
        # Opening takes room, too; with it drafts and outbox can be reached, and so what there is to delete.
        if error.problem.reason is not Reason.STORAGE_FULL or not reserve.give_up():
            raise
    database = await Database.open(folder.database)
    reserve.keep(rest=True)
    return database


def _services(
    folder: DataFolder, database: Database, reserve: Reserve, keychain: Keychain, now: Callable[[], datetime]
) -> Services:
    return Services(
        folder=folder,
        database=database,
        profiles=Profiles(database),
        policies=Policies(database),
        drafts=Drafts(database, reserve),
        contacts=Contacts(database),
        keychain=LayeredKeychain(keychain),
        delivery_lock=FileLock(folder.delivery_lock),
        now=now,
    )


async def _end(services: Services) -> None:
    try:
        await services.postman.stop()
    finally:
        services.delivery_lock.release()
        if "tokens" in vars(services):
            await services.tokens.close()
