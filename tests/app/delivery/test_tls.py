"""Certificates are always verified, and each fault of one has its own name."""

import datetime as dt
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from app.delivery.smtp import Session, SessionError
from app.delivery.tls import certificate_reason, tls_context, tls_fault
from app.delivery.verdict import TryLater
from app.errors import Reason, SetupError
from app.profile import PasswordSignIn, Security, SmtpServer
from app.storage.keychain import Secret
from tests.servers.exchange import LIMITS, PASSWORD, authority
from tests.servers.scripted import Authority, Polite, scripted

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


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
    "expired": (_issued(not_after=NOW - DAY), Reason.SERVER_CERT_EXPIRED),
    "not yet valid": (_issued(not_before=NOW + DAY), Reason.SERVER_CERT_NOT_YET_VALID),
    "another host": (_issued("mail.partnerdomain.example"), Reason.SERVER_CERT_WRONG_HOST),
    "wildcard without a label": (_issued("*.localhost"), Reason.SERVER_CERT_WRONG_HOST),
    "common name only": (_common_name_only, Reason.SERVER_CERT_WRONG_HOST),
    "self-signed": (_self_signed, Reason.SERVER_CERT_SELF_SIGNED),
    "unknown authority": (_stranger, Reason.SERVER_CERT_UNKNOWN_CA),
    "weak key": (_weak, Reason.SERVER_CERT_WEAK),
}


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.SSL])
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_faulty_certificate_is_named_and_gets_no_credentials(
    fault: str, security: Security, tmp_path: Path
) -> None:
    make, reason = FAULTS[fault]
    async with scripted(Polite(), make(tmp_path), is_implicit=security is Security.SSL) as running:
        server = SmtpServer("localhost", running.port, security, "nutzer", PasswordSignIn())
        with pytest.raises(SessionError) as failed:
            await Session.open(server, Secret(PASSWORD), tls=authority().trust(), limits=LIMITS)
    assert failed.value.problem.reason is reason
    assert failed.value.problem.fact("host") == "localhost"
    assert isinstance(failed.value.as_verdict(), TryLater)
    assert not running.credentials_seen


async def test_an_address_that_the_certificate_does_not_name_is_the_wrong_host() -> None:
    async with scripted(Polite(), authority().certify("localhost"), is_implicit=True) as running:
        server = SmtpServer("127.0.0.1", running.port, Security.SSL, "nutzer")
        with pytest.raises(SessionError) as failed:
            await Session.open(server, Secret(PASSWORD), tls=authority().trust(), limits=LIMITS)
    assert failed.value.problem.reason is Reason.SERVER_CERT_WRONG_HOST


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
    assert certificate_reason(outer) == (Reason.SERVER_CERT_EXPIRED, "certificate has expired")
    assert certificate_reason(ConnectionError()) is None
    assert tls_fault(ConnectionError()) is None
