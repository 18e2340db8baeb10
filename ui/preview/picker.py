"""Whom the preview shows: a field that opens the list of all people, searched by typing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.policy.directory import OrgUnit, User
from ui.preview.matches import PeopleModel
from ui.preview.popup import MatchPopup
from ui.widgets import ColourDot, ElidedLabel
from ui.widgets.labels import IconLabel
from ui.wording.preview import people_line

__all__ = ["PersonField"]


class PersonField(QPushButton):
    """Shows the chosen person; a press or Down opens the list."""

    chosen = Signal(object)
    """A `User`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("personField")
        self.setAutoDefault(False)
        self._model: PeopleModel | None = None
        self._popup: MatchPopup | None = None
        self._dot = ColourDot("")
        self._address = ElidedLabel("", mode=Qt.TextElideMode.ElideMiddle)
        self._unit = ElidedLabel("", mode=Qt.TextElideMode.ElideMiddle, quiet=True)
        self._unit.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 10, 0)
        row.setSpacing(8)
        for part, stretch in (
            (self._dot, 0),
            (self._address, 3),
            (self._unit, 2),
            (IconLabel("chevron-down", "quiet", side=16), 0),
        ):
            row.addWidget(part, stretch)
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setMinimumHeight(34)
        self.setMinimumWidth(200)
        self.clicked.connect(self.open_list)

    def sizeHint(self) -> QSize:
        return QSize(200, 34)

    def take(self, users: Sequence[User], units: Mapping[str, OrgUnit]) -> None:
        """Offer these people."""
        self._model = PeopleModel(users, units)

    def show_user(self, user: User, unit: str) -> None:
        """Show who is chosen, and the path of their unit."""
        self._dot.set_seed(user.email)
        self._address.set_text(user.email)
        self._unit.set_text(unit)
        self.setAccessibleName(self.tr("Preview as {address}").format(address=user.email))

    def open_list(self) -> None:
        """Open the list below the field."""
        if self._model is None:
            return
        self._model.narrow("")
        self._popup = MatchPopup(self, self._model, self.tr("Search people and units"), people_line)
        self._popup.picked.connect(self.chosen)
        self._popup.open_below(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_F4, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.open_list()
        else:
            super().keyPressEvent(event)
