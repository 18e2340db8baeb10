"""`absender policy export` from end to end: from Google, GAM or files to documents that people's programs accept."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.address import Address
from app.errors import Reason
from app.exporter.google import scopes_for
from app.policy.directory import read_directory
from app.policy.source import source_for
from tests.app.exporter.gam_output import flat
from tests.app.exporter.test_google_faults import cut
from tests.app.exporter.world import FACTS, name_of, snapshot, touched
from tests.end2end.program import ROOT
from tests.end2end.shell import Shell, says
from tests.servers.google_emulator import SCOPE, GoogleEmulator, Reply
from tests.servers.google_organisation import ADMIN, DOMAIN, GoogleOrganisation
from tests.servers.process import wait_until

PERSON = f"nutzer000001@{DOMAIN}"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoogleEmulator]:
    with GoogleEmulator(GoogleOrganisation.of(0), folder=tmp_path_factory.mktemp("google")) as found:
        yield found


@pytest.fixture
def google(running: GoogleEmulator, tmp_path: Path) -> GoogleEmulator:
    running.reset(GoogleOrganisation.of(20))
    (tmp_path / "organisation.toml").write_text(FACTS, encoding="utf-8")
    return running


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "published"


def options(google: GoogleEmulator, out: Path, *more: str | Path) -> list[str | Path]:
    """Return the arguments of an export from the emulator."""
    return [
        "policy", "export", "--from", "google", "--credentials", google.credentials, "--admin", ADMIN,
        "--organisation", out.parent / "organisation.toml", "--out", out, "--google-url", google.url,
        "--google-ca", google.ca_file, *more,
    ]  # fmt: skip


def test_what_google_says_becomes_documents_that_the_program_accepts(
    shell: Shell, google: GoogleEmulator, out: Path, tmp_path: Path
) -> None:
    key = shell.run("policy", "keygen", tmp_path / "sign.pem").out.strip()
    google.organisation.tick("/", value=True)
    outcome = shell.run(*options(google, out, "--sign", tmp_path / "sign.pem", "--json"))
    assert (outcome.code, outcome.err) == (0, "")
    told = outcome.json
    assert (told["people"], told["new"], told["key"], told["without_unit"]) == (21, 21, key, 0)
    assert len(list(out.iterdir())) == 22
    checked = shell.run("policy", "check", out / name_of(PERSON), "--email", PERSON, "--policy-key", key, "--json")
    assert checked.code == 0
    assert (checked.json["signed_with"], checked.json["organisation"]) == (key, "Beispiel GmbH")
    again = shell.run(*options(google, out, "--sign", tmp_path / "sign.pem"))
    assert again.code == 0
    assert "unchanged\t21\n" in again.out
    assert f"signature\tmade with {key}" in again.out


def test_a_second_export_with_one_changed_unit_touches_its_people_alone(
    shell: Shell, google: GoogleEmulator, out: Path
) -> None:
    assert shell.run(*options(google, out)).code == 0
    before = snapshot(out)
    path = google.organisation.units[5]["orgUnitPath"]
    google.organisation.tick(path, value=True)
    told = shell.run(*options(google, out, "--json")).json
    people = google.organisation.below(path)
    assert 0 < told["changed"] == len(people) < 21
    assert touched(before, snapshot(out)) == {"index.json", *map(name_of, people)}


def test_the_directory_is_saved_for_its_owner_alone_and_exports_the_same(
    shell: Shell, google: GoogleEmulator, out: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "directory.json"
    assert shell.run(*options(google, out, "--directory", saved, "--all-groups")).code == 0
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    found = read_directory(saved.read_bytes(), source="test")
    assert (len(found.users), len(found.groups)) == (21, 6)
    before = snapshot(out)
    told = shell.run("policy", "export", "--from", "json", saved, "--out", out, "--json").json
    assert told["unchanged"] == 21
    assert touched(before, snapshot(out)) == set()


def test_only_the_directory_may_be_asked_for(shell: Shell, google: GoogleEmulator, out: Path, tmp_path: Path) -> None:
    arguments = options(google, out, "--directory", tmp_path / "d.json", "--json")
    at = arguments.index("--out")
    told = shell.run(*arguments[:at], *arguments[at + 2 :]).json
    assert "folder" not in told
    assert told["directory"] == str(tmp_path / "d.json")
    assert not out.exists()


def test_files_of_gam_and_of_the_api_are_the_same_documents(
    shell: Shell, google: GoogleEmulator, out: Path, tmp_path: Path
) -> None:
    assert shell.run(*options(google, out)).code == 0
    before, known = snapshot(out), google.organisation
    files = []
    for name, data in flat(known).items():
        files.append(tmp_path / f"{name}.csv")
        files[-1].write_bytes(data)
    answers = {
        "policies": known.policies, "organizationUnits": known.units, "groups": known.groups,
        "members": known.members, "users": known.users, "domains": known.domains,
    }  # fmt: skip
    (tmp_path / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    more = ("--organisation", tmp_path / "organisation.toml", "--out", out, "--json")
    sources: list[list[str | Path]] = [["gam", *files], ["json", tmp_path / "answers.json"]]
    for source in sources:
        outcome = shell.run("policy", "export", "--from", *source, *more)
        assert (outcome.err, outcome.json["unchanged"]) == ("", 21)
    assert touched(before, snapshot(out)) == set()


@pytest.mark.parametrize(
    ("kind", "answer", "reason", "words"),
    [
        ("policies", Reply.error(401, "Invalid Credentials"), Reason.GOOGLE_REFUSED, "“policies.list” with error 401"),
        ("policies", Reply.error(403, "API disabled", "PERMISSION_DENIED"), Reason.GOOGLE_REFUSED, "API disabled"),
        ("users", Reply.error(429, "Quota exceeded", "RESOURCE_EXHAUSTED"), Reason.GOOGLE_QUOTA, "Quota exceeded"),
        ("orgunits", Reply.error(500, "Internal error"), Reason.GOOGLE_STATUS, "“orgunits.list” with error 500"),
        ("members", Reply(200, b"<html>", Content_Type="text/html"), Reason.GOOGLE_ANSWER, "it is a web page"),
        ("users", cut, Reason.GOOGLE_ANSWER, "it was cut off"),
        ("users", Reply(200, b'{"users": [{"primary'), Reason.GOOGLE_ANSWER, "“users.list”"),
        ("users", Reply(200, b'{"nextPageToken": "a"}'), Reason.GOOGLE_ENDLESS, "“users.list”"),
        ("token", Reply(400, b'{"error": "invalid_grant"}'), Reason.GOOGLE_SIGN_IN, "invalid_grant"),
    ],
)
def test_a_fault_of_googles_is_told_and_nothing_is_written(
    shell: Shell,
    google: GoogleEmulator,
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    answer: Any,
    reason: Reason,
    words: str,
) -> None:
    monkeypatch.setattr("app.exporter.wire._WAITS", (0.0,) * 4)
    google.always(kind, answer)
    says(shell.run(*options(google, out, "--directory", out.parent / "d.json")), reason, words)
    assert not out.exists()
    assert not (out.parent / "d.json").exists()


def test_a_missing_scope_or_an_administrator_who_is_none_is_told(
    shell: Shell, google: GoogleEmulator, out: Path
) -> None:
    google.organisation.users[0]["isAdmin"] = False
    says(shell.run(*options(google, out)), Reason.GOOGLE_NOT_ADMIN, ADMIN)
    google.granted.remove(f"{SCOPE}admin.directory.user.readonly")
    says(shell.run(*options(google, out)), Reason.GOOGLE_SIGN_IN, "unauthorized_client", ADMIN)
    assert not out.exists()


def test_an_answer_without_most_people_removes_nobody_unless_told_to(
    shell: Shell, google: GoogleEmulator, out: Path
) -> None:
    assert shell.run(*options(google, out)).code == 0
    before = snapshot(out)
    google.organisation.users = google.organisation.users[:5]
    says(shell.run(*options(google, out)), Reason.PUBLISH_MANY_GONE, "16 of 21")
    assert touched(before, snapshot(out)) == set()
    assert shell.run(*options(google, out, "--remove-many", "--json")).json["removed"] == 16


@pytest.mark.parametrize("option", ["--credentials", "--sign", "--directory"])
def test_a_secret_file_is_never_where_everything_is_served(
    shell: Shell, google: GoogleEmulator, out: Path, option: str
) -> None:
    out.mkdir()
    secret = out / "x"
    secret.write_bytes(google.credentials.read_bytes())
    (out.parent / "link").symlink_to(out)
    says(shell.run(*options(google, out, option, out.parent / "link" / "x")), Reason.PUBLISH_SECRET)
    assert google.seen == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from", "google", "--out", "o"),
        ("--from", "google", "f", "--out", "o", "--credentials", "c", "--admin", "a@b.example", "--organisation", "t"),
        ("--from", "ldap", "x", "--out", "o"),
        ("--from", "gam", "--out", "o"),
        ("--from", "gam", "f.csv", "--out", "o"),
        ("--from", "json", "f.json"),
        ("--from", "json", "f.json", "--out", "o", "--valid-for", "0"),
        ("--from", "json", "f.json", "--out", "o", "--valid-for", "x"),
        ("--out", "o"),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together_are_a_usage_error(shell: Shell, arguments: tuple[str, ...]) -> None:
    outcome = shell.run("policy", "export", *arguments)
    assert outcome.code == 2
    assert "policy export: error: " in outcome.err


def test_answers_of_the_api_need_the_organisations_facts(shell: Shell, out: Path, tmp_path: Path) -> None:
    users = [{"primaryEmail": PERSON, "orgUnitPath": "/"}]
    units = [{"orgUnitId": "id:03x", "orgUnitPath": "/"}]
    policies = [{"name": "policies/p", "setting": {"type": "settings/gmail.service_status"}}]
    whole = {"users": users, "organizationUnits": units, "policies": policies}
    (tmp_path / "a.json").write_text(json.dumps(whole), encoding="utf-8")
    outcome = shell.run("policy", "export", "--from", "json", tmp_path / "a.json", "--out", out)
    assert (outcome.code, "--from json needs --organisation" in outcome.err) == (2, True)
    assert not out.exists()


def test_an_address_of_google_without_tls_is_a_usage_error(shell: Shell, google: GoogleEmulator, out: Path) -> None:
    assert shell.run(*options(google, out, "--google-url", "http://localhost:1")).code == 2


def test_the_help_says_that_the_credentials_stay_and_what_they_need(shell: Shell) -> None:
    words = shell.run("policy", "export", "--help").out.split()
    assert "credentials stay on this machine" in " ".join(words)
    assert not any("google-url" in word for word in words)
    assert [word for word in words if word.startswith(SCOPE)] == list(scopes_for(domains=True))


def test_who_ends_the_command_waits_for_nothing(google: GoogleEmulator, out: Path, tmp_path: Path) -> None:
    google.always("users", Reply(429, Retry_After="300"))
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    run = "import sys; from ui.entry import main; sys.exit(main())"
    process = subprocess.Popen([sys.executable, "-c", run, *map(str, options(google, out))], env=env)
    try:
        wait_until(lambda: bool(google.asked("users")), "Google was not asked")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 1
    finally:
        process.kill()
        process.wait()
    assert not out.exists()


def test_the_program_asks_for_the_very_name_that_is_published(shell: Shell, google: GoogleEmulator, out: Path) -> None:
    assert shell.run(*options(google, out)).code == 0
    for user in google.organisation.users:
        person = Address.parse(str(user["primaryEmail"]).upper())
        assert Path(source_for(f"{out}/{{email_sha256}}.json", person).origin).is_file()
