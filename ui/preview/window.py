"""The policy preview: the organisation and its setting at the left, and at the right what people would see of it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow
from shiboken6 import isValid

from app.errors import ExpectedError
from app.limited import call_with_limit
from app.policy.directory import Directory, User
from app.preview.change import Change, Choice, root_of
from app.preview.comparison import Comparison, comparing
from app.preview.effects import effects
from app.preview.person import example_profile, preview_policy
from app.preview.tree import growing
from app.routing import Refusal, Route
from ui import tasks
from ui.accounts.page import show_problem
from ui.icons import application_icon
from ui.messages import refusal_line, route_line
from ui.preview.concerned import folding
from ui.preview.example import example_directory
from ui.preview.files import ask_file, dropped_file, names_beside
from ui.preview.invent import InventDialog
from ui.preview.menus import Menus
from ui.preview.opening import read_file
from ui.preview.output import save_pictures, save_table
from ui.preview.panes import EVERYONE, Panes
from ui.preview.plan import Both, Plan, finding, looking_up, of_both
from ui.preview.sides import View
from ui.preview.slices import breath, little_by_little
from ui.widgets import fit_to_screen
from ui.wording.changes import exports_line, summary_line
from ui.wording.facts import harmless

__all__ = ["PreviewWindow"]

_ROOM_FOR_BOTH = 1200
"""A window that is so wide begins with both sides."""


class PreviewWindow(QMainWindow):
    """One organisation, the changes one tries on it, and one person who would meet them."""

    def __init__(self, now: Callable[[], datetime], file: Path | None = None) -> None:
        super().__init__()
        self._now = now
        self._plan = _first_plan(example_directory(), self.tr("made-up example"))
        self._comparison: Comparison | None = None
        self._work: asyncio.Task[None] | None = None
        self._file: Path | None = None
        """What was opened last."""
        self._goes_to_rows = False
        """Whether the keyboard's place is in the list as soon as there is one: nobody has to look for it."""
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
        panes = Panes(self._now, [action.text().replace("&", "") for action in self.menus.tabs])
        self.setCentralWidget(panes)
        self.organisation, self.person_field = panes.organisation, panes.person_field
        self.invent_button = panes.invent_button
        self.band, self.notice, self.view, self.sides = panes.band, panes.notice, panes.view, panes.sides
        self.person_page, self.everyone, self.tabs = panes.person_page, panes.everyone, panes.tabs
        self.side_line = panes.side_line

    def _connect(self) -> None:
        menus = self.menus
        tasks.on_click(menus.open, self._choose_file)
        tasks.on_click(menus.compare, self._choose_second)
        menus.connect(menus.swap, lambda: self._take(self._plan.swapped()))
        menus.connect(menus.alone, lambda: self._take(self._plan.alone()))
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
        self.everyone.person_wanted.connect(lambda email: tasks.start(self._look_up(email), name="preview"))
        self.sides.posted.connect(self._tell_posted)
        self.sides.other_window_wanted.connect(self._tell_other_window)

    # What the person does

    def open_example(self) -> None:
        """Begin anew with a small organisation that is made up."""
        self.notice.clear()
        self._file = None
        self._take(_first_plan(example_directory(), self.tr("made-up example")))

    def open_file(self, file: Path) -> None:
        """Read a directory or a policy; what is shown stays where that cannot be."""
        self.notice.show_text("info", self.tr("{file} is being read…").format(file=harmless(file.name)))
        tasks.start(self._read(file.absolute()), name="preview file")

    def compare_with(self, file: Path) -> None:
        """Read a second export, and show what changes from the one that is shown to that one."""
        self.notice.show_text("info", self.tr("{file} is being read…").format(file=harmless(file.name)))
        tasks.start(self._read_second(file.absolute()), name="preview file")

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
        file = await ask_file(self, self.tr("Open a directory or a policy"))
        if file is not None and isValid(self):
            self.open_file(file)

    async def _choose_second(self) -> None:
        file = await ask_file(self, self.tr("Compare with another export"))
        if file is not None and isValid(self):
            self.compare_with(file)

    async def _read(self, file: Path) -> None:
        directory = await self._directory_in(file)
        if directory is not None:
            if not directory.users:
                self._tell_empty(file)
            self._file = file
            self._take(_first_plan(directory, file.name))

    async def _read_second(self, file: Path) -> None:
        directory = await self._directory_in(file)
        if directory is not None:
            first = self._plan.alone()
            if not {*directory.organisation.domains} & {*first.now.organisation.domains}:
                self._tell_strangers(first.now, directory)
            self._take(first.against(directory, *names_beside(self._file, first.origin, file)))
            self._file = file
            self.tabs.setCurrentIndex(EVERYONE)
            self._goes_to_rows = True

    async def _directory_in(self, file: Path) -> Directory | None:
        """Return what is in a file; None, and say why, where it cannot be read. None too for a window that is gone."""
        try:
            directory = await call_with_limit(partial(read_file, file), None)
        except ExpectedError as error:
            if isValid(self):
                show_problem(self.notice, error.problem)
            return None
        if not isValid(self):
            return None
        # What was read stays; to look for garbage in it, and in all windows, would hold this one up again and again.
        gc.freeze()
        self.notice.clear()
        return directory

    async def _look_up(self, email: str) -> None:
        """Show somebody from the list of those concerned."""
        plan = self._plan
        found = await little_by_little(finding(plan.after.users, email))
        user = found or await little_by_little(finding(plan.now.users, email))
        if user is not None and isValid(self):
            self.look_as(user)
            self.tabs.setCurrentIndex(0)
            self.tabs.setFocus()

    def _tell_strangers(self, first: Directory, second: Directory) -> None:
        text = self.tr("These exports are of two organisations: {first} and {second}.")
        names = {"first": harmless(first.organisation.name), "second": harmless(second.organisation.name)}
        self.notice.show_text("warn", text.format(**names), self.tr("What is compared means little then."))

    def _tell_empty(self, file: Path) -> None:
        text = self.tr("There are no people in {file}.").format(file=harmless(file.name))
        self.notice.show_text("warn", text, self.tr("Invent a person to see what somebody would get."))

    async def _save_csv(self) -> None:
        if self._comparison is not None:
            of_units, are_exports = self.everyone.shows_units, self._plan.later is not None
            await save_table(self._comparison, self, self.notice, of_units=of_units, are_exports=are_exports)

    async def _save_pictures(self) -> None:
        await save_pictures(self._plan, self, self.notice, self._now)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        file = dropped_file(event.mimeData())
        if file is not None:
            event.acceptProposedAction()
            self.open_file(file)

    # What is shown

    def _take(self, plan: Plan) -> None:
        """Show another organisation, or another pair of exports."""
        are_exports = plan.later is not None
        self.organisation.take(plan.after, plan.after_origin, plan.origin if are_exports else "")
        self.person_field.take(plan.after.users, plan.after.units)
        for part in (self.sides, self.view, self.menus):
            part.name_sides(are_exports=are_exports)
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
        self.menus.swap.setEnabled(plan.later is not None)
        self.menus.alone.setEnabled(plan.later is not None)
        unit = plan.after.units.get(plan.user.org_unit)
        self.person_field.show_user(plan.user, unit.path if unit is not None else "")
        self._tell_whom(self.tr("Counting who is concerned…"))
        self._comparison = None
        self.menus.csv.setEnabled(False)
        self.everyone.show_counting()
        if self._work is None or self._work.done():
            self._work = tasks.start(self._catch_up(), name="preview")

    async def _catch_up(self) -> None:
        """Show the plan as it stands, little by little; begun anew where the plan changed."""
        while self._shown is not self._plan:
            plan = self._shown = self._plan
            self.organisation.show_tree(plan.after, await little_by_little(growing(plan.after)))
            await breath()
            await self._show_windows(plan, await little_by_little(looking_up(plan)))
            if plan is self._plan:
                comparison = await little_by_little(comparing(plan.now, plan.after))
                folded = await little_by_little(folding(comparison.changes))
                everybody = await little_by_little(of_both(plan.now, plan.after)) if plan.later is not None else ()
                self._take_comparison(plan, comparison, folded)
                if plan is self._plan and len(everybody) > len(plan.after.users):
                    self.person_field.take(everybody, {**plan.now.units, **plan.after.units})

    def _take_comparison(self, plan: Plan, comparison: Comparison, folded: Sequence[str]) -> None:
        if plan is self._plan:
            self._comparison = comparison
            self.everyone.show_comparison(comparison, folded, are_exports=plan.later is not None)
            actions = [(self.tr("S&how them"), self._show_everyone)] if comparison.changes else []
            if plan.later is not None:
                actions += [(self.tr("S&wap"), self.menus.swap.trigger), (self.tr("E&nd"), self.menus.alone.trigger)]
            self._tell_whom(self._summary(plan, comparison), actions)
            self.menus.csv.setEnabled(bool(comparison.changes))
            if self._goes_to_rows:
                self._goes_to_rows = False
                self.everyone.go_to_rows()

    def _summary(self, plan: Plan, comparison: Comparison) -> str:
        """Return what the changes do to the whole organisation."""
        if plan.later is not None:
            pair = exports_line(plan.origin, plan.later_origin)
            if plan.is_changed:
                pair = self.tr("{exports} with your changes").format(exports=pair)
            return f"{pair}: {summary_line(comparison)}"
        if not plan.is_changed:
            return self.tr("Nothing is changed yet: tick or untick the box at the left.")
        return self.tr("Whole organisation: {summary}").format(summary=summary_line(comparison))

    def _tell_whom(self, detail: str, actions: Sequence[tuple[str, Callable[[], object]]] = ()) -> None:
        title = self.tr("Preview as {address}; nothing is sent").format(address=harmless(self._plan.user.email))
        self.band.show_text("info", title, detail, actions)

    def _show_everyone(self) -> None:
        self.tabs.setCurrentIndex(EVERYONE)

    def _show_person(self, plan: Plan, who: Both) -> None:
        now, (was, later) = self._now(), who
        if was is None or later is None:
            missing = plan.origin if was is None else plan.after_origin
            self.person_page.show_absent(plan.user.email, missing, is_new=was is None)
            return
        profile = example_profile(plan.now, was, source=plan.origin, now=now)
        before = preview_policy(plan.now, was, now=now, origin=plan.origin)
        after = preview_policy(plan.after, later, now=now, origin=plan.after_origin)
        self.person_page.show_effects(effects(profile, before, after), are_exports=plan.later is not None)

    async def _show_windows(self, plan: Plan, who: Both) -> None:
        """Show the person on all pages, or why there can be no policy for them."""
        try:
            self._show_person(plan, who)
            await breath()
            await self.sides.follow(plan, who)
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
