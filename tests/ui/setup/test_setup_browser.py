"""The first start with a sign-in in the browser: with the organisation's client, or with a person's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.demo.authority import PRIMARY
from app.demo.world import PARTNER, DemoWorld
from app.oauth_client import OAuthClient
from app.policy.managed import Managed
from app.services import Services, open_services
from app.setup.enrolment import SignInKind
from app.sign_in.grant import Grant
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from tests.app.demo.person import decide
from tests.ui.browsers import FakeBrowser
from tests.ui.setup.test_setup_dialog import opened, press_next, until
from ui.setup.dialog import SetupDialog


@pytest.fixture
async def services(tmp_path: Path, world: DemoWorld) -> AsyncIterator[Services]:
    """The services of a fresh machine."""
    folder = DataFolder(tmp_path / "home")
    async with open_services(folder, keychain=MemoryKeychain(), managed=tmp_path / "managed.toml") as services:
        yield services


@pytest.fixture
def known(services: Services, world: DemoWorld) -> OAuthClient:
    """The client that an administrator set, and nothing else."""
    services.managed = Managed(
        "/etc/absender/managed.toml", "", mail_ca=world.mail_ca, oauth_clients=(world.oauth_client,)
    )
    return world.oauth_client


async def at_partner(qtbot: QtBot, services: Services, world: DemoWorld) -> SetupDialog:
    """Return the set-up of somebody with an address at the partner alone, at that server."""
    dialog = opened(qtbot, services)
    dialog.policy_page.own.setChecked(True)
    dialog.person_page.address.set_text(PARTNER)
    await press_next(dialog)
    dialog.policy_page.mail_ca.set_text(world.mail_ca)
    await press_next(dialog)
    assert dialog.page() is dialog.sign_in_page
    server, fields = world.partner.access_with_token(), dialog.sign_in_page.server
    fields.port_box.setCurrentText(str(server.port))
    fields.host.line.clear()
    QTest.keyClicks(fields.host.line, server.host)
    fields.sign_in.username.line.clear()
    QTest.keyClicks(fields.sign_in.username.line, server.username)
    return dialog


async def test_the_administrator_s_client_is_used_and_not_kept_as_one_s_own(
    qtbot: QtBot, services: Services, world: DemoWorld, known: OAuthClient, browser: FakeBrowser
) -> None:
    dialog = await at_partner(qtbot, services, world)
    fields = dialog.sign_in_page.server.sign_in
    assert fields.chosen_kind() is SignInKind.BROWSER
    browser.visit = partial(decide, choice="allow")
    fields.browser.start_button.click()
    await until(lambda: dialog.sign_in_page.secret() is not None)
    assert dialog.focusWidget() is dialog.sign_in_page.test_button
    await press_next(dialog)
    assert dialog.result() == SetupDialog.DialogCode.Accepted.value
    stored = await services.profiles.load()
    assert stored is not None
    assert stored.organisation_server == world.partner.access_with_token()
    assert stored.oauth_clients == ()
    assert services.oauth_clients == (known,)
    kept = await services.keychain.get(stored.organisation_server.keychain_account)
    grant = Grant.from_secret(kept) if kept else None
    assert grant is not None
    assert grant.is_for(known)


async def test_without_a_sign_in_nothing_is_kept(
    qtbot: QtBot, services: Services, world: DemoWorld, known: OAuthClient, browser: FakeBrowser
) -> None:
    dialog = await at_partner(qtbot, services, world)
    await press_next(dialog)
    sign_in = dialog.sign_in_page.server.sign_in.browser
    assert sign_in.error().startswith("The sign-in with the browser is missing.")
    await until(lambda: dialog.focusWidget() is sign_in.start_button)
    assert browser.opened == []
    assert await services.profiles.load() is None


async def test_a_client_of_one_s_own_is_asked_for_before_the_browser_opens(
    qtbot: QtBot, services: Services, world: DemoWorld, browser: FakeBrowser
) -> None:
    dialog = await at_partner(qtbot, services, world)
    fields = dialog.sign_in_page.server.sign_in
    assert fields.chosen_kind() is SignInKind.PASSWORD
    fields.kind_box.setCurrentIndex(fields.kind_box.findData(SignInKind.BROWSER))
    fields.browser.start_button.click()
    assert dialog.focusWidget() is fields.client.authorization.editor
    assert browser.opened == []


async def test_at_the_organisation_s_server_the_browser_is_preset_where_it_is_known(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    host = world.organisation.access().host
    client = replace(world.oauth_client, hosts=(host,))
    services.managed = Managed(
        "/etc/absender/managed.toml", world.policy_url, (), world.policy_ca, world.mail_ca, (client,)
    )
    dialog = opened(qtbot, services)
    dialog.person_page.address.set_text(PRIMARY)
    await press_next(dialog)
    await press_next(dialog)
    fields = dialog.sign_in_page.sign_in
    assert fields.chosen_kind() is SignInKind.BROWSER
    await until(lambda: dialog.focusWidget() is fields.browser.start_button)
    form = dialog.sign_in_page.form()
    assert (form.host, form.username, form.own_client) == (host, PRIMARY, None)
