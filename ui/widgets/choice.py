"""A choice as a card: a radio button, what it means, and why it cannot be taken if so."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from ui.widgets.labels import QuietLabel
from ui.widgets.surfaces import Card, Line

__all__ = ["ChoiceCard"]


class ChoiceCard(Card):
    """A card that can be chosen as a whole; put more content into `body`, a reason into `reason_box`."""

    chosen = Signal()

    def __init__(self, title: str, text: str = "", parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(parent, margin=20)
        self.radio = QRadioButton(title, self)
        self.radio.setObjectName(name)
        self.radio.setAccessibleDescription(text)
        font = self.radio.font()
        font.setBold(True)
        self.radio.setFont(font)
        self.radio.toggled.connect(self._toggled)
        row = QHBoxLayout()
        row.addWidget(self.radio, 1)
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
        self._line.setVisible(not available)
        if not available and self.radio.isChecked():
            self.radio.setAutoExclusive(False)
            self.radio.setChecked(False)
            self.radio.setAutoExclusive(True)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.radio.isEnabled():
            self.radio.setChecked(True)
            self.radio.setFocus()
        super().mousePressEvent(event)

    def _toggled(self, checked: bool) -> None:
        self.set_selected(checked)
        if checked:
            self.chosen.emit()
