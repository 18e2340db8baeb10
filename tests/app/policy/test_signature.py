"""Signed documents: what a pinned key accepts, and everything else that is no document."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed448, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from app.errors import PolicyError, Problem, Reason
from app.policy.document import MAX_BYTES, parse
from app.policy.signature import Opened, PinnedKey, is_signed, new_private_key, open_document, pinned_keys, sign
from tests.app.policy.documents import PERSON
from tests.app.policy.signers import DOCUMENT, NEXT, ORG, OTHER, Signer, b64

# RFC 8037 appendix A: a key, its thumbprint, and a signature made with it.
RFC_SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
RFC_KEY = "ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
RFC_THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def refusal(octets: bytes, *keys: PinnedKey) -> Problem:
    with pytest.raises(PolicyError) as caught:
        open_document(octets, keys or (ORG.key,), source="test")
    return caught.value.problem


def test_a_key_is_written_and_named_as_the_standard_says() -> None:
    key = PinnedKey.parse(f" {RFC_KEY}\n")
    assert str(key) == RFC_KEY
    assert key.id == RFC_THUMBPRINT
    assert Signer(Ed25519PrivateKey.from_private_bytes(RFC_SEED)).key == key


@pytest.mark.parametrize(
    "text",
    [
        "", "ed25519:", RFC_KEY[:-1], RFC_KEY + "A", RFC_KEY + "=", RFC_KEY.upper(), RFC_KEY.removeprefix("ed25519:"),
        RFC_KEY.replace("ed25519", "ed448"), RFC_KEY.replace("_", "/"), RFC_KEY[:-1] + "p", f"{RFC_KEY} {RFC_KEY}",
        "ed25519:\ud800", RFC_KEY.replace("q", "ｑ"),
    ],
)  # fmt: skip
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(PolicyError) as caught:
        PinnedKey.parse(text)
    assert caught.value.problem == Problem.of(Reason.POLICY_BAD_KEY, key=text.strip()[:80])


def test_two_keys_can_be_pinned_and_not_three() -> None:
    texts = [str(each.key) for each in (ORG, NEXT, OTHER)]
    assert pinned_keys([]) == ()
    assert pinned_keys([*texts[:2], texts[0]]) == (ORG.key, NEXT.key)
    with pytest.raises(PolicyError) as caught:
        pinned_keys(texts)
    assert caught.value.problem == Problem.of(Reason.POLICY_TOO_MANY_KEYS, limit=2)


def test_a_document_signed_with_the_pinned_key_is_accepted() -> None:
    signed, public = sign(DOCUMENT, ORG.pem, source="d", file="k")
    assert public == ORG.key
    assert sign(DOCUMENT, ORG.pem, source="d", file="k")[0] == signed
    opened = open_document(b"\xef\xbb\xbf" + signed + b"\n", (ORG.key,), source="test")
    assert opened == Opened(DOCUMENT, signed=True, key=ORG.key)
    assert parse(opened.payload, source="test", expected=PERSON).serial == 7


def test_what_another_program_signed_is_accepted_too() -> None:
    assert open_document(ORG.signs(), (ORG.key,), source="test").payload == DOCUMENT


def test_while_keys_change_either_of_the_two_is_accepted() -> None:
    keys = (ORG.key, NEXT.key)
    for signer in (ORG, NEXT):
        assert open_document(signer.signs(), keys, source="test").key == signer.key
    assert refusal(OTHER.signs(), *keys) == Problem.of(Reason.POLICY_OTHER_KEY, source="test", key=OTHER.key.id)


def test_without_a_pinned_key_a_document_is_taken_signed_or_not() -> None:
    assert open_document(DOCUMENT, (), source="test") == Opened(DOCUMENT, signed=False)
    assert open_document(ORG.signs(), (), source="test") == Opened(DOCUMENT, signed=True)


def test_where_a_key_is_pinned_an_unsigned_document_is_no_document() -> None:
    for octets in (DOCUMENT, b"", b"<html>", b"\x00\xff", b"a.b.c"):
        assert refusal(octets) == Problem.of(Reason.POLICY_UNSIGNED, source="test")


def test_the_name_of_the_pinned_key_over_a_signature_of_another_is_refused() -> None:
    forged = OTHER.signs(kid=ORG.key.id)
    assert refusal(forged).reason is Reason.POLICY_BAD_SIGNATURE
    assert refusal(forged, ORG.key, OTHER.key).reason is Reason.POLICY_BAD_SIGNATURE


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        ({"alg": "none"}, "its algorithm is 'none' instead of EdDSA"),
        ({"alg": "HS256"}, "its algorithm is 'HS256' instead of EdDSA"),
        ({"alg": "ES256"}, "its algorithm is 'ES256' instead of EdDSA"),
        ({"alg": "eddsa"}, "its algorithm is 'eddsa' instead of EdDSA"),
        ({"alg": ["EdDSA"]}, "its header is wrong: Expected `str`, got `array` - at `$.alg`"),
        ({"alg": ...}, "its header is wrong: Object missing required field `alg`"),
        ({"typ": ...}, "its header is wrong: Object missing required field `typ`"),
        ({"typ": "JWT"}, "its type is 'JWT' instead of absender-policy+jws"),
        ({"kid": ...}, "its header is wrong: Object missing required field `kid`"),
        ({"crit": ["exp"]}, "its header is wrong: Object contains unknown field `crit`"),
        ({"b64": False}, "its header is wrong: Object contains unknown field `b64`"),
        ({"jwk": {}}, "its header is wrong: Object contains unknown field `jwk`"),
        ({"jku": "https://x.example"}, "its header is wrong: Object contains unknown field `jku`"),
        ({"x5c": []}, "its header is wrong: Object contains unknown field `x5c`"),
    ],
)
@pytest.mark.parametrize("keys", [(), (ORG.key,)])
def test_a_header_that_asks_for_anything_else_is_refused(
    header: dict[str, Any], detail: str, keys: tuple[PinnedKey, ...]
) -> None:
    with pytest.raises(PolicyError) as caught:
        open_document(ORG.signs(**header), keys, source="test")
    assert caught.value.problem == Problem.of(Reason.POLICY_BAD_SIGNATURE, source="test", detail=detail)


@pytest.mark.parametrize(
    "octets",
    [
        ORG.signs()[:-1], ORG.signs() + b"A", ORG.signs() + b"=", ORG.signs().replace(b".", b"", 1), ORG.signs() + b".",
        ORG.signs().rpartition(b".")[0] + b".", ORG.signs().replace(b".", b"..", 1), ORG.signs()[:200],
        ORG.signs_raw('{"'), ORG.signs_raw('{"alg"}'), ORG.signs_raw('{"alg":' * 500), b"eyJ", b"ey.ey.ey",
        ORG.signs(b"").replace(b"..", b"." + b64(DOCUMENT).encode() + b"."),
    ],
)  # fmt: skip
def test_what_is_cut_off_or_malformed_is_refused(octets: bytes) -> None:
    assert refusal(octets).reason is Reason.POLICY_BAD_SIGNATURE


def test_what_is_too_large_is_refused_before_it_is_looked_into() -> None:
    assert refusal(b"ey" + b"A" * MAX_BYTES).reason is Reason.POLICY_TOO_LARGE
    with pytest.raises(PolicyError) as caught:
        sign(b" " * MAX_BYTES, ORG.pem, source="d", file="k")
    assert caught.value.problem == Problem.of(Reason.POLICY_TOO_LARGE, source="d")


def test_the_largest_document_that_can_be_fetched_can_be_signed() -> None:
    large = DOCUMENT + b" " * (MAX_BYTES * 3 // 4 - len(DOCUMENT) - 300)
    signed, _ = sign(large, ORG.pem, source="d", file="k")
    assert open_document(signed, (ORG.key,), source="test").payload == large


@given(where=st.integers(0, len(ORG.signs()) - 1), bit=st.integers(0, 7))
def test_no_changed_bit_is_accepted(where: int, bit: int) -> None:
    changed = bytearray(ORG.signs())
    changed[where] ^= 1 << bit
    with pytest.raises(PolicyError):
        open_document(bytes(changed), (ORG.key,), source="test")


@given(octets=st.binary(max_size=200))
def test_any_octets_are_refused_and_none_is_a_fault(octets: bytes) -> None:
    for text in (octets, b"ey" + octets, b"ey" + b64(octets).encode() + b"." + b64(octets).encode() + b".AA"):
        with pytest.raises(PolicyError):
            open_document(text, (ORG.key,), source="test")


def test_a_new_key_signs_and_is_never_the_same_twice() -> None:
    pem, key = new_private_key()
    assert pem.startswith(b"-----BEGIN PRIVATE KEY-----\n")
    assert new_private_key()[1] != key
    signed, public = sign(DOCUMENT, pem, source="d", file="k")
    assert public == key
    assert open_document(signed, (key,), source="test").payload == DOCUMENT


@pytest.mark.parametrize(
    "pem",
    [
        b"", b"secret", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", RFC_KEY.encode(),
        ed448.Ed448PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    ],
)  # fmt: skip
def test_a_file_that_holds_no_private_key_of_ours_is_refused_without_showing_it(pem: bytes) -> None:
    with pytest.raises(PolicyError) as caught:
        sign(DOCUMENT, pem, source="d", file="k.pem")
    problem = caught.value.problem
    assert problem.reason is Reason.POLICY_KEY_UNREADABLE
    assert (problem.fact("file"), caught.value.__cause__) == ("k.pem", None)


def test_json_is_never_taken_for_a_signed_document() -> None:
    assert not any(map(is_signed, (b"{}", b" {", b"[]", b"null", b"", b"e", DOCUMENT)))
    for blank in ("", " ", "\n", "\t", "\r"):
        assert is_signed(b64(f'{{{blank}"alg": 1}}'.encode()).encode())
