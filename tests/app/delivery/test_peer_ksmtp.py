"""The dialogues KMail's SMTP library is tested with, held to our rules, which are stricter in places."""

from base64 import b64encode

import pytest

from app.address import Address
from app.delivery.verdict import Delivered, Held, Rejected, TryLater, Verdict
from app.errors import Reason
from app.profile import Security
from tests.servers.exchange import ANNA, PASSWORD, SENDER
from tests.servers.peer_script import BOTH, QUITS, SIGNED_IN, begun, meaning, outcome, playing, row, usual

JORAN = Address.parse("j\u00f8ran@kunden.example")
ARNT = Address.parse("arnt@kunden.example")
DOMI = Address.parse("info@d\u00f8mi.example")
SENT = (Delivered, None)
LOGIN = (
    f"C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: {b64encode(b'nutzer').decode()}\n"
    f"S: 334 UGFzc3dvcmQ6\nC: {b64encode(PASSWORD.encode()).decode()}\nS: 235 Authenticated"
)
WELCOME = "S: 220 ready\nC: EHLO [127.0.0.1]"
both = pytest.mark.parametrize("security", BOTH)


def handed_over(sender: str, recipient: str, extra: str = "") -> str:
    """Return the dialogue of one message."""
    envelope = f"C: MAIL FROM:<{sender}>{extra}\nS: 250 ok\nC: RCPT TO:<{recipient}>\nS: 250 ok"
    return f"{envelope}\nC: DATA\nS: 354 go ahead\nDATA\nS: 250 Ok transfer done"


USUAL = handed_over(str(SENDER), str(ANNA))


@pytest.mark.parametrize(
    ("replies", "security", "expected"),
    [
        row("KS-2", ["500 not recognised"], Security.STARTTLS, (TryLater, Reason.SERVER_NO_STARTTLS)),
        row("KS-3", ["502 not implemented"], Security.STARTTLS, (TryLater, Reason.SERVER_NO_STARTTLS)),
        row("KS-4", ["502 not implemented"], Security.SSL, (TryLater, Reason.SERVER_NO_SERVICE)),
    ],
)
async def test_a_server_without_ehlo_gets_no_helo(
    replies: list[str], security: Security, expected: tuple[type[Verdict], Reason]
) -> None:
    dialogue = "\n".join([WELCOME, *(f"S: {reply}" for reply in replies), QUITS])
    async with playing(dialogue, security=security) as running:
        assert meaning(await outcome(running, security)) == expected


@both
@pytest.mark.parametrize(
    ("offer", "exchange", "expected"),
    [
        row("KS-6", "AUTH PLAIN LOGIN", SIGNED_IN, SENT),
        row("KS-7", "AUTH LOGIN", LOGIN, SENT),
        row("KS-8", "AUTH PLAIN", SIGNED_IN, SENT),
        row("KS-9", "HELP", "", (Held, Reason.SERVER_NO_AUTH)),
        row(
            "KS-10",
            "AUTH PLAIN",
            SIGNED_IN.replace("235 2.7.0 welcome", "535 Authorization failed"),
            (Held, Reason.SERVER_AUTH_REJECTED),
        ),
    ],
)
async def test_signing_in(
    security: Security, offer: str, exchange: str, expected: tuple[type[Verdict], Reason | None]
) -> None:
    steps = [exchange, USUAL if expected == SENT else "", QUITS]
    dialogue = "\n".join([begun(security, offer), *filter(None, steps)])
    async with playing(dialogue, security=security) as running:
        assert meaning(await outcome(running, security)) == expected


@both
@pytest.mark.case("KS-1", "KS-5")
async def test_ehlo_names_the_same_to_every_server(security: Security) -> None:
    dialogue = usual(security, USUAL).replace("C: EHLO *", "C: EHLO [127.0.0.1]")
    async with playing(dialogue, security=security) as running:
        assert meaning(await outcome(running, security)) == SENT


@both
@pytest.mark.case("KS-11")
async def test_a_sender_the_server_does_not_let_in_is_refused(security: Security) -> None:
    dialogue = usual(security, "C: MAIL FROM:*\nS: 530 Not allowed")
    async with playing(dialogue, security=security) as running:
        assert meaning(await outcome(running, security)) == (Rejected, Reason.SERVER_SENDER_REJECTED)


@both
@pytest.mark.case("KS-12")
async def test_dots_are_doubled_on_the_wire(security: Security) -> None:
    message = b"From: a@x.example\r\nTo: b@x.example\r\n\r\nHello\r\n.\r\n.\r\n..\r\n.Foo\r\nEnd"
    async with playing(usual(security, USUAL), security=security) as running:
        assert meaning(await outcome(running, security, (message,))) == SENT
        lines = running.messages[0].split(b"\r\n")
    assert lines[3:] == [b"Hello", b"..", b"..", b"...", b"..Foo", b"End", b".", b""]


@both
@pytest.mark.parametrize(
    ("offers", "steps", "sender", "recipient", "expected"),
    [
        row("KS-13", ["SMTPUTF8"], handed_over(str(JORAN), str(ARNT), " SMTPUTF8"), JORAN, ARNT, SENT),
        row("KS-14", [], "", JORAN, ARNT, (Rejected, Reason.SERVER_NO_SMTPUTF8)),
        row("KS-15", ["SMTPUTF8"], handed_over(str(ARNT), str(JORAN), " SMTPUTF8"), ARNT, JORAN, SENT),
        row("KS-16", [], handed_over("info@xn--dmi-0na.example", str(ARNT)), DOMI, ARNT, SENT),
    ],
)
async def test_addresses_outside_ascii(
    security: Security,
    offers: list[str],
    steps: str,
    sender: Address,
    recipient: Address,
    expected: tuple[type[Verdict], Reason | None],
) -> None:
    dialogue = usual(security, *filter(None, [steps]), offers=["AUTH PLAIN", *offers])
    async with playing(dialogue, security=security) as running:
        assert meaning(await outcome(running, security, sender=sender, recipients=(recipient,))) == expected
        assert b"BODY" not in b"".join(running.lines)
