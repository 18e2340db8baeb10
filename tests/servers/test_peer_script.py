"""A played dialogue fails for every line the client leaves out, adds or changes; otherwise it would prove nothing."""

import asyncio

import pytest

from app.delivery.verdict import Delivered
from app.profile import Security
from tests.servers import peer_script
from tests.servers.peer_script import BOTH, QUITS, outcome, playing, usual

SENT = (
    "C: MAIL FROM:*\nS: 250 Ok",
    "C: RCPT TO:*\nS: 250 Ok",
    "C: DATA\nS: 354 go on\nDATA\nS: 250 Ok",
)


@pytest.mark.parametrize("security", BOTH)
async def test_a_dialogue_is_played_to_its_end(security: Security) -> None:
    async with playing(usual(security, *SENT), usual(security, *SENT), security=security) as running:
        for _ in range(2):
            assert isinstance(await outcome(running, security), Delivered)


@pytest.mark.parametrize(
    "dialogue",
    [
        usual(Security.STARTTLS, *SENT[1:]),
        usual(Security.STARTTLS, *SENT, "C: RSET\nS: 250 Ok"),
        usual(Security.STARTTLS, *SENT).replace("MAIL FROM:*", "MAIL FROM:<x@y.example>"),
        usual(Security.STARTTLS, *SENT).replace(f"\n{QUITS}", ""),
    ],
    ids=["a line too many", "a line missing", "another line", "a line after the end"],
)
async def test_a_client_that_does_not_keep_to_it_is_found_out(dialogue: str) -> None:
    with pytest.raises(AssertionError):
        async with playing(dialogue) as running:
            await outcome(running, Security.STARTTLS)


async def test_a_dialogue_that_nobody_began_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_script, "_PATIENCE", 0.1)
    with pytest.raises(AssertionError):
        async with playing(usual(Security.STARTTLS, *SENT)):
            pass


async def test_a_connection_too_many_is_found_out() -> None:
    with pytest.raises(AssertionError):
        async with playing(usual(Security.STARTTLS, *SENT)) as running:
            await asyncio.gather(*(outcome(running, Security.STARTTLS) for _ in range(2)))
