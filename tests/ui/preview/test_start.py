"""How a preview begins: by command, from the mailbox, and never by itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app import cli
from app.cli import WindowRequest
from app.storage.folder import DataFolder
from tests.app.cli.front import SilentFront
from tests.ui.preview.room import Room, until
from ui import entry
from ui.demo.start import open_demo
from ui.mailbox.window import MailboxWindow
from ui.preview.sides import View
from ui.preview.window import PreviewWindow

ROOT = Path(__file__).resolve().parents[3]

WINDOWS = """
import sys
import ui.main, ui.desk, ui.mailbox.window, ui.composer.window, ui.accounts.dialog
print([name for name in sys.modules if name.startswith(("ui.preview", "app.preview", "app.policy.directory"))])
"""


def test_the_command_opens_a_file_or_none() -> None:
    front = SilentFront()
    assert cli.main(["preview"], front) == 0
    assert cli.main(["preview", "export/directory.json"], front) == 0
    assert [(each.action, each.file) for each in front.opened] == [
        ("preview", None),
        ("preview", Path("export/directory.json")),
    ]


def test_a_running_program_is_not_asked_and_its_folder_not_looked_at(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shown: list[Path | None] = []

    def run_preview(file: Path | None) -> int:
        shown.append(file)
        return 3

    monkeypatch.setattr(entry, "_handed_over", lambda _: pytest.fail("the running program was asked"))
    monkeypatch.setattr("ui.preview.start.run_preview", run_preview)
    request = WindowRequest(DataFolder(tmp_path / "home"), "preview", file=tmp_path / "x.json")
    assert entry.Front().open_windows(request) == 3
    assert shown == [tmp_path / "x.json"]
    assert not (tmp_path / "home").exists()


def test_the_other_windows_load_nothing_of_it() -> None:
    command = [sys.executable, "-c", WINDOWS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


async def test_it_opens_from_the_mailbox_once_and_leaves_it_alone() -> None:
    async with open_demo() as demo:
        mailbox = demo.desk.mailbox()
        assert isinstance(mailbox, MailboxWindow)
        policy = demo.services.policy
        mailbox.menus.preview.trigger()
        mailbox.menus.preview.trigger()
        (window,) = [each for each in demo.desk.windows if isinstance(each, PreviewWindow)]
        room = Room(window)
        await room.settled()
        window.tabs.setCurrentIndex(1)
        window.view.choose(View.BOTH)
        await room.close()
        await until(lambda: demo.desk.windows == (mailbox,))
        assert demo.services.policy == policy
        assert await demo.services.drafts.list() == []
        mailbox.close()
        await until(lambda: not demo.desk.windows)
