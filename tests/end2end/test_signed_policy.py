"""Signed policies from end to end: an administrator makes a key and signs, a person's program accepts nothing else."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest

from app.demo.authority import PRIMARY
from app.demo.world import DemoWorld
from app.errors import Reason
from app.policy.document import MAX_BYTES
from app.policy.signature import PinnedKey
from tests.app.policy.documents import content
from tests.app.policy.documents import data as document_bytes
from tests.end2end.shell import Shell, says


@pytest.fixture
def key(shell: Shell, tmp_path: Path) -> PinnedKey:
    """A key pair that the program made; its private half lies in key.pem."""
    outcome = shell.run("policy", "keygen", tmp_path / "key.pem")
    assert outcome.code == 0
    return PinnedKey.parse(outcome.out)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A policy document in a file."""
    file = tmp_path / "policy.json"
    file.write_bytes(document_bytes())
    return file


def signed(shell: Shell, world: DemoWorld, tmp_path: Path, *, allow: bool = True) -> bytes:
    """Return the organisation's policy as the program signs it."""
    world.set_policy(allow=allow)
    file = tmp_path / "world.json"
    file.write_bytes(world.policy_document())
    outcome = shell.run("policy", "sign", "--key", tmp_path / "key.pem", file, "--out", tmp_path / "world.jws")
    assert outcome.code == 0, outcome.err
    return (tmp_path / "world.jws").read_bytes()


def test_with_a_pinned_key_set_up_and_refresh_accept_only_what_it_signed(
    shell: Shell, world: DemoWorld, tmp_path: Path, key: PinnedKey
) -> None:
    says(shell.set_up(world, "--policy-key", str(key)), Reason.POLICY_UNSIGNED)
    world.publish_raw(signed(shell, world, tmp_path))
    assert shell.set_up(world, "--policy-key", str(key)).code == 0
    shown = shell.run("policy", "show", "--json").json
    assert (shown["signed_with"], shown["allows_gateways"]) == (str(key), True)
    world.set_policy(allow=True)
    says(shell.run("policy", "refresh"), Reason.POLICY_UNSIGNED)
    world.publish_raw(signed(shell, world, tmp_path, allow=False))
    assert shell.run("policy", "refresh", "--json").json["allows_gateways"] is False


def test_a_signed_policy_is_accepted_where_no_key_is_pinned_and_said_to_be_unchecked(
    shell: Shell, world: DemoWorld, tmp_path: Path, key: PinnedKey
) -> None:
    world.publish_raw(signed(shell, world, tmp_path))
    assert shell.set_up(world).code == 0
    assert "signature\tnot checked: no key was given" in shell.run("policy", "show").out


@pytest.mark.parametrize("keys", [["ed25519:no"], [""]])
def test_set_up_with_a_key_that_is_none_keeps_nothing(shell: Shell, world: DemoWorld, keys: list[str]) -> None:
    assert shell.run("outbox", "list").code == 0
    before = shell.state()
    says(shell.set_up(world, *(f"--policy-key={each}" for each in keys)), Reason.POLICY_BAD_KEY)
    assert shell.state() == before


def test_a_new_key_is_for_its_owner_only_and_never_written_over_another(
    shell: Shell, tmp_path: Path, key: PinnedKey
) -> None:
    file = tmp_path / "key.pem"
    before = file.read_bytes()
    assert b"PRIVATE KEY" in before
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    says(shell.run("policy", "keygen", file), Reason.EXPORT_EXISTS)
    assert file.read_bytes() == before
    says(shell.run("policy", "keygen", tmp_path / "missing" / "key.pem"), Reason.EXPORT_FAILED)


def test_what_was_signed_is_found_right_and_for_whom(
    shell: Shell, tmp_path: Path, key: PinnedKey, document: Path
) -> None:
    printed = shell.run("policy", "sign", "--key", tmp_path / "key.pem", document)
    assert printed.code == 0
    file = tmp_path / "policy.jws"
    file.write_text(printed.out, encoding="utf-8")
    outcome = shell.run("policy", "check", file, "--policy-key", str(key), "--email", PRIMARY)
    assert outcome.code == 0
    assert f"signature\tright, made with {key}" in outcome.out
    found = shell.run("policy", "check", file, "--json").json
    assert (found["email"], found["serial"], found["signed"], found["signed_with"]) == (PRIMARY, 7, True, None)
    assert "signature\tnone" in shell.run("policy", "check", document).out
    assert not shell.home.exists()
    says(shell.run("policy", "check", file, "--email", "andere@beispiel.example"), Reason.POLICY_OTHER_USER)
    says(shell.run("policy", "check", document, "--policy-key", str(key)), Reason.POLICY_UNSIGNED)


BAD_DOCUMENTS = {
    "truncated": (document_bytes()[:-9], Reason.POLICY_NOT_JSON, "truncated"),
    "binary": (bytes(range(256)), Reason.POLICY_NOT_JSON, "there is a zero at byte 0"),
    "empty": (b"", Reason.POLICY_NOT_JSON, "truncated"),
    "a web page": (b"<html>", Reason.POLICY_HTML, "web page"),
    "UTF-16": (document_bytes().decode().encode("utf-16"), Reason.POLICY_NOT_JSON, ""),
    "too large": (document_bytes() + b" " * MAX_BYTES, Reason.POLICY_TOO_LARGE, "too large"),
    "of a wrong type": (document_bytes(serial="7"), Reason.POLICY_BAD_DOCUMENT, "serial: Expected `int`, got `str`"),
    "of a wrong type deep inside": (
        json.dumps(content() | {"policies": [{"name": "p", "setting": {"type": "t", "value": []}}]}).encode(),
        Reason.POLICY_BAD_DOCUMENT, "policies[0].setting.value: Expected `object`, got `array`",
    ),
    "signed, then cut off": (b"eyJhbGciOiJFZERTQSJ9.e30", Reason.POLICY_BAD_SIGNATURE, "three parts"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD_DOCUMENTS)
def test_a_bad_file_is_named_with_its_fault_and_nothing_is_written(
    shell: Shell, tmp_path: Path, key: PinnedKey, kind: str
) -> None:
    octets, reason, words = BAD_DOCUMENTS[kind]
    file = tmp_path / "bad.json"
    file.write_bytes(octets)
    before = sorted(tmp_path.iterdir())
    checked = shell.run("policy", "check", file)
    says(checked, reason, words)
    outcome = shell.run("policy", "sign", "--key", tmp_path / "key.pem", file, "--out", tmp_path / "out.jws")
    says(outcome, Reason.POLICY_NOT_JSON if reason is Reason.POLICY_BAD_SIGNATURE else reason)
    assert (checked.out, outcome.out) == ("", "")
    assert (sorted(tmp_path.iterdir()), file.read_bytes()) == (before, octets)


def test_files_that_are_not_there_or_no_key_are_named(
    shell: Shell, tmp_path: Path, key: PinnedKey, document: Path
) -> None:
    says(shell.run("policy", "check", tmp_path / "no.json"), Reason.POLICY_NOT_FOUND, "no.json")
    says(shell.run("policy", "check", tmp_path), Reason.POLICY_UNREADABLE)
    for wrong in (tmp_path / "no.pem", document, tmp_path):
        says(shell.run("policy", "sign", "--key", wrong, document), Reason.POLICY_KEY_UNREADABLE, str(wrong))


def test_an_expired_document_is_shown_and_said_to_be_expired(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "old.json"
    file.write_bytes(document_bytes(expiresAt="2020-01-01T00:00:00Z"))
    outcome = shell.run("policy", "check", file)
    assert "serial\t7" in outcome.out
    says(outcome, Reason.POLICY_EXPIRED)


def test_the_schema_is_printed_as_json_either_way(shell: Shell) -> None:
    plain, as_json = shell.run("policy", "schema"), shell.run("policy", "schema", "--json")
    assert json.loads(plain.out) == as_json.json
    assert as_json.json["title"] == "absender-policy/1"


def test_the_schema_of_managed_settings_is_printed_too(shell: Shell) -> None:
    assert json.loads(shell.run("policy", "schema", "--managed").out)["title"] == "absender-managed/1"
