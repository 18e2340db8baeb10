"""One draft, as far as it is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.errors import Problem
from app.storage.drafts import SavedDraft
from ui.language import moment
from ui.mailbox.entries import names_of, subject_of
from ui.mailbox.message_page import facts_grid
from ui.messages import explain, harmless
from ui.texts import translate
from ui.widgets import Button, Heading, Line, Notice, PlainLabel
from ui.widgets.flow import FlowLayout

__all__ = ["DraftPage"]

_SHOWN = 4000
"""Characters of a draft that are shown; the rest is seen in the composer."""


class DraftPage(QWidget):
    """A look at a draft, with what stands against sending it, and the ways to go on writing and to discard it."""

    def __init__(
        self,
        saved: SavedDraft,
        problem: Problem | None,
        now: datetime,
        edit: Callable[[], object],
        delete: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("draftPage")
        self.saved = saved
        draft = saved.draft
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 24)
        column.setSpacing(16)
        column.addWidget(Heading(subject_of(saved)))
        rows = [
            (translate("mailbox", "From"), draft.sender.display),
            (translate("mailbox", "To"), names_of(saved)),
            (translate("mailbox", "Saved"), moment(saved.saved_at, now)),
        ]
        if draft.attachments:
            names = ", ".join(attachment.name for attachment in draft.attachments)
            rows.append((translate("mailbox", "Attached"), harmless(names)))
        column.addLayout(facts_grid(rows, dot=str(draft.sender)))
        if problem is not None:
            words = explain(problem)
            notice = Notice(name="draftNotice")
            notice.show_text("warn", words.sentence, words.next_step)
            column.addWidget(notice)
        buttons = FlowLayout(spacing=8)
        go_on = Button(translate("mailbox", "&Edit draft"), name="editDraftButton")
        go_on.clicked.connect(lambda: edit())
        discard = Button(translate("mailbox", "&Delete"), name="deleteButton")
        discard.clicked.connect(lambda: delete())
        buttons.addWidget(go_on)
        buttons.addWidget(discard)
        column.addLayout(buttons)
        column.addWidget(Line())
        text = PlainLabel(draft.text[:_SHOWN])
        text.setObjectName("draftText")
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(text)
        column.addStretch(1)
