"""A preview is closed to the outside: no network, no DNS, no data folder, no keychain; whatever is pressed in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from app.delivery.outbox import State
from app.errors import Reason, SetupError, StorageError
from app.forecast.questions import Answer, Question, RecordType, Status
from app.oauth_client import OAuthClient, Provider
from app.policy.evaluate import PolicyState
from app.preview.change import Choice
from app.profile import OAuthSignIn, Verification
from app.sign_in.browser import BrowserWords
from app.storage.keychain import SystemKeychain
from tests.ui.preview.room import Room, texts, until
from ui.accounts.wizard import AddAddressDialog
from ui.composer.window import ComposerWindow
from ui.preview.memory import MemoryServices
from ui.preview.stage import Shown


def services_of(room: Room) -> MemoryServices:
    services = room.window.sides.after_side.services
    assert services is not None
    return services


def press(window: object, name: str) -> None:
    assert isinstance(window, AddAddressDialog | ComposerWindow)
    button = next(each for each in window.findChildren(QAbstractButton, name) if each.isVisible())
    button.click()


async def test_a_message_that_is_sent_goes_nowhere_and_its_route_is_told(room: Room, network: list[str]) -> None:
    composer = room.shown(room.window.sides.after_side, Shown.COMPOSER)
    press(composer, "sendButton")
    await until(lambda: room.window.notice.text() == "This is a preview: nothing was sent.")
    assert "smtp.partner.example:587" in room.window.notice.detail()
    services = services_of(room)
    await services.postman.run_due()
    await services.postman.run_forever()
    (message,) = await services.outbox.list()
    assert message.state is State.QUEUED
    assert await services.journal.of(message.id) == []
    # The composer begins anew in its place.
    await until(lambda: room.window.sides.after_side.window_shown(Shown.COMPOSER) not in {None, composer})
    assert network == []


async def test_the_test_of_a_server_is_refused_before_a_connection(room: Room, network: list[str]) -> None:
    wizard = room.shown(room.window.sides.after_side, Shown.WIZARD)
    assert isinstance(wizard, AddAddressDialog)
    press(wizard, "gatewayChoice")
    press(wizard, "nextButton")
    await until(lambda: wizard.page() is wizard.sign_in_page)
    for name, text in (("hostField", "smtp.kunde.example"), ("usernameField", "n"), ("passwordField", "p")):
        wizard.findChildren(QLineEdit, name)[0].setText(text)
    press(wizard, "testConnection")
    refused = "This is a preview: no server is asked, and nothing is sent."
    await until(lambda: wizard.sign_in_page.test.notice.text() == refused)
    assert network == []


async def test_no_code_is_mailed(room: Room, network: list[str]) -> None:
    services = services_of(room)
    entry = replace(services.the_profile.addresses[-1], verification=Verification.PENDING)
    await services.take_profile(services.the_profile.with_changed(entry))
    await services.profiles.save(services.the_profile)
    wizard = AddAddressDialog(services, room.window, entry, verify=True)
    wizard.show()
    press(wizard, "resendCode")
    await until(lambda: wizard.code_page.notice.text() == "This is a preview: no server is asked, and nothing is sent.")
    assert network == []
    wizard.reject()


async def test_nobody_is_asked_for_dns_or_for_a_policy(room: Room, network: list[str]) -> None:
    services = services_of(room)
    question = Question("partner.example", RecordType.TXT)
    assert await services.lookup.ask(question) == Answer(Status.FAILED)
    policy = await services.checked_policy()
    assert policy.state is PolicyState.FRESH
    # A profile with another source changes nothing: there is no other.
    elsewhere = replace(services.the_profile, policy_source="https://policy.beispiel.example/{email}.json")
    await services.take_profile(elsewhere)
    assert services.watch is not None
    assert (await services.watch.refresh()).origin == room.window.plan.origin
    with pytest.raises(SetupError) as refused:
        services.mail_tls()
    assert refused.value.problem.reason is Reason.PREVIEW_ONLY
    assert network == []


async def test_nobody_signs_in_with_the_browser(room: Room, network: list[str]) -> None:
    services, shown = services_of(room), list[str]()
    server = replace(services.the_profile.organisation_server, host="smtp.gmail.com", sign_in=OAuthSignIn())
    client = OAuthClient.of_provider(Provider.GOOGLE, "absender")
    with pytest.raises(SetupError) as refused:
        await services.sign_in_with_browser(server, client, show=shown.append, words=BrowserWords("", "", ""))
    assert refused.value.problem.reason is Reason.PREVIEW_ONLY
    assert shown == network == []


async def test_neither_the_data_folder_nor_the_keychain_is_touched(
    room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def fail(*_: object) -> None:
        pytest.fail("the system's keychain was asked")

    monkeypatch.setattr(SystemKeychain, "_call", fail)
    monkeypatch.setattr("app.storage.folder.default_home", lambda: pytest.fail("the data folder was looked for"))
    monkeypatch.chdir(tmp_path)
    services = services_of(room)
    with pytest.raises(StorageError):  # there is no place where it could be
        services.folder.prepare()
    await room.change("/Sales", Choice.UNTICK)
    await room.look_as("leitung@beispiel.example")
    account = uuid4().hex
    assert await services_of(room).keychain.get(account) is None
    assert list(tmp_path.iterdir()) == []


async def test_held_mail_shows_in_the_accounts_and_its_choices_are_told(room: Room, network: list[str]) -> None:
    side = room.window.sides.after_side
    await room.change("/Sales", Choice.UNTICK)
    press(room.shown(side, Shown.COMPOSER), "sendButton")
    await until(lambda: room.window.notice.detail().startswith("Your organisation does not allow own SMTP servers."))
    (message,) = await services_of(room).outbox.list()
    assert message.state is State.HELD
    accounts = room.shown(side, Shown.ACCOUNTS)
    await until(lambda: "1 message is held" in texts(accounts))
    next(each for each in accounts.findChildren(QAbstractButton) if each.text() == "Choose…").click()
    assert room.window.notice.text().startswith("In Absender this opens the mailbox")
    assert network == []
