"""`absender demo` ends with nothing left behind, in every way it can end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.servers.process import wait_until

_START = [sys.executable, "-c", "import sys; from ui.entry import main; sys.exit(main())", "demo"]


def surroundings(tmp_path: Path, **more: str) -> dict[str, str]:
    """An environment in which everything that is left behind is seen."""
    temporary = tmp_path / "temporary"
    home = tmp_path / "home"
    temporary.mkdir()
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    kept.pop("QT_QPA_PLATFORM", None)
    return kept | {"TMPDIR": str(temporary), "HOME": str(home), "ABSENDER_HOME": str(home / "data")} | more


def left_behind(tmp_path: Path) -> list[str]:
    """Names of files the demo should have removed; Qt's own caches are not the demo's."""
    return [path.name for path in (tmp_path / "temporary").iterdir()] + [
        str(path) for path in (tmp_path / "home").rglob("*") if "absender" in path.name.lower() or path.name == "data"
    ]


def test_the_demo_by_code_pictures_every_window_and_leaves_nothing_behind(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    done = subprocess.run(
        [*_START, "--screenshots", str(pictures)],
        check=False,
        env=surroundings(tmp_path),
        capture_output=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr.decode()
    names = [path.stem.partition("-")[2] for path in sorted(pictures.glob("*.png"))]
    for name in ("accounts", "add-address-forbidden", "add-address-allowed", "composer", "mailbox-held", "set-up"):
        assert name in names
    assert b"Traceback" not in done.stderr
    assert left_behind(tmp_path) == []


def test_a_terminated_demo_leaves_nothing_behind(tmp_path: Path) -> None:
    environment = surroundings(tmp_path, QT_QPA_PLATFORM="offscreen")
    with subprocess.Popen(_START, env=environment, stderr=subprocess.PIPE) as demo:
        wait_for_servers(tmp_path / "temporary", demo)
        demo.send_signal(signal.SIGTERM)
        _, errors = demo.communicate(timeout=30)
    assert b"Traceback" not in errors, errors.decode()
    assert b"unexpected error" not in errors, errors.decode()
    assert left_behind(tmp_path) == []


def test_without_a_display_the_demo_says_so_in_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(_START, check=False, env=surroundings(tmp_path), capture_output=True, timeout=30, text=True)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "display" in done.stderr


def wait_for_servers(folder: Path, demo: subprocess.Popen[bytes]) -> None:
    """Wait until the demo's data folder is there: then servers and windows are."""
    wait_until(lambda: demo.poll() is not None or any(folder.rglob("*.sqlite*")) or any(folder.rglob("*.db")), "demo")
    assert demo.poll() is None
