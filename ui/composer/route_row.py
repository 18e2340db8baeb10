"""The line below From: through which server a message goes, why, and what its recipients see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget
from shiboken6 import isValid

from app.profile import Profile
from app.routing import HELD_REASONS, Refusal, Route
from app.services import Services
from ui.widgets import LinkButton, QuietLabel, ReasonsDialog
from ui.widgets.labels import restyle

if TYPE_CHECKING:
    from ui.composer.recipients_see import RecipientsSeeDialog

__all__ = ["RouteRow"]


class RouteRow(QWidget):
    """One line with two links; in a narrow window it wraps, because a route half read explains nothing."""

    def __init__(self, parent: QWidget, services: Services) -> None:
        super().__init__(parent)
        self._services = services
        self._seen: RecipientsSeeDialog | None = None
        self._route: Route | Refusal | None = None
        self._profile: Profile | None = None
        self.line = QuietLabel()
        self.line.setObjectName("routeLine")
        self.line.setProperty("bad", False)
        self.why = LinkButton(self.tr("&Why?"), self, name="whyLink")
        self.why.clicked.connect(self._explain)
        self.recipients_see = LinkButton(self.tr("What recipients see"), self, name="recipientsSeeLink")
        self.recipients_see.clicked.connect(self._show_view)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.why, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.recipients_see, 0, Qt.AlignmentFlag.AlignTop)

    def show_route(self, route: Route | Refusal, profile: Profile) -> None:
        """Say where mail goes now."""
        # Not through `ui.messages`, which brings every sentence of the program: 3 ms of the start, and 1 MB.
        from ui.wording.routes import route_line

        self._route, self._profile = route, profile
        refused = isinstance(route, Refusal)
        text = self._refusal_text(route) if isinstance(route, Refusal) else route_line(route)
        self.line.setText(text)
        restyle(self.line, "quiet", not refused)
        restyle(self.line, "bad", refused)
        self.recipients_see.setVisible(not refused)
        if self._seen is not None and isValid(self._seen):
            self._tell_seen(self._seen)

    def _refusal_text(self, refusal: Refusal) -> str:
        from ui.messages import refusal_line

        if refusal.problem.reason in HELD_REASONS:
            waits = self.tr("{reason} If you send it now, it waits in the Outbox.")
            return waits.format(reason=refusal_line(refusal))
        return refusal_line(refusal)

    def _explain(self) -> None:
        from ui.messages import explain_step

        if self._route is None:
            return
        rows = [("yes" if step.held else "note", explain_step(step), "") for step in self._route.steps]
        if isinstance(self._route, Refusal):
            rows[-1] = ("no", rows[-1][1], "")
            title = self.tr("Why this message cannot go now")
        else:
            title = self.tr("Why this message takes this route")
        ReasonsDialog(title, self.line.text(), rows, self.window()).show()

    def _show_view(self) -> None:
        from ui.composer.recipients_see import RecipientsSeeDialog

        if self._seen is None or not isValid(self._seen):
            self._seen = RecipientsSeeDialog(self._services.lookup, self.window())
            self._tell_seen(self._seen)
        self._seen.show()
        self._seen.raise_()

    def _tell_seen(self, dialog: RecipientsSeeDialog) -> None:
        """Bring a window that is open up to date with the route."""
        from app.recipient_view import recipient_view

        if isinstance(self._route, Route) and self._profile is not None:
            dialog.show_view(recipient_view(self._route, self._profile), self._route.server.host)
        else:
            dialog.close()
