"""The three lists of the mailbox and what a row of them shows, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.address import Mailbox
from app.delivery.outbox import QueuedMessage, State
from app.storage.drafts import SavedDraft
from ui.language import moment
from ui.messages import harmless, state_name
from ui.texts import translate

__all__ = ["OUTBOX_STATES", "Entry", "Folder", "folder_of", "kind_of", "names_of", "row_text", "subject_of", "when_of"]

Entry = SavedDraft | QueuedMessage
"""What a row stands for."""

OUTBOX_STATES = tuple(state for state in State if state is not State.SENT)
_KINDS = {
    State.FAILED: "bad",
    State.UNCERTAIN: "warn",
    State.HELD: "warn",
    State.DEFERRED: "warn",
    State.ATTEMPTING: "accent",
    State.DATA_END: "accent",
    State.SENT: "good",
}


class Folder(StrEnum):
    """A list of messages."""

    DRAFTS = "drafts"
    OUTBOX = "outbox"
    SENT = "sent"

    @property
    def states(self) -> tuple[State, ...]:
        """The states of the messages in it; none for the drafts."""
        return {Folder.DRAFTS: (), Folder.OUTBOX: OUTBOX_STATES, Folder.SENT: (State.SENT,)}[self]


@dataclass(frozen=True, slots=True)
class RowText:
    """The parts of a row, fit to be shown."""

    to: str
    subject: str
    when: str
    state: str
    """The state in a word; empty where the list says it already."""
    kind: str
    """The colour of the state, as for chips."""

    @property
    def line(self) -> str:
        """The row for screen readers."""
        return " · ".join(part for part in (self.to, self.subject, self.state, self.when) if part)


def folder_of(entry: Entry) -> Folder:
    """Return the list an entry belongs to."""
    if isinstance(entry, SavedDraft):
        return Folder.DRAFTS
    return Folder.SENT if entry.state is State.SENT else Folder.OUTBOX


def kind_of(state: State) -> str:
    """Return the colour of a state, as for chips."""
    return _KINDS.get(state, "quiet")


def when_of(entry: Entry) -> datetime:
    """Return the moment that matters in a row: saved, sent, or changed last."""
    return entry.saved_at if isinstance(entry, SavedDraft) else entry.changed_at


def names_of(entry: Entry) -> str:
    """Return whom a message goes to, in one line."""
    if isinstance(entry, SavedDraft):
        names = [_name(mailbox) for mailbox in entry.draft.recipients]
        names += [text for _, text in entry.draft.unfinished]
    else:
        names = [address.display for address in entry.recipients]
    return harmless(", ".join(names)) or translate("mailbox", "no recipient yet")


def subject_of(entry: Entry) -> str:
    """Return the subject in one line."""
    subject = entry.draft.subject if isinstance(entry, SavedDraft) else entry.subject
    return harmless(subject) or translate("mailbox", "(no subject)")


def row_text(entry: Entry, now: datetime) -> RowText:
    """Return what a row shows."""
    state, kind = "", "quiet"
    if isinstance(entry, QueuedMessage) and entry.state is not State.SENT:
        state, kind = state_name(entry.state), kind_of(entry.state)
    return RowText(names_of(entry), subject_of(entry), moment(when_of(entry), now), state, kind)


def _name(mailbox: Mailbox) -> str:
    return mailbox.name or mailbox.address.display
