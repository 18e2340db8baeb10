"""The three lists to choose from, with how many messages are in each."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from ui.icons import icon
from ui.mailbox.entries import Folder
from ui.texts import translate

__all__ = ["FolderList", "folder_name"]

_ICONS = {Folder.DRAFTS: "file-pen-line", Folder.OUTBOX: "send", Folder.SENT: "mails"}


class FolderList(QListWidget):
    """Drafts, Outbox and Sent at the side of the window."""

    chosen = Signal(object)
    """A `Folder`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("folderList")
        self.setAccessibleName(translate("mailbox", "Lists of messages"))
        self.setProperty("side", True)
        self.setIconSize(QSize(18, 18))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for folder in Folder:
            item = QListWidgetItem(icon(_ICONS[folder], "quiet"), "")
            item.setData(Qt.ItemDataRole.UserRole, folder)
            # Qt asks for it before the style sheet is known.
            item.setSizeHint(QSize(0, max(18, self.fontMetrics().height()) + 20))
            self.addItem(item)
        self.set_counts({})
        self.currentItemChanged.connect(self._choose)

    def choose(self, folder: Folder) -> None:
        """Make a list the current one."""
        self.setCurrentRow(list(Folder).index(folder))

    def set_counts(self, counts: dict[Folder, int]) -> None:
        """Show how many messages are in each list."""
        for row, folder in enumerate(Folder):
            name = folder_name(folder)
            count = counts.get(folder, 0)
            text = translate("mailbox", "{list} ({count})").format(list=name, count=count) if count else name
            self.item(row).setText(text)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(Folder(item.data(Qt.ItemDataRole.UserRole)))


def folder_name(folder: Folder) -> str:
    """Return what a list is called."""
    names = {
        Folder.DRAFTS: translate("mailbox", "Drafts"),
        Folder.OUTBOX: translate("mailbox", "Outbox"),
        Folder.SENT: translate("mailbox", "Sent"),
    }
    return names[folder]
