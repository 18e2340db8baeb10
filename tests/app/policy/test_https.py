"""The policy over HTTPS: real servers, well behaved and not, and every failure as its reason."""

import asyncio
import gc
import gzip
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from app.errors import PolicyError, Problem, Reason
from app.policy import source as source_module
from app.policy.document import MAX_BYTES
from app.policy.source import (
    Fetched,
    NotModified,
    PolicySource,
    source_for,
)
from tests.app.policy.documents import PERSON, data, gateway_policy
from tests.app.policy.policy_server import (
    Answer,
    PolicyServer,
    cut_answer,
    document_answer,
    endless_answer,
    raw_answer,
    silent_answer,
    status_answer,
)

DOCUMENT = data(gateway_policy(True))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return str(file)


def tls_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[PolicyServer]:
    with PolicyServer(tls_context(authority.issue_cert("localhost"))) as running:
        yield running


async def refusal(source: PolicySource, etag: str = "") -> Problem:
    with pytest.raises(PolicyError) as caught:
        await source.fetch(etag)
    return caught.value.problem


async def test_a_document_is_fetched_over_https_with_its_etag_and_the_servers_clock(
    server: PolicyServer, ca_file: str
) -> None:
    server.answers["/nutzer%40beispiel.example.json"] = document_answer(DOCUMENT)
    source = source_for(f"{server.url}/{{email}}.json", PERSON, ca_file)
    found = await source.fetch("")
    assert isinstance(found, Fetched)
    assert (found.data, found.etag) == (DOCUMENT, '"one"')
    assert found.server_time is not None
    assert abs((found.server_time - datetime.now(UTC)).total_seconds()) < 60
    assert source.origin == f"{server.url}/nutzer%40beispiel.example.json"


async def test_a_document_that_has_not_changed_is_not_sent_again(server: PolicyServer, ca_file: str) -> None:
    server.answers["/p"] = document_answer(DOCUMENT)
    source = source_for(f"{server.url}/p", PERSON, ca_file)
    assert isinstance(await source.fetch('"one"'), NotModified)
    assert isinstance(await source.fetch('"two"'), Fetched)


async def test_the_request_tells_nothing_but_what_it_must(
    server: PolicyServer, ca_file: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login nutzer password geheim\n")
    netrc.chmod(0o600)
    keylog = tmp_path / "keys"
    for name, value in {
        "NETRC": str(netrc),
        "HTTPS_PROXY": "http://127.0.0.1:1",
        "ALL_PROXY": "http://127.0.0.1:1",
        "SSLKEYLOGFILE": str(keylog),
    }.items():
        monkeypatch.setenv(name, value)
    server.answers["/p"] = document_answer(DOCUMENT, Set_Cookie="a=b")
    source = source_for(f"{server.url}/p", PERSON, ca_file)
    await source.fetch("")
    await source.fetch("")
    for _, headers in server.seen:
        assert {name.lower(): value for name, value in headers.items()} == {
            "host": f"localhost:{server.port}",
            "accept": "application/json",
            "accept-encoding": "identity",
            "connection": "keep-alive",
            "user-agent": "Absender",
        }
    assert not keylog.exists() or "SECRET" not in keylog.read_text()


async def test_plain_http_is_spoken_to_this_machine_only() -> None:
    with PolicyServer(None) as plain:
        plain.answers["/p"] = document_answer(DOCUMENT)
        assert isinstance(await source_for(f"{plain.url}/p", PERSON).fetch(""), Fetched)


@pytest.mark.parametrize(
    ("answer", "reason", "facts"),
    [
        (status_answer(404), Reason.POLICY_NOT_FOUND, {}),
        (status_answer(410), Reason.POLICY_NOT_FOUND, {}),
        (status_answer(403, b"{}"), Reason.POLICY_HTTP_STATUS, {"status": "403"}),
        (status_answer(500, b"<html>"), Reason.POLICY_HTTP_STATUS, {"status": "500"}),
        (status_answer(503), Reason.POLICY_HTTP_STATUS, {"status": "503"}),
        (status_answer(204), Reason.POLICY_HTTP_STATUS, {"status": "204"}),
        (status_answer(206, DOCUMENT), Reason.POLICY_HTTP_STATUS, {"status": "206"}),
        (status_answer(304), Reason.POLICY_HTTP_STATUS, {"status": "304"}),
        (status_answer(200, b"<!doctype html><h1>Hotel</h1>"), Reason.POLICY_HTML, {}),
        (status_answer(200, b"Welcome", Content_Type="Text/HTML; charset=utf-8"), Reason.POLICY_HTML, {}),
        (status_answer(511, b"<html>"), Reason.POLICY_HTML, {}),
        (status_answer(200, DOCUMENT + b" " * MAX_BYTES), Reason.POLICY_TOO_LARGE, {}),
        (endless_answer, Reason.POLICY_TOO_LARGE, {}),
        (
            status_answer(200, gzip.compress(b" " * 10_000_000), Content_Encoding="gzip"),
            Reason.POLICY_NOT_JSON,
            {"detail": "it is compressed"},
        ),
        (cut_answer(DOCUMENT), Reason.POLICY_UNREACHABLE, {}),
        (raw_answer("220 smtp.example ESMTP\r\n"), Reason.POLICY_UNREACHABLE, {}),
        (status_answer(302), Reason.POLICY_REDIRECT, {"target": ""}),
        (status_answer(302, Location="http://[bad"), Reason.POLICY_REDIRECT, {"target": "http://[bad"}),
        (
            status_answer(302, Location="https://login.example/"),
            Reason.POLICY_REDIRECT,
            {"target": "https://login.example/"},
        ),
        (status_answer(301, Location="/again"), Reason.POLICY_REDIRECT, {}),
    ],
)
@pytest.mark.case("P2")
async def test_what_is_no_document_is_refused_with_its_reason(
    server: PolicyServer, ca_file: str, answer: Answer, reason: Reason, facts: dict[str, str]
) -> None:
    server.answers |= {"/p": answer, "/again": answer}
    problem = await refusal(source_for(f"{server.url}/p", PERSON, ca_file))
    assert problem.reason is reason
    assert (problem.fact("host"), problem.fact("source")) == ("localhost", f"{server.url}/p")
    assert {name: problem.fact(name) for name in facts} == facts or facts == {"target": ""}


async def test_redirects_on_the_very_same_server_are_followed(server: PolicyServer, ca_file: str) -> None:
    server.answers |= {
        "/p": status_answer(301, Location="b"),
        "/b": status_answer(307, Location=f"{server.url}/c"),
        "/c": status_answer(302, Location="//localhost:" + server.url.rsplit(":", 1)[1] + "/d"),
        "/d": document_answer(DOCUMENT),
    }
    assert isinstance(await source_for(f"{server.url}/p", PERSON, ca_file).fetch(""), Fetched)


@pytest.mark.case("P2")
async def test_no_redirect_leads_to_another_server_or_out_of_tls(server: PolicyServer, ca_file: str) -> None:
    with PolicyServer(None) as plain:
        plain.answers["/p"] = document_answer(DOCUMENT)
        for target in (
            f"{plain.url}/p",
            f"https://127.0.0.1:{server.port}/p",
            f"https://user@localhost:{server.port}/p",
            "ftp://localhost/p",
            "https://localhost/p",
        ):
            server.answers["/p"] = status_answer(302, Location=target)
            problem = await refusal(source_for(f"{server.url}/p", PERSON, ca_file))
            assert (problem.reason, problem.fact("target")) == (Reason.POLICY_REDIRECT, target)
        assert plain.seen == []


async def test_a_redirect_to_another_port_of_this_machine_is_refused() -> None:
    with PolicyServer(None) as one, PolicyServer(None) as other:
        one.answers["/p"] = status_answer(302, Location=f"{other.url}/p")
        other.answers["/p"] = document_answer(DOCUMENT)
        assert (await refusal(source_for(f"{one.url}/p", PERSON))).reason is Reason.POLICY_REDIRECT
        assert other.seen == []


async def test_a_certificate_of_an_unknown_authority_is_refused(server: PolicyServer) -> None:
    server.answers["/p"] = document_answer(DOCUMENT)
    problem = await refusal(source_for(f"{server.url}/p", PERSON))
    assert problem.reason is Reason.POLICY_TLS
    assert problem.fact("host") == "localhost"
    assert "issuer" in problem.fact("detail") or "self-signed" in problem.fact("detail")
    assert server.seen == []


async def test_a_certificate_for_another_host_is_refused(authority: trustme.CA, ca_file: str) -> None:
    with PolicyServer(tls_context(authority.issue_cert("policy.example"))) as server:
        problem = await refusal(source_for(f"{server.url}/p", PERSON, ca_file))
        assert problem.reason is Reason.POLICY_TLS
        assert "localhost" in problem.fact("detail")


async def test_an_expired_certificate_is_refused(authority: trustme.CA, ca_file: str) -> None:
    expired = authority.issue_cert("localhost", not_after=datetime(2020, 1, 1, tzinfo=UTC))
    with PolicyServer(tls_context(expired)) as server:
        problem = await refusal(source_for(f"{server.url}/p", PERSON, ca_file))
        assert problem.reason is Reason.POLICY_TLS
        assert "expired" in problem.fact("detail")


async def test_a_server_that_speaks_no_tls_is_a_tls_failure() -> None:
    with PolicyServer(None) as plain:
        problem = await refusal(source_for(f"https://localhost:{plain.port}/p", PERSON))
    assert problem.reason is Reason.POLICY_TLS


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
async def test_a_ca_file_that_cannot_be_read_is_named(
    server: PolicyServer, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    problem = await refusal(source_for(f"{server.url}/p", PERSON, str(file)))
    assert problem == Problem.of(Reason.POLICY_CA_UNREADABLE, file=file)


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"https://localhost:{reserved.getsockname()[1]}/p"
        problem = await refusal(source_for(url, PERSON))
    assert problem == Problem.of(Reason.POLICY_UNREACHABLE, source=url, host="localhost")


async def test_a_host_that_does_not_resolve_is_unreachable() -> None:
    problem = await refusal(source_for("https://policy.invalid/p", PERSON))
    assert (problem.reason, problem.fact("host")) == (Reason.POLICY_UNREACHABLE, "policy.invalid")


async def test_a_server_that_does_not_answer_is_given_up(
    server: PolicyServer, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "TIME_LIMIT", 0.2)
    release = threading.Event()
    server.answers["/p"] = silent_answer(release)
    problem = await refusal(source_for(f"{server.url}/p", PERSON, ca_file))
    release.set()
    assert (problem.reason, problem.fact("host")) == (Reason.POLICY_TIMEOUT, "localhost")


@pytest.mark.parametrize("etag", ["x" * 257, '"ü"', '"a\tb"'])
async def test_an_etag_that_could_not_be_sent_back_is_forgotten(server: PolicyServer, ca_file: str, etag: str) -> None:
    server.answers["/p"] = document_answer(DOCUMENT, etag)
    found = await source_for(f"{server.url}/p", PERSON, ca_file).fetch("")
    assert isinstance(found, Fetched)
    assert found.etag == ""


@pytest.mark.parametrize("date", ["yesterday", "", "Thu, 01 Jan 1970 00:00:00"])
async def test_a_clock_that_says_nothing_is_not_noted(server: PolicyServer, ca_file: str, date: str) -> None:
    server.answers["/p"] = raw_answer(f"HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Length: 2\r\n\r\n{{}}")
    found = await source_for(f"{server.url}/p", PERSON, ca_file).fetch("")
    assert isinstance(found, Fetched)
    assert found.server_time is None


async def test_nothing_of_an_answer_that_was_cut_off_is_left_to_the_garbage_collector(
    server: PolicyServer, ca_file: str
) -> None:
    # asyncio's own loop would end what is left; Qt's does not, and what is left then fails there.
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(firstiter=None, finalizer=None)
    try:
        server.answers["/p"] = endless_answer
        problem = await refusal(source_for(f"{server.url}/p", PERSON, ca_file))
        gc.collect()
    finally:
        sys.set_asyncgen_hooks(*hooks)
    assert problem.reason is Reason.POLICY_TOO_LARGE


async def test_a_cancelled_fetch_ends_at_once(server: PolicyServer, ca_file: str) -> None:
    release = threading.Event()
    server.answers["/p"] = silent_answer(release)
    task = asyncio.create_task(source_for(f"{server.url}/p", PERSON, ca_file).fetch(""))
    assert await asyncio.to_thread(server.silent.wait, 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()
