"""The From field: which send-as address a message is written from, each with its route."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.address import Address, Mailbox
from app.policy.evaluate import Policy
from app.profile import Profile
from ui.widgets import ColourDot, ElidedLabel
from ui.widgets.labels import IconLabel

if TYPE_CHECKING:
    from ui.composer.from_popup import FromPopup

__all__ = ["FromField", "name_of"]


class FromField(QPushButton):
    """Shows the chosen address; a press or Down opens the list of all."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, facts: Callable[[], tuple[Profile, Policy]]) -> None:
        super().__init__(parent)
        self.setObjectName("fromField")
        self.setAutoDefault(False)
        self._facts = facts
        self._popup: FromPopup | None = None
        self._address_shown = facts()[0].default.address
        self._dot = ColourDot("")
        self._name = QLabel()
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        font = self._name.font()
        font.setBold(True)
        self._name.setFont(font)
        self._address = ElidedLabel("", mode=Qt.TextElideMode.ElideMiddle)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 10, 0)
        row.setSpacing(8)
        for part in (self._dot, self._name, self._address, IconLabel("chevron-down", "quiet", side=16)):
            row.addWidget(part, 1 if part is self._address else 0)
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setMinimumHeight(34)
        self.clicked.connect(self.open_list)

    def show_address(self, address: Address) -> None:
        """Show `address` as the chosen one."""
        profile, _ = self._facts()
        name = name_of(address, profile)
        self._address_shown = address
        self._dot.set_seed(str(address))
        self._name.setText(name)
        self._name.setVisible(bool(name))
        self._address.set_text(f"<{address.display}>" if name else address.display)
        self.setAccessibleName(self.tr("From: {mailbox}").format(mailbox=Mailbox(address, name).display))

    def open_list(self) -> None:
        """Open the list of addresses below the field."""
        from ui.composer.from_popup import FromPopup

        profile, policy = self._facts()
        self._popup = FromPopup(self, profile, policy)
        self._popup.picked.connect(self.chosen)
        self._popup.select(self._address_shown)
        self._popup.open_below(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_F4, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.open_list()
        else:
            super().keyPressEvent(event)


def name_of(address: Address, profile: Profile) -> str:
    """Return the name an address writes under; empty for one that is not in the profile."""
    entry = profile.find(address)
    return profile.name_for(entry) if entry is not None else ""
