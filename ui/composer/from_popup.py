"""The list below the From field: every send-as address with its route, loaded when it is first opened."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.address import Address, Mailbox
from app.policy.evaluate import Policy
from app.profile import Profile
from app.routing import Refusal, Route, Via, choose_route
from ui.composer.from_field import name_of
from ui.composer.from_row import ADDRESS, BAD, NAME, QUIET, FromDelegate
from ui.texts import translate
from ui.widgets import SearchField

__all__ = ["FromPopup", "brief_route"]

_SEARCH_FROM = 6
"""From so many addresses on there is a line to search them."""


class FromPopup(QFrame):
    """All addresses; typing narrows them."""

    picked = Signal(object)

    def __init__(self, parent: QWidget, profile: Profile, policy: Policy) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("card", "true")
        self.setObjectName("fromPopup")
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
        name = name_of(address, profile)
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
