"""What Thunderbird's tests of sending expect, from the draft to the server, held to our rules.

TB-clientid does not apply: no identity of the program is told to any server.
TB-proxy does not apply: servers are connected to directly, there is no SOCKS.
TB-dsn-1 does not apply: no delivery status notifications are asked for.
TB-dsn-2 does not apply: as TB-dsn-1.
TB-dsn-3 does not apply: as TB-dsn-1.
"""

import asyncio
from base64 import b64encode

import pytest

from app.address import Mailbox
from app.delivery.outbox import Outbox, State
from app.delivery.verdict import Delivered, TryLater, Verdict
from app.errors import Reason
from app.profile import Security
from tests.app.delivery.letters import NOW, minutes
from tests.app.delivery.real_office import office_at
from tests.servers.exchange import PASSWORD
from tests.servers.peer_script import BOTH, QUITS, SIGNED_IN, begun, meaning, outcome, playing, row
from tests.servers.scripted import Polite, Talk

both = pytest.mark.parametrize("security", BOTH)
SENT = "C: MAIL FROM:*\nS: 250 Ok\nC: RCPT TO:*\nS: 250 Ok\nC: DATA\nS: 354 go on\nDATA\nS: 250 Ok"
LOGIN = (
    f"C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: {b64encode(b'nutzer').decode()}\n"
    f"S: 334 UGFzc3dvcmQ6\nC: {b64encode(PASSWORD.encode()).decode()}\nS: 235 ok"
)


def box(text: str) -> Mailbox:
    return Mailbox.parse(text)


def _plain(password: str) -> bytes:
    return b"AUTH PLAIN " + b64encode(f"\0nutzer\0{password}".encode()) + b"\r\n"


@pytest.mark.case("TB-abort")
@pytest.mark.parametrize("offer", ["HELP", "AUTH PLAIN LOGIN CRAM-MD5"])
async def test_a_server_without_starttls_hears_of_no_message(offer: str) -> None:
    async with playing(f"S: 220 ready\nC: EHLO *\nS: 250-mail.example\nS: 250 {offer}\n{QUITS}") as running:
        assert meaning(await outcome(running, Security.STARTTLS)) == (TryLater, Reason.SERVER_NO_STARTTLS)


@both
@pytest.mark.parametrize(
    ("offer", "exchange", "expected"),
    [
        row("TB-auth-1", "AUTH PLAIN", SIGNED_IN, (Delivered, None)),
        row("TB-auth-2", "AUTH LOGIN", LOGIN, (Delivered, None)),
        # Under verified TLS the plainest mechanism is the soundest: no digest that can be guessed from.
        row("TB-auth-3", "AUTH PLAIN LOGIN CRAM-MD5", SIGNED_IN, (Delivered, None)),
        row("TB-auth-5", "AUTH CRAM-MD5 LOGIN PLAIN GSSAPI", SIGNED_IN, (Delivered, None)),
    ],
)
async def test_mechanisms(
    security: Security, offer: str, exchange: str, expected: tuple[type[Verdict], Reason | None]
) -> None:
    dialogue = "\n".join([begun(security, offer), exchange, SENT, QUITS])
    async with playing(dialogue, security=security) as running:
        assert meaning(await outcome(running, security)) == expected


@pytest.mark.case("TB-auth-4", "TB-auth-6")
async def test_a_password_that_could_be_overheard_is_not_sent() -> None:
    dialogue = f"S: 220 ready\nC: EHLO *\nS: 250-mail.example\nS: 250 AUTH PLAIN\n{QUITS}"
    async with playing(dialogue) as running:
        assert meaning(await outcome(running, Security.STARTTLS)) == (TryLater, Reason.SERVER_NO_STARTTLS)
        assert not running.credentials_seen


@both
@pytest.mark.case("TB-quit-close")
async def test_a_server_that_says_goodbye_and_stays_is_left(security: Security, outbox: Outbox) -> None:
    left = asyncio.Event()

    async def stay(talk: Talk) -> None:
        await talk.say(b"221 bye\r\n")
        await talk.reader.read()
        left.set()

    async with office_at(Polite({"QUIT": stay}), outbox, security) as office:
        await office.post()
        assert await office.deliver() == [State.SENT]
        async with asyncio.timeout(5):
            await left.wait()


@both
@pytest.mark.parametrize(
    ("offers", "text"),
    [
        row("TB-8bit-1", ("8BITMIME",), "Gr\u00fc\u00dfe"),
        row("TB-8bit-2", (), "Gr\u00fc\u00dfe"),
        row("TB-8bit-3", ("8BITMIME",), "Hello"),
        row("TB-8bit-4", (), "Hello"),
    ],
)
async def test_nothing_but_seven_bits_is_ever_sent(
    security: Security, offers: tuple[str, ...], text: str, outbox: Outbox
) -> None:
    async with office_at(Polite(ehlo=("AUTH PLAIN", *offers)), outbox, security) as office:
        await office.post(text=text)
        assert await office.deliver() == [State.SENT]
        assert office.running.messages[0].isascii()
        assert b"BODY" not in b"".join(office.running.lines)


@both
@pytest.mark.case("TB-dedup")
async def test_each_recipient_is_named_once(security: Security, outbox: Outbox) -> None:
    async with office_at(Polite(), outbox, security) as office:
        to = (box("to1@empfang.example"), box("to2@empfang.example"), box("To1@EMPFANG.example"))
        await office.post(to=to, cc=to[:1], bcc=to[1:])
        assert await office.deliver() == [State.SENT]
        assert office.recipients == [to[0].address, to[1].address]


class Closing:
    """A server that takes one message and is gone from then on."""

    def __init__(self) -> None:
        self.polite = Polite({"RSET": self._go})
        self.is_gone = False

    async def __call__(self, talk: Talk) -> None:
        if self.is_gone:
            talk.reset()
        else:
            await self.polite(talk)

    async def _go(self, talk: Talk) -> None:
        self.is_gone = True
        talk.reset()


@both
@pytest.mark.case("TB-queued-errors")
async def test_each_queued_message_ends_with_a_status_of_its_own(security: Security, outbox: Outbox) -> None:
    async with office_at(Closing(), outbox, security) as office:
        for number in range(3):
            await office.post(number)
        assert await office.deliver() == [State.SENT, State.DEFERRED, State.DEFERRED]
        problems = [message.problem for message in await outbox.list([State.DEFERRED])]
        assert all(problem is not None and problem.fact("host") == "localhost" for problem in problems)


@both
@pytest.mark.case("TB-transient-retry")
async def test_each_message_has_its_own_attempts(security: Security, outbox: Outbox) -> None:
    async with office_at(Polite({"MAIL": b"451 4.3.0 later\r\n"}), outbox, security) as office:
        for number in range(2):
            await office.post(number)
        assert await office.deliver() == [State.DEFERRED] * 2
        assert await office.deliver(after=1) == [State.DEFERRED] * 2
        assert [message.attempts for message in await outbox.list()] == [2, 2]
        assert office.running.verbs().count("MAIL") == 4


@both
@pytest.mark.case("TB-password-1", "TB-server")
async def test_the_password_of_the_moment_is_used(security: Security, outbox: Outbox) -> None:
    async with office_at(Polite(), outbox, security) as office:
        await office.post(1)
        await office.deliver()
        await office.give_password("changed")
        await office.post(2)
        assert await office.deliver() == [State.SENT, State.SENT]
        sent = [line for line in office.running.lines if line.startswith(b"AUTH")]
        assert sent == [_plain(PASSWORD), _plain("changed")]


@both
@pytest.mark.case("TB-password-2")
async def test_no_password_is_sent_where_none_is_wanted(security: Security, outbox: Outbox) -> None:
    async with office_at(Polite(), outbox, security, sign_in=False) as office:
        await office.post()
        assert await office.deliver() == [State.SENT]
        assert not office.running.credentials_seen


def _accepting(password: str, *, hangs_up: bytes | None = None) -> Polite:
    """Return a server with this password; to another it says 535, or this and hangs up."""

    async def judge(talk: Talk) -> None:
        if talk.server.lines[-1] == _plain(password):
            await talk.say(b"235 welcome\r\n")
        elif hangs_up is None:
            await talk.say(b"535 5.7.8 no\r\n")
        else:
            await talk.say(hangs_up)
            talk.hang_up()

    return Polite({"AUTH": judge})


@both
@pytest.mark.case("TB-password-failure-1")
async def test_a_refused_password_is_kept_and_tried_again_only_when_asked(security: Security, outbox: Outbox) -> None:
    async with office_at(_accepting("right"), outbox, security) as office:
        message = await office.post()
        assert await office.deliver() == await office.deliver(after=60) == [State.HELD]
        assert office.running.verbs().count("AUTH") == 1
        await outbox.retry(message.id, office.time)
        assert await office.deliver() == [State.HELD]
        assert office.running.verbs().count("AUTH") == 2
        await outbox.cancel(message.id, office.time)
        assert await office.deliver() == [State.CANCELLED]
        assert await office.password() == PASSWORD
        assert office.running.messages == []


@both
@pytest.mark.case("TB-password-failure-2", "TB-browser-password-2")
async def test_a_new_password_is_sent_next_and_lets_the_message_go(security: Security, outbox: Outbox) -> None:
    async with office_at(_accepting("right"), outbox, security) as office:
        await office.post()
        assert await office.deliver() == [State.HELD]
        await office.give_password("right")
        await office.postman.unblock(office.server.queue)
        assert await office.deliver() == [State.SENT]
        sent = [line for line in office.running.lines if line.startswith(b"AUTH")]
        assert sent == [_plain(PASSWORD), _plain("right")]
        assert await office.password() == "right"


@both
@pytest.mark.parametrize(
    ("words", "state", "reason"),
    [
        (b"535 5.7.8 no\r\n", State.HELD, Reason.SERVER_AUTH_REJECTED),
        (b"", State.DEFERRED, Reason.SERVER_CONNECTION_LOST),
    ],
)
@pytest.mark.case("TB-password-failure-3")
async def test_a_server_that_hangs_up_on_a_bad_password_keeps_nobody_waiting(
    security: Security, words: bytes, state: State, reason: Reason, outbox: Outbox
) -> None:
    async with office_at(_accepting("right", hangs_up=words), outbox, security) as office:
        message = await office.post()
        assert await office.deliver() == [state]
        problem = (await outbox.get(message.id)).problem
        assert problem is not None
        assert problem.reason is reason
        assert await office.password() == PASSWORD


@both
@pytest.mark.case("TB-browser-password-1")
async def test_a_password_that_is_not_there_is_asked_for_without_a_connection(
    security: Security, outbox: Outbox
) -> None:
    async with office_at(Polite(), outbox, security) as office:
        await office.keychain.delete(office.server.keychain_account)
        message = await office.post()
        assert await office.deliver() == [State.HELD]
        problem = (await outbox.get(message.id)).problem
        assert problem is not None
        assert problem.reason is Reason.KEYCHAIN_NO_PASSWORD
        assert office.running.connections == 0
        await office.give_password(PASSWORD)
        await office.postman.unblock(office.server.queue)
        assert await office.deliver() == [State.SENT]


@both
@pytest.mark.parametrize("place", [row("TB-cancel-1", "DATA"), row("TB-cancel-3", "greeting")])
async def test_a_message_broken_off_is_never_sent(security: Security, place: str, outbox: Outbox) -> None:
    reached = asyncio.Event()

    async def be_silent(talk: Talk) -> None:
        reached.set()
        await talk.reader.read()

    script = Polite(greeting=be_silent) if place == "greeting" else Polite({place: be_silent})
    async with office_at(script, outbox, security) as office:
        await office.post()
        delivering = asyncio.create_task(office.postman.run_due())
        await reached.wait()
        await office.postman.stop()
        await delivering
        assert [message.state for message in await outbox.list()] == [State.QUEUED]
        assert office.running.messages == []


@pytest.mark.case("TB-cancel-2", "TB-browser-cancel")
async def test_a_queued_message_that_is_cancelled_is_never_sent(outbox: Outbox) -> None:
    async with office_at(Polite(), outbox) as office:
        message = await office.post(due=NOW + minutes(1))
        await outbox.cancel(message.id, NOW)
        assert await office.deliver(after=5) == [State.CANCELLED]
        assert office.running.connections == 0
