"""How K-9 Mail reads and logs replies, stuffs dots and checks settings, held to our stricter reading.

K9V-7 does not apply: there are no client certificates.
K9V-8 does not apply: as K9V-7.
K9V-11 does not apply: settings are those of an SMTP server by their type, there is no other kind to mix up.
"""

import logging

import pytest

from app.delivery.replies import Reply, ReplyError, ReplyReader
from app.delivery.smtp import Session, SessionError
from app.delivery.verdict import Delivered, TryLater
from app.errors import Reason
from app.profile import PasswordSignIn, Security, SmtpServer
from app.setup.probe import probe
from app.storage.keychain import Secret
from tests.servers.exchange import LIMITS, PASSWORD, SENDER, authority, opened, opening_fails, send_to, serving
from tests.servers.peer_script import BOTH, QUITS, SIGNED_IN, begun, playing, row, usual
from tests.servers.scripted import Authority, Polite, Talk, scripted, server_for

MAIL_AND_RESET = "C: MAIL FROM:*\nS: 250 2.1.0 Ok\nC: RSET\nS: 250 Ok"


@pytest.mark.parametrize(
    ("data", "lines", "enhanced", "text"),
    [
        row("K9P-1", b"220 mail.example ESMTP", ("mail.example ESMTP",), "", "220 mail.example ESMTP"),
        row("K9P-2", b"220-Hello\r\n220 mail.example", ("Hello", "mail.example"), "", "220 Hello mail.example"),
        row("K9P-12", b"200 OK", ("OK",), "", "200 OK"),
        row("K9P-13", b"500 Oops", ("Oops",), "", "500 Oops"),
        row("K9P-14", b"502", ("",), "", "502"),
        row("K9P-15", b"250 OK", ("OK",), "", "250 OK"),
        row(
            "K9P-16", b"250 2.1.0 <a@x.example> ok", ("2.1.0 <a@x.example> ok",), "2.1.0", "250 2.1.0 <a@x.example> ok"
        ),
        row("K9P-17", b"354 3.0.0 Send data", ("3.0.0 Send data",), "", "354 3.0.0 Send data"),
        row("K9P-18", b"500-One\r\n500 Two", ("One", "Two"), "", "500 One Two"),
        row("K9P-19", b"500-\r\n500 Two", ("", "Two"), "", "500 Two"),
        row("K9P-20", b"500-One\r\n500-Two\r\n500", ("One", "Two", ""), "", "500 One Two"),
        row("K9P-21", b"250-2.1.0 One\r\n250 2.1.0 OK", ("2.1.0 One", "2.1.0 OK"), "2.1.0", "250 2.1.0 One OK"),
        row("K9P-31", b"200 ", ("",), "", "200"),
        row("K9P-32", "200 über".encode(), ("über",), "", "200 über"),
        row("K9P-33", b"250 5.0.0 text", ("5.0.0 text",), "", "250 5.0.0 text"),
        row("K9P-34", b"250 2.1000.0 Text", ("2.1000.0 Text",), "", "250 2.1000.0 Text"),
        row("K9P-35", b"250 2.0.1000 Text", ("2.0.1000 Text",), "", "250 2.0.1000 Text"),
        row("K9P-36", b"550 Mailbox unavailable", ("Mailbox unavailable",), "", "550 Mailbox unavailable"),
        row("K9P-37", b"550-5.2.1 No\r\n550 mailbox", ("5.2.1 No", "mailbox"), "", "550 5.2.1 No mailbox"),
        row("K9P-38", b"550-Request failed\r\n550 No", ("Request failed", "No"), "", "550 Request failed No"),
    ],
)
def test_a_reply_is_read(data: bytes, lines: tuple[str, ...], enhanced: str, text: str) -> None:
    reader = ReplyReader()
    reader.feed(data + b"\r\n")
    reply = reader.take()
    assert reply == Reply(int(data[:3]), lines)
    assert (reply.enhanced, reply.text) == (enhanced, text)
    assert (reply.is_positive, reply.is_permanent) == (data.startswith(b"2"), data.startswith(b"5"))
    assert reader.is_empty


@pytest.mark.parametrize(
    "data",
    [
        row("K9P-7", b"250-mail.example\r\n220\r\n"),
        row("K9P-23", b"200-One\r\n500 Two\r\n"),
        row("K9P-25", b"611\r\n"),
        row("K9P-26", b"280 Something\r\n"),
        row("K9P-27", b"20x\r\n"),
        row("K9P-29", b"200\r \r\n"),
        row("K9P-30", b"200\n"),
    ],
)
def test_what_is_no_reply_is_refused(data: bytes) -> None:
    reader = ReplyReader()
    reader.feed(data)
    with pytest.raises(ReplyError):
        reader.take()


@pytest.mark.case("K9P-22")
def test_several_replies_are_read_one_by_one() -> None:
    reader = ReplyReader()
    reader.feed(b"250 Sender OK\r\n250 Recipient OK\r\n")
    assert [reader.take(), reader.take(), reader.take()] == [
        Reply(250, ("Sender OK",)),
        Reply(250, ("Recipient OK",)),
        None,
    ]


@pytest.mark.parametrize("security", BOTH)
@pytest.mark.parametrize(
    ("lines", "keywords"),
    [
        row(
            "K9P-3",
            ["mail.example greets you", "PIPELINING", "SIZE 104857600", "AUTH PLAIN LOGIN DIGEST-MD5", "help"],
            {"pipelining": "", "size": "104857600", "auth": "PLAIN LOGIN DIGEST-MD5", "help": ""},
        ),
        row("K9P-4", ["mail.example"], {}),
        row("K9P-6", [""], {}),
        row("K9P-8", ["mail.example", "KEY:WORD"], {}),
        row("K9P-9", ["mail.example", "KEYWORD "], {"keyword": ""}),
        row("K9P-10", ["mail.example", "KEYWORD para\tmeter", "SIZE 7"], {"keyword": "para\tmeter", "size": "7"}),
    ],
)
async def test_extensions_are_read_and_junk_among_them_does_no_harm(
    security: Security, lines: list[str], keywords: dict[str, str]
) -> None:
    replies = "\n".join([*[f"S: 250-{line}" for line in lines[:-1]], f"S: 250 {lines[-1]}"])
    dialogue = "\n".join([begun(security).rpartition("\n")[0], replies, QUITS])
    async with playing(dialogue, security=security) as running:
        server = server_for(running, security, sign_in=False)
        session = await Session.open(server, None, tls=authority().trust(), limits=LIMITS)
        assert dict(session.extensions) == keywords
        await session.quit()


@pytest.mark.parametrize(
    ("greeting", "ehlo", "reason"),
    [
        row("K9P-5", "220 mail.example", "421 Service not available", Reason.SERVER_BUSY),
        row("K9P-11", "220 mail.example", "554 5.7.1 no service for you", Reason.SERVER_NO_SERVICE),
    ],
)
async def test_an_error_in_place_of_extensions_is_told(greeting: str, ehlo: str, reason: Reason) -> None:
    script = Polite({"EHLO TLS": f"{ehlo}\r\n".encode()}, greeting=f"{greeting}\r\n".encode())
    failed, running = await opening_fails(script, Security.SSL, implicit=True)
    assert (failed.problem.reason, failed.problem.fact("reply")) == (reason, ehlo)
    assert not running.credentials_seen


@pytest.mark.parametrize("cut", [row("K9P-28", b"200"), row("K9P-29", b"200\r")])
async def test_a_reply_that_ends_with_the_stream_is_none(cut: bytes) -> None:
    async def go(talk: Talk) -> None:
        await talk.say(cut)
        talk.hang_up()

    verdict, running = await send_to(Polite({"RCPT": go}))
    assert isinstance(verdict, TryLater)
    assert verdict.problem.reason is Reason.SERVER_CONNECTION_LOST
    assert running.messages == []


@pytest.mark.case("K9P-24")
async def test_what_made_no_sense_is_kept_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(Polite({"MAIL": b"200-canary one\r\n500 canary two\r\n"})) as running:
        session = await opened(running)
        with pytest.raises(SessionError) as failed:
            await session.test_sender(SENDER)
    shown = caplog.text + repr(session.dialogue) + repr(vars(failed.value))
    assert "canary" not in shown


LOGGED = [
    ("235", "235"),
    ("235 welcome {}", "235 welcome {}"),
    ("235 2.7.0", "235 2.7.0"),
    ("235 2.7.0 welcome {}", "235 2.7.0 welcome {}"),
    ("235-welcome {}\nS: 235 OK", "235 welcome {} OK"),
    ("235-2.7.0 welcome {}\nS: 235 2.7.0 OK", "235 2.7.0 welcome {} OK"),
]


@pytest.mark.parametrize(
    ("reply", "line", "word"),
    [
        pytest.param(*LOGGED[0], "you", id="K9R-1", marks=pytest.mark.case("K9R-1")),
        pytest.param(*LOGGED[0], PASSWORD, id="K9R-2", marks=pytest.mark.case("K9R-2")),
        pytest.param(*LOGGED[1], "you", id="K9R-3", marks=pytest.mark.case("K9R-3")),
        pytest.param(*LOGGED[1], PASSWORD, id="K9R-4", marks=pytest.mark.case("K9R-4")),
        pytest.param(*LOGGED[2], "you", id="K9R-5", marks=pytest.mark.case("K9R-5")),
        pytest.param(*LOGGED[2], PASSWORD, id="K9R-6", marks=pytest.mark.case("K9R-6")),
        pytest.param(*LOGGED[3], "you", id="K9R-7", marks=pytest.mark.case("K9R-7")),
        pytest.param(*LOGGED[3], PASSWORD, id="K9R-8", marks=pytest.mark.case("K9R-8")),
        pytest.param(*LOGGED[4], "you", id="K9R-9", marks=pytest.mark.case("K9R-9")),
        pytest.param(*LOGGED[4], PASSWORD, id="K9R-10", marks=pytest.mark.case("K9R-10")),
        pytest.param(*LOGGED[5], "you", id="K9R-11", marks=pytest.mark.case("K9R-11")),
        pytest.param(*LOGGED[5], PASSWORD, id="K9R-12", marks=pytest.mark.case("K9R-12")),
    ],
)
@pytest.mark.parametrize("security", BOTH)
async def test_the_reply_to_a_sign_in_is_kept_without_secrets(
    security: Security, reply: str, line: str, word: str
) -> None:
    signing_in = f"{SIGNED_IN.splitlines()[0]}\nS: {reply.format(word)}"
    async with playing("\n".join([begun(security, "AUTH PLAIN"), signing_in, QUITS]), security=security) as running:
        session = await opened(running, security)
        kept = session.dialogue
        await session.quit()
    assert [kept[-2].text, kept[-1].text] == ["AUTH PLAIN ***", line.format("***" if word == PASSWORD else word)]


@pytest.mark.parametrize(
    ("message", "wire"),
    [
        pytest.param(b"one\r\n.two\r\n", b"one\r\n..two\r\n", id="K9D-1", marks=pytest.mark.case("K9D-1")),
        pytest.param(b".one\r\ntwo\r\n", b"..one\r\ntwo\r\n", id="K9D-2", marks=pytest.mark.case("K9D-2")),
        pytest.param(b"one.\r\nt.wo\r\n", b"one.\r\nt.wo\r\n", id="K9D-3", marks=pytest.mark.case("K9D-3")),
        pytest.param(
            b".\r\n..\r\nx.\r\n.y.\r\n", b"..\r\n...\r\nx.\r\n..y.\r\n", id="K9D-4", marks=pytest.mark.case("K9D-4")
        ),
    ],
)
async def test_dots_at_the_beginnings_of_lines_are_doubled(message: bytes, wire: bytes) -> None:
    verdict, running = await send_to(Polite(), (message,))
    assert isinstance(verdict, Delivered)
    assert running.messages == [wire + b".\r\n"]


@pytest.mark.case("K9V-1", "K9V-3")
@pytest.mark.parametrize("security", BOTH)
async def test_good_settings_pass_whatever_the_user_name(security: Security) -> None:
    async with playing(usual(security, MAIL_AND_RESET), security=security) as running:
        server = server_for(running, security)
        assert server.username != str(SENDER)
        report = await probe(server, Secret(PASSWORD), SENDER, tls=authority().trust(), limits=LIMITS)
    assert report.ok


@pytest.mark.parametrize(
    ("dialogue", "reason", "said"),
    [
        pytest.param(
            "\n".join([begun(Security.STARTTLS, "AUTH PLAIN"), SIGNED_IN.splitlines()[0], "S: 535 5.7.8 no", QUITS]),
            Reason.SERVER_AUTH_REJECTED,
            "535 5.7.8 no",
            id="K9V-4",
            marks=pytest.mark.case("K9V-4"),
        ),
        row("K9V-5", "S: 421 not now\nX", Reason.SERVER_BUSY, "421 not now"),
        pytest.param(
            f"S: 220 ready\nC: EHLO *\nS: 250-mail.example\nS: 250 HELP\n{QUITS}",
            Reason.SERVER_NO_STARTTLS,
            "",
            id="K9V-6",
            marks=pytest.mark.case("K9V-6"),
        ),
    ],
)  # fmt: skip
async def test_settings_that_fail_say_why(dialogue: str, reason: Reason, said: str) -> None:
    async with playing(dialogue) as running:
        report = await probe(
            server_for(running), Secret(PASSWORD), SENDER, tls=authority().trust(), limits=LIMITS
        )  # fmt: skip
    assert report.problem is not None
    assert (report.problem.reason, report.problem.fact("reply")) == (reason, said)


@pytest.mark.case("K9V-9")
@pytest.mark.parametrize("security", BOTH)
async def test_a_certificate_nobody_vouches_for_fails_the_test(security: Security) -> None:
    async with scripted(Polite(), Authority().certify(), is_implicit=security is Security.SSL) as running:
        server = server_for(running, security)
        report = await probe(server, Secret(PASSWORD), SENDER, tls=authority().trust(), limits=LIMITS)
        assert not running.credentials_seen
    assert report.problem is not None
    assert report.problem.reason is Reason.SERVER_CERT_UNKNOWN_CA


@pytest.mark.case("K9V-10")
async def test_a_host_that_does_not_exist_fails_the_test() -> None:
    server = SmtpServer("x" * 70 + ".example", 587, Security.STARTTLS, "nutzer", PasswordSignIn())
    report = await probe(server, Secret(PASSWORD), SENDER, tls=authority().trust(), limits=LIMITS)
    assert report.problem is not None
    assert report.problem.reason is Reason.SERVER_NOT_FOUND
