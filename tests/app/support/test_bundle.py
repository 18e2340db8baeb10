"""The support bundle: all that helps, from a folder in any state, and nothing one would not show a stranger."""

from __future__ import annotations

import getpass
import json
import os
import socket
import sqlite3
import tomllib
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from app.delivery.journal import Attempt
from app.errors import Reason, StorageError
from app.storage.folder import DataFolder
from app.support.bundle import Bundle, gather, save
from app.support.facts import DEPENDENCIES, system_facts, version_facts
from tests.app.support.nasty import NOW, PRIVATE, SECRETS, fill

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    await fill(tmp_path / "home")
    return tmp_path / "home"


def bundle_of(home: Path, *, mask: bool = True) -> Bundle:
    return gather(DataFolder(home), NOW, mask=mask, readme="What is what.\n", window={"Qt": "6"})


def text_of(bundle: Bundle, name: str = "") -> str:
    return "\n".join(each.text for each in bundle.files if name in {"", each.name})


def leaked(text: str, words: tuple[str, ...]) -> list[str]:
    return [word for word in words if word.lower() in text.lower()]


@pytest.mark.case("L6")
@pytest.mark.parametrize("mask", [True, False])
async def test_no_secret_and_nothing_that_was_written_is_in_it(home: Path, mask: bool) -> None:
    (home / "absender.log").write_text("GET https://a.example/?token=kanarienvogel\nKündigung wegen Umzug\n")
    assert leaked(text_of(bundle_of(home, mask=mask)), SECRETS) == []


async def test_with_the_mask_on_nobody_can_be_recognised(home: Path) -> None:
    (home / "absender.log").write_text(f"{home} vorname.nachname@empfang-dort.example\n")
    text = text_of(bundle_of(home))
    assert leaked(text, PRIVATE) == []
    assert str(home) not in text


@pytest.mark.parametrize("computer", ["mail", "smtp", "partnerhaus", "firma-gross", "example", "at", "home"])
async def test_nobody_is_recognised_whatever_the_computer_and_its_user_are_called(
    home: Path, monkeypatch: pytest.MonkeyPatch, computer: str
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: computer)
    monkeypatch.setattr(getpass, "getuser", lambda: computer)
    (home / "absender.log").write_text(f"{home} on {computer}.firma-gross.example, {computer}. {computer}-vorname.\n")
    text = text_of(bundle_of(home))
    assert leaked(text, PRIVATE) == []
    assert str(home) not in text


async def test_without_a_profile_nobody_s_name_is_known_so_nothing_is_told_of_what_servers_said(home: Path) -> None:
    with closing(sqlite3.connect(DataFolder(home).database)) as connection, connection:
        connection.execute("DELETE FROM profile")
    text = text_of(bundle_of(home))
    assert leaked(text, PRIVATE) == []
    assert "ended: rejected" in text
    assert "235 welcome Vorname" in text_of(bundle_of(home, mask=False))


@pytest.mark.parametrize("mask", [True, False])
async def test_what_an_administrator_set_is_told_without_its_secrets(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mask: bool
) -> None:
    file = tmp_path / "managed.toml"
    file.write_text(
        'format = "absender-managed/1"\n[policy]\nsource = "https://policy.firma-gross.example/p.json"\n'
        '[[oauth.clients]]\nprovider = "google"\nclient_id = "kanarienvogel"\nclient_secret = "kanarienvogel"\n'
    )
    file.chmod(0o644)
    monkeypatch.setattr("app.support.material.managed_file", lambda: file)
    text = text_of(bundle_of(home, mask=mask), "profile.txt")
    assert "set by an administrator:" in text
    assert "a client secret is set" in text
    assert leaked(text, SECRETS + PRIVATE * mask) == []
    file.write_text("[policy")
    assert "the administrator's settings: managed-wrong" in text_of(bundle_of(home, mask=mask), "storage.txt")


async def test_without_the_mask_names_are_as_they_are(home: Path) -> None:
    text = text_of(bundle_of(home, mask=False))
    assert set(leaked(text, PRIVATE)) == set(PRIVATE) - {"drittweg"}


async def test_the_same_address_is_the_same_in_every_file(home: Path) -> None:
    bundle = bundle_of(home)
    for name in ("profile.txt", "routes.txt", "outbox.txt", "journal.txt"):
        assert "address-2@domain-2.example" in text_of(bundle, name)
    assert text_of(bundle, "journal.txt").count("address-3@domain-3.example") >= 3


async def test_it_says_how_everything_stands(home: Path) -> None:
    bundle = bundle_of(home)
    assert [each.name for each in bundle.files] == [
        "README.txt", "versions.txt", "storage.txt", "profile.txt", "policy.txt", "routes.txt", "outbox.txt",
        "journal.txt", "policy.json",
    ]  # fmt: skip
    assert "check: ok" in text_of(bundle, "storage.txt")
    assert "command pass (2 argument(s) left out)" in text_of(bundle, "profile.txt")
    assert "state: fresh" in text_of(bundle, "policy.txt")
    assert "value true" in text_of(bundle, "policy.txt")
    assert "holds: policy-allows (unit-1)" in text_of(bundle, "routes.txt")
    assert "reason: server-recipient-rejected" in text_of(bundle, "outbox.txt")
    assert "S 250 2.0.0 queued as 4XQ1" in text_of(bundle, "journal.txt")
    document = json.loads(text_of(bundle, "policy.json"))
    assert document["otherPolicies"] == 1
    assert document["policies"][0]["setting"]["value"] == {"allowUsersToUseExternalSmtpServers": True}


async def test_foreign_text_cannot_command_a_terminal(home: Path) -> None:
    assert all(line.isprintable() for line in text_of(bundle_of(home)).splitlines())


async def test_gathering_changes_nothing(home: Path) -> None:
    before = {file: file.read_bytes() for file in home.iterdir()}
    bundle_of(home)
    assert {file: file.read_bytes() for file in home.iterdir()} == before


async def test_two_of_the_same_moment_are_the_same(home: Path, tmp_path: Path) -> None:
    save(bundle_of(home), tmp_path / "a.zip")
    save(bundle_of(home), tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


async def test_only_its_owner_can_read_it_and_nothing_is_overwritten(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "bundle.zip"
    save(bundle_of(home), file)
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert archive.read("README.txt") == b"What is what.\n"
    before = file.read_bytes()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for taken in (file, tmp_path / "link", tmp_path):
        with pytest.raises(StorageError) as caught:
            save(bundle_of(home), taken)
        assert caught.value.problem.reason is Reason.EXPORT_EXISTS
    assert file.read_bytes() == before
    assert not (tmp_path / "elsewhere").exists()


async def test_a_full_disk_leaves_no_half_of_one(home: Path) -> None:
    with pytest.raises(StorageError) as caught:
        save(bundle_of(home), home / "missing" / "bundle.zip")
    assert caught.value.problem.reason is Reason.EXPORT_FAILED


async def test_a_disk_that_fills_while_writing_leaves_no_half_of_one(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(StorageError) as caught:
        save(bundle_of(home), tmp_path / "bundle.zip")
    assert caught.value.problem.fact("detail") == "No space left on device"
    assert not (tmp_path / "bundle.zip").exists()


def test_there_is_one_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    text = text_of(bundle_of(tmp_path / "none"))
    assert "the database: not there" in text
    assert "There is no profile" in text
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("octets", [b"", b"no database" * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_there_is_one_of_a_damaged_database(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "absender.db").write_bytes(octets)
    bundle = bundle_of(tmp_path)
    assert "could not be read" in text_of(bundle, "storage.txt")
    assert len(bundle.files) == 8


def copy_row(connection: sqlite3.Connection, table: str, **changed: object) -> None:
    """Add a row like the one there is, but for what is changed."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = ", ".join("?" if each in changed else each for each in columns)
    given = [changed[each] for each in columns if each in changed]
    connection.execute(f"INSERT INTO {table} SELECT {values} FROM {table}", given)


async def test_one_damaged_row_hides_no_other(home: Path) -> None:
    with closing(sqlite3.connect(home / "absender.db")) as connection, connection:
        copy_row(connection, "outbox", number=2, id="m2", sender="kanarienvogel")
        copy_row(connection, "attempt", number=2, message_id="m2", verdict="kanarienvogel")
    bundle = bundle_of(home)
    assert "message: m1" in text_of(bundle, "outbox.txt")
    assert "reason: storage-corrupt" in text_of(bundle, "outbox.txt")
    assert "message: m1" in text_of(bundle, "journal.txt")
    assert "the row 2: could not be read" in text_of(bundle, "storage.txt")
    assert leaked(text_of(bundle), SECRETS) == []


async def test_there_is_one_of_a_newer_database(home: Path) -> None:
    with closing(sqlite3.connect(home / "absender.db")) as connection, connection:
        connection.execute("PRAGMA user_version = 99")
        connection.execute("ALTER TABLE outbox ADD COLUMN password TEXT DEFAULT 'kanarienvogel'")
        connection.execute("ALTER TABLE attempt RENAME COLUMN reply TO answer")
    bundle = bundle_of(home)
    assert "of version 99" in text_of(bundle, "storage.txt")
    assert "message: m1" in text_of(bundle, "outbox.txt")
    assert leaked(text_of(bundle), SECRETS) == []


def test_there_is_one_of_an_older_database_that_cannot_be_brought_up_to_date(tmp_path: Path) -> None:
    """As with a full disk, on which the newer program cannot even open it."""
    file = tmp_path / "absender.db"
    first = (ROOT / "app" / "storage" / "schema" / "001.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(f"{first}; PRAGMA user_version = 1;")
        connection.execute(
            "INSERT INTO outbox (id, state, sender, recipients, subject, message_id, size, via, host, queue, "
            "envelope_from, has_draft, over_organisation, attempts, asked_for, due, reply, queue_id, created_at, "
            "changed_at) VALUES ('m1', 'queued', 'a@b.example', '[]', 'Kündigung wegen', '<1@b.example>', 5, "
            "'gateway', 'b.example', 'q', 'a@b.example', 0, 0, 0, 0, 1, '', '', 1, 1)"
        )
    before = file.read_bytes()
    bundle = bundle_of(tmp_path)
    assert "message: m1" in text_of(bundle, "outbox.txt")
    assert "of version 1; it was read as" in text_of(bundle, "storage.txt")
    assert file.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["absender.db"]


@pytest.mark.parametrize("column", ["message_id", "subject"])
async def test_what_cannot_be_read_lets_no_subject_through(home: Path, column: str) -> None:
    with closing(sqlite3.connect(home / "absender.db")) as connection, connection:
        connection.execute(f"ALTER TABLE outbox RENAME COLUMN {column} TO changed")
    bundle = bundle_of(home)
    assert "message: m1" in text_of(bundle, "journal.txt")
    assert ("queued as 4XQ1" in text_of(bundle, "journal.txt")) is (column == "message_id")
    assert leaked(text_of(bundle), SECRETS) == []


async def test_a_link_or_pipe_in_place_of_the_database_is_left_alone(home: Path, tmp_path: Path) -> None:
    (home / "absender.db").rename(tmp_path / "elsewhere.db")
    (home / "absender.db").symlink_to(tmp_path / "elsewhere.db")
    os.mkfifo(home / "absender.log")
    bundle = bundle_of(home)
    assert "m1" not in text_of(bundle)
    assert "the database: could not be read (OSError)" in text_of(bundle, "storage.txt")


async def test_it_is_taken_from_a_database_that_is_in_use(home: Path) -> None:
    with closing(sqlite3.connect(home / "absender.db")) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE outbox SET attempts = 7")
        assert "attempts: 1," in text_of(bundle_of(home), "outbox.txt")
        connection.commit()
        assert "attempts: 7," in text_of(bundle_of(home), "outbox.txt")


def test_every_declared_dependency_is_told() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {text.partition(">")[0] for text in project["dependencies"]} == set(DEPENDENCIES)
    assert "not known" not in version_facts().values()


def test_of_the_environment_only_what_is_named_is_told() -> None:
    facts = system_facts(
        NOW, {"LANG": "de_DE.UTF-8", "https_proxy": "http://u:kanarienvogel@proxy", "TOKEN": "kanarienvogel"}
    )
    assert facts["LANG"] == "de_DE.UTF-8"
    assert facts["proxy"] == "HTTPS_PROXY"
    assert "kanarienvogel" not in str(facts)


def test_an_attempt_has_no_field_for_what_was_written() -> None:
    assert not {"subject", "text", "html", "data"} & set(Attempt.__slots__)
