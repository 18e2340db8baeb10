"""run.py and what it is made of: arguments, the state of the environment, what is said when something is missing."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

import run
from installers import environment, system, translate

ROOT = Path(__file__).resolve().parent.parent

TS = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de"><context><name>Outbox</name>
<message><source>Send</source><translation>Senden</translation></message>
<message><source>Held</source><translation type="unfinished"></translation></message>
<message><source>Wait</source><translation></translation></message>
<message numerus="yes"><source>%n message(s)</source>
<translation><numerusform>%n Nachricht</numerusform><numerusform></numerusform></translation></message>
</context></TS>
"""


def test_an_older_python_is_told_which_one_is_needed(tmp_path: Path) -> None:
    program = tmp_path / "run.py"
    program.write_text(
        "import sys; sys.version_info = (3, 9, 2, 'final', 0)\n" + (ROOT / "run.py").read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    result = subprocess.run([sys.executable, program], capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 1
    assert result.stderr == "Absender needs Python 3.11 or newer; this is Python 3.9.\n"


def test_arguments_of_test_go_to_pytest_as_they_are() -> None:
    options = run.parse(["test", "-k", "route", "tests/app", "-x"])
    assert options.arguments == ["-k", "route", "tests/app", "-x"]


@pytest.mark.parametrize(("processors", "processes"), [(2, 2), (4, 4), (64, 4)])
def test_all_tests_run_side_by_side_in_processes_that_measure(processors: int, processes: int) -> None:
    share = f"--tx={processes}*popen//env:COVERAGE_PROCESS_START=pyproject.toml"
    assert run.all_tests(processors) == ["pytest", "--dist=worksteal", share]


def test_one_processor_runs_all_tests_in_one_process() -> None:
    assert run.all_tests(1) == ["coverage", "run", "-m", "pytest"]


@pytest.mark.parametrize("command", ["demo", "check", "bench", "screenshots", "translate", "package"])
def test_other_commands_refuse_what_they_do_not_know(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run.parse([command, "--frobnicate"])
    assert ended.value.code == 2
    assert "--frobnicate" in capsys.readouterr().err


def test_the_demo_without_a_display_offers_pictures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert run.main(["demo"]) == 1
    said = capsys.readouterr().err
    assert "no display" in said
    assert "run.py demo --screenshots DIR" in said


def test_who_ends_run_py_ends_what_it_started() -> None:
    child = "import sys, time; print('begun', flush=True); time.sleep(60)"
    code = f"import run, sys; sys.exit(run._call([sys.executable, '-c', {child!r}]))"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.terminate()
        rest, _ = process.communicate(timeout=30)  # the pipe ends when the child has
    assert rest == ""
    assert process.returncode != 0


def test_a_program_that_only_root_finds_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not system.has_program("absender_tests_own")
    (tmp_path / "absender_tests_own").touch(mode=0o755)
    assert system.has_program("absender_tests_own")


def test_a_module_of_perl_is_looked_for_by_perl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not system.has_perl_module("Email::MIME")
    (tmp_path / "perl").write_text('#!/bin/sh\ntest "$*" = "-MEmail::MIME -e1"\n', encoding="utf-8")
    (tmp_path / "perl").chmod(0o755)
    assert system.has_perl_module("Email::MIME")
    lacking = {item.name: item for item in system.missing_for(["tests"])}
    assert "Email::MIME" not in lacking
    assert lacking["MIME::Parser"] == system.Missing("MIME::Parser", "libmime-tools-perl", "perl(MIME::Parser)")


def test_fonts_are_looked_for_below_the_folders(tmp_path: Path) -> None:
    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype" / "README").touch()
    assert not system.has_fonts([str(tmp_path)])
    (tmp_path / "truetype" / "Sans.TTF").touch()
    assert system.has_fonts([str(tmp_path)])


def test_a_machine_that_does_not_know_localhost_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert "netbase" not in {item.package for item in system.missing_for([])}

    def forget(*_: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", forget)
    assert [item.name for item in system.missing_for([])] == ["the name localhost"]


def test_the_command_to_type_is_that_of_the_systems_packager() -> None:
    missing = [
        system.Missing("xdotool", "xdotool", "/usr/bin/xdotool"),
        system.Missing("libGL.so.1", "libgl1", "libGL.so.1()(64bit)"),
    ]
    assert system.install_command(missing, packager="apt-get") == (
        "sudo apt-get install --no-install-recommends libgl1 xdotool"
    )
    assert system.install_command(missing, packager="dnf") == (
        "sudo dnf install 'libGL.so.1()(64bit)' /usr/bin/xdotool"
    )


def test_what_stays_missing_is_named_with_the_way_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = system.Missing("libGL.so.1", "libgl1", "libGL.so.1()(64bit)")
    tried: list[str] = []

    def refuse(packages: object) -> bool:
        assert hasattr(packages, "__iter__")
        tried.extend(packages)
        return False

    monkeypatch.setattr(system, "missing_for", lambda _: [gone])
    monkeypatch.setattr(system, "install", refuse)
    monkeypatch.setattr(system, "install_command", lambda _: "sudo apt-get install libgl1")
    assert not system.require(["qt"], purpose="Absender")
    assert tried == ["libgl1"]
    said = capsys.readouterr().err
    assert "Absender: this machine lacks libGL.so.1." in said
    assert "    sudo apt-get install libgl1\n" in said


def test_the_environment_is_remade_for_another_lock_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("one==1\n", encoding="utf-8")
    monkeypatch.setattr(environment, "LOCK", lock)
    before = environment.fingerprint()
    assert environment.fingerprint() == before
    lock.write_text("one==2\n", encoding="utf-8")
    assert environment.fingerprint()[0] == before[0]
    assert environment.fingerprint()[1] != before[1]


def test_strings_without_a_whole_translation_are_unfinished(tmp_path: Path) -> None:
    file = tmp_path / "absender_de.ts"
    file.write_text(TS, encoding="utf-8")
    assert translate.unfinished(file) == ["Outbox: Held", "Outbox: Wait", "Outbox: %n message(s)"]
