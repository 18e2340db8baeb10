"""The look: every text can be read on its background, in both schemes."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from ui.theme import DARK, LIGHT, Tokens, apply_theme, on_theme_change, tokens

ROOT = Path(__file__).resolve().parents[2]

_PAIRS = [
    *((text, ground) for text in ("text", "quiet", "accent") for ground in ("window", "surface")),
    ("text", "sunken"),
    ("quiet", "sunken"),
    ("text", "selection"),
    ("text", "hover"),
    *((state, ground) for state in ("good", "warn", "bad") for ground in ("surface", "window", f"{state}_soft")),
    *(("text", f"{state}_soft") for state in ("good", "warn", "bad", "accent")),
    *(("quiet", f"{state}_soft") for state in ("good", "warn", "bad", "accent")),
    ("accent", "accent_soft"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_accent", "accent_pressed"),
]


def luminance(colour: str) -> float:
    values = (QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF())
    parts = [value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), _PAIRS)
def test_text_has_enough_contrast(colours: Tokens, text: str, ground: str) -> None:
    values = asdict(colours)
    assert contrast(values[text], values[ground]) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_edges_of_controls_can_be_seen(colours: Tokens) -> None:
    assert contrast(colours.strong_line, colours.surface) >= 3


def test_the_look_follows_the_choice_and_leaves_no_name_unfilled(qapp: QApplication) -> None:
    apply_theme(qapp, "dark")
    assert tokens() is DARK
    rules = re.sub(r"/\*.*?\*/", "", qapp.styleSheet(), flags=re.DOTALL)
    assert "@" not in rules
    apply_theme(qapp, "light")
    assert tokens() is LIGHT


def test_every_file_that_the_style_sheet_names_is_there(scheme: str, qapp: QApplication) -> None:
    named = re.findall(r'url\("(.+?)"\)', qapp.styleSheet())
    assert named
    assert all(Path(name).is_file() for name in named)


@pytest.mark.parametrize(("colours", "scheme_name"), [(LIGHT, "light"), (DARK, "dark")])
def test_the_marks_are_drawn_in_colours_of_their_scheme(colours: Tokens, scheme_name: str) -> None:
    marks = sorted((ROOT / "resources" / "styles" / "marks").glob(f"*-{scheme_name}.svg"))
    assert marks
    for mark in marks:
        drawn = re.findall(r"#[0-9a-f]{6}", mark.read_text(encoding="utf-8"))
        assert set(drawn) <= set(asdict(colours).values()), mark.name


def test_windows_hear_of_a_new_look_as_long_as_they_live(qapp: QApplication) -> None:
    heard: list[str] = []
    owner = QObject()
    on_theme_change(owner, lambda: heard.append("owner"))
    apply_theme(qapp, "dark")
    assert heard == ["owner"]
    delete(owner)
    apply_theme(qapp, "light")
    assert heard == ["owner"]


def test_the_system_s_own_choice_is_followed_until_one_is_made(qapp: QApplication) -> None:
    apply_theme(qapp, None)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert tokens() is DARK
    apply_theme(qapp, "light")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert tokens() is LIGHT
