"""Widgets side by side in as many rows as they need, as words are in a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

__all__ = ["FlowLayout"]


class FlowLayout(QLayout):
    """Places items in reading order; where the last one stretches, it takes the rest of its row."""

    def __init__(self, parent: QWidget | None = None, *, stretches_last: bool = False, spacing: int = 6) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._stretches_last = stretches_last
        self._height_at = (-1, 0)
        self._waits = False
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self.invalidate()

    def insert_before_last(self, widgets: Sequence[QWidget]) -> None:
        """Add widgets in front of the last item."""
        with self.held():
            for widget in widgets:
                self.addWidget(widget)
                self._items.insert(len(self._items) - 2, self._items.pop())
                widget.show()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Lay all out once when the context ends; each widget that is shown would do so."""
        self._waits = True
        try:
            yield
        finally:
            self._waits = False
            self.invalidate()

    def invalidate(self) -> None:
        self._height_at = (-1, 0)
        super().invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if self._height_at[0] != width and not self._waits:
            self._height_at = (width, self._place(QRect(0, 0, width, 0), move=False))
        return self._height_at[1]

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        if not self._waits:
            self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        height = max((item.sizeHint().height() for item in self._items[-1:]), default=0)
        return QSize(80, height)

    def _place(self, rect: QRect, *, move: bool) -> int:
        """Return the height of all rows; put the items there if they are to move."""
        rows: list[list[tuple[QLayoutItem, int, int]]] = [[]]
        x = 0
        last = self._items[-1] if self._items else None
        for item in self._items:
            if item.isEmpty():
                continue
            hint = item.minimumSize() if item is last and self._stretches_last else item.sizeHint()
            width = min(hint.width(), max(rect.width(), 1))
            if x and x + width > rect.width():
                rows.append([])
                x = 0
            if item is last and self._stretches_last:
                width = max(width, rect.width() - x)
            rows[-1].append((item, x, width))
            x += width + self.spacing()
        y = 0
        for row in rows:
            height = max((item.sizeHint().height() for item, _, _ in row), default=0)
            for item, left, width in row if move else ():
                own = item.sizeHint().height()
                item.setGeometry(self._mirrored(rect, QRect(left, y + (height - own) // 2, width, own)))
            y += height + self.spacing()
        return max(y - self.spacing(), 0)

    def _mirrored(self, rect: QRect, place: QRect) -> QRect:
        parent = self.parentWidget()
        left = place.x()
        if parent is not None and parent.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            left = rect.width() - place.x() - place.width()
        return QRect(rect.x() + left, rect.y() + place.y(), place.width(), place.height())
