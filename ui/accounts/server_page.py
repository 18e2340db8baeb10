"""The wizard's second page: whose servers send the mail, and what recipients will see of each choice."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.forecast.lookup import Lookup
from app.policy.evaluate import Policy
from app.setup.enrolment import Choice, ChooseServer, Forbidden
from ui import tasks
from ui.accounts.offer_card import OfferCard, in_rows
from ui.accounts.page import Page, show_problem
from ui.messages import explain
from ui.widgets import Card, LinkButton, PlainLabel, QuietLabel

__all__ = ["PolicyLinks", "ServerPage"]

_SIDE_BY_SIDE = 608
"""Pixels that both ways need beside each other."""
_ONE_WAY = 320


@dataclass(frozen=True, slots=True)
class PolicyLinks:
    """What one can do about a policy that stands against something: ask why, ask anew, ask the administrator."""

    detail: Callable[[Policy], str]
    why: Callable[[], object]
    check: Callable[[], Coroutine[Any, Any, None]]
    request: Callable[[], object]


class ServerPage(Page):
    """Both ways side by side; one that is not open stays visible, with its reason."""

    chosen = Signal()

    def __init__(self, links: PolicyLinks, lookup: Lookup | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._links = links
        self._lookup = lookup
        self._step: ChooseServer | Forbidden | None = None
        self._picked: Choice | None = None
        self._cards: dict[Choice, OfferCard] = {}
        self._row: QBoxLayout | None = None
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self.body.addWidget(self._content)

    def show_step(self, step: ChooseServer) -> None:
        """Show both ways as they stand under the policy of `step`; what the person picked stays if it may."""
        if isinstance(self._step, ChooseServer) and self._step.address != step.address:
            self._picked = None
        focused = self._focused_name()
        self._set_title(step)
        self._clear()
        self.notice.clear()
        self._step = step
        group = QButtonGroup(self._content)
        self._row = row = QBoxLayout(self._direction())
        row.setSpacing(16)
        self._cards = {Choice.ORGANISATION: self._organisation(step), Choice.GATEWAY: self._gateway(step)}
        for card in self._cards.values():
            group.addButton(card.radio)
            row.addWidget(card, 1)
        self._column.addLayout(row)
        offers = {Choice.ORGANISATION: step.organisation, Choice.GATEWAY: step.gateway}
        picked = self._picked if self._picked is not None and offers[self._picked].is_open else step.proposed
        self._cards[picked].radio.setChecked(True)
        for choice, card in self._cards.items():
            card.chosen.connect(lambda choice=choice: self._pick(choice))
        self._content.show()
        for choice, card in self._cards.items():
            card.forecast.setVisible(self._lookup is not None)
            if self._lookup is not None:
                card.forecast.look_up(offers[choice].view, offers[choice].host, self._lookup)
        self._focus(focused)

    def show_forbidden(self, step: Forbidden) -> None:
        """Say that neither way is open, and what can be done about it."""
        focused = self._focused_name()
        self._clear()
        self._step = step
        self.set_heading(self.tr("{address} cannot be added now").format(address=step.address.display))
        show_problem(self.notice, step.problem)
        card = Card()
        card.body.addWidget(PlainLabel(explain(step.gateway_problem).sentence))
        card.body.addWidget(QuietLabel(self._links.detail(step.policy)))
        card.body.addLayout(in_rows(self._policy_links()))
        self._column.addWidget(card)
        self._content.show()
        self._focus(focused)

    def answer(self) -> Choice | None:
        """Return the way that is chosen."""
        return next((choice for choice, card in self._cards.items() if card.radio.isChecked()), None)

    def minimumSizeHint(self) -> QSize:
        # As wide as one way: where both do not fit beside each other they stand one above the other.
        return QSize(_ONE_WAY, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._row is not None and isValid(self._row):
            self._row.setDirection(self._direction())

    def first_field(self) -> QWidget | None:
        card = self._cards.get(self.answer() or Choice.ORGANISATION)
        return card.radio if card is not None else None

    def _direction(self) -> QBoxLayout.Direction:
        """Return how the ways stand: in a narrow window one above the other."""
        is_wide = self.width() >= _SIDE_BY_SIDE
        return QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom

    def _set_title(self, step: ChooseServer) -> None:
        self.set_heading(
            self.tr("How should mail from {address} be sent?").format(address=step.address.display),
            self.tr("Step 2 of 4"),
        )

    def _pick(self, choice: Choice) -> None:
        self._picked = choice
        self.chosen.emit()

    def _organisation(self, step: ChooseServer) -> OfferCard:
        name = step.policy.organisation
        title = self.tr("Send through {organisation}").format(organisation=name) if name else self._main_server()
        card = OfferCard(
            title, self.tr("Easier to set up: nothing more to enter."), step.organisation, name="organisationChoice"
        )
        if not step.organisation.is_open:
            card.add_reason(self._links.detail(step.policy), [])
        return card

    def _gateway(self, step: ChooseServer) -> OfferCard:
        domain = step.address.display.rpartition("@")[2]
        text = self.tr(
            "Recommended for professional domains. Mail does not pass {organisation}'s own servers; "
            "{domain} keeps the log."
        ).format(organisation=step.policy.organisation or self.tr("your main provider"), domain=domain)
        card = OfferCard(
            self.tr("Send through {domain} SMTP servers").format(domain=domain),
            text,
            step.gateway,
            name="gatewayChoice",
        )
        if step.gateway.problem is not None:
            card.add_reason(self._links.detail(step.policy), self._policy_links())
        return card

    def _main_server(self) -> str:
        return self.tr("Send through your main server")

    def _policy_links(self) -> list[LinkButton]:
        why = LinkButton(self.tr("&Why?"), name="whyPolicy")
        why.clicked.connect(lambda: self._links.why())
        check = LinkButton(self.tr("Chec&k now"), name="checkNow")
        tasks.on_click(check, self._links.check)
        request = LinkButton(self.tr("Copy &request for my administrator"), name="copyRequest")
        request.clicked.connect(lambda: self._copy(request))
        return [why, check, request]

    def _copy(self, button: LinkButton) -> None:
        self._links.request()
        button.setText(self.tr("Copied"))

    def _clear(self) -> None:
        self._cards = {}
        old, self._content = self._content, QWidget()
        # Shown when it is complete, and at once: the layout by itself would do so a moment later.
        self._content.hide()
        self.body.replaceWidget(old, self._content)
        old.hide()
        # Its names are the new ones' too, and a search for one must find those.
        old.setParent(None)
        old.deleteLater()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(0, 0, 0, 0)

    def _focused_name(self) -> str:
        widget: QWidget | None = self.focusWidget()
        return widget.objectName() if widget is not None and widget.hasFocus() else ""

    def _focus(self, name: str) -> None:
        if not name:
            return
        widget = self.findChild(QWidget, name)
        if widget is None or not widget.isEnabled():
            widget = self.first_field()
        if widget is not None:
            widget.setFocus()
