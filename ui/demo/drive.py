"""The demo by code, as a person would go through it, each window saved as a picture."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QListWidget, QWidget

from app.address import Address, Mailbox
from app.delivery.outbox import State
from app.demo.authority import PRIMARY
from app.demo.inbox import Server
from app.demo.reading import verification_code
from app.demo.world import PARTNER
from app.message.draft import Draft
from app.profile import Security
from ui.demo.control import DemoControl
from ui.mailbox.entries import Folder
from ui.mailbox.window import MailboxWindow
from ui.texts import translate

if TYPE_CHECKING:
    from ui.demo.start import Demo

__all__ = ["drive"]

_PATIENCE = 20.0
"""Seconds for one thing to happen; servers, keychain and disk are all of this machine."""
_SETTLE = 0.15
"""Seconds for layouts and pictures to come to rest."""
_CUSTOMER = "kunde@extern.example"

_W = TypeVar("_W", bound=QWidget)


async def drive(demo: Demo, folder: Path) -> None:
    """Go through the demo and save its windows into `folder`; raises TimeoutError where it does not go on."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    tour = _Tour(demo, folder)
    try:
        await tour.look_around()
        await tour.add_address()
        await tour.write_from_each()
        await tour.revoke()
        await tour.look_at_support_bundle()
        await tour.set_up()
    finally:
        await tour.close_all()


class _Tour:
    """One way through the demo; every step begins where the one before has ended."""

    def __init__(self, demo: Demo, folder: Path) -> None:
        self._demo = demo
        self._folder = folder
        self._count = 0
        mailbox = demo.desk.mailbox()
        assert isinstance(mailbox, MailboxWindow)
        self._mailbox = mailbox
        self._control = DemoControl(demo.world)
        demo.desk.show(self._control)
        self._mailbox.resize(1080, 720)
        self._control.resize(1080, 680)
        demo.desk.start_work()

    async def look_around(self) -> None:
        """The windows as they open: gateways are not allowed."""
        await _until(lambda: self._demo.services.policy.checked_at is not None)
        await self._save(self._control, "demo-control")
        await self._save(self._mailbox, "mailbox-empty")

    async def add_address(self) -> None:
        """Add the partner's address; page 2 opens its second choice when the administrator has ticked the box."""
        from ui.accounts.wizard import AddAddressDialog

        accounts = self._demo.desk.accounts()
        await self._save(accounts, "accounts-forbidden")
        _press(accounts, "addAddress")
        await _until(lambda: accounts.findChild(AddAddressDialog) is not None)
        wizard = _only(accounts, AddAddressDialog)
        _type(wizard, "nameField", "N. Name")
        _type(wizard, "addressField", PARTNER)
        await self._save(wizard, "add-address")
        _press(wizard, "nextButton")
        await _until(lambda: wizard.page() is wizard.server_page)
        await self._save(wizard, "add-address-forbidden")
        await self._allow(True)
        _press(wizard, "checkNow")
        await _until(lambda: _find(wizard, QAbstractButton, "gatewayChoice").isEnabled())
        _press(wizard, "gatewayChoice")
        await self._save(wizard, "add-address-allowed")
        _press(wizard, "nextButton")
        await _until(lambda: wizard.page() is wizard.sign_in_page)
        _type(wizard, "hostField", self._demo.world.partner.access_with_token().host)
        await _until(lambda: _shows(wizard, "signInButton"))
        await self._save(wizard, "add-address-browser")
        self._enter_server(wizard)
        _press(wizard, "testConnection")
        await _until(lambda: _find(wizard, QAbstractButton, "nextButton").isEnabled())
        await self._save(wizard, "add-address-server")
        _press(wizard, "nextButton")
        await self._enter_code(wizard)
        await self._save(accounts, "accounts")
        accounts.close()

    def _enter_server(self, wizard: QWidget) -> None:
        partner = self._demo.world.partner
        server = partner.access(Security.STARTTLS)
        _type(wizard, "hostField", server.host)
        _find(wizard, QComboBox, "portField").setCurrentText(str(server.port))
        _type(wizard, "usernameField", server.username)
        _type(wizard, "passwordField", partner.password)
        _press(wizard, f"security-{Security.STARTTLS}")

    async def _enter_code(self, wizard: QWidget) -> None:
        """Type the code that was mailed to the new address."""
        closed = _closed(wizard)
        code = await self._mailed_code()
        await self._save(self._control, "demo-control-code")
        _type(wizard, "codeField", code)
        await self._save(wizard, "add-address-code")
        await _until(lambda: _find(wizard, QAbstractButton, "nextButton").isEnabled())
        _press(wizard, "nextButton")
        await _until(lambda: closed)

    async def _mailed_code(self) -> str:
        arrived = await asyncio.to_thread(
            self._demo.world.inbox.wait, lambda each: verification_code(each) is not None, seconds=_PATIENCE
        )
        code = verification_code(arrived)
        assert code is not None
        return code

    async def write_from_each(self) -> None:
        """Send a message from each address, and see through which server each arrives."""
        first = translate("demo", "Minutes of Monday")
        await self._write(PRIMARY, first, "")
        await self._send_now()
        await self._arrival(Server.ORGANISATION)
        offer = translate("demo", "Offer for the delivery in January")
        await self._write(PARTNER, offer, "composer")
        await self._save(self._mailbox, "mailbox-undo")
        await self._send_now()
        await self._arrival(Server.PARTNER)
        await self._save(self._control, "demo-control-arrived")
        self._mailbox.folders.choose(Folder.SENT)
        await _until(lambda: self._mailbox.messages.model().rowCount() == 2)
        await _until(lambda: _shows(self._mailbox, "journalButton"))
        _press(self._mailbox, "journalButton")
        await self._save(self._mailbox, "mailbox-sent")

    async def revoke(self) -> None:
        """Take the permission away: what is written now is held, with three choices."""
        await self._allow(False)
        _press(self._mailbox, "checkNow")
        await _until(lambda: not self._demo.services.policy.allows_gateways)
        self._demo.desk.policy_changed.emit()
        await self._write(PARTNER, translate("demo", "A question about your order"), "composer-forbidden")
        await _until(lambda: _shows(self._mailbox, "throughOrganisationButton"))
        await self._save(self._mailbox, "mailbox-held")
        accounts = self._demo.desk.accounts()
        await self._save(accounts, "accounts-revoked")
        accounts.close()
        self._mailbox.menus.why.trigger()
        await self._save(_window("reasonsDialog"), "why")
        _window("reasonsDialog").close()

    async def look_at_support_bundle(self) -> None:
        """What somebody who helps would get, to be read before it is saved."""
        self._mailbox.menus.support.trigger()
        support = _window("supportDialog")
        await _until(lambda: _find(support, QAbstractButton, "saveButton").isEnabled())
        _only(support, QListWidget).setCurrentRow(5)
        await self._save(support, "support-bundle")
        support.close()

    async def set_up(self) -> None:
        """The first page of the set-up, which the demo leaves out."""
        from ui.setup.dialog import SetupDialog

        dialog = SetupDialog(self._demo.services)
        dialog.show()
        await self._save(dialog, "set-up")
        dialog.close()

    async def close_all(self) -> None:
        """Close every window, whatever is in it."""
        for window in self._demo.desk.windows:
            window.close()
        await _until(lambda: not self._demo.desk.windows)

    async def _write(self, sender: str, subject: str, picture: str) -> None:
        """Write a message in a composer and press Send."""
        text = translate("demo", "Good morning,\n\nas discussed on the telephone.\n\nKind regards\nN. Name")
        to = (Mailbox(Address.parse(_CUSTOMER)),)
        draft = Draft(id=uuid4().hex, sender=Address.parse(sender), to=to, subject=subject, text=text)
        composer = self._demo.desk.compose(draft)
        composer.resize(960, 640)
        closed = _closed(composer)
        await _until(lambda: _find(composer, QAbstractButton, "sendButton").isEnabled())
        if picture:
            await self._save(composer, picture)
        await asyncio.sleep(_SETTLE)
        _press(composer, "sendButton")
        await _until(lambda: closed)
        await _until(lambda: self._mailbox.detail.key == draft.id or self._mailbox.way_back.isVisible())

    async def _send_now(self) -> None:
        """Do not wait for the end of undo."""
        outbox = self._demo.services.outbox
        for message in await outbox.list([State.QUEUED]):
            self._mailbox.show_message(message.id)
            await _until(lambda: _shows(self._mailbox, "retryButton"))
            _press(self._mailbox, "retryButton")
        await _until_async(lambda: _none_left(outbox.count([State.QUEUED, State.ATTEMPTING, State.DATA_END])))

    async def _arrival(self, server: Server) -> None:
        await asyncio.to_thread(self._demo.world.inbox.wait, lambda each: each.server is server, seconds=_PATIENCE)
        await _until(lambda: self._control.inboxes[server].count() > 0)

    async def _allow(self, allowed: bool) -> None:
        """Tick the administrator's box, or clear it, and save."""
        self._control.allow.setChecked(allowed)
        await _until(self._control.save.isEnabled)
        self._control.save.click()
        await _until(lambda: self._demo.world.policy_status.published.allow is allowed)

    async def _save(self, window: QWidget, name: str) -> None:
        """Save a window as a picture; raises OSError where that cannot be."""
        await asyncio.sleep(_SETTLE)
        self._count += 1
        file = self._folder / f"{self._count:02}-{name}.png"
        if not window.grab().save(str(file)):
            raise OSError(f"{file} cannot be written")


def _find(window: QWidget, kind: type[_W], name: str) -> _W:
    """Return the control that is seen under this name; a bug if there is none."""
    found = [each for each in window.findChildren(kind, name) if each.isVisible()]
    assert found, f"{window.objectName()} shows no {name}"
    return found[0]


def _shows(window: QWidget, name: str) -> bool:
    return any(each.isVisible() for each in window.findChildren(QAbstractButton, name))


def _only(window: QWidget, kind: type[_W]) -> _W:
    (found,) = window.findChildren(kind)
    return found


def _press(window: QWidget, name: str) -> None:
    _find(window, QAbstractButton, name).click()


def _type(window: QWidget, name: str, text: str) -> None:
    line = _find(window, QLineEdit, name)
    line.setText(text)
    line.textEdited.emit(text)  # as for a person; setText alone does not tell


def _window(name: str) -> QWidget:
    return next(each for each in QApplication.topLevelWidgets() if each.objectName() == name and each.isVisible())


def _closed(window: QWidget) -> list[bool]:
    """Return a list that has something in it once the window is gone."""
    gone: list[bool] = []
    window.destroyed.connect(lambda: gone.append(True))
    return gone


async def _none_left(count: Awaitable[int]) -> bool:
    return await count == 0


async def _until(condition: Callable[[], object]) -> None:
    async def now() -> bool:
        return bool(condition())

    await _until_async(now)


async def _until_async(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so; raises TimeoutError."""
    async with asyncio.timeout(_PATIENCE):
        while not await condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)
