"""Buttons: reached by keyboard, seen when focused, named for screen readers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.theme import tokens
from ui.widgets import Button, LinkButton, PrimaryButton, fit_to_screen, icon_button


@pytest.mark.parametrize("kind", [Button, LinkButton, PrimaryButton])
def test_every_button_can_be_reached_and_pressed_by_keyboard(
    qtbot: QtBot, kind: type[Button | LinkButton | PrimaryButton]
) -> None:
    button = kind("&Make default", name="makeDefault")
    qtbot.addWidget(button)
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert button.shortcut().toString() == "Alt+M"
    assert button.objectName() == "makeDefault"
    assert QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Name) == "Make default"
    with qtbot.waitSignal(button.clicked):
        QTest.keyClick(button, Qt.Key.Key_Space)


@pytest.mark.parametrize(("kind", "colour"), [(Button, "accent"), (LinkButton, "accent"), (PrimaryButton, "text")])
def test_the_focus_can_be_seen_and_moves_nothing(
    qtbot: QtBot, scheme: str, kind: type[Button | LinkButton | PrimaryButton], colour: str
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    button, other = kind("Save"), QPushButton("Other")
    for each in (button, other):
        column.addWidget(each)
    window.show()
    window.activateWindow()
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    size = button.size()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    assert button.size() == size
    assert button.grab().toImage().pixelColor(size.width() // 2, 0).name() == getattr(tokens(), colour)


def test_an_icon_button_says_in_words_what_it_does(qtbot: QtBot) -> None:
    button = icon_button("bold", "&Bold", name="boldButton")
    qtbot.addWidget(button)
    assert button.accessibleName() == "Bold"
    assert button.toolTip() == "Bold"
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_a_window_is_never_larger_than_the_screen(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    fit_to_screen(window, 10_000, 10_000)
    assert window.width() < window.screen().availableGeometry().width()
    assert window.height() < window.screen().availableGeometry().height()
    fit_to_screen(window, 300, 200)
    assert (window.width(), window.height()) == (300, 200)


@pytest.mark.parametrize("make", [Button, LinkButton])
def test_return_presses_the_button_that_has_the_focus_not_the_primary_one(
    qtbot: QtBot, make: type[Button | LinkButton]
) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    row = QVBoxLayout(dialog)
    pressed: list[str] = []
    for button, name in ((make("Cancel"), "focused"), (PrimaryButton("Finish"), "primary")):
        button.clicked.connect(lambda _checked=False, name=name: pressed.append(name))
        row.addWidget(button)
    focused = dialog.findChildren(make)[0]
    dialog.show()
    QTest.keyClick(focused, Qt.Key.Key_Return)
    QTest.keyClick(focused, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert pressed == ["focused", "focused"]
    QTest.keyClick(focused, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed == ["focused", "focused"]
