"""PySide6 without what only describes it: it is not run at the start, and there as soon as somebody asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

IMPORTED = """
import linecache, sys

if sys.argv[1] == "spared":
    from ui import bindings
    bindings.import_qt()
import PySide6.QtCore
before = set(linecache.cache)
import ui.theme, asyncio.queues
print(len(set(linecache.cache) - before))
"""

DESCRIBED = """
import sys

if sys.argv[1] == "spared":
    from ui import bindings
    bindings.import_qt()
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal
from PySide6.support.signature import get_signature, layout, mapping
from PySide6.support.signature.lib import enum_sig, pyi_generator

application = QCoreApplication([])
for call in (
    lambda: QTimer.singleShot("x", 3),
    lambda: QTimer(3, 4, 5),
    lambda: QObject(no_such_property=1),
    lambda: QObject().setObjectName(),
    lambda: layout.no_such_name,
):
    try:
        print(call())
    except (TypeError, AttributeError) as error:
        print(type(error).__name__, error)
print(QObject.setObjectName.__doc__, get_signature(QObject.setObjectName))
print(pyi_generator.Formatter, sorted(vars(enum_sig))[-3:], sorted(mapping.pyside_modules))
"""

WAITING = """
from ui import bindings

bindings.import_qt()
assert len(bindings.waiting()) == 7, bindings.waiting()
import ui.loop, ui.main, ui.composer.window
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

class Window(QWidget):
    changed = Signal(str)

async def main(application):
    window = Window()
    window.changed.connect(window.setWindowTitle)
    window.show()
    window.changed.emit("x")
    return 0

assert ui.loop.run(main) == 0
print(bindings.waiting())
try:
    QTimer.singleShot("x", 3)
except TypeError:
    print(len(bindings.waiting()))
"""


def _printed(script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
    )
    return done.stdout.strip()


def test_no_source_is_read_for_features_that_nobody_uses() -> None:
    assert _printed(IMPORTED, "spared") == "0"
    # Else there is nothing to spare any more, and the reach into PySide can go.
    assert int(_printed(IMPORTED, "read")) > 0


def test_whatever_describes_a_call_says_the_same_as_ever() -> None:
    said = _printed(DESCRIBED, "spared")
    assert said == _printed(DESCRIBED, "as it is")
    assert "Supported signatures:" in said


def test_what_describes_calls_waits_until_one_goes_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    before, after = _printed(WAITING).splitlines()
    assert before.count("shibokensupport") == 7
    assert int(after) < 7
