"""Labels show foreign text as it is, in the room they have."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QHelpEvent, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.theme import DARK, LIGHT, tokens
from ui.widgets import Chip, ColourDot, ElidedLabel, Heading, IconLabel, PlainLabel, QuietLabel
from ui.widgets.labels import colour_of

MARKUP = '<b>bold</b> & <img src="file:///etc/passwd">'
LONG = "Mail is sent through smtp.partnerdomain.example and nothing else, whatever happens to the server. " * 3


def colours_in(widget: QWidget) -> set[str]:
    picture = widget.grab().toImage()
    return {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}


@pytest.mark.parametrize("kind", [PlainLabel, QuietLabel, Heading, Chip, ElidedLabel])
def test_foreign_text_is_never_markup(
    qtbot: QtBot, kind: type[PlainLabel | QuietLabel | Heading | Chip | ElidedLabel]
) -> None:
    label = kind(MARKUP)
    qtbot.addWidget(label)
    label.resize(600, 60)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.text() == MARKUP


def test_a_wrapped_text_gets_all_the_height_it_needs_and_gives_it_back(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    inner = QHBoxLayout()
    label = PlainLabel(LONG)
    inner.addWidget(label)
    column.addLayout(inner)
    column.addStretch()
    window.resize(260, 900)
    window.show()
    narrow = label.height()
    assert narrow >= label.heightForWidth(label.width())
    window.resize(1200, 900)
    qtbot.waitUntil(lambda: label.height() < narrow)
    assert label.height() == label.heightForWidth(label.width())


def test_a_longer_text_grows_its_label(qtbot: QtBot) -> None:
    label = PlainLabel("Short")
    qtbot.addWidget(label)
    label.resize(200, 20)
    before = label.minimumHeight()
    label.setText(LONG)
    assert label.minimumHeight() > before


def test_a_shortened_text_tells_the_whole_in_its_tool_tip_and_to_screen_readers(qtbot: QtBot) -> None:
    label = ElidedLabel(MARKUP + LONG)
    qtbot.addWidget(label)
    label.resize(120, 20)
    label.show()
    assert label.text().endswith("…")
    assert "<b>" not in label.toolTip()
    assert "&lt;b&gt;" in label.toolTip()
    assert label.accessibleName() == label.whole_text()
    label.resize(9000, 20)
    assert label.text() == label.whole_text()
    assert label.toolTip() == ""


def test_a_tool_tip_shows_foreign_text_as_it_is(qtbot: QtBot) -> None:
    label = ElidedLabel(MARKUP + LONG)
    qtbot.addWidget(label)
    label.resize(120, 20)
    label.show()
    label.event(QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), label.mapToGlobal(QPoint(5, 5))))
    assert MARKUP.split(maxsplit=1)[0] in QToolTip.text().replace("&lt;", "<").replace("&gt;", ">")
    QToolTip.hideText()


def test_an_elided_label_is_one_line_whatever_it_is_given(qtbot: QtBot) -> None:
    label = ElidedLabel("one\ntwo\u2028three")
    qtbot.addWidget(label)
    assert label.whole_text() == "one two three"


@pytest.mark.parametrize("kind", ["accent", "good", "warn", "bad", "quiet"])
def test_a_chip_is_drawn_in_its_kind_s_colour_and_shows_its_word(qtbot: QtBot, scheme: str, kind: str) -> None:
    chip = Chip("unconfirmed", kind)
    qtbot.addWidget(chip)
    chip.resize(chip.sizeHint())
    assert chip.sizeHint().width() > chip.fontMetrics().horizontalAdvance("unconfirmed")
    assert getattr(tokens(), kind) in colours_in(chip)


def test_a_chip_can_change_its_kind(qtbot: QtBot) -> None:
    chip = Chip("confirmed", "warn")
    qtbot.addWidget(chip)
    chip.resize(chip.sizeHint())
    chip.set_kind("good")
    assert chip.kind == "good"
    assert tokens().good in colours_in(chip)


def test_an_address_has_the_same_colour_everywhere_whatever_its_case() -> None:
    assert colour_of("nutzer@beispiel.example") == colour_of("Nutzer@Beispiel.example")
    assert len({colour_of(f"n{number}@beispiel.example").name() for number in range(200)}) == 12


def test_each_dot_stands_out_from_every_surface() -> None:
    def luminance(colour: QColor) -> float:
        values = (colour.redF(), colour.greenF(), colour.blueF())
        parts = [value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    for number in range(200):
        dot = luminance(colour_of(f"n{number}@beispiel.example"))
        for ground in (LIGHT.surface, LIGHT.window, DARK.surface, DARK.window):
            light, dark = sorted((dot, luminance(QColor(ground))), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 3


def test_a_dot_is_drawn_in_the_colour_of_its_address(qtbot: QtBot) -> None:
    dot = ColourDot("nutzer@beispiel.example")
    qtbot.addWidget(dot)
    assert colour_of("nutzer@beispiel.example").name() in colours_in(dot)


def test_an_icon_takes_the_colour_of_the_look_and_has_a_word(qtbot: QtBot, scheme: str) -> None:
    mark = IconLabel("circle-check", "good", side=48, word="done")
    qtbot.addWidget(mark)
    assert tokens().good in colours_in(mark)
    assert mark.accessibleName() == "done"
    mark.set_icon("circle-alert", "bad", word="failed")
    assert tokens().bad in colours_in(mark)
    assert mark.accessibleName() == "failed"


def test_an_icon_label_without_an_icon_draws_nothing(qtbot: QtBot) -> None:
    mark = IconLabel()
    qtbot.addWidget(mark)
    picture = QPixmap(mark.size())
    picture.fill(Qt.GlobalColor.transparent)
    mark.render(picture, renderFlags=QWidget.RenderFlag.DrawChildren)
    assert picture.toImage().pixelColor(9, 9).alpha() == 0


def test_a_long_word_is_broken_and_its_text_stays(qtbot: QtBot) -> None:
    text = f"Confirm {'a' * 64}@{'b' * 60}.example now"
    label = PlainLabel(text)
    qtbot.addWidget(label)
    assert label.text() == text
    assert label.minimumSizeHint().width() < 300
    assert PlainLabel("nutzer.name@partnerdomain.example").property("text") == "nutzer.name@partnerdomain.example"


@pytest.fixture
def selectable(qtbot: QtBot) -> PlainLabel:
    label = PlainLabel("a" * 64 + "@extern.example")
    qtbot.addWidget(label)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.resize(200, 60)
    label.show()
    return label


def test_a_long_word_that_can_be_copied_is_broken_too(selectable: PlainLabel) -> None:
    assert selectable.minimumSizeHint().width() < 300


def test_what_can_be_copied_is_copied_as_it_is(selectable: PlainLabel, qtbot: QtBot) -> None:
    QTest.keyClick(selectable, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert selectable.selectedText() == selectable.text()
    QTest.keyClick(selectable, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "a" * 64 + "@extern.example"


def test_its_menu_copies_and_selects_all(selectable: PlainLabel) -> None:
    position = selectable.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, position, selectable.mapToGlobal(position))
    QGuiApplication.sendEvent(selectable, event)
    menu = selectable.findChild(QMenu)
    assert menu is not None
    copy, whole = menu.actions()
    assert not copy.isEnabled()
    whole.trigger()
    copy.setEnabled(True)
    copy.trigger()
    assert QGuiApplication.clipboard().text() == selectable.text()
    menu.close()


def test_a_shortened_line_leaves_its_margins_free(qtbot: QtBot) -> None:
    label = ElidedLabel("a" * 200)
    qtbot.addWidget(label)
    label.setContentsMargins(20, 0, 20, 0)
    label.resize(200, 20)
    label.show()
    assert label.fontMetrics().horizontalAdvance(label.text()) <= 160
    assert label.text().endswith("…")
