"""Signing in again: marked in the list, done in the browser, tested and kept by itself, and mail goes on."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.address import Address
from app.demo.inbox import Server
from app.demo.world import DemoWorld
from app.errors import KeychainError, Reason
from app.profile import SendAsAddress, Verification
from app.services import Services
from app.sign_in.grant import Grant
from app.storage.keychain import LayeredKeychain, MemoryKeychain, Secret
from tests.app.demo.person import decide
from tests.ui.accounts.test_wizard import PARTNER, allow, until
from tests.ui.browsers import FakeBrowser
from ui.accounts.dialog import AccountsDialog
from ui.accounts.sign_in_dialog import SignInDialog
from ui.desk import Desk
from ui.widgets import LinkButton


@pytest.fixture
async def entry(services: Services, world: DemoWorld) -> SendAsAddress:
    """An address that is signed in to with the browser, of which the keychain has nothing."""
    await allow(world, services)
    server = world.partner.access_with_token()
    entry = SendAsAddress("p", Address.parse(PARTNER), smtp_msa=server, verification=Verification.ACCEPTED)
    profile = services.the_profile.with_address(entry)
    await services.profiles.save(profile)
    await services.take_profile(profile)
    return entry


def opened(qtbot: QtBot, services: Services, world: DemoWorld, entry: SendAsAddress) -> SignInDialog:
    dialog = SignInDialog(world.partner.access_with_token(), entry.address, services)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


async def test_a_missing_sign_in_is_marked_and_done_again(
    qtbot: QtBot, services: Services, world: DemoWorld, entry: SendAsAddress, browser: FakeBrowser
) -> None:
    accounts = AccountsDialog(services, Desk(services))
    accounts.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(accounts)
    accounts.show()
    await until(lambda: accounts.findChild(QPushButton, f"password-{PARTNER}") is not None)
    link = accounts.findChild(LinkButton, f"password-{PARTNER}")
    assert link is not None
    assert link.text() == "Sign in again…"
    assert "needs sign-in" in {label.text() for label in accounts.panel.findChildren(QLabel)}
    link.click()
    dialog = accounts.findChild(SignInDialog)
    assert dialog is not None
    assert dialog.focusWidget() is dialog.browser.start_button
    browser.visit = partial(decide, choice="allow")
    done = asyncio.Event()
    dialog.accepted.connect(done.set)
    dialog.browser.start_button.click()
    async with asyncio.timeout(10):
        await done.wait()
    kept = await services.keychain.get(world.partner.access_with_token().keychain_account)
    assert kept is not None
    assert Grant.from_secret(kept) is not None
    await until(lambda: accounts.findChild(QPushButton, f"password-{PARTNER}") is None)
    said = {label.text() for label in accounts.panel.findChildren(QLabel)}
    assert any("signed in with the browser" in text for text in said)


async def test_what_the_server_does_not_take_is_not_kept(
    qtbot: QtBot, services: Services, world: DemoWorld, entry: SendAsAddress, browser: FakeBrowser
) -> None:
    dialog = opened(qtbot, services, world, entry)
    world.set_mail_server(Server.PARTNER, up=False)
    browser.visit = partial(decide, choice="allow")
    dialog.browser.start_button.click()
    await until(lambda: dialog.test.notice.kind() == "bad")
    assert dialog.isVisible()
    assert await services.keychain.get(world.partner.access_with_token().keychain_account) is None
    await until(lambda: dialog.focusWidget() is dialog.browser.again)


class _Refusing(MemoryKeychain):
    async def set(self, account: str, secret: Secret) -> None:
        raise KeychainError.because(Reason.KEYCHAIN_MISSING)


async def test_without_a_keychain_it_is_kept_for_now(
    qtbot: QtBot, services: Services, world: DemoWorld, entry: SendAsAddress, browser: FakeBrowser
) -> None:
    services.keychain = LayeredKeychain(_Refusing())
    dialog = opened(qtbot, services, world, entry)
    browser.visit = partial(decide, choice="allow")
    dialog.browser.start_button.click()
    await until(lambda: dialog.notice.isVisible())
    keep = next(link for link in dialog.notice.findChildren(LinkButton) if "sign-in until" in link.text())
    keep.click()
    await until(lambda: not dialog.isVisible())
    assert dialog.result() == SignInDialog.DialogCode.Accepted.value
    assert await services.keychain.get(world.partner.access_with_token().keychain_account) is not None


async def test_who_cancels_waits_no_longer(
    qtbot: QtBot, services: Services, world: DemoWorld, entry: SendAsAddress, browser: FakeBrowser
) -> None:
    dialog = opened(qtbot, services, world, entry)
    dialog.browser.start_button.click()
    await until(lambda: bool(browser.opened))
    dialog.reject()
    assert not dialog.browser.is_waiting()


async def test_where_nobody_is_set_up_to_be_asked_it_is_said(
    qtbot: QtBot, services: Services, world: DemoWorld, entry: SendAsAddress, browser: FakeBrowser
) -> None:
    await services.take_profile(replace(services.the_profile, oauth_clients=()))
    dialog = opened(qtbot, services, world, entry)
    dialog.browser.start_button.click()
    await until(lambda: not dialog.browser.is_waiting())
    assert "does not know where to sign in" in dialog.browser.error()
    assert browser.opened == []
