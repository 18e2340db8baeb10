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
        self._card = Card()
        self._rows = QWidget()
        self._card.body.addWidget(self._rows)
        self._head = QVBoxLayout()
        self._head.setSpacing(8)
        self._head.addWidget(Heading(title))
        if sentence:
            self._head.addWidget(PlainLabel(sentence))
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addLayout(self._head)
        column.addWidget(scrolled(self._card), 1)
        column.addWidget(self._buttons)
        self.show_rows(rows)
        self._card.body.addStretch(1)
        self.fit()

    def show_rows(self, rows: Sequence[tuple[str, str, str]]) -> None:
        """Show these rows instead of those that are there."""
        old, self._rows = self._rows, QWidget()
        grid = QGridLayout(self._rows)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(1, 1)
        for index, (mark, text, detail) in enumerate(rows):
            self._add_row(grid, index, mark, text, detail)
        self._card.body.replaceWidget(old, self._rows)
        old.hide()
        old.deleteLater()

    def add_part(self, part: QWidget) -> None:
        """Show something below the rows."""
        self._card.body.insertWidget(self._card.body.count() - 1, part)
        self.fit()

    def fit(self) -> None:
        """Be as high as the content, where the screen is."""
        heights = (
            self._head.heightForWidth(_WIDTH),
            self._card.heightForWidth(_WIDTH),
            self._buttons.sizeHint().height(),
        )
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
