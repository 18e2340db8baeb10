"""The setting as the Admin console shows it, for the unit or group that is chosen, with what baselines say of it."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from app.preview.baselines import BASELINES, Baseline
from app.preview.change import Choice
from app.preview.tree import Box
from ui.texts import translate
from ui.widgets import Card, Heading, IconLabel, Line, LinkButton, PlainLabel, QuietLabel
from ui.wording.facts import harmless
from ui.wording.preview import console_path, demand_line, doubt_line, setting_name, setting_text, source_line

__all__ = ["Kind", "SettingCard"]


class Kind(Enum):
    """What a place is: of whom it inherits."""

    ROOT = auto()
    UNIT = auto()
    GROUP = auto()


class _Box(QCheckBox):
    """A box that shows what holds; a press only says what is wanted."""

    wanted = Signal(object)
    """A `Choice`."""

    def nextCheckState(self) -> None:
        ticked = self.checkState() is Qt.CheckState.Checked
        self.wanted.emit(Choice.UNTICK if ticked else Choice.TICK)


class _Wording(PlainLabel):
    """The text of the box, wrapped; pressing it is pressing the box."""

    def __init__(self, text: str, box: QCheckBox) -> None:
        super().__init__(text)
        self._box = box
        box.setAccessibleName(text)
        self.setBuddy(box)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._box.setFocus()
        self._box.click()


class SettingCard(Card):
    """Says what holds at a place and where from, and what is wanted there instead."""

    wanted = Signal(object)
    """A `Choice` for the place that is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingCard")
        self.box = _Box()
        self.box.setObjectName("gatewayBox")
        self.box.wanted.connect(self.wanted)
        self.place = PlainLabel()
        self.place.setObjectName("settingPlace")
        self.source = QuietLabel()
        self.source.setObjectName("settingSource")
        self.inherit = LinkButton(self.tr("Inherit"), self, name="inheritLink")
        self.inherit.clicked.connect(lambda: self.wanted.emit(Choice.INHERIT))
        self.doubt = PlainLabel()
        self.doubt.setProperty("bad", True)
        self.body.addWidget(QuietLabel(console_path()))
        self.body.addWidget(Heading(setting_name(), level=3))
        where = QHBoxLayout()
        where.setSpacing(8)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.place)
        texts.addWidget(self.source)
        where.addLayout(texts, 1)
        where.addWidget(self.inherit, 0, Qt.AlignmentFlag.AlignBottom)
        self.body.addLayout(where)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.box, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(_Wording(setting_text(), self.box), 1)
        self.body.addLayout(row)
        self.body.addWidget(self.doubt)
        self.body.addWidget(Line())
        self._baselines = [_BaselineLine(baseline) for baseline in BASELINES]
        for line in self._baselines:
            self.body.addWidget(line)
        self.show_nothing()

    def show_nothing(self) -> None:
        """Show that no unit or group is chosen."""
        self.place.setText(self.tr("No unit is chosen"))
        self.source.setText("")
        self.box.setEnabled(False)
        self._tell_met(None)
        self.inherit.hide()
        self.doubt.hide()

    def show_box(self, place: str, box: Box, inherited_from: str, kind: Kind) -> None:
        """Show what holds for a unit or group."""
        self.place.setText(harmless(place))
        self.source.setText(source_line(box, inherited_from))
        self._show(Qt.CheckState.Checked if box.ticked else Qt.CheckState.Unchecked)
        self._tell_met(box.ticked)
        self._offer_to_inherit(kind, is_set=box.is_set)
        self.doubt.setText(doubt_line(box, inherited_from))
        self.doubt.setVisible(bool(self.doubt.text()))

    def _offer_to_inherit(self, kind: Kind, *, is_set: bool) -> None:
        words = {Kind.UNIT: self.tr("Inherit"), Kind.GROUP: self.tr("Unset"), Kind.ROOT: self.tr("Reset")}
        what = self.tr("Reset to Google's default") if kind is Kind.ROOT else ""
        self.inherit.setText(words[kind])
        self.inherit.setToolTip(what)
        self.inherit.setAccessibleName(what)
        self.inherit.setVisible(is_set)

    def set_changeable(self, changeable: bool) -> None:
        """Let the box be pressed, or not: a group that was deleted is only told of."""
        self.box.setEnabled(changeable)
        self.inherit.setEnabled(changeable)

    def show_unset(self, group: str) -> None:
        """Show a group for which nothing is set: its members have what their units say."""
        self.place.setText(harmless(group))
        self.source.setText(self.tr("Not set: each member has what the unit says"))
        self._show(Qt.CheckState.PartiallyChecked)
        self._tell_met(None)
        self.inherit.hide()
        self.doubt.hide()

    def _tell_met(self, ticked: bool | None) -> None:
        for line in self._baselines:
            line.show_met(ticked)

    def _show(self, state: Qt.CheckState) -> None:
        self.set_changeable(True)
        self.box.setTristate(state is Qt.CheckState.PartiallyChecked)
        self.box.setCheckState(state)
        self.box.setAccessibleDescription(f"{self.place.text()}, {self.source.text()}")


class _BaselineLine(QWidget):
    """What one baseline demands, with its own words as a tool tip."""

    def __init__(self, baseline: Baseline) -> None:
        super().__init__()
        self._baseline = baseline
        self._demand = QuietLabel()
        self._demand.setToolTip(baseline.title)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(PlainLabel(f"{baseline.publisher} {baseline.id}"))
        column.addWidget(self._demand)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        sign = IconLabel("shield", "quiet", side=16, word=translate("preview", "Security baseline"))
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)

    def show_met(self, ticked: bool | None) -> None:
        """Say whether a box that is so meets it."""
        self._demand.setText(demand_line(self._baseline, ticked))
