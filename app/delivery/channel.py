"""One connection as a session uses it: commands with their replies, limits, the redacted dialogue, named faults."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Literal

from aiosmtplib import SMTPException, SMTPTimeoutError

from app.delivery.dialogue import Consequence, DialogueLine, Limits, SessionError, Stage, Watch
from app.delivery.replies import Reply, ReplyError, clean_text
from app.delivery.tls import certificate_reason, tls_reason
from app.delivery.wire import Wire
from app.errors import Problem, Reason
from app.profile import Security, SmtpServer
from app.redaction import Redaction
from app.storage.keychain import Secret

__all__ = ["Channel", "Commands"]

_AHEAD = 100
"""Commands that are sent together at most, so that what answers them stays little: as many as the recipients that every
server takes (RFC 5321 section 4.5.3.1.8).
"""


class Channel:
    """Speaks for a session. Whatever goes wrong while a reply is awaited drops the connection: it cannot be trusted."""

    def __init__(
        self, server: SmtpServer, host: str, secret: Secret | None, limits: Limits, watch: Watch | None
    ) -> None:
        self.server = server
        self.host = host
        self.limits = limits
        self.wire = Wire()
        self.dialogue: list[DialogueLine] = []
        self._has_heard = False
        self.stage = Stage.RESOLVE
        self._watch = watch
        self._redaction = Redaction(secret.reveal() if secret is not None else "")

    def begin(self, stage: Stage) -> None:
        """Enter a stage."""
        self.stage = stage
        if self._watch is not None:
            self._watch(stage, "")

    def succeed(self, detail: str) -> None:
        """Say what the present stage has brought."""
        detail = self.without_secrets(detail)
        if self.stage in {Stage.RESOLVE, Stage.CONNECT, Stage.TLS}:  # elsewhere the reply says it
            self.note("*", f"{self.stage}: {detail}")
        if self._watch is not None and detail:
            self._watch(self.stage, detail)

    def hide(self, text: str) -> None:
        """Keep `text`, which stands for the secret, out of all that is said of this connection."""
        self._redaction.hide(text)

    def without_secrets(self, text: str) -> str:
        """Return foreign text as it may be kept and shown."""
        return self._redaction.clean(text)

    def note(self, direction: Literal["C", "*"], text: str) -> None:
        """Add a line of ours to the dialogue; the caller keeps secrets out of it."""
        self.dialogue.append(DialogueLine(direction, clean_text(text)))

    async def command(self, line: str, *, shown: str | None = None) -> Reply:
        """Send a command line and return its reply; `shown` stands for it in the dialogue. Raises SessionError."""
        self.note("C", line if shown is None else shown)
        try:
            response = await self.wire.execute_command(line.encode(), timeout=self.limits.reply)
        except (SMTPException, OSError, ReplyError) as error:
            raise self.fault(error) from error
        except BaseException:
            self.abort()
            raise
        return self._taken(Reply.of(response.code, response.message), is_shown=shown is None)

    def send_together(self, lines: Sequence[str]) -> None:
        """Send command lines at once; `read_reply` returns the reply to each in turn. Raises SessionError."""
        for line in lines:
            self.note("C", line)
        try:
            self.wire.send_together([line.encode() for line in lines])
        except (SMTPException, OSError, ReplyError) as error:
            raise self.fault(error) from error
        except BaseException:
            self.abort()
            raise

    async def read_reply(self, limit: float) -> Reply:
        """Return the next reply: the greeting, one to lines sent together, or the one after the end of a message."""
        try:
            response = await self.wire.read_response(timeout=limit)
        except (SMTPException, OSError, ReplyError) as error:
            raise self.fault(error) from error
        except BaseException:
            self.abort()
            raise
        return self._taken(Reply.of(response.code, response.message))

    def heard(self, reply: Reply, *, is_shown: bool = True) -> Reply:
        """Add a reply to the dialogue and return it without the secrets it may repeat."""
        if reply.code == 421:  # the server closes the connection, whatever the command was (RFC 5321 section 3.8)
            self.abort()
        # Before the text is cut to its length, where half a secret could remain.
        cleaned = Reply(reply.code, tuple(map(self.without_secrets, reply.lines)))
        self._has_heard = True
        self.dialogue.append(DialogueLine("S", cleaned.text if is_shown else f"{reply.code} ***"))
        return cleaned

    def _taken(self, reply: Reply, *, is_shown: bool = True) -> Reply:
        cleaned = self.heard(reply, is_shown=is_shown or reply.code != 334)
        # The program itself has to read a challenge and what a server offers.
        is_read = reply.code == 334 or (self.stage is Stage.EHLO and reply.code == 250)
        return reply if is_read else cleaned

    def require_protection(self) -> None:
        """Raise SessionError unless the connection is encrypted, or stays on this machine by the person's choice."""
        if self.server.security is not Security.NONE and self.wire.tls is None:
            self.abort()
            raise self.error(Reason.SERVER_TLS_FAILED, detail="")

    def error(
        self,
        reason: Reason,
        reply: Reply | None = None,
        consequence: Consequence = Consequence.RETRY,
        /,
        **facts: object,
    ) -> SessionError:
        """Return the error for `reason` at the present stage; host, port and the server's words are added."""
        said = self.without_secrets(reply.text) if reply is not None else ""
        problem = Problem.of(reason, host=self.server.host, port=self.server.port, reply=said, **facts)
        return SessionError(problem, stage=self.stage, reply=said, consequence=consequence)

    def fault(self, error: BaseException) -> SessionError:
        """Drop the connection and return what its fault means."""
        self.abort()
        detail = f" ({error.detail})" if isinstance(error, ReplyError) else ""
        self.note("*", f"{self.stage}: {type(error).__name__}{detail}")
        if isinstance(error, ReplyError):
            return self._reply_fault(error)
        if (refused := certificate_reason(error)) is not None:
            return self.error(refused[0], None, Consequence.RETRY, **refused[1])
        if (fault := tls_reason(error)) is not None:
            # After STARTTLS there is no other kind to choose.
            is_forged = fault[0] is Reason.SERVER_WRONG_SECURITY and self.server.security is not Security.SSL
            return self.error(Reason.SERVER_TLS_FAILED if is_forged else fault[0], detail=fault[1])
        # asyncio says ConnectionAbortedError when a TLS handshake takes too long.
        is_handshake_late = self.stage is Stage.TLS and isinstance(error, ConnectionAbortedError)
        if is_handshake_late or isinstance(error, TimeoutError | SMTPTimeoutError):
            return self.error(Reason.SERVER_TIMEOUT, stage=self.stage)
        if self.stage is Stage.TLS:
            return self.error(Reason.SERVER_TLS_FAILED, detail="connection lost")
        return self.error(Reason.SERVER_CONNECTION_LOST, stage=self.stage)

    def _reply_fault(self, error: ReplyError) -> SessionError:
        if error.is_tls or (self.stage is Stage.TLS and self.server.security is Security.SSL):
            return self.error(Reason.SERVER_WRONG_SECURITY)
        if error.is_foreign and self.stage is Stage.GREETING:
            return self.error(Reason.SERVER_NOT_SMTP)
        return self.error(Reason.SERVER_PROTOCOL, detail=error.detail)

    async def quit(self) -> None:
        """Say goodbye and drop the connection, in two seconds at most; never raises for what the server does.

        A server that has not greeted is not waiting for a command yet (RFC 5321 section 4.1.1.10).
        """
        with contextlib.suppress(SessionError, TimeoutError):
            async with asyncio.timeout(self.limits.quit):
                if self.wire.is_quiet and self._has_heard:
                    await self.command("QUIT")
        self.abort()

    def abort(self) -> None:
        """Drop the connection and everything not yet sent on it."""
        self.wire.abort()


class Commands:
    """Command lines with their replies, in order: each sent when its turn has come, or many together (RFC 2920)."""

    def __init__(self, channel: Channel, lines: Iterable[str], *, together: bool) -> None:
        self._channel = channel
        self._lines = iter(lines)
        self._ahead = _AHEAD if together else 1

    async def reply(self) -> Reply:
        """Return the reply to the next line, sent now unless it has been; raises SessionError."""
        channel = self._channel
        if not channel.wire.reader.owed:
            channel.send_together(tuple(islice(self._lines, self._ahead)))
        return await channel.read_reply(channel.limits.reply)

    async def give_up(self) -> None:
        """Send no more, and hear what is still answered to the lines sent; raises SessionError."""
        while self._channel.wire.reader.owed and self._channel.wire.is_connected:
            await self._channel.read_reply(self._channel.limits.reply)
