"""The content of the Accounts dialog: values in, signals out, so that it also shows profiles that exist nowhere."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QRadioButton, QSpinBox, QVBoxLayout, QWidget

from app.profile import ReplyFrom, SendAsAddress, WhenMissed
from ui.accounts.edits import Accounts
from ui.accounts.row import AddressRow, DeletedRow
from ui.icons import icon
from ui.mailbox.banner import PolicyBanner
from ui.widgets import Button, Card, ElidedLabel, Heading, Line, LinkButton, QuietLabel, SearchField

__all__ = ["AccountsPanel"]

_SEARCH_FROM = 8
_UNDO_LIMIT = 30


class AccountsPanel(QWidget):
    """The policy, the addresses, and how replies are sent."""

    make_default = Signal(str)
    edit = Signal(str)
    delete = Signal(str)
    restore = Signal(str)
    verify = Signal(str)
    choose = Signal(str)
    password = Signal(str)
    add = Signal()
    check_now = Signal()
    why = Signal()
    reply_from = Signal(object)
    """A `ReplyFrom`."""
    undo_seconds = Signal(int)
    when_missed = Signal(object)
    """A `WhenMissed`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("accountsPanel")
        self._accounts: Accounts | None = None
        self.banner = PolicyBanner(self._check, self.why.emit)
        self.search = SearchField(self.tr("Search your addresses"), name="searchAddresses")
        self.search.setFixedWidth(256)
        self.search.textChanged.connect(lambda _text: self._show_rows())
        self._card = Card(margin=0)
        self._card.body.setSpacing(0)
        self._rows = QWidget()
        self._card.body.addWidget(self._rows)
        self.add_button = Button(self.tr("&Add another email address…"), name="addAddress")
        self.add_button.setIcon(icon("plus", "accent"))
        self.add_button.clicked.connect(self.add)
        head = QHBoxLayout()
        head.addWidget(Heading(self.tr("Send mail as:")), 1)
        head.addWidget(self.search)
        below = QHBoxLayout()
        below.addWidget(self.add_button)
        below.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addWidget(self.banner)
        column.addLayout(head)
        column.addWidget(self._card)
        column.addLayout(below)
        column.addSpacing(8)
        column.addLayout(self._replies())
        column.addSpacing(8)
        column.addLayout(self._undo())
        column.addSpacing(8)
        column.addLayout(self._missed())
        column.addStretch(1)

    def show_accounts(self, accounts: Accounts) -> None:
        """Show these addresses under this policy."""
        self._accounts = accounts
        self.banner.show_policy(accounts.policy, accounts.now)
        is_long = len(accounts.rows()) >= _SEARCH_FROM
        if not is_long:
            self.search.clear()
        self.search.setVisible(is_long)
        self._show_rows()
        profile = accounts.profile
        self._default.setText(self.tr("currently {address}").format(address=profile.default.address.display))
        self._always.setAccessibleDescription(self._default.text())
        for value, radio in ((ReplyFrom.SAME, self._same), (ReplyFrom.DEFAULT, self._always)):
            radio.setChecked(profile.reply_from is value)
            radio.setAccessibleName(radio.text().replace("&", ""))
        for rule, radio in ((WhenMissed.SEND, self._send_late), (WhenMissed.ASK, self._ask_late)):
            radio.setChecked(profile.when_missed is rule)
        self.undo_box.blockSignals(True)
        self.undo_box.setValue(profile.undo_seconds)
        self.undo_box.blockSignals(False)

    def _replies(self) -> QVBoxLayout:
        self._same = QRadioButton(self.tr("&Reply from the same address the message was sent to"))
        self._same.setObjectName("replyFromSame")
        self._always = QRadioButton(self.tr("Always reply from default address"))
        self._always.setObjectName("replyFromDefault")
        # On a line of its own, which is wrapped: an address may be longer than the window is wide.
        self._default = QuietLabel()
        self._default.setContentsMargins(26, 0, 0, 0)
        group = QButtonGroup(self)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(Heading(self.tr("When replying to a message:")))
        for value, radio in ((ReplyFrom.SAME, self._same), (ReplyFrom.DEFAULT, self._always)):
            group.addButton(radio)
            column.addWidget(radio)
            radio.clicked.connect(lambda _checked=False, value=value: self.reply_from.emit(value))
        column.addWidget(self._default)
        return column

    def _missed(self) -> QVBoxLayout:
        self._send_late = QRadioButton(self.tr("Send the message &late and say so"))
        self._send_late.setObjectName("missedSend")
        self._ask_late = QRadioButton(self.tr("Ask me &first"))
        self._ask_late.setObjectName("missedAsk")
        group = QButtonGroup(self)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(Heading(self.tr("Scheduled messages:")))
        column.addWidget(QuietLabel(self.tr("When their time passed while the computer was off or asleep")))
        for rule, radio in ((WhenMissed.SEND, self._send_late), (WhenMissed.ASK, self._ask_late)):
            radio.setAccessibleName(radio.text().replace("&", ""))
            group.addButton(radio)
            column.addWidget(radio)
            radio.clicked.connect(lambda _checked=False, rule=rule: self.when_missed.emit(rule))
        return column

    def _undo(self) -> QVBoxLayout:
        self.undo_box = QSpinBox()
        self.undo_box.setObjectName("undoSeconds")
        self.undo_box.setRange(0, _UNDO_LIMIT)
        self.undo_box.setSuffix(self.tr(" seconds"))
        self.undo_box.setSpecialValueText(self.tr("off"))
        self.undo_box.lineEdit().setTextMargins(8, 0, 0, 0)
        self.undo_box.setFixedWidth(144)
        self.undo_box.valueChanged.connect(self.undo_seconds)
        label = QLabel(self.tr("Send cancellation &period"))
        label.setBuddy(self.undo_box)
        self.undo_box.setAccessibleName(label.text().replace("&", ""))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(label)
        row.addWidget(self.undo_box)
        row.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(Heading(self.tr("Undo send:")))
        column.addLayout(row)
        return column

    async def _check(self) -> None:
        self.check_now.emit()

    def _show_rows(self) -> None:
        """Show the rows anew; who was on one of their links stays on it, or on its row's first one where it is gone."""
        if self._accounts is None:
            return
        focused: QWidget | None = self.focusWidget()
        name = focused.objectName() if focused is not None and self._rows.isAncestorOf(focused) else ""
        old, self._rows = self._rows, self._made_rows(self._accounts)
        self._card.body.replaceWidget(old, self._rows)
        old.setParent(None)
        old.deleteLater()
        # A layout shows what it takes in only later, and what is hidden takes no focus.
        self._rows.show()
        again = self._rows.findChild(LinkButton, name) if name else None
        if again is None and name:
            address = name.partition("-")[2]
            row = self._rows.findChild(QWidget, f"row-{address}")
            again = row.findChild(LinkButton) if row is not None else None
        if again is not None:
            again.setFocus()

    def _made_rows(self, accounts: Accounts) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        found = [(entry, gone) for entry, gone in accounts.rows() if self._is_wanted(entry, accounts)]
        is_long = len(accounts.rows()) >= _SEARCH_FROM
        if is_long:
            own = accounts.profile.primary.address.domain
            found.sort(key=lambda row: (row[0].address.domain != own, row[0].address.domain, not row[0].is_primary))
        domain = ""
        for index, (entry, gone) in enumerate(found):
            if index:
                column.addWidget(Line())
            if is_long and entry.address.domain != domain:
                domain = entry.address.domain
                column.addWidget(_group(entry))
            row = DeletedRow(entry) if gone else AddressRow(entry, accounts)
            row.acted.connect(self._act)
            column.addWidget(row)
        if not found:
            nothing = QuietLabel(self.tr("No address contains “{text}”.").format(text=self.search.text()))
            nothing.setContentsMargins(20, 16, 20, 16)
            column.addWidget(nothing)
        return holder

    def _is_wanted(self, entry: SendAsAddress, accounts: Accounts) -> bool:
        text = self.search.text().strip().casefold()
        if not text:
            return True
        return text in f"{accounts.profile.name_for(entry)} {entry.address.display}".casefold()

    def _act(self, action: str, entry_id: str) -> None:
        signals = {
            "default": self.make_default,
            "edit": self.edit,
            "delete": self.delete,
            "restore": self.restore,
            "verify": self.verify,
            "choose": self.choose,
            "password": self.password,
        }
        signals[action].emit(entry_id)


def _group(entry: SendAsAddress) -> ElidedLabel:
    label = ElidedLabel(entry.address.display.rpartition("@")[2], quiet=True)
    label.setContentsMargins(20, 12, 20, 0)
    return label
