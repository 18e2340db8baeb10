"""What the command line prints, and what it reads from standard input."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import cli
from app.cli.output import Output, cell, password_from_input, text_of
from app.errors import ExpectedError, MessageError, Problem, Reason, SetupError, StorageError
from tests.app.cli.front import SilentFront
from tests.end2end.program import ROOT


@pytest.fixture
def out() -> Output:
    return Output(SilentFront(), as_json=False)


@pytest.fixture
def out_json() -> Output:
    return Output(SilentFront(), as_json=True)


def piped(monkeypatch: pytest.MonkeyPatch, data: bytes, errors: str = "strict") -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors=errors))


def refused_by(reason: Reason, kind: type[ExpectedError]) -> pytest.RaisesExc[ExpectedError]:
    return pytest.raises(kind, check=lambda error: error.problem.reason is reason)


def test_a_result_is_text_or_one_object(out: Output, out_json: Output, capsys: pytest.CaptureFixture[str]) -> None:
    assert out.result("Größe", {"a": 1}) == 0
    assert capsys.readouterr().out == "Größe\n"
    assert out_json.result("Größe", {"a": "Größe \u202e\ud800"}) == 0
    shown = capsys.readouterr().out
    assert shown.isascii()
    assert shown.count("\n") == 1
    assert json.loads(shown) == {"a": "Größe \u202e\ud800"}


def test_a_problem_is_its_sentence_its_next_step_and_the_servers_words(
    out_json: Output, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = Problem.of(Reason.SERVER_BUSY, next="Try again.", reply="450 later")
    assert out_json.problem(problem) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "absender: server-busy\nTry again.\nThe server said: 450 later\n"
    assert out_json.problem(Problem.of(Reason.SERVER_BUSY)) == 1
    assert capsys.readouterr().err == "absender: server-busy\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Größe 用户", "Größe 用户"),
        ("\x1b]0;title\x07", "\ufffd]0;title\ufffd"),
        ("one\ttwo\nthree\r", "one\ufffdtwo\ufffdthree\ufffd"),
        ("\u202egpj.exe", "\ufffdgpj.exe"),
        (3, "3"),
    ],
)
def test_foreign_text_neither_breaks_a_line_nor_commands_the_terminal(text: object, shown: str) -> None:
    assert cell(text) == shown


def test_a_terminal_that_cannot_show_a_letter_shows_a_question_mark(
    out: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    octets = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(octets, encoding="latin-1"))
    out.result("Größe “用户”", {})
    assert octets.getvalue() == "Größe ????\n".encode("latin-1")


@pytest.mark.parametrize(
    ("data", "password"),
    [
        ("geheim\n", "geheim"),
        ("geheim\r\nsecond\n", "geheim"),
        (" geheim ", " geheim "),
        ("gehäim 用", "gehäim 用"),
        ("", ""),
    ],
)
def test_the_password_is_the_first_line_as_it_is(monkeypatch: pytest.MonkeyPatch, data: str, password: str) -> None:
    piped(monkeypatch, data.encode())
    assert password_from_input() == password


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
def test_what_is_not_utf8_is_refused_in_every_locale(monkeypatch: pytest.MonkeyPatch, errors: str) -> None:
    piped(monkeypatch, b"geh\xe4im\n", errors)
    with refused_by(Reason.SETUP_PASSWORD_UNREADABLE, SetupError) as refused:
        password_from_input()
    assert refused.value.__cause__ is None
    piped(monkeypatch, b"Gr\xfc\xdfe\n", errors)
    with refused_by(Reason.MESSAGE_UNREADABLE, MessageError):
        text_of(sys.stdin, 100)


def test_a_text_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    piped(monkeypatch, "äöü".encode())
    assert text_of(sys.stdin, 3) == "äöü"
    piped(monkeypatch, "äöü!".encode())
    with refused_by(Reason.MESSAGE_UNREADABLE, MessageError):
        text_of(sys.stdin, 3)


def test_on_a_terminal_the_password_is_typed_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    asked: list[str] = []

    def getpass(prompt: str) -> str:
        asked.append(prompt)
        return "geheim"

    monkeypatch.setattr(sys, "stdin", Terminal("seen\n"))
    monkeypatch.setattr("getpass.getpass", getpass)
    assert password_from_input() == "geheim"
    assert len(asked) == 1


def test_windows_are_the_fronts_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ABSENDER_HOME", raising=False)
    front = SilentFront(exit_code=1)
    home = ["--home", str(tmp_path / "home")]
    assert cli.main(home, front) == 1
    assert cli.main([*home, "compose", "mailto:a@b.example"], front) == 1
    assert cli.main([*home, "compose"], front) == 1
    assert cli.main([*home, "demo", "--screenshots", str(tmp_path)], front) == 1
    assert [(each.action, each.mailto, each.screenshots) for each in front.opened] == [
        ("show", "", None),
        ("compose", "mailto:a@b.example", None),
        ("compose", "", None),
        ("demo", "", tmp_path),
    ]
    assert {each.folder.home for each in front.opened} == {tmp_path / "home"}
    assert not (tmp_path / "home").exists()


def test_the_folder_is_the_systems_suggestion_unless_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    front = SilentFront()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.delenv("ABSENDER_HOME", raising=False)
    cli.main([], front)
    monkeypatch.setenv("ABSENDER_HOME", "~/mail")
    cli.main([], front)
    cli.main(["--home", "relative"], front)
    first, second, third = (each.folder.home for each in front.opened)
    assert first.name == "absender"
    assert second == tmp_path / "mail"
    assert third == Path.cwd() / "relative"


def test_a_window_that_cannot_open_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    class Failing(SilentFront):
        def open_windows(self, request: cli.WindowRequest) -> int:
            raise StorageError.because(Reason.INSTANCE_RUNNING, folder=request.folder.home)

    assert cli.main([], Failing()) == 1
    assert capsys.readouterr().err == "absender: instance-running\n"


def test_an_interrupted_command_ends_with_one_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    class Interrupted(SilentFront):
        def open_windows(self, request: cli.WindowRequest) -> int:
            raise KeyboardInterrupt

    assert cli.main([], Interrupted()) == 1
    assert capsys.readouterr() == ("", "")


def test_a_reader_that_goes_away_is_no_traceback(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        ran = subprocess.run(
            [sys.executable, "-c", "import sys; from ui.entry import main; sys.exit(main())", "outbox", "list"],
            env={**os.environ, "ABSENDER_HOME": str(tmp_path / "home")},
            cwd=ROOT,
            stdout=nobody,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert (ran.returncode, ran.stderr) == (1, b"")
