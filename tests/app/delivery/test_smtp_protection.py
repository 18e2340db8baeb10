"""Nothing goes out in the clear: stripped, refused, forged or mistaken TLS ends the session before the sign-in."""

import asyncio

import pytest

from app.delivery.smtp import Consequence, Session, SessionError, Stage
from app.delivery.verdict import Delivered, Held, TryLater
from app.delivery.wire import Wire
from app.errors import Reason
from app.profile import NoSignIn, PasswordSignIn, Security, SmtpServer
from app.storage.keychain import Secret
from tests.servers.exchange import LIMITS, PASSWORD, authority, hand_over, opened, opening_fails, send_to, serving
from tests.servers.scripted import Polite, Script, Talk, offer, server_for
from ui.messages import explain

HANDSHAKE = b"\x16\x03\x03\x00\x02\x01\x00"
ALERT = b"\x15\x03\x03\x00\x02\x02\x46"


@pytest.mark.case("T1")
async def test_t1_starttls_stripped_sends_no_credentials() -> None:
    failed, running = await opening_fails(Polite(clear=("AUTH PLAIN LOGIN", "SIZE 1000")))
    assert failed.problem.reason is Reason.SERVER_NO_STARTTLS
    assert running.in_clear == [b"EHLO [127.0.0.1]\r\n", b"QUIT\r\n"]


@pytest.mark.case("T2")
@pytest.mark.parametrize("code", [500, 501, 502, 530, 550, 554])
async def test_t2_starttls_refused_for_good_goes_no_further(code: int) -> None:
    failed, running = await opening_fails(Polite({"STARTTLS": f"{code} 5.7.0 no\r\n".encode()}))
    assert failed.problem.reason is Reason.SERVER_NO_STARTTLS
    assert failed.problem.fact("reply") == f"{code} 5.7.0 no"
    assert running.verbs() == ["EHLO", "STARTTLS", "QUIT"]


@pytest.mark.case("T2")
@pytest.mark.parametrize("code", [421, 454])
async def test_t2_starttls_refused_for_now_is_tried_again_and_never_in_the_clear(code: int) -> None:
    failed, running = await opening_fails(Polite({"STARTTLS": f"{code} 4.7.0 later\r\n".encode()}))
    assert failed.problem.reason is Reason.SERVER_BUSY
    assert isinstance(failed.as_verdict(), TryLater)
    assert running.verbs() == ["EHLO", "STARTTLS"] + ["QUIT"] * (code == 454)


@pytest.mark.case("T2")
@pytest.mark.parametrize("code", [221, 250, 354])
async def test_t2_starttls_answered_beside_the_point_is_no_permission(code: int) -> None:
    failed, running = await opening_fails(Polite({"STARTTLS": f"{code} hm\r\n".encode()}))
    assert failed.problem.reason is Reason.SERVER_PROTOCOL
    assert running.verbs() == ["EHLO", "STARTTLS"]


@pytest.mark.case("T3")
async def test_t3_clear_text_in_place_of_the_handshake_is_a_tls_fault() -> None:
    async def talk_on(talk: Talk) -> None:
        await talk.say(b"220 go ahead\r\n")
        await talk.reader.read(1)
        await talk.say(b"250 in the clear\r\n")
        await talk.reader.read()

    failed, running = await opening_fails(Polite({"STARTTLS": talk_on}))
    assert failed.problem.reason is Reason.SERVER_TLS_FAILED
    assert not running.credentials_seen


@pytest.mark.case("T4")
@pytest.mark.parametrize("code", [500, 502])
async def test_t4_a_server_without_ehlo_has_no_tls_and_gets_no_helo(code: int) -> None:
    failed, running = await opening_fails(Polite({"EHLO": f"{code} what?\r\n".encode()}))
    assert failed.problem.reason is Reason.SERVER_NO_STARTTLS
    assert running.verbs() == ["EHLO", "QUIT"]


@pytest.mark.case("T4")
async def test_t4_nor_does_one_without_ehlo_under_implicit_tls() -> None:
    failed, running = await opening_fails(Polite({"EHLO TLS": b"502 what?\r\n"}), implicit=True)
    assert failed.problem.reason is Reason.SERVER_NO_SERVICE
    assert running.verbs() == ["EHLO", "QUIT"]


@pytest.mark.case("T5")
async def test_t5_lines_injected_behind_the_220_abort_before_the_handshake() -> None:
    failed, running = await opening_fails(
        Polite({"STARTTLS": b"220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n"})
    )  # fmt: skip
    assert failed.problem.reason is Reason.SERVER_PROTOCOL
    assert running.verbs() == ["EHLO", "STARTTLS"]


@pytest.mark.case("T6")
async def test_t6_lines_injected_just_after_the_220_are_a_fault() -> None:
    async def inject(talk: Talk) -> None:
        await talk.say(b"220 go\r\n")
        await talk.say(b"250 AUTH PLAIN\r\n")
        await talk.reader.read()

    failed, running = await opening_fails(Polite({"STARTTLS": inject}))
    assert failed.problem.reason in {Reason.SERVER_TLS_FAILED, Reason.SERVER_PROTOCOL}
    assert not running.credentials_seen


@pytest.mark.case("T7")
async def test_t7_only_what_is_offered_under_tls_counts() -> None:
    clear = ("STARTTLS", "AUTH PLAIN", "SIZE 10", "SMTPUTF8")
    async with serving(Polite({"AUTH": b"535 5.7.8 no\r\n"}, clear=clear, ehlo=("AUTH LOGIN",))) as running:
        with pytest.raises(SessionError):
            await opened(running)
        assert running.lines[-2:] == [b"AUTH LOGIN\r\n", b"QUIT\r\n"]
    async with serving(Polite(clear=clear)) as running:
        session = await opened(running)
        assert session.size_limit == 1_000_000
        assert "smtputf8" not in session.extensions
        session.abort()


@pytest.mark.case("T8")
@pytest.mark.parametrize("code", [221, 250, 354])
async def test_t8_a_greeting_beside_the_point_ends_the_session(code: int, implicit: bool) -> None:
    failed, running = await opening_fails(Polite(greeting=f"{code} hello\r\n".encode()), implicit=implicit)
    assert failed.problem.reason is Reason.SERVER_PROTOCOL
    assert running.lines == []


@pytest.mark.case("T8")
@pytest.mark.parametrize(("code", "reason"), [(421, Reason.SERVER_BUSY), (554, Reason.SERVER_NO_SERVICE)])
async def test_t8_a_refusing_greeting_is_told_with_the_servers_words(code: int, reason: Reason, implicit: bool) -> None:
    failed, running = await opening_fails(Polite(greeting=f"{code} not today\r\n".encode()), implicit=implicit)
    assert failed.problem.reason is reason
    assert failed.problem.fact("reply") == f"{code} not today"
    assert running.lines == [b"QUIT\r\n"] * (code == 554)


@pytest.mark.case("T8")
@pytest.mark.parametrize("code", [220, 221, 354, 421, 501, 504, 530, 550])
@pytest.mark.parametrize(("when", "at_once"), [("EHLO", False), ("EHLO TLS", False), ("EHLO TLS", True)])
async def test_t8_an_odd_reply_to_ehlo_ends_the_session(when: str, at_once: bool, code: int) -> None:
    failed, running = await opening_fails(Polite({when: f"{code} hm\r\n".encode()}), implicit=at_once)
    assert failed.stage is Stage.EHLO
    assert failed.consequence is Consequence.RETRY
    assert not running.credentials_seen


@pytest.mark.case("T8")
@pytest.mark.parametrize("code", [220, 250, 354, 421, 501, 550, 999])
async def test_t8_no_odd_goodbye_changes_what_was_delivered(code: int, implicit: bool) -> None:
    verdict, running = await send_to(Polite({"QUIT": f"{code} hm\r\n".encode()}), implicit=implicit)
    assert isinstance(verdict, Delivered)
    assert running.verbs()[-1] == "QUIT"


@pytest.mark.case("T8")
@pytest.mark.parametrize("code", [220, 221, 354, 421, 501, 504, 550, 999])
async def test_t8_an_odd_reply_to_rset_means_another_connection_and_no_refusal(code: int, implicit: bool) -> None:
    async with serving(Polite({"RSET": f"{code} hm\r\n".encode()}), implicit=implicit) as running:
        session = await opened(running)
        assert isinstance(await hand_over(session), Delivered)
        assert isinstance(await hand_over(session), TryLater)
        assert not session.is_usable
        assert running.verbs(signed_in=True) == ["MAIL", "RCPT", "DATA", "RSET"]


@pytest.mark.case("T9")
@pytest.mark.parametrize("octets", [HANDSHAKE, ALERT])
async def test_t9_a_starttls_port_that_speaks_tls_is_named(octets: bytes) -> None:
    failed, _ = await opening_fails(Polite(greeting=octets))
    assert failed.problem.reason is Reason.SERVER_WRONG_SECURITY


@pytest.mark.case("T9")
async def test_t9_a_silent_port_that_waits_for_tls_is_found_out_before_the_time_is_up() -> None:
    failed, running = await opening_fails(Polite(), Security.STARTTLS, implicit=True)
    assert failed.problem.reason is Reason.SERVER_WRONG_SECURITY
    assert failed.problem.fact("port") == str(running.port)
    assert running.lines == []


@pytest.mark.case("T9")
async def test_t9_tls_to_a_port_that_greets_in_the_clear_is_named() -> None:
    failed, _ = await opening_fails(Polite(), Security.SSL)
    assert failed.problem.reason is Reason.SERVER_WRONG_SECURITY


@pytest.mark.case("T9")
async def test_t9_a_server_that_greets_late_is_waited_for() -> None:
    async def dawdle(talk: Talk) -> None:
        await asyncio.sleep(0.5)
        await talk.say(b"220 sorry\r\n")

    async with serving(Polite(greeting=dawdle)) as running:
        session = await opened(running)
        await session.quit()


@pytest.mark.case("T10")
@pytest.mark.parametrize("offered", ["GSSAPI NTLM", "X1 X2 " + " ".join(f"Y{n}" for n in range(70))])
async def test_t10_no_common_mechanism_is_no_reason_to_try_another(offered: str, implicit: bool) -> None:
    failed, running = await opening_fails(Polite(ehlo=(f"AUTH {offered}",)), implicit=implicit)
    assert failed.problem.reason is Reason.SERVER_NO_MECHANISM
    assert failed.problem.fact("offered").startswith(offered[:5])
    assert isinstance(failed.as_verdict(), Held)
    assert not running.credentials_seen


@pytest.mark.case("T10")
@pytest.mark.parametrize("ehlo", [("SIZE 1000",), ("AUTH",)])
async def test_t10_a_server_without_sign_in_gets_no_password(ehlo: tuple[str, ...], implicit: bool) -> None:
    failed, running = await opening_fails(Polite(ehlo=ehlo), implicit=implicit)
    assert failed.problem.reason is Reason.SERVER_NO_AUTH
    assert not running.credentials_seen


@pytest.mark.case("T11")
async def test_t11_no_encryption_is_for_this_machine_only() -> None:
    server = SmtpServer("mail.partner.example", 25, Security.NONE, "nutzer", PasswordSignIn())
    with pytest.raises(SessionError) as failed:
        await Session.open(server, Secret(PASSWORD), tls=authority().trust(), limits=LIMITS)
    assert failed.value.problem.reason is Reason.SETUP_PLAINTEXT


@pytest.mark.case("T11")
async def test_t11_this_machine_may_do_without_encryption_and_sign_in() -> None:
    async with serving(Polite(clear=())) as running:
        server = server_for(running, Security.NONE, sign_in=False)
        session = await Session.open(server, None, tls=authority().trust(), limits=LIMITS)
        await hand_over(session)
        await session.quit()
        assert running.verbs() == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]
        assert session.tls_version == ""


@pytest.mark.case("T11")
async def test_t11_a_name_of_this_machine_that_leads_elsewhere_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(Polite(clear=("AUTH PLAIN",))) as running:
        monkeypatch.setattr(Wire, "peer", ("192.0.2.1", running.port))
        with pytest.raises(SessionError) as failed:
            await opened(running, Security.NONE)
        assert failed.value.problem.reason is Reason.SETUP_PLAINTEXT
        assert running.lines == []


async def test_a_connection_without_its_encryption_is_used_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving() as running:
        session = await opened(running)
        monkeypatch.setattr(Wire, "tls", None)
        verdict = await hand_over(session)
        assert isinstance(verdict, TryLater)
        assert verdict.problem.reason is Reason.SERVER_TLS_FAILED
        assert not session.is_usable
        assert "MAIL" not in running.verbs()


async def test_a_server_elsewhere_needs_a_sign_in() -> None:
    server = SmtpServer("mail.partner.example", 587, Security.STARTTLS, "", NoSignIn())
    with pytest.raises(SessionError) as failed:
        await Session.open(server, None, tls=authority().trust(), limits=LIMITS)
    assert failed.value.problem.reason is Reason.SETUP_NO_PASSWORD


async def test_a_missing_password_is_told_before_anything_is_tried() -> None:
    server = SmtpServer("mail.partner.example", 587, Security.STARTTLS, "nutzer")
    with pytest.raises(SessionError) as failed:
        await Session.open(server, None, tls=authority().trust(), limits=LIMITS)
    assert failed.value.problem.reason is Reason.KEYCHAIN_NO_PASSWORD
    assert isinstance(failed.value.as_verdict(), Held)


PORTAL = b"HTTP/1.1 400 Bad Request\r\nServer: portal\r\n\r\n<html>Sign in</html>"


@pytest.mark.case("L9")
@pytest.mark.parametrize("greeting", [PORTAL, b"SSH-2.0-x\r\n", b"* OK IMAP4rev1\r\n", b"+OK POP3\r\n"])
async def test_l9_a_sign_in_page_in_between_is_not_a_mail_server(greeting: bytes, implicit: bool) -> None:
    failed, running = await opening_fails(Polite(greeting=greeting), implicit=implicit)
    assert failed.problem.reason is Reason.SERVER_NOT_SMTP
    assert isinstance(failed.as_verdict(), TryLater)
    assert running.lines == []


@pytest.mark.case("L9")
async def test_l9_a_sign_in_page_in_the_clear_gets_no_credentials_either() -> None:
    async def answer(talk: Talk) -> None:
        await talk.reader.read(1)
        await talk.say(PORTAL)
        talk.hang_up()

    failed, running = await opening_fails(Polite(greeting=answer), Security.SSL)
    assert failed.problem.reason is Reason.SERVER_WRONG_SECURITY
    assert isinstance(failed.as_verdict(), TryLater)
    assert not running.credentials_seen


@pytest.mark.case("C11")
async def test_a_server_that_drops_the_handshake_is_a_tls_fault(implicit: bool) -> None:
    """As some do that speak only TLS 1.1: they say nothing, so that may be why is all that can be told."""

    async def drop(talk: Talk) -> None:
        await talk.say(b"" if implicit else b"220 go ahead\r\n")
        await talk.reader.read(1)
        talk.reset()

    script = Polite(greeting=drop) if implicit else Polite({"STARTTLS": drop})
    failed, running = await opening_fails(script, Security.SSL if implicit else Security.STARTTLS)
    assert failed.problem.reason is Reason.SERVER_TLS_FAILED
    assert not running.credentials_seen
    assert "TLS 1.2" in explain(failed.problem).next_step


@pytest.mark.parametrize("script", [Polite(), Polite(ehlo=offer(()).decode().split("\r\n"))])
async def test_the_name_of_this_machine_is_never_said(script: Script) -> None:
    async with serving(script) as running:
        try:
            session = await opened(running)
            await session.quit()
        except SessionError:
            pass
        assert set(running.lines[:1]) == {b"EHLO [127.0.0.1]\r\n"}
