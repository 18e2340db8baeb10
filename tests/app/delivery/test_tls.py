"""Certificates are always verified, and each fault of one has its own name.

C14 does not apply: Python's ssl asks no OCSP server and loads no revocation lists, so nothing here claims to know.
"""

import datetime as dt
import random
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import cast

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from app.address import has_hidden_characters
from app.delivery import tls
from app.delivery.smtp import Session, SessionError
from app.delivery.tls import certificate_reason, tls_context, tls_reason
from app.delivery.verdict import TryLater
from app.errors import Problem, Reason, SetupError
from app.profile import PasswordSignIn, Security, SmtpServer
from app.storage.keychain import Secret
from tests.servers.exchange import LIMITS, PASSWORD, authority
from tests.servers.scripted import Authority, Polite, ScriptedServer, scripted
from ui.messages import explain

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
_SHA256_RSA = bytes.fromhex("2a864886f70d01010b")  # sha256WithRSAEncryption
_SHA1_RSA = bytes.fromhex("2a864886f70d010105")


def _certificate(
    *,
    key: PrivateKey | None = None,
    names: tuple[str, ...] = ("localhost",),
    common_name: str = "x",
    self_signed: bool = False,
) -> tuple[x509.Certificate, PrivateKey]:
    """Return a certificate of the usual authority or of its own, for cases that trustme does not make."""
    own = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    authority_key = serialization.load_pem_private_key(authority().ca.private_key_pem.bytes(), None)
    assert isinstance(authority_key, ec.EllipticCurvePrivateKey)
    authority_certificate = x509.load_pem_x509_certificate(authority().ca.cert_pem.bytes())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if self_signed else authority_certificate.subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
    )
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False
        )
    return builder.sign(own if self_signed else authority_key, hashes.SHA256()), own


def _server_context(certificate: x509.Certificate, key: PrivateKey, folder: Path) -> ssl.SSLContext:
    file = folder / "server.pem"
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + certificate.public_bytes(pem)
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(file)
    return context


def _weakly_signed(folder: Path) -> ssl.SSLContext:
    """Return a server whose certificate is signed with SHA-1, which no library here makes any more."""
    key = serialization.load_pem_private_key(_rsa_authority().private_key_pem.bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    leaf = _rsa_authority().issue_cert("localhost", key_type=trustme.KeyType.RSA)
    proper = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes())
    signed = proper.tbs_certificate_bytes.replace(_SHA256_RSA, _SHA1_RSA)
    der = proper.public_bytes(serialization.Encoding.DER).replace(proper.tbs_certificate_bytes, signed)
    der = der.replace(_SHA256_RSA, _SHA1_RSA)
    der = der.replace(proper.signature, key.sign(signed, padding.PKCS1v15(), hashes.SHA1()))
    own = serialization.load_pem_private_key(leaf.private_key_pem.bytes(), None)
    assert isinstance(own, rsa.RSAPrivateKey)
    return _server_context(x509.load_der_x509_certificate(der), own, folder)


@cache
def _rsa_authority() -> trustme.CA:
    return trustme.CA(key_type=trustme.KeyType.RSA)


def _long_chain(folder: Path) -> ssl.SSLContext:
    issuer = _deep_authority()
    for _ in range(17):
        issuer = issuer.create_child_ca()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issuer.issue_cert("localhost").configure_cert(context)
    return context


@cache
def _deep_authority() -> trustme.CA:
    return trustme.CA(path_length=30)


def _large(kilobytes: int) -> Callable[[Path], ssl.SSLContext]:
    names = [f"{number:02}{'x' * 60}.{'y' * 60}.example" for number in range(kilobytes * 1024 // 130)]
    return _issued("localhost", *names)


def _shows_its_root(folder: Path) -> ssl.SSLContext:
    stranger = trustme.CA(organization_name="Fremde CA")
    leaf = stranger.issue_cert("localhost")
    file = folder / "server.pem"
    file.write_bytes(leaf.private_key_and_cert_chain_pem.bytes() + stranger.cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def _issued(
    *names: str, not_before: dt.datetime | None = None, not_after: dt.datetime | None = None
) -> Callable[[Path], ssl.SSLContext]:
    def make(folder: Path) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf = authority().ca.issue_cert(*(names or ("localhost",)), not_before=not_before, not_after=not_after)
        leaf.configure_cert(context)
        return context

    return make


def _self_signed(folder: Path) -> ssl.SSLContext:
    return _server_context(*_certificate(self_signed=True), folder)


def _weak(folder: Path) -> ssl.SSLContext:
    return _server_context(*_certificate(key=rsa.generate_private_key(65537, 1024)), folder)


def _common_name_only(folder: Path) -> ssl.SSLContext:
    return _server_context(*_certificate(names=(), common_name="localhost"), folder)


def _stranger(folder: Path) -> ssl.SSLContext:
    return Authority().certify()


FAULTS = {
    "expired": (_issued(not_after=NOW - DAY), Reason.SERVER_CERT_EXPIRED, "C1"),
    "not yet valid": (_issued(not_before=NOW + DAY), Reason.SERVER_CERT_NOT_YET_VALID, "C2"),
    "another host": (_issued("mail.partnerdomain.example"), Reason.SERVER_CERT_WRONG_HOST, "C3"),
    "self-signed": (_self_signed, Reason.SERVER_CERT_SELF_SIGNED, "C5"),
    "unknown authority": (_stranger, Reason.SERVER_CERT_UNKNOWN_CA, "C6"),
    "unknown authority, shown": (_shows_its_root, Reason.SERVER_CERT_UNKNOWN_CA, "C6"),
    "weak key": (_weak, Reason.SERVER_CERT_WEAK, "C7"),
    "weak signature": (_weakly_signed, Reason.SERVER_CERT_WEAK, "C8"),
    "common name only": (_common_name_only, Reason.SERVER_CERT_WRONG_HOST, "C9"),
    "wildcard without a label": (_issued("*.localhost"), Reason.SERVER_CERT_WRONG_HOST, "C10"),
    "long chain": (_long_chain, Reason.SERVER_CERT_TOO_LONG, "C13"),
    "large": (_large(66), Reason.SERVER_CERT_TOO_LONG, "C13"),
    "larger than is read": (_large(110), Reason.SERVER_CERT_TOO_LONG, "C13"),
}


@cache
def _trust() -> ssl.SSLContext:
    """Return the client's usual context with trust in every authority that is not a stranger."""
    context = tls_context()
    for trusted in (authority().ca, _rsa_authority(), _deep_authority()):
        trusted.configure_trust(context)
    return context


async def _refused(running: ScriptedServer, host: str = "localhost") -> Problem:
    """Return why no session is opened; the server has seen no sign-in, and it is tried again later."""
    server = SmtpServer(host, running.port, running.security, "nutzer", PasswordSignIn())
    with pytest.raises(SessionError) as failed:
        await Session.open(server, Secret(PASSWORD), tls=_trust(), limits=LIMITS)
    assert isinstance(failed.value.as_verdict(), TryLater)
    assert not running.credentials_seen
    assert failed.value.problem.fact("host") == host
    return failed.value.problem


@pytest.mark.parametrize(
    "fault", [pytest.param(name, marks=pytest.mark.case(case)) for name, (_, _, case) in FAULTS.items()]
)
async def test_a_faulty_certificate_is_named_and_gets_no_credentials(
    fault: str, implicit: bool, tmp_path: Path
) -> None:
    make, reason, _ = FAULTS[fault]
    async with scripted(Polite(), make(tmp_path), is_implicit=implicit) as running:
        problem = await _refused(running)
    assert problem.reason is reason
    assert problem.fact("detail")


@pytest.mark.case("C1")
async def test_a_refused_certificate_is_told_with_names_issuer_and_dates(implicit: bool) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf = authority().ca.issue_cert("a.example", "127.0.0.1", not_before=NOW - 2 * DAY, not_after=NOW - DAY)
    leaf.configure_cert(context)
    async with scripted(Polite(), context, is_implicit=implicit) as running:
        problem = await _refused(running)
    assert problem.fact("names") == "a.example, 127.0.0.1"
    assert problem.fact("issuer") == "Beispiel CA"
    assert dt.datetime.fromisoformat(problem.fact("begins_at")) == (NOW - 2 * DAY).replace(microsecond=0)
    assert dt.datetime.fromisoformat(problem.fact("expires_at")) == (NOW - DAY).replace(microsecond=0)
    assert "issued by Beispiel CA" in explain(problem).server_said


@pytest.mark.case("C2")
def test_a_certificate_from_the_future_may_be_a_wrong_clock() -> None:
    assert "date and time" in explain(Problem.of(Reason.SERVER_CERT_NOT_YET_VALID)).next_step


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        pytest.param(66, Reason.SERVER_CERT_WEAK, marks=pytest.mark.case("C7")),
        pytest.param(67, Reason.SERVER_CERT_WEAK, marks=pytest.mark.case("C7")),
        pytest.param(68, Reason.SERVER_CERT_WEAK, marks=pytest.mark.case("C8")),
        pytest.param(22, Reason.SERVER_CERT_TOO_LONG, marks=pytest.mark.case("C13")),
        (7, Reason.SERVER_CERT_UNKNOWN_CA),
        (24, Reason.SERVER_CERT_UNKNOWN_CA),
    ],
)
def test_the_codes_of_openssl_have_their_reasons(code: int, reason: Reason) -> None:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, "for this reason"
    assert certificate_reason(error) == (reason, {"detail": "for this reason"})


@contextmanager
def _old_server(*, implicit: bool) -> Iterator[int]:
    """Run a server for one connection that speaks TLS 1.1 at most and, unlike asyncio's, says so in an alert."""
    old = authority().certify()
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("DEFAULT:@SECLEVEL=0")

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            for said in () if implicit else (b"220 ready\r\n", b"250-mail.example\r\n250 STARTTLS\r\n", b"220 go\r\n"):
                connection.sendall(said)
                if not said.startswith(b"220 go"):
                    connection.recv(1000)
            with suppress(ssl.SSLError):
                old.wrap_socket(connection, server_side=True)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        server = threading.Thread(target=serve, args=(listener,))
        server.start()
        yield listener.getsockname()[1]
        server.join()


@pytest.mark.case("C11")
async def test_old_tls_versions_are_not_spoken(implicit: bool) -> None:
    with _old_server(implicit=implicit) as port:
        server = SmtpServer("localhost", port, Security.SSL if implicit else Security.STARTTLS, "nutzer")
        with pytest.raises(SessionError) as failed:
            await Session.open(server, Secret(PASSWORD), tls=_trust(), limits=LIMITS)
    assert failed.value.problem.reason is Reason.SERVER_TLS_TOO_OLD


@pytest.mark.case("C12")
@pytest.mark.parametrize(
    ("host", "label"),
    [("b\u00fccher.example", "xn--bcher-kva.example"), ("fa\u00df.example", "xn--fa-hia.example")],
)
async def test_an_internationalised_host_is_reached_and_compared_as_a_labels(
    host: str, label: str, implicit: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def answer(name: object, port: int, **_: object) -> object:
        asked.append(name)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    async with scripted(Polite(), authority().certify(label), is_implicit=implicit) as running:
        server = SmtpServer(host, running.port, running.security, "nutzer")
        session = await Session.open(server, Secret(PASSWORD), tls=_trust(), limits=LIMITS)
        session.abort()
    assert asked == [label]
    assert session.certificate is not None
    assert session.certificate.names == (label,)
    async with scripted(Polite(), authority().certify("fass.example"), is_implicit=implicit) as running:
        assert (await _refused(running, host)).reason is Reason.SERVER_CERT_WRONG_HOST


@pytest.mark.case("C4")
async def test_an_address_that_the_certificate_does_not_name_is_the_wrong_host(implicit: bool) -> None:
    async with scripted(Polite(), authority().certify("localhost"), is_implicit=implicit) as running:
        assert (await _refused(running, "127.0.0.1")).reason is Reason.SERVER_CERT_WRONG_HOST


async def test_a_certificate_may_name_an_address() -> None:
    async with scripted(Polite(), authority().certify("127.0.0.1"), is_implicit=True) as running:
        server = SmtpServer("127.0.0.1", running.port, Security.SSL, "nutzer")
        session = await Session.open(server, Secret(PASSWORD), tls=authority().trust(), limits=LIMITS)
        session.abort()
        assert session.certificate is not None
        assert session.certificate.names == ("127.0.0.1",)
        assert session.certificate.issuer == "Beispiel CA"


def test_the_context_verifies_chain_and_host_from_tls_1_2_on() -> None:
    context = tls_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_session_keys_are_never_logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    assert tls_context().keylog_filename is None
    assert not (tmp_path / "keys").exists()


def test_an_authority_of_the_organisations_own_is_added(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(authority().ca.cert_pem.bytes())
    added = {str(found["subject"]) for found in tls_context(str(file)).get_ca_certs()}
    assert any("Beispiel CA" in subject for subject in added)


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_an_authority_file_that_cannot_be_used_is_named(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SetupError) as failed:
        tls_context(str(file))
    assert failed.value.problem.fact("file") == str(file)


def test_the_cause_is_found_however_it_is_wrapped() -> None:
    inner = ssl.SSLCertVerificationError(1, "certificate verify failed")
    inner.verify_code, inner.verify_message = 10, "certificate has expired"
    outer = ConnectionError("wrapped")
    outer.__cause__ = inner
    assert certificate_reason(outer) == (Reason.SERVER_CERT_EXPIRED, {"detail": "certificate has expired"})
    assert certificate_reason(ConnectionError()) is None
    assert tls_reason(ConnectionError()) is None


def test_a_forged_certificate_goes_unexplained_and_does_no_harm() -> None:
    proper = ssl.PEM_cert_to_DER_cert(authority().ca.issue_cert("a.example").cert_chain_pems[0].bytes().decode())
    rng = random.Random(11)
    explained = 0
    for _ in range(1500):
        forged = bytearray(proper)
        for _ in range(rng.randrange(1, 4)):
            forged[rng.randrange(len(forged))] = rng.randrange(256)
        facts = tls._facts_of(bytes(forged[: rng.choice((len(forged), rng.randrange(len(forged))))]))
        explained += bool(facts)
        assert all(not has_hidden_characters(text) and len(text) <= 500 for text in facts.values())
    assert 0 < explained < 1500


class _FromPython313:
    def get_unverified_chain(self) -> list[bytes]:
        return [b"leaf", b"issuer"]


def test_the_certificates_shown_are_read_as_each_python_has_them() -> None:
    assert tls._chain(cast("ssl.SSLObject", _FromPython313())) == [b"leaf", b"issuer"]
    assert tls._chain(cast("ssl.SSLObject", object())) == []


@pytest.mark.case("C1")
async def test_a_certificate_that_python_does_not_show_is_refused_all_the_same(
    implicit: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tls, "_chain", lambda _: [])
    async with scripted(Polite(), FAULTS["expired"][0](tmp_path), is_implicit=implicit) as running:
        problem = await _refused(running)
    assert problem.reason is Reason.SERVER_CERT_EXPIRED
    assert problem.fact("issuer") == ""
    assert explain(problem).server_said == ""
