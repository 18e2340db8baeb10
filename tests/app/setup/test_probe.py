"""The connection test: every step in its order, the first that fails with its reason, and nothing sent to anybody."""

import pytest

from app.address import Address
from app.errors import Reason
from app.profile import NoSignIn, Security, SmtpServer
from app.setup.probe import NotProved, ProbeReport, ProbeStep, probe, steps_for
from app.storage.keychain import Secret
from tests.servers.exchange import LIMITS, PASSWORD, SENDER, authority, serving
from tests.servers.scripted import Authority, Polite, Script, scripted, server_for

ALL = list(ProbeStep)


async def _probe(
    script: Script, security: Security = Security.STARTTLS, *, sign_in: bool = True
) -> tuple[ProbeReport, list[ProbeStep], list[str]]:
    """Return the report, the steps as they were shown, and the commands the server saw."""
    watched: list[ProbeStep] = []
    async with serving(script, implicit=security is Security.SSL) as running:
        server = server_for(running, security, sign_in=sign_in)
        report = await probe(
            server, Secret(PASSWORD) if sign_in else None, SENDER,
            tls=authority().trust(), watch=watched.append, limits=LIMITS,
        )  # fmt: skip
        if "QUIT" not in running.verbs() and report.ok:
            await running.until("QUIT")
    return report, watched, running.verbs()


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.SSL])
async def test_a_good_server_passes_every_step_and_nothing_is_sent(security: Security) -> None:
    report, watched, verbs = await _probe(Polite(), security)
    assert report.ok
    assert report.problem is None
    assert [result.step for result in report.steps] == watched == ALL
    assert all(result.ok and result.problem is None for result in report.steps)
    assert verbs[-4:] == ["AUTH", "MAIL", "RSET", "QUIT"]
    assert "DATA" not in verbs


async def test_the_details_name_address_tls_certificate_mechanism_and_reply() -> None:
    report, _, _ = await _probe(Polite({"MAIL": b"250 2.1.0 Sender ok\r\n"}))
    details = {result.step: result.detail for result in report.steps}
    assert "127.0.0.1" in details[ProbeStep.RESOLVE].split(", ")  # some systems know ::1 too
    assert details[ProbeStep.CONNECT].startswith("127.0.0.1 ")
    assert details[ProbeStep.TLS] == "TLSv1.3; localhost; Beispiel CA"
    assert details[ProbeStep.SIGN_IN] == "PLAIN"
    assert details[ProbeStep.SENDER] == "250 2.1.0 Sender ok"


async def test_even_a_good_result_says_what_it_leaves_open() -> None:
    report, _, _ = await _probe(Polite())
    assert set(report.not_proved) == set(NotProved)


@pytest.mark.parametrize(
    ("script", "step", "reason"),
    [
        (Polite(greeting=b"HTTP/1.1 400 no\r\n\r\n"), ProbeStep.CONNECT, Reason.SERVER_NOT_SMTP),
        (Polite(clear=("AUTH PLAIN",)), ProbeStep.TLS, Reason.SERVER_NO_STARTTLS),
        (Polite({"STARTTLS": b"454 later\r\n"}), ProbeStep.TLS, Reason.SERVER_BUSY),
        (Polite(ehlo=("SIZE 5",)), ProbeStep.SIGN_IN, Reason.SERVER_NO_AUTH),
        (Polite(ehlo=("AUTH NTLM",)), ProbeStep.SIGN_IN, Reason.SERVER_NO_MECHANISM),
        (Polite({"AUTH": b"535 5.7.8 no\r\n"}), ProbeStep.SIGN_IN, Reason.SERVER_AUTH_REJECTED),
        (Polite({"MAIL": b"550 5.7.1 not yours\r\n"}), ProbeStep.SENDER, Reason.SERVER_SENDER_REJECTED),
        (Polite({"MAIL": b"451 4.3.0 later\r\n"}), ProbeStep.SENDER, Reason.SERVER_BUSY),
        (Polite({"RSET": b"500 what?\r\n"}), ProbeStep.SENDER, Reason.SERVER_PROTOCOL),
    ],
)
async def test_the_first_step_that_fails_ends_the_test(script: Polite, step: ProbeStep, reason: Reason) -> None:
    report, watched, _ = await _probe(script)
    assert not report.ok
    assert report.problem is not None
    assert report.problem.reason is reason
    assert [result.step for result in report.steps] == watched == ALL[: ALL.index(step) + 1]
    assert [result.ok for result in report.steps] == [True] * (len(watched) - 1) + [False]
    assert report.steps[-1].problem == report.problem


async def test_a_name_that_does_not_exist_fails_at_the_first_step() -> None:
    async with serving() as running:
        server = server_for(running, host="x" * 70 + ".example")
        report = await probe(server, Secret(PASSWORD), SENDER, tls=authority().trust(), limits=LIMITS)
    assert [result.step for result in report.steps] == [ProbeStep.RESOLVE]
    assert report.problem is not None
    assert report.problem.reason is Reason.SERVER_NOT_FOUND


async def test_a_foreign_certificate_fails_at_tls_before_the_password() -> None:
    async with scripted(Polite(), Authority().certify()) as running:
        report = await probe(server_for(running), Secret(PASSWORD), SENDER, tls=authority().trust(), limits=LIMITS)
    assert report.steps[-1].step is ProbeStep.TLS
    assert report.problem is not None
    assert report.problem.reason is Reason.SERVER_CERT_UNKNOWN_CA
    assert not running.credentials_seen


async def test_the_wrong_kind_of_port_is_named() -> None:
    async with serving(Polite()) as running:
        report = await probe(
            server_for(running, Security.SSL), Secret(PASSWORD), SENDER, tls=authority().trust(), limits=LIMITS
        )
    assert report.steps[-1].step is ProbeStep.TLS
    assert report.problem is not None
    assert report.problem.reason is Reason.SERVER_WRONG_SECURITY


async def test_a_missing_password_is_told_without_a_connection() -> None:
    async with serving() as running:
        report = await probe(server_for(running), None, SENDER, tls=authority().trust(), limits=LIMITS)
    assert not report.ok
    assert report.problem is not None
    assert report.problem.reason is Reason.KEYCHAIN_NO_PASSWORD
    assert running.connections == 0


async def test_this_machine_may_be_tested_without_encryption_and_sign_in() -> None:
    report, watched, _ = await _probe(Polite(clear=()), Security.NONE, sign_in=False)
    assert report.ok
    assert watched == [ProbeStep.RESOLVE, ProbeStep.CONNECT, ProbeStep.SENDER]
    assert tuple(watched) == steps_for(SmtpServer("localhost", 25, Security.NONE, "", NoSignIn()))


async def test_an_address_in_another_script_is_tested_as_it_would_be_sent() -> None:
    async with serving() as running:
        report = await probe(
            server_for(running), Secret(PASSWORD), Address.parse("d\u00f8mi@empfang.example"),
            tls=authority().trust(), limits=LIMITS,
        )  # fmt: skip
    assert report.steps[-1].step is ProbeStep.SENDER
    assert report.problem is not None
    assert report.problem.reason is Reason.SERVER_NO_SMTPUTF8
    assert "MAIL" not in running.verbs()
