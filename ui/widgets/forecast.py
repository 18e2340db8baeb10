"""What SPF, DKIM and DMARC will probably say: three quiet lines that fill themselves once DNS has answered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from ui import tasks
from ui.widgets.labels import IconLabel, PlainLabel, QuietLabel, plain_tool_tip

if TYPE_CHECKING:
    from app.forecast.lookup import Lookup
    from app.recipient_view import RecipientView
    from ui.wording.forecast import ForecastLine

__all__ = ["ForecastLines"]

_MARKS = {
    "yes": ("circle-check", "good"),
    "no": ("circle-alert", "bad"),
    "note": ("info", "quiet"),
    "unknown": ("circle-help", "quiet"),
    "": ("clock", "quiet"),
}


class ForecastLines(QWidget):
    """Each check with its sign, its word and a sentence; where it is `brief`, only what comes of it all has one.

    The other sentences are in the tool tips then.
    """

    changed = Signal()
    """The lines were filled, and may need another height."""

    def __init__(self, parent: QWidget | None = None, *, brief: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("forecastLines")
        self._brief = brief
        running = self._running = set[asyncio.Task[None]]()
        # Whoever closes the window, or the program, does not wait for DNS.
        self.destroyed.connect(lambda: _cancel(running))
        self._rows: list[tuple[IconLabel, PlainLabel, QuietLabel]] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8 if brief else 12)
        grid.setVerticalSpacing(6 if brief else 12)
        grid.setColumnStretch(1, 1)
        for index in range(3):
            sign, title, sentence = IconLabel(side=16 if brief else 18), PlainLabel(), QuietLabel()
            for label in (title, sentence):
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            cell = QVBoxLayout()
            cell.setSpacing(2)
            cell.addWidget(title)
            cell.addWidget(sentence)
            grid.addWidget(sign, index, 0, Qt.AlignmentFlag.AlignTop)
            grid.addLayout(cell, index, 1)
            self._rows.append((sign, title, sentence))

    def look_up(self, view: RecipientView, host: str, lookup: Lookup) -> None:
        """Fill the lines for a route through `host`; what was looked up for another one is dropped."""
        from ui.wording.forecast import CHECKS, looking_line

        _cancel(self._running)
        self._show([looking_line(check) for check in CHECKS])
        self._running.add(tasks.start(self._fill(view, host, lookup), name="forecast"))

    async def _fill(self, view: RecipientView, host: str, lookup: Lookup) -> None:
        from app.forecast.lookup import look_up_forecast
        from ui.wording.forecast import forecast_lines

        forecast = await look_up_forecast(view, host, lookup)
        if isValid(self):
            self._show(forecast_lines(forecast))
            self.changed.emit()

    def _show(self, lines: Sequence[ForecastLine]) -> None:
        for (sign, title, sentence), line in zip(self._rows, lines, strict=True):
            sign.set_icon(*_MARKS[line.mark])
            title.setText(f"{line.check}: {line.word}")
            title.setObjectName(f"forecast{line.check}")
            title.setAccessibleDescription(line.sentence)
            in_tool_tip = self._brief and line is not lines[-1]
            title.setToolTip(plain_tool_tip(line.sentence) if in_tool_tip else "")
            sentence.setText(line.sentence)
            sentence.setVisible(bool(line.sentence) and not in_tool_tip)


def _cancel(running: set[asyncio.Task[None]]) -> None:
    while running:
        running.pop().cancel()
