"""Now and afterwards, beside each other or one at a time: the same windows under both policies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSplitter, QWidget

from app.policy.directory import Directory, User
from app.policy.document import PolicyDocument
from app.preview.person import example_profile
from ui.preview.memory import VALID_FOR
from ui.preview.plan import Both, Plan
from ui.preview.slices import breath
from ui.preview.stage import Document, Shown, Stage
from ui.texts import translate
from ui.wording.changes import side_word

__all__ = ["Sides", "View", "ViewChoice"]

_WIDE = 980
"""From so many pixels on both sides stand beside each other, else one above the other."""


class View(StrEnum):
    """Which sides are seen."""

    NOW = "now"
    AFTER = "after"
    BOTH = "both"


class Sides(QSplitter):
    """Both stages; they follow the plan."""

    posted = Signal(object)
    """The `Route` or `Refusal` of a message that was sent in the preview, and so went nowhere."""

    other_window_wanted = Signal()

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("sides")
        self.setChildrenCollapsible(False)
        self._now = now
        self._shown: tuple[str, str, Both] | None = None
        self._directories: dict[Stage, Directory] = {}
        """What each side shows."""
        self.now_side = Stage("now", side_word(are_exports=False), "quiet", now)
        self.after_side = Stage("after", translate("preview", "After"), "accent", now)
        for stage in self.stages:
            stage.posted.connect(self.posted)
            stage.other_window_wanted.connect(self.other_window_wanted)
            self.addWidget(stage)
            # Neither side is worth more room than the other, whatever their windows would like to have.
            self.setStretchFactor(self.indexOf(stage), 1)

    @property
    def stages(self) -> tuple[Stage, Stage]:
        """Both sides."""
        return self.now_side, self.after_side

    async def follow(self, plan: Plan, who: Both) -> None:
        """Show a person under both policies; raises ExpectedError for one whose document cannot be."""
        now, after = self.stages
        sides = ((now, plan.now, plan.origin, who[0]), (after, plan.after, plan.after_origin, who[1]))
        same = (plan.origin, plan.after_origin, who)
        is_same_person = self._shown == same
        self._shown = None
        for stage, directory, origin, user in sides:
            if is_same_person and directory is self._directories.get(stage):
                continue
            if user is None:
                await stage.show_nobody(origin)
            elif is_same_person and stage.services is not None:
                await stage.follow(self._document(directory, user))
            else:
                known = plan.now if who[0] is not None else plan.after
                profile = example_profile(known, who[0] or user, source=origin, now=self._now())
                await stage.take(profile, self._document(directory, user), origin)
            self._directories[stage] = directory
            await breath()
        self._shown = same

    def name_sides(self, *, are_exports: bool) -> None:
        """Call the first side as it is: what holds now, or what an earlier export says."""
        self.now_side.set_title(side_word(are_exports=are_exports))

    def show_window(self, shown: Shown) -> None:
        """Show this window on both sides."""
        for stage in self.stages:
            stage.show_window(shown)

    def show_view(self, view: View) -> None:
        """Show one side or both."""
        self.now_side.setVisible(view is not View.AFTER)
        self.after_side.setVisible(view is not View.NOW)
        for stage in self.stages:
            stage.head.setVisible(view is View.BOTH)
        self._share()

    def headline(self) -> str:
        """Return what the policy says on the one side that is seen; empty for both, which say it themselves."""
        seen = [stage for stage in self.stages if not stage.isHidden()]
        return seen[0].headline() if len(seen) == 1 else ""

    async def begin_anew(self) -> None:
        """Show the windows as they open."""
        for stage in self.stages:
            await stage.begin_anew()

    async def end(self) -> None:
        """Forget everything."""
        self._shown = None
        for stage in self.stages:
            await stage.close_services()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        is_wide = self.width() >= _WIDE
        orientation = Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical
        if orientation is not self.orientation():
            self.setOrientation(orientation)
        if all(not stage.isHidden() for stage in self.stages):
            half = (self.width() if is_wide else self.height()) // 2
            self.setSizes([half, half])

    def _document(self, directory: Directory, user: User) -> Document:
        def document(serial: int) -> PolicyDocument:
            now = self._now()
            return directory.document(user, serial=serial, issued_at=now, expires_at=now + VALID_FOR)

        return document


class ViewChoice(QWidget):
    """Three buttons of which one is pressed."""

    chosen = Signal(object)
    """A `View`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewChoice")
        self.setAccessibleName(translate("preview", "Which side is shown"))
        words = {
            View.NOW: side_word(are_exports=False),
            View.AFTER: translate("preview", "After"),
            View.BOTH: translate("preview", "Both"),
        }
        self._group = QButtonGroup(self)
        self._buttons: dict[View, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for view, word in words.items():
            button = QPushButton(word)
            button.setObjectName(f"view-{view}")
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, view=view: self.chosen.emit(view))
            self._group.addButton(button)
            self._buttons[view] = button
            row.addWidget(button)

    def choose(self, view: View) -> None:
        """Press the button of a view."""
        self._buttons[view].setChecked(True)
        self.chosen.emit(view)

    def name_sides(self, *, are_exports: bool) -> None:
        """Call the first side as it is: what holds now, or what an earlier export says."""
        self._buttons[View.NOW].setText(side_word(are_exports=are_exports))
