"""The Accounts dialog: a copy until Save, one commit, and every address with what stands against it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QRadioButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from app.address import Address, Mailbox
from app.delivery.posting import post
from app.demo.world import DemoWorld
from app.message.draft import Draft
from app.policy.evaluate import Policy, PolicyState
from app.profile import ReplyFrom, Security, SendAsAddress, SmtpServer, Verification, WhenMissed
from app.services import Services
from app.storage.keychain import Secret
from tests.app.policy.documents import SALES, document, gateway_policy, names_policy, service_policy
from ui.accounts.dialog import AccountsDialog
from ui.accounts.edits import Accounts, Edits
from ui.accounts.password_dialog import PasswordDialog
from ui.accounts.row import AddressRow, standing_of
from ui.accounts.wizard import AddAddressDialog
from ui.desk import Desk
from ui.widgets import ReasonsDialog

PARTNER = "nutzer.name@partnerdomain.example"
GATEWAY = SmtpServer("smtp.partnerdomain.example", 587, Security.STARTTLS, "nutzer.name")


def address(text: str, *, gateway: SmtpServer | None = None, is_verified: bool = True) -> SendAsAddress:
    state = Verification.ACCEPTED if is_verified else Verification.PENDING
    return SendAsAddress(text, Address.parse(text), "N. Name", smtp_msa=gateway, verification=state)


async def add(services: Services, *entries: SendAsAddress) -> None:
    profile = services.the_profile
    for entry in entries:
        profile = profile.with_address(entry)
    await services.profiles.save(profile)
    await services.take_profile(profile)


def opened(qtbot: QtBot, services: Services) -> AccountsDialog:
    dialog = AccountsDialog(services, Desk(services))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def link(dialog: QWidget, name: str) -> QPushButton:
    found = dialog.findChild(QPushButton, name)
    assert found is not None, name
    return found


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - a widget has no event
            await asyncio.sleep(0.01)


async def test_changes_are_kept_at_once_by_save_only(qtbot: QtBot, services: Services) -> None:
    await add(services, address(PARTNER), address("kasse@radverein.example"))
    before = services.the_profile
    dialog = opened(qtbot, services)
    assert not dialog.save_button.isEnabled()
    link(dialog, f"default-{PARTNER}").click()
    link(dialog, "delete-kasse@radverein.example").click()
    same = dialog.findChild(QRadioButton, "replyFromSame")
    assert same is not None
    same.click()
    seconds = dialog.findChild(QSpinBox, "undoSeconds")
    assert seconds is not None
    seconds.setValue(20)
    ask = dialog.findChild(QRadioButton, "missedAsk")
    assert ask is not None
    ask.click()
    assert await services.profiles.load() == before
    dialog.save_button.click()
    await until(lambda: not dialog.isVisible())
    stored = await services.profiles.load()
    assert stored == services.the_profile
    assert stored is not None
    assert str(stored.default.address) == PARTNER
    assert len(stored.addresses) == 2
    assert stored.reply_from is ReplyFrom.SAME
    assert stored.undo_seconds == 20
    assert stored.when_missed is WhenMissed.ASK


async def test_cancel_drops_every_change(qtbot: QtBot, services: Services) -> None:
    await add(services, address(PARTNER))
    before = services.the_profile
    dialog = opened(qtbot, services)
    link(dialog, f"delete-{PARTNER}").click()
    link(dialog, "cancelButton").click()
    assert not dialog.isVisible()
    assert await services.profiles.load() == before


async def test_a_deletion_is_undone_in_its_row(qtbot: QtBot, services: Services) -> None:
    await add(services, address(PARTNER), address("kasse@radverein.example"))
    dialog = opened(qtbot, services)
    link(dialog, f"delete-{PARTNER}").click()
    assert dialog.save_button.isEnabled()
    link(dialog, f"restore-{PARTNER}").click()
    assert not dialog.save_button.isEnabled()
    assert link(dialog, f"delete-{PARTNER}").isVisible()


async def test_an_address_with_waiting_mail_is_not_deleted(qtbot: QtBot, services: Services) -> None:
    await add(services, address(PARTNER, gateway=GATEWAY))
    draft = Draft(id="d", sender=Address.parse(PARTNER), to=(Mailbox(Address.parse("to@else.example")),), subject="s")
    await post(
        draft,
        profile=services.the_profile,
        policy=services.policy,
        outbox=services.outbox,
        now=services.now(),
    )
    dialog = opened(qtbot, services)
    await until(lambda: dialog.findChild(QPushButton, f"choose-{PARTNER}") is not None)
    link(dialog, f"delete-{PARTNER}").click()
    dialog.save_button.click()
    await until(lambda: dialog.notice.isVisible())
    assert dialog.isVisible()
    assert services.the_profile.find(Address.parse(PARTNER)) is not None


@pytest.mark.case("P8")
async def test_a_revoked_gateway_says_since_when_and_how_much_is_held(services: Services) -> None:
    entry = address(PARTNER, gateway=GATEWAY)
    await add(services, entry)
    accounts = Accounts(services.the_profile, services.policy, services.now(), held={entry.id: 2})
    standing = standing_of(entry, accounts)
    assert "not allowed since" in standing.line
    assert "2 messages are held" in standing.line
    assert ("not allowed", "bad") in standing.chips
    assert "choose" in [name for name, _label in standing.actions]


async def test_a_name_that_the_organisation_keeps_is_told_at_the_primary_address(services: Services) -> None:
    await add(services, address(PARTNER))
    fixed = Policy(PolicyState.FRESH, document(gateway_policy(True), names_policy(False, unit=SALES)))
    accounts = Accounts(services.the_profile, fixed, services.now())
    primary, partner = (standing_of(entry, accounts).line for entry in services.the_profile.addresses)
    assert primary.endswith(" · the name cannot be changed, as set for /Vertrieb")
    assert "cannot be changed" not in partner
    free = replace(accounts, policy=Policy(PolicyState.FRESH, document(names_policy(True))))
    assert "cannot be changed" not in standing_of(services.the_profile.primary, free).line


async def test_every_address_says_so_where_mail_is_switched_off(services: Services) -> None:
    await add(services, address(PARTNER, gateway=GATEWAY))
    off = Policy(PolicyState.FRESH, document(gateway_policy(True), service_policy("DISABLED")))
    for entry in services.the_profile.addresses:
        standing = standing_of(entry, Accounts(services.the_profile, off, services.now()))
        assert standing.line.endswith("Beispiel GmbH has switched mail off for you")
        assert ("not allowed", "bad") in standing.chips


async def test_the_words_of_each_address_are_gmails(services: Services, world: DemoWorld) -> None:
    await asyncio.to_thread(lambda: world.set_policy(allow=True))
    assert services.watch is not None
    await services.watch.refresh()
    gateway, plain = address(PARTNER, gateway=GATEWAY), address("kasse@radverein.example")
    await add(services, gateway, plain, address("neu@radverein.example", is_verified=False))
    accounts = Accounts(services.the_profile, services.policy, services.now())
    line = standing_of(gateway, accounts).line
    assert line == "Mail is sent through: smtp.partnerdomain.example · Secured connection on port 587 using TLS"
    assert "nutzer@beispiel.example on behalf of kasse@radverein.example" in standing_of(plain, accounts).line
    pending = standing_of(services.the_profile.addresses[-1], accounts)
    assert ("unconfirmed", "warn") in pending.chips
    assert pending.actions[0][0] == "verify"


async def test_check_now_shows_a_changed_policy(qtbot: QtBot, services: Services, world: DemoWorld) -> None:
    dialog = opened(qtbot, services)
    await asyncio.to_thread(lambda: world.set_policy(allow=True))
    link(dialog, "checkNow").click()
    await until(lambda: "allows own SMTP servers" in dialog.panel.banner.text())
    link(dialog, "whyPolicy").click()
    window = dialog.findChild(ReasonsDialog)
    assert window is not None
    window.close()


async def test_from_eight_addresses_on_one_can_search(qtbot: QtBot, services: Services) -> None:
    await add(services, *(address(f"a{number}@d{number % 3}.example") for number in range(7)))
    dialog = opened(qtbot, services)
    search = dialog.findChild(QLineEdit, "searchAddresses")
    assert search is not None
    assert search.isVisible()
    search.setText("a5@")
    assert dialog.findChild(QWidget, "row-a5@d2.example") is not None
    assert dialog.findChild(QWidget, "row-a4@d1.example") is None


async def test_what_was_added_meanwhile_survives_saving(services: Services) -> None:
    await add(services, address(PARTNER))
    edits = Edits(default_id=PARTNER, deleted=frozenset({"kasse@radverein.example", "gone"}))
    await add(services, address("kasse@radverein.example"), address("neu@radverein.example"))
    changed = edits.applied(services.the_profile)
    assert [each.id for each in changed.addresses[1:]] == [PARTNER, "neu@radverein.example"]
    assert changed.default.id == PARTNER


async def test_the_wizard_opens_over_the_dialog(qtbot: QtBot, services: Services) -> None:
    await add(services, address(PARTNER, is_verified=False))
    dialog = opened(qtbot, services)
    for name, title in (
        ("addAddress", "Add another email address"),
        (f"verify-{PARTNER}", "Confirm email address"),
        (f"edit-{PARTNER}", "Edit email address"),
    ):
        link(dialog, name).click()
        wizard = dialog.findChild(AddAddressDialog)
        assert wizard is not None
        assert wizard.windowTitle() == title
        wizard.setParent(None)
        wizard.reject()


async def test_a_missing_password_is_marked_asked_for_and_tested(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    await asyncio.to_thread(lambda: world.set_policy(allow=True))
    assert services.watch is not None
    await services.watch.refresh()
    server = replace(world.partner.access(Security.STARTTLS), username=world.partner.username)
    await add(services, address(PARTNER, gateway=server))
    dialog = opened(qtbot, services)
    await until(lambda: dialog.findChild(QPushButton, f"password-{PARTNER}") is not None)
    link(dialog, f"password-{PARTNER}").click()
    asked = dialog.findChild(PasswordDialog)
    assert asked is not None
    asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    asked.password.set_text("wrong")
    asked.save_button.click()
    await until(lambda: asked.test.notice.isVisible() and asked.save_button.isEnabled())
    assert asked.password.text() == "wrong"
    assert await services.keychain.get(server.keychain_account) is None
    asked.password.set_text(world.partner.password)
    asked.save_button.click()
    await until(lambda: not asked.isVisible())
    assert await services.keychain.get(server.keychain_account) == Secret(world.partner.password)
    await until(lambda: dialog.findChild(QPushButton, f"password-{PARTNER}") is None)


async def test_who_works_by_keyboard_stays_in_the_row_when_its_links_change(qtbot: QtBot, services: Services) -> None:
    await add(services, address(PARTNER), address("kasse@radverein.example"))
    dialog = opened(qtbot, services)
    for name, then in (("default", "edit"), ("delete", "restore"), ("restore", "edit")):
        pressed = link(dialog, f"{name}-{PARTNER}")
        pressed.setFocus()
        QTest.keyClick(pressed, Qt.Key.Key_Return)
        assert dialog.focusWidget() is link(dialog, f"{then}-{PARTNER}")


async def test_long_names_and_addresses_leave_everything_within_the_window(qtbot: QtBot, services: Services) -> None:
    long = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.example"
    few = [address(f"a{number}@radverein.example") for number in range(7)]
    await add(services, replace(address(long), display_name="Sehr langer Name " * 4), *few)
    dialog = opened(qtbot, services)
    button = link(dialog, f"delete-{long}")
    assert button.mapTo(dialog, button.rect().topRight()).x() < dialog.width()
    wizard = AddAddressDialog(services, dialog, services.the_profile.addresses[1])
    wizard.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    wizard.show()
    wizard.next_button.click()
    await until(lambda: wizard.page() is wizard.server_page and wizard.next_button.isEnabled())
    choice = wizard.findChild(QRadioButton, "gatewayChoice")
    assert choice is not None
    await until(lambda: choice.mapTo(wizard, choice.rect().topRight()).x() < wizard.width())


async def test_each_domain_is_one_group_and_ones_own_is_first(qtbot: QtBot, services: Services) -> None:
    await add(services, *[address(f"a{number}@aaa.example") for number in range(7)], address("b@beispiel.example"))
    dialog = opened(qtbot, services)
    rows = [each.objectName() for each in dialog.findChildren(AddressRow)]
    assert rows[:3] == ["row-nutzer@beispiel.example", "row-b@beispiel.example", "row-a0@aaa.example"]
