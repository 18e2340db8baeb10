"""A keychain or a data folder that cannot be used, and a second program: the reason is said, nothing half-saved."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from app.demo.authority import PRIMARY
from app.demo.world import PARTNER, DemoWorld
from app.errors import KeychainError, Reason
from app.instance import FileLock
from app.storage.folder import DataFolder
from app.storage.keychain import Secret
from tests.app.setup.refusing import RefusingKeychain
from tests.end2end.program import Outcome, Program
from tests.end2end.shell import CANARY, Shell, Vault, says
from tests.servers.disk import fill, make_read_only, small_disk
from tests.servers.keyring_session import KeyringSession

STRANGER = "kunde@extern.example"
SEND = ("send", "--from", PRIMARY, "--to", STRANGER, "--subject", "x", "--body", "y")


def set_up(program: Program, world: DemoWorld, *more: str) -> Outcome:
    return program.run(
        "setup", "--email", PRIMARY, "--name", "Nutzer", "--policy", world.policy_url, "--policy-ca",
        world.policy_ca, "--mail-ca", world.mail_ca, "--password-stdin", *more,
        stdin=world.organisation.password + "\n",
    )  # fmt: skip


def add_partner(shell: Shell, world: DemoWorld) -> Outcome:
    server = world.partner.access()
    return shell.run(
        "address", "add", PARTNER, "--name", "N", "--gateway", f"{server.host}:{server.port}", "--user",
        server.username, "--password-stdin", stdin=world.partner.password,
    )  # fmt: skip


# The keychain


class ReadableVault(Vault):
    """A keychain that gives what it holds and takes nothing more."""

    def __init__(self, content: dict[str, str], reason: Reason) -> None:
        super().__init__()
        self._secrets = {account: Secret(text) for account, text in content.items()}
        self._reason = reason

    async def set(self, account: str, secret: Secret) -> None:
        raise KeychainError.because(self._reason, detail="no", backend="some.Keyring")


KEYCHAIN_FAULTS = [
    Reason.KEYCHAIN_MISSING,
    Reason.KEYCHAIN_LOCKED,
    Reason.KEYCHAIN_REFUSED,
    Reason.KEYCHAIN_TIMEOUT,
    Reason.KEYCHAIN_BROKEN,
    Reason.KEYCHAIN_INSECURE,
]


@pytest.mark.parametrize("reason", KEYCHAIN_FAULTS)
def test_set_up_without_a_usable_keychain_keeps_nothing(
    shell: Shell, world: DemoWorld, monkeypatch: pytest.MonkeyPatch, reason: Reason
) -> None:
    assert shell.run("outbox", "list").code == 0
    before = shell.state()
    monkeypatch.setattr("app.services.SystemKeychain", lambda: RefusingKeychain(reason))
    says(shell.set_up(world), reason)
    assert shell.state() == before
    assert shell.holds(world.organisation.password) == []


@pytest.mark.parametrize("reason", KEYCHAIN_FAULTS)
def test_an_address_whose_password_the_keychain_does_not_take_is_not_added(
    ready: Shell, world: DemoWorld, reason: Reason
) -> None:
    ready.vault = ReadableVault(ready.vault.content, reason)
    before, seen = ready.state(), len(world.inbox.messages())
    says(add_partner(ready, world), reason)
    assert ready.state() == before
    assert len(world.inbox.messages()) == seen
    assert ready.holds(world.partner.password) == []


@pytest.mark.case("L5")
@pytest.mark.parametrize("reason", KEYCHAIN_FAULTS)
def test_mail_whose_password_cannot_be_had_is_held_and_goes_with_a_later_retry(
    ready: Shell, world: DemoWorld, monkeypatch: pytest.MonkeyPatch, reason: Reason
) -> None:
    seen = len(world.inbox.messages())
    with monkeypatch.context() as patch:
        patch.setattr("app.services.SystemKeychain", lambda: RefusingKeychain(reason))
        outcome = ready.run(*SEND, "--json")
    says(outcome, reason)
    assert (outcome.json["state"], outcome.json["reason"]) == ("held", reason.value)
    assert len(world.inbox.messages()) == seen
    assert ready.run("outbox", "retry", outcome.json["id"]).code == 0
    assert ready.run("outbox", "run").code == 0
    assert len(world.inbox.messages()) == seen + 1


def test_a_password_that_has_gone_is_asked_for_by_name(ready: Shell) -> None:
    ready.vault = Vault()
    says(ready.run(*SEND), Reason.KEYCHAIN_NO_PASSWORD, PRIMARY, "localhost")


def test_a_session_without_a_keychain_is_told_from_an_insecure_one(tmp_path: Path, world: DemoWorld) -> None:
    program = Program(tmp_path, {})
    says(set_up(program, world), Reason.KEYCHAIN_MISSING, "command that prints the password")
    program.env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    says(set_up(program, world), Reason.KEYCHAIN_INSECURE, "keyring.backends.null")
    says(program.run("address", "list"), Reason.PROFILE_MISSING)


@pytest.mark.system("gnome-keyring")
def test_a_locked_keychain_that_nobody_opens_is_named_and_nothing_is_kept(tmp_path: Path, world: DemoWorld) -> None:
    with KeyringSession() as session:
        program = Program(tmp_path, session.env)
        session.lock()
        says(set_up(program, world), Reason.KEYCHAIN_LOCKED, "Unlock it")
        says(program.run("address", "list"), Reason.PROFILE_MISSING)


# The data folder


CHANGES = [
    SEND,
    (*SEND, "--no-wait"),
    ("address", "add", STRANGER, "--name", "N"),
    ("address", "default", PRIMARY),
    ("outbox", "run"),
    ("address", "list"),
    ("policy", "show"),
    ("outbox", "list"),
]


@pytest.mark.system("mount")
@pytest.mark.case("L2")
def test_a_data_folder_that_is_read_only_is_named_by_every_command(
    tmp_path: Path, world: DemoWorld, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "home") as home:
        shell = Shell(home, capsys, monkeypatch)
        assert shell.set_up(world).code == 0
        make_read_only(home)
        for command in CHANGES:
            says(shell.run(*command), Reason.STORAGE_READ_ONLY, str(home), "--home")
        says(shell.run("--home", home / "new", "outbox", "list"), Reason.STORAGE_READ_ONLY)
        make_read_only(home, value=False)
        assert shell.run("outbox", "list", "--json").json == {"messages": []}


@pytest.mark.system("mount")
@pytest.mark.case("L2")
def test_a_full_disk_keeps_no_half_of_anything(
    tmp_path: Path, world: DemoWorld, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "home") as home:
        shell = Shell(home, capsys, monkeypatch)
        assert shell.set_up(world).code == 0
        before, seen = shell.state(), len(world.inbox.messages())
        ballast = fill(home)
        body = tmp_path / "body.txt"
        body.write_text("Zeile\n" * 100_000)
        outcome = shell.run(*SEND[:-2], "--body-file", body, "--json")
        says(outcome, Reason.STORAGE_FULL, str(home), "Make room")
        assert outcome.out == ""
        ballast.unlink()
        assert shell.state() == before
        assert len(world.inbox.messages()) == seen
        assert shell.run(*SEND).code == 0


@pytest.mark.system("mount")
@pytest.mark.case("L2")
def test_set_up_on_a_full_disk_leaves_no_password_and_works_once_there_is_room(
    tmp_path: Path, world: DemoWorld, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "home") as home:
        shell = Shell(home, capsys, monkeypatch)
        ballast = fill(home)
        says(shell.set_up(world), Reason.STORAGE_FULL, str(home))
        assert [file.name for file in home.iterdir()] == ["ballast"]
        ballast.unlink()
        assert shell.run("outbox", "list").code == 0
        before = shell.state()
        ballast = fill(home)
        says(shell.set_up(world), Reason.STORAGE_FULL, str(home))
        ballast.unlink()
        assert shell.state() == before
        assert shell.set_up(world).code == 0


@pytest.mark.case("L4")
@pytest.mark.parametrize("name", ["absender.db", "delivery.lock"])
def test_a_link_where_a_file_should_be_is_left_alone(ready: Shell, tmp_path: Path, name: str) -> None:
    other = tmp_path / "other"
    (ready.home / name).unlink(missing_ok=True)
    (ready.home / name).symlink_to(other)
    says(ready.run("outbox", "run"), Reason.STORAGE_UNSAFE, name)
    assert not other.exists()


@pytest.mark.case("L4")
def test_a_file_where_the_folder_should_be_is_left_alone(shell: Shell) -> None:
    shell.home.write_text("mine")
    says(shell.run("outbox", "list"), Reason.STORAGE_UNSAFE, str(shell.home))
    assert shell.home.read_text() == "mine"


@pytest.mark.case("L3")
@pytest.mark.parametrize("content", [b"", b"this is no database", b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_damaged_database_is_named_and_not_made_anew(shell: Shell, content: bytes) -> None:
    shell.home.mkdir(mode=0o700)
    (shell.home / "absender.db").write_bytes(content)
    says(shell.run("address", "list"), Reason.STORAGE_CORRUPT, "absender.db", "Do not delete it")
    assert (shell.home / "absender.db").read_bytes() == content


# Messages taken out of a data folder in any state


def exported(shell: Shell, place: Path, *, lost: int = 0) -> list[Path]:
    """Save everything; return the files, which are as many as the program says."""
    outcome = shell.run("outbox", "export", place, "--json")
    assert (outcome.code, outcome.json["lost"]) == (1 if lost else 0, lost), outcome.err
    files = [Path(file) for file in outcome.json["files"]]
    assert sorted(files) == sorted(file for file in place.rglob("*") if file.is_file())
    return files


@pytest.mark.case("L3")
def test_every_message_can_be_saved_as_a_file(ready: Shell, tmp_path: Path) -> None:
    assert ready.run(*SEND).code == 0
    assert ready.run(*SEND[:-1], "waits", "--no-wait").code == 0
    before = ready.state()
    sent, waiting = sorted(exported(ready, tmp_path / "out"), reverse=True)
    assert (sent.parent.name, waiting.parent.name) == ("sent", "outbox")
    assert b"Subject: x\r\n" in sent.read_bytes()
    assert waiting.read_bytes().endswith(b"waits\r\n")
    assert ready.state() == before


@pytest.mark.case("L3")
def test_messages_are_saved_from_a_damaged_database(ready: Shell, tmp_path: Path) -> None:
    for text in ("one", "two"):
        assert ready.run(*SEND[:-1], text, "--no-wait").code == 0
    database = ready.home / "absender.db"
    database.write_bytes(bytes(16384) + database.read_bytes()[16384:])
    says(ready.run("outbox", "list"), Reason.STORAGE_CORRUPT, "absender.db")
    assert len(exported(ready, tmp_path / "out")) == 2


@pytest.mark.case("L3")
def test_what_damage_took_is_counted(ready: Shell, tmp_path: Path) -> None:
    for text in ("one", "two"):
        assert ready.run(*SEND[:-1], text, "--no-wait").code == 0
    with closing(sqlite3.connect(ready.home / "absender.db")) as connection:
        number = connection.execute("SELECT max(number) FROM outbox").fetchone()[0]
        name = connection.execute("SELECT id FROM outbox WHERE number = ?", (number,)).fetchone()
        for table in ("outbox_part", "outbox_draft"):
            connection.execute(f"DELETE FROM {table} WHERE message_id = ?", name)
        connection.commit()
    outcome = ready.run("outbox", "export", tmp_path / "out")
    says(outcome, Reason.EXPORT_PARTIAL, "saved: 1; no longer readable: 1")
    assert len(outcome.out.splitlines()) == 1


@pytest.mark.case("L3")
def test_nothing_is_saved_and_nothing_made_where_there_is_no_data_folder(shell: Shell, tmp_path: Path) -> None:
    assert exported(shell, tmp_path / "out") == []
    assert not shell.home.exists()
    assert not (tmp_path / "out").exists()


@pytest.mark.case("L2", "L3")
@pytest.mark.system("mount")
def test_messages_are_saved_from_a_full_or_read_only_disk(
    tmp_path: Path, world: DemoWorld, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "home") as home:
        shell = Shell(home, capsys, monkeypatch)
        assert shell.set_up(world).code == 0
        assert shell.run(*SEND, "--no-wait").code == 0
        ballast = fill(home)
        assert len(exported(shell, tmp_path / "one")) == 1
        says(shell.run("outbox", "export", home / "out"), Reason.EXPORT_FAILED)
        make_read_only(home)
        assert len(exported(shell, tmp_path / "two")) == 1
        make_read_only(home, value=False)
        ballast.unlink()


# A second program


def test_a_second_program_that_delivers_is_told_from_one_that_does_not_answer(ready: Shell) -> None:
    held = FileLock(DataFolder(ready.home).delivery_lock)
    assert held.acquire()
    try:
        says(ready.run("outbox", "run"), Reason.INSTANCE_RUNNING, str(ready.home))
        queued = ready.run(*SEND, "--no-wait", "--json")
        assert (queued.code, queued.json["state"]) == (0, "queued")
    finally:
        held.release()
    assert ready.run("outbox", "run").code == 0
    assert ready.run("outbox", "list", "--json").json["messages"][0]["state"] == "sent"


def test_mail_is_delivered_here_when_whoever_delivered_has_gone(ready: Shell, world: DemoWorld) -> None:
    held = FileLock(DataFolder(ready.home).delivery_lock)
    assert held.acquire()
    timer = threading.Timer(0.3, held.release)
    timer.start()
    outcome = ready.run(*SEND, "--json")
    timer.join()
    assert (outcome.code, outcome.json["state"]) == (0, "sent")


def test_a_second_set_up_is_refused_and_changes_nothing(ready: Shell, world: DemoWorld) -> None:
    before = ready.state()
    says(ready.set_up(world, "--name", "Anders", password=CANARY), Reason.PROFILE_EXISTS, PRIMARY)
    assert ready.state() == before


def test_before_set_up_each_command_says_so_and_keeps_nothing(shell: Shell) -> None:
    assert shell.run("outbox", "list").code == 0
    before = shell.state()
    for command in (
        SEND, ("address", "list"), ("address", "add", STRANGER, "--name", "N"), ("address", "verify", PARTNER, "1"),
        ("route", PRIMARY), ("policy", "show"), ("policy", "refresh"), ("outbox", "run"), ("sendmail", "-t"),
    ):  # fmt: skip
        says(shell.run(*command, stdin=f"From: {PRIMARY}\nTo: {STRANGER}\n\nx\n"), Reason.PROFILE_MISSING)
    assert shell.state() == before
