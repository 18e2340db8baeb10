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

    def show_effects(self, found: Effects) -> None:
        """Show what differs between now and afterwards."""
        self.headline.setText(person_headline(found))
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for effect in sorted(found.addresses, key=lambda each: not each.changes):
            column.addWidget(_card(effect))
        old, self._cards = self._cards, holder
        self._column.replaceWidget(old, holder)
        old.setParent(None)
        old.deleteLater()
        holder.show()


def _card(effect: AddressEffect) -> Card:
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
    card.body.addLayout(_table(_rows(effect)))
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


def _table(rows: Sequence[tuple[str, str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(8)
    for column, share in enumerate((2, 5, 5)):
        grid.setColumnStretch(column, share)
    for number, title in ((1, translate("preview", "Now")), (2, translate("preview", "After"))):
        grid.addWidget(QuietLabel(title), 0, number)
    for number, (title, before, after) in enumerate(rows, start=1):
        grid.addWidget(QuietLabel(title), number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(PlainLabel(before), number, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(PlainLabel(after), number, 2, Qt.AlignmentFlag.AlignTop)
    return grid
