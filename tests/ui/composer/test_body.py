"""The text of a message: what its buttons do is what recipients get."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget
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


HOSTILE_PAGE = """
<html><head><link rel="stylesheet" href="{web}/a.css"><script src="{web}/b.js"></script>
<script>fetch("{web}/c")</script>
<style>@import url("{web}/d.css"); p {{ background: url({web}/e) }}</style><base href="{web}/"></head>
<body background="{web}/f" onload="x()"><p onclick="x()" style="background-image:url({web}/g)">Hallo <b>Welt</b></p>
<img src="{web}/pixel.png"><img src="{file}"><img src="relative.png"><img src="data:image/png;base64,iVBORw0KGgo=">
<img src="qrc:/icon.png"><table background="{web}/h"><tr><td>Zelle</td></tr></table><iframe src="{web}/i"></iframe>
<form action="{web}/j"><input value="x"></form><object data="{file}"></object><svg><image href="{web}/k"/></svg>
<a href="javascript:x()">eins</a> <a href="file:///etc/passwd">zwei</a> <a href="https://gut.example/">drei</a></body></html>
"""


@pytest.fixture
def web() -> Iterator[socket.socket]:
    """A port that must never be asked for anything."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def asked(web: socket.socket) -> bool:
    web.settimeout(0.2)
    try:
        web.accept()[0].close()
    except TimeoutError:
        return False
    return True


@pytest.fixture
def page(web: socket.socket, tmp_path: Path) -> str:
    picture = QImage(40, 40, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    assert picture.save(str(tmp_path / "geheim.png"))
    port = web.getsockname()[1]
    return HOSTILE_PAGE.format(
        web=f"http://127.0.0.1:{port}", file=QUrl.fromLocalFile(tmp_path / "geheim.png").toString()
    )


def drawn(body: BodyEditor) -> QImage:
    """Return all that the editor has, laid out and painted as on a screen."""
    body.resize(600, 800)
    picture = body.grab().toImage()
    QApplication.processEvents()
    return picture


def shows(picture: QImage, colour: str) -> bool:
    wanted = QColor(colour).rgb()
    return any(picture.pixel(x, y) == wanted for x in range(picture.width()) for y in range(picture.height()))


def assert_harmless(html: str) -> None:
    for sign in ("127.0.0.1", "geheim", "file:", "script", "<img", "onclick", "style", "iframe", "form", "passwd"):
        assert sign not in html
    assert "<b>Welt</b>" in html
    assert '<a href="https://gut.example/">drei</a>' in html


@pytest.mark.case("F3")
@pytest.mark.parametrize("rich", [True, False])
def test_a_pasted_page_is_made_safe_before_it_is_shown(
    body: BodyEditor, web: socket.socket, page: str, rich: bool
) -> None:
    body.set_rich(rich)
    data = QMimeData()
    data.setHtml(page)
    body.insertFromMimeData(data)
    drawn(body)
    assert "Hallo Welt" in body.toPlainText()
    assert "\ufffc" not in body.toPlainText()  # where Qt shows an image
    raw = body.toHtml()
    assert "127.0.0.1" not in raw
    assert "geheim" not in raw
    assert "javascript" not in raw
    assert (body.content().html != "") is rich
    if rich:
        assert_harmless(sent(body))
    assert not asked(web)


@pytest.mark.case("F3")
def test_a_page_that_got_in_all_the_same_fetches_nothing_and_is_not_sent(
    body: BodyEditor, web: socket.socket, page: str
) -> None:
    body.set_rich(True)
    body.document().setHtml(page)
    assert not shows(drawn(body), "red")
    assert "\ufffc" in body.toPlainText()
    assert_harmless(sent(body))
    assert not asked(web)


@pytest.mark.case("F3")
def test_a_draft_with_such_a_page_is_made_safe_when_it_is_opened(
    body: BodyEditor, web: socket.socket, page: str
) -> None:
    body.load("Hallo Welt", page, "")
    drawn(body)
    assert "127.0.0.1" not in body.toHtml()
    assert "geheim" not in body.toHtml()
    assert_harmless(sent(body))
    assert not asked(web)


@pytest.mark.case("F3")
def test_a_pasted_picture_is_not_taken(body: BodyEditor) -> None:
    data = QMimeData()
    data.setImageData(QImage(10, 10, QImage.Format.Format_RGB32))
    assert not body.canInsertFromMimeData(data)
