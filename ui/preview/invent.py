"""Somebody who is in no export: an address, a unit and groups."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QListView, QVBoxLayout, QWidget

from app.errors import ExpectedError
from app.policy.directory import Directory
from app.preview.person import invented_user
from ui.accounts.page import clear_when_typed, show_field_problem
from ui.preview.matches import TickModel, groups_of
from ui.widgets import Button, Field, Heading, PrimaryButton, QuietLabel, SearchField, fit_to_screen
from ui.wording.facts import harmless

__all__ = ["InventDialog"]


class InventDialog(QDialog):
    """Asks for a person the directory need not have."""

    invented = Signal(object)
    """A `User`."""

    def __init__(self, directory: Directory, unit: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._directory = directory
        self.setObjectName("inventDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Invent a person"))
        self.address = Field(self.tr("&Email address"), name="inventAddress")
        domain = directory.organisation.domains[0]
        self.address.line.setPlaceholderText(f"name@{domain}")
        clear_when_typed([self.address])
        self.units = QComboBox()
        self.units.setMaxVisibleItems(16)
        for each in sorted(directory.units.values(), key=lambda each: each.path.casefold()):
            self.units.addItem(harmless(each.path), each.id)
        self.units.setCurrentIndex(max(0, self.units.findData(unit)))
        self.group_model = TickModel(groups_of(directory))
        self.group_search = SearchField(self.tr("Search groups"), self, name="inventGroupSearch")
        self.group_search.textChanged.connect(self.group_model.narrow)
        self.groups = QListView()
        self.groups.setObjectName("inventGroups")
        self.groups.setAccessibleName(self.tr("Groups"))
        self.groups.setUniformItemSizes(True)
        self.groups.setSpacing(1)
        self.groups.setModel(self.group_model)
        self._lay_out()
        self.address.setFocus()

    def _lay_out(self) -> None:
        cancel = Button(self.tr("Cancel"), name="cancelButton")
        cancel.clicked.connect(self.reject)
        self.show_button = PrimaryButton(self.tr("&Show the preview"), name="showInvented")
        self.show_button.clicked.connect(self._take)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.show_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addWidget(Heading(self.tr("Invent a person")))
        hint = self.tr("To see what somebody in this unit and these groups would get. The person is kept nowhere.")
        column.addWidget(QuietLabel(hint))
        column.addWidget(self.address)
        column.addWidget(Field(self.tr("Organisational &unit"), self.units, name="inventUnit"))
        groups = QVBoxLayout()
        groups.setSpacing(8)
        groups.addWidget(Field(self.tr("&Groups"), self.group_search, name="inventGroupSearch"))
        groups.addWidget(self.groups, 1)
        column.addLayout(groups, 1)
        column.addLayout(buttons)
        fit_to_screen(self, 520, 560)

    def _take(self) -> None:
        unit, groups = str(self.units.currentData() or ""), self.group_model.ticked()
        try:
            user = invented_user(self._directory, self.address.text(), unit, groups)
        except ExpectedError as error:
            show_field_problem(self.address, error.problem)
            self.address.setFocus()
            return
        self.invented.emit(user)
        self.accept()
