"""What a server says of a token can be read in the journal, and the token in no form anywhere."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable

import pytest

from app.delivery.auth import told_of_token
from app.delivery.smtp import SessionError
from app.sign_in.access_tokens import AccessToken
from tests.app.delivery.tokens import OLD, TOKEN, Renewals, bearer, opened_with_token, xoauth2
from tests.canary import found_in
from tests.servers.exchange import hand_over, serving
from tests.servers.scripted import Polite, Talk

ECHOES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "capitals": str.upper,
    "base64": lambda token: base64.b64encode(token.encode()).decode(),
    "base64 within more": lambda token: base64.b64encode(f"Bearer {token}!".encode()).decode(),
    "base64 for links": lambda token: base64.urlsafe_b64encode(f"x:{token}".encode()).decode(),
    "hex": lambda token: token.encode().hex(),
    "OAUTHBEARER": bearer,
    "XOAUTH2": xoauth2,
}


def told(**words: object) -> bytes:
    return b"334 " + base64.b64encode(json.dumps(words).encode()) + b"\r\n"


def refusing(*lines: bytes, then: bytes = b"535 5.7.8 no\r\n", mechanism: str = "XOAUTH2") -> Polite:
    """Return a server that says these lines to each token, one after the other, and then so."""

    async def exchange(talk: Talk) -> None:
        for line in lines:
            await talk.say(line)
            await talk.hear()
        await talk.say(then)

    return Polite({"AUTH": exchange}, ehlo=(f"AUTH {mechanism}",))


async def journal_of(script: Polite, token: AccessToken) -> tuple[list[str], SessionError]:
    """Return the lines that are kept of a sign-in that fails, and how it failed."""
    async with serving(script) as running:
        with pytest.raises(SessionError) as failed:
            await opened_with_token(running, token)
    lines = [f"{line.direction} {line.text}" for line in failed.value.dialogue]
    return lines[next(at for at, line in enumerate(lines) if line.startswith("C AUTH")) - 1 :], failed.value


async def test_why_a_token_is_refused_stands_in_the_journal() -> None:
    script = refusing(told(status="400", schemes="Bearer", scope="https://mail.google.com/", more="left out"))
    kept, _ = await journal_of(script, Renewals().kept())
    exchange = [
        "C AUTH XOAUTH2 ***",
        "S 334 ***",
        "* sign-in: access token refused: status 400, schemes Bearer, scope https://mail.google.com/",
        "C ***",
        "S 535 5.7.8 no",
    ]
    assert kept[1:] == [*exchange, "* sign-in: access token renewed", *exchange, "C QUIT", "S 221 bye"]


async def test_a_token_of_this_moment_is_told_to_be_fetched() -> None:
    kept, _ = await journal_of(refusing(), AccessToken(TOKEN))
    assert kept[:2] == ["* sign-in: access token fetched", "C AUTH XOAUTH2 ***"]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ('{"status": 401, "scope": null, "schemes": ["a"]}', {"status": "401"}),
        ('{"status": "x\\r\\n\\u202ey\\u0000"}', {"status": "x y"}),
        (json.dumps({"scope": "s" * 900}), {"scope": "s" * 200}),
        ("[]", {}),
        ("no JSON", {}),
        ("[" * 100_000, {}),
        ('{"status": "\\ud800"}', {"status": ""}),
        ("", {}),
    ],
)
def test_what_a_server_tells_is_foreign_text(words: str, shown: dict[str, str]) -> None:
    assert told_of_token(base64.b64encode(words.encode()).decode()) == shown


@pytest.mark.case("L6")
@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
@pytest.mark.parametrize("form", ECHOES)
async def test_neither_a_refused_token_nor_a_renewed_one_can_be_read(
    form: str, mechanism: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echoes = [ECHOES[form](token) for token in (OLD, TOKEN)]
    said = " and ".join(echoes)
    script = refusing(told(status=said, scope=said), then=f"535 5.7.8 {said}\r\n".encode(), mechanism=mechanism)
    kept, failed = await journal_of(script, Renewals().kept())
    # The second time, the server knows both.
    shown = "\n".join([*kept[kept.index("* sign-in: access token renewed") :], failed.reply, repr(failed.problem)])
    assert not any(token.lower() in shown.lower() for token in (*echoes, OLD, TOKEN))
    assert found_in(f"{shown}\n{caplog.text}") == []
    assert failed.reply.count("***") == 2


@pytest.mark.case("L6")
@pytest.mark.parametrize("form", ECHOES)
async def test_a_token_is_left_out_of_what_is_said_after_the_sign_in(form: str) -> None:
    answers = {"AUTH": [b"535 5.7.8 no\r\n", b"235 ok\r\n"]}
    echo = " ".join(ECHOES[form](token) for token in (OLD, TOKEN))
    script = Polite({**answers, "MAIL": f"451 4.3.0 {echo}\r\n".encode()}, ehlo=("AUTH OAUTHBEARER",))
    async with serving(script) as running:
        session = await opened_with_token(running, Renewals().kept())
        verdict = await hand_over(session)
        shown = "\n".join([repr(verdict), *(line.text for line in session.dialogue)])
        session.abort()
    assert found_in(shown) == []
    assert "***" in shown


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
async def test_what_only_asks_for_the_refusal_is_no_secret(mechanism: str) -> None:
    said = "535 5.7.8 error AQ== in session dXNlcg== (AQ)"
    script = refusing(told(status="400"), then=f"{said}\r\n".encode(), mechanism=mechanism)
    _, failed = await journal_of(script, AccessToken(TOKEN))
    assert failed.reply == said
