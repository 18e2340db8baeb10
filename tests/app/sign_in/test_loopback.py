"""The port the browser comes back to: what it answers to whom, and that only the right state ends the wait."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from PySide6.QtWidgets import QApplication

import app.sign_in.loopback as module
from app.oauth_client import RedirectHost
from app.sign_in.loopback import Loopback, open_loopback
from app.sign_in.page import BrowserWords
from app.storage.keychain import Secret
from ui.loop import AppLoop

STATE = Secret("abc.DEF-123")
WORDS = BrowserWords("Absender", "Fertig.", "Nichts.")
RETURN = "/?code=xyz&state=abc.DEF-123"


@asynccontextmanager
async def waiting(host: RedirectHost = RedirectHost.ADDRESS) -> AsyncIterator[Loopback]:
    """Yield a port that waits; whatever came meanwhile, the right browser is heard in the end."""
    async with asyncio.timeout(20), open_loopback(host, WORDS) as loopback:
        loopback.expect(STATE)
        yield loopback
        assert await status(loopback, RETURN) == 303
        assert (await loopback.answer(seconds=5))["code"] == (Secret("xyz"),)


def port_of(loopback: Loopback) -> int:
    return int(loopback.redirect_uri.rpartition(":")[2])


async def ask(port: int, data: bytes, address: str = "127.0.0.1") -> bytes:
    """Return all that is answered to `data`."""
    reader, writer = await asyncio.open_connection(address, port)
    try:
        writer.write(data)
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


def head(loopback: Loopback, target: str, method: str = "GET", host: str | None = None) -> bytes:
    said = loopback.redirect_uri.removeprefix("http://") if host is None else host
    return f"{method} {target} HTTP/1.1\r\nHost: {said}\r\nAccept: */*\r\n\r\n".encode()


async def status(loopback: Loopback, target: str, method: str = "GET", host: str | None = None) -> int:
    answer = await ask(port_of(loopback), head(loopback, target, method, host))
    return int(answer.split(b" ")[1])


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/favicon.ico", 404),
        ("/", 404),
        ("/callback?code=xyz&state=abc.DEF-123", 404),
        ("//?code=xyz&state=abc.DEF-123", 404),
        ("/%2e?code=xyz&state=abc.DEF-123", 404),
        ("/?code=evil", 400),
        ("/?code=evil&state=", 400),
        ("/?code=evil&state=abc.DEF-124", 400),
        ("/?code=evil&state=abc.DEF-12", 400),
        ("/?code=evil&state=ABC.def-123", 400),
        ("/?code=evil&state=abc.DEF-123&state=abc.DEF-123", 400),
        ("/?code=evil&state=abc.DEF-123&state=other", 400),
        ("/?code=evil&STATE=abc.DEF-123", 400),
        ("/?error=access_denied&state=guess", 400),
        ("/?error=access_denied", 400),
        ("/?code=%ff&state=abc.DEF-123", 400),
        ("/?state=%C3%A4", 400),
        (f"/?state=abc.DEF-123{'&a=b' * 64}", 400),
    ],
)
async def test_what_is_not_the_right_return_ends_nothing(target: str, expected: int) -> None:
    async with waiting() as loopback:
        assert await status(loopback, target) == expected


@pytest.mark.parametrize("method", ["POST", "HEAD", "OPTIONS", "PUT"])
async def test_only_get_is_heard(method: str) -> None:
    async with waiting() as loopback:
        assert await status(loopback, RETURN, method) == 405


@pytest.mark.parametrize(
    ("redirect_host", "host"),
    [
        (RedirectHost.ADDRESS, "evil.example"),
        (RedirectHost.ADDRESS, "evil.example:{port}"),
        (RedirectHost.ADDRESS, "localhost:{port}"),
        (RedirectHost.ADDRESS, "127.0.0.1"),
        (RedirectHost.ADDRESS, "127.0.0.1:1"),
        (RedirectHost.ADDRESS, ""),
        (RedirectHost.ADDRESS, "127.0.0.1:{port}\r\nHost: 127.0.0.1:{port}"),
        (RedirectHost.NAME, "127.0.0.1:{port}"),
        (RedirectHost.NAME, "[::1]:{port}"),
        (RedirectHost.NAME, "localhost.evil.example:{port}"),
    ],
)
async def test_a_page_whose_name_points_here_is_not_heard(redirect_host: RedirectHost, host: str) -> None:
    async with waiting(redirect_host) as loopback:
        assert await status(loopback, RETURN, host=host.format(port=port_of(loopback))) == 400


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: {host}\r\n\r\n",
        b"GET http://{host}/?state=abc.DEF-123 HTTP/1.1\r\nHost: {host}\r\n\r\n",
        b"GET /?state=abc.DEF-123 HTTP/1.1\r\nHost : {host}\r\n\r\n",
        b"GET /?state=abc.DEF-123 HTTP/1.1\r\nHost: {host}\r\n more\r\n\r\n",
        b"GET /?state=abc.DEF-123 HTTP/1.1\nHost: {host}\n\r\n\r\n",
        b"GET /?state=abc.DEF-123  HTTP/1.1\r\nHost: {host}\r\n\r\n",
        b"get /?state=abc.DEF-123 HTTP/1.1\r\nHost: {host}\r\n\r\n",
    ],
)
async def test_what_is_no_request_is_refused(data: bytes) -> None:
    async with waiting() as loopback:
        host = loopback.redirect_uri.removeprefix("http://").encode()
        assert (await ask(port_of(loopback), data.replace(b"{host}", host))).startswith(b"HTTP/1.1 400 ")


async def test_a_request_without_end_is_cut_off() -> None:
    async with waiting() as loopback:
        begin = b"GET / HTTP/1.1\r\nCookie: "
        answer = await ask(port_of(loopback), begin + b"a" * (module._HEAD_LIMIT - len(begin)))
        assert answer.startswith(b"HTTP/1.1 431 ")


async def test_a_request_in_pieces_is_heard() -> None:
    async with asyncio.timeout(20), open_loopback(RedirectHost.ADDRESS, WORDS) as loopback:
        loopback.expect(STATE)
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(loopback))
        for octet in head(loopback, RETURN):
            writer.write(bytes([octet]))
            await writer.drain()
        assert (await reader.read()).startswith(b"HTTP/1.1 303 ")
        writer.close()


async def test_whoever_says_nothing_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REQUEST_SECONDS", 0.05)
    async with waiting() as loopback:
        assert await ask(port_of(loopback), b"GET /?state=abc") == b""


async def test_so_many_connections_that_none_is_free_keep_nobody_out() -> None:
    async with waiting() as loopback:
        idle = [await asyncio.open_connection("127.0.0.1", port_of(loopback)) for _ in range(40)]
        assert await status(loopback, "/favicon.ico") == 404
        ended = [reader for reader, _ in idle if reader.at_eof() or reader.exception()]
        assert len(ended) >= 20
        for _, writer in idle:
            writer.close()


async def test_a_state_serves_once_and_the_page_is_only_where_the_browser_was_led() -> None:
    async with asyncio.timeout(20), open_loopback(RedirectHost.ADDRESS, WORDS) as loopback:
        loopback.expect(STATE)
        led = (await ask(port_of(loopback), head(loopback, RETURN))).decode()
        path = led.partition("Location: ")[2].partition("\r\n")[0]
        assert "state" not in led
        assert "xyz" not in led
        assert await status(loopback, RETURN) == 400
        last = asyncio.create_task(ask(port_of(loopback), head(loopback, path)))
        await loopback.say("Fertig.")
        assert b"<p>Fertig.</p>" in await last


async def test_nothing_is_said_to_a_browser_that_never_came() -> None:
    async with open_loopback(RedirectHost.ADDRESS, WORDS) as loopback:
        loopback.expect(STATE)
        with pytest.raises(TimeoutError):
            await loopback.answer(seconds=0)
        async with asyncio.timeout(1):
            await loopback.say("Nichts.")


async def test_a_name_is_heard_on_both_addresses_and_an_address_on_one() -> None:
    async with waiting(RedirectHost.NAME) as loopback:
        assert (await ask(port_of(loopback), head(loopback, "/x"), "::1")).startswith(b"HTTP/1.1 404 ")
    async with waiting() as loopback:
        with pytest.raises(ConnectionRefusedError):
            await ask(port_of(loopback), head(loopback, "/x"), "::1")


async def test_a_port_that_somebody_else_has_on_the_other_address_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = module._bound, list[tuple[str, int]]()

    def bound(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
        asked.append((address, port))
        if address == "::1" and len(asked) < 4:
            raise OSError(errno.EADDRINUSE, "in use")
        return real(family, address, port)

    monkeypatch.setattr(module, "_bound", bound)
    async with waiting(RedirectHost.NAME) as loopback:
        assert [address for address, _ in asked] == ["127.0.0.1", "::1", "127.0.0.1", "::1"]
        assert asked[1][1] != asked[3][1] == port_of(loopback)


async def test_where_every_port_is_somebody_elses_there_is_no_way_back(monkeypatch: pytest.MonkeyPatch) -> None:
    real = module._bound

    def bound(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
        if address == "::1":
            raise OSError(errno.EADDRINUSE, "in use")
        return real(family, address, port)

    monkeypatch.setattr(module, "_bound", bound)
    with pytest.raises(OSError, match="no port is free"):
        async with open_loopback(RedirectHost.NAME, WORDS):
            pass


@pytest.mark.parametrize("error", [errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL])
async def test_a_machine_without_ipv6_does_with_one_address(monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    real = module._bound

    def bound(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
        if address == "::1":
            raise OSError(error, "no IPv6")
        return real(family, address, port)

    monkeypatch.setattr(module, "_bound", bound)
    async with waiting(RedirectHost.NAME) as loopback:
        assert await status(loopback, "/favicon.ico") == 404


async def _come_back() -> None:
    async with waiting(RedirectHost.NAME) as loopback:
        assert await status(loopback, "/favicon.ico") == 404


def test_the_browser_comes_back_to_the_windows_loop_too(qapp: QApplication) -> None:
    with asyncio.Runner(loop_factory=lambda: AppLoop(qapp)) as runner:
        runner.run(_come_back())


@pytest.mark.parametrize("windows", [True, False])
def test_a_loop_that_ends_meanwhile_leaves_nothing_open(qapp: QApplication, windows: bool) -> None:
    opened: list[int] = []

    async def wait() -> None:
        async with open_loopback(RedirectHost.ADDRESS, WORDS) as loopback:
            loopback.expect(STATE)
            opened.append(port_of(loopback))
            await loopback.answer(seconds=60)

    async def leave() -> None:
        waits = asyncio.create_task(wait())
        while not opened:  # noqa: ASYNC110 - it is a matter of a few rounds
            await asyncio.sleep(0)
        assert not waits.done()

    with asyncio.Runner(loop_factory=(lambda: AppLoop(qapp)) if windows else None) as runner:
        runner.run(leave())
    with socket.socket() as tried:
        assert tried.connect_ex(("127.0.0.1", opened[0])) != 0
