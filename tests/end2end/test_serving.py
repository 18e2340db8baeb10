"""The organisation's policies behind real web servers, set up as docs/deployment.md says."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import http.client
import os
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from app.address import Address
from app.errors import PolicyError, Problem, Reason
from app.policy.evaluate import PolicyState
from app.policy.source import Fetched, NotModified, PolicySource, source_for
from app.policy.watch import MemoryPolicies, PolicyWatch
from tests.app.policy.documents import PERSON, data, gateway_policy
from tests.app.policy.signers import ORG
from tests.servers.relay import Relay
from tests.servers.web import Apache, Nginx, WebServer

SHA256 = hashlib.sha256(str(PERSON).encode()).hexdigest()
STRANGER = Address.parse("andere@beispiel.example")
LARGE = {"unknown": "x" * 150_000}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return str(file)


@pytest.fixture(scope="module")
def nginx(authority: trustme.CA) -> Iterator[Nginx]:
    with Nginx(authority) as server:
        yield server


@pytest.fixture(scope="module")
def apache(authority: trustme.CA) -> Iterator[Apache]:
    with Apache(authority) as server:
        yield server


@pytest.fixture(
    params=[
        pytest.param("nginx", marks=pytest.mark.system("nginx")),
        pytest.param("apache", marks=pytest.mark.system("apache")),
    ]
)
def server(request: pytest.FixtureRequest) -> WebServer:
    """Each server that is documented, with an empty folder."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, WebServer)
    for file in found.documents.iterdir():
        file.unlink()
    return found


def publish(server: WebServer, content: bytes, person: Address = PERSON) -> Path:
    """Put a person's document in place in one step, as the exporter does."""
    file = server.documents / f"{hashlib.sha256(str(person).encode()).hexdigest()}.json"
    fresh = file.with_suffix(".new")
    fresh.write_bytes(content)
    fresh.chmod(0o644)
    fresh.replace(file)
    return file


def signed(*, allow: bool, serial: int) -> bytes:
    return ORG.signs(data(gateway_policy(allow), serial=serial))


async def refusal(source: PolicySource, etag: str = "") -> Problem:
    with pytest.raises(PolicyError) as caught:
        await source.fetch(etag)
    return caught.value.problem


def asked(server: WebServer, path: str, ca_file: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Return the status, headers and body that any program gets."""
    connection = http.client.HTTPSConnection(
        "localhost", server.port, timeout=20, context=ssl.create_default_context(cafile=ca_file)
    )
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


async def test_a_program_gets_its_signed_document_once_and_then_only_hears_that_it_still_holds(
    server: WebServer, ca_file: str
) -> None:
    store, at = MemoryPolicies(), datetime.now(UTC)
    watch = PolicyWatch(
        store, source_for(server.source, PERSON, ca_file), PERSON, now=lambda: datetime.now(UTC), keys=(ORG.key,)
    )
    publish(server, signed(allow=True, serial=7))
    policy = await watch.refresh()
    assert (policy.state, policy.allows_gateways, policy.problem) == (PolicyState.FRESH, True, None)
    kept = next(iter(store.kept.values()))
    assert kept.etag
    again = await watch.refresh()
    assert policy.checked_at is not None
    assert again.checked_at is not None
    assert again.checked_at > policy.checked_at >= at
    assert isinstance(await source_for(server.source, PERSON, ca_file).fetch(kept.etag), NotModified)
    publish(server, signed(allow=False, serial=8))
    revoked = await watch.refresh()
    assert (revoked.state, revoked.allows_gateways) == (PolicyState.FRESH, False)


async def test_whoever_was_not_exported_has_no_policy(server: WebServer, ca_file: str) -> None:
    publish(server, signed(allow=True, serial=7))
    problem = await refusal(source_for(server.source, STRANGER, ca_file))
    assert problem.reason is Reason.POLICY_NOT_FOUND


def test_documents_say_what_they_are_and_that_no_cache_may_use_them_unasked(server: WebServer, ca_file: str) -> None:
    content = signed(allow=True, serial=7)
    publish(server, content)
    status, headers, body = asked(server, f"/{SHA256}.json", ca_file)
    assert (status, body) == (200, content)
    assert (headers["content-type"], headers["cache-control"]) == ("application/json", "no-cache")
    status, again, body = asked(server, f"/{SHA256}.json", ca_file, If_None_Match=headers["etag"])
    assert (status, body) == (304, b"")
    assert (again["etag"], again["cache-control"]) == (headers["etag"], "no-cache")


@pytest.mark.parametrize(
    "path", ["/", "/index.json", f"/{SHA256}.new", f"/{SHA256.upper()}.json", "/../chain.pem", "/x/"]
)
def test_nothing_but_documents_is_served(server: WebServer, ca_file: str, path: str) -> None:
    publish(server, b"{}").with_name("index.json").write_bytes(b"{}")
    (server.documents / f"{SHA256}.new").write_bytes(b"{}")
    (server.documents / "x").mkdir(exist_ok=True)
    try:
        status, _, body = asked(server, path, ca_file)
    finally:
        (server.documents / "x").rmdir()
    assert status in {400, 403, 404}
    assert SHA256.encode() not in body


# What an administrator may add to the documented server


@asynccontextmanager
async def nginx_with(
    authority: trustme.CA, ca_file: str, line: str, content: bytes = b""
) -> AsyncIterator[tuple[Nginx, PolicySource]]:
    place = "location / { return 404; }"
    with Nginx(authority, changes={place: f"{line}\n{place}"}) as server:
        publish(server, content or signed(allow=True, serial=7))
        yield server, source_for(server.source, PERSON, ca_file)


@pytest.mark.system("nginx")
async def test_a_server_that_compresses_for_others_does_not_for_the_program(
    authority: trustme.CA, ca_file: str
) -> None:
    content = data(gateway_policy(True), **LARGE)
    async with nginx_with(authority, ca_file, "gzip on; gzip_types *;", content) as (server, source):
        _, headers, body = asked(server, f"/{SHA256}.json", ca_file, Accept_Encoding="gzip")
        assert (headers["content-encoding"], gzip.decompress(body)) == ("gzip", content)
        found = await source.fetch("")
        assert isinstance(found, Fetched)
        assert found.data == content
        assert isinstance(await source.fetch(found.etag), NotModified)


@pytest.mark.system("nginx")
async def test_a_server_that_compresses_unasked_is_refused(authority: trustme.CA, ca_file: str) -> None:
    async with nginx_with(authority, ca_file, "gzip_static always;") as (server, source):
        (server.documents / f"{SHA256}.json.gz").write_bytes(gzip.compress(signed(allow=True, serial=7)))
        problem = await refusal(source)
    assert (problem.reason, problem.fact("detail")) == (Reason.POLICY_NOT_JSON, "it is compressed")


@pytest.mark.system("nginx")
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("return 301 https://cdn.beispiel.example$request_uri;", Reason.POLICY_REDIRECT),
        ("return 302 http://localhost$request_uri;", Reason.POLICY_REDIRECT),
        ("return 503;", Reason.POLICY_HTTP_STATUS),
        ("auth_basic policy; auth_basic_user_file /dev/null;", Reason.POLICY_HTTP_STATUS),
        ('return 200 "<html>";', Reason.POLICY_HTML),
    ],
)
async def test_other_answers_are_refused_with_their_reason(
    authority: trustme.CA, ca_file: str, line: str, reason: Reason
) -> None:
    async with nginx_with(authority, ca_file, line) as (_, source):
        assert (await refusal(source)).reason is reason


@pytest.mark.system("nginx")
async def test_a_path_that_cannot_be_guessed_keeps_strangers_out(authority: trustme.CA, ca_file: str) -> None:
    with Nginx(authority, changes={'"^/[0-9a-f]': '"^/K3Q/[0-9a-f]'}) as server:
        (server.documents / "K3Q").mkdir()
        publish(server, signed(allow=True, serial=7)).rename(server.documents / "K3Q" / f"{SHA256}.json")
        found = await source_for(f"{server.url}/K3Q/{{email_sha256}}.json", PERSON, ca_file).fetch("")
        assert isinstance(found, Fetched)
        for path in (f"/{SHA256}.json", "/K3Q/", "/"):
            assert asked(server, path, ca_file)[0] == 404


@pytest.mark.system("nginx")
async def test_a_document_that_is_replaced_while_it_is_fetched_arrives_whole(
    authority: trustme.CA, ca_file: str
) -> None:
    old, new = (data(gateway_policy(allow), serial=serial, **LARGE) for allow, serial in ((True, 7), (False, 8)))
    # Slow enough to be caught in the middle.
    async with nginx_with(authority, ca_file, "limit_rate 200k;", old) as (server, _), Relay(server.port) as relay:
        source = source_for(f"https://localhost:{relay.port}/{{email_sha256}}.json", PERSON, ca_file)
        fetch = asyncio.create_task(source.fetch(""))
        await _begun(relay)
        publish(server, new)
        assert not fetch.done()
        first, second = await fetch, await source_for(server.source, PERSON, ca_file).fetch("")
    assert isinstance(first, Fetched)
    assert isinstance(second, Fetched)
    assert (first.data, second.data) == (old, new)
    assert first.etag != second.etag


@pytest.mark.system("nginx")
async def test_a_document_that_is_written_over_while_it_is_fetched_is_never_half_accepted(
    authority: trustme.CA, ca_file: str
) -> None:
    slow = nginx_with(authority, ca_file, "limit_rate 200k;", signed_large(7))
    async with slow as (server, _), Relay(server.port) as relay:
        source = source_for(f"https://localhost:{relay.port}/{{email_sha256}}.json", PERSON, ca_file)
        watch = PolicyWatch(MemoryPolicies(), source, PERSON, now=lambda: datetime.now(UTC), keys=(ORG.key,))
        refresh = asyncio.create_task(watch.refresh())
        await _begun(relay)
        (server.documents / f"{SHA256}.json").write_bytes(signed_large(8))
        policy = await refresh
    assert (policy.state, policy.allows_gateways) == (PolicyState.UNKNOWN, False)
    assert policy.problem is not None
    assert policy.problem.reason in {Reason.POLICY_BAD_SIGNATURE, Reason.POLICY_UNREACHABLE}


def signed_large(serial: int) -> bytes:
    return ORG.signs(data(gateway_policy(True), serial=serial, **LARGE))


async def _begun(relay: Relay) -> None:
    """Wait until a part of a document has come through, and not the whole."""
    await relay.has_passed(20_000)
    assert relay.wires[0].received < 140_000


@pytest.mark.system("nginx")
async def test_files_that_are_dated_alike_hide_a_change_from_nginx(nginx: Nginx, ca_file: str) -> None:
    """The reason for the advice on dates: nginx knows a file by its second and its size."""
    source = source_for(nginx.source, PERSON, ca_file)
    file = publish(nginx, signed(allow=True, serial=7))
    os.utime(file, (1e9, 1e9))
    found = await source.fetch("")
    assert isinstance(found, Fetched)
    file = publish(nginx, signed(allow=True, serial=8))
    later = file.stat()
    os.utime(file, (1e9, 1e9))
    assert isinstance(await source.fetch(found.etag), NotModified)
    os.utime(file, (later.st_atime, later.st_mtime))
    assert isinstance(await source.fetch(found.etag), Fetched)
