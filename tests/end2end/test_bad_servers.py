"""A gateway whose server does not fit: each fault by its own sentence, before anything is kept."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from app.demo.inbox import Server
from app.demo.world import PARTNER, DemoWorld
from app.errors import Reason
from app.profile import Security
from tests.app.delivery.test_tls import FAULTS
from tests.end2end.program import Outcome
from tests.end2end.shell import CANARY, Shell, says
from tests.servers.exchange import authority
from tests.servers.process import free_port
from tests.servers.scripted import Answer, Polite, Script, Talk, scripted


@pytest.fixture
async def shell(
    world: DemoWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """Set up, with trust in the demo's authority and the tests' own."""
    trusted = world.folder / "trusted.pem"
    trusted.write_bytes(Path(world.mail_ca).read_bytes() + authority().ca.cert_pem.bytes())
    shell = Shell(tmp_path / "home", capsys, monkeypatch)
    await asyncio.to_thread(shell.get_ready, world, "--mail-ca", trusted)
    return shell


def add(shell: Shell, gateway: str, *more: str, security: str = "starttls", password: str = CANARY) -> Outcome:
    return shell.run(
        "address", "add", PARTNER, "--name", "N. Name", "--gateway", gateway, "--security", security,
        "--user", "nutzer.name", *(more or ("--password-stdin",)), stdin=password + "\n",
    )  # fmt: skip


async def refused(
    shell: Shell, gateway: str, reason: Reason, *words: str, security: str = "starttls", said: bool = False
) -> None:
    """Assert that a gateway is refused for `reason`, and that nothing of it, and no password, is kept anywhere."""
    before = shell.state()
    outcome = await asyncio.to_thread(add, shell, gateway, security=security)
    says(outcome, reason, *words)
    assert ("The server said:" in outcome.err) == said
    assert outcome.out == ""
    assert shell.state() == before
    assert CANARY not in outcome.err
    assert shell.holds(CANARY) == []


async def of_server(
    shell: Shell,
    script: Script,
    reason: Reason,
    *words: str,
    tls: ssl.SSLContext | None = None,
    implicit: bool = False,
    security: str = "",
    said: bool = False,
) -> None:
    """Assert the same of a server that runs `script`."""
    wanted = security or ("ssl" if implicit else "starttls")
    async with scripted(script, tls or authority().certify(), is_implicit=implicit) as running:
        await refused(shell, f"localhost:{running.port}", reason, "localhost", *words, security=wanted, said=said)
        if not said:
            assert not running.credentials_seen


@pytest.fixture
def nameless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network whose name servers know none of the names under `.invalid`."""
    original: Any = socket.getaddrinfo

    def getaddrinfo(host: object, *arguments: Any, **options: Any) -> Any:
        if str(host).endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return original(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr("app.delivery.connect._has_network", lambda: True)


@pytest.mark.usefixtures("nameless")
async def test_a_host_that_does_not_resolve(shell: Shell) -> None:
    await refused(shell, "smtp.partner.invalid:587", Reason.SERVER_NOT_FOUND, "smtp.partner.invalid", "spelling")


async def test_a_host_that_refuses_connections(shell: Shell) -> None:
    port = free_port()
    await refused(shell, f"localhost:{port}", Reason.SERVER_REFUSED, f"port {port}", "587 and 465")


@pytest.mark.parametrize(
    "greeting",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"+OK POP3 ready\r\n", b"* OK IMAP4 ready\r\n"],
)
async def test_a_host_that_speaks_another_protocol(shell: Shell, greeting: bytes) -> None:
    await of_server(shell, Polite(greeting=greeting), Reason.SERVER_NOT_SMTP, "not a mail server")


async def test_a_port_with_the_other_kind_of_encryption(shell: Shell) -> None:
    await of_server(shell, Polite(), Reason.SERVER_WRONG_SECURITY, "587", "465", security="ssl")


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize("fault", ["expired", "not yet valid", "another host", "self-signed", "unknown authority"])
async def test_a_certificate_that_does_not_fit(shell: Shell, tmp_path: Path, fault: str, implicit: bool) -> None:
    make, reason, _ = FAULTS[fault]
    seen: list[bytes] = []

    async def note(talk: Talk) -> None:
        seen.append(b"sign-in")

    # What the server said is its certificate.
    script = Polite({"AUTH": note})
    await of_server(shell, script, reason, "valid from", tls=make(tmp_path), implicit=implicit, said=True)
    assert seen == []


async def test_a_host_that_offers_no_encryption(shell: Shell) -> None:
    await of_server(shell, Polite(clear=("AUTH PLAIN",)), Reason.SERVER_NO_STARTTLS, "Nothing was sent to it")


async def test_a_host_that_offers_no_sign_in(shell: Shell) -> None:
    await of_server(shell, Polite(ehlo=("SIZE 1000000",)), Reason.SERVER_NO_AUTH, "587")


async def test_a_host_with_ways_to_sign_in_that_nobody_here_knows(shell: Shell) -> None:
    await of_server(shell, Polite(ehlo=("AUTH GSSAPI NTLM",)), Reason.SERVER_NO_MECHANISM, "GSSAPI")


async def _echo_password(talk: Talk) -> None:
    """Refuse the sign-in with the very credentials in the reply, as some servers do."""
    await talk.say(b"535 5.7.8 wrong: " + CANARY.encode() + b" " + talk.server.lines[-1].strip() + b"\r\n")


@pytest.mark.parametrize("answer", [b"535 5.7.8 Error: authentication failed\r\n", _echo_password])
async def test_a_host_that_rejects_the_password(shell: Shell, answer: Answer) -> None:
    await of_server(shell, Polite({"AUTH": answer}), Reason.SERVER_AUTH_REJECTED, "nutzer.name", said=True)


async def test_a_host_that_wants_an_app_password(shell: Shell) -> None:
    answer = b"534-5.7.9 Application-specific password required.\r\n534 5.7.9 see there\r\n"
    await of_server(shell, Polite({"AUTH": answer}), Reason.SERVER_AUTH_APP_PASSWORD, "app password", said=True)


async def test_a_host_that_rejects_this_from(shell: Shell) -> None:
    answer = b"553 5.7.1 not yours\x1b[31m\x07\r\n"
    script = Polite({"MAIL": answer})
    await of_server(shell, script, Reason.SERVER_SENDER_REJECTED, PARTNER, "not yours", said=True)


@pytest.mark.parametrize("greeting", [b"421 4.3.2 too busy\r\n", b"554 5.7.1 not from there\r\n"])
async def test_a_host_that_takes_nothing_now_or_from_here(shell: Shell, greeting: bytes) -> None:
    reason = Reason.SERVER_BUSY if greeting.startswith(b"4") else Reason.SERVER_NO_SERVICE
    await of_server(shell, Polite(greeting=greeting), reason, said=True)


async def test_a_host_that_hangs_up(shell: Shell) -> None:
    async def hang_up(talk: Talk) -> None:
        talk.hang_up()

    await of_server(shell, hang_up, Reason.SERVER_CONNECTION_LOST, "while waiting for its greeting")


@pytest.mark.parametrize(
    ("gateway", "reason"),
    [
        ("", Reason.SETUP_BAD_HOST),
        (":587", Reason.SETUP_BAD_HOST),
        ("smtp partner.example:587", Reason.SETUP_BAD_HOST),
        ("smtp\r\n.partner.example:587", Reason.SETUP_BAD_HOST),
        ("smtp-.partner.example:587", Reason.SETUP_BAD_HOST),
        ("https://smtp.partner.example:587", Reason.SETUP_BAD_HOST),
        ("smtp.partner.example", Reason.SETUP_BAD_PORT),
        ("smtp.partner.example:", Reason.SETUP_BAD_PORT),
        ("smtp.partner.example:smtp", Reason.SETUP_BAD_PORT),
        ("smtp.partner.example:0", Reason.SETUP_BAD_PORT),
        ("smtp.partner.example:65536", Reason.SETUP_BAD_PORT),
    ],
)
async def test_a_host_or_port_that_cannot_be_one_is_named_without_asking_anybody(
    shell: Shell, gateway: str, reason: Reason
) -> None:
    await refused(shell, gateway, reason)


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        (("--password-command", ""), Reason.SETUP_NO_PASSWORD),
        (("--password-command", "pass 'unclosed"), Reason.SETUP_COMMAND_FAILED),
        (("--password-command", "false"), Reason.SETUP_COMMAND_FAILED),
        (("--password-command", "/nowhere/at/all"), Reason.SETUP_COMMAND_FAILED),
        (("--password-command", "true"), Reason.SETUP_COMMAND_EMPTY),
        (("--password-stdin", "--user", ""), Reason.SETUP_NO_USERNAME),
        (("--password-stdin", "--user", "a\x00b"), Reason.NAME_CONTROL),
    ],
)
async def test_a_sign_in_that_cannot_work_is_named(
    shell: Shell, world: DemoWorld, way: tuple[str, ...], reason: Reason
) -> None:
    server, before = world.partner.access(), shell.state()
    outcome = await asyncio.to_thread(add, shell, f"{server.host}:{server.port}", *way)
    says(outcome, reason)
    assert shell.state() == before


@pytest.mark.parametrize("typed", ["", "\n", "\r\n"])
async def test_an_empty_password_is_a_missing_one(shell: Shell, world: DemoWorld, typed: str) -> None:
    server, before = world.partner.access(), shell.state()
    outcome = await asyncio.to_thread(add, shell, f"{server.host}:{server.port}", password=typed)
    says(outcome, Reason.SETUP_NO_PASSWORD)
    assert shell.state() == before


async def test_a_gateway_for_an_address_of_the_organisation_is_refused_before_its_server_is_asked(
    shell: Shell,
) -> None:
    before = shell.state()
    async with scripted(Polite(), authority().certify()) as running:
        outcome = await asyncio.to_thread(
            shell.run, "address", "add", "neu@beispiel.example", "--name", "N", "--gateway",
            f"localhost:{running.port}", "--user", "u", "--password-stdin", stdin=CANARY,
        )  # fmt: skip
    says(outcome, Reason.ROUTE_INTERNAL_GATEWAY, "neu@beispiel.example")
    assert shell.state() == before
    assert running.connections == 0


async def test_an_address_whose_code_cannot_be_mailed_is_not_added(shell: Shell, world: DemoWorld) -> None:
    server = world.partner.access(Security.SSL)
    before = shell.state()
    world.set_mail_server(Server.ORGANISATION, up=False)
    try:
        outcome = await asyncio.to_thread(
            add, shell, f"{server.host}:{server.port}", security="ssl", password=world.partner.password
        )
    finally:
        world.set_mail_server(Server.ORGANISATION, up=True)
    says(outcome, Reason.SERVER_REFUSED)
    assert shell.state() == before


async def test_the_same_faults_of_the_organisations_server_end_set_up_with_nothing_kept(
    world: DemoWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = Shell(tmp_path / "home", capsys, monkeypatch)
    assert (await asyncio.to_thread(fresh.run, "outbox", "list")).code == 0
    before = fresh.state()
    wrong = await asyncio.to_thread(fresh.set_up, world, password=CANARY)
    says(wrong, Reason.SERVER_AUTH_REJECTED, "nutzer@beispiel.example", "The server said:")
    distrusted = await asyncio.to_thread(fresh.set_up, world, "--mail-ca", "", password=CANARY)
    says(distrusted, Reason.SERVER_CERT_UNKNOWN_CA)
    world.set_mail_server(Server.ORGANISATION, up=False)
    try:
        says(await asyncio.to_thread(fresh.set_up, world, password=CANARY), Reason.SERVER_REFUSED)
    finally:
        world.set_mail_server(Server.ORGANISATION, up=True)
    assert fresh.state() == before
    assert fresh.holds(CANARY) == []
