"""The real Postfix of the tests does what a real one does, so that what passes against it means something."""

from __future__ import annotations

import smtplib
import ssl

import pytest

from app.demo.authority import ALIAS, PRIMARY
from app.demo.world import PARTNER
from app.profile import Security
from tests.servers.fixtures import REFUSED_RECIPIENT, PostOffices
from tests.servers.postfix import Postfix

pytestmark = pytest.mark.system("postfix")

RECIPIENT = "empfang@empfang.example"


def connect(postfix: Postfix, security: Security, context: ssl.SSLContext) -> smtplib.SMTP:
    access = postfix.access(security)
    if security is Security.SSL:
        return smtplib.SMTP_SSL(access.host, access.port, context=context, timeout=20)
    connection = smtplib.SMTP(access.host, access.port, timeout=20)
    connection.starttls(context=context)
    return connection


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.SSL])
def test_a_message_arrives_with_its_envelope_login_and_tls(post_offices: PostOffices, security: Security) -> None:
    body = f"From: {PARTNER}\r\nSubject: über {security}\r\n\r\nHallo.\r\n".encode()
    for postfix, sender in ((post_offices.organisation, PRIMARY), (post_offices.partner, PARTNER)):
        with connect(postfix, security, post_offices.context) as connection:
            connection.login(postfix.username, postfix.password)
            connection.sendmail(sender, [RECIPIENT], body)
        delivered = postfix.wait_for(f"über {security}")
        assert (delivered.envelope_from, delivered.recipient) == (sender, RECIPIENT)
        assert f"Authenticated sender: {postfix.username}" in delivered.received
        assert "TLSv1.3" in delivered.received
        assert delivered.data.endswith(b"\nHallo.\n")


def test_a_mailbox_is_empty_for_the_next_test(post_offices: PostOffices) -> None:
    assert post_offices.organisation.delivered() == post_offices.partner.delivered() == []


def test_a_wrong_password_is_refused(post_offices: PostOffices) -> None:
    with connect(post_offices.partner, Security.SSL, post_offices.context) as connection:
        with pytest.raises(smtplib.SMTPAuthenticationError) as caught:
            connection.login(post_offices.partner.username, "wrong")
        assert caught.value.smtp_code == 535


def test_a_sender_that_is_not_the_logins_own_is_refused(post_offices: PostOffices) -> None:
    postfix = post_offices.organisation
    with connect(postfix, Security.STARTTLS, post_offices.context) as connection:
        connection.login(postfix.username, postfix.password)
        with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
            connection.sendmail(PARTNER, [RECIPIENT], b"Subject: x\r\n\r\n")
        code, words = caught.value.recipients[RECIPIENT]
        assert code == 553
        assert b"not owned by user" in words
        connection.sendmail(ALIAS, [RECIPIENT], b"Subject: alias\r\n\r\n")
    assert postfix.wait_for("alias").envelope_from == ALIAS


def test_an_unknown_recipient_is_refused(post_offices: PostOffices) -> None:
    postfix = post_offices.partner
    with connect(postfix, Security.STARTTLS, post_offices.context) as connection:
        connection.login(postfix.username, postfix.password)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            connection.sendmail(PARTNER, [REFUSED_RECIPIENT], b"Subject: x\r\n\r\n")


def test_nothing_goes_without_tls_or_without_sign_in(post_offices: PostOffices) -> None:
    access = post_offices.organisation.access()
    with smtplib.SMTP(access.host, access.port, timeout=20) as connection:
        assert connection.mail(PRIMARY)[0] == 530
    with (
        connect(post_offices.organisation, Security.STARTTLS, post_offices.context) as connection,
        pytest.raises(smtplib.SMTPRecipientsRefused),
    ):
        connection.sendmail(PRIMARY, [RECIPIENT], b"Subject: x\r\n\r\n")


def test_its_certificate_is_worth_nothing_without_its_authority(post_offices: PostOffices) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        connect(post_offices.partner, Security.SSL, ssl.create_default_context())


def test_a_paused_server_refuses_connections_and_comes_back_on_its_port(post_offices: PostOffices) -> None:
    postfix = post_offices.partner
    access = postfix.access()
    postfix.pause()
    try:
        with pytest.raises(ConnectionRefusedError):
            smtplib.SMTP(access.host, access.port, timeout=20)
    finally:
        postfix.resume()
    assert postfix.access() == access
    with connect(postfix, Security.STARTTLS, post_offices.context) as connection:
        assert connection.noop()[0] == 250
