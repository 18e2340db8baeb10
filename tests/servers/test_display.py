"""The tests' own screen: what is typed and clicked there reaches a program, and what it shows can be saved."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.display import Display
from tests.servers.process import wait_until

pytestmark = pytest.mark.system("window")

PROGRAM = """
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget

app = QApplication([])
window = QWidget()
window.setWindowTitle("A window to try")
layout = QVBoxLayout(window)
field, button = QLineEdit(), QPushButton("&Say")
layout.addWidget(field)
layout.addWidget(button)
button.clicked.connect(lambda: print(field.text(), flush=True))
window.resize(300, 200)
window.show()
place = button.geometry().center()
print(place.x(), place.y(), flush=True)
app.exec()
print("closed", flush=True)
"""


def test_a_program_is_typed_into_clicked_seen_and_closed(display: Display, tmp_path: Path) -> None:
    program = subprocess.Popen([sys.executable, "-c", PROGRAM], env=display.env, stdout=subprocess.PIPE, text=True)
    with program:
        try:
            assert program.stdout is not None
            window = display.find("^A window to")
            assert window.title == "A window to try"
            assert window.size == (300, 200)
            x, y = map(int, program.stdout.readline().split())
            window.activate()
            display.type("by keyboard")
            display.key("alt+s")
            assert program.stdout.readline() == "by keyboard\n"
            display.key("ctrl+a")
            display.type("by mouse")
            window.click(x, y)
            assert program.stdout.readline() == "by mouse\n"
            window.screenshot(tmp_path / "window.png")
            display.screenshot(tmp_path / "screen.png")
            window.close()
            assert program.stdout.readline() == "closed\n"
            wait_until(lambda: not window.is_visible, "the window's end")
        finally:
            program.kill()
    for file in ("window.png", "screen.png"):
        assert (tmp_path / file).read_bytes().startswith(b"\x89PNG")


def test_two_screens_are_apart(display: Display) -> None:
    with Display() as other:
        assert other.name != display.name
        assert other.titles() == []
