"""What the composer offers when the data folder takes nothing: the text goes elsewhere, or the window closes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.errors import ExpectedError, Problem
from app.services import now
from ui import tasks
from ui.texts import translate

if TYPE_CHECKING:
    from ui.composer.window import ComposerWindow

__all__ = ["ways_out"]

Action = tuple[str, Callable[[], object]]
"""What is written on a link, and what it does."""


def ways_out(
    window: ComposerWindow, problem: Problem, *, leaving: bool = False
) -> list[tuple[str, Callable[[], object]]]:
    """Return the actions for a problem with the data folder, for the window's notice; none for any other problem."""
    if not problem.reason.value.startswith("storage-"):
        return []
    actions: list[Action] = [
        (translate("rescue", "Save as .eml …"), lambda: tasks.start(_save_elsewhere(window), name="save elsewhere")),
        (translate("rescue", "Copy text"), lambda: _copy(window)),
    ]
    if leaving:
        actions.append((translate("rescue", "Close without saving"), window.leave))
    return actions


async def _save_elsewhere(window: ComposerWindow) -> None:
    from app.delivery.export import eml_name, write_draft_eml
    from ui.saving import ask_eml_file

    draft = await window.current_draft()
    file = await ask_eml_file(window, eml_name(draft.subject, now().astimezone()))
    if file is None:
        return
    try:
        # The dialog has asked whether a file may be written over.
        left_out = await write_draft_eml(await window.current_draft(), file, now().astimezone(), replace=True)
    except ExpectedError as error:
        window.show_problem(error.problem)
        return
    missing = translate("rescue", "Not in it: {names}").format(names=", ".join(left_out)) if left_out else ""
    window.notice.show_text(
        "warn" if left_out else "good",
        translate("rescue", "Saved as {file}. Mail programs open it for writing.").format(file=file.name),
        missing,
        [(translate("rescue", "Close this window"), window.leave)],
    )


def _copy(window: ComposerWindow) -> None:
    # Not as QMimeData of our own: the clipboard would delete it when Python has ended, and crash.
    cursor = window.body.textCursor()
    window.body.selectAll()
    window.body.copy()
    window.body.setTextCursor(cursor)
    window.notice.show_text(
        "good", translate("rescue", "The text was copied. Paste it elsewhere before you close this window.")
    )
