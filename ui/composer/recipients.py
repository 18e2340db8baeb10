"""To, Cc or Bcc: chips and a line to type the next recipient into, with completion."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QSizePolicy, QWidget

from app.address import Mailbox, Unparsed, split_mailboxes
from ui.composer.chip import RecipientChip
from ui.composer.completion import Completion
from ui.widgets.flow import FlowLayout

__all__ = ["RecipientField"]

_ROWS = 4
_SEPARATORS = (",", ";")


class RecipientField(QScrollArea):
    """The recipients of one header field."""

    changed = Signal()

    def __init__(
        self, label: str, complete: Callable[[str], Awaitable[list[Mailbox]]], parent: QWidget, *, name: str
    ) -> None:
        super().__init__(parent)
        self.chips: list[RecipientChip] = []
        self._inside = QWidget()
        self._flow = FlowLayout(self._inside, stretches_last=True)
        self.line = _Line(self, name)
        self.line.setAccessibleName(label.replace("&", ""))
        self._flow.addWidget(self.line)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # No focus proxy: Qt's Tab would come back to the line whenever it passes the area around it.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._completion = Completion(self.line, complete, self._take_completed)
        self.line.textEdited.connect(self._typed)
        self._fit()

    @property
    def mailboxes(self) -> tuple[Mailbox, ...]:
        """The recipients that are addresses, in order."""
        return tuple(chip.content for chip in self.chips if isinstance(chip.content, Mailbox))

    @property
    def unfinished(self) -> tuple[str, ...]:
        """What was typed and is no address."""
        wrong = [chip.text for chip in self.chips if chip.is_wrong]
        typed = self.line.text().strip()
        return (*wrong, typed) if typed else tuple(wrong)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not self.chips and not self.line.text().strip()

    def add(self, recipients: Iterable[Mailbox | Unparsed]) -> None:
        """Add a chip for each recipient."""
        self._inside.setUpdatesEnabled(False)
        added = []
        for each in recipients:
            chip = RecipientChip(each, self._inside)
            chip.removed.connect(self._remove)
            chip.edit_wanted.connect(self._edit)
            chip.stepped.connect(self._step)
            chip.typed.connect(self._type_on)
            added.append(chip)
        self.chips.extend(added)
        self._flow.insert_before_last(added)
        self._inside.setUpdatesEnabled(True)
        self._after_change()

    def add_text(self, text: str) -> None:
        """Add what is in a typed or pasted list."""
        self.add(split_mailboxes(text))

    def clear(self) -> None:
        """Take all recipients that are addresses away."""
        for chip in [each for each in self.chips if not each.is_wrong]:
            self._take_away(chip)
        self._after_change()

    def finish(self) -> None:
        """Make chips of what is in the line."""
        self._completion.close()
        text = self.line.text()
        if text.strip(" ,;\t"):
            self.line.clear()
            self.add_text(text)
        elif text:
            self.line.clear()

    def show_wrong(self) -> bool:
        """Put the focus on the first recipient that is no address; False when all are."""
        wrong = next((chip for chip in self.chips if chip.is_wrong), None)
        if wrong is not None:
            self.ensureWidgetVisible(wrong)
            wrong.setFocus()
        return wrong is not None

    def step_back(self) -> bool:
        """Go from the line to the last chip; False when there is none."""
        if self.chips:
            self.chips[-1].setFocus()
        return bool(self.chips)

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def viewportEvent(self, event: QEvent) -> bool:
        handled = super().viewportEvent(event)
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return handled

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.line.setFocus()

    def _fit(self) -> None:
        row = max(self.line.sizeHint().height(), self.fontMetrics().height() + 8)
        # Asking for the viewport itself would have PySide set up every class of widgets, 12 ms of the start.
        wanted = max(self._flow.heightForWidth(max(self.maximumViewportSize().width(), 80)), row)
        height = min(wanted, _ROWS * (row + 6))
        if height != self.minimumHeight() or height != self.maximumHeight():
            self.setFixedHeight(height)

    def _after_change(self) -> None:
        seen = set()
        for chip in self.chips:
            if isinstance(chip.content, Mailbox):
                chip.set_repeated(chip.content.address in seen)
                seen.add(chip.content.address)
        self._flow.invalidate()
        self._fit()
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(self.line, 0, 0))
        self.changed.emit()

    def _typed(self, text: str) -> None:
        self._completion.look_up(text)
        self.changed.emit()

    def _take_completed(self, mailbox: Mailbox) -> None:
        self.line.clear()
        self.add([mailbox])
        self.line.setFocus()

    def _remove(self, chip: RecipientChip) -> None:
        index = self.chips.index(chip)
        self._take_away(chip)
        following = self.chips[index] if index < len(self.chips) else self.line
        following.setFocus()
        self._after_change()

    def _take_away(self, chip: RecipientChip) -> None:
        self.chips.remove(chip)
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()

    def _edit(self, chip: RecipientChip) -> None:
        self.finish()
        text = chip.text
        self._remove(chip)
        self.line.setText(text)
        self.line.setFocus()
        self.line.selectAll()

    def _step(self, chip: RecipientChip, steps: int) -> None:
        index = max(self.chips.index(chip) + steps, 0)
        target = self.chips[index] if index < len(self.chips) else self.line
        target.setFocus()
        self.ensureWidgetVisible(target)

    def _type_on(self, text: str) -> None:
        self.line.setFocus()
        self.line.insert(text)
        self._typed(self.line.text())


class _Line(QLineEdit):
    """Where the next recipient is typed."""

    def __init__(self, field: RecipientField, name: str) -> None:
        super().__init__()
        self._field = field
        self.setObjectName(name)
        self.setFrame(False)
        self.setStyleSheet("QLineEdit, QLineEdit:focus { border: none; background: transparent; padding: 3px 0; }")
        self._make_room("")
        self.textChanged.connect(self._make_room)
        # Files are for the window; text is pasted.
        self.setAcceptDrops(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Paste) and self._takes(QGuiApplication.clipboard().mimeData()):
            return
        ends = event.text() in _SEPARATORS and self.text().count('"') % 2 == 0
        enters = key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers()
        if ends or enters:
            self._field.finish()
        elif (
            key in {Qt.Key.Key_Left, Qt.Key.Key_Backspace} and self.cursorPosition() == 0 and not self.hasSelectedText()
        ):
            if not self._field.step_back():
                super().keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in {Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason}:
            self._field.finish()

    def _make_room(self, text: str) -> None:
        # In few steps, because each lays out all chips anew.
        wanted = self.fontMetrics().horizontalAdvance(text) + 20
        room = next((step for step in (40, 120, 200) if step >= wanted), 280)
        if room != self.minimumWidth():
            self.setMinimumWidth(room)

    def _takes(self, data: QMimeData) -> bool:
        text = data.text()
        is_list = any(sign in text for sign in (*_SEPARATORS, "\n", "<"))
        if is_list and not self.text().strip():
            self._field.add_text(text)
            return True
        return False
