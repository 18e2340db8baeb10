"""The From field: which send-as address a message is written from, each with its route."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.address import Address, Mailbox
from app.policy.evaluate import Policy
from app.profile import Profile
from app.routing import Refusal, Route, Via, choose_route
from ui.composer.from_row import ADDRESS, BAD, NAME, QUIET, FromDelegate
from ui.texts import translate
from ui.widgets import ColourDot, ElidedLabel
from ui.widgets.labels import IconLabel

__all__ = ["FromField", "brief_route"]

_SEARCH_FROM = 6
"""From so many addresses on there is a line to search them."""


class FromField(QPushButton):
    """Shows the chosen address; a press or Down opens the list of all."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, facts: Callable[[], tuple[Profile, Policy]]) -> None:
        super().__init__(parent)
        self.setObjectName("fromField")
        self.setAutoDefault(False)
        self._facts = facts
        self._popup: _Popup | None = None
        self._address_shown = facts()[0].default.address
        self._dot = ColourDot("")
        self._name = QLabel()
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        font = self._name.font()
        font.setBold(True)
        self._name.setFont(font)
        self._address = ElidedLabel("", mode=Qt.TextElideMode.ElideMiddle)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 10, 0)
        row.setSpacing(8)
        row.addWidget(self._dot)
        row.addWidget(self._name)
        row.addWidget(self._address, 1)
        row.addWidget(IconLabel("chevron-down", "quiet", side=16))
        for each in self.findChildren(QWidget):
            each.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setMinimumHeight(34)
        self.clicked.connect(self.open_list)

    def show_address(self, address: Address) -> None:
        """Show `address` as the chosen one."""
        profile, _ = self._facts()
        name = _name_of(address, profile)
        self._address_shown = address
        self._dot.set_seed(str(address))
        self._name.setText(name)
        self._name.setVisible(bool(name))
        self._address.set_text(f"<{address.display}>" if name else address.display)
        self.setAccessibleName(self.tr("From: {mailbox}").format(mailbox=Mailbox(address, name).display))

    def open_list(self) -> None:
        """Open the list of addresses below the field."""
        profile, policy = self._facts()
        self._popup = _Popup(self, profile, policy)
        self._popup.picked.connect(self.chosen)
        self._popup.select(self._address_shown)
        self._popup.open_below(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_F4, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.open_list()
        else:
            super().keyPressEvent(event)


class _Popup(QFrame):
    """All addresses; typing narrows them."""

    picked = Signal(object)

    def __init__(self, parent: QWidget, profile: Profile, policy: Policy) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("card", "true")
        self.setObjectName("fromPopup")
        from ui.widgets import SearchField

        self._search = SearchField(self.tr("Search addresses"), self, name="fromSearch")
        self._search.textChanged.connect(self._narrow)
        self._search.installEventFilter(self)
        self._list = QListWidget(self)
        self._list.setObjectName("fromList")
        self._list.setAccessibleName(self.tr("Addresses you can send from"))
        self._list.setItemDelegate(FromDelegate(self._list))
        self._list.setProperty("side", True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setMouseTracking(True)
        for entry in profile.addresses:
            self._add(entry.address, profile, policy)
        self._list.itemClicked.connect(self._pick)
        self._list.itemActivated.connect(self._pick)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self._search)
        column.addWidget(self._list)
        self._search.setVisible(self._list.count() >= _SEARCH_FROM)

    def open_below(self, field: QWidget) -> None:
        """Show the list as wide as `field`."""
        rows = min(self._list.count(), 7)
        row_height = self._list.sizeHintForRow(0) if rows else 0
        search = self._search.sizeHint().height() + 8 if not self._search.isHidden() else 0
        self.setFixedWidth(max(field.width(), 360))
        self.setFixedHeight(rows * row_height + search + 26)
        self.move(field.mapToGlobal(QPoint(0, field.height() + 2)))
        self.show()
        (self._search if not self._search.isHidden() else self._list).setFocus()

    def select(self, address: Address) -> None:
        """Start at this address."""
        for index in range(self._list.count()):
            if self._list.item(index).data(ADDRESS) == address:
                self._list.setCurrentRow(index)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list while the search line has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                self._step(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._list.currentRow() >= 0:
                self._pick(self._list.currentItem())
                return True
        return False

    def _add(self, address: Address, profile: Profile, policy: Policy) -> None:
        name = _name_of(address, profile)
        route = choose_route(address, profile, policy)
        item = QListWidgetItem(Mailbox(address, name).display)
        item.setData(ADDRESS, address)
        item.setData(NAME, name)
        item.setData(QUIET, brief_route(route))
        item.setData(BAD, isinstance(route, Refusal))
        item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, brief_route(route))
        self._list.addItem(item)
        if self._list.count() == 1:
            self._list.setCurrentRow(0)

    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        for index in range(self._list.count()):
            item = self._list.item(index)
            item.setHidden(not all(word in item.text().casefold() for word in words))
        if self._list.currentRow() < 0 or self._list.currentItem().isHidden():
            self._list.setCurrentRow(-1)
            self._step(1)

    def _step(self, step: int) -> None:
        index = self._list.currentRow() + step
        while 0 <= index < self._list.count():
            if not self._list.item(index).isHidden():
                self._list.setCurrentRow(index)
                return
            index += step

    def _pick(self, item: QListWidgetItem) -> None:
        address = item.data(ADDRESS)
        self.close()
        self.picked.emit(address)


def brief_route(route: Route | Refusal) -> str:
    """Return a route in a few words, or why there is none."""
    from ui.messages import harmless, refusal_line

    if isinstance(route, Refusal):
        return refusal_line(route)
    where = f"{harmless(route.server.host)}:{route.server.port}"
    if route.via is Via.GATEWAY:
        return translate("composer", "Own server: {server}").format(server=where)
    if route.sender_header is not None:
        return translate("composer", "{server}, on behalf of this address").format(server=where)
    return where


def _name_of(address: Address, profile: Profile) -> str:
    entry = profile.find(address)
    return profile.name_for(entry) if entry is not None else ""
