"""One mechanism, chosen by us, tried once; each refusal has its own name, and the password is nowhere to be read."""

import base64
import hmac
import logging

import pytest

from app.delivery.smtp import Session, SessionError
from app.delivery.verdict import Held, TryLater
from app.errors import Reason
from app.profile import PasswordSignIn, SmtpServer
from app.storage.keychain import Secret
from tests.servers.exchange import LIMITS, PASSWORD, authority, hand_over, opened, opening_fails, serving
from tests.servers.scripted import Polite, Talk, server_for

USERNAME = "nutzer"
PLAIN = base64.b64encode(f"\0{USERNAME}\0{PASSWORD}".encode())
CHALLENGE = base64.b64encode(b"<1.2@mail.example>")


def _challenges(*challenges: bytes, then: bytes = b"235 2.7.0 welcome\r\n") -> Polite:
    """Return a server that answers AUTH with these challenges in turn, and then so."""

    async def exchange(talk: Talk) -> None:
        for challenge in challenges:
            await talk.say(b"334 " + challenge + b"\r\n")
            if await talk.hear() == b"*":
                await talk.say(b"501 5.7.0 cancelled\r\n")
                return
        await talk.say(then)

    return Polite({"AUTH": exchange})


def _offering(script: Polite, mechanisms: str) -> Polite:
    return Polite(script.on, ehlo=(f"AUTH {mechanisms}",))


async def test_plain_is_preferred_and_sent_once(implicit: bool) -> None:
    async with serving(Polite(ehlo=("AUTH CRAM-MD5 LOGIN PLAIN XOAUTH2",)), implicit=implicit) as running:
        session = await opened(running)
        session.abort()
        assert running.lines[-1] == b"AUTH PLAIN " + PLAIN + b"\r\n"
        assert session.mechanism == "PLAIN"


async def test_plain_is_repeated_for_a_server_that_ignores_the_initial_response(implicit: bool) -> None:
    async with serving(_challenges(b""), implicit=implicit) as running:
        (await opened(running)).abort()
        assert running.lines[-1] == PLAIN + b"\r\n"


async def test_a_long_password_does_not_go_on_the_command_line(implicit: bool) -> None:
    async with serving(_challenges(b""), implicit=implicit) as running:
        server = SmtpServer("localhost", running.port, running.security, USERNAME, PasswordSignIn())
        session = await Session.open(server, Secret("x" * 500), tls=authority().trust(), limits=LIMITS)
        session.abort()
        assert running.lines[-2] == b"AUTH PLAIN\r\n"
        assert base64.b64decode(running.lines[-1]) == b"\0nutzer\0" + b"x" * 500


async def test_login_answers_user_name_and_password(implicit: bool) -> None:
    script = _offering(_challenges(base64.b64encode(b"Username:"), base64.b64encode(b"Password:")), "LOGIN")
    async with serving(script, implicit=implicit) as running:
        (await opened(running)).abort()
        answers = [base64.b64decode(line).decode() for line in running.lines[-2:]]
        assert running.lines[-3] == b"AUTH LOGIN\r\n"
        assert answers == [USERNAME, PASSWORD]


async def test_cram_md5_shows_only_a_digest(implicit: bool) -> None:
    async with serving(_offering(_challenges(CHALLENGE), "CRAM-MD5"), implicit=implicit) as running:
        (await opened(running)).abort()
        digest = hmac.new(PASSWORD.encode(), base64.b64decode(CHALLENGE), "md5").hexdigest()
        assert base64.b64decode(running.lines[-1]).decode() == f"{USERNAME} {digest}"


@pytest.mark.case("M23")
@pytest.mark.parametrize("line", ["auth plain", "AUTH=PLAIN", "AUTH=LOGIN PLAIN", "auth=plain login"])
async def test_m23_lower_case_and_the_old_style_are_understood(implicit: bool, line: str) -> None:
    async with serving(Polite(ehlo=(line, "size 77")), implicit=implicit) as running:
        session = await opened(running)
        assert session.mechanism == "PLAIN"
        assert session.size_limit == 77
        session.abort()


@pytest.mark.case("M17")
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("535 5.7.8 Username and Password not accepted", Reason.SERVER_AUTH_REJECTED),
        ("534-5.7.9 Application-specific password required.\r\n534 5.7.9 Learn more", Reason.SERVER_AUTH_APP_PASSWORD),
        ("534 5.7.14 Please log in with your web browser", Reason.SERVER_AUTH_REJECTED),
        ("530 5.7.0 Must issue a STARTTLS command first", Reason.SERVER_WRONG_SECURITY),
        ("538 5.7.11 Encryption required", Reason.SERVER_WRONG_SECURITY),
        ("504 5.5.4 Unrecognized authentication type", Reason.SERVER_NO_MECHANISM),
        ("500 5.5.1 what?", Reason.SERVER_NO_MECHANISM),
        ("550 5.7.1 blocked", Reason.SERVER_AUTH_REJECTED),
    ],
)
async def test_m17_a_refused_sign_in_stops_the_server_after_one_try(implicit: bool, reply: str, reason: Reason) -> None:
    failed, running = await opening_fails(Polite({"AUTH": reply.encode() + b"\r\n"}), implicit=implicit)
    assert failed.problem.reason is reason
    assert failed.problem.fact("reply").startswith(reply[:3])
    assert failed.problem.fact("username") == USERNAME
    assert failed.as_verdict() == Held(failed.problem, stops_server=True)
    assert running.verbs().count("AUTH") == 1


@pytest.mark.case("M17")
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("454 4.7.0 Temporary authentication failure", Reason.SERVER_AUTH_TEMPORARY),
        ("432 4.7.12 transition needed", Reason.SERVER_AUTH_TEMPORARY),
        ("421 4.7.0 too many connections", Reason.SERVER_BUSY),
        ("250 2.0.0 yes", Reason.SERVER_PROTOCOL),
    ],
)
async def test_m17_a_passing_failure_of_the_sign_in_is_tried_later(implicit: bool, reply: str, reason: Reason) -> None:
    failed, running = await opening_fails(Polite({"AUTH": reply.encode() + b"\r\n"}), implicit=implicit)
    assert failed.problem.reason is reason
    assert isinstance(failed.as_verdict(), TryLater)
    assert running.verbs().count("AUTH") == 1


async def test_a_server_that_hangs_up_on_a_bad_password_is_a_lost_connection(implicit: bool) -> None:
    async def hang_up(talk: Talk) -> None:
        talk.hang_up()

    failed, _ = await opening_fails(Polite({"AUTH": hang_up}), implicit=implicit)
    assert failed.problem.reason is Reason.SERVER_CONNECTION_LOST
    assert failed.problem.fact("stage") == "sign-in"


@pytest.mark.case("M21")
@pytest.mark.parametrize("challenges", [(b"",) * 9, (CHALLENGE,) * 9])
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
async def test_m21_endless_challenges_end_after_two_answers(
    implicit: bool, mechanism: str, challenges: tuple[bytes, ...]
) -> None:
    failed, running = await opening_fails(_offering(_challenges(*challenges), mechanism), implicit=implicit)
    assert failed.problem.reason is Reason.SERVER_PROTOCOL
    begun = next(number for number, line in enumerate(running.lines) if line.startswith(b"AUTH"))
    assert running.lines[-1] == b"*\r\n"
    assert len(running.lines) - begun <= 4


@pytest.mark.case("M21")
@pytest.mark.parametrize("challenge", [b"!!!", b"Username:", b"YQ", b"\xff\xfe", b"=" * 8000])
async def test_m21_a_challenge_that_is_not_base64_is_broken_off(implicit: bool, challenge: bytes) -> None:
    failed, running = await opening_fails(_offering(_challenges(challenge), "LOGIN"), implicit=implicit)
    assert failed.problem.reason is Reason.SERVER_PROTOCOL
    assert running.lines[-2:] == [b"AUTH LOGIN\r\n", b"*\r\n"]


@pytest.mark.case("M21")
async def test_m21_a_long_challenge_does_no_harm(implicit: bool) -> None:
    async with serving(_offering(_challenges(base64.b64encode(b"x" * 6000)), "CRAM-MD5"), implicit=implicit) as running:
        (await opened(running)).abort()


async def test_no_secret_is_in_the_dialogue_the_error_or_the_log(
    implicit: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    secrets = [PASSWORD, PLAIN.decode(), base64.b64encode(PASSWORD.encode()).decode()]
    for mechanism in ("PLAIN", "LOGIN"):
        script = _offering(_challenges(b"", b"", then=b"535 5.7.8 no\r\n"), mechanism)
        async with serving(script, implicit=implicit) as running:
            server = SmtpServer("localhost", running.port, running.security, USERNAME, PasswordSignIn())
            with pytest.raises(SessionError) as failed:
                await Session.open(
                    server, Secret(PASSWORD), tls=authority().trust(), limits=LIMITS,
                    watch=lambda stage, detail: seen.append(f"{stage} {detail}"),
                )  # fmt: skip
        told = "\n".join([*seen, repr(failed.value), repr(failed.value.problem), str(failed.value), caplog.text])
        assert not [secret for secret in secrets if secret in told]


async def test_the_dialogue_shows_that_there_was_a_sign_in_and_nothing_of_it(implicit: bool) -> None:
    async with serving(
        _offering(_challenges(base64.b64encode(USERNAME.encode()), b""), "LOGIN"), implicit=implicit
    ) as running:
        session = await opened(running)
        session.abort()
        said = [(line.direction, line.text) for line in session.dialogue]
        start = said.index(("C", "AUTH LOGIN ***"))
        assert said[start:] == [
            ("C", "AUTH LOGIN ***"), ("S", "334 ***"), ("C", "***"), ("S", "334 ***"), ("C", "***"),
            ("S", "235 2.7.0 welcome"),
        ]  # fmt: skip


ECHOES = [PASSWORD, base64.b64encode(PASSWORD.encode()).decode(), PLAIN.decode()]


@pytest.mark.parametrize("echo", ECHOES)
async def test_a_password_in_the_reply_to_the_sign_in_is_left_out(implicit: bool, echo: str) -> None:
    failed, _ = await opening_fails(
        Polite({"AUTH": f"535 5.7.8 no such password: {echo}\r\n".encode()}), implicit=implicit
    )
    assert failed.reply == failed.problem.fact("reply") == "535 5.7.8 no such password: ***"


DIGEST = hmac.new(PASSWORD.encode(), base64.b64decode(CHALLENGE), "md5").hexdigest()
ANSWER = base64.b64encode(f"{USERNAME} {DIGEST}".encode()).decode()


@pytest.mark.parametrize("echo", [ANSWER, DIGEST, DIGEST.upper(), f"{DIGEST} {ANSWER}"])
@pytest.mark.parametrize("verb", ["AUTH", "MAIL"])
async def test_a_digest_that_is_repeated_is_left_out_of_verdict_and_dialogue(
    implicit: bool, verb: str, echo: str
) -> None:
    refusal = f"535 5.7.8 nutzer: {echo} is wrong\r\n".encode()
    script = _challenges(CHALLENGE, then=refusal if verb == "AUTH" else b"235 2.7.0 welcome\r\n")
    answers = script.on if verb == "AUTH" else {**script.on, verb: refusal}
    async with serving(_offering(Polite(answers), "CRAM-MD5"), implicit=implicit) as running:
        said: list[str] = []
        try:
            session = await opened(running)
        except SessionError as error:
            said += [repr(error.problem), error.reply]
        else:
            said += [repr(await hand_over(session)), *(line.text for line in session.dialogue)]
            session.abort()
    assert not [text for text in said if DIGEST in text.lower() or ANSWER[:12] in text]
    assert any("nutzer: ***" in text for text in said)


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("verb", ["EHLO TLS", "MAIL", "RCPT", "DATA", "."])
async def test_a_password_in_any_reply_is_left_out_of_verdict_and_dialogue(
    implicit: bool, verb: str, echo: str
) -> None:
    code = "250-mail.example\r\n250-AUTH PLAIN\r\n250" if verb == "EHLO TLS" else "451"
    # So that the middle of the password stands where a long text is cut.
    answer = f"{code} {'x' * 470} {echo} {echo}\r\n" if verb == "MAIL" else f"{code} {echo}\r\n"
    async with serving(Polite({verb: answer.encode()}), implicit=implicit) as running:
        session = await opened(running)
        verdict = await hand_over(session)
        said = "\n".join(line.text for line in session.dialogue)
        session.abort()
    for text in (said, str(verdict), repr(verdict)):
        assert echo[:8] not in text.replace("AUTH PLAIN", "")
    assert "***" in said


async def test_a_password_among_the_mechanisms_is_left_out(implicit: bool) -> None:
    async with serving(Polite(ehlo=("AUTH X-1 geheim-1234567",)), implicit=implicit) as running:
        server = server_for(running, running.security)
        with pytest.raises(SessionError) as failed:
            await Session.open(server, Secret("Geheim-1234567"), tls=authority().trust(), limits=LIMITS)
    assert failed.value.problem.fact("offered") == "X-1 ***"
