"""The first start on a managed machine: the place of the policy is shown, and cannot be changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.demo.world import DemoWorld
from app.services import Services, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from tests.ui.setup.test_setup_dialog import on_policy_page, press_next
from ui.demo.start import open_demo
from ui.setup.dialog import SetupDialog
from ui.widgets import Button


@pytest.fixture
def managed(tmp_path: Path, world: DemoWorld) -> Path:
    file = tmp_path / "managed.toml"
    file.write_text(
        f'format = "absender-managed/1"\n[policy]\nsource = "{world.policy_url}"\nca_file = "{world.policy_ca}"\n'
    )
    file.chmod(0o644)
    return file


@pytest.fixture
async def services(tmp_path: Path, managed: Path) -> AsyncIterator[Services]:
    folder = DataFolder(tmp_path / "home")
    async with open_services(folder, keychain=MemoryKeychain(), managed=managed) as services:
        yield services


async def test_a_person_is_set_up_without_knowing_where_the_policy_is(
    qtbot: QtBot, services: Services, world: DemoWorld, managed: Path
) -> None:
    dialog = await on_policy_page(qtbot, services)
    page = dialog.policy_page
    assert (page.source.text(), page.source.line.isReadOnly()) == (world.policy_url, True)
    assert str(managed) in page.source.editor.accessibleDescription()
    assert not page.own.isVisible()
    page.more.click()
    assert page.policy_ca.line.isReadOnly()
    assert not page.mail_ca.line.isReadOnly()
    choose = {name: page.findChild(Button, f"choose-{name}") for name in ("policyCa", "mailCa")}
    assert {name: button.isVisible() for name, button in choose.items() if button} == {
        "policyCa": False,
        "mailCa": True,
    }
    page.mail_ca.set_text(world.mail_ca)
    await press_next(dialog)
    assert dialog.page() is dialog.sign_in_page
    said = [label.text() for label in dialog.sign_in_page.findChildren(QLabel) if label.isVisible()]
    assert any("set by your administrator" in text for text in said)
    dialog.sign_in_page.sign_in.password.set_text(world.organisation.password)
    await press_next(dialog)
    assert dialog.result() == SetupDialog.DialogCode.Accepted.value
    profile = await services.profiles.load()
    assert profile is not None
    assert (profile.policy_source, profile.policy_ca) == (world.policy_url, world.policy_ca)


async def test_settings_that_are_wrong_are_said_and_lead_nowhere(
    qtbot: QtBot, tmp_path: Path, managed: Path, world: DemoWorld
) -> None:
    managed.write_text("[policy")
    async with open_services(DataFolder(tmp_path / "home"), keychain=MemoryKeychain(), managed=managed) as services:
        dialog = await on_policy_page(qtbot, services)
        page = dialog.policy_page
        assert (page.notice.kind(), str(managed) in page.notice.text()) == ("bad", True)
        assert not page.own.isVisible()
        assert not page.source.isEnabled()
        await press_next(dialog)
        assert dialog.page() is page
        assert str(managed) in page.notice.text()


async def test_the_demo_has_an_organisation_of_its_own(managed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    managed.write_text("[policy")
    monkeypatch.setattr("app.services.managed_file", lambda: managed)
    async with open_demo() as demo:
        assert (demo.services.managed, demo.services.managed_problem) == (None, None)
        assert (await demo.services.checked_policy()).document is not None
