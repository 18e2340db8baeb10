"""The inspector sees what a person sees, and the display reaches what it sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end2end.program import Program
from tests.servers.display import Display

pytestmark = pytest.mark.system("window")

WINDOW = """
import sys
from PySide6.QtGui import QStandardItemModel, QStandardItem
from PySide6.QtWidgets import (
    QApplication, QCheckBox, QComboBox, QLabel, QLineEdit, QListView, QPushButton, QVBoxLayout, QWidget,
)

def main():
    app = QApplication([])
    window = QWidget()
    window.setWindowTitle("Inspected")
    layout = QVBoxLayout(window)
    label, field, box, choice, view = QLabel("Waiting"), QLineEdit(), QCheckBox("&Alias"), QComboBox(), QListView()
    field.setAccessibleName("Address")
    choice.setAccessibleName("Port")
    choice.addItems(["587", "465"])
    model = QStandardItemModel()
    for number in range(200):
        model.appendRow(QStandardItem(f"Row {number}"))
    view.setModel(model)
    view.setFixedHeight(80)
    hidden, closed, button = QPushButton("Hidden"), QPushButton("Closed"), QPushButton("&Send")
    closed.setEnabled(False)
    for each in (label, field, box, choice, view, hidden, closed, button):
        layout.addWidget(each)
    hidden.hide()
    view.clicked.connect(lambda index: label.setText("Chosen: " + index.data()))
    button.clicked.connect(lambda: label.setText(f"Sent: {field.text()} {choice.currentText()} {box.isChecked()}"))
    window.resize(400, 400)
    window.show()
    return app.exec()
"""


@pytest.fixture
def window_program(tmp_path: Path) -> Program:
    """A program in place of the real one, with one of each kind of thing."""
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "__init__.py").touch()
    (tmp_path / "ui" / "entry.py").write_text(WINDOW, encoding="utf-8")
    program = Program(tmp_path, {})
    program.env["PYTHONPATH"] = f"{tmp_path}:{program.env['PYTHONPATH']}"
    return program


def test_what_is_seen_can_be_filled_in_chosen_and_clicked(window_program: Program, display: Display) -> None:
    with window_program.open(display) as running:
        running.fill("Address", "nutzer@beispiel.example")
        running.click("Alias")
        running.click("Port", kind="QComboBox")
        running.click("465", kind="item")
        running.click("Send")
        assert running.find("Sent: .*").text == "Sent: nutzer@beispiel.example 465 True"
        assert running.find("Alias").checked
        running.click("Row 1", kind="item")
        running.find("Chosen: Row 1")
        display.find("Inspected").close()
        assert running.wait_for_end() == 0
        assert running.look() == []


def test_what_is_hidden_or_scrolled_away_is_not_seen_and_what_is_disabled_is_so(
    window_program: Program, display: Display
) -> None:
    with window_program.open(display) as running:
        assert not running.find("Closed").enabled
        assert running.matching("Hidden") == []
        assert running.matching("Row 0", kind="item") != []
        assert running.matching("Row 150", kind="item") == []
        with pytest.raises(TimeoutError):
            running.click("Closed", seconds=0.2)


def test_a_failure_tells_what_was_there_instead(window_program: Program, display: Display, tmp_path: Path) -> None:
    def fail() -> None:
        with window_program.open(display) as running:
            running.find("Send")
            running.find("Nothing of the kind", seconds=0.1)

    with pytest.raises(TimeoutError) as caught:
        fail()
    assert "QPushButton" in caught.value.__notes__[0]
    assert (tmp_path / "at-the-failure.png").exists()
