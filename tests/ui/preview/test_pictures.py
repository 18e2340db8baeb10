"""Pictures for an announcement: every window, now and afterwards, in both languages; the program stays in its own."""

from __future__ import annotations

from itertools import product

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

import ui.preview.pictures
from app.preview.change import Choice
from app.services import now
from installers.environment import compile_translations
from tests.ui.preview.room import Room, texts
from ui.preview.pictures import take_pictures
from ui.preview.png import png
from ui.texts import translate


async def test_each_window_is_taken_on_both_sides_in_both_languages(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert compile_translations()
    seen: dict[str, str] = {}
    image = ui.preview.pictures._image

    def noted(window: QWidget) -> QImage:
        seen[f"{len(seen)}"] = texts(window)
        return image(window)

    monkeypatch.setattr(ui.preview.pictures, "_image", noted)
    monkeypatch.setattr(ui.preview.pictures, "_SHARPNESS", 1)
    await room.change("/Sales", Choice.UNTICK)
    before = QLocale()
    files = dict(await take_pictures(room.window.plan, room.window, now))
    windows = ("accounts", "wizard", "composer")
    names = [f"{window}-{side}-{lang}.png" for lang in ("en", "de") for window in windows for side in ("now", "after")]
    assert [name for name in files if name.endswith(".png")] == names
    for name in names:
        taken = QImage.fromData(files[name])
        assert taken.width() == 880
    for language in ("en", "de"):
        pdf = files[f"absender-{language}.pdf"]
        assert pdf.startswith(b"%PDF-")
        assert pdf.count(b"/Type /Page\n") == 6
    spoken = list(seen.values())
    assert "Beispiel GmbH does not allow own SMTP servers" in spoken[1]
    assert "Beispiel GmbH erlaubt keine eigenen SMTP-Server" in spoken[7]
    assert QLocale() == before
    assert translate("preview", "Now") == "Now"


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (251, 17)])
def test_a_picture_is_the_same_to_the_pixel_as_a_file(size: tuple[int, int]) -> None:
    image = QImage(*size, QImage.Format.Format_RGB32)
    for x, y in product(range(size[0]), range(size[1])):
        image.setPixelColor(x, y, QColor(x, (x * y) % 256, 255 - y))
    image.setDevicePixelRatio(2)
    again = QImage.fromData(png(ui.preview.pictures._pixels(image)))
    assert again.convertToFormat(QImage.Format.Format_RGB32).constBits() == image.constBits()
    assert again.dotsPerMeterX() == again.dotsPerMeterY() == 7559
