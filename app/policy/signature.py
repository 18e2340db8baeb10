"""Signed policy documents: a compact JWS with Ed25519, checked against keys that were pinned beforehand.

The key itself is pinned, and is never taken from a document, a server or a first answer: as text it is as short as
its fingerprint would be. Without a pinned key there is nothing to check a signature with, and TLS alone says where a
document is from; an organisation can thus sign before it has handed out its key.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from app.errors import PolicyError, Reason
from app.policy.document import MAX_BYTES

if TYPE_CHECKING:
    from joserfc.jwk import OKPKey
    from joserfc.jws import JWSRegistry

__all__ = [
    "KEYS_LIMIT",
    "KEY_MAX_BYTES",
    "Opened",
    "PinnedKey",
    "Signer",
    "is_signed",
    "new_private_key",
    "open_document",
    "pinned_keys",
    "sign",
]

KEY_MAX_BYTES = 16 * 1024
"""Of a private key in PEM form; one has about 120."""
KEYS_LIMIT = 2
"""The key in use and the one that comes after it, so that a change of keys leaves nobody out."""
_ALGORITHM = "EdDSA"  # RFC 8037 section 3.1
_TYPE = "absender-policy+jws"  # RFC 7515 section 4.1.9; no other signed thing can be passed off as a policy
_KEY_PREFIX = "ed25519:"
_KEY_BYTES = 32
_COMPACT = re.compile(rb"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]*)")


class _Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that a header may hold: no `crit`, no key, no certificate and no address of one (RFC 7515 section 4.1)."""

    alg: str
    typ: str
    kid: str


@dataclass(frozen=True, slots=True)
class PinnedKey:
    """An Ed25519 public key that somebody decided to trust (RFC 8032 section 5.1.5)."""

    public: bytes

    @classmethod
    def parse(cls, text: str) -> PinnedKey:
        """Return the key that `str` wrote; raises PolicyError (POLICY_BAD_KEY)."""
        stripped = text.strip()
        key = None
        if stripped.startswith(_KEY_PREFIX):
            key = _decoded(stripped.removeprefix(_KEY_PREFIX).encode("utf-8", "replace"))
        if key is None or len(key) != _KEY_BYTES:
            raise PolicyError.because(Reason.POLICY_BAD_KEY, key=stripped[:80])
        return cls(key)

    def __str__(self) -> str:
        return _KEY_PREFIX + _encoded(self.public)

    @property
    def id(self) -> str:
        """The name of the key in a header: its thumbprint (RFC 7638 section 3, RFC 8037 section 2)."""
        members = f'{{"crv":"Ed25519","kty":"OKP","x":"{_encoded(self.public)}"}}'
        return _encoded(hashlib.sha256(members.encode()).digest())


@dataclass(frozen=True, slots=True)
class Opened:
    """A document out of its envelope."""

    payload: bytes
    """The document itself, not yet looked into."""
    signed: bool
    key: PinnedKey | None = None
    """The pinned key that its signature was checked with; None where none is pinned."""


def pinned_keys(texts: Iterable[str]) -> tuple[PinnedKey, ...]:
    """Return the keys; raises PolicyError for what is no key, and for more than two."""
    keys = tuple(dict.fromkeys(PinnedKey.parse(text) for text in texts))
    if len(keys) > KEYS_LIMIT:
        raise PolicyError.because(Reason.POLICY_TOO_MANY_KEYS, limit=KEYS_LIMIT)
    return keys


def is_signed(data: bytes) -> bool:
    """Whether `data` is meant as a signed document: it begins as base64 of a JSON object does."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:2] in {b"ey", b"ew"}


def open_document(data: bytes, keys: tuple[PinnedKey, ...], *, source: str) -> Opened:
    """Return the document in `data`, its signature checked wherever a key is pinned.

    `source` names where it came from. Raises PolicyError: where a key is pinned, for a document that is not signed,
    or not by it; and for a signed one that is malformed, pinned key or not.
    """
    if not is_signed(data):
        if keys:
            raise PolicyError.because(Reason.POLICY_UNSIGNED, source=source)
        return Opened(data, signed=False)
    if len(data) > MAX_BYTES:
        raise PolicyError.because(Reason.POLICY_TOO_LARGE, source=source)
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    header, payload = _parts(text, source)
    if not keys:
        return Opened(payload, signed=True)
    for key in keys:
        if key.id == header.kid:
            return Opened(_verified(text, key, source), signed=True, key=key)
    raise PolicyError.because(Reason.POLICY_OTHER_KEY, source=source, key=header.kid[:80])


def new_private_key() -> tuple[bytes, PinnedKey]:
    """Return a new private key as PEM (PKCS #8, RFC 5958), and the public key to pin."""
    from joserfc.jwk import OKPKey

    key = OKPKey.generate_key("Ed25519", private=True)
    return key.as_pem(private=True), _public(key)


class Signer:
    """A private key that signs one document after the other."""

    def __init__(self, private_key: bytes, *, file: str) -> None:
        """Read the PEM in `private_key`; `file` names where it is from. Raises PolicyError (POLICY_KEY_UNREADABLE)."""
        self._key = _private(private_key, file)
        self._registry = _registry()
        self.public = _public(self._key)

    def sign(self, document: bytes, *, source: str) -> bytes:
        """Return the document signed; the same one gives the same bytes (RFC 8032 section 5.1.6).

        `source` names where it came from. Raises PolicyError: POLICY_TOO_LARGE for what would be refused when it is
        fetched.
        """
        from joserfc import jws

        header = {"alg": _ALGORITHM, "typ": _TYPE, "kid": self.public.id}
        signed = jws.serialize_compact(header, document, self._key, registry=self._registry).encode()
        if len(signed) > MAX_BYTES:
            raise PolicyError.because(Reason.POLICY_TOO_LARGE, source=source)
        return signed


def sign(document: bytes, private_key: bytes, *, source: str, file: str) -> tuple[bytes, PinnedKey]:
    """Return the document signed with the PEM in `private_key`, and the public key to pin.

    `source` and `file` name where document and key are from. Raises PolicyError as `Signer` does.
    """
    signer = Signer(private_key, file=file)
    return signer.sign(document, source=source), signer.public


def _parts(text: bytes, source: str) -> tuple[_Header, bytes]:
    """Return header and payload of a JWS that is written as it should be; raises PolicyError."""

    def wrong(detail: str) -> PolicyError:
        return PolicyError.because(Reason.POLICY_BAD_SIGNATURE, source=source, detail=detail)

    found = _COMPACT.fullmatch(text)
    if found is None:
        raise wrong("it is not three parts of base64url with two dots between them")
    header, payload = _decoded(found[1]), _decoded(found[2])
    if header is None or payload is None or _decoded(found[3]) is None:
        raise wrong("it is cut off or changed")
    try:
        read = msgspec.json.decode(header, type=_Header)
    except (msgspec.MsgspecError, ValueError) as error:
        raise wrong(f"its header is wrong: {error}") from error
    if read.alg != _ALGORITHM:
        raise wrong(f"its algorithm is {read.alg[:40]!r} instead of {_ALGORITHM}")
    if read.typ != _TYPE:
        raise wrong(f"its type is {read.typ[:40]!r} instead of {_TYPE}")
    return read, payload


def _verified(text: bytes, key: PinnedKey, source: str) -> bytes:
    from joserfc import jws
    from joserfc.errors import JoseError
    from joserfc.jwk import OKPKey

    try:
        public = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": _encoded(key.public)})
        return jws.deserialize_compact(text, public, registry=_registry()).payload
    except (JoseError, ValueError) as error:
        detail = "it does not fit the document and the key"
        raise PolicyError.because(Reason.POLICY_BAD_SIGNATURE, source=source, detail=detail) from error


def _registry() -> JWSRegistry:
    """Return the library's rules with our one algorithm and size.

    The library warns of the name EdDSA because it may stand for Ed448, too (RFC 9864 section 1); keys here cannot.
    """
    from joserfc.errors import UnsupportedAlgorithmError
    from joserfc.jwa import JWSAlgModel
    from joserfc.jws import JWSRegistry

    class OneAlgorithm(JWSRegistry):
        max_payload_length = MAX_BYTES

        def get_alg(self, name: str) -> JWSAlgModel:
            if name != _ALGORITHM:
                raise UnsupportedAlgorithmError(name)
            return self.algorithms[name]

    return OneAlgorithm()


def _private(pem: bytes, file: str) -> OKPKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from joserfc.jwk import OKPKey

    wrong = PolicyError.because(
        Reason.POLICY_KEY_UNREADABLE, file=file, detail="it holds no Ed25519 private key in PEM form"
    )
    if len(pem) > KEY_MAX_BYTES:
        raise PolicyError.because(
            Reason.POLICY_KEY_UNREADABLE, file=file, detail=f"it is larger than {KEY_MAX_BYTES // 1024} KiB"
        )
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise wrong from None  # without its cause: a library's error may hold what it was given
    if not isinstance(key, Ed25519PrivateKey):
        raise wrong
    return OKPKey.import_key(pem)


def _public(key: OKPKey) -> PinnedKey:
    return PinnedKey(key.public_key.public_bytes_raw())


def _decoded(text: bytes) -> bytes | None:
    """Return base64url without padding decoded (RFC 7515 section 2); None for any other way to write it."""
    try:
        decoded = base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    return decoded if _encoded(decoded).encode() == text else None


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
