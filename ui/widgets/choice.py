"""A choice as a card: a radio button, what it means, and why it cannot be taken if so."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from ui.widgets.labels import Heading, QuietLabel, restyle
from ui.widgets.surfaces import Card, Line

__all__ = ["ChoiceCard"]


class ChoiceCard(Card):
    """A card that can be chosen as a whole; put more into `content`, the reason why not into `reason_box`.

    The cards of one choice put their `radio` into one QButtonGroup.
    """

    chosen = Signal()

    def __init__(self, title: str, text: str = "", parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(parent, margin=20)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.radio = QRadioButton(self)
        self.radio.setObjectName(name)
        self.radio.setAccessibleName(title)
        self.radio.setAccessibleDescription(text)
        self.radio.toggled.connect(self._toggled)
        # A label of its own, because a radio button's text does not wrap and domains are long.
        self._title = Heading(title, level=3)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.radio, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._title, 1)
        self.body.addLayout(row)
        self._text = QuietLabel(text)
        self._text.setVisible(bool(text))
        self.body.addWidget(self._text)
        self.content = QVBoxLayout()
        self.content.setSpacing(8)
        self.body.addLayout(self.content)
        self._line = Line()
        self._line.hide()
        self.body.addWidget(self._line)
        self.reason_box = QVBoxLayout()
        self.reason_box.setSpacing(6)
        self.body.addLayout(self.reason_box)
        self.body.addStretch(1)

    def set_available(self, available: bool) -> None:
        """Let the card be chosen, or keep it visible with its reason only."""
        self.radio.setEnabled(available)
        self.setCursor(Qt.CursorShape.PointingHandCursor if available else Qt.CursorShape.ArrowCursor)
        restyle(self._title, "quiet", not available)
        self._line.setVisible(not available)
        if not available and self.radio.isChecked():
            self._uncheck()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.radio.isEnabled():
            self.radio.setChecked(True)
            self.radio.setFocus()
        super().mousePressEvent(event)

    def _uncheck(self) -> None:
        # An exclusive button does not let itself be unchecked.
        group = cast("QButtonGroup | None", self.radio.group())
        if group is not None:
            group.setExclusive(False)
            self.radio.setChecked(False)
            group.setExclusive(True)
        else:
            self.radio.setAutoExclusive(False)
            self.radio.setChecked(False)
            self.radio.setAutoExclusive(True)

    def _toggled(self, checked: bool) -> None:
        self.set_selected(checked)
        if checked:
            self.chosen.emit()
