"""A list of steps that are worked through while one looks on."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ui.icons import pixmap
from ui.texts import translate
from ui.theme import on_theme_change
from ui.widgets.labels import PlainLabel, QuietLabel

__all__ = ["StepList", "StepState"]


class StepState(StrEnum):
    """Where a step stands."""

    PENDING = "pending"
    RUNNING = "running"
    OK = "ok"
    FAILED = "failed"


_ICONS = {
    StepState.PENDING: ("clock", "disabled"),
    StepState.RUNNING: ("refresh-cw", "accent"),
    StepState.OK: ("circle-check", "good"),
    StepState.FAILED: ("circle-alert", "bad"),
}


class StepList(QWidget):
    """Steps by key, each with its state in a word and a line of detail."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._rows: dict[str, tuple[QLabel, PlainLabel, QuietLabel]] = {}
        self._states: dict[str, StepState] = {}
        on_theme_change(self, self._tint)

    def add(self, key: str, text: str) -> None:
        """Add a step that waits."""
        row = len(self._rows)
        mark, title, detail = QLabel(), PlainLabel(text), QuietLabel()
        mark.setFixedWidth(20)
        self._grid.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(title, row, 1)
        self._grid.addWidget(detail, row, 2)
        self._grid.setColumnStretch(2, 2)
        self._rows[key] = (mark, title, detail)
        self.set_state(key, StepState.PENDING)

    def set_state(self, key: str, state: StepState, detail: str = "") -> None:
        """Show where a step stands."""
        self._states[key] = state
        _, title, line = self._rows[key]
        line.setText(detail)
        title.setAccessibleDescription(f"{_word(state)} {detail}".strip())
        self._tint()

    def state(self, key: str) -> StepState:
        """Return where a step stands."""
        return self._states[key]

    def reset(self) -> None:
        """Let every step wait again."""
        for key in self._rows:
            self.set_state(key, StepState.PENDING)

    def _tint(self) -> None:
        for key, (mark, _title, _detail) in self._rows.items():
            name, colour = _ICONS[self._states.get(key, StepState.PENDING)]
            mark.setPixmap(pixmap(name, colour, side=16, ratio=self.devicePixelRatioF()))
            mark.setAccessibleName(_word(self._states.get(key, StepState.PENDING)))


def _word(state: StepState) -> str:
    words = {
        StepState.PENDING: translate("widgets", "waiting"),
        StepState.RUNNING: translate("widgets", "under way"),
        StepState.OK: translate("widgets", "done"),
        StepState.FAILED: translate("widgets", "failed"),
    }
    return words[state]
