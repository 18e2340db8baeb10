"""From a host name to a connected socket: look-up and connecting each have a limit, and no address can stall the rest.

aiosmtplib would leave this to asyncio, whose look-up has no limit and which tries one address for the whole time.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import socket
import ssl
from collections.abc import Sequence
from itertools import chain, zip_longest

from app.address import domain_to_ascii
from app.errors import AddressError
from app.limited import call_with_limit

__all__ = [
    "Addresses",
    "HostNotFoundError",
    "LookUpError",
    "OfflineError",
    "UnreachableError",
    "connect",
    "look_up",
    "speaks_tls",
    "wire_host",
]

Addresses = Sequence[tuple[socket.AddressFamily, tuple[str, int]]]
"""Where a host can be reached, in the order to try."""

_Outcome = tuple[socket.socket | None, OSError | None]
"""A connection, or what is most worth saying of why there is none."""
_HEAD_START = 0.25
"""Seconds between the starts of two attempts (RFC 8305 section 5)."""
_NO_SUCH_HOST = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_UNREACHABLE = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
)


class HostNotFoundError(OSError):
    """The name exists nowhere."""


class OfflineError(OSError):
    """No network leads out of this machine at present."""


class LookUpError(OSError):
    """There is a network, but whoever knows the name does not answer (SERVFAIL)."""


class UnreachableError(OSError):
    """There is a network, but no way to any of the host's addresses, such as without IPv6."""


def wire_host(host: str) -> str:
    """Return the host as it is looked up and compared with the certificate; raises HostNotFoundError."""
    bare = host.strip().removesuffix(".")
    if bare.isascii():
        return bare.lower()
    try:
        return domain_to_ascii(bare)
    except AddressError as error:
        raise HostNotFoundError(host) from error


async def look_up(host: str, port: int, limit: float) -> Addresses:
    """Return the addresses of `host`, families alternating (RFC 8305 section 4).

    Raises HostNotFoundError, LookUpError, OfflineError, or TimeoutError after `limit` seconds.
    """
    with contextlib.suppress(ValueError):
        family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET
        return [(family, (host, port))]
    try:
        found = await call_with_limit(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), limit)
    except socket.gaierror as error:
        # macOS and Windows say "no such name" when there is no network at all.
        if not _has_network():
            raise OfflineError(host) from error
        kind = HostNotFoundError if error.errno in _NO_SUCH_HOST else LookUpError
        raise kind(host) from error
    except UnicodeError as error:
        raise HostNotFoundError(host) from error
    by_family: dict[socket.AddressFamily, list[tuple[socket.AddressFamily, tuple[str, int]]]] = {}
    for family, _, _, _, address in found:
        by_family.setdefault(family, []).append((family, (str(address[0]), port)))
    rounds = zip_longest(*by_family.values())
    return [entry for entry in chain.from_iterable(rounds) if entry is not None]


async def connect(addresses: Addresses, limit: float) -> socket.socket:
    """Return a socket connected to the first address that answers; the others get a late start, not a late end.

    Raises OfflineError or UnreachableError where no network leads there, ConnectionRefusedError or another
    OSError where the host does not want, TimeoutError after `limit` seconds.
    """
    async with asyncio.timeout(limit):
        connected, failure = await (_only(addresses[0]) if len(addresses) == 1 else _first(addresses))
    if connected is not None:
        return connected
    if failure is not None:
        raise failure
    raise UnreachableError if _has_network() else OfflineError


async def speaks_tls(address: tuple[str, int], host: str, tls: ssl.SSLContext, limit: float) -> bool:
    """Whether a new connection there answers a TLS greeting at once; a refused certificate is an answer too."""
    try:
        async with asyncio.timeout(limit):
            transport, _ = await asyncio.get_running_loop().create_connection(
                asyncio.Protocol, address[0], address[1], ssl=tls, server_hostname=host
            )
    except ssl.SSLCertVerificationError:
        return True
    except (OSError, TimeoutError):
        return False
    transport.abort()
    return True


async def _only(address: tuple[socket.AddressFamily, tuple[str, int]]) -> _Outcome:
    """Try the one address of most hosts, at the cost of no task."""
    try:
        return await _connect_one(*address), None
    except OSError as error:
        return None, _telling(error)


async def _first(addresses: Addresses) -> _Outcome:
    waiting = list(addresses)
    running: set[asyncio.Task[socket.socket]] = set()
    failure: OSError | None = None
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.create_task(_connect_one(*waiting.pop(0))))
            done, running = await asyncio.wait(
                running, timeout=_HEAD_START if waiting else None, return_when=asyncio.FIRST_COMPLETED
            )
            connected, errors = _outcomes(done)
            if connected is not None:
                return connected, None
            failure = next(filter(_telling, errors), failure)
    finally:
        await _give_up(running)
    return None, failure


def _telling(error: OSError) -> OSError | None:
    """Return an error that says more than "unreachable", which may be true of one family's addresses only."""
    return None if error.errno in _UNREACHABLE else error


async def _connect_one(family: socket.AddressFamily, address: tuple[str, int]) -> socket.socket:
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(0)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(connection, address)
    except BaseException:
        connection.close()
        raise
    return connection


def _outcomes(done: set[asyncio.Task[socket.socket]]) -> tuple[socket.socket | None, list[OSError]]:
    """Return one connected socket, the others closed, and the errors of attempts that failed."""
    connected: socket.socket | None = None
    errors: list[OSError] = []
    for task in done:
        error = task.exception()
        if error is None:
            if connected is not None:
                task.result().close()
            else:
                connected = task.result()
        elif isinstance(error, OSError):
            errors.append(error)
        else:
            raise error
    return connected, errors


async def _give_up(running: set[asyncio.Task[socket.socket]]) -> None:
    for task in running:
        task.cancel()
    for result in await asyncio.gather(*running, return_exceptions=True):
        if isinstance(result, socket.socket):
            result.close()


def _has_network() -> bool:
    """Whether any route leads out of this machine; connecting a datagram socket sends nothing."""
    for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
            return True
    return False
