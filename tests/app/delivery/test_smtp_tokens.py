"""Signing in with access tokens: shown once, to the right mechanism, in any length, and each refusal has its name."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import replace

import pytest

from app.delivery.smtp import Session, SessionError
from app.delivery.verdict import Held, TryLater
from app.errors import Reason
from app.profile import PasswordSignIn, Security
from app.sign_in.access_tokens import AccessToken
from app.storage.keychain import Secret
from tests.app.delivery.tokens import OLD, TOKEN, Renewals, bearer, opened_with_token, token_server, xoauth2
from tests.servers.exchange import LIMITS, PASSWORD, authority, opening_fails, serving
from tests.servers.scripted import Answer, Polite, ScriptedServer, Talk, server_for

RESPONSES = {"OAUTHBEARER": bearer, "XOAUTH2": xoauth2}
SURRENDERS = {"OAUTHBEARER": b"AQ==\r\n", "XOAUTH2": b"\r\n"}
LONG = "x" * 12_000
EXPIRED = base64.b64encode(b'{"status":"invalid_token","scope":"smtp"}')
mechanisms = pytest.mark.parametrize("mechanism", RESPONSES)


def challenging(*challenges: bytes, mechanism: str = "XOAUTH2", then: bytes = b"535 5.7.8 no\r\n") -> Polite:
    """Return a server that answers AUTH with these challenges in turn, and then so."""

    async def exchange(talk: Talk) -> None:
        for challenge in challenges:
            await talk.say(b"334 " + challenge + b"\r\n")
            if await talk.hear() == b"*":
                await talk.say(b"501 5.7.0 cancelled\r\n")
                return
        await talk.say(then)

    return offering({"AUTH": exchange}, mechanism)


def offering(on: dict[str, Answer | list[Answer]], mechanism: str = "XOAUTH2") -> Polite:
    return Polite(on, ehlo=(f"AUTH {mechanism}",))


def refusing(reply: str, then: bytes = b"235 2.7.0 ok\r\n") -> Polite:
    """Return a server that answers the first sign-in like this, and the next with `then`."""
    return offering({"AUTH": [reply.encode() + b"\r\n", then]})


async def fails(script: Polite, token: AccessToken, *, implicit: bool = False) -> tuple[SessionError, ScriptedServer]:
    """Return how signing in to such a server with a token fails, and the server."""
    async with serving(script, implicit=implicit) as running:
        with pytest.raises(SessionError) as failed:
            await opened_with_token(running, token)
    return failed.value, running


def auths(running: ScriptedServer) -> list[bytes]:
    """Return what was said from the first AUTH on, without the goodbye."""
    start = next(number for number, line in enumerate(running.lines) if line.startswith(b"AUTH"))
    return [line for line in running.lines[start:] if line != b"QUIT\r\n"]


@mechanisms
async def test_a_long_token_waits_for_the_servers_go_ahead(implicit: bool, mechanism: str) -> None:
    script = challenging(b"", mechanism=mechanism, then=b"235 2.7.0 ok\r\n")
    async with serving(script, implicit=implicit) as running:
        session = await opened_with_token(running, AccessToken(LONG))
        session.abort()
        said = RESPONSES[mechanism](LONG).encode()
        assert auths(running) == [f"AUTH {mechanism}\r\n".encode(), said + b"\r\n"]
        assert session.mechanism == mechanism


@mechanisms
@pytest.mark.parametrize("length", [0, 1])
async def test_what_fits_in_a_command_line_goes_along(mechanism: str, length: int) -> None:
    room = 510 - len(f"AUTH {mechanism} ")
    token = "x" * (room // 4 * 3 - len(base64.b64decode(RESPONSES[mechanism](""))) + length)
    async with serving(challenging(*[b""] * length, mechanism=mechanism, then=b"235 ok\r\n")) as running:
        (await opened_with_token(running, AccessToken(token))).abort()
        assert [len(auths(running)), len(auths(running)[0]) <= 512] == [1 + length, True]


@mechanisms
@pytest.mark.parametrize("question", [b"", base64.b64encode(b"token, please")])
async def test_the_refusal_of_a_long_token_is_asked_for(mechanism: str, question: bytes) -> None:
    failed, running = await fails(challenging(question, EXPIRED, mechanism=mechanism), AccessToken(LONG))
    assert failed.problem.reason is Reason.SERVER_TOKEN_REJECTED
    assert failed.reply == "535 5.7.8 no"
    assert auths(running)[1:] == [RESPONSES[mechanism](LONG).encode() + b"\r\n", SURRENDERS[mechanism]]


@mechanisms
async def test_a_server_that_ignores_what_goes_along_is_told_once_more(mechanism: str) -> None:
    failed, running = await fails(challenging(b"", EXPIRED, mechanism=mechanism), AccessToken(TOKEN))
    said = RESPONSES[mechanism](TOKEN).encode() + b"\r\n"
    assert auths(running) == [f"AUTH {mechanism} ".encode() + said, said, SURRENDERS[mechanism]]
    assert failed.problem.reason is Reason.SERVER_TOKEN_REJECTED


@pytest.mark.case("M21")
@mechanisms
@pytest.mark.parametrize("challenge", [b"", EXPIRED, base64.b64encode(b"no JSON"), base64.b64encode(b"\xff\xfe")])
async def test_endless_challenges_to_a_token_are_broken_off(mechanism: str, challenge: bytes) -> None:
    failed, running = await fails(challenging(*[challenge] * 9, mechanism=mechanism), Renewals().kept())
    assert failed.problem.reason is Reason.SERVER_PROTOCOL
    assert auths(running)[-2:] == [SURRENDERS[mechanism], b"*\r\n"]
    assert len(auths(running)) <= 4


@pytest.mark.case("M21")
@pytest.mark.parametrize(
    "challenge",
    [b'{"status":"400"}', b"e30", b"=" * 8000, base64.b64encode(b"[" * 3000), b"e30=\r\n334 e30="],
    ids=["JSON", "cut", "padding", "deep", "two replies"],
)
async def test_a_refusal_that_nobody_can_read_is_tried_later(challenge: bytes) -> None:
    renewals = Renewals()
    failed, running = await fails(challenging(challenge, b"", b"", b""), renewals.kept())
    assert isinstance(failed.as_verdict(), TryLater)
    assert failed.problem.reason is Reason.SERVER_PROTOCOL
    assert renewals.asked == 0
    assert TOKEN.encode() not in b"".join(running.lines)


async def test_a_challenge_of_several_lines_is_broken_off() -> None:
    script = offering({"AUTH": b"334-e30=\r\n334 e30=\r\n", "*": b"501 5.7.0 cancelled\r\n"})
    failed, running = await fails(script, Renewals().kept())
    assert failed.problem.reason is Reason.SERVER_PROTOCOL
    assert auths(running)[-1] == b"*\r\n"


@pytest.mark.case("M17")
@pytest.mark.parametrize(
    ("reply", "reason", "renewed"),
    [
        # Gmail, Exchange Online, Dovecot.
        ("535-5.7.8 Username and Password not accepted.\r\n535 5.7.8 BadCredentials", Reason.SERVER_TOKEN_REJECTED, 1),
        ("535 5.7.3 Authentication unsuccessful [X.PROD.OUTLOOK.COM]", Reason.SERVER_TOKEN_REJECTED, 1),
        ("535 5.7.8 Error: authentication failed: {}", Reason.SERVER_TOKEN_REJECTED, 1),
        ("535 5.7.139 Authentication unsuccessful, the request did not", Reason.SERVER_TOKEN_REJECTED, 1),
        (
            "535 5.7.139 SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled",
            Reason.SERVER_AUTH_SWITCHED_OFF,
            0,
        ),
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.",
            Reason.SERVER_AUTH_SWITCHED_OFF,
            0,
        ),
        ("534 5.7.9 Please log in via your web browser", Reason.SERVER_TOKEN_REJECTED, 1),
        ("550 5.7.1 blocked", Reason.SERVER_TOKEN_REJECTED, 1),
        ("501 5.5.124 Invalid XOAUTH2 auth data", Reason.SERVER_TOKEN_REJECTED, 1),
        ("504 5.7.4 Unrecognized authentication type", Reason.SERVER_NO_OAUTH, 0),
        ("500 5.5.1 what?", Reason.SERVER_NO_OAUTH, 0),
        ("530 5.7.0 Must issue a STARTTLS command first", Reason.SERVER_WRONG_SECURITY, 0),
        ("538 5.7.11 Encryption required", Reason.SERVER_WRONG_SECURITY, 0),
    ],
)  # fmt: skip
async def test_m17_a_refused_token_stops_the_server_and_says_what_it_means(
    reply: str, reason: Reason, renewed: int
) -> None:
    renewals = Renewals()
    failed, running = await fails(refusing(reply, reply.encode() + b"\r\n"), renewals.kept())
    assert (failed.problem.reason, renewals.asked) == (reason, renewed)
    assert failed.problem.fact("username") == "nutzer"
    assert failed.as_verdict() == Held(failed.problem, stops_server=True)
    assert running.verbs().count("AUTH") == 1 + renewed


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
async def test_m17_a_passing_failure_renews_no_token(reply: str, reason: Reason) -> None:
    renewals = Renewals()
    failed, running = await fails(refusing(reply), renewals.kept())
    assert (failed.problem.reason, renewals.asked) == (reason, 0)
    assert isinstance(failed.as_verdict(), TryLater)
    assert running.verbs().count("AUTH") == 1


@pytest.mark.parametrize("reply", [b"454 4.7.0 later\r\n", b"421 4.7.0 too many\r\n"])
async def test_a_passing_failure_of_a_renewed_token_is_tried_later(reply: bytes) -> None:
    failed, _ = await fails(refusing("535 5.7.8 no", reply), Renewals().kept())
    assert isinstance(failed.as_verdict(), TryLater)


async def test_a_token_that_allows_too_little_is_not_renewed() -> None:
    renewals = Renewals()
    told = base64.b64encode(json.dumps({"status": "insufficient_scope", "scope": "smtp"}).encode())
    failed, _ = await fails(challenging(told), renewals.kept())
    assert (failed.problem.reason, renewals.asked) == (Reason.SERVER_TOKEN_REJECTED, 0)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("550 5.7.30 Basic authentication is not supported for Client Submission.", Reason.SERVER_AUTH_NO_PASSWORDS),
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", Reason.SERVER_AUTH_NO_PASSWORDS),
        (
            "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.",
            Reason.SERVER_AUTH_NO_PASSWORDS,
        ),
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.",
            Reason.SERVER_AUTH_SWITCHED_OFF,
        ),
        ("535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.", Reason.SERVER_AUTH_REJECTED),
    ],
)
async def test_a_server_that_takes_no_passwords_says_so(implicit: bool, reply: str, reason: Reason) -> None:
    failed, _ = await opening_fails(Polite({"AUTH": reply.encode() + b"\r\n"}), implicit=implicit)
    assert failed.problem.reason is reason
    assert isinstance(failed.as_verdict(), Held)


@pytest.mark.parametrize("then", [b"", b"421 4.7.0 goodbye\r\n"])
async def test_a_server_that_closes_with_its_refusal_is_shown_the_renewed_token_on_another_connection(
    implicit: bool, then: bytes
) -> None:
    refusals = [b"535 5.7.8 no\r\n"]

    async def refuse_once(talk: Talk) -> None:
        if refusals:
            await talk.say(refusals.pop())
            await asyncio.sleep(0.02)
            await talk.say(then)
            talk.hang_up()
        else:
            await talk.say(b"235 2.7.0 ok\r\n")

    renewals = Renewals(seconds=0.1)
    async with serving(offering({"AUTH": refuse_once}), implicit=implicit) as running:
        session = await opened_with_token(running, renewals.kept())
        dialogue = [line.text for line in session.dialogue]
        session.abort()
        assert (running.connections, renewals.asked) == (2, 1)
        assert auths(running)[-1] == f"AUTH XOAUTH2 {xoauth2(TOKEN)}\r\n".encode()
    assert dialogue.count("AUTH XOAUTH2 ***") == 2
    assert "535 5.7.8 no" in dialogue


async def test_a_server_that_closes_with_every_refusal_stops_after_the_second(implicit: bool) -> None:
    async def refuse(talk: Talk) -> None:
        await talk.say(b"535 5.7.8 no\r\n")
        talk.hang_up()

    renewals = Renewals(tokens=[TOKEN, "a-third"])
    failed, running = await fails(offering({"AUTH": refuse}), renewals.kept(), implicit=implicit)
    assert failed.problem.reason is Reason.SERVER_TOKEN_REJECTED
    assert isinstance(failed.as_verdict(), Held)
    assert (running.verbs().count("AUTH"), running.connections, renewals.asked) == (2, 2, 1)


@pytest.mark.parametrize(
    ("username", "saslname"),
    [
        ("nutzer@beispiel.example", "nutzer@beispiel.example"),
        ("a=b,c", "a=3Db=2Cc"),
        ("nutzer=2C", "nutzer=3D2C"),
        ("büro@beispiel.example", "büro@beispiel.example"),
        ("事務所", "事務所"),
    ],
)
async def test_a_user_name_is_told_as_it_is(username: str, saslname: str) -> None:
    for mechanism, name in (("OAUTHBEARER", saslname), ("XOAUTH2", username)):
        async with serving(offering({}, mechanism)) as running:
            (await opened_with_token(running, AccessToken("T"), username=username)).abort()
            said = RESPONSES[mechanism]("T", name)
            assert auths(running) == [f"AUTH {mechanism} {said}\r\n".encode()]


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\0", "\x01", "\u2028", "\u202e"])
async def test_a_user_name_with_signs_that_part_things_goes_nowhere(sign: str) -> None:
    username = f"nutzer{sign}auth=Bearer other"
    async with serving(offering({}, "XOAUTH2 OAUTHBEARER PLAIN")) as running:
        with pytest.raises(SessionError) as failed:
            await opened_with_token(running, AccessToken("T"), username=username)
        server = replace(server_for(running), username=username)
        with pytest.raises(SessionError) as with_password:
            await Session.open(server, Secret(PASSWORD), tls=authority().trust(), limits=LIMITS)
        assert running.connections == 0
    assert failed.value.problem.reason is with_password.value.problem.reason is Reason.NAME_CONTROL
    assert isinstance(failed.value.as_verdict(), Held)


async def test_a_password_is_shown_to_no_mechanism_for_tokens(implicit: bool) -> None:
    failed, running = await opening_fails(offering({}, "XOAUTH2 OAUTHBEARER"), implicit=implicit)
    assert failed.problem.reason is Reason.SERVER_NO_MECHANISM
    assert not running.credentials_seen


async def test_what_is_no_token_is_never_taken_for_one_nor_the_reverse() -> None:
    async with serving(offering({}, "XOAUTH2 PLAIN")) as running:
        for server, secret in (
            (token_server(running), Secret(PASSWORD)),
            (replace(token_server(running), sign_in=PasswordSignIn()), AccessToken(TOKEN)),
        ):
            with pytest.raises(TypeError):
                await Session.open(server, secret, tls=authority().trust(), limits=LIMITS)
        assert running.connections == 0


async def test_a_token_is_shown_only_under_tls() -> None:
    stripped = Polite(clear=("AUTH XOAUTH2 OAUTHBEARER PLAIN",))
    async with serving(stripped) as running:
        with pytest.raises(SessionError) as failed:
            await opened_with_token(running, AccessToken(TOKEN))
        assert failed.value.problem.reason is Reason.SERVER_NO_STARTTLS
        server = replace(token_server(running, Security.NONE), host="smtp.beispiel.example")
        with pytest.raises(SessionError) as failed:
            await Session.open(server, AccessToken(TOKEN), tls=authority().trust(), limits=LIMITS)
        assert failed.value.problem.reason is Reason.SETUP_PLAINTEXT
        assert not running.credentials_seen
        # On this machine the person may choose none, as with passwords.
        (await opened_with_token(running, AccessToken(TOKEN), Security.NONE)).abort()
        assert running.credentials_seen


async def test_a_server_without_trust_sees_no_token() -> None:
    async with serving(offering({})) as running:
        with pytest.raises(SessionError):
            await Session.open(
                token_server(running), AccessToken(TOKEN), tls=type(authority())().trust(), limits=LIMITS
            )  # fmt: skip
        assert not running.credentials_seen
    assert OLD not in repr(Renewals().kept())
