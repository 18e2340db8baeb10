"""A list of steps that are worked through while one looks on."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ui.texts import translate
from ui.widgets.labels import IconLabel, PlainLabel, QuietLabel, announce, restyle

__all__ = ["StepList", "StepState"]


class StepState(StrEnum):
    """Where a step stands."""

    PENDING = "pending"
    RUNNING = "running"
    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


_ICONS = {
    StepState.PENDING: ("clock", "disabled"),
    StepState.RUNNING: ("refresh-cw", "accent"),
    StepState.OK: ("circle-check", "good"),
    StepState.FAILED: ("circle-alert", "bad"),
    StepState.SKIPPED: ("clock", "disabled"),
}


class StepList(QWidget):
    """Steps by key, each with its state as an icon, in a word, and a line of detail."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(2, 1)
        self._rows: dict[str, tuple[IconLabel, PlainLabel, QuietLabel]] = {}
        self._states: dict[str, StepState] = {}

    def add(self, key: str, text: str) -> None:
        """Add a step that waits."""
        row = len(self._rows)
        mark, title, detail = IconLabel(side=16), PlainLabel(text, wrap=False), QuietLabel()
        for column, part in enumerate((mark, title, detail)):
            self._grid.addWidget(part, row, column, Qt.AlignmentFlag.AlignTop if column < 2 else Qt.AlignmentFlag(0))
        self._rows[key] = (mark, title, detail)
        self.set_state(key, StepState.PENDING)

    def set_state(self, key: str, state: StepState, detail: str = "") -> None:
        """Show where a step stands; without a detail the state's word stands in its place."""
        mark, title, line = self._rows[key]
        word = _word(state)
        self._states[key] = state
        mark.set_icon(*_ICONS[state], word=word)
        line.setText(detail or word)
        restyle(line, "bad", state is StepState.FAILED)
        restyle(title, "quiet", state in {StepState.PENDING, StepState.SKIPPED})
        title.setAccessibleDescription(f"{word} {detail}".strip())
        if state is StepState.FAILED:
            announce(self, f"{title.text()}: {word}. {detail}".strip())

    def state(self, key: str) -> StepState:
        """Return where a step stands."""
        return self._states[key]

    def end(self) -> None:
        """Say of every step that still waits that it was not tried."""
        for key, state in list(self._states.items()):
            if state is StepState.PENDING:
                self.set_state(key, StepState.SKIPPED)

    def reset(self) -> None:
        """Let every step wait again."""
        for key in self._rows:
            self.set_state(key, StepState.PENDING)


def _word(state: StepState) -> str:
    words = {
        StepState.PENDING: translate("widgets", "waiting"),
        StepState.RUNNING: translate("widgets", "under way"),
        StepState.OK: translate("widgets", "done"),
        StepState.FAILED: translate("widgets", "failed"),
        StepState.SKIPPED: translate("widgets", "not tried"),
    }
    return words[state]
