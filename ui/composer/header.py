"""The upper part of the composer: From with its route, the recipients, the subject."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from app.address import Address, Mailbox
from app.message.draft import Draft
from app.policy.evaluate import Policy
from app.profile import Profile
from app.routing import choose_route
from app.services import Services
from ui.composer.from_field import FromField
from ui.composer.recipients import RecipientField
from ui.composer.route_row import RouteRow
from ui.widgets import LinkButton

__all__ = ["Header"]

_TO, _CC, _BCC, _SUBJECT = 2, 3, 4, 5


class Header(QWidget):
    """Collects who writes to whom and about what."""

    changed = Signal()
    sender_changed = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        facts: Callable[[], tuple[Profile, Policy]],
        services: Services,
        sender: Address,
    ) -> None:
        super().__init__(parent)
        self._facts = facts
        self._complete = services.contacts.complete
        self.from_address = sender
        self.from_field = FromField(self, facts)
        self.from_field.chosen.connect(self._choose)
        self.route = RouteRow(self, services)
        self.subject = QLineEdit()
        self.subject.setObjectName("subjectField")
        self.subject.setAccessibleName(self.tr("Subject"))
        self.subject.setProperty("bare", True)
        self.subject.setAcceptDrops(False)
        self.subject.textEdited.connect(self.changed)
        self.fields: dict[str, RecipientField] = {}
        self._links: dict[str, LinkButton] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(20, 14, 20, 8)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._label(0, self.tr("Fro&m"), self.from_field)
        self._grid.addWidget(self.from_field, 0, 1, 1, 2)
        self._grid.addWidget(self.route, 1, 1, 1, 2)
        self._make_to()
        self._label(_SUBJECT, self.tr("Sub&ject"), self.subject)
        self._grid.addWidget(self.subject, _SUBJECT, 1, 1, 2)
        self.refresh()

    def field(self, which: str) -> RecipientField:
        """Return the field `to`, `cc` or `bcc`; it is made and shown where it was not."""
        if which not in self.fields:
            row, label = {"cc": (_CC, self.tr("&Cc")), "bcc": (_BCC, self.tr("&Bcc"))}[which]
            self._make(which, label, row)
            self._links[which].hide()
            self.put_in_order()
        return self.fields[which]

    def load(self, draft: Draft) -> None:
        """Show a draft's recipients and subject."""
        for which, mailboxes in (("to", draft.to), ("cc", draft.cc), ("bcc", draft.bcc)):
            if mailboxes:
                self.field(which).add(mailboxes)
        for which, text in draft.unfinished:
            if which in {"to", "cc", "bcc"}:
                self.field(which).add_text(text)
        self.subject.setText(draft.subject)

    def finish(self) -> None:
        """Make chips of all that is still being typed."""
        for field in self.fields.values():
            field.finish()

    def mailboxes(self, which: str) -> tuple[Mailbox, ...]:
        """Return the recipients in a field."""
        return self.fields[which].mailboxes if which in self.fields else ()

    @property
    def unfinished(self) -> tuple[tuple[str, str], ...]:
        """What was typed into a field and is no address."""
        return tuple((which, text) for which, field in self.fields.items() for text in field.unfinished)

    def show_wrong(self) -> bool:
        """Put the focus on the first recipient that is no address; False when there is none."""
        return any(field.show_wrong() for field in self.fields.values())

    def refresh(self) -> None:
        """Follow profile and policy."""
        profile, policy = self._facts()
        self.from_field.show_address(self.from_address)
        self.route.show_route(choose_route(self.from_address, profile, policy), profile)

    def put_in_order(self) -> None:
        """Set the order in which Tab goes through the fields."""
        present = [self.from_field, *(self.fields[each].line for each in ("to", "cc", "bcc") if each in self.fields)]
        for first, second in zip(present, [*present[1:], self.subject], strict=True):
            QWidget.setTabOrder(first, second)

    def _choose(self, sender: Address) -> None:
        if sender != self.from_address:
            self.from_address = sender
            self.refresh()
            self.sender_changed.emit(sender)
            self.changed.emit()
        self.from_field.setFocus()

    def _make_to(self) -> None:
        field = self._make("to", self.tr("&To"), _TO)
        links = QHBoxLayout()
        links.setSpacing(4)
        for which, text, tip in (
            ("cc", self.tr("Cc"), self.tr("Add people who get a copy")),
            ("bcc", self.tr("Bcc"), self.tr("Add people the others do not see")),
        ):
            link = LinkButton(text, self, name=f"{which}Link")
            link.setToolTip(tip)
            link.setAccessibleDescription(tip)
            link.clicked.connect(lambda _checked=False, which=which: self.field(which).line.setFocus())
            links.addWidget(link)
            self._links[which] = link
        self._grid.addLayout(links, _TO, 2, Qt.AlignmentFlag.AlignTop)
        field.line.setFocus()

    def _make(self, which: str, label: str, row: int) -> RecipientField:
        field = RecipientField(label, self._complete, self, name=f"{which}Field")
        field.changed.connect(self.changed)
        self.fields[which] = field
        self._label(row, label, field.line)
        self._grid.addWidget(field, row, 1, 1, 1 if which == "to" else 2)
        return field

    def _label(self, row: int, text: str, buddy: QWidget) -> None:
        label = QLabel(text)
        label.setProperty("quiet", True)
        label.setBuddy(buddy)
        top = row in {_TO, _CC, _BCC}
        label.setContentsMargins(0, 4 if top else 0, 0, 0)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop if top else Qt.AlignmentFlag.AlignVCenter)

    def move_to_bcc(self) -> None:
        """Make all recipients blind ones."""
        moved = [*self.mailboxes("to"), *self.mailboxes("cc")]
        for which in ("to", "cc"):
            if which in self.fields:
                self.fields[which].clear()
        self.field("bcc").add(moved)
