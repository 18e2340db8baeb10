"""Every window of the demo's tour in both languages: nothing is cut off, and every mnemonic is one control's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu, QMenuBar, QToolButton, QWidget

from installers.environment import compile_translations
from ui.demo.drive import drive
from ui.demo.start import open_demo
from ui.language import load_translators
from ui.widgets import ElidedLabel

_SETTLE = 0.1
"""Seconds for layouts to come to rest."""


@pytest.fixture(params=["en", "de"])
async def language(qapp: QApplication, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    # Not a plain fixture: the loop, which is made for the first coroutine, sets the language, too.
    assert compile_translations()
    load_translators(qapp, request.param)
    yield
    load_translators(qapp, "en")
    QLocale.setDefault(QLocale("en_GB"))


def seen(window: QWidget) -> list[QWidget]:
    return [each for each in window.findChildren(QWidget) if each.isVisible() and each.window() is window]


def is_cut(each: QWidget) -> bool:
    """Whether a text has less room than it needs; elided labels and wrapped ones make do with what there is."""
    if isinstance(each, QAbstractButton):
        is_icon = isinstance(each, QToolButton) and each.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
        return not is_icon and each.width() < each.sizeHint().width()
    if not isinstance(each, QLabel) or isinstance(each, ElidedLabel) or not each.text():
        return False
    if each.wordWrap():
        return each.height() < each.heightForWidth(each.width())
    return each.width() < each.sizeHint().width()


def cut_off(window: QWidget) -> list[str]:
    texts = [each for each in seen(window) if isinstance(each, QAbstractButton | QLabel)]
    return [each.text() for each in texts if is_cut(each)]


def shared_keys(labels: list[str]) -> list[str]:
    """Return the labels whose mnemonic another label has, too."""
    keys = [QKeySequence.mnemonic(label).toString() for label in labels]
    return [f"{key} {label}" for key, label in zip(keys, labels, strict=True) if key and keys.count(key) > 1]


def mnemonics(window: QWidget) -> list[str]:
    labels = [each.text() for each in seen(window) if isinstance(each, QAbstractButton)]
    labels += [each.text() for each in seen(window) if isinstance(each, QLabel) and each.buddy() is not None]
    for bar in seen(window):
        if isinstance(bar, QMenuBar):
            labels += [action.text() for action in bar.actions()]
    return labels


async def test_no_text_is_cut_off_and_no_key_is_given_twice(
    language: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    looked: list[str] = []
    wrong: list[str] = []

    def look(window: QWidget, name: str) -> None:
        looked.append(name)
        wrong.extend(f"{name}: cut off: {text}" for text in cut_off(window))
        wrong.extend(f"{name}: key given twice: {text}" for text in shared_keys(mnemonics(window)))
        for menu in window.findChildren(QMenu):
            labels = [action.text() for action in menu.actions() if action.isVisible()]
            wrong.extend(f"{name}: key given twice: {text}" for text in shared_keys(labels))

    async def look_large_and_small(_tour: object, window: QWidget, name: str) -> None:
        before = window.size()
        await asyncio.sleep(_SETTLE)
        look(window, name)
        window.resize(720, 480)
        await asyncio.sleep(_SETTLE)
        look(window, f"{name}, small")
        window.resize(before)

    monkeypatch.setattr("ui.demo.drive._Tour._save", look_large_and_small)
    async with open_demo() as demo:
        await drive(demo, tmp_path)
    assert looked
    assert not wrong, "\n".join(wrong)
