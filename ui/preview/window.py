"""The policy preview: the organisation and its setting at the left, and at the right what people would see of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMainWindow, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.errors import ExpectedError, StorageError
from app.policy.directory import Directory, User
from app.preview.change import Change, Choice, root_of
from app.preview.comparison import Comparison, comparing
from app.preview.csv_text import writing
from app.preview.effects import effects
from app.preview.person import example_profile, preview_policy
from app.preview.tree import growing
from app.routing import Refusal, Route
from ui import tasks
from ui.accounts.page import show_problem
from ui.icons import application_icon
from ui.messages import refusal_line, route_line
from ui.preview.everyone import EveryonePage
from ui.preview.example import example_directory
from ui.preview.files import ask_csv_file, ask_file, ask_picture_folder, dropped_file, save_all
from ui.preview.invent import InventDialog
from ui.preview.menus import Menus
from ui.preview.opening import read_file
from ui.preview.organisation import OrganisationPane
from ui.preview.person import PersonPage
from ui.preview.picker import PersonField
from ui.preview.plan import Plan
from ui.preview.sides import Sides, View, ViewChoice
from ui.preview.slices import breath, little_by_little
from ui.preview.stage import Shown
from ui.widgets import Button, Card, ElidedLabel, Line, Notice, fit_to_screen
from ui.wording.facts import harmless
from ui.wording.preview import csv_words, summary_line

__all__ = ["PreviewWindow"]

_ROOM_FOR_BOTH = 1200
"""A window that is so wide begins with both sides."""
_WINDOWS = {1: Shown.ACCOUNTS, 2: Shown.WIZARD, 3: Shown.COMPOSER}
"""Which tab shows which of the program's windows."""
_EVERYONE = 4


class PreviewWindow(QMainWindow):
    """One organisation, the changes one tries on it, and one person who would meet them."""

    def __init__(self, now: Callable[[], datetime], file: Path | None = None) -> None:
        super().__init__()
        self._now = now
        self._plan = _first_plan(example_directory(), self.tr("made-up example"))
        self._comparison: Comparison | None = None
        self._work: asyncio.Task[None] | None = None
        self._shown: Plan | None = None
        """What was shown last, or is about to be."""
        self._is_ended = False
        self.setObjectName("previewWindow")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self.setWindowIcon(application_icon())
        self.setWindowTitle(self.tr("Policy preview"))
        self._build()
        self._connect()
        self.setMinimumSize(760, 520)
        fit_to_screen(self, 1400, 900)
        self.view.choose(View.BOTH if self.width() >= _ROOM_FOR_BOTH else View.AFTER)
        self._show_tab(0)
        self._take(self._plan)
        self.organisation.tree.setFocus()
        if file is not None:
            self.open_file(file)

    @property
    def plan(self) -> Plan:
        """What is shown."""
        return self._plan

    @property
    def comparison(self) -> Comparison | None:
        """What the changes do to everybody; None while that is being counted."""
        return self._comparison

    def _build(self) -> None:
        self.menus = Menus(self)
        self.organisation = OrganisationPane()
        self.organisation.setMinimumWidth(296)
        self.person_field = PersonField()
        self.invent_button = Button(self.tr("&Invent…"), name="inventButton")
        self.band = Notice(name="previewBand")
        self.notice = Notice(name="previewNotice", closable=True)
        self.view = ViewChoice()
        self.sides = Sides(self._now)
        self.person_page = PersonPage()
        self.everyone = EveryonePage()
        self.tabs = QTabBar()
        self.tabs.setObjectName("previewTabs")
        self.tabs.setAccessibleName(self.tr("What is shown"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for action in self.menus.tabs:
            self.tabs.addTab(action.text().replace("&", ""))
        self._stack = QStackedWidget()
        self._windows = self._windows_page()
        for page in (self.person_page, self._windows, self.everyone):
            self._stack.addWidget(page)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.organisation)
        splitter.addWidget(self._right())
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([368, 1032])
        self.setCentralWidget(splitter)

    def _windows_page(self) -> QWidget:
        """Return the windows of both sides, with the choice of sides above them."""
        self.side_line = ElidedLabel("", quiet=True)
        self.side_line.setObjectName("sideLine")
        row = QHBoxLayout()
        row.setContentsMargins(16, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self.side_line, 1)
        row.addWidget(self.view)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(Line())
        column.addWidget(self.sides, 1)
        return page

    def _right(self) -> QWidget:
        label = QLabel(self.tr("Pr&eview as"))
        label.setBuddy(self.person_field)
        who = QHBoxLayout()
        who.setSpacing(8)
        who.addWidget(label)
        who.addWidget(self.person_field, 1)
        who.addWidget(self.invent_button)
        card = Card(margin=1)
        card.body.addWidget(self._stack)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(12, 12, 16, 16)
        column.setSpacing(12)
        column.addLayout(who)
        column.addWidget(self.band)
        column.addWidget(self.notice)
        column.addWidget(self.tabs)
        column.addWidget(card, 1)
        return right

    def _connect(self) -> None:
        menus = self.menus
        tasks.on_click(menus.open, self._choose_file)
        menus.connect(menus.example, self.open_example)
        tasks.on_click(menus.csv, self._save_csv)
        tasks.on_click(menus.pictures, self._save_pictures)
        menus.connect(menus.close, self.close)
        menus.connect(menus.undo, lambda: self._take_up(self._plan.without_last()))
        menus.connect(menus.reset, lambda: self._take_up(self._plan.without_changes()))
        for number, action in enumerate(menus.tabs):
            menus.connect(action, partial(self.tabs.setCurrentIndex, number))
        for action, view in ((menus.now, View.NOW), (menus.after, View.AFTER), (menus.both, View.BOTH)):
            menus.connect(action, partial(self.view.choose, view))
        menus.connect(menus.anew, lambda: tasks.start(self.sides.begin_anew(), name="preview"))
        menus.connect(menus.choose, self.person_field.open_list)
        menus.connect(menus.invent, self._invent)
        self.invent_button.clicked.connect(self._invent)
        self.organisation.open_wanted.connect(menus.open.trigger)
        self.organisation.wanted.connect(self.change)
        self.person_field.chosen.connect(self.look_as)
        self.everyone.save_wanted.connect(menus.csv.trigger)
        self.tabs.currentChanged.connect(self._show_tab)
        self.view.chosen.connect(self._show_view)
        self.sides.posted.connect(self._tell_posted)
        self.sides.other_window_wanted.connect(self._tell_other_window)

    # What the person does

    def open_example(self) -> None:
        """Begin anew with a small organisation that is made up."""
        self.notice.clear()
        self._take(_first_plan(example_directory(), self.tr("made-up example")))

    def open_file(self, file: Path) -> None:
        """Read a directory or a policy; what is shown stays where that cannot be."""
        self.notice.show_text("info", self.tr("{file} is being read…").format(file=harmless(file.name)))
        tasks.start(self._read(file.absolute()), name="preview file")

    def change(self, place: str, choice: Choice) -> None:
        """Tick or untick the box of a unit or group, or let it inherit."""
        self._take_up(self._plan.with_change(Change(place, choice)))

    def look_as(self, user: User) -> None:
        """Show what this person would see."""
        self._take_up(self._plan.with_user(user))

    def _invent(self) -> None:
        dialog = InventDialog(self._plan.now, self.organisation.place, self)
        dialog.invented.connect(self.look_as)
        dialog.open()

    async def _choose_file(self) -> None:
        file = await ask_file(self)
        if file is not None and isValid(self):
            self.open_file(file)

    async def _read(self, file: Path) -> None:
        try:
            directory = await asyncio.to_thread(read_file, file)
        except ExpectedError as error:
            if isValid(self):
                show_problem(self.notice, error.problem)
            return
        if isValid(self):
            self.notice.clear()
            if not directory.users:
                self._tell_empty(file)
            self._take(_first_plan(directory, file.name))

    def _tell_empty(self, file: Path) -> None:
        text = self.tr("There are no people in {file}.").format(file=harmless(file.name))
        self.notice.show_text("warn", text, self.tr("Invent a person to see what somebody would get."))

    async def _save_csv(self) -> None:
        comparison = self._comparison
        chosen = await ask_csv_file(self) if comparison is not None else None
        if comparison is None or chosen is None or not isValid(self):
            return
        (file, separator), words = chosen, csv_words()
        try:
            text = await little_by_little(writing(comparison, words, separator))
            await asyncio.to_thread(save_all, [(file, text.encode())])
        except StorageError as error:
            show_problem(self.notice, error.problem)
        else:
            self.notice.show_text("good", self.tr("The table was saved as {file}.").format(file=harmless(str(file))))

    async def _save_pictures(self) -> None:
        from ui.preview.pictures import take_pictures  # late: few ask for them

        folder = await ask_picture_folder(self)
        if folder is None or not isValid(self):
            return
        self.notice.show_text("info", self.tr("The pictures are being taken…"))
        try:
            files = await take_pictures(self._plan, self, self._now)
            await asyncio.to_thread(save_all, [(folder / name, data) for name, data in files])
        except ExpectedError as error:
            show_problem(self.notice, error.problem)
        else:
            saved = self.tr("{count} files were saved in {folder}.")
            self.notice.show_text("good", saved.format(count=len(files), folder=harmless(str(folder))))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        file = dropped_file(event.mimeData())
        if file is not None:
            event.acceptProposedAction()
            self.open_file(file)

    # What is shown

    def _show_tab(self, number: int) -> None:
        window = _WINDOWS.get(number)
        if window is not None:
            self.sides.show_window(window)
            self._stack.setCurrentWidget(self._windows)
        else:
            self._stack.setCurrentWidget(self.everyone if number == _EVERYONE else self.person_page)

    def _show_view(self, view: View) -> None:
        self.sides.show_view(view)
        self.side_line.set_text(self.sides.headline())

    def _take(self, plan: Plan) -> None:
        """Show another organisation."""
        self.organisation.take(plan.now, plan.origin)
        self.person_field.take(plan.now)
        self._plan = plan
        self._bring_up_to_date()

    def _take_up(self, plan: Plan) -> None:
        if plan is not self._plan:
            self.notice.clear()
            self._plan = plan
            self._bring_up_to_date()

    def _bring_up_to_date(self) -> None:
        plan = self._plan
        self.menus.undo.setEnabled(plan.is_changed)
        self.menus.reset.setEnabled(plan.is_changed)
        unit = plan.now.units.get(plan.user.org_unit)
        self.person_field.show_user(plan.user, unit.path if unit is not None else "")
        self._tell_whom(self.tr("Counting who is concerned…"))
        self._comparison = None
        self.menus.csv.setEnabled(False)
        self.everyone.show_counting()
        if self._work is None or self._work.done():
            self._work = tasks.start(self._catch_up(), name="preview")

    async def _catch_up(self) -> None:
        """Show the plan as it stands; what takes a while is done in a thread, and begun anew where the plan changed."""
        while self._shown is not self._plan:
            plan = self._shown = self._plan
            self.organisation.show_tree(plan.after, await little_by_little(growing(plan.after)))
            await breath()
            await self._show_windows(plan)
            if plan is self._plan:
                comparison = await little_by_little(comparing(plan.now, plan.after))
                self._take_comparison(plan, comparison)

    def _take_comparison(self, plan: Plan, comparison: Comparison) -> None:
        if plan is self._plan:
            self._comparison = comparison
            self.everyone.show_comparison(comparison)
            actions = [(self.tr("S&how them"), self._show_everyone)] if comparison.changes else []
            self._tell_whom(self._summary(plan, comparison), actions)
            self.menus.csv.setEnabled(bool(comparison.changes))

    def _summary(self, plan: Plan, comparison: Comparison) -> str:
        """Return what the changes do to the whole organisation."""
        if not plan.is_changed:
            return self.tr("Nothing is changed yet: tick or untick the box at the left.")
        return self.tr("Whole organisation: {summary}").format(summary=summary_line(comparison))

    def _tell_whom(self, detail: str, actions: Sequence[tuple[str, Callable[[], object]]] = ()) -> None:
        title = self.tr("Preview as {address}; nothing is sent").format(address=harmless(self._plan.user.email))
        self.band.show_text("info", title, detail, actions)

    def _show_everyone(self) -> None:
        self.tabs.setCurrentIndex(_EVERYONE)

    def _show_person(self, plan: Plan) -> None:
        now = self._now()
        profile = example_profile(plan.now, plan.user, source=plan.origin, now=now)
        before = preview_policy(plan.now, plan.user, now=now, origin=plan.origin)
        after = preview_policy(plan.after, plan.user, now=now, origin=plan.origin)
        self.person_page.show_effects(effects(profile, before, after))

    async def _show_windows(self, plan: Plan) -> None:
        """Show the person on all pages, or why there can be no policy for them."""
        try:
            self._show_person(plan)
            await breath()
            await self.sides.follow(plan)
        except ExpectedError as error:
            show_problem(self.notice, error.problem)
        self.side_line.set_text(self.sides.headline())

    def _tell_posted(self, chosen: Route | Refusal) -> None:
        line = refusal_line(chosen) if isinstance(chosen, Refusal) else route_line(chosen)
        self.notice.show_text("info", self.tr("This is a preview: nothing was sent."), line)

    def _tell_other_window(self) -> None:
        text = self.tr("In Absender this opens the mailbox, where people choose what becomes of their mail.")
        self.notice.show_text("info", text)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._is_ended:
            self._is_ended = True
            event.ignore()
            self.hide()
            tasks.start(self._end(), name="preview")
            return
        super().closeEvent(event)

    async def _end(self) -> None:
        """Break off what is under way, and forget everything."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work])
        await self.sides.end()
        self.close()


def _first_plan(directory: Directory, origin: str) -> Plan:
    """Return the plan an organisation begins with: its first person, or somebody where it has none."""
    if directory.users:
        return Plan(directory, origin, directory.users[0])
    nobody = User(email=f"name@{directory.organisation.domains[0]}", org_unit=root_of(directory))
    return Plan(directory, origin, nobody)
