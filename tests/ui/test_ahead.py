"""What is loaded ahead of Qt is what Qt would load itself, and is loaded once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ui import ahead

ROOT = Path(__file__).resolve().parents[2]

LOADED = """
import re
from pathlib import Path
from ui.ahead import load_ahead

def libraries():
    return {line.split(maxsplit=5)[5].strip() for line in Path("/proc/self/maps").read_text().splitlines()
            if re.search(r"/lib(Qt6|fontconfig)[^/]*$", line)}

load_ahead().join()
before = libraries()
assert any("libQt6Widgets" in each for each in before) and any("libfontconfig" in each for each in before), before
from PySide6.QtWidgets import QApplication, QLabel
application = QApplication([])
label = QLabel("x")
label.show()
again = {each for each in libraries() - before if Path(each).name in {Path(known).name for known in before}}
print(sorted(again))
"""


def test_no_library_is_loaded_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_where_qt_or_the_fonts_are_elsewhere_nothing_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_FONTS", "libno-such-library.so.1")
    monkeypatch.setattr(ahead, "find_spec", lambda _: None)
    thread = ahead.load_ahead()
    assert thread is not None
    thread.join()
    ahead._load([tmp_path])


def test_other_systems_load_as_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert ahead.load_ahead() is None
