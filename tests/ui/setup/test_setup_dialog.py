"""The first start: what is wrong is said where it is, and nothing is half-saved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.demo.authority import PRIMARY
from app.demo.world import DemoWorld
from app.errors import KeychainError, Reason
from app.policy.evaluate import PolicyState
from app.profile import Security
from app.services import Services
from app.storage.keychain import LayeredKeychain, MemoryKeychain, Secret
from ui.setup.dialog import SetupDialog
from ui.widgets import LinkButton, StepState


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - a widget has no event
            await asyncio.sleep(0.01)


def opened(qtbot: QtBot, services: Services) -> SetupDialog:
    dialog = SetupDialog(services)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


async def press_next(dialog: SetupDialog) -> None:
    dialog.next_button.click()
    await until(lambda: dialog.next_button.isEnabled() or not dialog.isVisible())


async def on_policy_page(qtbot: QtBot, services: Services) -> SetupDialog:
    dialog = opened(qtbot, services)
    dialog.person_page.address.set_text(PRIMARY)
    dialog.person_page.name.set_text("N. Name")
    await press_next(dialog)
    assert dialog.page() is dialog.policy_page
    return dialog


async def on_sign_in_page(qtbot: QtBot, services: Services, world: DemoWorld) -> SetupDialog:
    dialog = await on_policy_page(qtbot, services)
    dialog.policy_page.source.set_text(world.policy_url)
    dialog.policy_page.policy_ca.set_text(world.policy_ca)
    dialog.policy_page.mail_ca.set_text(world.mail_ca)
    await press_next(dialog)
    assert dialog.page() is dialog.sign_in_page
    return dialog


async def test_a_person_is_set_up_at_their_organisation(qtbot: QtBot, services: Services, world: DemoWorld) -> None:
    dialog = await on_sign_in_page(qtbot, services, world)
    dialog.sign_in_page.sign_in.password.set_text(world.organisation.password)
    await press_next(dialog)
    assert dialog.result() == SetupDialog.DialogCode.Accepted.value
    profile = await services.profiles.load()
    assert profile is not None
    assert profile == services.profile
    assert str(profile.primary.address) == PRIMARY
    account = profile.organisation_server.keychain_account
    assert await services.keychain.get(account) == Secret(world.organisation.password)
    assert services.policy.state is PolicyState.UNKNOWN or services.policy.document is not None


async def test_a_wrong_password_keeps_nothing_but_what_was_typed(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    dialog = await on_sign_in_page(qtbot, services, world)
    dialog.sign_in_page.sign_in.password.set_text("wrong")
    await press_next(dialog)
    page = dialog.sign_in_page
    assert page.test.steps.state("sign-in") is StepState.FAILED
    assert "did not accept the password" in page.test.notice.text()
    assert page.sign_in.password.text() == "wrong"
    assert await services.profiles.load() is None


async def test_a_policy_that_cannot_be_fetched_is_said_and_its_address_stays(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    world.set_policy_server(up=False)
    dialog = await on_policy_page(qtbot, services)
    dialog.policy_page.source.set_text(world.policy_url)
    dialog.policy_page.policy_ca.set_text(world.policy_ca)
    await press_next(dialog)
    assert dialog.page() is dialog.policy_page
    assert "cannot be reached" in dialog.policy_page.notice.text()
    assert dialog.policy_page.source.text() == world.policy_url


async def test_an_untrusted_policy_server_is_no_policy(qtbot: QtBot, services: Services, world: DemoWorld) -> None:
    dialog = await on_policy_page(qtbot, services)
    dialog.policy_page.source.set_text(world.policy_url)
    await press_next(dialog)
    assert dialog.page() is dialog.policy_page
    assert dialog.policy_page.notice.kind() == "bad"


async def test_a_missing_policy_place_stands_beside_its_field(qtbot: QtBot, services: Services) -> None:
    dialog = await on_policy_page(qtbot, services)
    await press_next(dialog)
    assert dialog.page() is dialog.policy_page
    assert dialog.policy_page.source.error()


async def test_a_bad_address_stands_beside_its_field(qtbot: QtBot, services: Services) -> None:
    dialog = opened(qtbot, services)
    dialog.person_page.address.set_text("nobody")
    dialog.person_page.name.set_text("=?utf-8?q?x?=")
    await press_next(dialog)
    assert dialog.page() is dialog.person_page
    assert dialog.person_page.address.error()
    assert dialog.person_page.name.error()


async def test_no_organisation_is_the_persons_own_statement_and_asks_for_a_server(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    dialog = await on_policy_page(qtbot, services)
    dialog.policy_page.own.setChecked(True)
    dialog.policy_page.mail_ca.set_text(world.mail_ca)
    await press_next(dialog)
    fields, server = dialog.sign_in_page.server, world.organisation.access(Security.STARTTLS)
    assert fields.isVisible()
    fields.host.set_text("localhost")
    fields.port_box.setCurrentText(str(server.port))
    fields.sign_in.username.set_text(world.organisation.username)
    fields.sign_in.password.set_text(world.organisation.password)
    await press_next(dialog)
    assert services.the_profile.policy_source == ""
    assert services.policy.state is PolicyState.OWN


async def test_two_clicks_set_up_once(qtbot: QtBot, services: Services, world: DemoWorld) -> None:
    dialog = await on_sign_in_page(qtbot, services, world)
    dialog.sign_in_page.sign_in.password.set_text(world.organisation.password)
    dialog.next_button.click()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    await press_next(dialog)
    assert dialog.result() == SetupDialog.DialogCode.Accepted.value


class _MissingKeychain(MemoryKeychain):
    async def get(self, account: str) -> Secret | None:
        raise KeychainError.because(Reason.KEYCHAIN_MISSING)

    async def set(self, account: str, secret: Secret) -> None:
        raise KeychainError.because(Reason.KEYCHAIN_MISSING)


async def test_without_a_keychain_the_password_can_be_kept_for_now(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    services.keychain = LayeredKeychain(_MissingKeychain())
    dialog = await on_sign_in_page(qtbot, services, world)
    dialog.sign_in_page.sign_in.password.set_text(world.organisation.password)
    await press_next(dialog)
    assert await services.profiles.load() is None
    (link,) = dialog.sign_in_page.notice.findChildren(LinkButton)
    link.click()
    await until(lambda: not dialog.isVisible())
    server = services.the_profile.organisation_server
    assert await services.keychain.get(server.keychain_account) == Secret(world.organisation.password)


async def test_a_slow_server_does_not_keep_the_set_up_open(qtbot: QtBot, services: Services) -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as silent:
        dialog = await on_policy_page(qtbot, services)
        dialog.policy_page.own.setChecked(True)
        await press_next(dialog)
        fields = dialog.sign_in_page.server
        fields.host.set_text("127.0.0.1")
        fields.port_box.setCurrentText(str(silent.sockets[0].getsockname()[1]))
        fields.sign_in.password.set_text("never sent")
        dialog.next_button.click()
        steps = dialog.sign_in_page.test
        await until(lambda: steps.isVisible() and steps.steps.state("connect") is StepState.RUNNING)
        dialog.cancel_button.click()
        assert not dialog.isVisible()
        await until(lambda: not dialog.is_working())
    assert services.profile is None
    assert await services.profiles.load() is None


async def test_an_unreadable_certificate_file_stands_beside_its_field(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    dialog = await on_policy_page(qtbot, services)
    page = dialog.policy_page
    page.more.click()
    page.source.set_text(world.policy_url)
    page.policy_ca.set_text(str(world.folder / "missing.pem"))
    await press_next(dialog)
    assert "missing.pem" in page.policy_ca.error()
    page.policy_ca.set_text(world.policy_ca)
    page.mail_ca.set_text(__file__)
    await press_next(dialog)
    assert dialog.page() is page
    assert (bool(page.mail_ca.error()), page.policy_ca.error()) == (True, "")


async def test_a_passed_test_goes_when_the_password_changes(qtbot: QtBot, services: Services, world: DemoWorld) -> None:
    dialog = await on_sign_in_page(qtbot, services, world)
    page = dialog.sign_in_page
    page.sign_in.password.set_text(world.organisation.password)
    page.test_button.click()
    await until(lambda: page.test.notice.kind() == "good" and page.test_button.isEnabled())
    QTest.keyClicks(page.sign_in.password.line, "x")
    assert not page.test.isVisible()
