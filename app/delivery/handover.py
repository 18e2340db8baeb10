"""One attempt at one message: its route asked anew, its server signed in to, its bytes handed over."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from app.delivery.dialogue import DialogueLine, Limits, SessionError, Stage, Watch
from app.delivery.journal import Attempt, ending_of
from app.delivery.outbox import Outbox, QueuedMessage
from app.delivery.queued import changed_route, difference
from app.delivery.verdict import Delivered, Held, Rejected, TryLater, Verdict
from app.errors import ExpectedError, KeychainError, Problem, Reason, SetupError, SignInError
from app.profile import SmtpServer
from app.routing import Refusal, Route, Step
from app.sign_in.access_tokens import PASSING
from app.sign_in.secrets import SecretOf
from app.storage.keychain import Secret

if TYPE_CHECKING:
    from app.delivery.data import Chunks
    from app.delivery.smtp import Envelope

__all__ = ["Handover", "Line", "OpenSession", "RouteOf", "SessionLike"]

RouteOf = Callable[[QueuedMessage], Awaitable[Route | Refusal]]
"""Decides which route a queued message takes now."""


class SessionLike(Protocol):
    """What is needed of `app.delivery.smtp.Session`."""

    tls_version: str

    @property
    def is_usable(self) -> bool: ...

    def take_dialogue(self) -> list[DialogueLine]: ...

    async def deliver(
        self,
        envelope: Envelope,
        chunks: Chunks,
        *,
        before_mail: Callable[[], Awaitable[Problem | None]],
        on_data_end: Callable[[], Awaitable[None]],
    ) -> Verdict: ...

    async def quit(self) -> None: ...

    def abort(self) -> None: ...


class OpenSession(Protocol):
    """Connects and signs in, as `Session.open` does; raises SessionError."""

    def __call__(
        self,
        server: SmtpServer,
        secret: Secret | None,
        *,
        tls: ssl.SSLContext,
        limits: Limits | None = None,
        watch: Watch | None = None,
    ) -> Awaitable[SessionLike]: ...


class Line:
    """The connection of one queue, kept from one message to the next."""

    def __init__(
        self,
        open_session: OpenSession,
        secret_of: SecretOf,
        tls: Callable[[], ssl.SSLContext],
        limits: Limits | None,
        goodbye: Callable[[SessionLike], None],
    ) -> None:
        self._open = open_session
        self._secret_of = secret_of
        self._tls = tls
        self._limits = limits
        self._goodbye = goodbye
        self._server: SmtpServer | None = None
        self._session: SessionLike | None = None

    def kept(self, server: SmtpServer) -> SessionLike | None:
        """Return the open session with `server`, if it can take another message."""
        session = self._session
        return session if session is not None and server == self._server and session.is_usable else None

    async def connect(self, server: SmtpServer, watch: Watch) -> SessionLike:
        """Return a new session in place of the old one; raises SessionError, KeychainError, SetupError, SignInError."""
        self.hang_up()
        secret = await self._secret_of(server)
        from app.delivery.tls import trust  # late: before the first message nobody needs it

        session = await self._open(server, secret, tls=await trust(self._tls), limits=self._limits, watch=watch)
        self._server, self._session = server, session
        return session

    def hang_up(self) -> None:
        """Let go of the session, which says goodbye in the background."""
        session, self._session = self._session, None
        if session is not None:
            self._goodbye(session)

    def retire(self) -> SessionLike | None:
        """Return the session for whoever still awaits something of it; it takes no other message."""
        session, self._session = self._session, None
        return session

    def abort(self) -> None:
        """Drop the session at once: nobody may be there to say goodbye to."""
        if (session := self.retire()) is not None:
            session.abort()


class Handover:
    """One attempt at one message, with what the journal will say of it."""

    def __init__(self, message: QueuedMessage, outbox: Outbox, route_of: RouteOf, now: Callable[[], datetime]) -> None:
        self.message = message
        self.may_be_accepted = False
        """Whether the end of the message may have been written: from then on it must not be broken off lightly."""
        self.is_unwanted = False
        """Whether a person has stopped it: broken off, it is cancelled."""
        self._signed_in = False
        self._outbox = outbox
        self._route_of = route_of
        self._now = now
        self._started_at = now()
        self._server: SmtpServer | None = None
        self._steps: tuple[Step, ...] = ()
        self._tls_version = ""
        self._opening: list[DialogueLine] = []
        self._dialogue: list[DialogueLine] = []

    @property
    def reached_nobody(self) -> bool:
        """Whether a server was tried and could not be signed in to: then the next message cannot either."""
        return self._server is not None and not self._signed_in

    @property
    def signed_in(self) -> bool:
        """Whether the server accepted the sign-in."""
        return self._signed_in

    async def run(self, line: Line) -> Verdict | SmtpServer:
        """Return the verdict, or the server in whose queue the message has to wait now."""
        try:
            route = await self._route_of(self.message)
        except ExpectedError as error:
            return TryLater(error.problem)
        self._steps = route.steps
        if isinstance(route, Refusal):
            return Held(route.problem)
        if (problem := difference(route, self.message)) is not None:
            return Held(problem)
        if route.server.queue != self.message.queue:
            return route.server
        self._server = route.server
        return await self._through(line, route.server)

    def attempt(self, verdict: Verdict) -> Attempt:
        """Return the journal's entry."""
        return Attempt(
            message_id=self.message.id,
            started_at=self._started_at,
            ended_at=self._now(),
            host=self._server.host if self._server else "",
            port=self._server.port if self._server else 0,
            tls_version=self._tls_version,
            steps=self._steps,
            verdict=ending_of(verdict),
            problem=None if isinstance(verdict, Delivered) else verdict.problem,
            reply=verdict.reply if isinstance(verdict, Delivered | Rejected | TryLater) else "",
            queue_id=verdict.queue_id if isinstance(verdict, Delivered) else "",
            dialogue=(*self._dialogue, *self._opening),
        )

    async def _through(self, line: Line, server: SmtpServer) -> Verdict:
        kept = line.kept(server)
        if kept is not None:
            verdict = await self._deliver(kept)
            # A server may close a connection that lay idle or has carried enough; that is not the message's fault.
            if not isinstance(verdict, TryLater) or self.may_be_accepted or kept.is_usable:
                return verdict
        self._signed_in = False  # that was with a connection that is gone
        try:
            session = await line.connect(server, self._note)
        except SessionError as error:
            self._opening = error.dialogue or self._opening
            return error.as_verdict()
        except SignInError as error:
            passes = error.problem.reason in PASSING
            return TryLater(error.problem) if passes else Held(error.problem, stops_server=True)
        except (KeychainError, SetupError) as error:
            return Held(error.problem, stops_server=True)
        self._opening.clear()  # the session's own dialogue has all of it
        return await self._deliver(session)

    async def _deliver(self, session: SessionLike) -> Verdict:
        from app.delivery.smtp import Envelope  # loaded with the session, off the start path

        self._signed_in = True
        self._tls_version = session.tls_version
        envelope = Envelope(self.message.envelope_from, self.message.recipients, self.message.size)
        try:
            verdict = await session.deliver(
                envelope,
                self._outbox.chunks(self.message.id),
                before_mail=self._objection,
                on_data_end=self._data_ends,
            )
        finally:
            self._dialogue += session.take_dialogue()
        if isinstance(verdict, TryLater) and verdict.problem.reason is Reason.STORAGE_CORRUPT:
            return Rejected(verdict.problem)  # no later attempt finds other bytes
        return verdict

    def _note(self, stage: Stage, detail: str) -> None:
        """Keep how far the opening of a session came, for the case that there is no session in the end."""
        if self._signed_in:
            return  # a session that is kept goes on to tell, of this message and of all that follow
        self._opening.append(DialogueLine("*", f"{stage} {detail}".rstrip()))

    async def _objection(self) -> Problem | None:
        """Ask for the route once more: the policy may have changed while the server was being reached."""
        route = await self._route_of(self.message)
        if isinstance(route, Refusal):
            return route.problem
        if route.server != self._server:
            return changed_route(route, self.message)
        return difference(route, self.message)

    async def _data_ends(self) -> None:
        await self._outbox.mark_data_end(self.message.id, self._now())
        self.may_be_accepted = True
