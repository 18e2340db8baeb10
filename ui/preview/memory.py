"""What a preview runs on: the program's own services over memory, with nothing that could reach a server or a disk.

- The database is SQLite's in memory, the keychain a dictionary, the policy a value; the data folder is a place below
  which there can be no file.
- Whatever connects to a mail server needs `Services.mail_tls`, which refuses here; the postman does not run, and has
  nothing to open a connection with. DNS is not asked.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import msgspec

from app.address import Address
from app.delivery.postman import Postman
from app.errors import Reason, SetupError
from app.forecast.lookup import Lookup, NoLookup
from app.instance import FileLock
from app.oauth_client import client_for
from app.policy.document import PolicyDocument
from app.policy.evaluate import Policy
from app.policy.source import MemoryPolicySource
from app.policy.watch import MemoryPolicies, PolicyStore, PolicyWatch
from app.profile import OAuthSignIn, Profile, SmtpServer
from app.services import Services
from app.sign_in.grant import Grant
from app.storage.contacts import Contacts
from app.storage.database import Database, upgrade
from app.storage.drafts import Drafts
from app.storage.folder import DataFolder
from app.storage.keychain import LayeredKeychain, MemoryKeychain, Secret
from app.storage.policies import Policies
from app.storage.profiles import Profiles

if TYPE_CHECKING:
    from app.oauth_client import OAuthClient
    from app.sign_in.browser import BrowserWords

__all__ = ["VALID_FOR", "MemoryServices", "open_memory_services"]

VALID_FOR = timedelta(days=7)
"""How long a document of the preview is valid: longer than anybody looks at it."""
_NOWHERE = DataFolder(Path(os.devnull))
"""The system's own empty file: nothing can be made below it, and nothing is there."""


class MemoryServices(Services):
    """Services that keep everything to themselves; made by `open_memory_services`."""

    source: MemoryPolicySource
    _seen: tuple[Policy, Policy] | None = None

    @property
    def policy(self) -> Policy:
        """How the policy stands; since when it has been so is not known, because nothing of it has happened."""
        found = super().policy
        if self._seen is None or self._seen[0] is not found:
            self._seen = found, replace(found, since=None)
        return self._seen[1]

    @cached_property
    def postman(self) -> Postman:
        return _IdlePostman(
            self.outbox,
            route_of=self.route_of,
            secret_of=self.secret_of,
            tls=self.mail_tls,
            now=self.now,
            open_session=_open_no_session,
        )

    @cached_property
    def lookup(self) -> Lookup:
        return NoLookup()

    async def secret_of(self, server: SmtpServer, typed: Secret | None = None, /) -> NoReturn:
        """Raise SetupError: nobody is asked for a token, and no command is run."""
        raise SetupError.because(Reason.PREVIEW_ONLY)

    async def sign_in_with_browser(
        self,
        server: SmtpServer,
        client: OAuthClient | None = None,
        *,
        show: Callable[[str], None],
        words: BrowserWords,
        client_secret: Secret | None = None,
    ) -> NoReturn:
        """Raise SetupError: no browser is opened."""
        raise SetupError.because(Reason.PREVIEW_ONLY)

    def mail_tls_for(self, mail_ca: str) -> NoReturn:
        """Raise SetupError: without it no connection to a mail server is opened."""
        raise SetupError.because(Reason.PREVIEW_ONLY)

    async def look_up_policy(
        self, person: Address, source: str, ca_file: str = "", keys: tuple[str, ...] = ()
    ) -> Policy:
        raise SetupError.because(Reason.PREVIEW_ONLY)

    def _watch(
        self, person: Address, source: str, ca_file: str, keys: tuple[str, ...], store: PolicyStore
    ) -> PolicyWatch:
        """Return the preview's own watch, whatever a profile says of its source."""
        return PolicyWatch(MemoryPolicies(), self.source, person, now=self.now)

    async def show_document(self, document: PolicyDocument) -> None:
        """Put another document in force, by the way it would come from a server; its serial must be higher."""
        self.source.answer = msgspec.json.encode(document)
        if self.watch is not None:
            await self.watch.refresh()

    async def close(self) -> None:
        """Forget everything."""
        await self.database.close()


class _IdlePostman(Postman):
    """Leaves everything in the outbox."""

    async def run_due(self) -> None:
        return

    async def run_forever(self) -> None:
        return


async def _open_no_session(*_: object, **__: object) -> NoReturn:
    raise SetupError.because(Reason.PREVIEW_ONLY)


async def open_memory_services(
    profile: Profile, document: PolicyDocument, *, origin: str, now: Callable[[], datetime]
) -> MemoryServices:
    """Return services for a profile under a policy, which is said to be from `origin`; close them in the end."""
    database = _memory_database()
    services = MemoryServices(
        folder=_NOWHERE,
        database=database,
        profiles=Profiles(database),
        policies=Policies(database),
        drafts=Drafts(database),
        contacts=Contacts(database),
        keychain=LayeredKeychain(MemoryKeychain()),
        delivery_lock=FileLock(_NOWHERE.delivery_lock),
        now=now,
        shows_forecasts=False,
    )
    services.source = MemoryPolicySource(b"", origin)
    try:
        await services.profiles.save(profile)
        await _remember_passwords(profile, services)
        await services.take_profile(profile)
        await services.show_document(document)
    except BaseException:
        await services.close()
        raise
    return services


async def _remember_passwords(profile: Profile, services: Services) -> None:
    """Let no address lack a password that people have and the preview does not."""
    servers = [profile.organisation_server, *(entry.smtp_msa for entry in profile.addresses)]
    for server in servers:
        if server is not None and server.keeps_secret:
            await services.keychain.set(server.keychain_account, _anything(server, profile))


def _anything(server: SmtpServer, profile: Profile) -> Secret:
    client = client_for(server.host, profile.oauth_clients)
    if isinstance(server.sign_in, OAuthSignIn) and client is not None:
        return Grant(client.client_id, client.token_endpoint, Secret("preview")).to_secret()
    return Secret("preview")


def _memory_database() -> Database:
    file = Path(":memory:")
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA temp_store=MEMORY")
    upgrade(connection, file)
    return Database(file, ThreadPoolExecutor(max_workers=1, thread_name_prefix="preview"), connection)
