"""TLS for mail servers: always verified, and a certificate's fault named by its cause."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from app.delivery.replies import clean_text
from app.errors import Reason, SetupError

__all__ = ["Certificate", "certificate_reason", "describe_certificate", "tls_context", "tls_fault"]

# X509_V_ERR_* of OpenSSL's x509_vfy.h.
_CERTIFICATE_REASONS: Mapping[int, Reason] = {
    7: Reason.SERVER_CERT_UNKNOWN_CA,  # the signature does not fit
    9: Reason.SERVER_CERT_NOT_YET_VALID,
    10: Reason.SERVER_CERT_EXPIRED,
    18: Reason.SERVER_CERT_SELF_SIGNED,
    19: Reason.SERVER_CERT_UNKNOWN_CA,  # a self-signed certificate in the chain
    20: Reason.SERVER_CERT_UNKNOWN_CA,
    21: Reason.SERVER_CERT_UNKNOWN_CA,
    62: Reason.SERVER_CERT_WRONG_HOST,
    64: Reason.SERVER_CERT_WRONG_HOST,  # an IP address that the certificate does not name
    66: Reason.SERVER_CERT_WEAK,
    67: Reason.SERVER_CERT_WEAK,
    68: Reason.SERVER_CERT_WEAK,
}
# What OpenSSL says when the other side's first octets are no TLS record.
_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"})


@dataclass(frozen=True, slots=True)
class Certificate:
    """The verified certificate of a server, in words for people. Foreign text."""

    names: tuple[str, ...]
    issuer: str
    expires: str


def tls_context(extra_ca: str = "") -> ssl.SSLContext:
    """Return a context that verifies chain and host name, from TLS 1.2 on.

    `extra_ca` names a PEM file with authorities to trust beside the system's. No session keys are logged,
    whatever SSLKEYLOGFILE says. Raises SetupError for a file that cannot be read or holds no certificate.
    """
    # Not create_default_context(): that honours SSLKEYLOGFILE, with which passwords on the wire can be read.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False  # names are in subjectAltName (RFC 9525 section 2)
    context.load_default_certs()
    if extra_ca:
        try:
            context.load_verify_locations(cafile=extra_ca)
        except OSError as error:
            raise SetupError.because(Reason.POLICY_CA_UNREADABLE, file=extra_ca) from error
    return context


def certificate_reason(error: BaseException) -> tuple[Reason, str] | None:
    """Return why a certificate was refused, with OpenSSL's words, whichever exception brings it; else None."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = _CERTIFICATE_REASONS.get(cause.verify_code, Reason.SERVER_CERT_UNKNOWN_CA)
            return reason, clean_text(cause.verify_message)
    return None


def tls_fault(error: BaseException) -> tuple[bool, str] | None:
    """Return whether the other side spoke no TLS at all, with OpenSSL's words; None for no TLS error."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            reason = cause.reason or ""
            return reason in _NOT_TLS, clean_text(reason.replace("_", " ").lower() or str(cause))
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


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _flatten(name: tuple[tuple[tuple[str, str], ...], ...]) -> dict[str, str]:
    """Return an X.501 name, as `getpeercert` nests it, by its attributes."""
    return {key: value for relative in name for key, value in relative}
