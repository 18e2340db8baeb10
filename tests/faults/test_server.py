"""The servers of the proofs know for certain what they told their client."""

from __future__ import annotations

import smtplib
import ssl

import pytest

from tests.faults.server import FaultyServers

MESSAGE = b"Message-ID: <1@partnerdomain.example>\r\n\r\nText\r\n"


@pytest.mark.parametrize(("how", "dropped"), [("451", set()), ("close", {"<1@partnerdomain.example>"})])
def test_a_whole_message_counts_as_dropped_unless_it_was_answered(
    monkeypatch: pytest.MonkeyPatch, how: str, dropped: set[str]
) -> None:
    with FaultyServers(1) as servers:
        monkeypatch.setattr(servers, "after", lambda: 1)
        monkeypatch.setattr(servers, "draw", lambda *_: ("upload", how))
        trust = ssl.create_default_context()
        servers.authority.configure_trust(trust)
        with smtplib.SMTP_SSL("localhost", servers.implicit.port, context=trust, timeout=20) as client:
            client.login(servers.implicit.username, servers.implicit.password)
            with pytest.raises(smtplib.SMTPException):
                client.sendmail("a@partnerdomain.example", "b@empfang.example", MESSAGE)
            client.close()
        servers.settle()
        assert servers.ledger.dropped == dropped
