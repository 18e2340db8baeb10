"""What a change does to one person: to each address, to drafts, and to what waits in the Outbox."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.preview.effects import AddressEffect, Effects, QueuedFate, ScheduledFate
from app.recipient_view import RecipientView
from app.routing import Refusal, Route
from ui.messages import on_behalf_line, refusal_line
from ui.texts import translate
from ui.widgets import Card, Chip, ColourDot, ElidedLabel, Heading, Line, PlainLabel, QuietLabel, scrolled
from ui.wording.changes import side_word
from ui.wording.facts import harmless
from ui.wording.preview import (
    choice_line,
    draft_line,
    person_headline,
    queued_line,
    scheduled_line,
    waiting_line,
    way_line,
)

__all__ = ["PersonPage"]


class PersonPage(QWidget):
    """A card for each address whose mail fares differently, and a line for the others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("personPage")
        self.headline = Heading()
        self.headline.setObjectName("personHeadline")
        self._cards = QWidget()
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(16, 16, 16, 16)
        self._column.setSpacing(12)
        self._column.addWidget(self.headline)
        self._column.addWidget(self._cards)
        self._column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside))

    def show_effects(self, found: Effects, *, are_exports: bool = False) -> None:
        """Show what differs between now and afterwards, or between two exports."""
        self.headline.setText(person_headline(found, are_exports=are_exports))
        side = side_word(are_exports=are_exports)
        self._show([_card(effect, side) for effect in sorted(found.addresses, key=lambda each: not each.changes)])

    def show_absent(self, email: str, file: str, *, is_new: bool) -> None:
        """Say that one of the exports does not have the person: the first one of somebody who is new."""
        line = self.tr("{address} is gone: not in {file}.")
        if is_new:
            line = self.tr("{address} is new: not in {file}.")
        self.headline.setText(line.format(address=harmless(email), file=harmless(file)))
        hint = self.tr("What the other export gives them is to be seen under “Accounts” and “New message”.")
        self._show([QuietLabel(hint)])

    def _show(self, parts: Sequence[QWidget]) -> None:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in parts:
            column.addWidget(part)
        old, self._cards = self._cards, holder
        self._column.replaceWidget(old, holder)
        old.setParent(None)
        old.deleteLater()
        holder.show()


def _card(effect: AddressEffect, side: str) -> Card:
    card = Card()
    card.setObjectName(f"effect-{effect.entry.id}")
    head = QHBoxLayout()
    head.setSpacing(8)
    head.addWidget(ColourDot(str(effect.entry.address)))
    name = ElidedLabel(effect.entry.address.display, mode=Qt.TextElideMode.ElideMiddle)
    font = name.font()
    font.setBold(True)
    name.setFont(font)
    head.addWidget(name)
    head.addWidget(_chip(effect))
    head.addStretch(1)
    card.body.addLayout(head)
    if not effect.changes:
        card.body.addWidget(QuietLabel(_way(effect.after)))
        return card
    card.body.addWidget(Line())
    card.body.addLayout(_table(_rows(effect), side))
    return card


def _chip(effect: AddressEffect) -> Chip:
    if not effect.changes:
        return Chip(translate("preview", "unchanged"), "quiet")
    if isinstance(effect.after, Refusal):
        return Chip(translate("preview", "not sent any more"), "bad")
    if isinstance(effect.before, Refusal):
        return Chip(translate("preview", "is sent again"), "good")
    return Chip(translate("preview", "another way"), "warn")


def _rows(effect: AddressEffect) -> list[tuple[str, str, str]]:
    rows = [
        (translate("preview", "Mail"), _way(effect.before), _way(effect.after)),
        (translate("preview", "Recipients see"), _seen(effect.view_before), _seen(effect.view_after)),
        (translate("preview", "A draft"), draft_line(effect.draft_before), draft_line(effect.draft_after)),
        (translate("preview", "In the Outbox"), waiting_line(effect.queued), queued_line(effect.queued)),
        (translate("preview", "Scheduled"), _scheduled_before(effect), scheduled_line(effect.scheduled)),
    ]
    if effect.choices:
        choices = "\n".join(f"• {choice_line(choice, effect.view_instead)}" for choice in effect.choices)
        rows.append((translate("preview", "Choices for held mail"), "", choices))
    return rows


def _scheduled_before(effect: AddressEffect) -> str:
    was_held = effect.queued in {QueuedFate.RELEASED, QueuedFate.STAYS_HELD}
    return scheduled_line(ScheduledFate.HELD if was_held else ScheduledFate.GOES)


def _way(route: Route | Refusal) -> str:
    line = way_line(route)
    return f"{line}: {refusal_line(route)}" if isinstance(route, Refusal) else line


def _seen(view: RecipientView | None) -> str:
    return on_behalf_line(view) if view is not None else "–"


def _table(rows: Sequence[tuple[str, str, str]], side: str) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(8)
    for column, share in enumerate((2, 5, 5)):
        grid.setColumnStretch(column, share)
    for number, title in ((1, side), (2, translate("preview", "After"))):
        grid.addWidget(QuietLabel(title), 0, number)
    for number, (title, before, after) in enumerate(rows, start=1):
        grid.addWidget(QuietLabel(title), number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(PlainLabel(before), number, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(PlainLabel(after), number, 2, Qt.AlignmentFlag.AlignTop)
    return grid
