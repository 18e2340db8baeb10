"""One way to send as a card: what it means, what recipients see, and why it is not open, if it is not."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.recipient_view import RecipientView
from app.setup.enrolment import Offer
from ui.messages import explain, on_behalf_line, via_line
from ui.widgets import ChoiceCard, Heading, Line, LinkButton, PlainLabel, QuietLabel
from ui.widgets.forecast import ForecastLines

__all__ = ["OfferCard", "in_rows"]


class OfferCard(ChoiceCard):
    """A way to send, chosen as a whole; a closed one keeps its place and says why."""

    def __init__(self, title: str, text: str, offer: Offer, parent: QWidget | None = None, *, name: str) -> None:
        super().__init__(title, text, parent, name=name)
        self.setMinimumWidth(272)
        self.content.addWidget(Line())
        self.content.addWidget(QuietLabel(self.tr("What recipients see")))
        self.content.addWidget(Heading(on_behalf_line(offer.view), level=3))
        self.content.addLayout(self._envelope(offer.view))
        self.forecast = ForecastLines(brief=True)
        self.content.addWidget(self.forecast)
        self.reason = PlainLabel()
        self.reason.setObjectName(f"{name}Reason")
        self.reason.setProperty("bad", True)
        self.reason_detail = QuietLabel()
        self.reason_box.addWidget(self.reason)
        self.reason_box.addWidget(self.reason_detail)
        self.set_available(offer.is_open)
        self.reason.setVisible(offer.problem is not None)
        self.reason_detail.hide()
        if offer.problem is not None:
            self.reason.setText(explain(offer.problem).sentence)
            self.radio.setAccessibleDescription(self.reason.text())

    def add_reason(self, detail: str, links: list[LinkButton]) -> None:
        """Say who decided against it, and what can be done."""
        self.reason_detail.setText(detail)
        self.reason_detail.setVisible(bool(detail))
        self.reason_box.addLayout(in_rows(links))

    def _envelope(self, view: RecipientView) -> QGridLayout:
        rows = [
            (self.tr("Return-Path"), view.return_path.display),
            (self.tr("Sender"), view.sender.display if view.sender else self.tr("none")),
        ]
        if via_line(view):
            rows.append((self.tr("In Gmail"), via_line(view)))
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for index, (label, value) in enumerate(rows):
            grid.addWidget(QuietLabel(label, wrap=False), index, 0)
            grid.addWidget(PlainLabel(value), index, 1)
        return grid


def in_rows(links: list[LinkButton]) -> QVBoxLayout:
    """Return links two in a row: three do not fit into a card in every language."""
    column = QVBoxLayout()
    column.setSpacing(4)
    for start in range(0, len(links), 2):
        row = QHBoxLayout()
        row.setSpacing(16)
        # A link's own padding, so that its text stands below the text above.
        row.setContentsMargins(-4, 0, 0, 0)
        for link in links[start : start + 2]:
            row.addWidget(link)
        row.addStretch(1)
        column.addLayout(row)
    return column
