"""The files that go with a message, as chips with their size."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.errors import ExpectedError, Problem
from app.message.draft import Attachment
from ui.language import size
from ui.widgets import ElidedLabel, QuietLabel, icon_button
from ui.widgets.flow import FlowLayout
from ui.widgets.labels import IconLabel

__all__ = ["AttachmentBar"]

_LARGE = 25_000_000
"""Octets from which on many servers refuse a message (Gmail's own limit)."""


class AttachmentBar(QFrame):
    """Hidden while there are no files."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("attachmentBar")
        self.setProperty("bar", True)
        self._chips: dict[Attachment, QWidget] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(6)
        inside = QWidget()
        self._flow = FlowLayout(inside)
        column.addWidget(inside)
        self._hint = QuietLabel("")
        self._hint.setObjectName("sizeHint")
        column.addWidget(self._hint)
        self.hide()

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files, in order."""
        return tuple(self._chips)

    def show_all(self, attachments: Iterable[Attachment]) -> None:
        """Show files that were attached earlier, whether they are still there or not."""
        for each in attachments:
            self._show_chip(each)
        self._refresh()

    def add_files(self, paths: Iterable[str]) -> list[Problem]:
        """Attach files; return what is wrong with those that could not be."""
        from app.message.attachments import check_attachment

        problems: list[Problem] = []
        present = {each.path for each in self._chips}
        for path in paths:
            found = Attachment(path, Path(path).name or path, 0)
            try:
                octets = check_attachment(found)
            except ExpectedError as error:
                problems.append(error.problem)
                continue
            if path not in present:
                present.add(path)
                self._show_chip(Attachment(path, found.name, octets))
        self._refresh()
        self.changed.emit()
        return problems

    def _show_chip(self, attachment: Attachment) -> None:
        chip = QFrame()
        chip.setProperty("card", "true")
        chip.setAccessibleName(f"{attachment.name}, {size(attachment.size)}")
        name = ElidedLabel(attachment.name)
        name.setMaximumWidth(280)
        row = QHBoxLayout(chip)
        row.setContentsMargins(8, 2, 4, 2)
        row.setSpacing(8)
        row.addWidget(IconLabel("paperclip", "quiet", side=14))
        row.addWidget(name)
        row.addWidget(QuietLabel(size(attachment.size), wrap=False))
        cross = icon_button("x", self.tr("Remove {name}").format(name=attachment.name), chip, name="removeAttachment")
        cross.clicked.connect(lambda: self._remove(attachment))
        row.addWidget(cross)
        self._flow.addWidget(chip)
        self._chips[attachment] = chip

    def _remove(self, attachment: Attachment) -> None:
        chip = self._chips.pop(attachment)
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        total = sum(each.size for each in self._chips)
        self._hint.setText(
            self.tr("{size} together. Many mail servers refuse messages of more than 25 MB.").format(size=size(total))
        )
        self._hint.setVisible(total > _LARGE)
        self.setVisible(bool(self._chips))
