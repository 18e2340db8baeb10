"""One attached file on screen: its name, its size or that it is still being looked at, and the way to remove it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.message.draft import Attachment
from ui.language import size
from ui.widgets import ElidedLabel, QuietLabel, icon_button
from ui.widgets.labels import IconLabel

__all__ = ["FileChip"]


class FileChip(QFrame):
    """Shows a file once there is something to say of it; until then it is as good as nothing."""

    removed = Signal()

    def __init__(self, attachment: Attachment, parent: QWidget) -> None:
        super().__init__(parent)
        self.attachment = attachment
        self.setProperty("card", "true")
        self._state: QuietLabel | None = None
        self.hide()

    def take_size(self, octets: int) -> None:
        """Take note of how large the file was found to be."""
        self.attachment = replace(self.attachment, size=octets)

    def show_looking(self) -> None:
        """Say that it takes a moment to look at the file."""
        self._say(self.tr("being looked at …"))

    def show_size(self) -> None:
        """Show how large the file is."""
        self._say(size(self.attachment.size))

    def show_as_kept(self) -> None:
        """Show a file of a saved draft, which may have been closed before anybody could look at the file."""
        self._say(size(self.attachment.size) if self.attachment.size else "")

    def _say(self, state: str) -> None:
        if self._state is None:
            self._state = self._build()
        self._state.setText(state)
        self._state.setVisible(bool(state))
        self.setAccessibleName(", ".join(filter(None, (self.attachment.name, state))))
        self.show()

    def _build(self) -> QuietLabel:
        file = self.attachment.name
        name = ElidedLabel(file)
        name.setMaximumWidth(280)
        state = QuietLabel("", wrap=False)
        cross = icon_button("x", self.tr("Remove {name}").format(name=file), self, name="removeAttachment")
        cross.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 4, 2)
        row.setSpacing(8)
        row.addWidget(IconLabel("paperclip", "quiet", side=14))
        row.addWidget(name)
        row.addWidget(state)
        row.addWidget(cross)
        return state
