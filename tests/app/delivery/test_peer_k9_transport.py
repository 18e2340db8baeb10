"""The dialogues K-9 Mail's SMTP transport is tested with, held to our rules, which are stricter in places.

K9-7 does not apply: no mechanism can be demanded; one of those offered is chosen, and only under verified TLS.
K9-18 does not apply: there are no client certificates, so no EXTERNAL.
K9-19 does not apply: as K9-18.
"""

from base64 import b64encode

import pytest

from app.address import Address
from app.delivery.smtp import Session
from app.delivery.verdict import Delivered, Held, Rejected, TryLater, Verdict
from app.errors import Reason
from app.profile import Security
from tests.servers.exchange import ANNA, BERND, LIMITS, MESSAGE, PASSWORD, authority, hand_over, opened
from tests.servers.peer_script import BOTH, QUITS, SIGNED_IN, begun, meaning, outcome, playing, usual
from tests.servers.scripted import server_for

MAIL = f"C: MAIL FROM:<nutzer.name@partnerdomain.example> SIZE={len(MESSAGE)}\nS: 250 2.1.0 Ok"
BARE_MAIL = "C: MAIL FROM:<nutzer.name@partnerdomain.example>\nS: 250 2.1.0 Ok"
RCPT = "C: RCPT TO:<anna@empfang.example>\nS: 250 2.1.5 Ok"
DATA = "C: DATA\nS: 354 go on\nDATA\nS: 250 2.0.0 Ok: queued as 4XQ1"
SENT = f"{BARE_MAIL}\n{RCPT}\n{DATA}"
TOGETHER = f"{BARE_MAIL.splitlines()[0]}\n{RCPT.splitlines()[0]}\nS: 250 2.1.0 Ok\nS: 250 2.1.5 Ok\n{DATA}"
CHALLENGE = b64encode(b"<1.2@mail.example>").decode()
DOMI = Address.parse("user2@d\u00f8mi.example")
both = pytest.mark.parametrize("security", BOTH)


@both
@pytest.mark.case("K9-1", "K9-2")
async def test_a_server_without_sign_in_stays_open_for_who_needs_none(security: Security) -> None:
    async with playing(begun(security, "x", "OK") + "\n" + QUITS, security=security) as running:
        server = server_for(running, security, sign_in=False)
        session = await Session.open(server, None, tls=authority().trust(), limits=LIMITS)
        assert session.is_usable
        assert session.mechanism == ""
        await session.quit()


@both
@pytest.mark.parametrize(
    ("offer", "exchange", "mechanism"),
    [
        pytest.param("AUTH PLAIN LOGIN", SIGNED_IN, "PLAIN", id="K9-3", marks=pytest.mark.case("K9-3")),
        pytest.param(
            "AUTH LOGIN",
            f"C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: {b64encode(b'nutzer').decode()}\nS: 334 UGFzc3dvcmQ6\n"
            f"C: {b64encode(PASSWORD.encode()).decode()}\nS: 235 ok",
            "LOGIN",
            id="K9-4",
            marks=pytest.mark.case("K9-4"),
        ),
        pytest.param(
            "AUTH CRAM-MD5",
            f"C: AUTH CRAM-MD5\nS: 334 {CHALLENGE}\nC: *\nS: 235 ok",
            "CRAM-MD5",
            id="K9-6",
            marks=pytest.mark.case("K9-6"),
        ),
    ],
)
async def test_the_mechanism_of_the_offer_is_used(
    security: Security, offer: str, exchange: str, mechanism: str
) -> None:
    dialogue = "\n".join([begun(security, offer), exchange, QUITS])
    async with playing(dialogue, security=security) as running:
        session = await opened(running, security)
        assert session.mechanism == mechanism
        await session.quit()
        assert all(b"AUTH" not in line for line in running.in_clear)


@both
@pytest.mark.case("K9-5")
async def test_a_sign_in_without_mechanisms_is_none(security: Security) -> None:
    async with playing(begun(security, "AUTH") + "\n" + QUITS, security=security) as running:
        assert meaning(await outcome(running, security)) == (Held, Reason.SERVER_NO_AUTH)


@pytest.mark.case("K9-20")
@pytest.mark.parametrize(
    ("security", "reason"),
    [(Security.STARTTLS, Reason.SERVER_NO_STARTTLS), (Security.SSL, Reason.SERVER_NO_SERVICE)],
)
async def test_a_server_without_ehlo_is_refused_and_gets_no_helo(security: Security, reason: Reason) -> None:
    dialogue = f"S: 220 ready\nC: EHLO *\nS: 502 5.5.1 not known\n{QUITS}"
    async with playing(dialogue, security=security) as running:
        assert meaning(await outcome(running, security)) == (TryLater, reason)


@both
@pytest.mark.case("K9-21")
async def test_a_refusal_is_told_in_one_text_with_its_code_once(security: Security) -> None:
    refusal = "S: 535-5.7.1 Username and Password not accepted.\nS: 535 5.7.1 Learn more at help.example"
    dialogue = "\n".join([begun(security, "AUTH PLAIN"), SIGNED_IN.splitlines()[0], refusal, QUITS])
    async with playing(dialogue, security=security) as running:
        verdict = await outcome(running, security)
    assert meaning(verdict) == (Held, Reason.SERVER_AUTH_REJECTED)
    assert isinstance(verdict, Held)
    said = "535 5.7.1 Username and Password not accepted. Learn more at help.example"
    assert verdict.problem.fact("reply") == said


@both
@pytest.mark.case("K9-22")
async def test_a_long_list_of_extensions_is_read_whole(security: Security) -> None:
    sign_in = "AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH"
    offers = ("SIZE 35882577", "8BITMIME", sign_in, "ENHANCEDSTATUSCODES", "PIPELINING", "CHUNKING", "SMTPUTF8")
    async with playing(usual(security, offers=offers), security=security) as running:
        session = await opened(running, security)
        found = {"size", "8bitmime", "auth", "enhancedstatuscodes", "pipelining", "chunking", "smtputf8"}
        assert session.extensions.keys() == found
        assert session.size_limit == 35882577
        await session.quit()


@pytest.mark.case("K9-23")
async def test_the_sign_in_comes_after_tls_and_a_second_ehlo() -> None:
    async with playing(usual(Security.STARTTLS, SENT)) as running:
        assert isinstance(await outcome(running, Security.STARTTLS), Delivered)
        assert running.in_clear == [b"EHLO [127.0.0.1]\r\n", b"STARTTLS\r\n"]


@pytest.mark.case("K9-24")
async def test_a_server_without_starttls_gets_a_goodbye_and_nothing_else() -> None:
    async with playing(f"S: 220 ready\nC: EHLO *\nS: 250-mail.example\nS: 250 HELP\n{QUITS}") as running:
        verdict = await outcome(running, Security.STARTTLS)
    assert meaning(verdict) == (TryLater, Reason.SERVER_NO_STARTTLS)


@both
@pytest.mark.parametrize(
    ("offers", "steps", "recipients"),
    [
        pytest.param((), SENT, (ANNA,), id="K9-26", marks=pytest.mark.case("K9-26")),
        # What is sent is seven-bit whatever the server takes, so no BODY is claimed.
        pytest.param(("8BITMIME",), SENT, (ANNA,), id="K9-27", marks=pytest.mark.case("K9-27")),
        pytest.param(("8bitmime",), SENT, (ANNA,), id="K9-28", marks=pytest.mark.case("K9-28")),
        pytest.param(
            ("SMTPUTF8",),
            SENT.replace("anna@empfang.example", "user2@xn--dmi-0na.example"),
            (DOMI,),
            id="K9-29",
            marks=pytest.mark.case("K9-29"),
        ),
        pytest.param(
            (),
            SENT.replace("anna@empfang.example", "user2@xn--dmi-0na.example"),
            (DOMI,),
            id="K9-30",
            marks=pytest.mark.case("K9-30"),
        ),
        # Nothing is answered before both have come; DATA waits for its turn.
        pytest.param(("PIPELINING",), TOGETHER, (ANNA,), id="K9-33", marks=pytest.mark.case("K9-33")),
        pytest.param(("HELP",), SENT, (ANNA,), id="K9-34", marks=pytest.mark.case("K9-34")),
    ],
)
async def test_a_message_is_sent(
    security: Security, offers: tuple[str, ...], steps: str, recipients: tuple[Address, ...]
) -> None:
    async with playing(usual(security, steps, offers=("AUTH PLAIN", *offers)), security=security) as running:
        assert isinstance(await outcome(running, security, recipients=recipients), Delivered)
        assert running.messages == [MESSAGE + b".\r\n"]


@both
@pytest.mark.case("K9-30")
async def test_a_local_part_in_another_script_stops_before_mail_without_smtputf8(security: Security) -> None:
    recipients = (Address.parse("d\u00f8mi@empfang.example"),)
    async with playing(usual(security), security=security) as running:
        verdict = await outcome(running, security, recipients=recipients)
    assert meaning(verdict) == (Rejected, Reason.SERVER_NO_SMTPUTF8)


@both
@pytest.mark.case("K9-31")
async def test_a_message_over_the_limit_is_not_begun(security: Security) -> None:
    dialogue = usual(security, offers=("AUTH PLAIN", "SIZE 1000"))
    async with playing(dialogue, security=security) as running:
        verdict = await outcome(running, security, (b"x" * 1234,), size=1234)
    assert meaning(verdict) == (Rejected, Reason.MESSAGE_TOO_LARGE)
    assert isinstance(verdict, Rejected)
    assert (verdict.problem.fact("size"), verdict.problem.fact("limit")) == ("1234", "1000")


@both
@pytest.mark.case("K9-32")
async def test_421_after_the_message_means_later_on_a_new_connection(security: Security) -> None:
    refused = SENT.replace("S: 250 2.0.0 Ok: queued as 4XQ1", "S: 421 4.7.0 Temporary system problem")
    dialogue = "\n".join([begun(security, "AUTH PLAIN"), SIGNED_IN, refused])
    async with playing(dialogue, security=security) as running:
        session = await opened(running, security)
        verdict = await hand_over(session)
        assert meaning(verdict) == (TryLater, Reason.SERVER_BUSY)
        assert isinstance(verdict, TryLater)
        assert verdict.reply == "421 4.7.0 Temporary system problem"
        assert not session.is_usable


def _refused(*refused: Address, together: bool) -> str:
    """Return the dialogue in which these of two recipients are refused, and nothing follows but RSET."""
    steps = BARE_MAIL.splitlines()
    for address in (ANNA, BERND):
        reply = "550 5.1.1 not here" if address in refused else "250 2.1.5 Ok"
        steps += [f"C: RCPT TO:<{address}>", f"S: {reply}"]
    if together:
        steps.sort(key=lambda step: step[0])  # the client's lines first
    return "\n".join([*steps, "C: RSET\nS: 250 Ok"])


@both
@pytest.mark.parametrize(
    ("offer", "refused"),
    [
        pytest.param("PIPELINING", (ANNA,), id="K9-35", marks=pytest.mark.case("K9-35")),
        pytest.param("PIPELINING", (ANNA, BERND), id="K9-36 and 37", marks=pytest.mark.case("K9-36", "K9-37")),
        pytest.param("HELP", (BERND,), id="K9-38", marks=pytest.mark.case("K9-38")),
    ],
)
async def test_a_refused_recipient_keeps_the_message_from_everybody(
    security: Security, offer: str, refused: tuple[Address, ...]
) -> None:
    steps = _refused(*refused, together=offer == "PIPELINING")
    dialogue = usual(security, steps, offers=("AUTH PLAIN", offer))
    async with playing(dialogue, security=security) as running:
        verdict: Verdict = await outcome(running, security, recipients=(ANNA, BERND))
        assert running.messages == []
    assert isinstance(verdict, Rejected)
    assert verdict.problem.reason is Reason.SERVER_RECIPIENT_REJECTED
    assert verdict.problem.fact("recipients") == ", ".join(map(str, refused))
    assert verdict.reply == "550 5.1.1 not here"
