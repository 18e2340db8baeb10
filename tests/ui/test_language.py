"""Dates, sizes and translations for people."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from ui.language import load_translators, moment, size
from ui.texts import translate

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 25, 12, 0).astimezone()  # a Wednesday, in the machine's own zone


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    load_translators(qapp, "de")
    yield
    load_translators(qapp, "en")
    QLocale.setDefault(QLocale("en_GB"))


def at(days: int) -> datetime:
    return (NOW + timedelta(days=days)).replace(hour=10, minute=42)


@pytest.mark.parametrize(
    ("days", "written"),
    [
        (0, "10:42"),
        (-1, "yesterday, 10:42"),
        (1, "tomorrow, 10:42"),
        (-2, "Monday, 10:42"),
        (-6, "Thursday, 10:42"),
        (3, "Saturday, 10:42"),
    ],
)
def test_a_near_moment_is_written_as_people_say_it(qapp: QApplication, days: int, written: str) -> None:
    assert moment(at(days), NOW) == written


@pytest.mark.parametrize("days", [-7, 7, -400])
def test_a_far_moment_has_its_date(german: None, days: int) -> None:
    when = at(days)
    assert moment(when, NOW) == f"{when:%d.%m.%y}, 10:42"


def test_sizes_use_the_language_s_own_point(german: None) -> None:
    assert size(412).startswith("412 B")
    assert size(412_000) == "412 kB"
    assert size(25_400_000) == "25,4 MB"


def test_qt_s_own_buttons_are_german_too(german: None, qtbot: QtBot) -> None:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    assert box.button(QDialogButtonBox.StandardButton.Cancel).text() == "Abbrechen"


def test_going_back_to_english_leaves_no_translation_behind(german: None, qapp: QApplication) -> None:
    load_translators(qapp, "en")
    assert qapp.translate("QPlatformTheme", "Cancel") == "Cancel"


def test_texts_are_to_be_had_without_qt() -> None:
    program = "import sys; from ui.texts import translate; print(translate('a', 'Text'), 'PySide6' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
    )
    assert result.stdout == "Text False\n"


def test_a_text_without_a_translation_stays_as_it_is(german: None) -> None:
    assert translate("nowhere", "Never translated") == "Never translated"
