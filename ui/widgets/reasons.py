"""A window that explains: "Why?" for a route or a policy, "What recipients see" for a message."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QVBoxLayout, QWidget

from ui.texts import translate
from ui.widgets.labels import Heading, IconLabel, PlainLabel, QuietLabel
from ui.widgets.surfaces import Card, fit_to_screen, scrolled

__all__ = ["ReasonsDialog"]

_WIDTH = 512
_MARKS = {"yes": ("circle-check", "good"), "no": ("circle-alert", "bad"), "note": ("info", "quiet"), "": ("", "")}


class ReasonsDialog(QDialog):
    """A heading, a sentence, and rows of (mark, title, detail); `mark` is yes, no, note or empty."""

    def __init__(
        self, title: str, sentence: str, rows: Sequence[tuple[str, str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setObjectName("reasonsDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        card = Card()
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(1, 1)
        for index, (mark, text, detail) in enumerate(rows):
            self._add_row(grid, index, mark, text, detail)
        card.body.addLayout(grid)
        card.body.addStretch(1)
        head = QVBoxLayout()
        head.setSpacing(8)
        head.addWidget(Heading(title))
        if sentence:
            head.addWidget(PlainLabel(sentence))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(scrolled(card), 1)
        column.addWidget(buttons)
        heights = head.heightForWidth(_WIDTH), card.heightForWidth(_WIDTH), buttons.sizeHint().height()
        fit_to_screen(self, _WIDTH + 48, sum(heights) + 40 + 2 * 16)

    def _add_row(self, grid: QGridLayout, index: int, mark: str, text: str, detail: str) -> None:
        name, colour = _MARKS[mark]
        if name:
            grid.addWidget(IconLabel(name, colour, word=_word(mark)), index, 0, Qt.AlignmentFlag.AlignTop)
        cell = QVBoxLayout()
        cell.setSpacing(2)
        title = PlainLabel(text)
        title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        cell.addWidget(title)
        if detail:
            line = QuietLabel(detail)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            cell.addWidget(line)
        grid.addLayout(cell, index, 1)


def _word(mark: str) -> str:
    return {"yes": translate("widgets", "holds"), "no": translate("widgets", "does not hold")}.get(mark, "")
