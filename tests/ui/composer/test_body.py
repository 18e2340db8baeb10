"""The text of a message: what its buttons do is what recipients get."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.message.html import sanitise
from ui.composer.body import BodyEditor


@pytest.fixture
def body(qtbot: QtBot) -> Iterator[BodyEditor]:
    window = QWidget()
    qtbot.addWidget(window)
    editor = BodyEditor(window)
    editor.load("eins\nzwei", "", "")
    editor.selectAll()
    yield editor
    assert window is editor.parent()


def sent(body: BodyEditor) -> str:
    return sanitise(body.content().html)


@pytest.mark.parametrize(
    ("press", "tag"),
    [
        (lambda body: body.toggle_list(numbered=False), "<ul>"),
        (lambda body: body.toggle_list(numbered=True), "<ol>"),
        (lambda body: body.toggle_quote(), "<blockquote>"),
    ],
)
def test_paragraphs_take_a_shape_and_lose_it_again(
    body: BodyEditor, press: Callable[[BodyEditor], None], tag: str
) -> None:
    press(body)
    assert tag in sent(body)
    assert body.toPlainText() == "eins\nzwei"
    press(body)
    assert tag not in sent(body)
    assert body.toPlainText() == "eins\nzwei"


def test_the_selection_becomes_a_link(body: BodyEditor) -> None:
    body.insert_link("https://beispiel.example/a?b=1&c=2")
    assert 'href="https://beispiel.example/a?b=1&amp;c=2"' in sent(body)
    assert body.toPlainText() == "eins\nzwei"


def test_plain_again_leaves_the_words_and_no_html(body: BodyEditor) -> None:
    body.toggle_list(numbered=False)
    body.set_rich(False)
    assert body.content().html == ""
    assert body.content().text == "eins\nzwei"


def test_a_quotation_is_one_and_survives_reopening(body: BodyEditor) -> None:
    body.toggle_quote()
    html = sent(body)
    assert html.count("<blockquote>") == html.count("</blockquote>") == 1
    body.load("eins\nzwei", html, "")
    assert sent(body).count("<blockquote>") == 1
    body.selectAll()
    body.toggle_quote()
    assert "<blockquote>" not in sent(body)
