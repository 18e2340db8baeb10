"""From a server's name to a signed-in connection: look-up, connection, greeting, TLS, EHLO, sign-in.

What goes wrong before the server's certificate is verified may be the network's doing (a sign-in page, somebody in
between), so it is tried again later; what the verified server itself refuses stops its queue until a person acts.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiosmtplib import SMTPException, SMTPResponseException
from aiosmtplib.auth import auth_plain_encode
from aiosmtplib.esmtp import parse_esmtp_extensions

from app.address import has_hidden_characters
from app.delivery.channel import Channel
from app.delivery.connect import (
    Addresses,
    HostNotFoundError,
    LookUpError,
    OfflineError,
    UnreachableError,
    connect,
    look_up,
    speaks_tls,
    wire_host,
)
from app.delivery.dialogue import Consequence, Limits, SessionError, Stage, Watch
from app.delivery.replies import Reply, ReplyError
from app.delivery.signing_in import ClosedError, sign_in
from app.delivery.tls import Certificate, describe_certificate
from app.errors import Problem, Reason
from app.profile import NoSignIn, OAuthSignIn, Security, SmtpServer, is_loopback
from app.redaction import forms_of_secret
from app.sign_in.access_tokens import AccessToken
from app.storage.keychain import Secret

__all__ = ["Capabilities", "Opened", "introduce", "open_channel"]

_EHLO = "EHLO [127.0.0.1]"
"""The same for everybody: the machine's name or address is nobody's business (RFC 5321 section 4.1.3 literal)."""
_REACHING = frozenset({Stage.RESOLVE, Stage.CONNECT, Stage.GREETING, Stage.TLS, Stage.EHLO})
_KEYWORD = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the server offered in its last EHLO reply."""

    extensions: Mapping[str, str] = field(default_factory=dict)
    """Parameters by keyword, in lower case."""
    mechanisms: tuple[str, ...] = ()

    @property
    def size_limit(self) -> int | None:
        """The largest message the server takes, in octets; None where it sets no limit (RFC 1870)."""
        stated = self.extensions.get("size", "").strip()
        limit = int(stated) if stated.isascii() and stated.isdigit() and len(stated) <= 20 else 0
        return limit or None


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection on which messages can be handed over."""

    channel: Channel
    capabilities: Capabilities
    certificate: Certificate | None
    mechanism: str


async def open_channel(
    server: SmtpServer, secret: Secret | None, tls: ssl.SSLContext, limits: Limits, watch: Watch | None
) -> Opened:
    """Connect to `server` and sign in; raises SessionError."""
    _refuse_unprotected(server, secret)
    try:
        channel = Channel(server, wire_host(server.host), secret, limits, watch)
    except HostNotFoundError as error:
        problem = Problem.of(Reason.SERVER_NOT_FOUND, host=server.host)
        raise SessionError(problem, stage=Stage.RESOLVE) from error
    if secret is not None and not isinstance(secret, AccessToken):
        # What signs in with PLAIN is the same each time: a server may know it from before.
        channel.hide(auth_plain_encode(server.username, secret.reveal()).decode())
    try:
        return await _open(channel, secret, tls)
    except ClosedError as error:
        token = error.token
    # Some servers close the connection with their refusal, and cannot be shown the renewed token on it.
    again = Channel(server, channel.host, token, limits, _from_sign_in(watch))
    again.dialogue = channel.dialogue
    for form in forms_of_secret(secret.reveal() if secret is not None else ""):
        again.hide(form)
    return await _open(again, token, tls)


def _from_sign_in(watch: Watch | None) -> Watch:
    """Return a watch that is not told again how a server is reached."""

    def told(stage: Stage, detail: str) -> None:
        if watch is not None and stage not in _REACHING:
            watch(stage, detail)

    return told


async def _open(channel: Channel, secret: Secret | None, tls: ssl.SSLContext) -> Opened:
    try:
        await _connect(channel)
        return await introduce(channel, secret, tls)
    except SessionError as error:
        if error.problem.reason is not Reason.SERVER_PROTOCOL:  # nothing is said to a server out of step
            await channel.quit()
        channel.abort()
        error.dialogue = channel.dialogue
        raise
    except BaseException:
        channel.abort()
        raise


async def introduce(channel: Channel, secret: Secret | None, tls: ssl.SSLContext) -> Opened:
    """Go from a connection that stands to one on which messages can be handed over; raises SessionError."""
    security = channel.server.security
    certificate: Certificate | None = None
    if security is Security.SSL:
        certificate = await _start_implicit_tls(channel, tls)
    await _greet(channel, tls)
    capabilities = await _ehlo(channel)
    if security is Security.STARTTLS:
        certificate = await _start_tls(channel, tls, capabilities)
        capabilities = await _ehlo(channel)
    mechanism = await sign_in(channel, capabilities.mechanisms, secret)
    return Opened(channel, capabilities, certificate, mechanism)


def _refuse_unprotected(server: SmtpServer, secret: Secret | None) -> None:
    """Raise SessionError for what must not be tried at all."""
    with_token = isinstance(server.sign_in, OAuthSignIn)
    if secret is not None and isinstance(secret, AccessToken) is not with_token:
        raise TypeError("a token is for servers with OAuth, and for no others")
    reason: Reason | None = None
    if server.security is Security.NONE and not is_loopback(server.host):
        reason = Reason.SETUP_PLAINTEXT
    elif isinstance(server.sign_in, NoSignIn):
        reason = None if is_loopback(server.host) else Reason.SETUP_NO_PASSWORD
    elif secret is None:
        reason = Reason.KEYCHAIN_NO_PASSWORD
    elif has_hidden_characters(server.username):  # in the mechanisms, NUL and ^A part one thing from the next
        reason = Reason.NAME_CONTROL
    if reason is not None:
        problem = Problem.of(reason, host=server.host, username=server.username, text=server.username)
        raise SessionError(problem, stage=Stage.RESOLVE, consequence=Consequence.STOP)


async def _connect(channel: Channel) -> None:
    channel.begin(Stage.RESOLVE)
    addresses = await _resolve(channel)
    channel.succeed(", ".join(dict.fromkeys(address[0] for _, address in addresses)))
    channel.begin(Stage.CONNECT)
    try:
        connection = await connect(addresses, channel.limits.connect)
    except TimeoutError as error:
        raise channel.fault(error) from error
    except OfflineError as error:
        raise channel.error(Reason.SERVER_OFFLINE) from error
    except UnreachableError as error:
        raise channel.error(Reason.SERVER_UNREACHABLE) from error
    except OSError as error:
        raise channel.error(Reason.SERVER_REFUSED) from error
    await asyncio.get_running_loop().create_connection(lambda: channel.wire, sock=connection)
    peer = channel.wire.peer
    if channel.server.security is Security.NONE and not is_loopback(peer[0]):
        raise channel.error(Reason.SETUP_PLAINTEXT, None, Consequence.STOP)
    channel.succeed(f"{peer[0]} {peer[1]}")


async def _resolve(channel: Channel) -> Addresses:
    try:
        return await look_up(channel.host, channel.server.port, channel.limits.connect)
    except TimeoutError as error:
        raise channel.fault(error) from error
    except HostNotFoundError as error:
        raise channel.error(Reason.SERVER_NOT_FOUND) from error
    except LookUpError as error:
        raise channel.error(Reason.SERVER_LOOKUP_FAILED) from error
    except OfflineError as error:
        raise channel.error(Reason.SERVER_OFFLINE) from error


async def _start_implicit_tls(channel: Channel, tls: ssl.SSLContext) -> Certificate:
    channel.begin(Stage.TLS)
    try:
        await channel.wire.start_implicit_tls(tls, channel.host, channel.limits.connect)
    except (OSError, ReplyError) as error:
        raise channel.fault(error) from error
    return _say_protected(channel)


async def _start_tls(channel: Channel, tls: ssl.SSLContext, capabilities: Capabilities) -> Certificate:
    channel.begin(Stage.TLS)
    if "starttls" not in capabilities.extensions:
        raise channel.error(Reason.SERVER_NO_STARTTLS)
    channel.note("C", "STARTTLS")
    try:
        response = await channel.wire.start_tls(tls, server_hostname=channel.host, timeout=channel.limits.connect)
    except SMTPResponseException as error:
        reply = channel.heard(Reply.of(error.code, error.message))
        raise channel.error(_tls_refusal(reply), reply, detail="STARTTLS") from error
    except (SMTPException, OSError, ReplyError) as error:
        raise channel.fault(error) from error
    channel.heard(Reply.of(response.code, response.message))
    return _say_protected(channel)


def _tls_refusal(reply: Reply) -> Reason:
    if reply.is_temporary:
        return Reason.SERVER_BUSY
    return Reason.SERVER_NO_STARTTLS if reply.is_permanent else Reason.SERVER_PROTOCOL


def _say_protected(channel: Channel) -> Certificate:
    channel.require_protection()
    layer = channel.wire.tls
    assert layer is not None
    certificate = describe_certificate(layer)
    channel.succeed("; ".join((layer.version() or "", ", ".join(certificate.names), certificate.issuer)))
    return certificate


async def _greet(channel: Channel, tls: ssl.SSLContext) -> None:
    """Await the greeting; a port that waits for TLS stays silent, which is found out on a second connection."""
    channel.begin(Stage.GREETING)
    if channel.server.security is Security.SSL:
        reply = await channel.read_reply(channel.limits.reply)
    else:
        reply = await _doubted_greeting(channel, tls)
    if reply.code == 220:
        channel.succeed(reply.text)
        return
    raise channel.error(_service_refusal(reply), reply, detail="greeting")


async def _doubted_greeting(channel: Channel, tls: ssl.SSLContext) -> Reply:
    reading = asyncio.create_task(channel.read_reply(channel.limits.reply))
    doubting = asyncio.create_task(_doubt(channel, tls))
    try:
        await asyncio.wait({reading, doubting}, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done() and doubting.result():
            raise channel.error(Reason.SERVER_WRONG_SECURITY)
        return await reading
    finally:
        reading.cancel()
        doubting.cancel()
        await asyncio.gather(reading, doubting, return_exceptions=True)


async def _doubt(channel: Channel, tls: ssl.SSLContext) -> bool:
    await asyncio.sleep(channel.limits.greeting_doubt)
    return await speaks_tls(channel.wire.peer, channel.host, tls, channel.limits.connect)


def _service_refusal(reply: Reply) -> Reason:
    if reply.is_temporary:
        return Reason.SERVER_BUSY
    return Reason.SERVER_NO_SERVICE if reply.is_permanent else Reason.SERVER_PROTOCOL


async def _ehlo(channel: Channel) -> Capabilities:
    """Return what the server offers; no HELO instead, since it could offer neither TLS nor sign-in."""
    channel.begin(Stage.EHLO)
    reply = await channel.command(_EHLO)
    if reply.code in {500, 502} and channel.server.security is Security.STARTTLS and channel.wire.tls is None:
        raise channel.error(Reason.SERVER_NO_STARTTLS, reply)
    if reply.code != 250:
        raise channel.error(_service_refusal(reply), reply, detail="EHLO")
    extensions, mechanisms = parse_esmtp_extensions("\n".join(reply.lines))
    known = {keyword: value for keyword, value in extensions.items() if _KEYWORD.fullmatch(keyword)}
    channel.succeed(" ".join(known).upper())
    return Capabilities(known, tuple(dict.fromkeys(name.upper() for name in mechanisms)))
