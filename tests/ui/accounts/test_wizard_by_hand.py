"""The wizard under hands that are quicker than it, hold keys down, or change their mind."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.demo.world import DemoWorld
from app.services import Services
from tests.ui.accounts.test_wizard import (
    PARTNER,
    allow,
    fill_in,
    idle,
    on_server_page,
    on_sign_in_page,
    opened,
    press_next,
    until,
)


async def test_a_double_click_answers_one_page(qtbot: QtBot, services: Services, world: DemoWorld) -> None:
    await allow(world, services)
    wizard = opened(qtbot, services)
    wizard.address_page.address.set_text(PARTNER)
    button, left = wizard.next_button, Qt.MouseButton.LeftButton
    QTest.mouseClick(button, left)
    await idle(wizard)
    QTest.mouseDClick(button, left)
    QTest.mouseRelease(button, left)
    await asyncio.sleep(0)
    assert not wizard.is_working()
    assert wizard.page() is wizard.server_page


async def test_return_that_is_held_down_answers_one_page(qtbot: QtBot, services: Services) -> None:
    wizard = opened(qtbot, services)
    wizard.address_page.address.set_text(PARTNER)
    field = wizard.address_page.address.line
    again = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", autorep=True)
    QGuiApplication.sendEvent(field, again)
    assert not wizard.is_working()
    QTest.keyClick(field, Qt.Key.Key_Return)
    await idle(wizard)
    assert wizard.page() is wizard.server_page


async def test_a_result_goes_when_what_was_tested_is_no_longer_what_stands_there(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    wizard = await on_sign_in_page(qtbot, services, world)
    page = wizard.sign_in_page
    fill_in(wizard, world, password="wrong")
    page.fields.host.line.setFocus()
    await press_next(wizard)
    assert page.test.notice.kind() == "bad"
    await until(lambda: wizard.focusWidget() is page.fields.host.line)
    page.fields.port_box.setCurrentText("none")
    await press_next(wizard)
    assert not page.test.isVisible()
    assert page.fields.port.error()
    page.fields.port_box.setCurrentText("587")
    assert not page.fields.port.error()


async def test_a_new_code_takes_the_word_about_the_old_one_away(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    wizard = await on_server_page(qtbot, services)
    await press_next(wizard)
    page = wizard.code_page
    assert wizard.page() is page
    page.code.set_text("111111111")
    await press_next(wizard)
    assert page.code.error()
    page.resend.click()
    await idle(wizard)
    assert (page.notice.kind(), page.code.error(), page.code.text()) == ("good", "", "")
    await until(lambda: wizard.focusWidget() is page.code.line)
