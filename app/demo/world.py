"""The demo's servers in one thread of their own, so that no window waits for them; gone when the context ends."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import tempfile
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from app.demo.authority import DOMAIN, PRIMARY, Choice, PolicyAuthority
from app.demo.inbox import Inbox, Server
from app.demo.policy_server import Page, PolicyRequest, PolicyServer
from app.oauth_client import OAuthClient
from app.profile import SmtpServer

if TYPE_CHECKING:
    from app.demo.authorization_server import AuthorizationServer, ConsentWords
    from app.demo.mail_server import MailServer

__all__ = ["PARTNER", "PARTNER_DOMAIN", "PARTNER_USERNAME", "DemoWorld", "PolicyStatus"]

PARTNER_DOMAIN = "partnerdomain.example"
PARTNER = "nutzer.name@partnerdomain.example"
PARTNER_USERNAME = "nutzer.name"
_PATIENCE = 10.0  # seconds for a request to the servers' thread

_T = TypeVar("_T")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class PolicyStatus:
    """Where the administrator's choice stands."""

    wanted: Choice
    """What was ticked last."""
    published: Choice
    """What the policy server says."""
    serial: int
    due: datetime | None
    """When `wanted` will be published; None when it is, or when the server is down."""
    is_up: bool
    """Whether the policy server answers."""


class DemoWorld:
    """A policy server, the organisation's and a partner's mail server, as a context manager.

    All ports are the system's choice and listen on loopback only. The properties are valid inside the context;
    every method may be called from every thread. With a `submission` server the policy names that one as the
    organisation's instead of the demo's own.
    """

    organisation: MailServer
    """The organisation's submission server; its user name is the primary address."""
    partner: MailServer
    """The partner's submission server."""
    partner_sign_in: AuthorizationServer
    """Where one signs in with the browser to send through it."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = _utc_now,
        submission: SmtpServer | None = None,
        consent: ConsentWords | None = None,
    ) -> None:
        self.inbox = Inbox()
        self._now = now
        self._submission = submission
        self._consent = consent
        self._folder: Path | None = None
        self._thread = threading.Thread(target=self._run, name="demo-servers", daemon=True)
        self._ready: Future[asyncio.AbstractEventLoop] = Future()
        self._ending = asyncio.Event()
        self._servers_down: list[Callable[[], None]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._wanted = self._published = Choice()
        self._due: datetime | None = None
        self._policy: PolicyServer
        self._authority: PolicyAuthority

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="absender-demo-"))
        self._thread.start()
        try:
            self._ready.result()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.__enter__)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._leave)

    @property
    def folder(self) -> Path:
        """The temporary folder, for the owner only; deleted with everything in it."""
        assert self._folder is not None
        return self._folder

    @property
    def home(self) -> Path:
        """Where a profile of the demo may keep its data; not created yet."""
        return self.folder / "home"

    @property
    def policy_url(self) -> str:
        """Where the policy is, with `{email}` to fill in."""
        return self._policy.url

    @property
    def policy_ca(self) -> str:
        """The PEM file with the authority of the policy server's certificate."""
        return str(self.folder / "ca.pem")

    @property
    def mail_ca(self) -> str:
        """The PEM file with the authority of the mail servers' certificates."""
        return self.policy_ca

    @property
    def oauth_client(self) -> OAuthClient:
        """As whom the program asks for a sign-in with the partner."""
        from app.demo.mail_server import TOKEN_HOST

        return self.partner_sign_in.client(ca_file=self.policy_ca, hosts=(TOKEN_HOST,))

    @property
    def policy_status(self) -> PolicyStatus:
        """Where the administrator's choice stands."""
        is_up = self._policy.listener.is_up
        return PolicyStatus(self._wanted, self._published, self._authority.serial, self._due, is_up)

    @property
    def policy_requests(self) -> tuple[PolicyRequest, ...]:
        """The requests the policy server answered, oldest first."""
        return tuple(self._policy.requests)

    def set_policy(self, *, allow: bool, delay: float | None = 0.0, require_gateway: bool = False) -> None:
        """Publish a choice after `delay` seconds; None takes the policy server down, and it is never heard of."""
        self._call(self._set_policy(Choice(allow, require_gateway), delay))

    def publish_raw(
        self,
        data: bytes,
        *,
        content_type: str = "application/json",
        status: int = HTTPStatus.OK,
        location: str = "",
    ) -> None:
        """Serve these bytes as the policy until the next choice: a sign-in page, half a document, an older one."""
        self._call(self._publish_page(Page(data, content_type, status, location)))

    def policy_document(self) -> bytes:
        """Return what the policy server serves now."""
        return self._policy.page.data

    def set_policy_server(self, *, up: bool) -> None:
        """Take the policy server down, or put it up again with what it served."""
        listener = self._policy.listener
        self._call(listener.up() if up else _soon(listener.down))

    def set_mail_server(self, server: Server, *, up: bool) -> None:
        """Take a mail server down, or put it up again."""
        chosen = self.partner if server is Server.PARTNER else self.organisation
        self._call(chosen.up() if up else _soon(chosen.down))

    def _call(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._ready.result()).result(_PATIENCE)

    def _leave(self) -> None:
        if self._thread.is_alive():
            # RuntimeError: the loop has ended by itself meanwhile.
            with suppress(RuntimeError):
                if self._ready.exception() is None:
                    self._ready.result().call_soon_threadsafe(self._ending.set)
            self._thread.join()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self._ready.done():
                raise
            self._ready.set_exception(error)

    async def _serve(self) -> None:
        """Run the servers until the context ends."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_report)
        try:
            await self._open()
            self._ready.set_result(loop)
            await self._ending.wait()
        finally:
            await self._close()

    async def _open(self) -> None:
        # Both load heavy libraries; only a demo needs them.
        from app.demo.authorization_server import AuthorizationServer, ConsentWords
        from app.demo.certificates import Certificates
        from app.demo.mail_server import MailServer

        tls = Certificates(self.folder).server_context()
        self.organisation = MailServer(
            Server.ORGANISATION, PRIMARY, domain=DOMAIN, tls=tls, inbox=self.inbox, now=self._now
        )
        self.partner_sign_in = AuthorizationServer(PARTNER_USERNAME, tls, self._consent or ConsentWords())
        self.partner = MailServer(
            Server.PARTNER,
            PARTNER_USERNAME,
            domain=PARTNER_DOMAIN,
            tls=tls,
            inbox=self.inbox,
            now=self._now,
            accepts_token=self.partner_sign_in.accepts,
        )
        self._policy = PolicyServer(PRIMARY, tls)
        self._servers_down = [
            self.organisation.down,
            self.partner.down,
            self.partner_sign_in.down,
            self._policy.listener.down,
        ]
        await self.organisation.up()
        await self.partner.up()
        await self.partner_sign_in.up()
        self._authority = PolicyAuthority(self._submission or self.organisation.access())
        await self._set_policy(Choice(), 0)

    async def _close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for down in self._servers_down:
            down()
        # Connections that were cut end by themselves; cancelled instead, asyncio's streams would complain.
        if rest := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(rest, timeout=1)

    async def _set_policy(self, choice: Choice, delay: float | None) -> None:
        self._wanted, self._due = choice, None
        if self._timer is not None:
            self._timer.cancel()
        if delay is None:
            self._policy.listener.down()
            return
        await self._policy.listener.up()
        if delay > 0:
            self._due = self._now() + timedelta(seconds=delay)
            self._timer = asyncio.get_running_loop().call_later(delay, self._publish, choice)
        else:
            self._publish(choice)

    def _publish(self, choice: Choice) -> None:
        self._policy.page = Page(self._authority.document(choice, self._now()))
        self._published, self._due = choice, None

    async def _publish_page(self, page: Page) -> None:
        await self._policy.listener.up()
        self._policy.page = page


async def _soon(work: Callable[[], None]) -> None:
    """Run `work` in the servers' thread."""
    work()


def _report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Pass over clients that went away or refused the certificate; everything else is a bug."""
    if not isinstance(context.get("exception"), ConnectionError | ssl.SSLError):
        loop.default_exception_handler(context)
