"""The session with a real server, on asyncio's own loop and on the windows' loop."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from aiosmtpd.smtp import Envelope as Received
from PySide6.QtWidgets import QApplication

from app.delivery.smtp import Consequence, Session, SessionError
from app.delivery.verdict import Delivered, Rejected
from app.errors import Reason
from app.profile import PasswordSignIn, Security, SmtpServer
from app.storage.keychain import Secret
from tests.servers.exchange import ANNA, BERND, LIMITS, PASSWORD, SENDER, authority, hand_over
from ui.loop import AppLoop

# aiosmtpd does not see that a connection has been under TLS from its start.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

USERNAME = "nutzer"
SIZE_LIMIT = 5_000_000


@dataclass
class _Inbox:
    arrived: list[Received] = field(default_factory=list)
    reply: str = "250 2.0.0 Ok: queued as 4XQ7"

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: object, session: object, envelope: Received, address: str, options: list[str]
    ) -> str:
        if address == str(BERND):
            return "550 5.1.1 unknown"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: object, session: object, envelope: Received) -> str:  # noqa: N802 (as above)
        self.arrived.append(envelope)
        return self.reply


def _authenticate(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
    is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (USERNAME.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=False)


@contextlib.asynccontextmanager
async def _real(inbox: _Inbox, security: Security) -> AsyncIterator[SmtpServer]:
    tls: ssl.SSLContext = authority().certify()
    is_implicit = security is Security.SSL

    def protocol() -> SMTP:
        return SMTP(
            inbox,
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            decode_data=False,
            tls_context=None if is_implicit else tls,
            require_starttls=not is_implicit,
            auth_required=True,
            auth_require_tls=not is_implicit,
            authenticator=_authenticate,
            hostname="mail.example",
        )

    listener = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", 0, ssl=tls if is_implicit else None
    )  # fmt: skip
    try:
        yield SmtpServer("localhost", listener.sockets[0].getsockname()[1], security, USERNAME, PasswordSignIn())
    finally:
        listener.close()
        # The server's own tasks end with their connections.
        await asyncio.sleep(0.05)


async def _session(server: SmtpServer, password: str = PASSWORD) -> Session:
    return await Session.open(server, Secret(password), tls=authority().trust(), limits=LIMITS)


async def _exchange(security: Security) -> None:
    """Send two messages over one connection, the second a large one full of dots."""
    inbox = _Inbox()
    large = [b"." * 60 + b"\r\n"] * 15_000
    async with _real(inbox, security) as server:
        session = await _session(server)
        assert session.size_limit == SIZE_LIMIT
        assert session.tls_version == "TLSv1.3"
        await session.test_sender(SENDER)
        first = await hand_over(session, [b"Subject: x\r\n\r\n.\r\n..x\r\n"])
        second = await hand_over(session, large, size=62 * 15_000)
        await session.quit()
    assert (first, second) == (Delivered("250 2.0.0 Ok: queued as 4XQ7", "4XQ7"),) * 2
    assert [arrived.content for arrived in inbox.arrived] == [b"Subject: x\r\n\r\n.\r\n..x\r\n", b"".join(large)]
    assert inbox.arrived[0].mail_from == str(SENDER)
    assert inbox.arrived[0].rcpt_tos == [str(ANNA)]


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.SSL])
async def test_messages_arrive_as_they_were_sent(security: Security) -> None:
    await _exchange(security)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.SSL])
def test_messages_arrive_from_the_windows_loop_too(security: Security, qapp: QApplication) -> None:
    with asyncio.Runner(loop_factory=lambda: AppLoop(qapp)) as runner:
        runner.run(_exchange(security))


async def test_a_wrong_password_is_named() -> None:
    async with _real(_Inbox(), Security.STARTTLS) as server:
        with pytest.raises(SessionError) as failed:
            await _session(server, "falsch")
    assert failed.value.problem.reason is Reason.SERVER_AUTH_REJECTED
    assert failed.value.consequence is Consequence.STOP


async def test_one_unknown_recipient_keeps_the_message_from_all() -> None:
    inbox = _Inbox()
    async with _real(inbox, Security.STARTTLS) as server:
        session = await _session(server)
        verdict = await hand_over(session, recipients=(ANNA, BERND))
        await session.quit()
    assert isinstance(verdict, Rejected)
    assert verdict.problem.fact("recipients") == str(BERND)
    assert inbox.arrived == []


async def test_a_message_that_is_too_large_is_not_uploaded() -> None:
    async with _real(_Inbox(), Security.STARTTLS) as server:
        session = await _session(server)
        verdict = await hand_over(session, size=SIZE_LIMIT + 1)
        await session.quit()
    assert isinstance(verdict, Rejected)
    assert verdict.problem.reason is Reason.MESSAGE_TOO_LARGE


async def test_a_refusal_of_the_content_is_told_in_the_servers_words() -> None:
    async with _real(_Inbox(reply="554 5.6.0 not like this"), Security.STARTTLS) as server:
        session = await _session(server)
        verdict = await hand_over(session)
        await session.quit()
    assert isinstance(verdict, Rejected)
    assert verdict.reply == "554 5.6.0 not like this"
