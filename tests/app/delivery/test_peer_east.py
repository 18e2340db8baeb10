"""The cases of the STARTTLS researchers (EAST): nothing but greetings in the clear, no false "sent", no hang."""

import ssl
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.delivery.smtp import Limits
from app.delivery.verdict import Delivered, Held, TryLater, Verdict
from app.errors import Reason
from app.profile import Security
from tests.servers.exchange import LIMITS, MESSAGE, authority, hand_over, opened, serving
from tests.servers.peer_script import BOTH, meaning, outcome, row
from tests.servers.scripted import Authority, Polite, Script, ScriptedServer, Talk, offer, scripted

HARMLESS = (b"EHLO ", b"STARTTLS", b"QUIT")
SENT = (Delivered, None)
BESIDE_THE_POINT = (TryLater, Reason.SERVER_PROTOCOL)
BUSY = (TryLater, Reason.SERVER_BUSY)
NO_STARTTLS = (TryLater, Reason.SERVER_NO_STARTTLS)
NO_SERVICE = (TryLater, Reason.SERVER_NO_SERVICE)
Expected = tuple[type[Verdict], Reason | None]

# What the researchers' servers offer in the clear: real mechanisms among invented ones.
OFFERED_IN_CLEAR = (
    "AUTH 0SNET ANONYMOUS APOP CRAM-MD5 CRAM-SHA256 CRYPT DIGEST-MD5 EXTERNAL GSSAPI LOGIN LOGIN-LDAP LOGIN_OLD MD5 "
    "NTLM OAUTHBEARER OTP PLAIN PLAIN-CLIENTTOKEN PLAIN_3 SASLPLAIN SCRAM-SHA-256 SKEY SPA XOAUTH2 XYMCOOKIE"
)


def _says(code: int) -> bytes:
    return f"{code} words\r\n".encode()


async def _is_safe(script: Script, security: Security, limits: Limits = LIMITS) -> tuple[Expected, ScriptedServer]:
    """Send to such a server; return what becomes of it after making sure that nothing private went in the clear."""
    async with serving(script, implicit=security is Security.SSL) as running:
        verdict = await outcome(running, security, limits=limits)
    assert all(line.startswith(HARMLESS) for line in running.in_clear), running.in_clear
    assert bool(running.messages) == isinstance(verdict, Delivered)
    return meaning(verdict), running


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        row("EA-greeting-220", 220, SENT),
        row("EA-greeting-221", 221, BESIDE_THE_POINT),
        row("EA-greeting-354", 354, BESIDE_THE_POINT),
        row("EA-greeting-421", 421, BUSY),
        row("EA-greeting-500", 500, NO_SERVICE),
        row("EA-greeting-501", 501, NO_SERVICE),
        row("EA-greeting-530", 530, NO_SERVICE),
        row("EA-greeting-554", 554, NO_SERVICE),
    ],
)
@pytest.mark.parametrize("security", BOTH)
async def test_greetings(security: Security, code: int, expected: Expected) -> None:
    found, running = await _is_safe(Polite(greeting=_says(code)), security)
    assert found == expected
    assert running.credentials_seen == (code == 220)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        row("EA-ehlo-220", _says(220), BESIDE_THE_POINT),
        row("EA-ehlo-221", _says(221), BESIDE_THE_POINT),
        row("EA-ehlo-250-all", offer([OFFERED_IN_CLEAR, "SIZE 1000000"]), NO_STARTTLS),
        row("EA-ehlo-250-empty", offer([]), NO_STARTTLS),
        row("EA-ehlo-354", _says(354), BESIDE_THE_POINT),
        row("EA-ehlo-421", _says(421), BUSY),
        row("EA-ehlo-500", _says(500), NO_STARTTLS),
        row("EA-ehlo-501", _says(501), NO_SERVICE),
        row("EA-ehlo-502", _says(502), NO_STARTTLS),
        row("EA-ehlo-504", _says(504), NO_SERVICE),
        row("EA-ehlo-530", _says(530), NO_SERVICE),
        row("EA-ehlo-550", _says(550), NO_SERVICE),
        row("EA-ehlo-554", _says(554), NO_SERVICE),
    ],
)
async def test_replies_to_ehlo_in_the_clear(reply: bytes, expected: Expected) -> None:
    found, running = await _is_safe(Polite({"EHLO": reply}), Security.STARTTLS)
    assert found == expected
    assert not running.credentials_seen


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        row("EA-ehlo-220", _says(220), BESIDE_THE_POINT),
        row("EA-ehlo-221", _says(221), BESIDE_THE_POINT),
        row("EA-ehlo-250-all", offer([OFFERED_IN_CLEAR]), SENT),
        row("EA-ehlo-250-empty", offer([]), (Held, Reason.SERVER_NO_AUTH)),
        row("EA-ehlo-354", _says(354), BESIDE_THE_POINT),
        row("EA-ehlo-421", _says(421), BUSY),
        row("EA-ehlo-500", _says(500), NO_SERVICE),
        row("EA-ehlo-501", _says(501), NO_SERVICE),
        row("EA-ehlo-502", _says(502), NO_SERVICE),
        row("EA-ehlo-504", _says(504), NO_SERVICE),
        row("EA-ehlo-530", _says(530), NO_SERVICE),
        row("EA-ehlo-550", _says(550), NO_SERVICE),
        row("EA-ehlo-554", _says(554), NO_SERVICE),
    ],
)
@pytest.mark.parametrize("security", BOTH)
async def test_replies_to_ehlo_under_tls(security: Security, reply: bytes, expected: Expected) -> None:
    found, running = await _is_safe(Polite({"EHLO TLS": reply}), security)
    assert found == expected
    assert running.credentials_seen == (found == SENT)


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        row("EA-helo-220", "HELO", 220),
        row("EA-helo-221", "HELO", 221),
        row("EA-helo-354", "HELO", 354),
        row("EA-helo-421", "HELO", 421),
        row("EA-helo-500", "HELO", 500),
        row("EA-helo-501", "HELO", 501),
        row("EA-helo-530", "HELO", 530),
        row("EA-rset-220", "RSET", 220),
        row("EA-rset-221", "RSET", 221),
        row("EA-rset-354", "RSET", 354),
        row("EA-rset-421", "RSET", 421),
        row("EA-rset-500", "RSET", 500),
        row("EA-rset-501", "RSET", 501),
        row("EA-rset-530", "RSET", 530),
    ],
)
async def test_without_ehlo_there_is_neither_helo_nor_rset(verb: str, code: int) -> None:
    found, running = await _is_safe(Polite({"EHLO": _says(500), verb: _says(code)}), Security.STARTTLS)
    assert found == NO_STARTTLS
    assert running.verbs() == ["EHLO", "QUIT"]


@pytest.mark.parametrize(
    "code",
    [
        row("EA-rset-220", 220),
        row("EA-rset-221", 221),
        row("EA-rset-354", 354),
        row("EA-rset-421", 421),
        row("EA-rset-500", 500),
        row("EA-rset-501", 501),
        row("EA-rset-530", 530),
    ],
)
@pytest.mark.parametrize("security", BOTH)
async def test_a_connection_that_is_not_reset_carries_no_other_message(security: Security, code: int) -> None:
    async with serving(Polite({"RSET": _says(code)}), implicit=security is Security.SSL) as running:
        session = await opened(running, security)
        assert isinstance(await hand_over(session), Delivered)
        # It says nothing about the message, which has to go over another connection.
        assert isinstance(await hand_over(session), TryLater)
        assert not session.is_usable
        assert running.messages == [MESSAGE + b".\r\n"]


@pytest.mark.parametrize(
    "code",
    [
        row("EA-quit-220", 220),
        row("EA-quit-221", 221),
        row("EA-quit-354", 354),
        row("EA-quit-421", 421),
        row("EA-quit-500", 500),
        row("EA-quit-501", 501),
        row("EA-quit-530", 530),
    ],
)
@pytest.mark.parametrize("security", BOTH)
async def test_no_reply_to_quit_changes_anything(security: Security, code: int) -> None:
    found, running = await _is_safe(Polite({"QUIT": _says(code)}, greeting=_says(500)), security)
    assert (found, running.verbs()) == (NO_SERVICE, ["QUIT"])
    found, running = await _is_safe(Polite({"QUIT": _says(code)}), security)
    assert (found, running.verbs()[-1]) == (SENT, "QUIT")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        row("EA-starttls-221", _says(221), BESIDE_THE_POINT),
        row("EA-starttls-354", _says(354), BESIDE_THE_POINT),
        row("EA-starttls-421", _says(421), BUSY),
        row("EA-starttls-454", _says(454), BUSY),
        row("EA-starttls-500", _says(500), NO_STARTTLS),
        row("EA-starttls-501", _says(501), NO_STARTTLS),
        row("EA-starttls-530", _says(530), NO_STARTTLS),
        row("EA-O_2", _says(502), NO_STARTTLS),
        row("EA-O_3", _says(454), BUSY),
        row("EA-O_4", _says(354), BESIDE_THE_POINT),
    ],
)
async def test_replies_to_starttls(reply: bytes, expected: Expected) -> None:
    found, running = await _is_safe(Polite({"STARTTLS": reply}), Security.STARTTLS)
    assert found == expected
    assert not running.credentials_seen


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        row("EA-O_1", Polite(clear=("AUTH PLAIN LOGIN",)), NO_STARTTLS),
        row("EA-D_1", Polite({"EHLO": _says(502)}), NO_STARTTLS),
        row("EA-X_1", Polite({"STARTTLS": _says(502)}, clear=("STARTTLS", OFFERED_IN_CLEAR)), NO_STARTTLS),
        row(
            "EA-B_1",
            Polite({"STARTTLS": b"220 Ready to start TLS\r\n250-mail.example\r\n250 AUTH LOGIN\r\n"}),
            BESIDE_THE_POINT,
        ),
    ],
)
async def test_stripped_and_injected_starttls(script: Polite, expected: Expected) -> None:
    found, running = await _is_safe(script, Security.STARTTLS)
    assert found == expected
    assert not running.credentials_seen


async def _be_silent(talk: Talk) -> None:
    await talk.reader.read()


@pytest.mark.case("EA-B_1")
async def test_a_server_silent_under_tls_gets_no_sign_in() -> None:
    patience = replace(LIMITS, reply=0.3)
    found, running = await _is_safe(Polite({"EHLO TLS": _be_silent}), Security.STARTTLS, patience)
    assert found == (TryLater, Reason.SERVER_TIMEOUT)
    assert not running.credentials_seen


@pytest.mark.case("EA-setup", "EA-starttls-220")
@pytest.mark.parametrize("security", BOTH)
async def test_an_honest_server_gets_its_message(security: Security) -> None:
    found, running = await _is_safe(Polite(), security)
    assert found == SENT
    assert running.messages == [MESSAGE + b".\r\n"]


@pytest.mark.case("EA-setup-opportunistic")
async def test_a_server_that_would_do_without_is_used_under_tls_only() -> None:
    found, _ = await _is_safe(Polite(clear=("STARTTLS", "AUTH PLAIN LOGIN", "SIZE 1000")), Security.STARTTLS)
    assert found == SENT


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        row("EA-T_1", "unknown authority", Reason.SERVER_CERT_UNKNOWN_CA),
        row("EA-T_2", "another host", Reason.SERVER_CERT_WRONG_HOST),
        row("EA-T_3", "expired", Reason.SERVER_CERT_EXPIRED),
        row("EA-T_4", "not yet valid", Reason.SERVER_CERT_NOT_YET_VALID),
    ],
)
@pytest.mark.parametrize("security", BOTH)
async def test_certificates(security: Security, fault: str, reason: Reason) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca = (Authority() if fault == "unknown authority" else authority()).ca
    name = "other.example" if fault == "another host" else "localhost"
    not_after = datetime(2020, 1, 1, tzinfo=UTC) if fault == "expired" else None
    not_before = datetime(2099, 1, 1, tzinfo=UTC) if fault == "not yet valid" else None
    ca.issue_cert(name, not_before=not_before, not_after=not_after).configure_cert(context)
    async with scripted(Polite(), context, is_implicit=security is Security.SSL) as running:
        assert meaning(await outcome(running, security)) == (TryLater, reason)
        assert not running.credentials_seen
