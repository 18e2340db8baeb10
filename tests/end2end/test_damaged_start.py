"""The program started on a damaged database: it says so, saves what can be read, and goes on only when told to."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from tests.app.storage.test_salvage import DRAFTS, MESSAGES
from tests.app.storage.test_salvage import filled as filled  # noqa: PLC0414 - a fixture is found by its name here
from tests.end2end.program import Program
from tests.servers.display import Display

pytestmark = [pytest.mark.system("window"), pytest.mark.case("L3")]


@pytest.fixture
def damaged(tmp_path: Path, filled: Path) -> Program:
    """A program whose database lost its first page."""
    program = Program(tmp_path / "place", {})
    shutil.copytree(filled, program.home)
    database = program.home / "absender.db"
    database.write_bytes(bytes(16384) + database.read_bytes()[16384:])
    return program


def test_a_damaged_database_is_told_and_left_as_it_was(damaged: Program, display: Display) -> None:
    before = (damaged.home / "absender.db").read_bytes()
    with damaged.open(display) as window:
        window.find("The database .* is damaged.")
        window.find(f"Your mail can be read: {MESSAGES + DRAFTS} messages.")
        window.click("quitButton")
        assert window.wait_for_end() == 1
        assert "absender.db is damaged" in window.output
    assert (damaged.home / "absender.db").read_bytes() == before


def test_a_fresh_start_keeps_the_damaged_file_and_begins_with_the_set_up(damaged: Program, display: Display) -> None:
    before = (damaged.home / "absender.db").read_bytes()
    with damaged.open(display) as window:
        window.find("Your mail can be read.*")
        window.click("startAfresh")
        window.click("Start afresh", kind="QPushButton")
        window.find("workAddress", seconds=20)
        (broken,) = damaged.home.glob("absender.broken-*.db")
        assert broken.name == f"absender.broken-{time.strftime('%Y-%m-%d')}.db"
        assert broken.read_bytes() == before
