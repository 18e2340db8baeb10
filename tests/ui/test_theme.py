"""The look: every text can be read on its background, in both schemes."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from ui.theme import DARK, LIGHT, Tokens, apply_theme, tokens

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
    assert "@" not in qapp.styleSheet()
    apply_theme(qapp, "light")
    assert tokens() is LIGHT
