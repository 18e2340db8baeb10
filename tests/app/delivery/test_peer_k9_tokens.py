"""The dialogues K-9 Mail's SMTP transport is tested with that sign in with OAuth, held to our rules.

K-9 tries once more only where the status is not 401; but Dovecot says 401 of every token that is over. So any kept
token that is refused is renewed here, and none that was fetched for this very sign-in.
"""

from __future__ import annotations

from base64 import b64encode

import pytest

from app.delivery.verdict import Delivered, Held, TryLater
from app.errors import Reason
from app.profile import Security
from app.setup.probe import probe
from app.sign_in.access_tokens import AccessToken
from tests.app.delivery.test_peer_k9_replies import MAIL_AND_RESET
from tests.app.delivery.test_peer_k9_transport import SENT
from tests.app.delivery.tokens import OLD, TOKEN, Renewals, bearer, outcome_with_token, token_server, xoauth2
from tests.servers.exchange import LIMITS, SENDER, authority
from tests.servers.peer_script import BOTH, QUITS, begun, meaning, playing, row

both = pytest.mark.parametrize("security", BOTH)
ACCEPTED = "S: 235 2.7.0 Accepted"
REFUSED = "S: 535-5.7.1 Username and Password not accepted. Learn more at\nS: 535 5.7.1 help.example/14257"


def told(text: str) -> str:
    """Return the challenge that tells why a token is refused, and the empty line that asks for the refusal."""
    return f"S: 334 {b64encode(text.encode()).decode()}\nC: \n{REFUSED}"


EXPIRED = told('{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}')
FORBIDDEN = told('{"status":"401","schemes":"Bearer mac","scope":"https://mail.google.com/"}')
WITH_OLD = f"C: AUTH XOAUTH2 {xoauth2(OLD)}"
WITH_NEW = f"C: AUTH XOAUTH2 {xoauth2(TOKEN)}"


@both
@pytest.mark.parametrize(
    ("offer", "line"),
    [
        row("K9-8", "AUTH PLAIN LOGIN OAUTHBEARER", f"C: AUTH OAUTHBEARER {bearer()}"),
        row("K9-9", "AUTH XOAUTH2 PLAIN OAUTHBEARER", f"C: AUTH OAUTHBEARER {bearer()}"),
        row("K9-10", "AUTH LOGIN PLAIN XOAUTH2", f"C: AUTH XOAUTH2 {xoauth2()}"),
    ],
)
async def test_a_token_is_shown_to_the_best_mechanism_for_tokens(security: Security, offer: str, line: str) -> None:
    async with playing("\n".join([begun(security, offer), line, ACCEPTED, SENT, QUITS]), security=security) as running:
        assert isinstance(await outcome_with_token(running, AccessToken(TOKEN), security), Delivered)
        assert all(b"AUTH" not in line for line in running.in_clear)


@both
@pytest.mark.case("K9-11")
async def test_a_refused_token_of_this_moment_stops_the_server_with_its_words(security: Security) -> None:
    dialogue = "\n".join([begun(security, "AUTH XOAUTH2"), WITH_NEW, FORBIDDEN, QUITS])
    async with playing(dialogue, security=security) as running:
        verdict = await outcome_with_token(running, AccessToken(TOKEN), security)
    assert meaning(verdict) == (Held, Reason.SERVER_TOKEN_REJECTED)
    assert isinstance(verdict, Held)
    said = "535 5.7.1 Username and Password not accepted. Learn more at help.example/14257"
    assert (verdict.stops_server, verdict.problem.fact("reply")) == (True, said)


@both
@pytest.mark.parametrize(
    "refusal",
    [
        row("K9-11", FORBIDDEN),
        row("K9-12", EXPIRED),
        row("K9-13", told("s: 334 what is this")),
        row("K9-14", told('{"schemes":"Bearer","scope":"https://mail.google.com/"}')),
    ],
)
async def test_a_kept_token_that_is_refused_is_renewed_once(security: Security, refusal: str) -> None:
    renewals = Renewals()
    steps = [begun(security, "AUTH XOAUTH2"), WITH_OLD, refusal, WITH_NEW, ACCEPTED, SENT, QUITS]
    async with playing("\n".join(steps), security=security) as running:
        assert isinstance(await outcome_with_token(running, renewals.kept(), security), Delivered)
        assert running.connections == 1
    assert renewals.asked == 1


@both
@pytest.mark.case("K9-15")
async def test_a_renewed_token_that_is_refused_is_the_last(security: Security) -> None:
    renewals = Renewals(tokens=[TOKEN, "a-third"])
    steps = [begun(security, "AUTH XOAUTH2"), WITH_OLD, EXPIRED, WITH_NEW, EXPIRED, QUITS]
    async with playing("\n".join(steps), security=security) as running:
        verdict = await outcome_with_token(running, renewals.kept(), security)
    assert meaning(verdict) == (Held, Reason.SERVER_TOKEN_REJECTED)
    assert renewals.asked == 1


@both
@pytest.mark.case("K9-16")
@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (Reason.SIGN_IN_ENDED, Held),
        (Reason.SIGN_IN_CLIENT_REFUSED, Held),
        (Reason.SIGN_IN_UNREACHABLE, TryLater),
        (Reason.SIGN_IN_TIMEOUT, TryLater),
    ],
)
async def test_without_another_token_nothing_more_is_sent(
    security: Security, refusal: Reason, kind: type[Held | TryLater]
) -> None:
    renewals = Renewals(tokens=[], refusal=refusal)
    steps = [begun(security, "AUTH XOAUTH2"), WITH_OLD, EXPIRED, QUITS]
    async with playing("\n".join(steps), security=security) as running:
        verdict = await outcome_with_token(running, renewals.kept(), security)
    assert meaning(verdict) == (kind, refusal)


@both
@pytest.mark.case("K9-17")
@pytest.mark.parametrize(
    ("offer", "reason"),
    [
        ("AUTH PLAIN LOGIN CRAM-MD5", Reason.SERVER_NO_OAUTH),
        ("AUTH", Reason.SERVER_NO_AUTH),
    ],
)
async def test_a_token_is_shown_to_no_mechanism_for_passwords(security: Security, offer: str, reason: Reason) -> None:
    async with playing(f"{begun(security, offer)}\n{QUITS}", security=security) as running:
        verdict = await outcome_with_token(running, AccessToken(TOKEN), security)
        assert not running.credentials_seen
    assert meaning(verdict) == (Held, reason)


@both
@pytest.mark.case("K9V-2")
async def test_good_settings_with_a_sign_in_in_the_browser_pass(security: Security) -> None:
    steps = [begun(security, "AUTH OAUTHBEARER"), f"C: AUTH OAUTHBEARER {bearer()}", ACCEPTED, MAIL_AND_RESET, QUITS]
    async with playing("\n".join(steps), security=security) as running:
        server = token_server(running, security)
        report = await probe(server, AccessToken(TOKEN), SENDER, tls=authority().trust(), limits=LIMITS)
    assert report.ok
