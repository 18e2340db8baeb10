"""The wizard's sign-in with the browser: waited for calmly, bound to one login, tested and kept like a password."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.demo.world import DemoWorld
from app.errors import KeychainError, Reason
from app.oauth_client import OAuthClient
from app.profile import OAuthSignIn, SmtpServer
from app.services import Services
from app.setup.enrolment import SignInKind
from app.sign_in.grant import Grant
from app.storage.keychain import LayeredKeychain, MemoryKeychain, Secret
from tests.app.demo.person import decide
from tests.ui.accounts.test_wizard import PARTNER, find, idle, on_sign_in_page, press_next, until
from tests.ui.browsers import FakeBrowser
from ui.accounts.browser_sign_in import BrowserSignIn
from ui.accounts.wizard import AddAddressDialog
from ui.widgets import LinkButton

HOST = "127.0.0.1"
"""The demo's client is for the partner's server by this name."""


async def at_partner(qtbot: QtBot, services: Services, world: DemoWorld) -> AddAddressDialog:
    wizard = await on_sign_in_page(qtbot, services, world)
    fields = wizard.sign_in_page.fields
    fields.port_box.setCurrentText(str(world.partner.access_with_token().port))
    fields.host.line.clear()
    QTest.keyClicks(fields.host.line, HOST)
    fields.sign_in.username.line.clear()
    QTest.keyClicks(fields.sign_in.username.line, world.partner.username)
    return wizard


def sign_in_of(wizard: AddAddressDialog) -> BrowserSignIn:
    return wizard.sign_in_page.fields.sign_in.browser


async def waiting(wizard: AddAddressDialog, browser: FakeBrowser) -> BrowserSignIn:
    """Return the sign-in once the browser was opened, and nobody did anything there."""
    before, sign_in = len(browser.opened), sign_in_of(wizard)
    sign_in.start_button.click()
    await until(lambda: len(browser.opened) > before)
    return sign_in


async def signed_in(wizard: AddAddressDialog, browser: FakeBrowser) -> BrowserSignIn:
    browser.visit = partial(decide, choice="allow")
    sign_in = await waiting(wizard, browser)
    await until(lambda: sign_in.secret() is not None)
    return sign_in


def under_way() -> int:
    return sum(task.get_name() == "sign-in with the browser" for task in asyncio.all_tasks())


async def test_an_address_is_added_with_a_sign_in_in_the_browser(
    qtbot: QtBot, services: Services, world: DemoWorld, browser: FakeBrowser
) -> None:
    wizard = await at_partner(qtbot, services, world)
    page, fields = wizard.sign_in_page, wizard.sign_in_page.fields.sign_in
    assert fields.chosen_kind() is SignInKind.BROWSER
    assert not fields.password.isVisible()
    sign_in = await signed_in(wizard, browser)
    assert sign_in.line() == "Signed in with Partner"
    assert world.partner.username in sign_in.accessibleDescription()
    assert wizard.focusWidget() is page.test_button
    await press_next(wizard)
    assert wizard.page() is wizard.code_page
    entry = services.the_profile.addresses[-1]
    assert entry.smtp_msa == world.partner.access_with_token()
    kept = await services.keychain.get(world.partner.access_with_token().keychain_account)
    grant = Grant.from_secret(kept) if kept else None
    assert grant is not None
    assert grant.is_for(world.oauth_client)
    assert sign_in.secret() is None


async def test_what_is_missing_is_said_before_the_browser_opens(
    qtbot: QtBot, services: Services, world: DemoWorld, browser: FakeBrowser
) -> None:
    wizard = await at_partner(qtbot, services, world)
    fields = wizard.sign_in_page.fields
    fields.sign_in.username.line.clear()
    sign_in_of(wizard).start_button.click()
    assert fields.sign_in.username.error().startswith("The user name is missing.")
    assert wizard.focusWidget() is fields.sign_in.username.editor
    assert browser.opened == []
    QTest.keyClicks(fields.sign_in.username.line, world.partner.username)
    await press_next(wizard)
    assert wizard.page() is wizard.sign_in_page
    assert sign_in_of(wizard).error().startswith("The sign-in with the browser is missing.")
    await until(lambda: wizard.focusWidget() is sign_in_of(wizard).start_button)


async def test_the_window_stays_usable_while_the_browser_is_waited_for(
    qtbot: QtBot, services: Services, world: DemoWorld, browser: FakeBrowser
) -> None:
    wizard = await at_partner(qtbot, services, world)
    sign_in = await waiting(wizard, browser)
    assert sign_in.line() == "Waiting for your browser …"
    assert wizard.next_button.isEnabled()
    await press_next(wizard)
    assert sign_in.error() == "Finish the sign-in in your browser first."
    assert sign_in.is_waiting()
    QTest.mouseClick(sign_in.open_again, Qt.MouseButton.LeftButton)
    assert browser.opened[0] == browser.opened[1]
    QTest.mouseClick(sign_in.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == browser.opened[0]
    QGuiApplication.clipboard().clear()
    QTest.mouseClick(sign_in.stop, Qt.MouseButton.LeftButton)
    assert not sign_in.is_waiting()
    assert sign_in.start_button.isVisible()
    await until(lambda: not under_way())


async def test_one_can_sign_in_by_keyboard_alone(
    qtbot: QtBot, services: Services, world: DemoWorld, browser: FakeBrowser
) -> None:
    wizard = await at_partner(qtbot, services, world)
    sign_in = sign_in_of(wizard)
    sign_in.start_button.setFocus()
    QTest.keyClick(sign_in.start_button, Qt.Key.Key_Return)
    await until(lambda: bool(browser.opened))
    assert wizard.focusWidget() is sign_in.open_again
    names = []
    for _ in range(2):
        names.append(wizard.focusWidget().objectName())
        QTest.keyClick(wizard.focusWidget(), Qt.Key.Key_Tab)
    names.append(wizard.focusWidget().objectName())
    assert names == ["openBrowserAgain", "copySignInAddress", "stopSignIn"]
    QTest.keyClick(sign_in.stop, Qt.Key.Key_Space)
    assert wizard.focusWidget() is sign_in.start_button


async def test_who_closes_the_window_waits_no_longer(
    qtbot: QtBot, services: Services, world: DemoWorld, browser: FakeBrowser
) -> None:
    wizard = await at_partner(qtbot, services, world)
    sign_in = await waiting(wizard, browser)
    assert under_way() == 1
    wizard.reject()
    sign_in.deleteLater()  # as the window's end does
    await until(lambda: not under_way())


async def test_a_declined_sign_in_is_said_and_can_be_tried_again(
    qtbot: QtBot, services: Services, world: DemoWorld, browser: FakeBrowser
) -> None:
    wizard = await at_partner(qtbot, services, world)
    browser.visit = partial(decide, choice="decline")
    sign_in = await waiting(wizard, browser)
    await until(lambda: not sign_in.is_waiting())
    assert sign_in.error().startswith("The sign-in at localhost was declined.")
    assert sign_in.secret() is None
    await until(lambda: wizard.focusWidget() is sign_in.start_button)
    await signed_in(wizard, browser)
    assert sign_in.error() == ""


async def test_without_a_browser_the_address_can_be_copied(
    qtbot: QtBot, services: Services, world: DemoWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    wizard = await at_partner(qtbot, services, world)

    monkeypatch.setattr("ui.accounts.browser_sign_in.open_in_browser", lambda _address: False)
    sign_in = sign_in_of(wizard)
    sign_in.start_button.click()
    await until(lambda: sign_in.line() == "No browser could be opened")
    sign_in.copy.click()
    address = QGuiApplication.clipboard().text()
    QGuiApplication.clipboard().clear()
    assert address.startswith(world.oauth_client.authorization_endpoint)
    await asyncio.to_thread(decide, address, "allow")
    await until(lambda: sign_in.secret() is not None)


async def test_a_sign_in_belongs_to_the_login_it_was_made_for(
    qtbot: QtBot, services: Services, world: DemoWorld, browser: FakeBrowser
) -> None:
    wizard = await at_partner(qtbot, services, world)
    page = wizard.sign_in_page
    sign_in = await signed_in(wizard, browser)
    username = page.fields.sign_in.username.line
    QTest.keyClicks(username, "2")
    assert page.secret() is None
    assert sign_in.start_button.isVisible()
    QTest.keyClick(username, Qt.Key.Key_Backspace)
    assert page.secret() is not None
    page.fields.port_box.setCurrentText("465")
    assert page.secret() is not None
    QTest.keyClick(page.fields.host.line, Qt.Key.Key_Backspace)
    assert page.secret() is None


async def test_a_wait_ends_when_the_login_changes(
    qtbot: QtBot, services: Services, world: DemoWorld, browser: FakeBrowser
) -> None:
    wizard = await at_partner(qtbot, services, world)
    sign_in = await waiting(wizard, browser)
    QTest.keyClicks(wizard.sign_in_page.fields.sign_in.username.line, "2")
    assert not sign_in.is_waiting()
    await until(lambda: not under_way())


async def test_two_windows_wait_each_for_its_own(
    qtbot: QtBot, services: Services, world: DemoWorld, browser: FakeBrowser
) -> None:
    first = await at_partner(qtbot, services, world)
    await waiting(first, browser)
    second = await at_partner(qtbot, services, world)
    await signed_in(second, browser)
    assert sign_in_of(first).is_waiting()
    assert browser.opened[0] != browser.opened[1]
    await asyncio.to_thread(decide, browser.opened[0], "allow")
    await until(lambda: sign_in_of(first).secret() is not None)
    assert sign_in_of(first).secret() != sign_in_of(second).secret()


class _Refusing(MemoryKeychain):
    async def set(self, account: str, secret: Secret) -> None:
        raise KeychainError.because(Reason.KEYCHAIN_MISSING)


async def test_without_a_keychain_the_sign_in_can_be_kept_for_now(
    qtbot: QtBot, services: Services, world: DemoWorld, browser: FakeBrowser
) -> None:
    services.keychain = LayeredKeychain(_Refusing())
    wizard = await at_partner(qtbot, services, world)
    await signed_in(wizard, browser)
    await press_next(wizard)
    notice = wizard.sign_in_page.notice
    keep = next(link for link in notice.findChildren(LinkButton) if "sign-in until" in link.text())
    keep.click()
    await idle(wizard)
    await until(lambda: wizard.page() is wizard.code_page)
    assert await services.keychain.get(world.partner.access_with_token().keychain_account) is not None


async def test_an_address_that_is_signed_in_is_edited_without_signing_in_again(
    qtbot: QtBot, services: Services, world: DemoWorld, browser: FakeBrowser
) -> None:
    wizard = await at_partner(qtbot, services, world)
    await signed_in(wizard, browser)
    await press_next(wizard)
    wizard.reject()
    entry = services.the_profile.addresses[-1]
    assert str(entry.address) == PARTNER
    edited = AddAddressDialog(services, entry=entry)
    edited.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(edited)
    edited.show()
    await press_next(edited)
    await press_next(edited)
    sign_in = sign_in_of(edited)
    assert sign_in.line() == "You sign in with your browser"
    assert find(edited, QPushButton, "signInAgain").isVisible()
    opened = len(browser.opened)
    await press_next(edited)
    await until(lambda: not edited.isVisible())
    assert len(browser.opened) == opened
    server = services.the_profile.addresses[-1].smtp_msa
    assert server is not None
    assert isinstance(server.sign_in, OAuthSignIn)


async def test_a_client_of_one_s_own_is_kept_with_the_address(
    qtbot: QtBot, services: Services, world: DemoWorld, browser: FakeBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, real = world.oauth_client, services.sign_in_with_browser

    async def trusting(server: SmtpServer, client: OAuthClient | None = None, **how: Any) -> Secret:
        """Sign in as ever, at a server whose certificate the demo made itself."""
        assert client is not None
        return await real(server, replace(client, ca_file=known.ca_file), **how)

    monkeypatch.setattr(services, "sign_in_with_browser", trusting)
    await services.profiles.save(replace(services.the_profile, oauth_clients=()))
    await services.take_profile(replace(services.the_profile, oauth_clients=()))
    wizard = await at_partner(qtbot, services, world)
    fields = wizard.sign_in_page.fields.sign_in
    fields.kind_box.setCurrentIndex(fields.kind_box.findData(SignInKind.BROWSER))
    for field, text in (
        (fields.client.client_id, known.client_id),
        (fields.client.authorization, known.authorization_endpoint),
        (fields.client.token, known.token_endpoint),
        (fields.client.scopes, " ".join(known.scopes)),
    ):
        QTest.keyClicks(field.line, text)
    await signed_in(wizard, browser)
    await press_next(wizard)
    assert wizard.page() is wizard.code_page
    own = replace(known, name="localhost", issuer="", ca_file="", hosts=(HOST,))
    stored = await services.profiles.load()
    assert stored is not None
    assert stored.oauth_clients == services.oauth_clients == (own,)
    kept = await services.keychain.get(world.partner.access_with_token().keychain_account)
    grant = Grant.from_secret(kept) if kept else None
    assert grant is not None
    assert grant.is_for(own)


async def test_who_goes_back_and_on_is_still_signed_in(
    qtbot: QtBot, services: Services, world: DemoWorld, browser: FakeBrowser
) -> None:
    wizard = await at_partner(qtbot, services, world)
    await signed_in(wizard, browser)
    secret = wizard.sign_in_page.secret()
    wizard.back_button.click()
    assert wizard.page() is wizard.server_page
    await press_next(wizard)
    assert wizard.page() is wizard.sign_in_page
    assert wizard.sign_in_page.secret() == secret is not None
    wizard.back_button.click()
    wizard.back_button.click()
    wizard.address_page.address.set_text("another@partnerdomain.example")
    await press_next(wizard)
    await press_next(wizard)
    assert wizard.page() is wizard.sign_in_page
    assert wizard.sign_in_page.secret() is None, "it was another address's"
