"""One SMTP submission session: opened, signed in, and handing over messages with a verdict that never guesses.

Built step by step over aiosmtplib's protocol (`wire` says what is taken from it and what is not). Its send(),
sendmail() and login() are never used: they sign in in the clear where TLS is stripped, try several mechanisms, go on
without refused recipients, and report messages as failed that the transport then delivers.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiosmtplib import SMTPException

from app.address import Address
from app.delivery.channel import Channel, Commands
from app.delivery.data import Chunks, EarlyReplyError, check_quiet, upload
from app.delivery.dialogue import Consequence, DialogueLine, Limits, SessionError, Stage, Watch
from app.delivery.opening import Opened, open_channel
from app.delivery.refusals import content_reason, recipients_reason, refusal_facts, sender_reason
from app.delivery.replies import Reply, ReplyError, queue_id
from app.delivery.tls import Certificate
from app.delivery.verdict import Delivered, Held, Rejected, TryLater, Uncertain, Verdict
from app.errors import ExpectedError, MessageError, Problem, Reason
from app.profile import SmtpServer
from app.storage.keychain import Secret

__all__ = ["Consequence", "DialogueLine", "Envelope", "Limits", "Session", "SessionError", "Stage", "Watch"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends to whom, and how long the message is in octets, before dot-stuffing (RFC 1870)."""

    sender: Address
    recipients: tuple[Address, ...]
    size: int

    @property
    def needs_smtputf8(self) -> bool:
        """Whether an address cannot be written in ASCII (RFC 6531); domains always can."""
        return not all(address.is_ascii for address in (self.sender, *self.recipients))


class Session:
    """A signed-in connection; several messages may go over it one after the other."""

    def __init__(self, opened: Opened) -> None:
        self._channel: Channel = opened.channel
        self._capabilities = opened.capabilities
        self.certificate: Certificate | None = opened.certificate
        """The server's verified certificate; None without TLS."""
        self.mechanism = opened.mechanism
        """The mechanism the sign-in used; empty without one."""
        layer = opened.channel.wire.tls
        self.tls_version: str = (layer.version() or "") if layer is not None else ""
        """As OpenSSL names it, such as TLSv1.3; empty without TLS."""
        self._is_used = False
        self._is_ending = False

    @classmethod
    async def open(
        cls,
        server: SmtpServer,
        secret: Secret | None,
        *,
        tls: ssl.SSLContext,
        limits: Limits | None = None,
        watch: Watch | None = None,
    ) -> Session:
        """Connect to `server` and sign in; raises SessionError. `secret` is None for servers without sign-in."""
        return cls(await open_channel(server, secret, tls, limits or Limits(), watch))

    @property
    def extensions(self) -> Mapping[str, str]:
        """What the server offered under TLS: parameters by keyword in lower case."""
        return self._capabilities.extensions

    @property
    def size_limit(self) -> int | None:
        """The largest message the server takes, in octets; None where it states no limit."""
        return self._capabilities.size_limit

    @property
    def dialogue(self) -> list[DialogueLine]:
        """What was said so far, or since it was last taken, secrets left out; a list of its own each time."""
        return list(self._channel.dialogue)

    def take_dialogue(self) -> list[DialogueLine]:
        """Return `dialogue` and forget it, so that thousands of messages over one connection do not pile it up."""
        taken, self._channel.dialogue = self._channel.dialogue, []
        return taken

    @property
    def is_usable(self) -> bool:
        """Whether another message may go over this connection."""
        return self._channel.wire.is_quiet

    async def test_sender(self, sender: Address) -> str:
        """Ask whether the server lets this sign-in send as `sender`: MAIL, RSET. Returns its words; SessionError."""
        self._is_used = True
        async with self._envelope_limit():
            envelope = Envelope(sender, (), 0)
            commands = Commands(self._channel, [self._mail_line(envelope)], together=False)
            reply = await self._name_sender(commands, envelope)
            await self._reset()
        return reply.text

    async def deliver(
        self,
        envelope: Envelope,
        chunks: Chunks,
        *,
        before_mail: Callable[[], Awaitable[Problem | None]],
        on_data_end: Callable[[], Awaitable[None]],
    ) -> Verdict:
        """Hand over one message and return what became of it.

        `before_mail` is asked just before MAIL and may still hold the message. `on_data_end` is awaited when
        the whole message but the final dot is out: what it commits is durable before the server can accept.
        Before the dot every fault drops the connection, so that nothing can be accepted later; exceptions of
        the program's own kind become a verdict, all others, cancellation too, are raised again.
        """
        self._is_ending = False
        try:
            await self._prepare(envelope)
            if (problem := await before_mail()) is not None:
                return Held(problem)
            async with self._envelope_limit(len(envelope.recipients)):
                await self._hand_over_envelope(envelope)
            await self._upload(chunks)
            reply = await self._end_of_data(on_data_end)
        except SessionError as error:
            return self._uncertain() if self._is_ending else error.as_verdict()
        except ExpectedError as error:
            self.abort()
            return Rejected(error.problem) if isinstance(error, MessageError) else TryLater(error.problem)
        except BaseException:
            self.abort()
            raise
        return self._judge(reply, envelope)

    async def quit(self) -> None:
        """Say goodbye and drop the connection, in two seconds at most; never raises for what the server does."""
        await self._channel.quit()

    def abort(self) -> None:
        """Drop the connection at once, with everything not sent yet."""
        self._channel.abort()

    @contextlib.asynccontextmanager
    async def _envelope_limit(self, recipients: int = 0) -> AsyncIterator[None]:
        """Limit MAIL, RCPT and DATA as a whole: a server could take its time at each of a hundred recipients."""
        limits = self._channel.limits
        try:
            async with asyncio.timeout(limits.envelope + recipients * limits.recipient):
                yield
        except TimeoutError as error:
            raise self._channel.fault(error) from error

    async def _prepare(self, envelope: Envelope) -> None:
        """Refuse what this server cannot take, before it hears of it; then make the connection ready."""
        self._channel.begin(Stage.SENDER)
        limit = self.size_limit
        if not envelope.recipients:
            raise self._channel.error(Reason.MESSAGE_NO_RECIPIENT, None, Consequence.REJECT)
        if limit is not None and envelope.size > limit:
            raise self._channel.error(
                Reason.MESSAGE_TOO_LARGE, None, Consequence.REJECT, size=envelope.size, limit=limit
            )
        if self._is_used:
            await self._reset()
        self._is_used = True

    async def _reset(self) -> None:
        reply = await self._channel.command("RSET")
        if not _is_done(reply):
            self.abort()  # even a final refusal says nothing about the message, which has to go another way
            reason = Reason.SERVER_BUSY if reply.is_temporary else Reason.SERVER_PROTOCOL
            raise self._channel.error(reason, reply, detail="RSET")

    def _mail_line(self, envelope: Envelope) -> str:
        """Return the command that names the sender; raises SessionError where this server cannot be told."""
        channel = self._channel
        channel.begin(Stage.SENDER)
        channel.require_protection()
        line = f"MAIL FROM:<{envelope.sender}>"
        if envelope.size and "size" in self.extensions:
            line += f" SIZE={envelope.size}"
        if envelope.needs_smtputf8:
            if "smtputf8" not in self.extensions:
                addresses = (envelope.sender, *envelope.recipients)
                address = next(address.display for address in addresses if not address.is_ascii)
                raise channel.error(Reason.SERVER_NO_SMTPUTF8, None, Consequence.REJECT, address=address)
            line += " SMTPUTF8"
        return line

    async def _name_sender(self, commands: Commands, envelope: Envelope) -> Reply:
        """Return the reply to the sender if it is taken; raises SessionError."""
        reply = await commands.reply()
        if _is_done(reply):
            self._channel.succeed(reply.text)
            return reply
        # In all that was said, not in what is shown of it.
        if reply.code == 530 and "starttls" in " ".join(reply.lines).lower():
            error = self._channel.error(Reason.SERVER_WRONG_SECURITY, reply, Consequence.STOP)
        else:
            error = self._refusal(reply, sender_reason(reply), envelope)
        await self._forget(commands)
        raise error

    async def _hand_over_envelope(self, envelope: Envelope) -> None:
        """Name sender and recipients and have the server wait for the message; raises SessionError.

        DATA is never sent ahead of a reply: one refused recipient keeps the message from everybody.
        """
        channel = self._channel
        lines = (self._mail_line(envelope), *(f"RCPT TO:<{recipient}>" for recipient in envelope.recipients))
        commands = Commands(channel, lines, together="pipelining" in self.extensions)
        await self._name_sender(commands, envelope)
        channel.begin(Stage.RECIPIENTS)
        refused: list[tuple[Address, Reply]] = []
        for recipient in envelope.recipients:
            reply = await commands.reply()
            if not _is_done(reply):
                refused.append((recipient, reply))
            if reply.code == 421 or not (_is_done(reply) or reply.is_temporary or reply.is_permanent):
                break
        if refused:
            raise await self._refused_recipients(envelope, refused, commands)
        channel.begin(Stage.DATA)
        reply = await channel.command("DATA")
        if reply.code != 354:
            # After a positive reply nobody knows what the server waits for.
            if reply.is_positive or reply.code // 100 == 3:
                self.abort()
            raise self._refusal(reply, content_reason(reply), envelope)

    async def _refused_recipients(
        self, envelope: Envelope, refused: list[tuple[Address, Reply]], commands: Commands
    ) -> SessionError:
        """Return what refusals mean for the message as a whole: it goes to nobody, and all of them are named."""
        channel, stage = self._channel, self._channel.stage
        taken = envelope.recipients.index(refused[0][0])
        first = next((reply for _, reply in refused if reply.is_permanent), refused[0][1])
        error = channel.error(
            recipients_reason(refused, taken),
            first,
            Consequence.REJECT if first.is_permanent else Consequence.RETRY,
            address=envelope.sender.display,
            detail=str(stage),
            taken=taken,
            count=len(envelope.recipients),
            **refusal_facts(refused),
        )
        await self._forget(commands, is_reset=True)
        channel.stage = stage
        return error

    async def _forget(self, commands: Commands, *, is_reset: bool = False) -> None:
        """Make the connection ready for another message after a refusal.

        The verdict stands; a fault here only means that the connection is not used again.
        """
        with contextlib.suppress(SessionError):
            await commands.give_up()
            if is_reset and self.is_usable:
                await self._reset()

    def _refusal(self, reply: Reply, reason: Reason, envelope: Envelope | None = None) -> SessionError:
        """Return the error for a reply that is not the one asked for; `reason` is for a permanent one."""
        channel = self._channel
        facts: dict[str, object] = {}
        if envelope is not None:
            facts = {"address": envelope.sender.display, "size": envelope.size, "limit": self.size_limit or ""}
        if reply.is_permanent:
            return channel.error(reason, reply, Consequence.REJECT, **facts)
        unfit = Reason.SERVER_BUSY if reply.is_temporary else Reason.SERVER_PROTOCOL
        return channel.error(unfit, reply, detail=str(channel.stage))

    async def _upload(self, chunks: Chunks) -> None:
        """Write the message but for its end; raises SessionError, and what `chunks` raises."""
        channel = self._channel
        try:
            await upload(channel.wire, chunks, channel.limits.data_idle)
        except EarlyReplyError as error:
            raise self._early_reply() from error
        except (TimeoutError, SMTPException, ConnectionError) as error:
            raise channel.fault(error) from error

    async def _end_of_data(self, on_data_end: Callable[[], Awaitable[None]]) -> Reply:
        """Have the end committed, write it, and return the reply; raises SessionError."""
        channel = self._channel
        await on_data_end()
        channel.begin(Stage.END_OF_DATA)
        try:
            check_quiet(channel.wire)
        except EarlyReplyError as error:
            raise self._early_reply() from error
        channel.note("C", ".")
        self._is_ending = True
        channel.wire.write(b".\r\n")
        return await channel.read_reply(channel.limits.final_reply)

    def _early_reply(self) -> SessionError:
        """Return the error for a server that answered, or went, before the end; it cannot have accepted anything."""
        channel = self._channel
        try:
            reply = channel.wire.reader.take()
        except ReplyError as error:
            return channel.fault(error)
        channel.abort()
        if reply is None:
            return channel.error(Reason.SERVER_CONNECTION_LOST, stage=channel.stage)
        reply = channel.heard(reply)
        if reply.is_permanent:
            return channel.error(Reason.SERVER_MESSAGE_REJECTED, reply)
        return self._refusal(reply, Reason.SERVER_PROTOCOL)

    def _judge(self, reply: Reply, envelope: Envelope) -> Verdict:
        """Return what the reply to the end of the message means."""
        if _is_done(reply):
            self._channel.begin(Stage.DONE)
            return Delivered(reply.text, queue_id(reply))
        if reply.is_temporary or reply.is_permanent:
            return self._refusal(reply, content_reason(reply), envelope).as_verdict()
        self.abort()
        return self._uncertain(reply=reply.text)

    def _uncertain(self, **facts: str) -> Uncertain:
        return Uncertain(Problem.of(Reason.SERVER_UNCERTAIN, host=self._channel.server.host, **facts))


def _is_done(reply: Reply) -> bool:
    """Whether the mail system itself says yes (x5z, RFC 5321 section 4.2.1); 220 or 221 here would be out of step."""
    return reply.code // 10 == 25
