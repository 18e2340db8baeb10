"""Whom the preview shows: a field that opens the list of all people, searched by typing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QPushButton, QVBoxLayout, QWidget

from app.policy.directory import Directory, User
from ui.preview.people import PeopleModel, PersonDelegate
from ui.widgets import ColourDot, ElidedLabel, QuietLabel, SearchField
from ui.widgets.labels import IconLabel

__all__ = ["PersonField"]

_ROWS = 9
_BATCH = 1000


class PersonField(QPushButton):
    """Shows the chosen person; a press or Down opens the list."""

    chosen = Signal(object)
    """A `User`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("personField")
        self.setAutoDefault(False)
        self._model: PeopleModel | None = None
        self._popup: _Popup | None = None
        self._dot = ColourDot("")
        self._address = ElidedLabel("", mode=Qt.TextElideMode.ElideMiddle)
        self._unit = ElidedLabel("", mode=Qt.TextElideMode.ElideMiddle, quiet=True)
        self._unit.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 10, 0)
        row.setSpacing(8)
        for part, stretch in (
            (self._dot, 0),
            (self._address, 3),
            (self._unit, 2),
            (IconLabel("chevron-down", "quiet", side=16), 0),
        ):
            row.addWidget(part, stretch)
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setMinimumHeight(34)
        self.setMinimumWidth(200)
        self.clicked.connect(self.open_list)

    def sizeHint(self) -> QSize:
        return QSize(200, 34)

    def take(self, directory: Directory) -> None:
        """Offer the people of another export."""
        self._model = PeopleModel(directory.users, directory.units)

    def show_user(self, user: User, unit: str) -> None:
        """Show who is chosen, and the path of their unit."""
        self._dot.set_seed(user.email)
        self._address.set_text(user.email)
        self._unit.set_text(unit)
        self.setAccessibleName(self.tr("Preview as {address}").format(address=user.email))

    def open_list(self) -> None:
        """Open the list below the field."""
        if self._model is None:
            return
        self._model.narrow("")
        self._popup = _Popup(self, self._model)
        self._popup.picked.connect(self.chosen)
        self._popup.open_below(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_F4, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.open_list()
        else:
            super().keyPressEvent(event)


class _Popup(QFrame):
    """All people; typing narrows them."""

    picked = Signal(object)

    def __init__(self, parent: QWidget, model: PeopleModel) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("card", "true")
        self.setObjectName("personPopup")
        self._model = model
        self._search = SearchField(self.tr("Search people and units"), self, name="personSearch")
        self._search.textChanged.connect(self._narrow)
        self._search.installEventFilter(self)
        self._list = QListView(self)
        self._list.setObjectName("personList")
        self._list.setAccessibleName(self.tr("People of the organisation"))
        self._list.setUniformItemSizes(True)
        # A hundred thousand rows at once would hold the window up.
        self._list.setLayoutMode(QListView.LayoutMode.Batched)
        self._list.setBatchSize(_BATCH)
        self._list.setItemDelegate(PersonDelegate(self._list))
        self._list.setProperty("side", True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setModel(model)
        self._list.clicked.connect(lambda index: self._pick(index.row()))
        self._count = QuietLabel(wrap=False)
        self._count.setObjectName("personCount")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self._search)
        column.addWidget(self._list)
        column.addWidget(self._count)
        self._start_at_the_top()

    def open_below(self, field: QWidget) -> None:
        """Show the list as wide as `field`."""
        self.setFixedWidth(max(field.width(), 420))
        self._list.setFixedHeight(_ROWS * (self.fontMetrics().height() + 14) + 12)
        self.move(field.mapToGlobal(QPoint(0, field.height() + 2)))
        self.show()
        self._search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list while the search line has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_PageDown: _ROWS - 1,
                Qt.Key.Key_PageUp: 1 - _ROWS,
            }
            if (step := steps.get(Qt.Key(event.key()))) is not None:
                self._go(self._list.currentIndex().row() + step)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._pick(self._list.currentIndex().row())
                return True
        return False

    def _narrow(self, text: str) -> None:
        self._model.narrow(text)
        self._start_at_the_top()

    def _start_at_the_top(self) -> None:
        self._go(0)
        count = self._model.rowCount()
        text = self.tr("1 person") if count == 1 else self.tr("{count} people")
        self._count.setText(text.format(count=self.locale().toString(count)))

    def _go(self, row: int) -> None:
        last = self._model.rowCount() - 1
        if last >= 0:
            self._list.setCurrentIndex(self._model.index(max(0, min(row, last))))

    def _pick(self, row: int) -> None:
        if row >= 0:
            user = self._model.user(row)
            self.close()
            self.picked.emit(user)
