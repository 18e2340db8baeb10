"""The demo's world: it runs beside the window, behaves like real servers, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import base64
import smtplib
import socket
import ssl
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from app.address import Address
from app.demo import certificates
from app.demo.authority import ORGANISATION, PRIMARY, Choice
from app.demo.inbox import Arrived, Server
from app.demo.seed import seed_profile, store_passwords
from app.demo.world import PARTNER, DemoWorld
from app.policy.document import parse
from app.profile import Security, SmtpServer
from app.storage.keychain import MemoryKeychain

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
MESSAGE = b"From: N. Name <nutzer.name@partnerdomain.example>\r\nSubject: x\r\n\r\n.dot\r\n"


def context(world: DemoWorld) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=world.mail_ca)


def connect(world: DemoWorld, access: SmtpServer) -> smtplib.SMTP:
    if access.security is Security.SSL:
        return smtplib.SMTP_SSL(access.host, access.port, context=context(world), timeout=20)
    connection = smtplib.SMTP(access.host, access.port, timeout=20)
    connection.starttls(context=context(world))
    return connection


def send(world: DemoWorld, server: Server, sender: str, *, security: Security = Security.STARTTLS) -> None:
    chosen = world.partner if server is Server.PARTNER else world.organisation
    with connect(world, chosen.access(security)) as connection:
        connection.login(chosen.username, chosen.password)
        connection.sendmail(sender, ["empfang@empfang.example", "zweite@empfang.example"], MESSAGE)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.SSL])
@pytest.mark.parametrize(("server", "sender"), [(Server.ORGANISATION, PRIMARY), (Server.PARTNER, PARTNER)])
def test_a_message_arrives_as_it_was_sent(world: DemoWorld, server: Server, sender: str, security: Security) -> None:
    send(world, server, sender, security=security)
    (arrived,) = world.inbox.messages()
    chosen = world.partner if server is Server.PARTNER else world.organisation
    assert (arrived.server, arrived.login) == (server, chosen.username)
    assert arrived.envelope_from == sender
    assert arrived.recipients == ("empfang@empfang.example", "zweite@empfang.example")
    assert arrived.data == MESSAGE
    assert arrived.tls == "TLSv1.3"
    assert arrived.port == chosen.access(security).port
    assert world.inbox.messages(server) == (arrived,)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.SSL])
def test_a_wrong_login_is_refused(world: DemoWorld, security: Security) -> None:
    for username, password in (("nutzer.name", "wrong"), ("nutzer", world.partner.password)):
        with connect(world, world.partner.access(security)) as connection:
            with pytest.raises(smtplib.SMTPAuthenticationError) as caught:
                connection.login(username, password)
            assert caught.value.smtp_code == 535


def test_each_server_takes_only_senders_of_its_own_domain(world: DemoWorld) -> None:
    for server, stranger in ((Server.ORGANISATION, PARTNER), (Server.PARTNER, PRIMARY), (Server.PARTNER, "")):
        with pytest.raises(smtplib.SMTPSenderRefused) as caught:
            send(world, server, stranger)
        assert caught.value.smtp_code == 553
        assert b"not owned by user" in bytes(caught.value.smtp_error)
    assert world.inbox.messages() == ()


def test_nothing_goes_without_tls_or_without_sign_in(world: DemoWorld) -> None:
    access = world.organisation.access()
    with smtplib.SMTP(access.host, access.port, timeout=20) as connection:
        connection.ehlo()
        assert "auth" not in connection.esmtp_features
        assert connection.mail(PRIMARY)[0] == 530
    for security in (Security.STARTTLS, Security.SSL):
        with connect(world, world.organisation.access(security)) as connection:
            connection.ehlo()
            assert connection.mail(PRIMARY)[0] == 530


def test_its_certificates_are_worth_nothing_to_anybody_else(world: DemoWorld) -> None:
    access = world.partner.access(Security.SSL)
    with pytest.raises(ssl.SSLCertVerificationError):
        smtplib.SMTP_SSL(access.host, access.port, context=ssl.create_default_context(), timeout=20)
    with smtplib.SMTP(access.host, world.partner.access().port, timeout=20) as connection:
        with pytest.raises(ssl.SSLCertVerificationError):
            connection.starttls(context=ssl.create_default_context())
        connection.close()
    send(world, Server.PARTNER, PARTNER)
    assert len(world.inbox.messages()) == 1


def test_a_subscriber_hears_of_each_message_until_it_has_enough(world: DemoWorld) -> None:
    heard: list[Arrived] = []
    told = threading.Event()

    def hear(arrived: Arrived) -> None:
        heard.append(arrived)
        told.set()

    unsubscribe = world.inbox.subscribe(hear)
    send(world, Server.PARTNER, PARTNER)
    assert told.wait(10)
    unsubscribe()
    unsubscribe()
    send(world, Server.ORGANISATION, PRIMARY)
    assert heard == list(world.inbox.messages(Server.PARTNER))


def test_a_server_that_is_down_refuses_and_comes_back_on_its_ports(world: DemoWorld) -> None:
    access = world.partner.access()
    with connect(world, access) as connection:
        world.set_mail_server(Server.PARTNER, up=False)
        with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
            connection.noop()
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP(access.host, access.port, timeout=20)
    send(world, Server.ORGANISATION, PRIMARY)
    world.set_mail_server(Server.PARTNER, up=True)
    assert world.partner.access() == access
    send(world, Server.PARTNER, PARTNER)


def test_the_demo_starts_forbidden_with_the_primary_address_only(world: DemoWorld) -> None:
    profile = seed_profile(world, NOW)
    assert [str(entry.address) for entry in profile.addresses] == [PRIMARY]
    assert profile.primary.is_default
    assert profile.primary.is_verified
    document = parse(world.policy_document(), source=world.policy_url, expected=Address.parse(PRIMARY))
    assert document.organisation.name == ORGANISATION
    assert document.submission_server() == profile.organisation_server
    assert world.policy_status.published == Choice(allow=False)


async def test_the_demos_keychain_starts_with_the_organisations_password_alone() -> None:
    keychain = MemoryKeychain()
    async with DemoWorld() as world:
        await store_passwords(world, keychain)
        organisation = await keychain.get(world.organisation.access().keychain_account)
        assert organisation is not None
        assert organisation.reveal() == world.organisation.password
        assert await keychain.get(world.partner.access().keychain_account) is None


def test_passwords_are_new_in_each_world(world: DemoWorld) -> None:
    with DemoWorld() as other:
        passwords = {each.password for each in (world.organisation, world.partner, other.organisation, other.partner)}
    assert len(passwords) == 4


def test_the_folder_is_the_owners_alone(world: DemoWorld) -> None:
    assert stat.S_IMODE(world.folder.stat().st_mode) == 0o700
    assert world.home.parent == world.folder


def remains(world: DemoWorld, port: int) -> list[str]:
    left = [] if not world.folder.exists() else ["folder"]
    left += [thread.name for thread in threading.enumerate() if thread.name == "demo-servers"]
    with socket.socket() as client:
        if client.connect_ex(("127.0.0.1", port)) == 0:
            left.append("port")
    return left


def test_the_end_leaves_nothing_behind() -> None:
    with DemoWorld() as world:
        (world.home / "deep").mkdir(parents=True)
        (world.home / "deep" / "absender.sqlite3").write_bytes(b"x")
        port = world.partner.access().port
        open_connection = connect(world, world.partner.access(Security.SSL))
    assert remains(world, port) == []
    open_connection.close()


def test_an_exception_inside_leaves_nothing_behind() -> None:
    world = DemoWorld()
    ports: list[int] = []

    def fail() -> NoReturn:
        with world:
            ports.append(world.organisation.access().port)
            raise LookupError("inside")

    with pytest.raises(LookupError, match="inside"):
        fail()
    assert remains(world, ports[0]) == []


def test_a_failed_start_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def no_room(folder: Path) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(certificates, "Certificates", no_room)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(OSError, match="No space left"):
        DemoWorld().__enter__()
    assert list(tmp_path.iterdir()) == []
    assert all(thread.name != "demo-servers" for thread in threading.enumerate())


async def test_the_servers_do_not_hold_up_the_loop_that_uses_them() -> None:
    async with DemoWorld() as world:
        await asyncio.to_thread(send, world, Server.PARTNER, PARTNER)
        # Were they on this loop, this blocking call could never be answered.
        send(world, Server.ORGANISATION, PRIMARY)
        assert [each.server for each in world.inbox.messages()] == [Server.PARTNER, Server.ORGANISATION]


def test_a_subscribers_fault_is_not_the_senders(world: DemoWorld) -> None:
    def fail(arrived: Arrived) -> NoReturn:
        raise LookupError("a window that is closed already")

    reported: list[object] = []
    world.inbox.subscribe(fail)
    world._ready.result().set_exception_handler(lambda _, facts: reported.append(facts["exception"]))
    send(world, Server.PARTNER, PARTNER)
    assert len(world.inbox.messages()) == 1
    assert [type(each) for each in reported] == [LookupError]


def test_a_fault_of_the_server_is_temporary_and_in_the_log(
    world: DemoWorld, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(arrived: Arrived) -> NoReturn:
        raise MemoryError("full")

    monkeypatch.setattr(world.inbox, "add", fail)
    with pytest.raises(smtplib.SMTPDataError) as caught:
        send(world, Server.PARTNER, PARTNER)
    assert caught.value.smtp_code == 451
    assert "the demo's mail server failed" in caplog.text
    assert world.partner.password not in caplog.text


def test_no_login_is_logged(world: DemoWorld, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    send(world, Server.PARTNER, PARTNER)
    encoded = base64.b64encode(world.partner.password.encode()).decode()
    plain = base64.b64encode(f"\0{world.partner.username}\0{world.partner.password}".encode()).decode()
    assert not [text for text in (world.partner.password, encoded, plain) if text in caplog.text]
