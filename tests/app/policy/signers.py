"""Signers for tests: people with keys who sign with cryptography alone, as an independent program would."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.policy.signature import PinnedKey
from tests.app.policy.documents import data, gateway_policy

DOCUMENT = data(gateway_policy(True))


def b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


@dataclass(frozen=True)
class Signer:
    """Somebody with a key."""

    private: Ed25519PrivateKey

    @property
    def key(self) -> PinnedKey:
        return PinnedKey(self.private.public_key().public_bytes_raw())

    @property
    def pem(self) -> bytes:
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def signs(self, payload: bytes = DOCUMENT, **header: Any) -> bytes:
        """Return the payload signed; `header` replaces fields of the header, or removes them for an ellipsis."""
        fields = {"alg": "EdDSA", "typ": "absender-policy+jws", "kid": self.key.id} | header
        return self.signs_raw(json.dumps({name: value for name, value in fields.items() if value is not ...}), payload)

    def signs_raw(self, header: str, payload: bytes = DOCUMENT) -> bytes:
        """Return the payload signed under a header written by hand."""
        covered = f"{b64(header.encode())}.{b64(payload)}"
        return f"{covered}.{b64(self.private.sign(covered.encode()))}".encode()


def _signer(seed: bytes) -> Signer:
    return Signer(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed).digest()))


ORG, NEXT, OTHER = map(_signer, (b"organisation", b"next", b"other"))
