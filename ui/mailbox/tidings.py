"""What the mailbox says until it is over or taken note of: no network, times that were missed, a wrong clock."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.delivery.queued import State
from app.delivery.schedule import Scheduled
from app.errors import Reason
from ui import tasks
from ui.language import moment
from ui.mailbox.entries import subject_of
from ui.messages import clock_words
from ui.texts import translate
from ui.widgets import Notice

if TYPE_CHECKING:
    from app.services import Services
    from ui.desk import Desk

__all__ = ["Tidings"]

_SHOWN = 3
"""So many missed times are told one by one."""


class Tidings(QWidget):
    """Calm bands that stay until what they say is over, or somebody closes them; a start later they are there again."""

    wanted = Signal(str)
    """The message with this id is to be shown."""

    def __init__(self, services: Services, desk: Desk) -> None:
        super().__init__()
        self._services = services
        self._desk = desk
        self._missed: tuple[str, ...] = ()
        self.network = Notice(name="networkNotice")
        self.missed = Notice(name="missedNotice", closable=True)
        self.clock = Notice(name="clockNotice")
        self.missed.closed.connect(lambda: tasks.start(self._take_note(), name="missed schedules"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for notice in (self.network, self.missed, self.clock):
            column.addWidget(notice)
        self.hide()

    async def look(self) -> None:
        """Say what there is to say now; raises StorageError."""
        waiting = 0
        if self._desk.surroundings.is_offline:
            waiting = await self._services.outbox.count([State.QUEUED, State.DEFERRED])
        self._tell_network(waiting)
        self._tell_missed(await self._services.schedules.missed(), self._services.now())
        self.show_clock()

    def show_clock(self) -> None:
        """Say whether the clock is wrong, as the policy server's last answer had it."""
        watch = self._services.watch
        skew = watch.clock_skew if watch is not None else None
        if skew is None:
            self.clock.clear()
        else:
            self.clock.show_text("warn", *clock_words(skew))
        self._fit()

    def _tell_network(self, waiting: int) -> None:
        if not waiting:
            self.network.clear()
        elif waiting == 1:
            self.network.show_text(
                "plain", translate("mailbox", "No network. One message will be sent when it is back.")
            )
        else:
            text = translate("mailbox", "No network. {count} messages will be sent when it is back.")
            self.network.show_text("plain", text.format(count=waiting))
        self._fit()

    def _tell_missed(self, missed: list[Scheduled], now: datetime) -> None:
        self._missed = tuple(each.message.id for each in missed)
        if not missed:
            self.missed.clear()
        else:
            title = translate("mailbox", "A scheduled message missed its time.")
            if len(missed) > 1:
                title = translate("mailbox", "{count} scheduled messages missed their time.").format(count=len(missed))
            lines = [_cause(missed), *(_line(each, now) for each in missed[:_SHOWN])]
            if (more := len(missed) - _SHOWN) > 0:
                lines.append(translate("mailbox", "and {count} more").format(count=more))
            held = [each for each in missed if each.message.state is State.HELD]
            first = (held or missed)[0].message.id
            show = (translate("mailbox", "Show"), lambda: self.wanted.emit(first))
            self.missed.show_text("warn" if held else "info", title, "\n".join(lines), [show])
        self._fit()

    async def _take_note(self) -> None:
        await self._services.schedules.told(self._missed)

    def _fit(self) -> None:
        """Take no room for nothing."""
        self.setVisible(any(not notice.isHidden() for notice in (self.network, self.missed, self.clock)))


def _cause(missed: list[Scheduled]) -> str:
    problems = [each.message.problem for each in missed]
    if any(problem is not None and problem.reason is Reason.SCHEDULE_CLOCK_SET for problem in problems):
        return translate("mailbox", "The clock of this computer was set.")
    return translate("mailbox", "The computer was off or asleep then.")


def _line(each: Scheduled, now: datetime) -> str:
    """Return when a message was to go, and when it went."""
    facts = {"subject": subject_of(each.message), "wanted": moment(each.wanted, now)}
    if each.message.state is State.SENT:
        line = translate("mailbox", "“{subject}”: planned for {wanted}; sent: {sent}")
        return line.format(**facts, sent=moment(each.message.changed_at, now))
    if each.message.state is State.HELD:
        return translate("mailbox", "“{subject}”: planned for {wanted}; it waits for you").format(**facts)
    return translate("mailbox", "“{subject}”: planned for {wanted}; not sent yet").format(**facts)
