"""TLS for mail servers: always verified, and a certificate's fault named by its cause."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from app.authorities import trust_file
from app.delivery.replies import clean_text
from app.errors import Reason, SetupError
from app.limited import call_with_limit

__all__ = ["Certificate", "certificate_reason", "describe_certificate", "tls_context", "tls_reason", "trust"]

# X509_V_ERR_* of OpenSSL's x509_vfy.h.
_CERTIFICATE_REASONS: Mapping[int, Reason] = {
    7: Reason.SERVER_CERT_UNKNOWN_CA,  # the signature does not fit
    9: Reason.SERVER_CERT_NOT_YET_VALID,
    10: Reason.SERVER_CERT_EXPIRED,
    18: Reason.SERVER_CERT_SELF_SIGNED,
    19: Reason.SERVER_CERT_UNKNOWN_CA,  # a self-signed certificate in the chain
    20: Reason.SERVER_CERT_UNKNOWN_CA,
    21: Reason.SERVER_CERT_UNKNOWN_CA,
    22: Reason.SERVER_CERT_TOO_LONG,
    62: Reason.SERVER_CERT_WRONG_HOST,
    64: Reason.SERVER_CERT_WRONG_HOST,  # an IP address that the certificate does not name
    66: Reason.SERVER_CERT_WEAK,
    67: Reason.SERVER_CERT_WEAK,
    68: Reason.SERVER_CERT_WEAK,
}
# What OpenSSL says when the other side's first octets are no TLS record.
_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"})
_TOO_OLD = frozenset({"TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "WRONG_SSL_VERSION", "VERSION_TOO_LOW"})
_TOO_LONG = 22  # X509_V_ERR_CERT_CHAIN_TOO_LONG
_CHAIN_LIMIT = 16
_TRUST_SECONDS = 10.0
"""For the authorities to be read; the system's take 20 ms."""
_CERTIFICATE_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Certificate:
    """The verified certificate of a server, in words for people. Foreign text."""

    names: tuple[str, ...]
    issuer: str
    expires: str


class _Shown(Protocol):
    """A certificate as Python's `_ssl` has it."""

    def public_bytes(self) -> str: ...


class _RefusedCertificateError(ssl.SSLCertVerificationError):
    """A server's certificate was refused; `shown` is that certificate (DER), empty where Python cannot tell."""

    def __init__(self, message: str, code: int, words: str, shown: bytes) -> None:
        super().__init__(1, message)
        self.verify_code = code
        self.verify_message = words
        self.shown = shown


class _Tls(ssl.SSLObject):
    """A connection that keeps a refused certificate, so that its fault can be explained, and limits the chain."""

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except ssl.SSLCertVerificationError as error:
            shown = next(iter(_chain(self)), b"")
            raise _RefusedCertificateError(str(error), error.verify_code, error.verify_message, shown) from error
        chain = _chain(self)
        if len(chain) > _CHAIN_LIMIT or any(len(each) > _CERTIFICATE_LIMIT for each in chain):
            words = "certificate chain too long"
            raise _RefusedCertificateError(words, _TOO_LONG, words, chain[0])


def tls_context(extra_ca: str = "") -> ssl.SSLContext:
    """Return a context that verifies chain and host name, from TLS 1.2 on.

    `extra_ca` names a PEM file with authorities to trust beside the system's. No session keys are logged,
    whatever SSLKEYLOGFILE says. Raises SetupError for a file that cannot be read or holds no certificate.
    """
    # Not create_default_context(): that honours SSLKEYLOGFILE, with which passwords on the wire can be read.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslobject_class = _Tls
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False  # names are in subjectAltName (RFC 9525 section 2)
    context.load_default_certs()
    if extra_ca:
        try:
            trust_file(context, extra_ca)
        except OSError as error:
            raise SetupError.because(Reason.POLICY_CA_UNREADABLE, file=extra_ca) from error
    return context


async def trust(make: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """Return the context that `make` makes, in a thread, because that takes longer than a window may stand still.

    Raises what `make` raises, and SetupError when it takes too long: its file may be on a share that hangs.
    """
    try:
        return await call_with_limit(make, _TRUST_SECONDS)
    except TimeoutError as error:
        raise SetupError.because(Reason.POLICY_CA_UNREADABLE) from error


def certificate_reason(error: BaseException) -> tuple[Reason, dict[str, str]] | None:
    """Return why a certificate was refused, with what is known of it, whichever exception brings it; else None.

    The facts are OpenSSL's words as `detail` and, where the certificate could be read, `names`, `issuer`,
    `begins_at`, `expires_at` (ISO 8601). All foreign text.
    """
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = _CERTIFICATE_REASONS.get(cause.verify_code, Reason.SERVER_CERT_UNKNOWN_CA)
            shown = cause.shown if isinstance(cause, _RefusedCertificateError) else b""
            return reason, {"detail": clean_text(cause.verify_message), **_facts_of(shown)}
        # More than OpenSSL reads at all.
        if isinstance(cause, ssl.SSLError) and cause.reason == "EXCESSIVE_MESSAGE_SIZE":
            return Reason.SERVER_CERT_TOO_LONG, {"detail": "excessive message size"}
    return None


def tls_reason(error: BaseException) -> tuple[Reason, str] | None:
    """Return what a TLS error says of the other side, with OpenSSL's words; None for no TLS error.

    SERVER_WRONG_SECURITY where it spoke no TLS at all, SERVER_TLS_TOO_OLD where none that is safe, else
    SERVER_TLS_FAILED.
    """
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            name = cause.reason or ""
            reason = Reason.SERVER_TLS_TOO_OLD if name in _TOO_OLD else Reason.SERVER_TLS_FAILED
            words = clean_text(name.replace("_", " ").lower() or str(cause))
            return (Reason.SERVER_WRONG_SECURITY if name in _NOT_TLS else reason), words
    return None


def describe_certificate(tls: ssl.SSLObject) -> Certificate:
    """Return the verified certificate of a connection."""
    found = tls.getpeercert() or {}
    # The shapes that Python's documentation of getpeercert() gives; its type says less.
    alternatives = cast("tuple[tuple[str, str], ...]", found.get("subjectAltName", ()))
    names = tuple(clean_text(value) for kind, value in alternatives if kind in {"DNS", "IP Address"})
    issuer = _flatten(cast("tuple[tuple[tuple[str, str], ...], ...]", found.get("issuer", ())))
    authority = issuer.get("organizationName") or issuer.get("commonName", "")
    return Certificate(names, clean_text(authority), clean_text(str(found.get("notAfter", ""))))


def _chain(tls: ssl.SSLObject) -> list[bytes]:
    """Return the certificates the server showed (DER), its own first; none where Python cannot tell."""
    if (public := getattr(tls, "get_unverified_chain", None)) is not None:  # from Python 3.13 on
        return list(public())
    hidden = getattr(getattr(tls, "_sslobj", None), "get_unverified_chain", None)
    found = cast("Callable[[], list[object] | None]", hidden)() if hidden is not None else None
    return [ssl.PEM_cert_to_DER_cert(cast("_Shown", each).public_bytes()) for each in found or ()]


def _facts_of(shown: bytes) -> dict[str, str]:
    """Return what a certificate that was not verified says of itself; nothing where it cannot be read."""
    try:
        return _read(shown)
    except Exception:  # noqa: BLE001 - whatever a forged certificate provokes, it only goes unexplained
        return {}


def _read(shown: bytes) -> dict[str, str]:
    from cryptography import x509

    certificate = x509.load_der_x509_certificate(shown)
    names: list[str] = []
    with contextlib.suppress(x509.ExtensionNotFound):
        listed = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = [str(name.value) for name in listed if isinstance(name, x509.DNSName | x509.IPAddress)]
    issuer = {part.oid: str(part.value) for part in certificate.issuer}
    authority = issuer.get(x509.NameOID.ORGANIZATION_NAME) or issuer.get(x509.NameOID.COMMON_NAME, "")
    return {
        "names": clean_text(", ".join(names)),
        "issuer": clean_text(authority),
        "begins_at": certificate.not_valid_before_utc.isoformat(),
        "expires_at": certificate.not_valid_after_utc.isoformat(),
    }


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _flatten(name: tuple[tuple[tuple[str, str], ...], ...]) -> dict[str, str]:
    """Return an X.501 name, as `getpeercert` nests it, by its attributes."""
    return {key: value for relative in name for key, value in relative}
