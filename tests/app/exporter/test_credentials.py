"""The key file: only Google gets what it signs, and nothing of it is ever said."""

from __future__ import annotations

import json
import logging
import traceback
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from app.errors import ExportError, Problem, Reason
from app.exporter.credentials import CREDENTIALS_MAX_BYTES, Endpoints, read_credentials
from tests.app.exporter.world import Clock, read_from
from tests.servers.google_emulator import GoogleEmulator, Reply

PASSPHRASE = b"passphrase"


def refusal(data: bytes) -> Problem:
    with pytest.raises(ExportError) as caught:
        read_credentials(data, file="key.json")
    assert caught.value.problem.reason is Reason.CREDENTIALS_WRONG
    assert caught.value.problem.fact("file") == "key.json"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value.problem


def key_file(google: GoogleEmulator, **changes: Any) -> bytes:
    return json.dumps(google.key_file() | changes).encode()


@pytest.mark.parametrize(
    "token_uri",
    [
        "https://evil.example/token", "http://oauth2.googleapis.com/token",
        "https://oauth2.googleapis.com.evil.example/token",
        "https://oauth2.googleapis.com/token?to=evil.example",
        "https://oauth2.googleapis.com@evil.example/token",
        "",
    ],
)  # fmt: skip
def test_a_token_endpoint_that_is_not_googles_is_refused(google: GoogleEmulator, token_uri: str) -> None:
    assert "token_uri is not Google's" in refusal(key_file(google, token_uri=token_uri)).fact("detail")


@pytest.mark.parametrize(
    "token_uri", ["https://accounts.google.com/o/oauth2/token", "https://www.googleapis.com/oauth2/v4/token"]
)
def test_what_older_key_files_say_is_taken_and_google_asked_where_it_is_now(
    google: GoogleEmulator, clock: Clock, token_uri: str
) -> None:
    google.credentials.write_bytes(key_file(google, token_uri=token_uri))
    try:
        assert len(read_from(google, clock).users) == 41
    finally:
        google.credentials.write_bytes(key_file(google))
    assert len(google.asked("token")) == 1


def test_another_universe_is_refused(google: GoogleEmulator) -> None:
    assert "universe_domain" in refusal(key_file(google, universe_domain="evil.example")).fact("detail")


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"", "it is not JSON as Google Cloud writes keys"),
        (b"\x00\xff" * 50, "it is not JSON as Google Cloud writes keys"),
        (b"[]", "it is not JSON as Google Cloud writes keys"),
        (b'{"type": 7}', "it is not JSON as Google Cloud writes keys"),
        (b'{"type": "service_account"', "it is not JSON as Google Cloud writes keys"),
        (b"{}", "it is not the key of a service account"),
        (b'{"installed": {"client_secret": "geheim"}}', "it is not the key of a service account"),
        (b'{"type": "authorized_user", "refresh_token": "geheim"}', "it is not the key of a service account"),
        (b" " * (CREDENTIALS_MAX_BYTES + 1), "it is larger than 64 KiB"),
    ],
)
def test_what_is_no_key_file_is_told(data: bytes, detail: str) -> None:
    assert refusal(data).fact("detail") == detail


def test_what_is_no_rsa_key_is_told_without_a_word_of_it(google: GoogleEmulator) -> None:
    pem = google.key_file()["private_key"]
    rsa = load_pem_private_key(pem.encode(), None)
    curve = ec.generate_private_key(ec.SECP256R1())
    locked = rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE)).decode()
    other = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for key in ("", "geheim", pem[:200], locked, other):
        problem = refusal(key_file(google, private_key=key))
        assert problem.fact("detail") == "its private_key is no RSA key in PEM form"


def test_neither_key_nor_token_stands_in_a_log_an_error_or_a_repr(
    google: GoogleEmulator, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    account = read_credentials(google.credentials.read_bytes(), file="key.json")
    google.always("users", Reply.error(403, "No"))
    with pytest.raises(ExportError) as caught:
        read_from(google, clock)
    said = "".join(traceback.format_exception(caught.value)) + repr(caught.value.problem)
    secret = google.key_file()["private_key"].split("\n")[1]
    for text in (said, caplog.text, repr(account), str(vars(account))):
        assert secret not in text
        assert "ya29." not in text
        assert google.asked("token")[0]["assertion"] not in text


def test_a_refused_assertion_is_not_quoted(google: GoogleEmulator, clock: Clock) -> None:
    google.always("token", Reply(400, b'{"error": "invalid_grant", "error_description": "Invalid JWT"}'))
    with pytest.raises(ExportError) as caught:
        read_from(google, clock)
    assert google.asked("token")[0]["assertion"] not in "".join(traceback.format_exception(caught.value))


def test_the_access_token_goes_to_the_two_apis_and_the_assertion_to_the_token_endpoint_alone() -> None:
    assert Endpoints() == Endpoints(
        "https://cloudidentity.googleapis.com", "https://admin.googleapis.com", "https://oauth2.googleapis.com/token"
    )
