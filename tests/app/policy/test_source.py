"""Where the policy comes from: real servers and files, and every failure as its reason."""

import os
import threading
from pathlib import Path

import pytest

from app.address import Address
from app.errors import PolicyError, Problem, Reason
from app.policy import source as source_module
from app.policy.document import MAX_BYTES
from app.policy.source import (
    Fetched,
    FilePolicySource,
    HttpPolicySource,
    MemoryPolicySource,
    NotModified,
    PolicySource,
    source_for,
)
from tests.app.policy.documents import PERSON, data, gateway_policy

DOCUMENT = data(gateway_policy(True))


async def refusal(source: PolicySource, etag: str = "") -> Problem:
    with pytest.raises(PolicyError) as caught:
        await source.fetch(etag)
    return caught.value.problem


# Where a source may be.


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://policy.example/p.json", "https://policy.example/p.json"),
        ("  https://policy.example/p.json\n", "https://policy.example/p.json"),
        ("https://policy.example:8443/a/{email}.json", "https://policy.example:8443/a/nutzer%40beispiel.example.json"),
        ("https://policy.{domain}/p", "https://policy.beispiel.example/p"),
        (
            "https://cdn.example/{email_sha256}",
            "https://cdn.example/4e6262d14a59e9a91b7d876f9b959effb2bb7e24812bf5f01a1166a04966a1a2",
        ),
        ("https://Bücher.example/p", "https://xn--bcher-kva.example/p"),
        ("https://policy.example/p?user={email}#part", "https://policy.example/p?user=nutzer%40beispiel.example"),
        ("http://localhost:8080/p", "http://localhost:8080/p"),
        ("http://127.0.0.1/p", "http://127.0.0.1/p"),
        ("http://[::1]:8080/p", "http://[::1]:8080/p"),
        ("HTTPS://policy.example/p", "https://policy.example/p"),
        ("/etc/absender/{email}.json", "/etc/absender/nutzer%40beispiel.example.json"),
    ],
)
def test_a_source_is_a_url_or_a_file_with_the_person_filled_in(text: str, origin: str) -> None:
    assert source_for(text, PERSON).origin == origin


def test_the_person_is_filled_in_in_lower_case_and_cannot_leave_the_folder() -> None:
    person = Address.parse('"../../Etc/x"@Beispiel.example')
    assert source_for("https://p.example/{email}", person).origin == (
        "https://p.example/%22..%2F..%2Fetc%2Fx%22%40beispiel.example"
    )


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_no_source_is_named_as_such(text: str) -> None:
    with pytest.raises(PolicyError) as caught:
        source_for(text, PERSON)
    assert caught.value.problem.reason is Reason.POLICY_NO_SOURCE


@pytest.mark.parametrize(
    "text",
    [
        "http://policy.example/p",
        "http://localhost.example/p",
        "http://192.0.2.1/p",
        "ftp://policy.example/p",
        "file:///etc/passwd",
        "https://",
        "https:///p",
        "https://user:secret@policy.example/p",
        "https://user@policy.example/p",
        "https://policy.example:port/p",
        "https://policy.example:99999/p",
        "https://policy example/p",
        "https://policy.example/a b",
        "https://policy.example/\r\nX-Header: 1",
        "https://pol\u202eicy.example/p",
        "https://[::1/p",
        "https://policy.example\\@evil.example/p",
        "https://{email}/p",
        "https://policy.example/{user}",
        "/etc/{host}.json",
    ],
)
def test_a_source_that_may_not_be_is_refused(text: str) -> None:
    with pytest.raises(PolicyError) as caught:
        source_for(text, PERSON)
    assert caught.value.problem.reason is Reason.POLICY_BAD_SOURCE


def test_foreign_text_in_a_reason_is_shortened_and_cannot_disguise() -> None:
    shown = source_module.readable("a\r\nb\u202ec" + "x" * 500)
    assert shown.startswith("a\ufffd\ufffdb\ufffdcxxx")
    assert len(shown) == 201


# Files.


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "policy.json"
    path.write_bytes(DOCUMENT)
    return path


async def test_a_file_is_read_anew_each_time(file: Path) -> None:
    source = source_for(str(file), PERSON)
    assert await source.fetch("") == Fetched(DOCUMENT)
    file.write_bytes(b"{}")
    assert await source.fetch("") == Fetched(b"{}")
    assert source.origin == str(file)


async def test_the_home_folder_may_be_written_as_a_tilde(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(file.parent))
    monkeypatch.setenv("USERPROFILE", str(file.parent))
    assert await source_for("~/policy.json", PERSON).fetch("") == Fetched(DOCUMENT)


async def test_a_file_that_is_not_there_is_not_found(file: Path) -> None:
    file.unlink()
    problem = await refusal(source_for(str(file), PERSON))
    assert problem == Problem.of(Reason.POLICY_NOT_FOUND, source=file)


async def test_a_folder_is_no_policy(file: Path) -> None:
    problem = await refusal(source_for(str(file.parent), PERSON))
    assert (problem.reason, problem.fact("source")) == (Reason.POLICY_UNREADABLE, str(file.parent))


async def test_a_pipe_does_not_hold_the_program_up(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)
    assert (await refusal(source_for(str(file), PERSON))).reason is Reason.POLICY_UNREADABLE


async def test_a_file_that_is_too_large_is_refused(file: Path) -> None:
    file.write_bytes(b" " * (MAX_BYTES + 1))
    assert (await refusal(source_for(str(file), PERSON))).reason is Reason.POLICY_TOO_LARGE


async def test_a_share_that_hangs_is_given_up(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(source_module, "TIME_LIMIT", 0.1)
    monkeypatch.setattr(FilePolicySource, "_read", lambda self: release.wait(30) and b"")
    problem = await refusal(source_for(str(file), PERSON))
    release.set()
    assert problem.reason is Reason.POLICY_TIMEOUT


# The twin in memory.


async def test_the_source_in_memory_behaves_as_a_server_does() -> None:
    source = MemoryPolicySource(DOCUMENT, "memory:test")
    found = await source.fetch("")
    assert isinstance(found, Fetched)
    assert found.data == DOCUMENT
    assert isinstance(await source.fetch(found.etag), NotModified)
    source.answer = DOCUMENT + b" "
    assert isinstance(await source.fetch(found.etag), Fetched)
    source.answer = PolicyError.because(Reason.POLICY_UNREACHABLE, host="policy.example")
    assert (await refusal(source)).reason is Reason.POLICY_UNREACHABLE
    assert (source.fetches, source.origin) == (4, "memory:test")


def test_http_sources_are_only_made_for_urls_that_were_checked() -> None:
    assert isinstance(source_for("https://policy.example/p", PERSON), HttpPolicySource)
    assert isinstance(source_for("p.json", PERSON), FilePolicySource)
    assert Path(source_for("p.json", PERSON).origin).is_absolute()
