"""Small accessible widgets that all windows are made of. Foreign text is always plain text here."""

from ui.widgets.buttons import Button, LinkButton, PrimaryButton, icon_button
from ui.widgets.choice import ChoiceCard
from ui.widgets.fields import Field, PasswordField, SearchField
from ui.widgets.labels import (
    Chip,
    ColourDot,
    ElidedLabel,
    Heading,
    IconLabel,
    PlainLabel,
    QuietLabel,
    announce,
    restyle,
)
from ui.widgets.notices import EmptyState, Notice, UndoBar
from ui.widgets.reasons import ReasonsDialog
from ui.widgets.steps import StepList, StepState
from ui.widgets.surfaces import Card, Line, fit_to_screen, scrolled

__all__ = [
    "Button",
    "Card",
    "Chip",
    "ChoiceCard",
    "ColourDot",
    "ElidedLabel",
    "EmptyState",
    "Field",
    "Heading",
    "IconLabel",
    "Line",
    "LinkButton",
    "Notice",
    "PasswordField",
    "PlainLabel",
    "PrimaryButton",
    "QuietLabel",
    "ReasonsDialog",
    "SearchField",
    "StepList",
    "StepState",
    "UndoBar",
    "announce",
    "fit_to_screen",
    "icon_button",
    "restyle",
    "scrolled",
]
