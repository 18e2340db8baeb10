"""The list of messages, or what it says when it is empty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget
from shiboken6 import isValid

from ui import tasks
from ui.mailbox.delegate import RowDelegate
from ui.mailbox.entries import Entry, Folder
from ui.mailbox.model import MessageModel
from ui.texts import translate
from ui.widgets import EmptyState

__all__ = ["MessageList", "empty_state"]


class MessageList(QTableView):
    """Rows of a `MessageModel`: a table of one column, because a list view lays out all its rows anew for each page."""

    picked = Signal(object)
    """The `Entry` that is current now, or None."""
    opened = Signal(object)
    """An `Entry` that was double-clicked, or on which Return was pressed."""
    menu_wanted = Signal(QPoint)
    """Where on the screen a menu for the current entry is wanted."""

    def __init__(self, model: MessageModel, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages = model
        self.setObjectName("messageList")
        self.setAccessibleName(translate("mailbox", "Messages"))
        self.setMouseTracking(True)
        self._delegate = RowDelegate(now, self)
        self.setItemDelegate(self._delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.horizontalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fit_rows()
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMinimumWidth(208)
        self.setModel(model)
        self.doubleClicked.connect(self._open)

    def current(self) -> Entry | None:
        """Return the current entry."""
        return self._messages.entry(self.currentIndex())

    def pick(self, row: int) -> None:
        """Make a row the current one."""
        self.setCurrentIndex(self._messages.index(max(0, row)))

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            # Qt makes a row current without selecting it when the list gets the focus.
            rows = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().select(self._messages.index(current.row()), rows)
        self.picked.emit(self._messages.entry(current))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = self._messages.rowCount() - 1
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._open(self.currentIndex())
        elif event.key() in {Qt.Key.Key_Home, Qt.Key.Key_End} and last >= 0:
            self.pick(0 if event.key() == Qt.Key.Key_Home else last)
            if event.key() == Qt.Key.Key_End:
                tasks.start(self._go_to_end(last), name="end of the list")
        else:
            super().keyPressEvent(event)

    async def _go_to_end(self, reached: int) -> None:
        """Go on to the last row of all once it has been read, unless somebody left the last one there was."""
        folder = self._messages.folder
        await self._messages.read_rest()
        if isValid(self) and self._messages.folder is folder and self.currentIndex().row() == reached:
            self.pick(self._messages.rowCount() - 1)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            if self.indexAt(event.pos()).isValid():
                self.menu_wanted.emit(event.globalPos())
        elif self.currentIndex().isValid():
            row = self.visualRect(self.currentIndex())
            self.menu_wanted.emit(self.viewport().mapToGlobal(row.bottomLeft()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._fit_rows()

    def _fit_rows(self) -> None:
        height = self._delegate.row_height(self.font())
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)

    def _open(self, index: QModelIndex) -> None:
        entry = self._messages.entry(index)
        if entry is not None:
            self.opened.emit(entry)


def empty_state(folder: Folder) -> EmptyState:
    """Return what an empty list says."""
    match folder:
        case Folder.DRAFTS:
            title = translate("mailbox", "No drafts")
            body = translate("mailbox", "What you write is saved here as you type, until you send it.")
            return EmptyState("file-pen-line", title, body)
        case Folder.OUTBOX:
            title = translate("mailbox", "Nothing is waiting")
            body = translate(
                "mailbox", "Messages on their way appear here, and those that are held or could not be sent."
            )
            return EmptyState("send", title, body)
        case Folder.SENT:
            title = translate("mailbox", "Nothing sent yet")
            body = translate("mailbox", "What a mail server has accepted appears here, with the server's reply.")
            return EmptyState("mails", title, body)
