"""A gateway that is revoked, and mail that is switched off, wherever in the windows a person meets them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListWidget, QPushButton

from app.delivery.outbox import State
from app.demo.world import PARTNER
from tests.app.policy.documents import SALES, service_policy
from tests.ui.mailbox.room import PRIMARY, Room, until
from ui.accounts.dialog import AccountsDialog
from ui.composer.from_popup import FromPopup
from ui.composer.from_row import BAD, QUIET
from ui.composer.window import ComposerWindow
from ui.mailbox.entries import Folder

REVOKED = "Beispiel GmbH does not allow own SMTP servers"
THREE_CHOICES = {"waitButton", "throughOrganisationButton", "backToDraftsButton"}


async def published(room: Room, **policy: Any) -> None:
    """Serve what is served already, with one more policy and a higher serial, and let the program learn of it."""
    document = json.loads(room.demo.world.policy_document())
    document["serial"] += 1
    document["subject"]["orgUnits"].append(SALES)
    document["names"][SALES] = "/Vertrieb"
    document["policies"].append(policy)
    room.demo.world.publish_raw(json.dumps(document).encode())
    watch = room.demo.services.watch
    assert watch is not None
    await watch.refresh()
    room.demo.desk.policy_changed.emit()


def labels(widget: Any) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


async def draft_shown(room: Room, sender: str) -> None:
    """Save a draft and go to it in the list of drafts."""
    draft = room.draft(sender)
    await room.demo.services.drafts.save(draft, room.demo.services.now())
    room.window.want(draft.id)
    room.window.folders.choose(Folder.DRAFTS)
    await until(lambda: room.window.detail.key == draft.id)


@pytest.mark.case("P8")
async def test_a_revoked_gateway_is_told_in_banner_accounts_and_the_list_of_from(room: Room) -> None:
    await room.allow(False)
    assert REVOKED in room.window.banner.text()
    accounts = AccountsDialog(room.demo.services, room.demo.desk, room.window)
    accounts.show()
    assert REVOKED in accounts.panel.banner.text()
    assert accounts.findChild(QPushButton, f"edit-{PARTNER}") is not None
    assert "not allowed since" in labels(accounts.panel)
    accounts.close()
    services = room.demo.services
    popup = FromPopup(room.window, services.the_profile, services.policy)
    items = popup.findChild(QListWidget, "fromList")
    assert items is not None
    told = {items.item(row).text(): items.item(row) for row in range(items.count())}
    (partner,) = (item for text, item in told.items() if PARTNER in text)
    (primary,) = (item for text, item in told.items() if PRIMARY in text)
    assert partner.data(BAD)
    assert "does not allow own SMTP servers" in partner.data(QUIET)
    assert partner.data(Qt.ItemDataRole.AccessibleDescriptionRole) == partner.data(QUIET)
    assert not primary.data(BAD)
    popup.close()


@pytest.mark.case("P7")
async def test_a_draft_says_that_its_address_may_not_send_as_soon_as_that_is_so(room: Room) -> None:
    await draft_shown(room, PARTNER)
    assert "own SMTP servers" not in room.said()
    await room.allow(False)
    assert "does not allow own SMTP servers" in room.said()
    assert {"editDraftButton", "deleteButton"} <= room.buttons()
    await room.allow(True)
    assert "own SMTP servers" not in room.said()


async def test_a_draft_from_another_address_is_not_concerned(room: Room) -> None:
    await room.allow(False)
    await draft_shown(room, PRIMARY)
    assert "own SMTP servers" not in room.said()


@pytest.mark.case("P7")
async def test_a_composer_that_is_open_says_that_the_message_would_wait_and_keeps_it(room: Room) -> None:
    draft = room.draft()
    await room.demo.services.drafts.save(draft, room.demo.services.now())
    composer = room.demo.desk.compose(draft)
    assert isinstance(composer, ComposerWindow)
    line = composer.header.route.line
    await until(lambda: "its own gateway and your organisation allows it" in line.text())
    await room.allow(False)
    await until(lambda: "If you send it now, it waits in the Outbox." in line.text())
    await composer.keep()
    kept = await room.demo.services.drafts.load(draft.id)
    assert kept is not None
    assert kept.text == draft.text


@pytest.mark.case("P7")
async def test_a_message_that_was_queued_is_held_with_three_choices_once_the_gateway_is_revoked(room: Room) -> None:
    message = await room.post(room.draft())
    await room.allow(False)
    await room.deliver()
    await room.wait_for_state(message, State.HELD)
    await until(lambda: room.buttons() >= THREE_CHOICES)
    assert "does not allow own SMTP servers" in room.said()
    assert f"{PRIMARY} on behalf of {PARTNER}" in room.said()


async def test_mail_that_is_switched_off_is_the_headline_and_told_with_its_reason(room: Room) -> None:
    message = await room.post(room.draft(PRIMARY))
    await published(room, **service_policy("DISABLED", unit=SALES, order=299.0))
    assert room.window.banner.text() == "Beispiel GmbH has switched mail off for you"
    assert "Set for /Vertrieb" in labels(room.window.banner)
    await room.deliver()
    await room.wait_for_state(message, State.HELD)
    await until(lambda: "has switched mail off for you" in room.said())
    why = room.window.banner.findChild(QPushButton, "whyPolicy")
    assert why is not None
    why.click()
    assert "For /Vertrieb: mail is switched off" in labels(room.window)
