"""A submission server of the demo: required TLS, sign-in, and its owner's rule of who may send as whom.

Loads aiosmtpd: import it where it is used.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import logging
import re
import secrets
import ssl
from collections.abc import Callable
from datetime import datetime

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session, TLSSetupException

from app.demo.inbox import Arrived, Inbox, Server
from app.demo.listener import HOST, Listener, Track
from app.profile import OAuthSignIn, PasswordSignIn, Security, SmtpServer

__all__ = ["TOKEN_HOST", "MailServer"]

TOKEN_HOST = "127.0.0.1"  # noqa: S105 - an address
"""The same machine by another name, so that the demo can offer either way to sign in."""

_SIZE_LIMIT = 40 * 1024 * 1024  # octets
_OAUTHBEARER = re.compile(rb"n,a=([^,\x01]*),\x01auth=Bearer ([\x21-\x7e]+)\x01\x01")
_XOAUTH2 = re.compile(rb"user=([^\x01]*)\x01auth=Bearer ([\x21-\x7e]+)\x01\x01")
_log = logging.getLogger(__name__)
# aiosmtpd logs the whole dialogue, a sign-in's included, and warns of what it does itself.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class MailServer:
    """One owner's server on two ports: required STARTTLS, and TLS from the start."""

    def __init__(
        self,
        role: Server,
        username: str,
        *,
        domain: str,
        tls: ssl.SSLContext,
        inbox: Inbox,
        now: Callable[[], datetime],
        accepts_token: Callable[[str], bool] | None = None,
    ) -> None:
        self.role = role
        self.username = username
        self.password = secrets.token_urlsafe(12)
        self.domain = domain
        self._inbox = inbox
        self._now = now
        self._accepts_token = accepts_token
        self._starttls = Listener(lambda track: self._protocol(track, tls))
        self._implicit = Listener(lambda track: self._protocol(track, None), tls)

    def access(self, security: Security = Security.STARTTLS) -> SmtpServer:
        """Return how a mail program reaches this server; the password apart."""
        listener = self._implicit if security is Security.SSL else self._starttls
        return SmtpServer(HOST, listener.port, security, self.username, PasswordSignIn())

    def access_with_token(self) -> SmtpServer:
        """Return how a mail program reaches it that signs in with the browser."""
        return SmtpServer(TOKEN_HOST, self._starttls.port, Security.STARTTLS, self.username, OAuthSignIn())

    async def up(self) -> None:
        """Accept connections on both ports."""
        await self._starttls.up()
        await self._implicit.up()

    def down(self) -> None:
        """Refuse connections on both ports and cut the open ones."""
        self._starttls.down()
        self._implicit.down()

    def _protocol(self, track: Track, tls: ssl.SSLContext | None) -> SMTP:
        return _Submission(
            self,
            track,
            data_size_limit=_SIZE_LIMIT,
            enable_SMTPUTF8=True,
            hostname=f"smtp.{self.domain}",
            ident="ESMTP",
            tls_context=tls,
            require_starttls=tls is not None,
            # aiosmtpd counts only STARTTLS; on the other port TLS was there before the first byte.
            auth_require_tls=tls is not None,
            authenticator=self._check_login,
            auth_exclude_mechanism=None if self._accepts_token else ["OAUTHBEARER", "XOAUTH2"],
            loop=asyncio.get_running_loop(),
        )

    def _check_login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, auth_data: object
    ) -> AuthResult:
        assert isinstance(auth_data, LoginPassword)  # so for PLAIN and LOGIN, which are all there is
        right_name = hmac.compare_digest(auth_data.login, self.username.encode())
        right_password = hmac.compare_digest(auth_data.password, self.password.encode())
        # Not `handled`: aiosmtpd would send no reply at all.
        return AuthResult(success=right_name and right_password, handled=False, auth_data=self.username)

    # aiosmtpd finds mechanisms by their names.
    async def auth_OAUTHBEARER(self, server: SMTP, words: list[str]) -> AuthResult | None:  # noqa: N802
        """Take an access token (RFC 7628)."""
        return await self._check_token(server, words, _OAUTHBEARER)

    async def auth_XOAUTH2(self, server: SMTP, words: list[str]) -> AuthResult | None:  # noqa: N802
        """Take an access token (developers.google.com/gmail/imap/xoauth2-protocol)."""
        return await self._check_token(server, words, _XOAUTH2)

    async def _check_token(self, server: SMTP, words: list[str], form: re.Pattern[bytes]) -> AuthResult | None:
        said = base64.b64decode(words[1]) if len(words) > 1 else await server.challenge_auth("")
        if not isinstance(said, bytes):
            return None  # the exchange was broken off, and answered
        found = form.fullmatch(said)
        name, token = found.groups() if found else (b"", b"")
        assert self._accepts_token is not None
        # With the whole address too, which providers ask for who take tokens.
        is_known = name.decode("utf-8", "replace") in {self.username, f"{self.username}@{self.domain}"}
        if is_known and self._accepts_token(token.decode()):
            return AuthResult(success=True, auth_data=self.username)
        if not isinstance(await server.challenge_auth('{"status":"401","schemes":"bearer","scope":"smtp"}'), bytes):
            return None
        return AuthResult(success=False, handled=False)

    # aiosmtpd finds its hooks by the names of the commands.
    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take an envelope sender of this server's domain from whoever signed in (RFC 6409 section 6.1)."""
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        if address.rpartition("@")[2].lower() != self.domain:
            return f"553 5.7.1 <{address}>: Sender address rejected: not owned by user {self.username}"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Put the message into the inbox."""
        transport, content = server.transport, envelope.content
        assert transport is not None
        assert isinstance(content, bytes)
        queue_id = secrets.token_hex(5).upper()
        arrived = Arrived(
            server=self.role,
            login=self.username,
            envelope_from=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            data=content,
            received_at=self._now(),
            tls=transport.get_extra_info("ssl_object").version(),
            port=transport.get_extra_info("sockname")[1],
            queue_id=queue_id,
        )
        self._inbox.add(arrived)
        server.loop.call_soon(self._inbox.tell, arrived)
        return f"250 2.0.0 Ok: queued as {queue_id}"

    async def handle_exception(self, error: Exception) -> str:
        """Return the reply to a fault of this server; a client that refuses the certificate is none."""
        if not isinstance(error, TLSSetupException):
            _log.error("the demo's mail server failed", exc_info=error)
        return "451 4.3.0 Error in processing"


class _Submission(SMTP):
    """One connection; says which transport it is on, so that the server can cut it."""

    def __init__(self, handler: MailServer, track: Track, **options: object) -> None:
        super().__init__(handler, **options)  # type: ignore[arg-type] # handed through unchanged
        self._track = track

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._track(transport)
        super().connection_made(transport)
