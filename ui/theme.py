"""The look: one table of colours a scheme, one style sheet, an 8-pixel grid, the system's font."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from resources import FOLDER

__all__ = ["DARK", "GRID", "LIGHT", "Tokens", "apply_theme", "on_theme_change", "tokens"]

GRID = 8
"""Distances are multiples of this many pixels."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one scheme. Each text colour has a contrast of at least 4.5 on its background (WCAG AA)."""

    window: str
    surface: str
    sunken: str
    line: str
    edge: str
    strong_line: str
    text: str
    quiet: str
    disabled: str
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    hover: str
    selection: str
    good: str
    good_soft: str
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str
    accent_soft: str


LIGHT = Tokens(
    window="#f6f7f9",
    surface="#ffffff",
    sunken="#eef0f4",
    line="#d9dee5",
    edge="#bcc3cd",
    strong_line="#838b98",
    text="#1d2127",
    quiet="#5a626e",
    disabled="#8b929c",
    accent="#1a5fb4",
    accent_hover="#164f96",
    accent_pressed="#103f7a",
    on_accent="#ffffff",
    hover="#eaf0f8",
    selection="#cfe0f5",
    good="#1b6e2f",
    good_soft="#e6f4ea",
    warn="#8a5200",
    warn_soft="#fdf3e0",
    bad="#b3141c",
    bad_soft="#fdecec",
    accent_soft="#e8f0fa",
)
DARK = Tokens(
    window="#202124",
    surface="#2a2b2f",
    sunken="#1b1c1f",
    line="#3c4043",
    edge="#5a5f66",
    strong_line="#7e848b",
    text="#e8eaed",
    quiet="#a6acb3",
    disabled="#767b82",
    accent="#8ab4f8",
    accent_hover="#a3c4fa",
    accent_pressed="#bcd4fb",
    on_accent="#14233a",
    hover="#34373d",
    selection="#3a4f72",
    good="#81c995",
    good_soft="#22352a",
    warn="#fdc069",
    warn_soft="#3a3020",
    bad="#f5a09a",
    bad_soft="#40282a",
    accent_soft="#293548",
)


def apply_theme(application: QApplication, scheme: str | None) -> None:
    """Give every window the look: "light", "dark", or None to follow the system, live."""
    _look().choose(application, scheme)


def tokens() -> Tokens:
    """Return the colours in force."""
    return _look().colours


def on_theme_change(owner: QObject, call: Callable[[], None]) -> None:
    """Call `call` after each change of the look, as long as `owner` lives."""
    connection = _look().changed.connect(call)
    owner.destroyed.connect(lambda: QObject.disconnect(connection))


_SCHEMES = {None: Qt.ColorScheme.Unknown, "light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}


class _Look(QObject):
    """The look that is applied now, following the system where no scheme was chosen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.colours = LIGHT
        self._chosen: str | None = None
        self._application: QApplication | None = None

    def choose(self, application: QApplication, scheme: str | None) -> None:
        self._chosen = scheme
        hints = application.styleHints()
        if self._application is None:
            hints.colorSchemeChanged.connect(self._apply)
        # Told to Qt as well, so that title bars and the system's own dialogs follow.
        hints.setColorScheme(_SCHEMES[scheme])
        self._apply(hints.colorScheme())

    def _apply(self, system: Qt.ColorScheme) -> None:
        dark = self._chosen == "dark" or (self._chosen is None and system == Qt.ColorScheme.Dark)
        colours = DARK if dark else LIGHT
        application = QApplication.instance()
        if not isinstance(application, QApplication) or (self._application is application and colours is self.colours):
            return
        self.colours = colours
        self._application = application
        application.setPalette(_palette(colours))
        application.setStyleSheet(_style_sheet(colours))
        self.changed.emit()


@cache
def _look() -> _Look:
    return _Look()


def _palette(colours: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for each, colour in (
        (role.Window, colours.window),
        (role.WindowText, colours.text),
        (role.Base, colours.surface),
        (role.AlternateBase, colours.sunken),
        (role.Text, colours.text),
        (role.PlaceholderText, colours.quiet),
        (role.Button, colours.surface),
        (role.ButtonText, colours.text),
        (role.ToolTipBase, colours.surface),
        (role.ToolTipText, colours.text),
        (role.Highlight, colours.selection),
        (role.HighlightedText, colours.text),
        (role.Link, colours.accent),
        (role.LinkVisited, colours.accent),
        (role.Accent, colours.accent),
        (role.Mid, colours.line),
        (role.Light, colours.surface),
        (role.Dark, colours.line),
        (role.Shadow, colours.line),
        (role.Midlight, colours.line),
    ):
        palette.setColor(each, QColor(colour))
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(colours.disabled))
    return palette


def _style_sheet(colours: Tokens) -> str:
    sheet = (FOLDER / "styles" / "absender.qss").read_text(encoding="utf-8")
    marks = str(FOLDER / "styles" / "marks").replace("\\", "/")
    # Longest names first, so that "accent" does not cut "accent_hover".
    for name, colour in sorted(asdict(colours).items(), key=lambda pair: -len(pair[0])):
        sheet = sheet.replace(f"@{name}", colour)
    return sheet.replace("@scheme", "dark" if colours is DARK else "light").replace("@marks", marks)
