"""One message: how it stands, why, what can be done about it, and what happened so far."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.delivery.queued import QueuedMessage, State
from app.delivery.refusals import refusals_in
from app.recipient_view import RecipientView
from ui import tasks
from ui.mailbox.case import Case
from ui.mailbox.entries import kind_of, subject_of
from ui.mailbox.journal_view import JournalView
from ui.mailbox.steps import Step, has_choices, is_held_by_policy, steps_for
from ui.mailbox.words import consequence, facts, standing, step_label
from ui.messages import state_name
from ui.texts import translate
from ui.widgets import (
    Button,
    Card,
    Chip,
    ColourDot,
    Heading,
    Line,
    PasswordField,
    PlainLabel,
    QuietLabel,
)
from ui.widgets.flow import FlowLayout

__all__ = ["Act", "MessagePage", "facts_grid"]

_NAMES = {
    Step.RETRY: "retryButton",
    Step.NEW_TIME: "newTimeButton",
    Step.CHECK_POLICY: "waitButton",
    Step.THROUGH_ORGANISATION: "throughOrganisationButton",
    Step.TO_THE_OTHERS: "toTheOthersButton",
    Step.ARRIVED: "arrivedButton",
    Step.BACK_TO_DRAFTS: "backToDraftsButton",
    Step.STOP: "stopButton",
    Step.CANCEL: "cancelButton",
    Step.DELETE: "deleteButton",
}


_SHOWN_REFUSALS = 10


class Act(Protocol):
    """Does what was asked for with a message; tells the person itself if it cannot be."""

    def __call__(self, step: Step, message: QueuedMessage) -> Coroutine[Any, Any, None]: ...


class MessagePage(QWidget):
    """A page over a `Case`; `give_password` takes what was typed, `sign_in` has the person sign in."""

    def __init__(
        self,
        case: Case,
        now: datetime,
        act: Act,
        give_password: Callable[[Case, str], Coroutine[Any, Any, None]],
        sign_in: Callable[[Case], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("messagePage")
        self.case = case
        self._now = now
        self._act = act
        self._give_password = give_password
        self._sign_in = sign_in
        self.taken = ""
        """The button with which a step is being taken; disabled meanwhile, it has lost the keyboard."""
        message = case.message
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 24)
        column.setSpacing(16)
        subject = Heading(subject_of(message))
        subject.setObjectName("messageSubject")
        subject.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(subject)
        column.addLayout(facts_grid(facts(case, now), dot=str(message.sender)))
        if message.state is State.SENT:
            column.addLayout(self._state_line())
            column.addLayout(self._buttons(steps_for(message)))
        else:
            column.addWidget(self._state_card())
        if case.attempts:
            self.journal = JournalView(case.attempts, now)
            column.addWidget(self.journal)
        column.addStretch(1)

    def _state_line(self) -> QHBoxLayout:
        """Return the state of a message that needs nothing more."""
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._chip(), 0, Qt.AlignmentFlag.AlignTop)
        reason = QuietLabel(standing(self.case.message, self._now)[0])
        reason.setObjectName("stateReason")
        row.addWidget(reason, 1)
        return row

    def _chip(self) -> Chip:
        state = self.case.message.state
        chip = Chip(state_name(state), kind_of(state))
        chip.setObjectName("stateChip")
        return chip

    def _state_card(self) -> Card:
        message = self.case.message
        card = Card()
        card.body.addWidget(self._chip(), 0, Qt.AlignmentFlag.AlignLeading)
        sentence, next_step, said = standing(message, self._now)
        reason = PlainLabel(sentence)
        reason.setObjectName("stateReason")
        card.body.addWidget(reason)
        if next_step and not is_held_by_policy(message):
            card.body.addWidget(QuietLabel(next_step))
        refusals = refusals_in(message.problem)
        if len(refusals) > 1:
            said = "; ".join(f"{each.recipient.display}: {each.reply}" for each in refusals[:_SHOWN_REFUSALS])
        if said:
            # What is read from a certificate is no quotation.
            is_read = message.problem is not None and bool(message.problem.fact("expires_at"))
            quoted = translate("mailbox", "The server's own words: “{words}”").format(words=said)
            words = QuietLabel(said if is_read else quoted)
            words.setObjectName("serverSaid")
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            card.body.addWidget(words)
        if has_choices(message):
            self._add_choices(card)
        else:
            self._add_password(card)
            self._add_sign_in(card)
            card.body.addSpacing(4)
            card.body.addLayout(self._buttons(steps_for(message)))
        return card

    def _add_choices(self, card: Card) -> None:
        """Add what a person can choose for a message that waits for it, with what follows from each choice."""
        rest = []
        for step in steps_for(self.case.message):
            text = consequence(step, self.case)
            if not text:
                rest.append(step)
                continue
            title, detail = text
            card.body.addWidget(Line())
            card.body.addWidget(Heading(title, level=3))
            card.body.addWidget(QuietLabel(detail))
            row = QHBoxLayout()
            row.addWidget(self._button(step))
            row.addStretch(1)
            card.body.addLayout(row)
        if rest:
            card.body.addWidget(Line())
            card.body.addLayout(self._buttons(rest))

    def _add_password(self, card: Card) -> None:
        server = self.case.password_for
        if server is None:
            return
        label = translate("mailbox", "&Password for {user} at {host}").format(user=server.username, host=server.host)
        self.password = PasswordField(label, name="passwordField")
        save = Button(translate("mailbox", "Sa&ve and send"), name="savePasswordButton")
        save.setEnabled(False)
        if self.case.refused_again:
            again = translate(
                "mailbox", "This password was not accepted either. Mind capital letters and the keyboard."
            )
            self.password.set_error(again)
        self.password.line.textChanged.connect(lambda text: save.setEnabled(bool(text)))
        self.password.line.returnPressed.connect(save.click)
        tasks.on_click(save, self._send_password)
        card.body.addSpacing(4)
        card.body.addWidget(self.password)
        row = QHBoxLayout()
        row.addWidget(save)
        row.addStretch(1)
        card.body.addLayout(row)

    def _add_sign_in(self, card: Card) -> None:
        if self.case.sign_in_for is None:
            return
        button = Button(translate("mailbox", "Si&gn in again…"), name="signInAgainButton")
        button.clicked.connect(lambda: self._sign_in(self.case))
        row = QHBoxLayout()
        row.addWidget(button)
        row.addStretch(1)
        card.body.addSpacing(4)
        card.body.addLayout(row)

    async def _send_password(self) -> None:
        await self._give_password(self.case, self.password.text())

    def _buttons(self, steps: tuple[Step, ...] | list[Step]) -> FlowLayout:
        flow = FlowLayout(spacing=8)
        for step in steps:
            flow.addWidget(self._button(step))
        return flow

    def _button(self, step: Step) -> Button:
        button = Button(step_label(step, self.case.message, self.case.organisation), name=_NAMES[step])
        message = self.case.message
        if step is Step.THROUGH_ORGANISATION and not isinstance(self.case.instead, RecipientView):
            button.setEnabled(False)
        button.pressed.connect(lambda: self._note_press(button))
        tasks.on_click(button, lambda: self._take(step, message))
        return button

    def _note_press(self, button: Button) -> None:
        self.taken = button.objectName() if button.hasFocus() else ""

    async def _take(self, step: Step, message: QueuedMessage) -> None:
        try:
            await self._act(step, message)
        finally:
            self.taken = ""


def facts_grid(rows: list[tuple[str, str]], *, dot: str = "") -> QGridLayout:
    """Return labels and their texts in two columns; `dot` is the address whose colour stands in the first row."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    for index, (label, text) in enumerate(rows):
        grid.addWidget(QuietLabel(label, wrap=False), index, 0, Qt.AlignmentFlag.AlignTop)
        value = PlainLabel(text)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if dot and index == 0:
            cell = QHBoxLayout()
            cell.setSpacing(8)
            cell.addWidget(ColourDot(dot))
            cell.addWidget(value, 1)
            grid.addLayout(cell, index, 1)
        else:
            grid.addWidget(value, index, 1)
    return grid
