"""What people see when the program cannot start or go on: what happened, the next step, and a way out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QVBoxLayout, QWidget

from app.errors import Problem
from app.storage.folder import DataFolder
from ui.messages import explain
from ui.support.dialog import support_button
from ui.widgets import Button, Heading, PlainLabel, PrimaryButton, QuietLabel

__all__ = ["DamageDialog", "FailureDialog"]


class FailureDialog(QDialog):
    """A problem that leaves nothing to open."""

    def __init__(self, problem: Problem, folder: DataFolder, parent: QWidget | None = None) -> None:
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
        row = QHBoxLayout()
        row.addWidget(support_button(folder, self))
        row.addStretch(1)
        row.addWidget(buttons)
        column.addLayout(row)
        buttons.button(QDialogButtonBox.StandardButton.Close).setFocus()
        self.setMinimumWidth(480)


class DamageDialog(QDialog):
    """Damage was met while the program runs; accepted when the person wants to see what can be read."""

    def __init__(self, problem: Problem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("damageDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Part of your mail is damaged"))
        later = Button(self.tr("&Later"), name="laterButton")
        later.clicked.connect(self.reject)
        show = PrimaryButton(self.tr("&Show what can be read …"), name="showReadable")
        show.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addStretch(1)
        buttons.addWidget(later)
        buttons.addWidget(show)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(Heading(self.tr("Part of your mail is damaged")))
        column.addWidget(PlainLabel(explain(problem).sentence))
        column.addWidget(
            PlainLabel(self.tr("Save what can be read soon. For that the windows close; drafts are kept."))
        )
        column.addWidget(QuietLabel(self.tr("Until then messages may be missing, or sending may stop.")))
        column.addStretch(1)
        column.addLayout(buttons)
        self.setMinimumWidth(520)
