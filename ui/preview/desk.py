"""The desk of a preview: the windows it belongs to ask it as they ask any, and it opens and delivers nothing."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.message.draft import Draft
from app.services import Services
from ui.desk import Desk

__all__ = ["PreviewDesk"]


class PreviewDesk(Desk):
    """Tells the windows of a preview what changed; every window they would open stays closed."""

    other_window_wanted = Signal()

    def __init__(self, services: Services, host: QWidget) -> None:
        super().__init__(services)
        self._host = host

    def start_work(self) -> None:
        """Do nothing: a preview neither delivers nor watches."""

    def watch_policy(self) -> None:
        """Do nothing: the policy changes only when the person changes it."""

    async def end(self) -> None:
        """Go, and leave all other work of the program alone."""
        self.deleteLater()

    def compose(self, draft: Draft | None = None) -> QWidget:
        return self._elsewhere()

    def compose_link(self, link: str) -> QWidget:
        return self._elsewhere()

    def mailbox(self) -> QWidget:
        return self._elsewhere()

    def accounts(self) -> QWidget:
        return self._elsewhere()

    def preview(self) -> QWidget:
        return self._elsewhere()

    def support(self) -> QWidget:
        return self._elsewhere()

    def _offer_undo(self, message_id: str) -> None:
        """Do nothing: the window of the preview says what became of the message."""

    def _elsewhere(self) -> QWidget:
        self.other_window_wanted.emit()
        return self._host
