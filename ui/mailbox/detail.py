"""What stands beside the list: the page of the current message or draft."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from ui.mailbox.draft_page import DraftPage
from ui.mailbox.message_page import MessagePage
from ui.widgets import scrolled

__all__ = ["Detail", "has_keyboard"]

Page = DraftPage | MessagePage


class Detail(QWidget):
    """One page at a time; an equal one stays, so that nothing typed or unfolded is lost."""

    def __init__(self, haven: QWidget, parent: QWidget | None = None) -> None:
        """Make it empty; `haven` takes the keyboard when the control it was on is gone."""
        super().__init__(parent)
        self._haven = haven
        self._left = ("", "")
        self.setObjectName("detail")
        self.setMinimumWidth(208)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._area: QScrollArea | None = None
        self._key = ""
        self._value: object = None

    @property
    def key(self) -> str:
        """The id of what is shown; empty for nothing."""
        return self._key

    def page(self) -> QWidget | None:
        """Return the page that is shown."""
        return self._area.widget() if self._area is not None else None

    def show_page(self, key: str, value: object, make: Callable[[], Page]) -> None:
        """Show what `make` returns unless the same `value` is shown already."""
        if self._area is not None and self._key == key and self._value == value:
            return
        position, unfolded, focused = self._memory(key)
        self.clear()
        page = make()
        area = scrolled(page)
        self._column.addWidget(area)
        self._area, self._key, self._value = area, key, value
        if isinstance(page, MessagePage) and unfolded and page.case.attempts:
            page.journal.unfold()
        area.verticalScrollBar().setValue(position)
        again = page.findChild(QWidget, focused) if focused else None
        if again is not None:
            again.setFocus()
        elif focused:
            self._left = (key, focused)

    def clear(self) -> None:
        """Show nothing."""
        if self._area is not None:
            if has_keyboard(self._area):
                self._haven.setFocus()  # Qt would take the next control, which does something else
            self._area.hide()
            self._area.deleteLater()
        self._area, self._key, self._value = None, "", None

    def _memory(self, key: str) -> tuple[int, bool, str]:
        """Return where the person was in the page of the same message: scrolled, unfolded, and on which control."""
        page = self.page()
        if self._area is None or page is None or key != self._key:
            return 0, False, ""
        unfolded = isinstance(page, MessagePage) and bool(page.case.attempts) and page.journal.is_unfolded()
        return self._area.verticalScrollBar().value(), unfolded, self._focused(page, key)

    def _focused(self, page: QWidget, key: str) -> str:
        """Return the control the keyboard is on, or was on until a page of the same message came that lacks it."""
        if isinstance(page, MessagePage) and page.taken:
            return page.taken
        # The window's, which it keeps while another window has the keyboard.
        focused: QWidget | None = self.window().focusWidget()
        if focused is self._haven:
            return self._left[1] if self._left[0] == key else ""
        self._left = ("", "")
        return focused.objectName() if focused is not None and page.isAncestorOf(focused) else ""


def has_keyboard(area: QWidget) -> bool:
    """Return whether a control in `area` has the keyboard, or will have it when its window is in front again."""
    focused: QWidget | None = area.window().focusWidget()
    return focused is not None and area.isAncestorOf(focused)
