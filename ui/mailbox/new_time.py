"""Asks when a message is to go out."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QDateTime, Qt
from PySide6.QtWidgets import QDateTimeEdit, QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.widgets import Button, Heading, LinkButton, PrimaryButton, fit_to_screen

__all__ = ["TimeDialog", "suggestions"]


def suggestions(present: datetime) -> tuple[datetime, datetime]:
    """Return in one hour, and tomorrow at eight by the clock on the wall, whatever becomes of summer time."""
    morning = (present.astimezone() + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0, tzinfo=None)
    return present + timedelta(hours=1), morning.astimezone()


class TimeDialog(QDialog):
    """Accepted once a moment to come is chosen, which `chosen` then is."""

    def __init__(self, present: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen: datetime | None = None
        self._present = present
        self.setObjectName("timeDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Choose a time"))
        hour, morning = suggestions(present)
        self.when = QDateTimeEdit(_as_qt(morning))
        self.when.setObjectName("whenField")
        self.when.setCalendarPopup(True)
        self.when.setMinimumDateTime(_as_qt(present))
        label = QLabel(self.tr("&Date and time"))
        label.setBuddy(self.when)
        self.when.setAccessibleName(label.text().replace("&", ""))
        links = QHBoxLayout()
        links.setSpacing(16)
        for text, moment, name in (
            (self.tr("In one &hour"), hour, "inOneHour"),
            (self.tr("&Tomorrow at 8:00"), morning, "tomorrow"),
        ):
            link = LinkButton(text, self, name=name)
            link.clicked.connect(lambda _checked=False, moment=moment: self.when.setDateTime(_as_qt(moment)))
            links.addWidget(link)
        links.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(Heading(self.tr("When is it to go out?")))
        column.addWidget(label)
        column.addWidget(self.when)
        column.addLayout(links)
        column.addStretch(1)
        column.addLayout(self._buttons())
        self.when.setFocus()
        self.setMinimumWidth(400)
        fit_to_screen(self, 400, 224)

    def _buttons(self) -> QHBoxLayout:
        cancel = Button(self.tr("Cancel"), name="cancelButton")
        cancel.clicked.connect(self.reject)
        plan = PrimaryButton(self.tr("&Schedule"), name="scheduleButton")
        plan.clicked.connect(self._take)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(plan)
        return row

    def _take(self) -> None:
        # The moment is the machine's own time, as `astimezone` reads a time without a zone.
        self.chosen = datetime.fromtimestamp(self.when.dateTime().toSecsSinceEpoch(), tz=self._present.tzinfo)
        self.accept()


def _as_qt(moment: datetime) -> QDateTime:
    return QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
