"""Every view of the preview in both languages, large and small: nothing is cut off, and its own keys are given once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu, QMenuBar, QWidget

from installers.environment import compile_translations
from tests.ui.test_windows_in_each_language import cut_off, shared_keys
from ui.language import load_translators
from ui.preview.drive import drive_preview
from ui.preview.sides import View
from ui.preview.window import PreviewWindow


@pytest.fixture(params=["en", "de"])
async def language(qapp: QApplication, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    assert compile_translations()
    load_translators(qapp, request.param)
    yield
    load_translators(qapp, "en")
    QLocale.setDefault(QLocale("en_GB"))


def own_keys(window: PreviewWindow) -> list[str]:
    """Return the labels with keys of the preview itself; those of the windows shown in it are theirs twice."""
    parts: list[QWidget] = [window.organisation, window.person_field, window.invent_button, window.band, window.view]
    labels = [window.invent_button.text()]
    for part in parts:
        labels += [each.text() for each in part.findChildren(QAbstractButton) if each.isVisible()]
    labels += [each.text() for each in window.findChildren(QLabel) if each.buddy() is window.person_field]
    bar = window.menuBar()
    assert isinstance(bar, QMenuBar)
    return labels + [action.text() for action in bar.actions()]


async def test_no_text_is_cut_off_and_no_key_is_given_twice(
    language: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("ui.preview.drive._SETTLE", 0.05)
    wrong: list[str] = []

    def look(window: PreviewWindow, file: Path) -> None:
        for view, width, height in ((View.BOTH, 1400, 900), (View.AFTER, 900, 600)):
            window.resize(width, height)
            window.view.choose(view)
            for _ in range(3):  # a layout may ask for another one
                QApplication.processEvents()
            wrong.extend(f"{file.stem} {width}: cut off: {text}" for text in cut_off(window))
        wrong.extend(f"{file.stem}: key given twice: {text}" for text in shared_keys(own_keys(window)))
        for menu in window.menuBar().findChildren(QMenu):
            labels = [action.text() for action in menu.actions()]
            wrong.extend(f"{menu.title()}: key given twice: {text}" for text in shared_keys(labels))

    await drive_preview(tmp_path, look)
    assert not wrong, "\n".join(sorted(set(wrong)))
