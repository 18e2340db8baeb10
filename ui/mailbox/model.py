"""The rows of one list: read in pages as one scrolls, and kept as things change."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Mapping
from datetime import datetime
from operator import itemgetter

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.delivery.outbox import Outbox, QueuedMessage
from app.storage.drafts import Drafts, SavedDraft
from ui import tasks
from ui.mailbox.entries import Entry, Folder, row_text

__all__ = ["ENTRY", "MessageModel", "key_of"]

ENTRY = int(Qt.ItemDataRole.UserRole)
_PAGE = 100
_MANY = 500
"""From so many changes at a time on, the list is read anew instead of row by row."""

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


def key_of(entry: Entry) -> str:
    """Return the id of an entry."""
    return entry.draft.id if isinstance(entry, SavedDraft) else entry.id


class MessageModel(QAbstractListModel):
    """The entries of one folder, newest first."""

    loaded = Signal()
    """The rows are there, or there are none."""

    def __init__(self, outbox: Outbox, drafts: Drafts, now: Callable[[], datetime], parent: QObject) -> None:
        super().__init__(parent)
        self._outbox = outbox
        self._drafts = drafts
        self._now = now
        self._folder = Folder.OUTBOX
        self._entries: list[Entry] = []
        self._hidden: set[str] = set()
        self._complete = True
        self._reading = False
        self._generation = 0
        self._page_task: asyncio.Task[None] | None = None
        self.is_stopped = False

    @property
    def folder(self) -> Folder:
        """The list that is shown."""
        return self._folder

    def entry(self, index: _Index) -> Entry | None:
        """Return what a row stands for."""
        return self._entries[index.row()] if index.isValid() and index.row() < len(self._entries) else None

    def row_of(self, key: str) -> int:
        """Return the row of an entry that has been read, or -1."""
        return next((row for row, entry in enumerate(self._entries) if key_of(entry) == key), -1)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entry(index)
        if entry is None:
            return None
        if role == ENTRY:
            return entry
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return row_text(entry, self._now()).line
        return None

    def canFetchMore(self, parent: _Index) -> bool:
        return not parent.isValid() and not self._complete and not self._reading

    def fetchMore(self, parent: _Index) -> None:
        if self.canFetchMore(parent):
            self._reading = True
            self._page_task = tasks.start(self._next_page(self._generation), name="next page of messages")

    async def read_rest(self) -> None:
        """Read the pages of this list that have not been read yet, as far as they can be."""
        generation = self._generation
        while not self._complete and generation == self._generation:
            self.fetchMore(_ROOT)
            if (page := self._page_task) is None:
                return
            await asyncio.wait([page])
            if page.cancelled() or page.exception() is not None:
                return  # told by whoever started it

    async def show_folder(self, folder: Folder) -> None:
        """Show another list from its beginning; raises StorageError."""
        self._generation += 1
        generation = self._generation
        entries, complete = await self._page(folder, None)
        if generation != self._generation:
            return  # another list was asked for meanwhile
        self.beginResetModel()
        self._folder, self._entries, self._complete, self._reading = folder, entries, complete, False
        self._generation += 1  # what was asked for while this list was read was asked of the one before
        self.endResetModel()
        self.loaded.emit()

    async def take_changes(self, keys: set[str]) -> None:
        """Bring the rows of `keys` up to date; raises StorageError."""
        if self.is_stopped:
            return
        if self._folder is Folder.DRAFTS:
            await self._take_drafts()
        elif "" in keys or len(keys) > _MANY:
            await self.show_folder(self._folder)
        else:
            generation = self._generation
            messages = await self._outbox.find(keys)
            if generation != self._generation:
                await self.take_changes(keys)  # another list is shown meanwhile
                return
            self._put(keys, messages)
        if not self.is_stopped:
            self.loaded.emit()

    def stop(self) -> None:
        """Show nothing that is still being read, and take nothing any more."""
        self.is_stopped = True
        self._generation += 1
        self._complete = True

    def hide(self, key: str) -> None:
        """Leave an entry out that is about to be deleted."""
        self._hidden.add(key)
        self._remove(self.row_of(key))
        self.loaded.emit()

    def unhide(self, key: str) -> None:
        """Let an entry be seen again; it comes back with the next change."""
        self._hidden.discard(key)

    async def _page(self, folder: Folder, before: int | None) -> tuple[list[Entry], bool]:
        if folder is Folder.DRAFTS:
            saved = await self._drafts.list()
            return [each for each in saved if key_of(each) not in self._hidden], True
        messages = await self._outbox.list(folder.states, limit=_PAGE, before=before)
        shown: list[Entry] = [each for each in reversed(messages) if each.id not in self._hidden]
        return shown, len(messages) < _PAGE

    async def _next_page(self, generation: int) -> None:
        last = self._entries[-1] if self._entries else None
        before = last.number if isinstance(last, QueuedMessage) else None
        entries, complete = await self._page(self._folder, before)
        if generation != self._generation:
            return
        if entries:
            first = len(self._entries)
            self.beginInsertRows(_ROOT, first, first + len(entries) - 1)
            self._entries += entries
            self.endInsertRows()
        self._complete, self._reading = complete, False

    async def _take_drafts(self) -> None:
        generation = self._generation
        entries, _ = await self._page(Folder.DRAFTS, None)
        if generation != self._generation:
            return
        kept = {key_of(each) for each in entries}
        for row in reversed(range(len(self._entries))):
            if key_of(self._entries[row]) not in kept:
                self._remove(row)
        for row, entry in enumerate(entries):
            old = self.row_of(key_of(entry))
            if old != row:
                self._remove(old)
                self._insert(row, entry)
        self._entries = entries
        if entries:
            self.dataChanged.emit(self.index(0), self.index(len(entries) - 1))

    def _put(self, keys: set[str], messages: Mapping[str, QueuedMessage]) -> None:
        """Bring messages up to date; one that is not among `messages` is there no more."""
        stay = {
            key: message
            for key, message in messages.items()
            if key not in self._hidden and message.state in self._folder.states
        }
        rows = {key: row for row, key in enumerate(map(key_of, self._entries)) if key in keys}
        for key, row in sorted(rows.items(), key=itemgetter(1), reverse=True):
            if key in stay:
                self._entries[row] = stay[key]
                self.dataChanged.emit(self.index(row), self.index(row))
            else:
                self._remove(row)
        for key in stay.keys() - rows.keys():
            self._insert(self._place(stay[key]), stay[key])

    def _place(self, message: QueuedMessage) -> int:
        """Return where a message stands among those that have been read, or -1 for one behind them all."""
        row = bisect_left(self._entries, _order(message), key=_order)
        return row if row < len(self._entries) or self._complete else -1

    def _insert(self, row: int, entry: Entry) -> None:
        if row >= 0:
            self.beginInsertRows(_ROOT, row, row)
            self._entries.insert(row, entry)
            self.endInsertRows()

    def _remove(self, row: int) -> None:
        if row >= 0:
            self.beginRemoveRows(_ROOT, row, row)
            del self._entries[row]
            self.endRemoveRows()


def _order(entry: Entry) -> int:
    """Return what messages are ordered by, newest first."""
    return -entry.number if isinstance(entry, QueuedMessage) else 0
