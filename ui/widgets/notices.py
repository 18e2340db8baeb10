"""Notices in place: what happened, what it means, what to do; no boxes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.icons import pixmap
from ui.texts import translate
from ui.theme import on_theme_change
from ui.widgets.buttons import Button, LinkButton, icon_button
from ui.widgets.labels import Heading, PlainLabel, QuietLabel, restyle

__all__ = ["EmptyState", "Notice", "UndoBar"]

_ICONS = {
    "info": ("info", "accent"),
    "good": ("circle-check", "good"),
    "warn": ("triangle-alert", "warn"),
    "bad": ("circle-alert", "bad"),
    "plain": ("info", "quiet"),
}


class Notice(QFrame):
    """A calm band with an icon, a sentence, a quieter second line, and actions as links."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None, *, name: str = "", closable: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._kind = "info"
        self._icon = QLabel()
        self._icon.setFixedWidth(20)
        self._title = PlainLabel()
        self._detail = QuietLabel()
        self._links = QHBoxLayout()
        self._links.setSpacing(12)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._title)
        texts.addWidget(self._detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(12)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        row.addLayout(self._links)
        if closable:
            cross = icon_button("x", translate("widgets", "Close this notice"), self, name="closeNotice")
            cross.clicked.connect(self._close)
            row.addWidget(cross)
        on_theme_change(self, self._tint)
        self.hide()

    def show_text(
        self, kind: str, title: str, detail: str = "", actions: Sequence[tuple[str, Callable[[], object]]] = ()
    ) -> None:
        """Show the notice; `kind` is info, good, warn, bad or plain, and `actions` are (label, what to do)."""
        self._kind = kind
        self._title.setText(title)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self.setAccessibleName(f"{title} {detail}".strip())
        while (item := self._links.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for label, call in actions:
            link = LinkButton(label, self)
            link.clicked.connect(lambda _checked=False, call=call: call())
            self._links.addWidget(link)
        restyle(self, "notice", kind)
        self._tint()
        self.show()

    def add_link(self, link: LinkButton) -> None:
        """Add an action whose button the caller made, for those that run for a while."""
        self._links.addWidget(link)

    def clear(self) -> None:
        """Hide the notice."""
        self.hide()

    def text(self) -> str:
        """Return what the notice says."""
        return self._title.text()

    def detail(self) -> str:
        """Return the second line."""
        return self._detail.text()

    def _close(self) -> None:
        self.hide()
        self.closed.emit()

    def _tint(self) -> None:
        name, colour = _ICONS[self._kind]
        self._icon.setPixmap(pixmap(name, colour, side=18, ratio=self.devicePixelRatioF()))


class EmptyState(QWidget):
    """What an empty list says instead of nothing."""

    def __init__(
        self, icon_name: str, title: str, body: str, parent: QWidget | None = None, *, action: str = ""
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        heading = Heading(title, level=3)
        heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text = QuietLabel(body)
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text.setMaximumWidth(420)
        self.button: Button | None = Button(action, self) if action else None
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self._icon)
        column.addWidget(heading)
        column.addWidget(text, 0, Qt.AlignmentFlag.AlignHCenter)
        if self.button is not None:
            column.addSpacing(8)
            column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        on_theme_change(self, self._tint)
        self._tint()

    def _tint(self) -> None:
        self._icon.setPixmap(pixmap(self._icon_name, "strong_line", side=40, ratio=self.devicePixelRatioF()))


class UndoBar(QFrame):
    """A bar with one way back, as long as there is one."""

    undone = Signal()
    expired = Signal()

    def __init__(self, parent: QWidget | None = None, *, name: str = "undoBar") -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("bar", True)
        self._left = 0
        self._text = ""
        self._label = PlainLabel(wrap=False)
        self.button = LinkButton(translate("widgets", "&Undo"), self, name="undoButton")
        self.button.clicked.connect(self._undo)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 16, 6)
        row.addWidget(self._label)
        row.addWidget(self.button)
        row.addStretch()
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._tick)
        self.hide()

    def offer(self, text: str, seconds: int) -> None:
        """Show `text` with the way back for so many seconds."""
        self._text = text
        self._left = seconds
        self._write()
        self.show()
        self._timer.start()

    def end(self) -> None:
        """Take the bar away."""
        self._timer.stop()
        self.hide()

    def _undo(self) -> None:
        self.end()
        self.undone.emit()

    def _tick(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self.end()
            self.expired.emit()
        else:
            self._write()

    def _write(self) -> None:
        left = translate("widgets", "{seconds} s").format(seconds=self._left)
        self._label.setText(f"{self._text} · {left}")
