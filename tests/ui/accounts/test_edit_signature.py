"""The signature of an address is written where its other facts are."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.services import Services
from tests.ui.accounts.test_wizard import press_next
from ui.accounts.wizard import AddAddressDialog


def editing(qtbot: QtBot, services: Services) -> tuple[AddAddressDialog, QPlainTextEdit]:
    wizard = AddAddressDialog(services, None, services.the_profile.primary)
    wizard.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(wizard)
    wizard.show()
    editor = wizard.address_page.signature.editor
    assert isinstance(editor, QPlainTextEdit)
    assert editor.isVisible()
    return wizard, editor


async def test_a_signature_is_kept_and_shown_again(qtbot: QtBot, services: Services) -> None:
    wizard, editor = editing(qtbot, services)
    editor.setPlainText("N. Name\nBeispiel GmbH\n\n")
    await press_next(wizard)
    stored = await services.profiles.load()
    assert stored is not None
    assert stored.primary.signature == "N. Name\nBeispiel GmbH"
    _, again = editing(qtbot, services)
    assert again.toPlainText() == "N. Name\nBeispiel GmbH"
