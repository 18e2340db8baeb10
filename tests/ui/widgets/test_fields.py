"""Fields have a label, a hint, and say what is wrong."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from ui.theme import tokens
from ui.widgets import Field, PasswordField, SearchField


def shown_texts(field: Field) -> list[str]:
    return [label.text() for label in field.findChildren(QLabel) if label.isVisible()]


def test_the_editor_has_the_label_s_name_and_the_hint_as_description(qtbot: QtBot) -> None:
    field = Field("&Name", hint="Shown to recipients", name="nameField")
    qtbot.addWidget(field)
    assert field.line.accessibleName() == "Name"
    assert field.line.accessibleDescription() == "Shown to recipients"
    assert field.line.objectName() == "nameField"


def test_the_mnemonic_goes_to_the_editor(qtbot: QtBot) -> None:
    field = Field("&Name")
    qtbot.addWidget(field)
    (label,) = (each for each in field.findChildren(QLabel) if each.text() == "&Name")
    assert label.buddy() is field.editor
    assert field.focusProxy() is field.editor


def test_an_error_takes_the_hint_s_place_and_leaves_it_again(qtbot: QtBot) -> None:
    field = Field("Email address", hint="At work")
    qtbot.addWidget(field)
    field.show()
    field.set_error("This is not an address.")
    assert shown_texts(field) == ["Email address", "This is not an address."]
    assert field.error() == "This is not an address."
    assert field.editor.accessibleDescription() == "This is not an address."
    field.set_error(None)
    assert shown_texts(field) == ["Email address", "At work"]
    assert field.editor.accessibleDescription() == "At work"


def test_a_hint_that_changes_meanwhile_waits_for_the_error_to_go(qtbot: QtBot) -> None:
    field = Field("Email address", hint="At work")
    qtbot.addWidget(field)
    field.show()
    field.set_error("Wrong")
    field.set_hint("At home")
    assert shown_texts(field) == ["Email address", "Wrong"]
    assert field.editor.accessibleDescription() == "Wrong"
    field.set_error(None)
    assert shown_texts(field) == ["Email address", "At home"]


def test_a_wrong_editor_has_an_edge_in_the_colour_for_it(qtbot: QtBot, scheme: str) -> None:
    field = Field("Email address")
    qtbot.addWidget(field)
    field.resize(300, 90)
    field.show()
    field.set_error("Wrong")
    picture = field.editor.grab().toImage()
    assert picture.pixelColor(picture.width() // 2, 0).name() == tokens().bad


def test_a_field_may_have_another_editor(qtbot: QtBot) -> None:
    editor = QComboBox()
    field = Field("Port", editor, name="portField")
    qtbot.addWidget(field)
    assert field.editor is editor
    assert editor.accessibleName() == "Port"


def test_a_password_is_hidden_until_its_eye_is_pressed(qtbot: QtBot) -> None:
    field = PasswordField("Password")
    qtbot.addWidget(field)
    field.set_text("secret")
    assert field.line.echoMode() == QLineEdit.EchoMode.Password
    (eye,) = field.line.actions()
    assert eye.text()
    eye.trigger()
    assert field.line.echoMode() == QLineEdit.EchoMode.Normal
    eye.trigger()
    assert field.line.echoMode() == QLineEdit.EchoMode.Password
    assert field.text() == "secret"


def test_a_search_can_be_cleared_and_has_a_name(qtbot: QtBot) -> None:
    search = SearchField("Search addresses")
    qtbot.addWidget(search)
    assert search.accessibleName() == "Search addresses"
    assert search.isClearButtonEnabled()
