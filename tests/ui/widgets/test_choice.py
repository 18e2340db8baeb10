"""A choice is made on the whole card, or explains why it cannot be."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.theme import tokens
from ui.widgets import ChoiceCard, QuietLabel


class TwoChoices(QWidget):
    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        self.group = QButtonGroup(self)
        self.first = ChoiceCard("Send through Beispiel GmbH", "Easier to set up", name="throughOrganisation")
        self.second = ChoiceCard("Send through partner.example SMTP servers")
        for card in (self.first, self.second):
            self.group.addButton(card.radio)
            row.addWidget(card)
        self.resize(700, 200)


def test_a_click_anywhere_on_the_card_chooses_it(qtbot: QtBot) -> None:
    choices = TwoChoices()
    qtbot.addWidget(choices)
    choices.show()
    with qtbot.waitSignal(choices.second.chosen):
        QTest.mouseClick(choices.second, Qt.MouseButton.LeftButton, pos=QPoint(choices.second.width() - 5, 100))
    with qtbot.waitSignal(choices.first.chosen):
        QTest.mouseClick(choices.first, Qt.MouseButton.LeftButton, pos=QPoint(5, 100))
    assert choices.first.radio.isChecked()
    assert not choices.second.radio.isChecked()


def test_the_chosen_card_has_an_edge_in_the_accent_colour_and_nothing_moves(qtbot: QtBot, scheme: str) -> None:
    choices = TwoChoices()
    qtbot.addWidget(choices)
    choices.show()
    before = choices.first.radio.mapTo(choices, QPoint(0, 0))
    choices.first.radio.setChecked(True)
    picture = choices.first.grab().toImage()
    assert picture.pixelColor(picture.width() // 2, 0).name() == tokens().accent
    qtbot.wait(20)
    assert choices.first.radio.mapTo(choices, QPoint(0, 0)) == before


def test_the_radio_button_has_the_card_s_name_for_screen_readers(qtbot: QtBot) -> None:
    choices = TwoChoices()
    qtbot.addWidget(choices)
    assert choices.first.radio.accessibleName() == "Send through Beispiel GmbH"
    assert choices.first.radio.accessibleDescription() == "Easier to set up"
    assert choices.first.radio.objectName() == "throughOrganisation"


def test_a_card_that_is_not_available_stays_visible_with_its_reason_and_cannot_be_chosen(qtbot: QtBot) -> None:
    choices = TwoChoices()
    qtbot.addWidget(choices)
    choices.show()
    choices.second.radio.setChecked(True)
    reason = QuietLabel("Your organisation does not allow own SMTP servers.")
    choices.second.reason_box.addWidget(reason)
    choices.second.set_available(False)
    assert not choices.second.radio.isChecked()
    QTest.mouseClick(choices.second, Qt.MouseButton.LeftButton)
    assert not choices.second.radio.isChecked()
    assert choices.second.isVisible()
    qtbot.waitUntil(reason.isVisible)
    choices.second.set_available(True)
    QTest.mouseClick(choices.second, Qt.MouseButton.LeftButton)
    assert choices.second.radio.isChecked()
