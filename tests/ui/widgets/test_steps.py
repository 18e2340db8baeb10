"""Steps and reasons are told in words, not by colour alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from ui.widgets import IconLabel, ReasonsDialog, StepList, StepState

ROWS = [
    ("yes", "The address is yours", "Confirmed on Monday"),
    ("no", "The organisation allows own servers", "Decided for /Vertrieb"),
    ("note", "DKIM is unknown", ""),
    ("", "Return-Path", "nutzer@beispiel.example"),
]


def test_each_step_has_its_state_in_a_word(qtbot: QtBot) -> None:
    steps = StepList()
    qtbot.addWidget(steps)
    for state in StepState:
        steps.add(state, f"Step {state}")
        steps.set_state(state, state)
    words = [mark.accessibleName() for mark in steps.findChildren(IconLabel)]
    assert words == ["waiting", "under way", "done", "failed", "not tried"]
    shown = [label.text() for label in steps.findChildren(QLabel)]
    assert [word for word in words if word in shown] == words


def test_what_still_waits_at_the_end_was_not_tried(qtbot: QtBot) -> None:
    steps = StepList()
    qtbot.addWidget(steps)
    for key in ("connect", "tls", "sign-in"):
        steps.add(key, key)
    steps.set_state("connect", StepState.OK)
    steps.set_state("tls", StepState.FAILED)
    steps.end()
    assert [steps.state(key) for key in ("connect", "tls", "sign-in")] == ["ok", "failed", "skipped"]


def test_a_detail_takes_the_word_s_place_and_the_word_stays_for_screen_readers(qtbot: QtBot) -> None:
    steps = StepList()
    qtbot.addWidget(steps)
    steps.add("sign-in", "Signing in")
    steps.set_state("sign-in", StepState.FAILED, "The server refused the password.")
    title, detail = steps.findChildren(QLabel)
    assert detail.text() == "The server refused the password."
    assert title.accessibleDescription() == "failed The server refused the password."
    assert steps.state("sign-in") == StepState.FAILED


def test_a_second_try_begins_with_all_steps_waiting(qtbot: QtBot) -> None:
    steps = StepList()
    qtbot.addWidget(steps)
    for key in ("connect", "tls"):
        steps.add(key, key)
        steps.set_state(key, StepState.OK, "fine")
    steps.reset()
    assert [steps.state(key) for key in ("connect", "tls")] == [StepState.PENDING, StepState.PENDING]


def test_reasons_show_each_row_with_a_mark_in_words(qtbot: QtBot) -> None:
    dialog = ReasonsDialog("Why this route?", "It goes through smtp.partner.example.", ROWS)
    qtbot.addWidget(dialog)
    dialog.show()
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert texts[:2] == ["Why this route?", "It goes through smtp.partner.example."]
    assert all(row[1] in texts for row in ROWS)
    assert [mark.accessibleName() for mark in dialog.findChildren(IconLabel)] == ["holds", "does not hold", ""]
    assert dialog.windowTitle() == "Why this route?"
    assert not dialog.isModal()


def test_few_reasons_need_no_scroll_bar(qtbot: QtBot) -> None:
    dialog = ReasonsDialog("Why this route?", "", ROWS)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.wait(20)
    assert not dialog.findChildren(QScrollArea)[0].verticalScrollBar().isVisible()


def test_many_reasons_fit_the_screen(qtbot: QtBot) -> None:
    dialog = ReasonsDialog("Why this route?", "", ROWS * 40)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.height() <= dialog.screen().availableGeometry().height()


@pytest.mark.parametrize(
    "end",
    [
        lambda dialog: QTest.keyClick(dialog, Qt.Key.Key_Escape),
        lambda dialog: dialog.findChildren(QDialogButtonBox)[0].button(QDialogButtonBox.StandardButton.Close).click(),
    ],
    ids=["escape", "close"],
)
def test_escape_and_close_end_it(qtbot: QtBot, end: Callable[[ReasonsDialog], None]) -> None:
    dialog = ReasonsDialog("Why?", "", ROWS)
    dialog.show()
    with qtbot.waitSignal(dialog.finished):
        end(dialog)
