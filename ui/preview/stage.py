"""One side of the preview: the program's own windows, embedded, for one person under one policy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import delete, isValid

from app.address import Address, Mailbox
from app.message.draft import Draft
from app.policy.document import PolicyDocument
from app.profile import Profile
from app.routing import choose_route
from app.setup.enrolment import Enrolment
from ui import tasks
from ui.accounts.dialog import AccountsDialog
from ui.accounts.wizard import AddAddressDialog
from ui.composer.window import ComposerWindow
from ui.messages import policy_word
from ui.preview.desk import PreviewDesk
from ui.preview.memory import MemoryServices, open_memory_services
from ui.texts import translate
from ui.widgets import Chip, ElidedLabel, EmptyState, Line
from ui.wording.facts import harmless

__all__ = ["NEW_ADDRESS", "Document", "Shown", "Stage", "embedded", "made"]

Document = Callable[[int], PolicyDocument]
"""Makes a person's document with a serial."""

NEW_ADDRESS = "name@kunde.example"
"""What the wizard is about to add."""
_CUSTOMER = "kunde@extern.example"


class Shown(StrEnum):
    """The windows one can look at."""

    ACCOUNTS = "accounts"
    WIZARD = "wizard"
    COMPOSER = "composer"


_LEAST = {Shown.ACCOUNTS: QSize(432, 280), Shown.WIZARD: QSize(384, 280), Shown.COMPOSER: QSize(480, 320)}
"""How small a window may get before it is scrolled."""


def made(shown: Shown, services: MemoryServices, desk: PreviewDesk) -> QWidget:
    """Return one of the program's windows, as people get it."""
    match shown:
        case Shown.ACCOUNTS:
            return AccountsDialog(services, desk)
        case Shown.WIZARD:
            start = Enrolment(uuid4().hex).with_address(name="", address=NEW_ADDRESS, treat_as_alias=True)
            wizard = AddAddressDialog(services, enrolment=start)
            wizard.profile_changed.connect(desk.profile_changed)
            return wizard
        case Shown.COMPOSER:
            return ComposerWindow(services, desk, _draft(services.the_profile))


def embedded(window: QWidget, host: QWidget) -> QWidget:
    """Return a window as a part of another one; its keys count only while the person is in it."""
    window.setParent(host, Qt.WindowType.Widget)
    for shortcut in window.findChildren(QShortcut, options=Qt.FindChildOption.FindDirectChildrenOnly):
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if shortcut.key() in QKeySequence.keyBindings(QKeySequence.StandardKey.Close):
            shortcut.setEnabled(False)
    return window


def _place() -> QScrollArea:
    """Return room for a window, which is scrolled where there is too little of it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


class Stage(QWidget):
    """Shows one window at a time; what is closed in it begins anew, and what is sent in it is told."""

    posted = Signal(object)
    """The `Route` or `Refusal` of a message that was sent here, and so went nowhere."""

    other_window_wanted = Signal()
    """Something was pressed that opens another window, which a preview does not have."""

    def __init__(self, name: str, title: str, kind: str, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.setObjectName(f"{name}Stage")
        self.setAccessibleName(title)
        self._now = now
        self._serial = 0
        self._shown = Shown.ACCOUNTS
        self._services: MemoryServices | None = None
        self._desk: PreviewDesk | None = None
        self._windows: dict[Shown, QWidget] = {}
        self._stack = QStackedWidget()
        self._places = {shown: _place() for shown in Shown}
        self._rooms: dict[Shown, QVBoxLayout] = {}
        for shown, place in self._places.items():
            # What is scrolled itself would be seen through.
            holder = QWidget()
            self._rooms[shown] = room = QVBoxLayout(holder)
            room.setContentsMargins(0, 0, 0, 0)
            place.setWidget(holder)
            self._stack.addWidget(place)
        self._nobody: QWidget | None = None
        self._line = ElidedLabel("", quiet=True)
        self._line.setObjectName(f"{name}Line")
        self.head = QWidget()
        row = QHBoxLayout()
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(8)
        self._chip = Chip(title, kind)
        row.addWidget(self._chip)
        row.addWidget(self._line, 1)
        inside = QVBoxLayout()
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addLayout(row)
        inside.addWidget(Line())
        self.head.setLayout(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self._stack, 1)

    @property
    def services(self) -> MemoryServices | None:
        """What the windows run on; None before there is anything to show."""
        return self._services

    def headline(self) -> str:
        """Return what the policy says on this side."""
        return self._line.whole_text()

    def window_shown(self, shown: Shown) -> QWidget | None:
        """Return the window of this kind, if it was looked at."""
        return self._windows.get(shown)

    async def take(self, profile: Profile, document: Document, origin: str) -> None:
        """Show another person; raises ExpectedError for a document that cannot be."""
        await self.close_services()
        self._serial = 1
        services = await open_memory_services(profile, document(1), origin=origin, now=self._now)
        self._services = services
        self._desk = PreviewDesk(services, self)
        self._desk.queued.connect(self._tell_posted)
        self._desk.other_window_wanted.connect(self.other_window_wanted)
        self._tell_policy()
        self._open()

    async def show_nobody(self, origin: str) -> None:
        """Say that an export does not have the person."""
        await self.close_services()
        self._line.set_text("")
        title = translate("preview", "This person is not in {file}.").format(file=harmless(origin))
        hint = translate("preview", "So there is no policy for them, and nothing to show on this side.")
        self._nobody = EmptyState("user", title, hint)
        self._stack.addWidget(self._nobody)
        self._stack.setCurrentWidget(self._nobody)

    def set_title(self, title: str) -> None:
        """Call the side otherwise."""
        self._chip.setText(title)
        self.setAccessibleName(title)

    async def follow(self, document: Document) -> None:
        """Show the same person under a policy that may have changed."""
        if self._services is None or self._desk is None:
            return
        self._serial += 1
        await self._services.show_document(document(self._serial))
        self._desk.policy_changed.emit()
        self._tell_policy()

    def show_window(self, shown: Shown) -> None:
        """Show this one of the windows."""
        self._shown = shown
        self._open()

    async def begin_anew(self) -> None:
        """Drop what was typed, and show the windows as they open."""
        await self._drop_windows()
        self._open()

    async def close_services(self) -> None:
        """Drop the windows, and forget what they worked on."""
        services, self._services = self._services, None
        if self._nobody is not None:
            self._nobody.deleteLater()
            self._nobody = None
        if self._desk is not None:
            await self._desk.end()
            self._desk = None
        await self._drop_windows()
        if services is not None:
            await services.close()

    async def _drop_windows(self) -> None:
        """Delete the windows once nothing of theirs runs any more."""
        windows, self._windows = [each for each in self._windows.values() if isValid(each)], {}
        for window in windows:
            if isinstance(window, QDialog):
                window.done(QDialog.DialogCode.Rejected.value)
            elif isinstance(window, ComposerWindow):
                await window.keep()
            if isValid(window):
                delete(window)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._open()

    def _open(self) -> None:
        """Open the window that is wanted; one that nobody looks at waits until somebody does."""
        if self._services is None or self._desk is None or not self.isVisible():
            return
        window = self._windows.get(self._shown)
        if window is None or not isValid(window):
            window = embedded(made(self._shown, self._services, self._desk), self._stack)
            window.setMinimumSize(_LEAST[self._shown])
            self._windows[self._shown] = window
            self._rooms[self._shown].addWidget(window)
            window.destroyed.connect(self._open_later)
        self._stack.setCurrentWidget(self._places[self._shown])

    def _open_later(self) -> None:
        # The window that goes is still there while it says so.
        QTimer.singleShot(0, self, self._open_again)

    def _open_again(self) -> None:
        """Open anew what the person has closed, and let them go on there."""
        self._open()
        window = self._windows.get(self._shown)
        each = window.nextInFocusChain() if window is not None and self.isVisible() else None
        while window is not None and each is not None and window.isAncestorOf(each):
            if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisible() and each.isEnabled():
                each.setFocus()
                return
            each = each.nextInFocusChain()

    def _tell_policy(self) -> None:
        if self._services is not None:
            word = policy_word(self._services.policy)
            self._line.set_text(translate("preview", "Own SMTP servers: {word}").format(word=word))

    def _tell_posted(self, message_id: str) -> None:
        tasks.start(self._look_up_posted(message_id), name="preview")

    async def _look_up_posted(self, message_id: str) -> None:
        services = self._services
        if services is not None:
            message = await services.outbox.get(message_id)
            self.posted.emit(choose_route(message.sender, services.the_profile, services.policy))


def _draft(profile: Profile) -> Draft:
    """Return a message from the address that a change of the policy concerns most."""
    entry = next((each for each in profile.addresses if each.smtp_msa is not None), profile.default)
    return Draft(
        id=uuid4().hex,
        sender=entry.address,
        to=(Mailbox(Address.parse(_CUSTOMER)),),
        subject=translate("preview", "Offer for the delivery in January"),
        text=translate("preview", "Good morning,\n\nas discussed on the telephone.\n\nKind regards"),
    )
