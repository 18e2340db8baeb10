"""Looks, when all tests have run, for their passwords in everything the run has left behind; one hit fails the run."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.canary import MARK, found_in, hits_in_files, hits_in_processes, own_processes

_HITS: pytest.StashKey[list[str]] = pytest.StashKey()
_TOLD = "passwords"
"""Under this name a process that runs tests beside others tells what it found."""
_random_text = secrets.token_urlsafe


def _recognisable(octets: int | None = None) -> str:
    return MARK + _random_text(octets)


def pytest_configure(config: pytest.Config) -> None:
    """Let the made-up servers' own passwords be recognised, too."""
    config.stash[_HITS] = []
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(secrets, "token_urlsafe", _recognisable)
    config.add_cleanup(monkeypatch.undo)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Look through what a test wrote to its terminal and log; one that failed may show all it knows."""
    report = yield
    if report.passed:
        for name, text in report.sections:
            item.config.stash[_HITS] += [f"{item.nodeid}: {name}: {encoding}" for encoding in found_in(text)]
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    hits = config.stash[_HITS]
    if config.getoption("dist", "no") == "no":  # else each process that ran tests has looked, and told
        hits += hits_in_files(_places(config))
        hits += hits_in_processes(own_processes()) if sys.platform == "linux" else []
        hits += [f"clipboard: {encoding}" for encoding in found_in(_clipboard())]
    if hasattr(config, "workeroutput"):
        config.workeroutput[_TOLD] = hits
    if hits and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take what another process found; one that crashed has told nothing, and fails the run by that."""
    known = node.config.stash[_HITS]
    known += [hit for hit in getattr(node, "workeroutput", {}).get(_TOLD, ()) if hit not in known]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    hits = config.stash[_HITS]
    if hits:
        terminalreporter.section("passwords found where none may be", red=True)
        terminalreporter.write_line("\n".join(hits[:50]))
        terminalreporter.write_line(f"{len(hits)} in all")


def _places(config: pytest.Config) -> list[Path]:
    """Return the tests' folders, and where the program would keep its data and settings if a test forgot to say."""
    factory: pytest.TempPathFactory = config._tmp_path_factory  # type: ignore[attr-defined] # made by pytest's own plugin
    home = Path.home()
    settings = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    own = [each for folder in (settings, data) if folder.is_dir() for each in folder.glob("*[aA]bsender*")]
    return [*own, *([factory.getbasetemp()] if factory._basetemp is not None else [])]


def _clipboard() -> str:
    gui = sys.modules.get("PySide6.QtGui")
    application = gui.QGuiApplication.instance() if gui is not None else None
    return str(application.clipboard().text()) if isinstance(application, gui.QGuiApplication) else ""  # type: ignore[union-attr]
