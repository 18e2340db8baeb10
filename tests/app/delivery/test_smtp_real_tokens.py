"""Access tokens and a real Postfix, whose Dovecot looks through them: what is ours is what others understand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.delivery import signing_in
from app.delivery.auth import TOKEN_MECHANISMS, Mechanism
from app.delivery.smtp import Session, SessionError
from app.delivery.verdict import Delivered, Held
from app.errors import Reason
from app.profile import OAuthSignIn, Security, SmtpServer
from app.sign_in.access_tokens import AccessToken
from tests.app.delivery.tokens import Renewals
from tests.servers.exchange import ANNA, LIMITS, SENDER, hand_over
from tests.servers.fixtures import PostOffices

pytestmark = pytest.mark.system("postfix")
mechanisms = pytest.mark.parametrize("mechanism", TOKEN_MECHANISMS, ids=lambda each: each.name)
PATIENT = replace(LIMITS, reply=10, final_reply=10)
"""It lets whoever shows a wrong token wait."""


def server_of(post_offices: PostOffices, security: Security = Security.STARTTLS) -> SmtpServer:
    return replace(post_offices.partner.access(security), sign_in=OAuthSignIn())


@mechanisms
@pytest.mark.parametrize("length", [0, 4000])
async def test_a_real_server_takes_a_token_of_any_length(
    post_offices: PostOffices, monkeypatch: pytest.MonkeyPatch, length: int, mechanism: Mechanism
) -> None:
    monkeypatch.setattr(signing_in, "TOKEN_MECHANISMS", (mechanism,))
    token = AccessToken(post_offices.partner.token(more="x" * length))
    for security in (Security.STARTTLS, Security.SSL):
        server = server_of(post_offices, security)
        session = await Session.open(server, token, tls=post_offices.context, limits=PATIENT)
        assert session.mechanism == mechanism.name
        await session.quit()


@mechanisms
async def test_a_message_goes_with_the_renewed_token(
    post_offices: PostOffices, monkeypatch: pytest.MonkeyPatch, mechanism: Mechanism
) -> None:
    monkeypatch.setattr(signing_in, "TOKEN_MECHANISMS", (mechanism,))
    partner = post_offices.partner
    renewals = Renewals(tokens=[partner.token()])
    token = renewals.kept(partner.token(seconds=-60))
    session = await Session.open(server_of(post_offices), token, tls=post_offices.context, limits=PATIENT)
    body = f"From: {SENDER}\r\nSubject: {mechanism.name}\r\n\r\nHallo.\r\n".encode()
    assert isinstance(await hand_over(session, (body,), recipients=(ANNA,), size=len(body)), Delivered)
    dialogue = [line.text for line in session.dialogue]
    await session.quit()
    assert renewals.asked == 1
    assert [line for line in dialogue if line.startswith("sign-in: ")] == [
        "sign-in: access token refused: "
        + {"OAUTHBEARER": "status invalid_token", "XOAUTH2": "status 401, schemes bearer, scope mail"}[mechanism.name],
        "sign-in: access token renewed",
    ]
    assert f"Authenticated sender: {partner.username}" in partner.wait_for(mechanism.name).received


async def test_a_token_that_a_real_server_refuses_stops_it(post_offices: PostOffices) -> None:
    token = AccessToken(post_offices.partner.token(scope="read"))
    with pytest.raises(SessionError) as failed:
        await Session.open(server_of(post_offices), token, tls=post_offices.context, limits=PATIENT)
    assert failed.value.problem.reason is Reason.SERVER_TOKEN_REJECTED
    assert failed.value.as_verdict() == Held(failed.value.problem, stops_server=True)
