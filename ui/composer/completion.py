"""People written to before, offered below the line as one types."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from shiboken6 import isValid

from app.address import Mailbox
from app.errors import ExpectedError
from ui import tasks

if TYPE_CHECKING:
    from PySide6.QtWidgets import QCompleter, QListView

__all__ = ["Completion"]


class Completion(QObject):
    """At most eight contacts; arrows choose, Enter or Tab takes, Escape closes."""

    def __init__(
        self,
        line: QLineEdit,
        complete: Callable[[str], Awaitable[list[Mailbox]]],
        take: Callable[[Mailbox], None],
    ) -> None:
        super().__init__(line)
        self._line = line
        self._complete = complete
        self._take = take
        self._found: list[Mailbox] = []
        self._completer: QCompleter | None = None
        self._popup: QListView | None = None

    def look_up(self, text: str) -> None:
        """Offer who fits what is typed; an answer that comes too late is dropped."""
        if text.strip():
            tasks.start(self._look_up(text), name="completion")
        else:
            self.close()

    def close(self) -> None:
        """Take the offer away."""
        if self._popup is not None:
            self._popup.hide()

    async def _look_up(self, text: str) -> None:
        try:
            found = await self._complete(text)
        except ExpectedError:
            # Without the address book one can still type.
            return
        if not isValid(self._line) or self._line.text() != text or not self._line.hasFocus():
            return
        self._found = found
        if not found:
            self.close()
            return
        from PySide6.QtCore import QStringListModel

        completer, popup = self._ready()
        completer.setModel(QStringListModel([mailbox.display for mailbox in found], completer))
        completer.complete()
        if not _is_whole(text):
            # Who has typed a whole address wants that one.
            popup.setCurrentIndex(popup.model().index(0, 0))

    def _ready(self) -> tuple[QCompleter, QListView]:
        from PySide6.QtWidgets import QCompleter, QListView

        if self._completer is None or self._popup is None:
            self._completer = QCompleter(self)
            self._popup = QListView()
            self._popup.setObjectName("completionList")
            self._completer.setPopup(self._popup)
            self._completer.setWidget(self._line)
            self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
            self._completer.setMaxVisibleItems(8)
            self._completer.activated.connect(self._take_text)
            self._popup.installEventFilter(self)
        return self._completer, self._popup

    def _take_text(self, text: str) -> None:
        for mailbox in self._found:
            if mailbox.display == text:
                self._take(mailbox)
                return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the chosen offer before the line sees the key; with none chosen the key ends the typed address."""
        enders = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab}
        if self._popup is None or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() not in enders:
            return False
        row = self._popup.currentIndex().row()
        self._popup.hide()
        if row >= 0:
            self._take(self._found[row])
        else:
            QApplication.sendEvent(self._line, event)
        return True


def _is_whole(text: str) -> bool:
    try:
        Mailbox.parse(text)
    except ExpectedError:
        return False
    return True
