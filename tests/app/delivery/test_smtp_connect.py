"""Reaching a server: which address, how long, and why not."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from app.delivery import connect as connecting
from app.delivery import opening
from app.delivery.connect import (
    HostNotFoundError,
    OfflineError,
    UnreachableError,
    connect,
    look_up,
    speaks_tls,
    wire_host,
)
from app.delivery.dialogue import Limits
from app.delivery.smtp import Session, SessionError
from app.delivery.verdict import TryLater
from app.errors import Reason
from app.profile import Security, SmtpServer
from app.storage.keychain import Secret
from tests.servers.exchange import LIMITS, PASSWORD, authority, opened, serving
from tests.servers.scripted import Polite

V4 = socket.AF_INET
V6 = socket.AF_INET6


@contextmanager
def _listening(*, backlog: int = 1) -> Iterator[int]:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(backlog)
        yield listener.getsockname()[1]


@contextmanager
def _black_hole() -> Iterator[int]:
    """Yield a port whose queue is full, so that connecting hangs."""
    with _listening(backlog=0) as port, closing(socket.socket()) as first, closing(socket.socket()) as second:
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        yield port


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answer(monkeypatch: pytest.MonkeyPatch, outcome: object) -> None:
    def answer(*args: object, **kwargs: object) -> object:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    monkeypatch.setattr(socket, "getaddrinfo", answer)


async def _failure(server: SmtpServer, limits: Limits = LIMITS) -> SessionError:
    with pytest.raises(SessionError) as failed:
        await Session.open(server, Secret(PASSWORD), tls=authority().trust(), limits=limits)
    assert isinstance(failed.value.as_verdict(), TryLater)
    return failed.value


@pytest.mark.parametrize(
    ("host", "wire"),
    [
        ("Smtp.Beispiel.EXAMPLE.", "smtp.beispiel.example"),
        ("b\u00fccher.example", "xn--bcher-kva.example"),
        ("fa\u00df.example", "xn--fa-hia.example"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_the_host_is_looked_up_as_a_labels(host: str, wire: str) -> None:
    assert wire_host(host) == wire


def test_a_host_that_is_no_name_does_not_exist() -> None:
    with pytest.raises(HostNotFoundError):
        wire_host("b\u00fc cher..example")


async def test_families_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(V6, 1, 6, "", ("::1", 25, 0, 0)), (V6, 1, 6, "", ("::2", 25, 0, 0)), (V4, 1, 6, "", ("127.0.0.1", 25))]
    _answer(monkeypatch, found)
    assert await look_up("mail.example", 25, 1) == [(V6, ("::1", 25)), (V4, ("127.0.0.1", 25)), (V6, ("::2", 25))]


async def test_an_address_needs_no_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    _answer(monkeypatch, AssertionError())
    assert await look_up("127.0.0.1", 25, 1) == [(V4, ("127.0.0.1", 25))]
    assert await look_up("::1", 25, 1) == [(V6, ("::1", 25))]


@pytest.mark.case("L8")
async def test_l8_a_name_that_does_not_exist_is_told_from_being_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    server = SmtpServer("smtp.partnerdomain.example", 587, Security.STARTTLS, "nutzer")
    _answer(monkeypatch, socket.gaierror(socket.EAI_NONAME, "unknown"))
    monkeypatch.setattr(connecting, "_has_network", lambda: True)
    assert (await _failure(server)).problem.reason is Reason.SERVER_NOT_FOUND
    monkeypatch.setattr(connecting, "_has_network", lambda: False)
    assert (await _failure(server)).problem.reason is Reason.SERVER_OFFLINE
    _answer(monkeypatch, socket.gaierror(socket.EAI_AGAIN, "later"))
    assert (await _failure(server)).problem.reason is Reason.SERVER_OFFLINE
    monkeypatch.setattr(connecting, "_has_network", lambda: True)
    assert (await _failure(server)).problem.reason is Reason.SERVER_LOOKUP_FAILED


@pytest.mark.parametrize("host", ["x" * 70 + ".example", "b\u00fc cher..example"])
async def test_a_name_that_cannot_exist_does_not_exist(host: str) -> None:
    failed = await _failure(SmtpServer(host, 587, Security.STARTTLS, "nutzer"))
    assert failed.problem.reason is Reason.SERVER_NOT_FOUND


@pytest.mark.case("L8")
async def test_l8_a_look_up_that_hangs_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def hang(*args: object, **kwargs: object) -> object:
        released.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    failed = await _failure(SmtpServer("mail.example", 587, Security.STARTTLS, "nutzer"), Limits(connect=0.1))
    released.set()
    assert failed.problem.reason is Reason.SERVER_TIMEOUT
    assert failed.problem.fact("stage") == "resolve"


@pytest.mark.case("L8")
@pytest.mark.parametrize("is_first", [True, False])
async def test_l8_a_black_hole_under_one_name_is_passed_by(is_first: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an IPv6 address that leads nowhere: the name has it, and another one that answers."""
    async with serving(Polite()) as running:
        with _black_hole() as hole:
            found = [(V4, ("127.0.0.1", hole)), (V4, ("127.0.0.1", running.port))]

            async def look_up_both(*_: object) -> object:
                return found if is_first else found[::-1]

            monkeypatch.setattr(opening, "look_up", look_up_both)
            (await opened(running)).abort()


@pytest.mark.case("L8")
async def test_l8_an_address_that_swallows_everything_does_not_hide_the_next() -> None:
    with _black_hole() as hole, _listening() as port:
        async with asyncio.timeout(5):
            connection = await connect([(V4, ("127.0.0.1", hole)), (V4, ("127.0.0.1", port))], 5)
        with closing(connection):
            assert connection.getpeername()[1] == port


async def test_a_refusing_address_passes_on_to_the_next_at_once() -> None:
    with _listening() as port:
        connection = await connect([(V4, ("127.0.0.1", _free_port())), (V4, ("127.0.0.1", port))], 5)
        with closing(connection):
            assert connection.getpeername()[1] == port


UNREACHABLE = (V4, ("255.255.255.255", 25))


async def test_of_two_failures_the_more_telling_is_told() -> None:
    with pytest.raises(ConnectionRefusedError):
        await connect([(V4, ("127.0.0.1", _free_port())), UNREACHABLE], 5)


@pytest.mark.case("L8")
@pytest.mark.parametrize(
    ("is_there", "kind", "reason"),
    [(True, UnreachableError, Reason.SERVER_UNREACHABLE), (False, OfflineError, Reason.SERVER_OFFLINE)],
)
async def test_l8_a_host_without_a_way_to_it_is_told_from_being_offline(
    is_there: bool, kind: type[OSError], reason: Reason, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "_has_network", lambda: is_there)
    for addresses in ([], [UNREACHABLE], [UNREACHABLE, UNREACHABLE]):
        with pytest.raises(kind):
            await connect(addresses, 5)
    _answer(monkeypatch, [(V4, 1, 6, "", UNREACHABLE[1])])
    failed = await _failure(SmtpServer("mail.example", 25, Security.STARTTLS, "nutzer"))
    assert failed.problem.reason is reason


@pytest.mark.case("L8")
async def test_l8_addresses_may_change_between_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    server = SmtpServer("mail.example", _free_port(), Security.STARTTLS, "nutzer")
    _answer(monkeypatch, [(V4, 1, 6, "", ("127.0.0.1", server.port))])
    assert (await _failure(server)).problem.reason is Reason.SERVER_REFUSED
    async with serving(Polite()) as running:
        _answer(monkeypatch, [(V4, 1, 6, "", ("127.0.0.1", running.port))])
        moved = SmtpServer("localhost", running.port, Security.STARTTLS, "nutzer")
        (await Session.open(moved, Secret(PASSWORD), tls=authority().trust(), limits=LIMITS)).abort()


async def test_nothing_there_is_refused() -> None:
    port = _free_port()
    failed = await _failure(SmtpServer("localhost", port, Security.STARTTLS, "nutzer"))
    assert failed.problem.reason is Reason.SERVER_REFUSED
    assert failed.problem.fact("port") == str(port)


async def test_a_server_that_cannot_be_reached_has_a_limit() -> None:
    with _black_hole() as port:
        failed = await _failure(SmtpServer("127.0.0.1", port, Security.STARTTLS, "nutzer"), Limits(connect=0.2))
    assert failed.problem.reason is Reason.SERVER_TIMEOUT
    assert failed.problem.fact("stage") == "connect"


async def test_a_server_that_accepts_and_says_nothing_has_a_limit() -> None:
    with _listening() as port:
        limits = Limits(connect=0.2, greeting_doubt=0.1, reply=0.5)
        failed = await _failure(SmtpServer("127.0.0.1", port, Security.STARTTLS, "nutzer"), limits)
    assert failed.problem.reason is Reason.SERVER_TIMEOUT
    assert failed.problem.fact("stage") == "greeting"


async def test_a_tls_handshake_that_is_not_answered_has_a_limit() -> None:
    with _listening() as port:
        failed = await _failure(SmtpServer("127.0.0.1", port, Security.SSL, "nutzer"), Limits(connect=0.2))
    assert failed.problem.reason is Reason.SERVER_TIMEOUT
    assert failed.problem.fact("stage") == "tls"


@pytest.mark.parametrize("stage", ["look-up", "connect", "greeting"])
async def test_cancelling_an_opening_leaves_nothing_open(stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    with _black_hole() as hole, _listening() as silent:
        if stage == "look-up":
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: released.wait(5))
        host = "mail.example" if stage == "look-up" else "127.0.0.1"
        server = SmtpServer(host, hole if stage == "connect" else silent, Security.STARTTLS, "nutzer")
        opening = asyncio.create_task(
            Session.open(server, Secret(PASSWORD), tls=authority().trust(), limits=Limits(greeting_doubt=0.05))
        )
        await asyncio.sleep(0.15)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        released.set()


async def test_whether_a_port_speaks_tls_is_seen_on_a_connection_of_its_own() -> None:
    trust = authority().trust()
    async with serving(Polite(), implicit=True) as running:
        assert await speaks_tls(("127.0.0.1", running.port), "localhost", trust, 2)
        assert await speaks_tls(("127.0.0.1", running.port), "elsewhere.example", trust, 2)
    async with serving(Polite()) as running:
        assert not await speaks_tls(("127.0.0.1", running.port), "localhost", trust, 2)
    assert not await speaks_tls(("127.0.0.1", _free_port()), "localhost", trust, 2)


async def test_the_host_is_named_to_the_server_and_checked_whatever_its_case() -> None:
    async with serving() as running:
        running_server = SmtpServer("LOCALHOST.", running.port, Security.STARTTLS, "nutzer")
        session = await Session.open(running_server, Secret(PASSWORD), tls=authority().trust(), limits=LIMITS)
        assert session.certificate is not None
        assert session.certificate.names == ("localhost",)
        session.abort()
        (await opened(running)).abort()


async def test_of_two_connections_made_at_once_only_one_is_kept() -> None:
    with _listening(backlog=5) as port:
        tasks = {asyncio.create_task(connecting._connect_one(V4, ("127.0.0.1", port))) for _ in range(2)}
        await asyncio.wait(tasks)
        kept, errors = connecting._outcomes(tasks)
        assert kept is not None
        assert errors == []
        kept.close()
        assert all(task.result().fileno() == -1 for task in tasks)


async def test_connections_made_too_late_are_closed() -> None:
    with _listening(backlog=5) as port:
        task = asyncio.create_task(connecting._connect_one(V4, ("127.0.0.1", port)))
        await asyncio.wait({task})
        await connecting._give_up({task})
        assert task.result().fileno() == -1


@pytest.mark.parametrize("is_there", [True, False])
def test_a_route_out_of_this_machine_is_seen_without_sending(is_there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        if not is_there:
            raise OSError(101, "unreachable")

    class Probe(socket.socket):
        connect = refuse

    monkeypatch.setattr(socket, "socket", Probe)
    assert connecting._has_network() is is_there


@pytest.mark.case("L9")
async def test_l9_proxies_of_the_environment_are_not_asked(implicit: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(Polite(), implicit=implicit) as running, serving(Polite()) as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"socks5://127.0.0.1:{proxy.port}")
        session = await opened(running)
        session.abort()
        assert (running.connections, proxy.connections) == (1, 0)
