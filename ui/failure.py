"""What people see when the program cannot start: one sentence, the next step, and a way out."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from app.errors import Problem
from ui.messages import explain
from ui.widgets import Heading, PlainLabel, QuietLabel

__all__ = ["FailureDialog"]


class FailureDialog(QDialog):
    """A problem that leaves nothing to open."""

    def __init__(self, problem: Problem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("failureDialog")
        self.setWindowTitle(self.tr("Absender cannot start"))
        explained = explain(problem)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(Heading(self.tr("Absender cannot start")))
        column.addWidget(PlainLabel(explained.sentence))
        if explained.next_step:
            column.addWidget(PlainLabel(explained.next_step))
        column.addWidget(QuietLabel(self.tr("Your messages and settings were not changed.")))
        column.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.setMinimumWidth(480)
