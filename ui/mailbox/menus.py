"""The mailbox's menus: every action with its key, and those for a message only where they can be taken."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from app.delivery.queued import QueuedMessage
from app.storage.drafts import SavedDraft
from ui.icons import icon
from ui.mailbox.entries import Entry
from ui.mailbox.steps import Step, steps_for
from ui.mailbox.words import step_label
from ui.texts import translate

__all__ = ["Menus"]

_STEP_KEYS = {Step.RETRY: "Ctrl+R", Step.BACK_TO_DRAFTS: "Ctrl+B", Step.DELETE: "Del"}
_ICONS = {
    Step.RETRY: "refresh-cw",
    Step.BACK_TO_DRAFTS: "undo-2",
    Step.DELETE: "trash-2",
    Step.STOP: "x",
    Step.CANCEL: "x",
    Step.NEW_TIME: "clock",
    Step.TO_THE_OTHERS: "send",
    Step.ARRIVED: "check",
    Step.THROUGH_ORGANISATION: "send",
}


class Menus:
    """The actions of a mailbox window; what they do is connected there."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        file = self._menu(translate("mailbox", "&File"))
        self.new = self._action(file, "newMessage", translate("mailbox", "&New message"), "Ctrl+N", "pencil")
        file.addSeparator()
        self.close = self._action(file, "closeWindow", translate("mailbox", "&Close window"), "Ctrl+W", "x")
        self.quit = self._action(file, "quit", translate("mailbox", "&Quit"), "Ctrl+Q", "log-out")
        self.message = message = self._menu(translate("mailbox", "&Message"))
        self.open = self._action(message, "openDraft", translate("mailbox", "&Edit draft"), "Ctrl+O", "pencil")
        self.save = self._action(message, "saveCopy", translate("mailbox", "Sa&ve as .eml…"), "Ctrl+S", "download")
        self.steps = {
            step: self._action(
                message, step.value, step_label(step, None, ""), _STEP_KEYS.get(step, ""), _ICONS.get(step, "")
            )
            for step in Step
            if step is not Step.CHECK_POLICY
        }
        go = self._menu(translate("mailbox", "&View"))
        self.drafts = self._action(go, "showDrafts", translate("mailbox", "&Drafts"), "Ctrl+1", "file-pen-line")
        self.outbox = self._action(go, "showOutbox", translate("mailbox", "&Outbox"), "Ctrl+2", "send")
        self.sent = self._action(go, "showSent", translate("mailbox", "&Sent"), "Ctrl+3", "mails")
        own = self._menu(translate("mailbox", "&Accounts"))
        self.accounts = self._action(own, "openAccounts", translate("mailbox", "A&ccounts…"), "Ctrl+,", "settings")
        own.addSeparator()
        self.check = self._action(own, "checkPolicy", translate("mailbox", "Check the &policy now"), "F5", "refresh-cw")
        self.why = self._action(own, "explainPolicy", translate("mailbox", "&Why does the policy say this?"), "", "")
        own.addSeparator()
        self.preview = self._action(own, "policyPreview", translate("mailbox", "Policy pre&view…"), "", "eye")
        guide = self._menu(translate("mailbox", "&Help"))
        self.support = self._action(guide, "supportBundle", translate("mailbox", "&Support bundle…"), "", "circle-help")
        self.context = QMenu(window)
        self.show_entry(None, "")

    def show_entry(self, entry: Entry | None, organisation: str) -> None:
        """Let be chosen what can be done with the current entry."""
        message = entry if isinstance(entry, QueuedMessage) else None
        possible = steps_for(message) if message is not None else ()
        is_draft = isinstance(entry, SavedDraft)
        self.open.setEnabled(is_draft)
        self.save.setEnabled(entry is not None)
        for step, action in self.steps.items():
            action.setText(step_label(step, message, organisation))
            action.setEnabled(step in possible or (is_draft and step is Step.DELETE))

    def popup(self, where: QPoint) -> None:
        """Offer what can be done with the current entry, and nothing that cannot, beside it."""
        self.context.clear()
        self.context.addActions([action for action in self.message.actions() if action.isEnabled()])
        if not self.context.isEmpty():
            self.context.popup(where)

    def connect(self, action: QAction, call: Callable[[], object]) -> None:
        """Call `call` when an action is chosen."""
        action.triggered.connect(lambda _checked=False: call())

    def _menu(self, title: str) -> QMenu:
        menu = QMenu(title, self._window)
        self._window.menuBar().addMenu(menu)
        return menu

    def _action(self, menu: QMenu, name: str, text: str, keys: str, icon_name: str) -> QAction:
        action = QAction(text, self._window)
        action.setObjectName(name)
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if icon_name:
            action.setIcon(icon(icon_name, "quiet"))
        menu.addAction(action)
        return action
