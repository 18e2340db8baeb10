"""The wizard against real servers: what is forbidden stays visible, what is typed stays, what is cancelled is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from app.address import Address
from app.demo.inbox import Server
from app.demo.reading import verification_code
from app.demo.world import DemoWorld
from app.errors import KeychainError, Reason
from app.profile import Security
from app.services import Services
from app.setup.enrolment import Choice
from app.storage.keychain import LayeredKeychain, MemoryKeychain, Secret
from ui.accounts.wizard import AddAddressDialog
from ui.widgets import LinkButton, ReasonsDialog, StepState

PARTNER = "nutzer.name@partnerdomain.example"
Kind = TypeVar("Kind", bound=QWidget)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - a widget has no event
            await asyncio.sleep(0.01)


async def allow(world: DemoWorld, services: Services, allowed: bool = True) -> None:
    await asyncio.to_thread(lambda: world.set_policy(allow=allowed))
    assert services.watch is not None
    await services.watch.refresh()


def find(owner: QWidget, kind: type[Kind], name: str) -> Kind:
    found = owner.findChild(kind, name)
    assert found is not None, name
    return found


def opened(qtbot: QtBot, services: Services) -> AddAddressDialog:
    wizard = AddAddressDialog(services)
    wizard.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(wizard)
    wizard.show()
    return wizard


async def press_next(wizard: AddAddressDialog) -> None:
    wizard.next_button.click()
    await idle(wizard)


async def idle(wizard: AddAddressDialog) -> None:
    await until(lambda: wizard.next_button.isEnabled() or not wizard.isVisible())


async def on_server_page(qtbot: QtBot, services: Services) -> AddAddressDialog:
    wizard = opened(qtbot, services)
    wizard.address_page.name.set_text("N. Name")
    wizard.address_page.address.set_text(PARTNER)
    await press_next(wizard)
    assert wizard.page() is wizard.server_page
    return wizard


async def on_sign_in_page(qtbot: QtBot, services: Services, world: DemoWorld) -> AddAddressDialog:
    await allow(world, services)
    wizard = await on_server_page(qtbot, services)
    await press_next(wizard)
    assert wizard.page() is wizard.sign_in_page
    return wizard


def fill_in(wizard: AddAddressDialog, world: DemoWorld, *, password: str = "", host: str = "localhost") -> None:
    fields, server = wizard.sign_in_page.fields, world.partner.access(Security.STARTTLS)
    fields.host.set_text(host)
    fields.port_box.setCurrentText(str(server.port))
    fields.sign_in.username.set_text(world.partner.username)
    fields.sign_in.password.set_text(password or world.partner.password)


async def test_a_forbidden_gateway_stays_visible_with_its_reason(qtbot: QtBot, services: Services) -> None:
    wizard = await on_server_page(qtbot, services)
    gateway = find(wizard, QRadioButton, "gatewayChoice")
    assert gateway.isVisible()
    assert not gateway.isEnabled()
    assert "does not allow own SMTP servers" in gateway.accessibleDescription()
    assert wizard.server_page.answer() is Choice.ORGANISATION


async def test_a_policy_that_changes_opens_the_choice_without_reopening(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    wizard = await on_server_page(qtbot, services)
    await asyncio.to_thread(lambda: world.set_policy(allow=True))
    find(wizard, QPushButton, "checkNow").click()
    await until(lambda: find(wizard, QRadioButton, "gatewayChoice").isEnabled())
    assert wizard.server_page.answer() is Choice.GATEWAY
    assert wizard.findChild(QPushButton, "checkNow") is None
    assert wizard.address_page.address.text() == PARTNER


async def test_a_policy_that_forbids_while_one_types_shows_the_choice_again(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    wizard = await on_sign_in_page(qtbot, services, world)
    fill_in(wizard, world)
    await allow(world, services, allowed=False)
    assert wizard.page() is wizard.server_page
    assert not find(wizard, QRadioButton, "gatewayChoice").isEnabled()
    await allow(world, services)
    find(wizard, QRadioButton, "gatewayChoice").click()
    await press_next(wizard)
    assert wizard.sign_in_page.fields.host.text() == "localhost"


async def test_the_request_for_the_administrator_is_copied(qtbot: QtBot, services: Services) -> None:
    wizard = await on_server_page(qtbot, services)
    button = find(wizard, LinkButton, "copyRequest")
    button.click()
    assert PARTNER in QGuiApplication.clipboard().text()
    assert button.text() == "Copied"


async def test_why_names_the_policy_that_decided(qtbot: QtBot, services: Services) -> None:
    wizard = await on_server_page(qtbot, services)
    find(wizard, LinkButton, "whyPolicy").click()
    window = find(wizard, ReasonsDialog, "reasonsDialog")
    assert window.isVisible()
    window.close()


async def test_neither_way_open_says_so_and_a_new_policy_opens_it(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    await asyncio.to_thread(lambda: world.set_policy(allow=False, require_gateway=True))
    assert services.watch is not None
    await services.watch.refresh()
    wizard = opened(qtbot, services)
    wizard.address_page.address.set_text(PARTNER)
    wizard.next_button.click()
    await until(lambda: wizard.page() is wizard.server_page)
    await until(lambda: wizard.back_button.isEnabled())
    assert not wizard.next_button.isEnabled()
    assert wizard.server_page.notice.kind() == "bad"
    await allow(world, services)
    await until(wizard.next_button.isEnabled)
    assert find(wizard, QRadioButton, "gatewayChoice").isChecked()


async def test_an_address_is_added_tested_and_confirmed_with_the_mailed_code(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    wizard = await on_sign_in_page(qtbot, services, world)
    fill_in(wizard, world)
    find(wizard, QPushButton, "testConnection").click()
    await idle(wizard)
    result = wizard.sign_in_page.test.notice
    assert result.kind() == "good"
    assert "does not prove" in result.detail()
    assert wizard.sign_in_page.test.steps.state("sender") is StepState.OK
    await press_next(wizard)
    assert wizard.page() is wizard.code_page
    assert "does not prove" in wizard.code_page.notice.detail()
    entry = services.the_profile.find(Address.parse(PARTNER))
    assert entry is not None
    assert not entry.is_verified
    arrived = await asyncio.to_thread(lambda: world.inbox.wait(lambda each: each.server is Server.ORGANISATION))
    code = verification_code(arrived)
    assert code is not None
    wizard.code_page.code.set_text(f" {code[:3]}-{code[3:6]} {code[6:]}")
    await press_next(wizard)
    assert wizard.result() == AddAddressDialog.DialogCode.Accepted.value
    stored = await services.profiles.load()
    assert stored is not None
    kept = stored.find(Address.parse(PARTNER))
    assert kept is not None
    assert kept.is_verified
    assert kept.smtp_msa is not None
    assert await services.keychain.get(kept.smtp_msa.keychain_account) == Secret(world.partner.password)
    assert wizard.sign_in_page.fields.sign_in.password.text() == ""


async def test_a_wrong_code_is_said_and_stays_and_later_leaves_the_address_unconfirmed(
    qtbot: QtBot, services: Services
) -> None:
    wizard = await on_server_page(qtbot, services)
    await press_next(wizard)
    assert wizard.page() is wizard.code_page
    wizard.code_page.code.set_text("000 000 000")
    await press_next(wizard)
    assert wizard.code_page.code.error()
    assert wizard.code_page.code.text() == "000 000 000"
    wizard.cancel_button.click()
    entry = services.the_profile.find(Address.parse(PARTNER))
    assert entry is not None
    assert not entry.is_verified


async def test_a_code_on_its_way_is_mailed_even_when_the_window_closes(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    wizard = AddAddressDialog(services)
    wizard.show()
    wizard.address_page.address.set_text(PARTNER)
    await press_next(wizard)
    wizard.next_button.click()
    await until(lambda: wizard.page() is wizard.code_page)
    wizard.cancel_button.click()
    await until(lambda: len(world.inbox.messages()) == 1)
    await asyncio.sleep(0.05)


async def test_the_fourth_mail_within_an_hour_is_refused_with_the_time_to_wait(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    wizard = await on_server_page(qtbot, services)
    await press_next(wizard)
    for _ in range(3):
        wizard.code_page.resend.click()
        await idle(wizard)
    assert wizard.code_page.notice.kind() == "bad"
    assert len(world.inbox.messages()) == 3


@pytest.mark.parametrize(
    ("password", "host", "named"),
    [("wrong", "localhost", "did not accept the password"), ("", "nowhere.invalid", "nowhere.invalid")],
)
async def test_a_failing_server_is_one_sentence_and_what_was_typed_stays(
    qtbot: QtBot, services: Services, world: DemoWorld, password: str, host: str, named: str
) -> None:
    wizard = await on_sign_in_page(qtbot, services, world)
    fill_in(wizard, world, password=password, host=host)
    await press_next(wizard)
    assert wizard.page() is wizard.sign_in_page
    assert named in wizard.sign_in_page.test.notice.text()
    assert wizard.sign_in_page.fields.host.text() == host
    assert wizard.sign_in_page.fields.sign_in.password.text() == (password or world.partner.password)
    assert services.the_profile.find(Address.parse(PARTNER)) is None


async def test_a_refused_connection_is_named_at_its_step(qtbot: QtBot, services: Services, world: DemoWorld) -> None:
    wizard = await on_sign_in_page(qtbot, services, world)
    fill_in(wizard, world)
    world.set_mail_server(Server.PARTNER, up=False)
    find(wizard, QPushButton, "testConnection").click()
    await idle(wizard)
    assert wizard.sign_in_page.test.steps.state("connect") is StepState.FAILED
    assert wizard.sign_in_page.test.steps.state("sign-in") is StepState.SKIPPED


async def test_an_untrusted_certificate_is_refused_without_a_way_around(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    from dataclasses import replace

    wizard = await on_sign_in_page(qtbot, services, world)
    await services.take_profile(replace(services.the_profile, mail_ca=""))
    fill_in(wizard, world)
    find(wizard, QPushButton, "testConnection").click()
    await idle(wizard)
    assert wizard.sign_in_page.test.steps.state("tls") is StepState.FAILED
    assert not wizard.sign_in_page.test.notice.findChildren(LinkButton)


async def test_what_is_wrong_stands_beside_its_field_and_gets_the_focus(qtbot: QtBot, services: Services) -> None:
    wizard = opened(qtbot, services)
    wizard.address_page.name.set_text("N. Name")
    wizard.address_page.address.set_text("no address")
    await press_next(wizard)
    assert wizard.page() is wizard.address_page
    assert wizard.address_page.address.error()
    await until(lambda: wizard.focusWidget() is wizard.address_page.address.editor)
    assert wizard.address_page.address.text() == "no address"


async def test_recommended_moves_with_the_port_and_an_own_choice_stays(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    wizard = await on_sign_in_page(qtbot, services, world)
    fields = wizard.sign_in_page.fields
    fields.port_box.setCurrentText("465")
    assert fields.radios[Security.SSL].isChecked()
    assert "recommended" in fields.radios[Security.SSL].text()
    assert "recommended" not in fields.radios[Security.STARTTLS].text()
    fields.radios[Security.STARTTLS].click()
    fields.port_box.setCurrentText("25")
    assert fields.radios[Security.STARTTLS].isChecked()
    assert not fields.radios[Security.NONE].isVisible()


async def test_cancelling_keeps_nothing(qtbot: QtBot, services: Services, world: DemoWorld) -> None:
    before = services.the_profile
    wizard = await on_sign_in_page(qtbot, services, world)
    fill_in(wizard, world)
    wizard.sign_in_page.test_button.click()
    await asyncio.sleep(0)
    QTest.keyClick(wizard, Qt.Key.Key_Escape)
    assert not wizard.isVisible()
    await asyncio.sleep(0.05)
    assert await services.profiles.load() == before
    assert await services.keychain.get(world.partner.access(Security.STARTTLS).keychain_account) is None


async def test_two_clicks_add_once(qtbot: QtBot, services: Services, world: DemoWorld) -> None:
    wizard = await on_sign_in_page(qtbot, services, world)
    fill_in(wizard, world)
    wizard.next_button.click()
    wizard.next_button.click()
    QTest.keyClick(wizard, Qt.Key.Key_Return)
    await idle(wizard)
    assert wizard.page() is wizard.code_page
    assert len(services.the_profile.addresses) == 2
    assert len(world.inbox.messages()) == 1


async def test_back_keeps_what_was_typed(qtbot: QtBot, services: Services, world: DemoWorld) -> None:
    wizard = await on_sign_in_page(qtbot, services, world)
    fill_in(wizard, world)
    wizard.back_button.click()
    wizard.back_button.click()
    assert wizard.page() is wizard.address_page
    assert wizard.address_page.address.text() == PARTNER
    await press_next(wizard)
    await press_next(wizard)
    assert wizard.sign_in_page.fields.host.text() == "localhost"
    assert wizard.sign_in_page.fields.sign_in.password.text() == world.partner.password


async def test_an_edited_address_keeps_its_server_without_a_new_test(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    wizard = await on_sign_in_page(qtbot, services, world)
    fill_in(wizard, world)
    await press_next(wizard)
    wizard.reject()
    entry = services.the_profile.find(Address.parse(PARTNER))
    assert entry is not None
    world.set_mail_server(Server.PARTNER, up=False)
    edit = AddAddressDialog(services, None, entry)
    edit.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(edit)
    edit.show()
    assert not edit.address_page.address.isEnabled()
    edit.address_page.name.set_text("Another name")
    for _ in range(3):
        await press_next(edit)
    assert edit.result() == AddAddressDialog.DialogCode.Accepted.value
    changed = services.the_profile.get(entry.id)
    assert changed.display_name == "Another name"
    assert changed.smtp_msa == entry.smtp_msa


class _LockedKeychain(MemoryKeychain):
    """A keychain that gives, but takes nothing new."""

    async def set(self, account: str, secret: Secret) -> None:
        raise KeychainError.because(Reason.KEYCHAIN_LOCKED)


async def test_a_locked_keychain_keeps_nothing_but_offers_to_keep_the_password_for_now(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    locked = _LockedKeychain()
    await MemoryKeychain.set(locked, world.organisation.access().keychain_account, Secret(world.organisation.password))
    services.keychain = LayeredKeychain(locked)
    wizard = await on_sign_in_page(qtbot, services, world)
    fill_in(wizard, world)
    await press_next(wizard)
    assert wizard.page() is wizard.sign_in_page
    assert services.the_profile.find(Address.parse(PARTNER)) is None
    (link,) = wizard.sign_in_page.notice.findChildren(LinkButton)
    link.click()
    await until(lambda: wizard.page() is wizard.code_page)
    entry = services.the_profile.find(Address.parse(PARTNER))
    assert entry is not None
    assert entry.smtp_msa is not None
    assert await services.keychain.get(entry.smtp_msa.keychain_account) == Secret(world.partner.password)
    assert await locked.get(entry.smtp_msa.keychain_account) is None
    await idle(wizard)


async def test_everything_one_works_with_has_a_name(qtbot: QtBot, services: Services) -> None:
    wizard = await on_server_page(qtbot, services)
    for control in wizard.findChildren(QWidget):
        if control.focusPolicy() & Qt.FocusPolicy.TabFocus and control.isVisible():
            assert control.accessibleName() or getattr(control, "text", str)(), control
