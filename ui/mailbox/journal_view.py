"""What happened at each attempt, folded until somebody wants to know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from app.delivery.journal import Attempt, Ending
from app.delivery.queued import State
from ui.icons import icon
from ui.language import moment
from ui.messages import explain, explain_step, harmless, state_name
from ui.texts import translate
from ui.widgets import Line, PlainLabel, QuietLabel

__all__ = ["JournalView"]

_STATES = {
    Ending.DELIVERED: State.SENT,
    Ending.REJECTED: State.FAILED,
    Ending.TRY_LATER: State.DEFERRED,
    Ending.UNCERTAIN: State.UNCERTAIN,
    Ending.HELD: State.HELD,
}
_LINES = 14
"""How many lines of a dialogue are seen without scrolling."""


class JournalView(QWidget):
    """The attempts at one message, the last one first."""

    def __init__(self, attempts: Sequence[Attempt], now: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fold = QToolButton()
        self._fold.setObjectName("journalButton")
        self._fold.setText(_title(len(attempts)))
        self._fold.setCheckable(True)
        self._fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._fold.toggled.connect(self._unfold)
        self._content = QWidget()
        self._content.setObjectName("journal")
        inner = QVBoxLayout(self._content)
        inner.setContentsMargins(8, 0, 0, 0)
        inner.setSpacing(6)
        for attempt in reversed(attempts):
            self._add(inner, attempt, now)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self._content)
        self._unfold(False)

    def is_unfolded(self) -> bool:
        """Whether the attempts are seen."""
        return self._fold.isChecked()

    def unfold(self) -> None:
        """Show the attempts."""
        self._fold.setChecked(True)

    def _unfold(self, unfolded: bool) -> None:
        self._fold.setIcon(icon("chevron-down" if unfolded else "chevron-right", "quiet"))
        self._content.setVisible(unfolded)

    def _add(self, column: QVBoxLayout, attempt: Attempt, now: datetime) -> None:
        if column.count():
            column.addWidget(Line())
        head = translate("mailbox", "{moment}: {state}").format(
            moment=moment(attempt.started_at, now), state=state_name(_STATES[attempt.verdict])
        )
        column.addWidget(PlainLabel(head))
        if attempt.port:
            facts = [f"{harmless(attempt.host)}:{attempt.port}", attempt.tls_version]
            column.addWidget(QuietLabel(" · ".join(filter(None, facts))))
        if attempt.problem is not None:
            column.addWidget(QuietLabel(explain(attempt.problem).sentence))
        for step in attempt.steps:
            column.addWidget(QuietLabel("• " + explain_step(step)))
        if attempt.dialogue:
            column.addWidget(QuietLabel(translate("mailbox", "What Absender (C) and the server (S) said:")))
            column.addWidget(_dialogue(attempt))


def _dialogue(attempt: Attempt) -> QPlainTextEdit:
    text = QPlainTextEdit()
    text.setObjectName("dialogue")
    text.setAccessibleName(translate("mailbox", "What Absender and the server said"))
    text.setReadOnly(True)
    text.setTabChangesFocus(True)
    text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    text.setPlainText("\n".join(f"{line.direction} {harmless(line.text)}" for line in attempt.dialogue))
    lines = min(len(attempt.dialogue), _LINES) + 1
    text.setFixedHeight(lines * text.fontMetrics().lineSpacing() + 24)
    return text


def _title(count: int) -> str:
    if count == 1:
        return translate("mailbox", "&Journal (1 attempt)")
    return translate("mailbox", "&Journal ({count} attempts)").format(count=count)
