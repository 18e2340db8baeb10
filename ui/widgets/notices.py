"""Notices in place: what happened, what it means, what to do; no boxes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFont, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.texts import translate
from ui.widgets.buttons import Button, LinkButton, icon_button
from ui.widgets.flow import FlowLayout
from ui.widgets.labels import Heading, IconLabel, PlainLabel, QuietLabel, announce, restyle

__all__ = ["EmptyState", "Notice", "UndoBar"]

_ICONS = {
    "info": ("info", "accent"),
    "good": ("circle-check", "good"),
    "warn": ("triangle-alert", "warn"),
    "bad": ("circle-alert", "bad"),
    "plain": ("info", "quiet"),
}
_WIDE_LINKS = 250
"""Pixels; wider than this all together, links stand below the text and not beside it."""


class Notice(QFrame):
    """A calm band with an icon, a sentence, a quieter second line, and actions as links."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None, *, name: str = "", closable: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._kind = "info"
        self._icon = IconLabel()
        self._title = PlainLabel()
        self._detail = QuietLabel()
        self._links = QHBoxLayout()
        self._links.setSpacing(8)
        self._links_below = FlowLayout(spacing=8)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._title)
        texts.addWidget(self._detail)
        texts.addLayout(self._links_below)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(12)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        row.addLayout(self._links)
        self._cross: QWidget | None = None
        if closable:
            self._cross = cross = icon_button("x", translate("widgets", "Close this notice"), self, name="closeNotice")
            cross.clicked.connect(self._close)
            row.addWidget(cross)
        self.hide()

    def show_text(
        self,
        kind: str,
        title: str,
        detail: str = "",
        actions: Sequence[tuple[str, Callable[[], object]]] = (),
        *,
        stays: bool = False,
    ) -> None:
        """Show the notice and have it read out.

        `kind` is info, good, warn, bad or plain; `actions` are links, each a label and what it calls. One that `stays`
        cannot be closed by hand.
        """
        if self._cross is not None:
            self._cross.setHidden(stays)
        self._kind = kind
        self._icon.set_icon(*_ICONS[kind])
        font = self._title.font()
        font.setWeight(QFont.Weight.DemiBold if detail else QFont.Weight.Normal)
        self._title.setFont(font)
        self._title.setText(title)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self._replace_links(actions)
        restyle(self, "notice", kind)
        self.show()
        said = f"{title} {detail}".strip()
        if said != self.accessibleName():
            self.setAccessibleName(said)
            announce(self, said)

    def add_link(self, link: LinkButton) -> None:
        """Add an action whose button the caller made, for those that run for a while."""
        self._links.addWidget(link)

    def clear(self) -> None:
        """Hide the notice; the same one shown again is news again."""
        self.setAccessibleName("")
        self.hide()

    def text(self) -> str:
        """Return what the notice says."""
        return self._title.text()

    def detail(self) -> str:
        """Return the second line."""
        return self._detail.text()

    def kind(self) -> str:
        """Return what sort of notice it is."""
        return self._kind

    def _replace_links(self, actions: Sequence[tuple[str, Callable[[], object]]]) -> None:
        # Who works by keyboard and has just pressed "Check now" stays on "Check now".
        focused = ""
        for place in (self._links, self._links_below):
            while (item := place.takeAt(0)) is not None:
                if isinstance(old := item.widget(), LinkButton):
                    focused = old.text() if old.hasFocus() else focused
                    old.hide()
                    old.deleteLater()
        links = [LinkButton(label, self) for label, _ in actions]
        is_wide = sum(link.sizeHint().width() for link in links) > _WIDE_LINKS
        for link, (label, call) in zip(links, actions, strict=True):
            link.clicked.connect(lambda _checked=False, call=call: call())
            (self._links_below if is_wide else self._links).addWidget(link)
            link.show()
            if label == focused:
                link.setFocus()
            if self._cross is not None:
                self.setTabOrder(link, self._cross)

    def _close(self) -> None:
        self.hide()
        self.closed.emit()


class EmptyState(QWidget):
    """What an empty list says instead of nothing."""

    def __init__(
        self, icon_name: str, title: str, body: str, parent: QWidget | None = None, *, action: str = ""
    ) -> None:
        super().__init__(parent)
        heading = Heading(title, level=3)
        heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text = QuietLabel(body)
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text.setMaximumWidth(400)
        text.setMinimumWidth(240)
        self.button: Button | None = Button(action, self) if action else None
        centred = QHBoxLayout()
        centred.addStretch(1)
        centred.addWidget(text, 8)
        centred.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(IconLabel(icon_name, "strong_line", side=40), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(heading)
        column.addLayout(centred)
        if self.button is not None:
            column.addSpacing(8)
            column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)


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
        key = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self.button.click)
        self.button.setToolTip(key.key().toString(QKeySequence.SequenceFormat.NativeText))
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
        """Show `text` with the way back for so many seconds, at least one."""
        self._text = text
        self._left = seconds
        self._write()
        self.show()
        self._timer.start()
        announce(self, text)

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
