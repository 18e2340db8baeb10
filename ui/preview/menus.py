"""The preview's menus: every action with its key."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from ui.icons import icon
from ui.texts import translate

__all__ = ["Menus"]


class Menus:
    """The actions of a preview; what they do is connected there."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._add_file()
        policy = self._menu(translate("preview", "&Policy"))
        self.undo = self._action(policy, "undo", translate("preview", "&Take back the last change"), "Ctrl+Z", "undo-2")
        self.reset = self._action(policy, "reset", translate("preview", "Take back &all changes"))
        self._add_view()
        who = self._menu(translate("preview", "Pe&rson"))
        self.choose = self._action(who, "choose", translate("preview", "&Choose…"), "Ctrl+L", "search")
        self.invent = self._action(who, "invent", translate("preview", "&Invent…"), "Ctrl+Shift+N", "user")

    def _add_file(self) -> None:
        file = self._menu(translate("preview", "&File"))
        self.open = self._action(file, "open", translate("preview", "&Open…"), "Ctrl+O", "inbox")
        self.compare = self._action(file, "compare", translate("preview", "Co&mpare with…"), "Ctrl+Shift+O", "mails")
        self.swap = self._action(file, "swap", translate("preview", "S&wap the two exports"), "Ctrl+T", "refresh-cw")
        self.alone = self._action(file, "alone", translate("preview", "&End the comparison"), "Ctrl+E", "x")
        file.addSeparator()
        self.example = self._action(file, "example", translate("preview", "&Made-up example"), "", "file-pen-line")
        file.addSeparator()
        self.csv = self._action(file, "csv", translate("preview", "Save people as &CSV…"), "Ctrl+S", "download")
        self.pictures = self._action(file, "pictures", translate("preview", "Save &pictures…"), "Ctrl+P", "download")
        file.addSeparator()
        self.close = self._action(file, "close", translate("preview", "C&lose window"), "Ctrl+W", "x")

    def _add_view(self) -> None:
        view = self._menu(translate("preview", "&View"))
        titles = (
            translate("preview", "&Person"),
            translate("preview", "A&ccounts"),
            translate("preview", "New a&ddress"),
            translate("preview", "&New message"),
            translate("preview", "Or&ganisation"),
        )
        self.tabs = [
            self._action(view, f"tab{number}", title, f"Ctrl+{number}") for number, title in enumerate(titles, start=1)
        ]
        view.addSeparator()
        self.now = self._action(view, "now", translate("preview", "Only n&ow"), "Ctrl+7")
        self.after = self._action(view, "after", translate("preview", "Only a&fter"), "Ctrl+8")
        self.both = self._action(view, "both", translate("preview", "&Both sides"), "Ctrl+9")
        view.addSeparator()
        self.anew = self._action(view, "anew", translate("preview", "Begin the windows ane&w"), "F5", "refresh-cw")

    def name_sides(self, *, are_exports: bool) -> None:
        """Call the first side as it is: what holds now, or what an earlier export says."""
        self.now.setText(translate("preview", "Only b&efore") if are_exports else translate("preview", "Only n&ow"))

    def connect(self, action: QAction, call: Callable[[], object]) -> None:
        """Call `call` when an action is chosen."""
        action.triggered.connect(lambda _checked=False: call())

    def _menu(self, title: str) -> QMenu:
        menu = QMenu(title, self._window)
        self._window.menuBar().addMenu(menu)
        return menu

    def _action(self, menu: QMenu, name: str, text: str, keys: str = "", icon_name: str = "") -> QAction:
        action = QAction(text, self._window)
        action.setObjectName(f"{name}Action")
        if keys:
            action.setShortcut(QKeySequence(keys))
        if icon_name:
            action.setIcon(icon(icon_name, "quiet"))
        menu.addAction(action)
        return action
