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
    """Shows a file; nobody has looked at a new one yet."""

    removed = Signal()

    def __init__(self, attachment: Attachment, parent: QWidget) -> None:
        super().__init__(parent)
        self.attachment = attachment
        self.setProperty("card", "true")
        name = ElidedLabel(attachment.name)
        name.setMaximumWidth(280)
        self._state = QuietLabel("", wrap=False)
        cross = icon_button("x", self.tr("Remove {name}").format(name=attachment.name), self, name="removeAttachment")
        cross.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 4, 2)
        row.setSpacing(8)
        row.addWidget(IconLabel("paperclip", "quiet", side=14))
        row.addWidget(name)
        row.addWidget(self._state)
        row.addWidget(cross)

    def show_looking(self) -> None:
        """Say that it takes a moment to look at the file."""
        self._say(self.tr("being looked at …"))

    def show_size(self, octets: int) -> None:
        """Show how large the file was found to be."""
        self.attachment = replace(self.attachment, size=octets)
        self._say(size(octets))

    def show_as_kept(self) -> None:
        """Show a file of a saved draft, which may have been closed before anybody could look at the file."""
        self._say(size(self.attachment.size) if self.attachment.size else "")

    def _say(self, state: str) -> None:
        self._state.setText(state)
        self._state.setVisible(bool(state))
        self.setAccessibleName(", ".join(filter(None, (self.attachment.name, state))))
        self.show()
