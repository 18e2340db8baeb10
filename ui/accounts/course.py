"""A dialog of pages that are gone through in a course: one thing at a time, and never half a saving."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from ui import tasks
from ui.accounts.page import Page
from ui.widgets import Button, Line, PrimaryButton, scrolled

__all__ = ["CourseDialog"]


class CourseDialog(QDialog):
    """Pages with Cancel, Back and Next below; subclasses say what each does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._work: asyncio.Task[Any] | None = None
        self._is_busy = False
        self._is_saving = False
        self._held: list[QWidget] = []
        self._pages = QStackedWidget()
        self._areas: dict[Page, QScrollArea] = {}
        self.cancel_button = Button(self.tr("Cancel"), name="cancelButton")
        self.back_button = Button(self.tr("&Back"), name="backButton")
        self.next_button = PrimaryButton(self.tr("Ne&xt step"), name="nextButton")
        self.cancel_button.clicked.connect(self.reject)
        self.back_button.clicked.connect(self._go_back)
        self.next_button.clicked.connect(lambda: self.begin(self.work_on))
        buttons = QHBoxLayout()
        buttons.setContentsMargins(24, 12, 24, 16)
        buttons.setSpacing(12)
        buttons.addStretch(1)
        for button in (self.cancel_button, self.back_button, self.next_button):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages, 1)
        column.addWidget(Line())
        column.addLayout(buttons)
        self.finished.connect(self._stop_work)

    async def work_on(self) -> None:
        """Do what Next is for on the page that is shown."""
        raise NotImplementedError

    def back(self) -> None:
        """Show the page before."""
        raise NotImplementedError

    def may_go_on(self) -> bool:
        """Return whether Next can be pressed while nothing runs."""
        return True

    def may_be_cut(self) -> bool:
        """Return whether what runs is given up when the dialog is closed."""
        return True

    def page(self) -> Page:
        """Return the page that is shown."""
        return next(page for page, area in self._areas.items() if area is self._pages.currentWidget())

    def reject(self) -> None:
        # What is being saved is saved or not, but never half.
        if not self._is_saving:
            super().reject()

    def add_pages(self, pages: Sequence[Page], held: Sequence[QWidget]) -> None:
        """Take the pages, and the controls that cannot be used while something runs."""
        self._held = [self.back_button, *held]
        for page in pages:
            self._areas[page] = scrolled(page)
            self._pages.addWidget(self._areas[page])

    def show_page(self, page: Page, next_label: str, *, can_go_back: bool) -> None:
        """Show a page from its top, with the focus where typing begins."""
        if self._pages.currentWidget() is not self._areas[page]:
            self._pages.setCurrentWidget(self._areas[page])
            self.look_at_top(page)
        self.next_button.setText(next_label)
        self.back_button.setVisible(can_go_back)
        self._set_busy(self._is_busy)
        self.focus_later(page)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Return that is held down answers one page, not the next ones, too.
        if not (event.isAutoRepeat() and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}):
            super().keyPressEvent(event)

    def focus_later(self, page: Page, before: QWidget | None = None) -> None:
        """Give the focus to the page's first wrong field, else to `before`, else to its first field, once laid out."""
        QTimer.singleShot(0, page, lambda: _focus(page, before))

    def look_at_top(self, page: Page) -> None:
        """Scroll to the page's heading and notice."""
        self._areas[page].verticalScrollBar().setValue(0)

    def look_at(self, page: Page, part: QWidget) -> None:
        """Scroll to a part of the page, once it is laid out."""
        QTimer.singleShot(0, part, lambda: self._areas[page].ensureWidgetVisible(part))

    def begin(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run `work` unless something runs already, so that two clicks act once."""
        if not self.is_working():
            before = self.focusWidget()
            self._set_busy(True)
            self._work = tasks.start(self._while_busy(work, before), name=self.objectName())

    def is_working(self) -> bool:
        """Return whether something runs now."""
        return self._work is not None and not self._work.done()

    def set_saving(self, saving: bool) -> None:
        """Keep the dialog open while something is saved."""
        self._is_saving = saving
        self.cancel_button.setEnabled(not saving)

    async def _while_busy(self, work: Callable[[], Coroutine[Any, Any, None]], before: QWidget | None) -> None:
        page = self.page()
        try:
            await work()
        finally:
            if isValid(self):
                self._set_busy(False)
                if self.page() is page:
                    # What was held while busy has lost the focus.
                    self.focus_later(page, before)

    def _set_busy(self, busy: bool) -> None:
        self._is_busy = busy
        for control in self._held:
            control.setEnabled(not busy)
        self.next_button.setEnabled(not busy and self.may_go_on())

    def _go_back(self) -> None:
        if not self.is_working():
            self.back()

    def _stop_work(self, result: int) -> None:
        if result == QDialog.DialogCode.Rejected.value and self._work is not None and self.may_be_cut():
            self._work.cancel()


def _focus(page: Page, before: QWidget | None) -> None:
    field = page.first_field() if page.isVisible() else None
    if field is None:
        return
    is_wrong = bool(field.property("wrong"))
    if not is_wrong and before is not None and isValid(before) and page.isAncestorOf(before) and before.isVisible():
        field = before
    field.setFocus()
