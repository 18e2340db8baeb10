"""Sentences for administrators, about exporting the organisation's policy."""

from __future__ import annotations

from app.errors import Reason
from ui.texts import translate
from ui.wording.facts import Table

__all__ = ["EXPORTING"]

EXPORTING: Table = {
    Reason.DIRECTORY_WRONG: lambda: (
        translate("messages", "The directory in {file} cannot be used: {detail}."),
        translate("messages", "Choose a file that “absender policy export” saved, or export it again."),
    ),
}
