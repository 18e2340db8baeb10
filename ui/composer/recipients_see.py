"""The window "What recipients see": who the sender is for them, and what their servers will probably check."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.forecast.lookup import Lookup
from app.recipient_view import RecipientView
from ui.messages import on_behalf_line, via_line
from ui.widgets import Heading, Line, QuietLabel, ReasonsDialog
from ui.widgets.forecast import ForecastLines

__all__ = ["RecipientsSeeDialog"]


class RecipientsSeeDialog(ReasonsDialog):
    """The view of one route; it follows when the route changes while it is open."""

    def __init__(self, lookup: Lookup, parent: QWidget) -> None:
        super().__init__(self.tr("What recipients see"), "", (), parent)
        self.setObjectName("recipientsSeeDialog")
        self._lookup = lookup
        self._shown: tuple[RecipientView, str] | None = None
        self.forecast = ForecastLines()
        self.forecast.changed.connect(self.fit)
        explained = self.tr("A forecast from DNS of what recipients' servers will find. Only they decide.")
        checks = QWidget()
        column = QVBoxLayout(checks)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        for part in (Line(), Heading(self.tr("Checks on arrival"), level=3), QuietLabel(explained), self.forecast):
            column.addWidget(part)
        self.add_part(checks)

    def show_view(self, view: RecipientView, host: str) -> None:
        """Show what recipients see of mail that goes through `host`."""
        if self._shown == (view, host):
            return
        self._shown = view, host
        self.show_rows(tuple(self._rows_of(view)))
        self.fit()
        self.forecast.look_up(view, host, self._lookup)

    def _rows_of(self, view: RecipientView) -> Iterator[tuple[str, str, str]]:
        yield "", on_behalf_line(view), self.tr("The sender, as programs such as Outlook show it")
        if via := via_line(view):
            yield "", via, self.tr("What Gmail adds to the sender's name")
        if view.reply_to is not None:
            yield "", view.reply_to.display, self.tr("Where answers go")
        yield "", view.return_path.display, self.tr("The return path, to which undeliverable mail comes back")
        yield "", view.message_id_domain, self.tr("The domain in the message's number (Message-ID)")
