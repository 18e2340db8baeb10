"""The lower edge of the composer: Send, Later, when the draft was saved, and the way to discard it."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QWidget

from app.address import Address
from ui import tasks
from ui.widgets import Button, PrimaryButton, QuietLabel, icon_button

__all__ = ["SendBar"]


class SendBar(QFrame):
    """Shows what pressing Send does."""

    later = Signal(object)
    """Send at this moment (a datetime with its zone)."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("bar", True)
        self.send = _ElidedButton(self)
        self._later = Button(self.tr("&Later"), self, name="laterButton")
        self._menu: QMenu | None = None
        self._later.clicked.connect(self._open_menu)
        self.saved = QuietLabel("", wrap=False)
        self.saved.setObjectName("savedLabel")
        self.discard = icon_button("trash-2", self.tr("Discard this draft"), self, name="discardButton")
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 10, 16, 10)
        row.setSpacing(10)
        row.addWidget(self.send)
        row.addWidget(self._later)
        row.addStretch(1)
        row.addWidget(self.saved)
        row.addWidget(self.discard)

    def show_sender(self, sender: Address, *, anyway: bool = False) -> None:
        """Name the address a press sends from."""
        self.send.set_words(
            self.tr("Send anyway") if anyway else self.tr("Send as {address}").format(address=sender.display)
        )

    @property
    def controls(self) -> tuple[QWidget, ...]:
        """What Tab goes through, in order."""
        return self.send, self._later, self.discard

    def _open_menu(self) -> None:
        from ui.mailbox.new_time import suggestions  # only who sends later needs it

        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        hour, morning = suggestions(datetime.now().astimezone())
        for text, due in ((self.tr("In one hour"), hour), (self.tr("Tomorrow at 8:00"), morning)):
            action = menu.addAction(text)
            action.triggered.connect(lambda _checked=False, due=due: self.later.emit(due))
        tasks.on_click(menu.addAction(self.tr("Choose a time…")), self._choose_time)
        # Above the button, where there is room at the lower edge of a screen.
        menu.popup(self._later.mapToGlobal(QPoint(0, -menu.sizeHint().height())))
        self._menu = menu

    async def _choose_time(self) -> None:
        from ui.mailbox.new_time import TimeDialog

        dialog = TimeDialog(datetime.now().astimezone(), self.window())
        if await tasks.ask(dialog) and dialog.chosen is not None:
            self.later.emit(dialog.chosen)


class _ElidedButton(PrimaryButton):
    """A button that shortens its text where the window is narrow."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent, name="sendButton")
        self._words = ""
        self.setAutoDefault(False)
        self.setDefault(False)

    def set_words(self, words: str) -> None:
        self._words = words
        self.setAccessibleName(words)
        self.updateGeometry()
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._words) + 44, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(120, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = max(self.width() - 36, 40)
        shown = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideMiddle, room)
        # An ampersand in an address is no mnemonic.
        shown = shown.replace("&", "&&")
        if shown != self.text():
            self.setText(shown)
