"""The desk: one data folder's services and the windows that are open over them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import delete, isValid

from app.address import Mailbox
from app.errors import Problem, StorageError
from app.instance import Request
from app.message.draft import Draft
from app.policy.evaluate import Policy
from app.services import Services
from ui import tasks
from ui.ending import commit_data

if TYPE_CHECKING:
    from PySide6.QtGui import QSessionManager

    from ui.composer.window import ComposerWindow
    from ui.surroundings import Surroundings

__all__ = ["Desk"]

_DELIVERS = (
    "app.delivery.refusals",
    "app.delivery.verdict",
    "app.delivery.queued",
    "app.delivery.journal",
    "app.delivery.attempt_steps",
    "app.delivery.outbox",
    "app.delivery.handover",
    "app.delivery.postman",
    "app.delivery.schedule",
)
"""What delivers mail, in an order in which none brings much of the others with it."""
_BLIND_SHOWN = 3
_LONGEST_UNDO = 30
_AFTER_FAULT = 5.0
"""Seconds until a data folder that failed at the start is tried again."""
_LAST_WORDS = 3.0
"""Seconds the windows have to keep what is typed, when the program is told to end."""
_LAST_RESCUE = 1.0
"""Seconds to save elsewhere what cannot be kept."""
_LAST_TASKS = 0.5
"""Seconds for what is left to do after that."""
_LAST_REPLIES = 3.5
"""Seconds servers have to answer for what may be accepted already, when the program ends."""
_GOODBYE = 8.0
"""Seconds a server has, after the last window, to take what still waited."""


class Desk(QObject):
    """Opens windows, keeps them alive, and tells them when profile or policy changed."""

    policy_changed = Signal()
    profile_changed = Signal()
    queued = Signal(str)
    """A message was queued in a window; the text is its id. The mailbox then offers the way back."""
    finished = Signal()
    """The last window has closed."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services
        self._windows: list[QWidget] = []
        self._stop_watching: Callable[[], None] = lambda: None
        self._watching: asyncio.Task[None] | None = None
        self._delivering: asyncio.Task[None] | None = None
        self._delivers = False
        self.damage: Problem | None = None
        """What is wrong with the database, once the person wants to see what of it can be read."""
        self._is_damage_told = False
        services.database.when_damaged(self._take_damage)
        self.queued.connect(self._offer_undo)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        self._session_end = application.commitDataRequest.connect(self.commit_data)

    @cached_property
    def surroundings(self) -> Surroundings:
        """What happens to the computer meanwhile; made when it is first asked for, after a composer is painted."""
        from ui.surroundings import Surroundings

        return Surroundings(self.services)

    def start_work(self) -> None:
        """Deliver and watch the policy from now on; called after set-up."""
        self._delivering = tasks.start(self._deliver(), name="postman")
        self.surroundings.start()
        self.watch_policy()

    def watch_policy(self) -> None:
        """Follow the profile's policy source; called again when the source changed."""
        self._stop_watching()
        if self._watching is not None:
            self._watching.cancel()
        watch = self.services.watch
        if watch is not None:
            self._stop_watching = watch.subscribe(self._take_policy)
            self._watching = tasks.start(watch.run_forever(), name="policy watch")

    async def _deliver(self) -> None:
        services = self.services
        while not self._takes_delivery():  # noqa: ASYNC110 - another process's lock has no event
            # A command of the same person delivers just now, or the data folder lets nobody.
            await asyncio.sleep(0.5)
        self._delivers = True
        await tasks.import_in_turns(_DELIVERS)
        while not await self._recovered():  # noqa: ASYNC110 - a full or read-only disk does not say when it is mended
            await asyncio.sleep(_AFTER_FAULT)
        await services.postman.run_forever()

    def _takes_delivery(self) -> bool:
        try:
            return self.services.delivery_lock.acquire()
        except StorageError:
            return False

    async def _recovered(self) -> bool:
        """Take up what an earlier run left; return whether the data folder let us."""
        try:
            await self.services.outbox.recover(self.services.now())
            await self.services.release_held()
            await self.services.tidy_up()
            # What waits is not to find out by itself that there is no network.
            await self.surroundings.look_if_needed()
        except StorageError:
            return False
        return True

    async def end(self) -> None:
        """Delete the windows and end what runs for them, however the program ends; then the services may close.

        Windows keep what is typed while the postman settles what is under way: all of it takes five seconds at most,
        and is not cut short by being told to end.
        """
        await tasks.through(self._end())

    async def _end(self) -> None:
        QObject.disconnect(self._session_end)
        self.surroundings.end()
        self._stop_watching()
        self._stop_watching = lambda: None
        for endless in (self._watching, self._delivering):
            if endless is not None:
                endless.cancel()
        settling = asyncio.ensure_future(self.services.postman.stop(_LAST_REPLIES))
        await self._close_windows()
        await self._rescue()
        await tasks.settle(_LAST_TASKS)
        self._drop_windows()
        await settling

    def commit_data(self, _session: QSessionManager | None) -> None:
        """Save every draft before the session ends; the program ends when it is told so, and never calls it off."""
        commit_data(tasks.start(self._save_drafts(), name="end of the session"))

    async def _save_drafts(self) -> None:
        from ui.composer.window import ComposerWindow

        await asyncio.gather(*(window.keep() for window in self._windows if isinstance(window, ComposerWindow)))

    async def send_waiting(self) -> None:
        """Send now what only waits for undo, because no window is left that could undo it; raises StorageError.

        What a server does not take within a few seconds, or has no network, stays in the outbox for the next start.
        """
        services = self.services
        if services.postman.is_offline:
            return
        last_undo = services.now() + timedelta(seconds=_LONGEST_UNDO)
        waiting = set(await services.outbox.send_now(last_undo, services.now()))
        services.postman.wake()
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                while self._delivers and await self._any_unsent(waiting):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)

    async def _any_unsent(self, message_ids: Collection[str]) -> bool:
        from app.delivery.outbox import State

        moving = await self.services.outbox.list([State.QUEUED, State.ATTEMPTING, State.DATA_END])
        return any(each.id in message_ids for each in moving)

    def _take_damage(self, problem: Problem) -> None:
        if not self._is_damage_told:
            self._is_damage_told = True
            tasks.start(self._tell_damage(problem), name="damage")

    async def _tell_damage(self, problem: Problem) -> None:
        from ui.failure import DamageDialog

        if await tasks.ask(DamageDialog(problem, QApplication.activeWindow())):
            self.damage = problem
            # A composer keeps its text first; where it cannot, it stays and says what to do.
            for window in self.windows:
                window.close()

    def _take_policy(self, policy: Policy) -> None:
        del policy
        tasks.start(self._release_held(), name="held mail")
        self.policy_changed.emit()

    async def _release_held(self) -> None:
        await self.services.release_held()
        self.services.postman.wake()

    def answer(self, request: Request) -> None:
        """Do what another process asked for; before set-up there is nothing to open but what is open."""
        if self.services.profile is None and request.get("action") != "reload":
            return
        if request.get("action") == "wake":
            self.services.outbox.changed_elsewhere()
            self.services.postman.wake()
        elif request.get("action") == "reload":
            tasks.start(self._reload(), name="profile from elsewhere")
        elif request.get("action") == "unblock":
            tasks.start(self.services.postman.unblock(request.get("queue", "")), name="signed in elsewhere")
        elif request.get("action") == "compose":
            self.compose_link(request.get("mailto", ""))
        else:
            self.mailbox()

    async def _reload(self) -> None:
        profile = await self.services.profiles.load()
        if profile is not None:
            await self.services.take_profile(profile)
            self.watch_policy()
            self.profile_changed.emit()

    def compose(self, draft: Draft | None = None) -> QWidget:
        """Open a composer with `draft`, or an empty one from the default address."""
        from ui.composer.window import ComposerWindow

        for window in self._windows:
            if draft is not None and isinstance(window, ComposerWindow) and window.draft_id == draft.id:
                return self._raise(window)
        return self._show(ComposerWindow(self.services, self, draft))

    def compose_link(self, link: str) -> QWidget:
        """Open a composer with what a mailto: link says."""
        if not link:
            return self.compose()
        from uuid import uuid4

        from app.message.mailto import parse_mailto
        from ui.composer.window import ComposerWindow

        fields = parse_mailto(link)
        draft = Draft(
            id=uuid4().hex,
            sender=self.services.the_profile.default.address,
            to=fields.to,
            cc=fields.cc,
            bcc=fields.bcc,
            subject=fields.subject,
            text=fields.body,
            in_reply_to=fields.in_reply_to,
            unfinished=fields.unfinished,
        )
        window = self.compose(draft)
        if fields.bcc and isinstance(window, ComposerWindow):
            self._point_out_blind(window, fields.bcc)
        return window

    def _point_out_blind(self, window: ComposerWindow, blind: tuple[Mailbox, ...]) -> None:
        """Say whom a link wants to reach unseen; whoever follows it may not look at Bcc."""
        from ui.messages import harmless

        shown = ", ".join(mailbox.address.display for mailbox in blind[:_BLIND_SHOWN])
        window.notice.show_text(
            "warn",
            self.tr("The link adds people the others do not see."),
            self.tr("Remove them from Bcc if you did not expect that: {addresses}").format(
                addresses=harmless(shown if len(blind) <= _BLIND_SHOWN else f"{shown}, …")
            ),
        )

    def mailbox(self) -> QWidget:
        """Open the mailbox window, or raise the one that is open."""
        from ui.mailbox.window import MailboxWindow

        return self._only(MailboxWindow, lambda: MailboxWindow(self.services, self))

    def _offer_undo(self, message_id: str) -> None:
        """Have the mailbox offer the way back; it is opened where there is none, and stays till the message is gone."""
        from ui.mailbox.window import MailboxWindow

        window = next((each for each in self._windows if isinstance(each, MailboxWindow)), None) or self.mailbox()
        assert isinstance(window, MailboxWindow)
        window.offer_undo(message_id)

    def accounts(self) -> QWidget:
        """Open the Accounts dialog, or raise the one that is open."""
        from ui.accounts.dialog import AccountsDialog

        return self._only(AccountsDialog, lambda: AccountsDialog(self.services, self))

    def support(self) -> QWidget:
        """Open the window of the support bundle, or raise the one that is open."""
        from ui.support.dialog import SupportDialog

        return self._only(SupportDialog, lambda: SupportDialog(self.services.folder, self.services.now))

    def preview(self) -> QWidget:
        """Open the policy preview, or raise the one that is open."""
        from ui.preview.window import PreviewWindow

        return self._only(PreviewWindow, lambda: PreviewWindow(self.services.now))

    def show(self, window: QWidget) -> QWidget:
        """Show a window of somebody else's and keep it like the others."""
        return self._show(window)

    @property
    def windows(self) -> tuple[QWidget, ...]:
        """All windows that are open now."""
        return tuple(self._windows)

    async def _close_windows(self) -> None:
        """Close what a signal left open, as a person would: a composer keeps its draft then."""
        for window in self.windows:
            if isValid(window):
                window.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS):
                while self._windows:  # noqa: ASYNC110 - windows go one by one, each in its own time
                    await asyncio.sleep(0.01)

    async def _rescue(self) -> None:
        """Keep elsewhere what windows still have because the data folder does not take it."""
        if not self.windows:
            return
        from ui.composer.rescue import rescue
        from ui.composer.window import ComposerWindow

        open_still = [window for window in self.windows if isinstance(window, ComposerWindow) and isValid(window)]
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_RESCUE):
                await asyncio.gather(*map(rescue, open_still))

    def _drop_windows(self) -> None:
        """Delete the windows that are still open; their timers must not reach for services that are closed."""
        for window in self.windows:
            if isValid(window):
                delete(window)

    def _only(self, kind: type[QWidget], make: Callable[[], QWidget]) -> QWidget:
        for window in self._windows:
            if isinstance(window, kind):
                return self._raise(window)
        return self._show(make())

    def _show(self, window: QWidget) -> QWidget:
        self._windows.append(window)
        window.destroyed.connect(lambda: self._forget(window))
        window.show()
        return window

    def _raise(self, window: QWidget) -> QWidget:
        window.show()
        window.raise_()
        window.activateWindow()
        return window

    def _forget(self, window: QWidget) -> None:
        self._windows = [each for each in self._windows if each is not window]
        if not self._windows:
            self.finished.emit()
