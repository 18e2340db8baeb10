"""Every state of the sign-in with the browser in both languages: nothing cut off, every mnemonic one control's own."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from app.address import Address
from app.demo.world import DemoWorld
from app.errors import Reason, SignInError
from app.profile import OAuthSignIn, SmtpServer
from app.services import Services
from app.setup.enrolment import Choice, Enrolment, ServerForm, SignInKind
from app.storage.keychain import Secret
from tests.canary import canary
from tests.ui.accounts.test_sign_in_fields import GOOGLE, knowing
from tests.ui.accounts.test_wizard import allow, until
from tests.ui.test_windows_in_each_language import cut_off, language, mnemonics, shared_keys
from ui.accounts.sign_in_dialog import SignInDialog
from ui.accounts.wizard import AddAddressDialog

__all__ = ["language"]

ADDRESS = Address.parse("n.name@partner.example")
SERVER = SmtpServer("smtp.gmail.com", 587, ServerForm().recommended, "n.name@gmail.com", OAuthSignIn())


class _Answers:
    """Sign-ins that end as the test says, one after the other."""

    def __init__(self) -> None:
        self.next: asyncio.Future[Secret] = asyncio.get_running_loop().create_future()

    async def sign_in(self, *_: object, **how: object) -> Secret:
        show = how["show"]
        assert callable(show)
        show("https://accounts.google.com/o/oauth2/v2/auth")
        self.next = asyncio.get_running_loop().create_future()
        return await self.next


def wrong_with(window: AddAddressDialog | SignInDialog) -> list[str]:
    return [*cut_off(window), *shared_keys(mnemonics(window))]


def at(qtbot: QtBot, services: Services, form: ServerForm) -> AddAddressDialog:
    known = Enrolment("x").with_address(name="N. Name", address=str(ADDRESS), treat_as_alias=True)
    wizard = AddAddressDialog(services, enrolment=replace(known.with_choice(Choice.GATEWAY), server=form))
    qtbot.addWidget(wizard)
    wizard.show()
    assert wizard.page() is wizard.sign_in_page
    return wizard


@pytest.mark.usefixtures("language")
async def test_the_fields_of_an_own_client(qtbot: QtBot, services: Services, world: DemoWorld) -> None:
    await allow(world, services)
    for host in ("smtp.gmail.com", "smtp.office365.com", "smtp.partner.example"):
        wizard = at(qtbot, services, ServerForm(host=host, kind=SignInKind.BROWSER))
        wizard.sign_in_page.fields.sign_in.browser.start_button.click()
        await asyncio.sleep(0)
        assert (host, wrong_with(wizard)) == (host, [])


@pytest.mark.usefixtures("language", "browser")
async def test_each_state_of_a_sign_in(
    qtbot: QtBot, services: Services, world: DemoWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = _Answers()
    monkeypatch.setattr(services, "sign_in_with_browser", answers.sign_in)
    await allow(world, services)
    await knowing(services, GOOGLE)
    wizard = at(qtbot, services, ServerForm(host="smtp.gmail.com"))
    sign_in = wizard.sign_in_page.fields.sign_in.browser
    assert wrong_with(wizard) == []
    sign_in.start_button.click()
    await until(sign_in.open_again.isVisible)
    assert wrong_with(wizard) == []
    answers.next.set_exception(SignInError.because(Reason.SIGN_IN_DECLINED, host="accounts.google.com", reply="denied"))
    await until(lambda: not sign_in.is_waiting())
    assert wrong_with(wizard) == []
    sign_in.start_button.click()
    await until(sign_in.open_again.isVisible)
    answers.next.set_result(Secret(canary("grant")))
    await until(lambda: sign_in.secret() is not None)
    assert wrong_with(wizard) == []
    again = SignInDialog(SERVER, ADDRESS, services)
    qtbot.addWidget(again)
    again.show()
    assert wrong_with(again) == []
    again.browser.start_button.click()
    await until(again.browser.open_again.isVisible)
    assert wrong_with(again) == []
