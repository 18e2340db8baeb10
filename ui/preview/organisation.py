"""The left of the preview: which organisation, its units and groups, and the setting of the one that is chosen."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.policy.directory import ADMINS, Directory, Group
from app.preview.change import root_of
from app.preview.tree import UnitTree
from ui.preview.matches import GroupModel, groups_of
from ui.preview.popup import MatchPopup
from ui.preview.setting import Kind, SettingCard
from ui.preview.tree import OrganisationTree
from ui.widgets import Button, ElidedLabel, Heading, LinkButton
from ui.wording.facts import harmless
from ui.wording.preview import group_name, groups_line, people_line

__all__ = ["OrganisationPane"]


class OrganisationPane(QWidget):
    """Shows what holds where, and says what is wanted there instead."""

    wanted = Signal(str, object)
    """The id of a unit or group, and a `Choice`."""
    open_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("organisationPane")
        self._directory: Directory | None = None
        self._tree: UnitTree | None = None
        self._place = ""
        self.name = Heading()
        self.name.setObjectName("organisationName")
        self.origin = ElidedLabel("", mode=Qt.TextElideMode.ElideMiddle, quiet=True)
        self.compared = ElidedLabel("", mode=Qt.TextElideMode.ElideMiddle, quiet=True)
        self.compared.setObjectName("comparedWith")
        self.compared.hide()
        self.open_button = Button(self.tr("&Open…"), name="openFile")
        self.open_button.clicked.connect(self.open_wanted)
        self.tree = OrganisationTree()
        self.tree.chosen.connect(self.show_place)
        self.tree.setMinimumHeight(112)
        self.more_groups = LinkButton(self.tr("Another group…"), self, name="anotherGroup")
        self.more_groups.clicked.connect(self._offer_groups)
        self.card = SettingCard()
        self.card.wanted.connect(lambda choice: self.wanted.emit(self._place, choice))
        self._lay_out()

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.name)
        texts.addWidget(self.origin)
        texts.addWidget(self.compared)
        head = QHBoxLayout()
        head.addLayout(texts, 1)
        head.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 12, 16)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.tree, 1)
        column.addWidget(self.more_groups, 0, Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self.card)
        for first, second in pairwise(
            (self.open_button, self.tree, self.more_groups, self.card.box, self.card.inherit)
        ):
            QWidget.setTabOrder(first, second)

    @property
    def place(self) -> str:
        """The unit or group whose setting is shown; empty for none."""
        return self._place

    def take(self, directory: Directory, origin: str, compared_with: str = "") -> None:
        """Say whose organisation it is, where it was read from, and which export it is compared with."""
        self._directory = directory
        self._place = ""
        self.name.setText(harmless(directory.organisation.name))
        self.origin.set_text(f"{people_line(len(directory.users))} · {harmless(origin)}")
        self.compared.set_text(self.tr("Compared with {file}").format(file=harmless(compared_with)))
        self.compared.setVisible(bool(compared_with))

    def show_tree(self, directory: Directory, tree: UnitTree) -> None:
        """Show what holds where."""
        self._directory, self._tree = directory, tree
        self.tree.show_tree(tree)
        if self._place:
            self.tree.choose(self._place)
        self.show_place(self._place or self.tree.current_id())

    def show_place(self, place: str) -> None:
        """Show the setting of a unit or group."""
        if self._tree is None or self._directory is None:
            return
        self._place = place
        paths = {row.unit.id: row.unit.path for row in self._tree.units}
        unit = next((row for row in self._tree.units if row.unit.id == place), None)
        group = next((row for row in self._tree.groups if row.id == place), None)
        if unit is not None:
            box = unit.box
            kind = Kind.ROOT if place == root_of(self._directory) else Kind.UNIT
            self.card.show_box(unit.unit.path, box, paths.get(box.inherited_from, box.inherited_from), kind)
        elif group is not None:
            box = group.box
            inherited_from = paths.get(box.inherited_from, box.inherited_from)
            self.card.show_box(self._group_text(place), box, inherited_from, Kind.GROUP)
            self.card.set_changeable(group.is_known)
        elif place in self._directory.groups or place == ADMINS:
            self.card.show_unset(self._group_text(place))
        else:
            self.card.show_nothing()

    def _group_text(self, group_id: str) -> str:
        group = self._directory.groups.get(group_id) if self._directory is not None else None
        return group.email if group is not None else group_name(Group(id=group_id, email=group_id))

    def _offer_groups(self) -> None:
        """Offer the groups for which nothing is set."""
        if self._directory is None or self._tree is None:
            return
        shown = {row.id for row in self._tree.groups}
        rest = [group for group in groups_of(self._directory) if group.id not in shown]
        popup = MatchPopup(self.more_groups, GroupModel(rest), self.tr("Search groups"), groups_line)
        popup.picked.connect(self._choose_group)
        popup.open_below(self.more_groups)

    def _choose_group(self, group: Group) -> None:
        self.tree.setCurrentIndex(self.tree.rootIndex())
        self.show_place(group.id)
        self.card.box.setFocus()
