"""Demo control: the administrator's side and the recipients' side of everything the person tries."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QMainWindow,
    QRadioButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.demo.inbox import Arrived, Server
from app.demo.world import DemoWorld
from ui import tasks
from ui.demo.inbox import InboxView
from ui.demo.partner import PartnerCard
from ui.icons import application_icon
from ui.widgets import Card, Heading, PlainLabel, PrimaryButton, QuietLabel, fit_to_screen, scrolled

__all__ = ["DemoControl"]

_DELAYS: tuple[tuple[str, float | None], ...] = (("now", 0.0), ("soon", 10.0), ("never", None))


class _Wording(PlainLabel):
    """The text of a tick box, wrapped; pressing it ticks the box."""

    def __init__(self, text: str, box: QCheckBox) -> None:
        super().__init__(text)
        self._box = box
        box.setAccessibleName(text)
        self.setBuddy(box)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._box.toggle()


class DemoControl(QMainWindow):
    """A window over a `DemoWorld`; it lives as long as the demo does."""

    arrived = Signal(object)
    """An `Arrived`, on the window's thread."""

    def __init__(self, world: DemoWorld, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._world = world
        self.setObjectName("demoControl")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowIcon(application_icon())
        self.setWindowTitle(self.tr("Demo control"))
        self.inboxes = {
            Server.ORGANISATION: InboxView(self.tr("Nothing has gone through Beispiel GmbH yet")),
            Server.PARTNER: InboxView(self.tr("Nothing has gone through the partner's server yet")),
        }
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setElideMode(Qt.TextElideMode.ElideMiddle)
        for inbox in self.inboxes.values():
            self._tabs.addTab(inbox, "")
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(16, 8, 8, 0)
        column.setSpacing(16)
        column.addWidget(self._admin_card())
        column.addWidget(PartnerCard(world))
        column.addStretch(1)
        area = scrolled(left)
        area.setMinimumWidth(432)
        area.setMaximumWidth(456)
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 8, 16, 16)
        row.setSpacing(8)
        row.addWidget(area, 2)
        row.addWidget(self._tabs, 3)
        self.setCentralWidget(content)
        fit_to_screen(self, 1080, 680)
        QShortcut(QKeySequence("Ctrl+W"), self, self.close)
        self.arrived.connect(self._show_arrival)
        self._unsubscribe = world.inbox.subscribe(self.arrived.emit)
        self._clock = QTimer(self)
        self._clock.setInterval(500)
        self._clock.timeout.connect(self._tell_status)
        for message in world.inbox.messages():
            self._show_arrival(message)
        self._count()
        self._tell_status()

    def _admin_card(self) -> Card:
        card = Card()
        card.body.addWidget(QuietLabel(self.tr("Apps > Google Workspace > Gmail > End User Access")))
        card.body.addWidget(Heading(self.tr("Allow per-user outbound gateways"), level=3))
        row = QHBoxLayout()
        self.allow = QCheckBox()
        self.allow.setObjectName("allowGateways")
        wording = _Wording(
            self.tr(
                "Allow users to send mail through an external SMTP server when configuring a “from” address hosted "
                "outside your email domain(s)"
            ),
            self.allow,
        )
        row.addWidget(self.allow, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(wording, 1)
        card.body.addLayout(row)
        card.body.addSpacing(8)
        card.body.addWidget(QuietLabel(self.tr("Takes effect in")))
        card.body.addLayout(self._delay_choice())
        self.save = PrimaryButton(self.tr("&Save"), name="savePolicy")
        tasks.on_click(self.save, self._publish)
        buttons = QHBoxLayout()
        self._status = QuietLabel()
        self._status.setObjectName("policyStatus")
        buttons.addWidget(self._status, 1)
        buttons.addWidget(self.save)
        card.body.addLayout(buttons)
        self.allow.setChecked(self._world.policy_status.wanted.allow)
        return card

    def _delay_choice(self) -> QHBoxLayout:
        words = {
            "now": self.tr("&now"),
            "soon": self.tr("&10 s"),
            "never": self.tr("ne&ver (server down)"),
        }
        self._delays = QButtonGroup(self)
        row = QHBoxLayout()
        for number, (name, _seconds) in enumerate(_DELAYS):
            radio = QRadioButton(words[name])
            radio.setObjectName(f"delay-{name}")
            radio.setChecked(number == 0)
            self._delays.addButton(radio, number)
            row.addWidget(radio)
        row.addStretch(1)
        return row

    async def _publish(self) -> None:
        delay = _DELAYS[self._delays.checkedId()][1]
        allow = self.allow.isChecked()
        await asyncio.to_thread(lambda: self._world.set_policy(allow=allow, delay=delay))
        if not isValid(self._clock):  # the window was closed meanwhile
            return
        self._clock.start()
        self._tell_status()

    def _tell_status(self) -> None:
        status = self._world.policy_status
        if not status.is_up:
            text = self.tr("The policy server is down.")
        elif status.due is not None:
            text = self.tr("Saved; the policy server still gives the old answer.")
        elif status.published.allow:
            text = self.tr("The policy server says: allowed (number {serial}).").format(serial=status.serial)
        else:
            text = self.tr("The policy server says: not allowed (number {serial}).").format(serial=status.serial)
        if status.due is None:
            self._clock.stop()
        self._status.setText(text)

    def _show_arrival(self, arrived: Arrived) -> None:
        self.inboxes[arrived.server].add(arrived)
        self._tabs.setCurrentWidget(self.inboxes[arrived.server])
        self._count()

    def _count(self) -> None:
        names = (self.tr("Beispiel GmbH ({count})"), self.tr("partnerdomain.example ({count})"))
        for index, (name, inbox) in enumerate(zip(names, self.inboxes.values(), strict=True)):
            self._tabs.setTabText(index, name.format(count=inbox.count()))

    def closeEvent(self, event: QCloseEvent) -> None:
        self._clock.stop()
        self._unsubscribe()
        super().closeEvent(event)
