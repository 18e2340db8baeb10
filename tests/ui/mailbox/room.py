"""What the mailbox tests do with a window over real services; they deliver when they say so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from PySide6.QtWidgets import QAbstractButton, QLabel

from app.address import Address, Mailbox
from app.delivery.outbox import QueuedMessage, State
from app.delivery.posting import post
from app.demo.world import PARTNER
from app.message.draft import Draft
from app.storage.keychain import Secret
from ui.demo.start import Demo
from ui.mailbox.entries import Folder
from ui.mailbox.window import MailboxWindow

RECIPIENT = "kunde@extern.example"
PRIMARY = "nutzer@beispiel.example"


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""

    async def now() -> bool:
        return bool(condition())

    await until_async(now)


async def until_async(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so that must be asked for."""
    async with asyncio.timeout(10):
        while not await condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


@dataclass(frozen=True, slots=True)
class Room:
    """The demo with its mailbox window."""

    demo: Demo
    window: MailboxWindow

    async def allow(self, allowed: bool) -> None:
        """Let the administrator decide, and the program learn of it."""
        self.demo.world.set_policy(allow=allowed)
        watch = self.demo.services.watch
        assert watch is not None
        await watch.refresh()
        self.demo.desk.policy_changed.emit()

    async def give_password(self, password: str) -> None:
        """Keep the partner's password, right or wrong."""
        account = self.demo.world.partner.access().keychain_account
        await self.demo.services.keychain.set(account, Secret(password))

    def draft(self, sender: str = PARTNER, subject: str = "Angebot") -> Draft:
        to = (Mailbox(Address.parse(RECIPIENT)),)
        return Draft(id=uuid4().hex, sender=Address.parse(sender), to=to, subject=subject, text="Guten Tag")

    async def post(self, draft: Draft, due: datetime | None = None) -> QueuedMessage:
        """Queue a message and wait until the window shows it."""
        services = self.demo.services
        message = await post(
            draft,
            profile=services.the_profile,
            policy=services.policy,
            outbox=services.outbox,
            now=services.now(),
            due=due,
        )
        await self.show(message.id)
        return message

    async def show(self, key: str) -> None:
        """Go to a message and wait until its page is there."""
        self.window.show_message(key)
        await until(lambda: self.window.detail.key == key)

    async def deliver(self) -> None:
        await self.demo.services.postman.run_due()

    async def state(self, message: QueuedMessage) -> State:
        return (await self.demo.services.outbox.get(message.id)).state

    async def wait_for_state(self, message: QueuedMessage, state: State) -> None:
        async def reached() -> bool:
            return await self.state(message) is state

        await until_async(reached)

    def button(self, name: str) -> QAbstractButton:
        page = self.window.detail.page()
        assert page is not None
        found = page.findChild(QAbstractButton, name)
        assert isinstance(found, QAbstractButton), f"no {name} in {self.buttons()}"
        return found

    def buttons(self) -> set[str]:
        """The names of the buttons of the page."""
        page = self.window.detail.page()
        return {each.objectName() for each in page.findChildren(QAbstractButton)} if page else set()

    def said(self) -> str:
        """Everything the page says."""
        page = self.window.detail.page()
        return "\n".join(each.text() for each in page.findChildren(QLabel)) if page else ""

    async def list_of(self, folder: Folder) -> list[str]:
        """The rows of a list."""
        self.window.folders.choose(folder)
        model = self.window.messages.model()
        await until(lambda: getattr(model, "folder", None) is folder)
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]
