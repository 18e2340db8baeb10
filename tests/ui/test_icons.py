"""Icons: tinted, sharp, and safe to copy."""

from __future__ import annotations

import gc
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication

from ui.icons import application_icon, icon, pixmap
from ui.theme import DARK, LIGHT, apply_theme

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.stem for path in (ROOT / "resources" / "icons").glob("*.svg") if path.stem != "absender")


def colours_in(picture: QPixmap) -> set[str]:
    image = picture.toImage()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_is_drawn_in_the_colour_asked_for(qapp: QApplication, name: str) -> None:
    assert LIGHT.bad in colours_in(icon(name, "bad").pixmap(QSize(48, 48)))


def test_an_icon_follows_the_look_and_is_quiet_where_disabled(qapp: QApplication) -> None:
    send = icon("send")
    assert LIGHT.text in colours_in(send.pixmap(QSize(48, 48)))
    assert LIGHT.disabled in colours_in(send.pixmap(QSize(48, 48), QIcon.Mode.Disabled))
    apply_theme(qapp, "dark")
    assert DARK.text in colours_in(send.pixmap(QSize(48, 48)))
    apply_theme(qapp, "light")


def test_an_icon_is_drawn_for_the_screen_s_pixels(qapp: QApplication) -> None:
    drawn = icon("send").pixmap(QSize(16, 16), 2.0)
    assert drawn.size() == QSize(32, 32)
    assert drawn.devicePixelRatio() == 2.0
    assert pixmap("send", side=16, ratio=2.0).size() == QSize(32, 32)


def test_a_copied_icon_stays_alive_when_qt_takes_its_own_copy(qapp: QApplication) -> None:
    gc.freeze()  # what was there before is not looked through each time
    try:
        for _ in range(50):
            copy = QIcon(icon("send"))
            copy.addPixmap(QPixmap(4, 4))
            gc.collect()
            assert not copy.pixmap(QSize(16, 16)).isNull()
    finally:
        gc.unfreeze()


def test_an_unknown_icon_is_a_bug_at_once(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")


def test_the_program_has_an_icon_of_its_own(qapp: QApplication) -> None:
    assert not application_icon().pixmap(QSize(64, 64)).isNull()


def test_every_icon_that_is_used_is_there() -> None:
    used: set[str] = set()
    for path in (ROOT / "ui").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        used.update(re.findall(r"\b(?:icon|pixmap|icon_button|IconLabel|EmptyState)\(\s*\"([a-z0-9-]+)\"", source))
    assert used
    assert used <= set(NAMES)
